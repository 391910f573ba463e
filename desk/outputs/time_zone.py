"""VTIMEZONE of a site's zone, exact for the days a calendar speaks of (RFC 5545, 3.6.5)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from centre.grid import Horizon, aware


def vtimezone(horizon: Horizon) -> Timezone:
    """The zone from a day before the horizon to two days after it, one observance for each change of offset.

    The onset of an observance is given in the local time in force just before it, as the standard asks.
    """
    component = Timezone()
    component.add("tzid", horizon.zone)
    begin, end = horizon.begin - 86400, horizon.end + 2 * 86400
    first = aware(begin, horizon.zone)
    component.add_component(_observance(first, _offset(first), first.replace(tzinfo=None)))
    for change in _changes(begin, end, horizon.zone):
        before, after = _offset(aware(change - 1, horizon.zone)), aware(change, horizon.zone)
        onset = aware(change).replace(tzinfo=None) + before
        component.add_component(_observance(after, before, onset))
    return component


def _changes(begin: int, end: int, zone: str) -> list[int]:
    """UTC seconds in (begin, end] at which the zone's offset or name changes."""
    info, found = ZoneInfo(zone), []

    def state(second: int) -> tuple[timedelta | None, str | None]:
        moment = datetime.fromtimestamp(second, info)
        return moment.utcoffset(), moment.tzname()

    for hour in range(begin, end, 3600):
        low, high = hour, min(hour + 3600, end)
        if state(low) == state(high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if state(middle) == state(low) else (low, middle)
        found.append(high)
    return found


def _observance(moment: datetime, before: timedelta, onset: datetime) -> TimezoneStandard | TimezoneDaylight:
    part = TimezoneDaylight() if moment.dst() else TimezoneStandard()
    part.add("dtstart", onset)
    part.add("tzoffsetfrom", before)
    part.add("tzoffsetto", _offset(moment))
    part.add("tzname", moment.tzname() or "")
    return part


def _offset(moment: datetime) -> timedelta:
    offset = moment.utcoffset()
    assert offset is not None
    return offset
