"""What pydantic found, in a planner's words: where, what stands there, what may stand there.

What is allowed is read off the shape itself (type, bounds, description), so that a message tells the whole range and
not only the side that was broken; a ValueError raised by the shapes of `centre` already speaks the planner's language.
"""

import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MinLen
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from centre.library_words import pydantic_words, said_by
from centre.said import Said
from centre.words import Shape, WrongKey
from store.site_folder.door import Door, as_written, one_of

Place = tuple[int | str, ...]


def complain_of(door: Door, file: str, prefix: str, shape: type[Shape], data: Any, error: ValidationError) -> set[str]:
    """Tell the door every error of one table; return the keys (of the table) they concern."""
    keys: set[str] = set()
    for detail in error.errors():
        if detail["loc"][-1:] == ("[key]",):
            *above, key = detail["loc"][:-1]
            door.complain(
                file, where(prefix, tuple(above)), Said('a key "{key}"', key=key), said_by(detail["ctx"]["error"])
            )
            keys.add(str(detail["loc"][0]))
            continue
        place = _standing(data, detail["loc"])
        if detail["type"] == "missing" and isinstance(place[-1], int):
            place = place[:-1]  # a list that is too short: the list is what is wrong
        allowed = _allowed(shape, place, detail)
        if detail["type"] == "value_error":
            wrong = detail["ctx"]["error"]
            if isinstance(wrong, WrongKey) and _has_key(shape, place, wrong.key):
                place, allowed = (*place, wrong.key), wrong.allowed
        door.complain(file, where(prefix, place), _found(data, place, detail["type"]), allowed)
        keys.update(str(part) for part in place[:1])
    return keys


def where(prefix: str, place: Place) -> str:
    """The place as a user would point at it: "[early].pauses[0].window", "[broker].security", "zone"."""
    text = prefix
    if not prefix and len(place) > 1:
        text, place = f"[{place[0]}]", place[1:]
    for part in place:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text or Said("file")


def _standing(data: Any, place: Place) -> Place:
    """The place as far as the user's own text goes: one value read as a pair has no second half to point at."""
    value, depth = data, 0
    for part in place:
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list | tuple) and isinstance(part, int):
            value = value[part] if part < len(value) else None
        else:
            break
        depth += 1
    return place[:depth]


def _found(data: Any, place: Place, kind: str) -> str:
    value: Any = data
    for part in place:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return Said("nothing")
    if kind == "extra_forbidden":
        return Said("an unknown key ({value})", value=as_written(value))
    return Said("this table") if isinstance(value, Mapping) else as_written(_plain(value))


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _allowed(shape: type[Shape], place: Place, detail: Mapping[str, Any]) -> str:
    kind = detail["type"]
    if kind == "value_error":
        return said_by(detail["ctx"]["error"])
    if kind == "extra_forbidden":
        inner = _type_at(shape, place[:-1])
        return one_of(str(place[-1]), _keys(inner), Said("the keys here are"))
    return describe(_type_at(shape, place)) or pydantic_words(detail)


def _has_key(shape: type[Shape], place: Place, key: str) -> bool:
    return key in _keys(_type_at(shape, place))


def _keys(kind: Any) -> list[str]:
    kind = _bare(kind)
    return [key for key in kind.model_fields if key != "name"] if _is_shape(kind) else []


def _type_at(shape: type[Shape], place: Place) -> Any:
    kind: Any = shape
    for part in place:
        bare = _bare(kind)
        if _is_shape(bare):
            kind = bare.model_fields.get(str(part))
        elif get_origin(bare) is tuple:
            inner = get_args(bare)
            kind = inner[0] if Ellipsis in inner or not isinstance(part, int) else inner[min(part, len(inner) - 1)]
        elif get_origin(bare) is dict:
            kind = get_args(bare)[1]
        else:
            return kind
    return kind


def _bare(kind: Any) -> Any:
    """The type itself, without annotations and without "or None"."""
    if isinstance(kind, FieldInfo):
        kind = kind.annotation
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        return _bare(next(part for part in get_args(kind) if part is not type(None)))
    return kind


def _is_shape(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Shape)


def describe(kind: Any) -> str:
    """What a type allows, in words: "a whole number from 0", "a list of 2 values, each a local time"."""
    marks = _marks(kind)
    told = next((mark.description for mark in marks if isinstance(mark, FieldInfo) and mark.description), None)
    if told:
        return told
    bare = _bare(kind)
    if _is_shape(bare):
        return Said("a table with the keys {keys}", keys=list(_keys(bare)))
    origin, inner = get_origin(bare), get_args(bare)
    if origin is Literal:
        listed = Said.listed(str(value) or '""' for value in inner)
        return Said("one of {listed}", listed=listed) if len(inner) > 1 else listed
    if origin is tuple and Ellipsis in inner:
        return Said("a list, each value {each}", each=describe(inner[0]))
    if origin is tuple:
        return Said("a list of {count} values, each {each}", count=len(inner), each=describe(inner[0]))
    if origin is dict:
        return Said("a table whose values are {each}", each=describe(inner[1]))
    if bare is str and any(isinstance(mark, MinLen) for mark in marks):
        return Said('text in "quotes", not empty')
    words: dict[Any, str] = {
        int: Said("a whole number"),
        float: Said("a number"),
        str: Said('text in "quotes"'),
        bool: Said("true or false"),
    }
    known, bounds = words.get(bare, ""), _range(marks)
    return Said("{kind}{bounds}", kind=known, bounds=bounds) if bounds else known


def _marks(kind: Any) -> Sequence[Any]:
    """Descriptions and bounds attached to a type."""
    if isinstance(kind, FieldInfo):
        return [kind, *kind.metadata, *_marks(kind.annotation)]
    if get_origin(kind) is Annotated:
        marks = list(get_args(kind)[1:])
        return marks + [bound for mark in marks if isinstance(mark, FieldInfo) for bound in mark.metadata]
    return []


def _range(marks: Sequence[Any]) -> str:
    low = next((Said(" from {least:g}", least=mark.ge) for mark in marks if isinstance(mark, Ge)), "")
    low = next((Said(" above {least:g}", least=mark.gt) for mark in marks if isinstance(mark, Gt)), low)
    high: str = next((Said(" to {most:g}", most=mark.le) for mark in marks if isinstance(mark, Le)), "")
    below = next((mark.lt for mark in marks if isinstance(mark, Lt)), None)
    if below is not None:
        high = Said(" and below {most:g}", most=below) if low else Said(" below {most:g}", most=below)
    elif low.startswith(" above") and isinstance(high, Said):
        high = Said(" up to {most:g}", most=high.values["most"])
    return Said("{low}{high}", low=low, high=high) if low or high else ""
