"""Policy packs: every number of the house rules, from a file that ships or from the site's own.

A file of a site names the pack it departs from (`base`) and only the values that differ.
"""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from centre.errors import InputError
from centre.policy import Policy
from centre.said import Said
from store.site_folder.door import Door, as_written, one_of
from store.site_folder.toml_tables import read_shape, read_toml

DEFAULT = "operator-cn"
_PACKS = Path(str(files("store") / "policies"))


def policy_packs() -> tuple[str, ...]:
    """Names of the packs that ship."""
    return tuple(sorted(path.stem for path in _PACKS.glob("*.toml")))


def read_policy(name_or_path: str | Path, folder: Path | None = None) -> Policy:
    """A policy pack by name ("operator-cn"), or by the path of a .toml, relative to the site's folder.

    Raises
    ------
    InputError : with all problems, when there is no such pack or a value in it is wrong.
    """
    door = Door(folder or Path())
    policy = check_policy(door, str(name_or_path))
    if policy is None:
        raise InputError(door.problems)
    return policy


def check_policy(door: Door, name: str) -> Policy | None:
    """The policy, or None after telling the door what is wrong with it."""
    before = len(door.problems)
    merged = _merged(door, name, ())
    if merged is None or len(door.problems) > before:
        return None
    given = {"name": Path(name).stem, **merged}
    policy = read_shape(door, name if name.endswith(".toml") else f"{name}.toml", "", Policy, given)
    return None if len(door.problems) > before else policy


def _merged(door: Door, name: str, through: tuple[str, ...]) -> dict[str, Any] | None:
    """The values of a pack laid over those of its base."""
    file = through[-1] if through else "site.toml"
    key = "base" if through else "policy"
    if name in through:
        door.complain(file, key, as_written(name), Said("a pack that does not build on this one"))
        return None
    if not name.endswith(".toml"):
        if name not in policy_packs():
            allowed = one_of(name, policy_packs(), Said("the path of a .toml, or a pack that ships"))
            door.complain(file, key, as_written(name), allowed)
            return None
        return read_toml(Door(_PACKS), f"{name}.toml", needed=True)
    own = read_toml(door, name, needed=True)
    if own is None:
        return None
    base = own.pop("base", DEFAULT)
    if not isinstance(base, str):
        door.complain(name, "base", as_written(base), one_of("", policy_packs(), Said("a pack that ships")))
        return None
    below = _merged(door, base, (*through, name))
    return None if below is None else _laid_over(below, {"name": Path(name).stem, **own})


def _laid_over(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in own.items():
        under = merged.get(key)
        merged[key] = _laid_over(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return merged
