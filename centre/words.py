"""What every validated shape of the centre has in common: frozen, strict about unknown keys."""

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from centre.said import Said

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

FROM_FILE = "file"
"""Validation context of what a user wrote, as against what code builds."""

_CLOCK = re.compile(r"^([01]\d|2[0-4]):([0-5]\d)$")
_NAME = re.compile(r"^[^\s;:,\"/\\][^;:,\"/\\\n\r\t]*$")


class Shape(BaseModel):
    """Validated at the door and frozen afterwards; change with `model_copy(update=...)`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class WrongKey(ValueError):
    """A key that does not agree with others of its table.

    Attributes
    ----------
    key : the key at fault.
    allowed : what may stand there.
    """

    def __init__(self, key: str, allowed: str) -> None:
        super().__init__(Said("{key}: {allowed}", key=key, allowed=allowed))
        self.key, self.allowed = key, allowed


def clock_minutes(text: object) -> int:
    """Minutes after local midnight of a wall-clock time "HH:MM" ("24:00" is 1440).

    Raises ValueError when the text is no such time.
    """
    match = _CLOCK.match(text) if isinstance(text, str) else None
    if not match:
        raise ValueError(Said('a local time "HH:MM" from "00:00" to "24:00"'))
    minutes = int(match[1]) * 60 + int(match[2])
    if minutes > 1440:
        raise ValueError(Said('a local time "HH:MM" from "00:00" to "24:00"'))
    return minutes


def clock_text(minutes: int) -> str:
    """The wall-clock time of a number of minutes after midnight: 510 is "08:30", 1560 is "02:00"."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _clock(value: object, info: ValidationInfo) -> int:
    # In a file (context FROM_FILE) a bare number is no time: 830 would be read as 13:50.
    if isinstance(value, int) and not isinstance(value, bool) and info.context != FROM_FILE:
        return value
    return clock_minutes(value)


def _weekday(value: str) -> str:
    if value not in WEEKDAYS:
        raise ValueError(Said("one of {names}", names=list(WEEKDAYS)))
    return value


def _name(value: str) -> str:
    if not _NAME.match(value):
        raise ValueError(Said('a name without ";", ":", ",", quotes, slashes or line breaks'))
    return value


Clock = Annotated[int, BeforeValidator(_clock), Field(ge=0, le=1440, description=Said('a local time "HH:MM"'))]
"""Minutes after local midnight, written "HH:MM". The descriptions are what a user is told is allowed."""

Weekday = Annotated[str, AfterValidator(_weekday), Field(description=Said("one of {names}", names=list(WEEKDAYS)))]
Name = Annotated[
    str, AfterValidator(_name), Field(description=Said('a name without ";", ":", ",", quotes, slashes or line breaks'))
]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Minutes = Annotated[int, Field(ge=0)]


def N_(message: str) -> str:
    """Mark a message for the catalogues; it is said in a person's language where it meets one."""
    return message


def weekday_of(day: date | datetime) -> str:
    """The three-letter name of a day's weekday."""
    return WEEKDAYS[day.weekday()]
