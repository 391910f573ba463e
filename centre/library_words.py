"""What libraries say of wrong input, as sentences that can be told in the reader's language.

What pydantic finds is told by its type of error and what it knows of it; what others say is matched against their own
sentences. A sentence that is not known here stays as it is.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from centre.said import Said
from centre.words import N_

OF_TYPES = {
    "missing": N_("missing: it has to be given"),
    "extra_forbidden": N_("there is no such key"),
    "int_type": N_("a whole number"),
    "int_parsing": N_("a whole number"),
    "int_from_float": N_("a whole number"),
    "float_type": N_("a number"),
    "float_parsing": N_("a number"),
    "finite_number": N_("a finite number"),
    "string_type": N_("text"),
    "bool_type": N_("true or false"),
    "bool_parsing": N_("true or false"),
    "list_type": N_("a list"),
    "tuple_type": N_("a list"),
    "dict_type": N_("a table"),
    "model_type": N_("a table"),
    "model_attributes_type": N_("a table"),
    "greater_than": N_("a number above {gt}"),
    "greater_than_equal": N_("a number from {ge}"),
    "less_than": N_("a number below {lt}"),
    "less_than_equal": N_("a number up to {le}"),
    "literal_error": N_("one of {expected}"),
    "enum": N_("one of {expected}"),
    "string_pattern_mismatch": N_("text of the form {pattern}"),
    "string_too_short": N_("at least so many characters: {min_length}"),
    "string_too_long": N_("at most so many characters: {max_length}"),
    "too_short": N_("at least so many entries: {min_length}"),
    "too_long": N_("at most so many entries: {max_length}"),
    "date_type": N_("a day such as 2026-03-02"),
    "date_parsing": N_("a day such as 2026-03-02"),
    "date_from_datetime_parsing": N_("a day such as 2026-03-02"),
    "date_from_datetime_inexact": N_("a day such as 2026-03-02"),
    "datetime_type": N_("a moment such as 2026-03-02T08:30+08:00"),
    "datetime_parsing": N_("a moment such as 2026-03-02T08:30+08:00"),
    "datetime_from_date_parsing": N_("a moment such as 2026-03-02T08:30+08:00"),
    "timezone_aware": N_("a moment with its offset, such as 2026-03-02T08:30+08:00"),
    "time_type": N_("a time such as 08:30"),
    "time_parsing": N_("a time such as 08:30"),
    "json_invalid": N_("JSON ({text})"),
}
"""Types of pydantic's errors."""

SENTENCES = (
    # tomllib
    N_("Invalid statement"),
    N_("Invalid value"),
    N_("Invalid initial character for a key part"),
    N_("Invalid date or datetime"),
    N_("Expected '=' after a key in a key/value pair"),
    N_("Expected ']' at the end of a table declaration"),
    N_("Expected ']]' at the end of an array declaration"),
    N_("Expected newline or end of document after a statement"),
    N_("Cannot declare {key} twice"),
    N_("Cannot mutate immutable namespace {key}"),
    N_("Cannot overwrite a value"),
    N_("Duplicate inline table key {key}"),
    N_("Unclosed array"),
    N_("Unclosed inline table"),
    N_("Unterminated string"),
    N_("Unescaped '\\' in a string"),
    N_("Illegal character {sign}"),
    N_("Found invalid character {sign}"),
    # csv and pandas
    N_("unexpected end of data"),
    N_("{mark} expected after {quote}"),
    N_("field larger than field limit ({limit})"),
    N_("Expected {wanted} fields in line {line}, saw {count}"),
    N_("EOF inside string starting at row {row}"),
    N_("No columns to parse from file"),
    # json and msgspec
    N_("Expecting value: line {line} column {column} (char {char})"),
    N_("{text} - at `{place}`"),
    N_("Expected `{wanted}`, got `{found}`"),
    N_("Object missing required field `{field}`"),
    N_("Object contains unknown field `{field}`"),
    N_("Invalid value {value}"),
    N_("Invalid enum value {value}"),
    N_("JSON is malformed: {text}"),
    N_("invalid character (byte {byte})"),
    N_("Input data was truncated"),
    # dates
    N_("Invalid isoformat string: {value}"),
    # the operating system and the network
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("No space left on device"),
    N_("Read-only file system"),
    N_("Address already in use"),
    N_("Cannot assign requested address"),
    N_("Connection refused"),
    N_("Connection reset by peer"),
    N_("Name or service not known"),
    N_("Temporary failure in name resolution"),
    N_("timed out"),
    N_("HTTP Error {code}: {text}"),
    N_("<urlopen error {text}>"),
    N_("[Errno {number}] {text}: {file}"),
    N_("[Errno {number}] {text}"),
)
"""Sentences of libraries; of two that begin alike the longer first. `{text}` is a sentence again."""


def said_by(error: BaseException) -> str:
    """What an error says, as it can be told: the `Said` it was raised with, else its text as a library words it."""
    if error.args and isinstance(error.args[0], Said):
        return error.args[0]
    return library_words(str(error))


def pydantic_words(detail: Mapping[str, Any]) -> str:
    """What pydantic found, from a row of `ValidationError.errors()`: what belongs there."""
    known = detail.get("ctx", {})
    if isinstance(known.get("error"), ValueError):
        return said_by(known["error"])
    message = OF_TYPES.get(detail["type"])
    if message is None:
        return library_words(str(detail["msg"]))
    values = {"text": library_words(str(known["error"]))} if "error" in known else dict(known)
    if "expected" in values:
        values["expected"] = str(values["expected"]).replace(" or ", ", ")
    return Said(message, **{name: value for name, value in values.items() if f"{{{name}}}" in message})


def library_words(text: str) -> str:
    """A library's sentence as it can be told; one that is not known as it stands."""
    for message in SENTENCES:
        found = _pattern(message).fullmatch(text)
        if found:
            values = found.groupdict()
            return Said(message, **{name: library_words(v) if name == "text" else v for name, v in values.items()})
    return text


@cache
def _pattern(message: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", message)
    return re.compile("".join(re.escape(part) if n % 2 == 0 else f"(?P<{part}>.+)" for n, part in enumerate(parts)))
