"""What a person at a terminal sees: results on standard output, progress and errors on standard error."""

import sys
from collections.abc import Callable
from typing import Any

import orjson
from rich.console import Console
from rich.markup import escape

from centre.errors import InputError, PaibanError
from desk.wording import LANGUAGES, words

_language = LANGUAGES[0]


def speak(language: str) -> None:
    """Say everything from here on in this language."""
    global _language
    _language = language


def told(text: str) -> str:
    """A text in the language spoken."""
    return words(_language).tell(text)


out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str = "") -> None:
    """A line of the result, as it is."""
    out.print(escape(told(text)))


def note(text: str) -> None:
    """A line about the work, not part of the result."""
    err.print(escape(told(text)), style="dim")


def as_json(value: Any) -> str:
    """One line of JSON: numpy numbers as numbers, NaN and infinity as null."""
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS).decode()


def say_json(value: Any) -> None:
    """One JSON object on one line, flushed, so that a pipe sees it at once."""
    sys.stdout.write(as_json(value) + "\n")
    sys.stdout.flush()


def complain(error: PaibanError) -> None:
    """An error in words on standard error; every problem of wrong input on a line of its own."""
    if isinstance(error, InputError) and error.problems:
        count = len(error.problems)
        spoken = words(_language)
        headline = spoken.ngettext("{count} problem in the input:", "{count} problems in the input:", count)
        err.print(headline, style="bold red")
        for problem in error.problems:
            err.print(f"  {escape(told(str(problem)))}")
    else:
        err.print(escape(told(error.args[0]) if error.args else str(error)), style="bold red")


def live_line(write: Callable[[str], None] | None = None) -> Callable[[str], None]:
    """A function that shows progress: rewriting one line on a terminal, a line each time elsewhere."""
    if write is not None:
        return write
    if not sys.stderr.isatty():
        return lambda text: print(text, file=sys.stderr, flush=True)

    def rewrite(text: str) -> None:
        sys.stderr.write("\r\x1b[2K" + text)
        sys.stderr.flush()

    return rewrite
