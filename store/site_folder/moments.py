"""Days and instants as people and spreadsheets write them.

Besides ISO 8601, the year-first form with slashes is read ("2026/3/2", "2026/3/2 8:30"): Excel turns ISO dates into it
when a file is saved, and it can be read one way only. Instants are ISO 8601 with offset, or local to the site.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from centre.grid import instant
from centre.library_words import said_by
from centre.said import Said

D = TypeVar("D", bound=date)

DAY = Said("a day such as 2026-03-02")
MOMENT = Said("a time such as 2026-03-02T08:30+08:00, or local to the site 2026-03-02 08:30")

YEARS = range(1970, 2200)
_SLASHED = re.compile(r"^(\d{4})/(\d{1,2})/(\d{1,2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$")


def is_day(text: str) -> bool:
    """Whether a text holds a day without a time of day."""
    match = _SLASHED.match(text)
    return (len(text) == 10 and ":" not in text) or bool(match and match[4] is None)


def read_day(text: str) -> date:
    """The day of "2026-03-02" or "2026/3/2". Raises ValueError, saying what is allowed."""
    match = _SLASHED.match(text)
    try:
        if match and match[4] is None:
            day = date(int(match[1]), int(match[2]), int(match[3]))
        else:
            day = date.fromisoformat(text if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else "")
        return _known(day)
    except ValueError:
        raise ValueError(DAY) from None


def read_moment(text: str, zone: str) -> int:
    """The UTC second of an instant, local to `zone` where the text has no offset.

    A local time that the autumn change repeats is its first occurrence. Raises ValueError, saying what is allowed,
    for text that is no instant and for local times the spring change leaves out.
    """
    moment = _wall(text)
    if moment.microsecond:
        raise ValueError(Said("{allowed}; no fractions of a second", allowed=MOMENT))
    if moment.tzinfo is not None:
        return int(moment.timestamp())
    minutes = moment.hour * 60 + moment.minute
    second = instant(moment.date(), minutes, zone) + moment.second
    back = datetime.fromtimestamp(second, UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if back != moment:
        raise ValueError(
            Said("a time that exists: the clocks of {zone} skip this one; write it with its offset", zone=zone)
        )
    return second


def read_bounds(start: str, end: str, zone: str) -> tuple[int | ValueError, int | ValueError]:
    """Start and end of an absence: whole days (the last one included) or instants, each read by itself."""
    return _bound(start, zone, last=False), _bound(end, zone, last=True)


def _bound(text: str, zone: str, *, last: bool) -> int | ValueError:
    try:
        if is_day(text):
            return instant(read_day(text) + timedelta(days=int(last)), 0, zone)
        return read_moment(text, zone)
    except ValueError as error:
        said = said_by(error)
        return ValueError(Said("{day}, or {moment}", day=DAY, moment=said) if said.startswith(MOMENT[:14]) else said)


def _wall(text: str) -> datetime:
    match = _SLASHED.match(text)
    try:
        if match and match[4] is not None:
            year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
            return _known(datetime(year, month, day, hour, minute, second))  # noqa: DTZ001
        return _known(datetime.fromisoformat(text if len(text) >= 16 else ""))
    except ValueError:
        raise ValueError(MOMENT) from None


def _known(moment: D) -> D:
    if moment.year not in YEARS:
        raise ValueError
    return moment
