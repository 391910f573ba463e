"""Sentences for people that can still be told in another language."""

from collections.abc import Iterable, Mapping
from typing import Any


class Lines(tuple[str, ...]):
    """Texts that stand below one another."""

    def __str__(self) -> str:
        return "\n".join(self)

    def __format__(self, _: str) -> str:
        return str(self)


class Said(str):
    """English as it stands, and what another language needs to say the same.

    It is a plain string to whoever only shows or keeps it. `desk.wording.Words.tell` says it in a reader's language:
    the template is the catalogue's message; values that are themselves `Said`, or lists of such, are told too.

    >>> Said("{agent} has {hours:.1f} hours", agent="a007", hours=7.5)
    'a007 has 7.5 hours'
    """

    template: str
    values: Mapping[str, Any]

    def __new__(cls, template: str, /, **values: Any) -> "Said":
        shown = {name: ", ".join(value) if isinstance(value, list) else value for name, value in values.items()}
        said = super().__new__(cls, template.format(**shown) if values else template)
        said.template = template
        said.values = values
        return said

    @classmethod
    def lines(cls, parts: Iterable[str]) -> "Said":
        """Several texts, each on a line of its own."""
        return cls("{lines}", lines=Lines(parts))

    @classmethod
    def listed(cls, parts: Iterable[str]) -> "Said":
        """Several texts in a row, with the commas of the reader's language between them."""
        return cls("{parts}", parts=list(parts))

    @classmethod
    def term(cls, kind: str, name: str) -> "Said":
        """A key of files and code ("rule", "week days"): itself as a string, its word when told."""
        said = str.__new__(cls, name)
        said.template = f"{kind}.{name}"
        said.values = {}
        return said

    def to_json(self) -> dict[str, Any]:
        """What a file keeps of it, to tell it in any language later (`from_json`): values are numbers, strings, others
        of its kind, and lists of these."""
        return {"says": self.template, "text": str(self), "values": {k: _kept(v) for k, v in self.values.items()}}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Said":
        """What a file kept."""
        values = {name: _found(value) for name, value in row["values"].items()}
        return _again(row["text"], row["says"], values) if "text" in row else cls(row["says"], **values)

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (str(self), self.template, dict(self.values))


def _kept(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_kept(part) for part in value]
    return value.to_json() if isinstance(value, Said) else value


def _found(value: Any) -> Any:
    if isinstance(value, list):
        return [_found(part) for part in value]
    return Said.from_json(value) if isinstance(value, dict) else value


def _again(text: str, template: str, values: Mapping[str, Any]) -> Said:
    said = str.__new__(Said, text)
    said.template, said.values = template, values
    return said
