"""The help of every verb in the reader's language: each paragraph and each option's line is a message of its own."""

from collections.abc import Callable, Iterator
from typing import Any

from desk.cli.parsing import help_spoken
from desk.wording import Words

Command = Any
"""A command of Typer's, which brings a click of its own."""


def messages(command: Command) -> Iterator[str]:
    """Everything that the help of a command and of those below it says."""
    yield from _messages(command.help)
    yield from _messages(command.epilog)
    for parameter in command.params:
        yield from _messages(getattr(parameter, "help", None))
    for each in getattr(command, "commands", {}).values():
        yield from messages(each)


def translate(command: Command, words: Words) -> None:
    """Put the help of a command and of those below it into another language; in place."""
    command.help = _translated(command.help, words)
    command.short_help = None
    command.epilog = _translated(command.epilog, words)
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = _translated(parameter.help, words)
    if words.language != "en":
        command.get_help = _spoken(command.get_help, words)
        command.get_help_option = _help_option(command.get_help_option, words)
    for each in getattr(command, "commands", {}).values():
        translate(each, words)


def _spoken(shown: Callable[[Any], str], words: Words) -> Callable[[Any], str]:
    return lambda context: help_spoken(shown(context), words)


def _help_option(found: Callable[[Any], Any], words: Words) -> Callable[[Any], Any]:
    """The option that the parser adds by itself."""

    def option(context: Any) -> Any:
        made = found(context)
        if made is not None:
            made.help = _translated(made.help, words)
        return made

    return option


def _paragraphs(text: str | None) -> list[str]:
    return [" ".join(part.split()) for part in (text or "").split("\n\n") if part.strip()]


def _messages(text: str | None) -> list[str]:
    """Paragraphs, examples left out: they are the same in every language."""
    return [part for part in _paragraphs(text) if not part.startswith("Example:")]


def _translated(text: str | None, words: Words) -> str | None:
    return "\n\n".join(map(words._, _paragraphs(text))) if text else text
