"""Which language the command line speaks: settled before anything is said, errors included."""

import inspect
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

from centre.errors import InputError
from desk.cli.options import Language
from desk.wording import choose_language

OPTIONS = ("--language", "--lang")


def spoken(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language asked for on the command line (the last one, which is the verb's), else PAIBAN_LANGUAGE, else the
    site's, else the system's.

    A language that is not spoken here is complained of by the verb; until then it is English.
    """
    asked = _asked(arguments) or environment.get("PAIBAN_LANGUAGE", "")
    site = next((language for word in arguments if (language := _of_site(Path(word)))), "")
    try:
        return choose_language(asked, site, environment)
    except InputError:
        return "en"


def speaking(verb: Callable[..., Any]) -> Callable[..., Any]:
    """The verb with the option --language: one that says only what is settled before it begins has none of its own."""
    signature = inspect.signature(verb, eval_str=True)
    if "language" in signature.parameters:
        return verb

    @wraps(verb)
    def spoken_verb(*args: Any, language: str, **options: Any) -> Any:
        choose_language(language)
        return verb(*args, **options)

    option = inspect.Parameter("language", inspect.Parameter.KEYWORD_ONLY, default="", annotation=Language)
    spoken_verb.__signature__ = signature.replace(parameters=[*signature.parameters.values(), option])  # type: ignore[attr-defined]
    spoken_verb.__annotations__ = {**verb.__annotations__, "language": Language}
    return spoken_verb


def everywhere(command: Any, language: str) -> dict[str, Any]:
    """A language asked for before the verb, or by the environment, as the default of each verb below a command."""
    below: Mapping[str, Any] = getattr(command, "commands", {})
    return {"language": language, **{name: everywhere(each, language) for name, each in below.items()}}


def _asked(arguments: Sequence[str]) -> str:
    asked = ""
    for word, following in zip(arguments, [*arguments[1:], ""], strict=True):
        name, equals, value = word.partition("=")
        if name in OPTIONS:
            asked = value if equals else following
    return asked


def _of_site(folder: Path) -> str:
    """The language a site folder names; "" where there is none, or where it cannot be read (yet)."""
    try:
        return str(tomllib.loads((folder / "site.toml").read_text("utf-8-sig")).get("language", ""))
    except (OSError, ValueError):
        return ""
