"""What the command line says by itself (usage, sections of help, wrong options) in the reader's language.

Typer's own parser words these in English only. The few sentences it has are messages here; what it says is matched
against them, and told anew.
"""

import re
from functools import cache
from io import StringIO
from typing import Any

import typer

from centre.said import Said
from centre.words import N_
from desk.wording import Words

WrongArguments: type[Any] = typer.BadParameter.__mro__[2]
"""What the parser raises: the ClickException of the click that Typer brings."""

SAID = (
    N_("Usage: {text}"),
    N_("Try '{command}' for help."),
    N_("Error: {text}"),
    N_("Invalid value for {name}: {text}"),
    N_("Invalid value: {text}"),
    N_("Missing option {name}."),
    N_("Missing argument {name}."),
    N_("Missing parameter: {name}"),
    N_("Missing command."),
    N_("No such option: {name} (Possible options: {names})"),
    N_("No such option: {name}"),
    N_("No such command {name}. Did you mean {names}?"),
    N_("No such command {name}."),
    N_("Got unexpected extra argument(s) ({names})"),
    N_("Option {name} does not take a value."),
    N_("Option {name} requires an argument."),
    N_("{value} is not a valid {kind}."),
    N_("{value} is not in the range {range}."),
    N_("{value} is not one of {names}."),
    N_("Input should be a valid number, unable to parse string as a number"),
    N_("Input should be a valid integer, unable to parse string as an integer"),
    N_("Input should be greater than or equal to {least}"),
    N_("Input should be less than or equal to {most}"),
)
"""Sentences of the parser, the longer of two that begin alike first."""

HELP = (
    N_("Example:"),
    N_("Options:"),
    N_("Arguments:"),
    N_("Commands:"),
    N_("Show this message and exit."),
    N_("Install completion for the current shell."),
    N_("Show completion for the current shell, to copy it or customize the installation."),
)
"""Lines of help that no verb of ours brings."""

EXTRA = {
    "required": N_("required"),
    "default:": N_("default:"),
    "env var:": N_("environment:"),
    "OPTIONS": N_("OPTIONS"),
}
"""What stands in brackets behind an option's help, and in the line on usage."""

KINDS = {
    "COMMAND [ARGS]...": N_("COMMAND [ARGS]..."),
    "<int range>": N_("<whole number>"),
    "<int>": N_("<whole number>"),
    "<float range>": N_("<number>"),
    "<float>": N_("<number>"),
    "<str>": N_("<text>"),
    "<path>": N_("<path>"),
}
"""What a command or an option takes, as the parser writes it."""


@cache
def _pattern(message: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", message)
    return re.compile("".join(re.escape(part) if n % 2 == 0 else f"(?P<{part}>.+)" for n, part in enumerate(parts)))


def spoken(text: str, words: Words) -> str:
    """A sentence of the parser in another language; any other text as it stands."""
    for message in SAID:
        found = _pattern(message).fullmatch(text)
        if found:
            values = {
                name: spoken(value, words) if name == "text" else value for name, value in found.groupdict().items()
            }
            return words._(message, **values)
    return text


def help_spoken(text: str, words: Words) -> str:
    """The help of a verb with its headings and brackets in another language."""
    lines = [spoken(line, words) if line.startswith("Usage: ") else _heading(line, words) for line in text.split("\n")]
    for kind, message in KINDS.items():
        lines = [line.replace(kind, words._(message)) for line in lines]
    told = "\n".join(lines).replace("  Example: ", f"  {words._('Example:')} ")
    return re.sub(r"\[[^\[\]]+\]", lambda found: _extra(found[0], words), told)


def _extra(bracket: str, words: Words) -> str:
    for english, message in EXTRA.items():
        bracket = re.sub(rf"(?<=[\[ ]){english}", words._(message), bracket)
    return bracket


def _heading(line: str, words: Words) -> str:
    return words._(line) if line in HELP else line


def complain_of(error: Any, words: Words) -> str:
    """What is wrong with the arguments, as the parser's own error shows it, in the reader's language."""
    if isinstance(getattr(error, "message", None), Said):
        error.message = words.tell(error.message)
    shown = StringIO()
    error.show(shown)
    lines = shown.getvalue().rstrip("\n").split("\n")
    return "\n".join(help_spoken(line, words) if line.startswith("Usage: ") else spoken(line, words) for line in lines)
