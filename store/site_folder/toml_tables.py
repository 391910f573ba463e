"""Read TOML files into the shapes of `centre`, telling the door all that is wrong with them."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from centre.library_words import library_words
from centre.said import Said
from centre.words import FROM_FILE, Shape
from store.site_folder.door import Door, as_written
from store.site_folder.shape_errors import complain_of

S = TypeVar("S", bound=Shape)

_AT = re.compile(r"^(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$", re.DOTALL)


@dataclass(frozen=True)
class Tables(Generic[S]):
    """The tables of a file: those that hold, and the names of all that stand there (None: the file is unreadable)."""

    valid: Mapping[str, S] = field(default_factory=dict)
    names: frozenset[str] | None = None

    def lacks(self, name: str) -> bool:
        """Whether it is certain that no table has this name."""
        return self.names is not None and name not in self.names


def read_toml(door: Door, name: str, *, needed: bool) -> dict[str, Any] | None:
    """A TOML file as nested dictionaries; None when missing or not TOML."""
    text = door.text(name, needed=needed)
    if text is None:
        return None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        _syntax(door, name, text, str(error))
        return None


def _syntax(door: Door, name: str, text: str, message: str) -> None:
    match = _AT.match(message)
    lines = text.splitlines() or [""]
    number = int(match["line"]) if match and match["line"] else len(lines)
    column = int(match["column"]) if match and match["column"] else len(lines[-1]) + 1
    line = lines[min(number, len(lines)) - 1].strip()
    what = match["what"] if match else message
    door.complain(
        name,
        Said("line {number}, column {column}", number=number, column=column),
        as_written(line),
        Said('TOML: [table], key = value; text in "quotes", lists in [brackets] ({what})', what=library_words(what)),
    )


def read_tables(
    door: Door, name: str, shape: type[S], *, needed: bool, such_as: str, stand_in: Mapping[str, Any] | None = None
) -> Tables[S]:
    """One shape for each table of a file; each is told its own name."""
    document = read_toml(door, name, needed=needed)
    if document is None:
        return Tables() if needed or name in door.sources else Tables({}, frozenset())
    if needed and not document:
        door.complain(
            name, Said("file"), Said("no table"), Said("at least one table, such as [{such_as}]", such_as=such_as)
        )
    valid: dict[str, S] = {}
    for key, table in document.items():
        if not isinstance(table, dict):
            door.complain(name, key, as_written(table), Said("a table [name] for every key to belong to"))
            continue
        if "name" in table:
            door.complain(
                name,
                f"[{key}].name",
                Said("an unknown key"),
                Said("no such key: the table's own name, [{key}], is it", key=key),
            )
        made = read_shape(door, name, f"[{key}]", shape, {**table, "name": key}, stand_in)
        if made is not None:
            valid[key] = made
    return Tables(valid, frozenset(key for key, table in document.items() if isinstance(table, dict)))


def read_shape(
    door: Door,
    file: str,
    prefix: str,
    shape: type[S],
    table: Mapping[str, Any],
    stand_in: Mapping[str, Any] | None = None,
) -> S | None:
    """One table as a shape, after telling the door everything wrong with it.

    pydantic looks at how keys agree only once each is right by itself: the keys complained of are taken out and the
    rest is looked at again, until nothing new is found. What is left is given back, so that the other files can be
    checked against it: only a door without problems vouches for the value. A required key that was wrong is replaced
    by its `stand_in`; without one there is no value, None.
    """
    data: dict[str, Any] = {key: _frozen(value) for key, value in table.items()}
    taken: set[str] = set()
    while True:
        try:
            return shape.model_validate(data, strict=True, context=FROM_FILE)
        except ValidationError as error:
            wrong = complain_of(door, file, prefix, shape, data, error)
        required = {key for key in wrong & shape.model_fields.keys() if shape.model_fields[key].is_required()}
        if not wrong - taken or any(key not in (stand_in or {}) for key in required):
            return None
        taken |= wrong
        data = {key: value for key, value in data.items() if key not in wrong}
        data |= {key: (stand_in or {})[key] for key in required}


def _frozen(value: Any) -> Any:
    """TOML's lists as the tuples that strict validation asks for."""
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return {key: _frozen(item) for key, item in value.items()} if isinstance(value, dict) else value
