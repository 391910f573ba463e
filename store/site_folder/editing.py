"""Small changes to a planner's files that leave everything else as it was written: rows taken away, a contract eased.

The folder's files are changed in a copy, read as a whole, and written file by file only if they are valid.
"""

import csv
import io
import re
import shutil
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from centre.errors import InputError
from centre.people import Contract
from centre.posts import Presence
from centre.roster import Segment
from centre.said import Said
from centre.site import Leave, Site
from store.atomic import staging_folder, write_whole
from store.site_folder import read_site
from store.site_folder.moments import read_bounds, read_moment

TEXTS = (".toml", ".csv")


def apply_to_folder(folder: Path, before: Site, after: Site) -> list[str]:
    """Write the difference between two sites into the site's files: rows taken away, contracts changed or copied.

    Returns
    -------
    Names of the files that changed.

    Raises
    ------
    InputError : what differs cannot be written, because it does not come from these files; nothing is changed then.
    """
    staged = staging_folder(folder)
    try:
        for file in folder.iterdir():
            if file.is_file() and file.suffix in TEXTS:
                shutil.copy2(file, staged / file.name)
        zone = before.settings.zone
        gone_leave = set(before.leave) - set(after.leave)
        gone_fixed = set(before.fixed) - set(after.fixed)
        gone_presence = [row for row in before.presence if row not in after.presence]
        changed = [
            *_drop(staged / "leave.csv", gone_leave, lambda row: _leave(row, zone)),
            *_drop(staged / "fixed.csv", gone_fixed, lambda row: _fixed(row, zone)),
            *_drop(staged / "presence.csv", gone_presence, lambda row: _presence(row, zone)),
            *_contracts(staged, before, after),
        ]
        read_site(staged)
        for name in changed:  # the contract before the agent who has it: what is read in between is valid too
            write_whole(folder / name, (staged / name).read_bytes())
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return changed


def _drop(path: Path, gone: Collection[Any], read: Callable[[Mapping[str, str]], object]) -> list[str]:
    """Take rows away; every one of `gone` has to be there."""
    if not gone:
        return []
    text = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    lines = text.splitlines(keepends=True)
    rows = csv.DictReader(io.StringIO(text, newline=""), skipinitialspace=True)
    left, dropped = list(gone), set()
    for row in rows:
        value = read({key.strip(): (value or "").strip() for key, value in row.items() if key})
        if value in left:
            left.remove(value)
            dropped.add(rows.line_num - 1)
    if left:
        raise InputError(
            Said(
                "{name} does not hold {next}: it was approved or told elsewhere; take it back there",
                name=path.name,
                next=left[0],
            )
        )
    path.write_text("".join(line for number, line in enumerate(lines) if number not in dropped), encoding="utf-8")
    return [path.name]


def _leave(row: Mapping[str, str], zone: str) -> Leave | None:
    start, end = read_bounds(row.get("start", ""), row.get("end", ""), zone)
    if isinstance(start, ValueError) or isinstance(end, ValueError):
        return None
    return Leave(agent=row.get("agent", ""), start=start, end=end, kind=row.get("kind", "") or "annual")


def _fixed(row: Mapping[str, str], zone: str) -> Segment | None:
    try:
        start, end = (read_moment(row.get(name, ""), zone) for name in ("start", "end"))
    except ValueError:
        return None
    return Segment(row.get("agent", ""), start, end, row.get("activity", ""), row.get("queue", ""))  # type: ignore[arg-type]


def _presence(row: Mapping[str, str], zone: str) -> Presence | None:
    try:
        start, end = (read_moment(row.get(name, ""), zone) for name in ("start", "end"))
    except ValueError:
        return None
    return Presence(agent=row.get("agent", ""), start=start, end=end, note=row.get("note", ""))


def _contracts(folder: Path, before: Site, after: Site) -> list[str]:
    """Change contracts, and give people contracts of their own: a copy of their table with some keys changed."""
    eased = {name: _changes(own, after.contracts[name]) for name, own in before.contracts.items()}
    for name, update in eased.items():
        _set_keys(folder / "contracts.toml", name, update)
    moved = [name for name, agent in after.agents.items() if agent.contract != before.agents[name].contract]
    for name in moved:
        base, new = after.contracts[before.agents[name].contract], after.contracts[after.agents[name].contract]
        _new_table(folder / "contracts.toml", base.name, new.name, _changes(base, new))
        _set_contract(folder / "agents.csv", name, new.name)
    return [*(["contracts.toml"] if moved or any(eased.values()) else []), *(["agents.csv"] if moved else [])]


def _changes(base: Contract, new: Contract) -> dict[str, object]:
    """The keys in which one contract differs from another, with the values of the other."""
    keys = (key for key in Contract.model_fields if key != "name")
    return {key: getattr(new, key) for key in keys if getattr(new, key) != getattr(base, key)}


def _table(text: str, name: str) -> tuple[int, int]:
    """Where the body of a table begins and ends in a file."""
    header = re.search(rf"^\[\s*[\"']?{re.escape(name)}[\"']?\s*\][^\n]*(?:\n|\Z)", text, re.MULTILINE)
    if header is None:
        raise InputError(Said("contracts.toml has no table [{name}] to change: do it by hand", name=name))
    following = re.compile(r"^\[", re.MULTILINE).search(text, header.end())
    return header.end(), following.start() if following else len(text)


def _set_keys(path: Path, name: str, update: Mapping[str, object]) -> None:
    """Change values of a table; comments and other lines stay as they are written."""
    if not update:
        return
    text = path.read_text(encoding="utf-8")
    begin, end = _table(text, name)
    body = text[begin:end]
    for key, value in update.items():
        line = re.compile(rf"^(\s*{re.escape(key)}\s*=\s*)[^#\n]*?(\s*(?:#[^\n]*)?)$", re.MULTILINE)
        if found := line.search(body):
            body = f"{body[: found.start()]}{found[1]}{_value(value)}{found[2]}{body[found.end() :]}"
        else:
            body = f"{key} = {_value(value)}\n{body}"
    path.write_text(text[:begin] + body + text[end:], encoding="utf-8")


def _new_table(path: Path, base: str, name: str, update: Mapping[str, object]) -> None:
    text = path.read_text(encoding="utf-8")
    begin, end = _table(text, base)
    body = text[begin:end]
    keys = "|".join(map(re.escape, update))
    kept = re.sub(rf"^\s*(?:{keys})\s*=[^\n]*\n?", "", body, flags=re.MULTILINE) if keys else body
    lines = "".join(f"{key} = {_value(value)}\n" for key, value in update.items())
    path.write_text(f"{text.rstrip()}\n\n[{name}]\n{kept.strip()}\n{lines}", encoding="utf-8")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_value(part) for part in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _set_contract(path: Path, agent: str, contract: str) -> None:
    """Change one cell; other lines stay as they are written."""
    text = path.read_text(encoding="utf-8-sig")
    lines = text.splitlines(keepends=True)
    header = [name.strip() for name in next(csv.reader([lines[0]]))]
    who, what = header.index("agent"), header.index("contract")
    for number, line in enumerate(lines[1:], 1):
        cells = next(csv.reader([line]), [])
        if len(cells) > max(who, what) and cells[who].strip() == agent:
            cells[what] = contract
            written = io.StringIO()
            csv.writer(written, lineterminator="\n").writerow(cells)
            lines[number] = written.getvalue()
    path.write_text("".join(lines), encoding="utf-8")
