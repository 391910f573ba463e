"""The grid of half-open intervals that everything is counted on.

Inside, an instant is an integer: seconds since 1970-01-01T00:00Z. Local time is met at the edges only. A local
day has as many intervals as it has time: on the days the clocks change, 92 or 100 quarter hours, not 96.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

GRID_MINUTES = (5, 10, 15, 30, 60)


@lru_cache(maxsize=16_384)
def instant(day: date, minutes: int, zone: str) -> int:
    """The UTC second of a wall-clock time, given as minutes after midnight of a local day.

    `minutes` may pass 1440: 1560 is 02:00 of the next day. A wall-clock time that the spring change skips is read
    as the same distance after the skip; one that the autumn change repeats is its first occurrence.
    """
    local_day = day + timedelta(days=minutes // 1440)
    minute = minutes % 1440
    wall = datetime.combine(local_day, time(minute // 60, minute % 60), ZoneInfo(zone))
    return int(wall.timestamp())


def aware(second: int, zone: str = "UTC") -> datetime:
    """The aware datetime of a UTC second in a zone."""
    return datetime.fromtimestamp(second, ZoneInfo(zone) if zone != "UTC" else UTC)


def wall_minute(second: int, day: date, zone: str) -> int:
    """What the clock on the wall shows at a UTC second, in minutes since the midnight of a local day: 1500 is 01:00 of
    the next; on days of 23 or 25 hours no count of minutes that have passed."""
    local = aware(second, zone)
    return (local.date() - day).days * 1440 + local.hour * 60 + local.minute


def offsets(begin: int, end: int, zone: str) -> list[tuple[int, int]]:
    """From when on the clock is how many minutes ahead of UTC over [begin, end), UTC seconds, to the quarter hour."""
    found: list[tuple[int, int]] = []
    for second in range(begin, end, 900):
        ahead = aware(second, zone).utcoffset() or timedelta()
        minutes = int(ahead.total_seconds()) // 60
        if not found or found[-1][1] != minutes:
            found.append((second, minutes))
    return found


def local_day(second: int, zone: str) -> date:
    """The local calendar day in which a UTC second lies."""
    return aware(second, zone).date()


@dataclass(frozen=True)
class Horizon:
    """A run of whole local days cut into intervals [start, end).

    Attributes
    ----------
    zone : IANA name of the site's time zone.
    minutes : length of an interval.
    first_day : first local day.
    days : number of local days.
    """

    zone: str
    minutes: int
    first_day: date
    days: int

    @cached_property
    def step(self) -> int:
        """Seconds in an interval."""
        return self.minutes * 60

    @cached_property
    def begin(self) -> int:
        """UTC second of the first interval's start."""
        return instant(self.first_day, 0, self.zone)

    @cached_property
    def end(self) -> int:
        """UTC second at which the last interval ends."""
        return instant(self.first_day + timedelta(days=self.days), 0, self.zone)

    @cached_property
    def count(self) -> int:
        """Number of intervals."""
        return (self.end - self.begin) // self.step

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """UTC second of each interval's start, shape [count]."""
        return np.arange(self.begin, self.begin + self.count * self.step, self.step, dtype=np.int64)

    @cached_property
    def day_offsets(self) -> NDArray[np.int64]:
        """Index of the first interval of each local day, and the count at the end, shape [days + 1]."""
        midnights = [instant(self.first_day + timedelta(days=i), 0, self.zone) for i in range(self.days + 1)]
        return (np.array(midnights, dtype=np.int64) - self.begin) // self.step

    @cached_property
    def day_of(self) -> NDArray[np.int64]:
        """Number of the local day of each interval, shape [count]."""
        return np.repeat(np.arange(self.days), np.diff(self.day_offsets))

    @cached_property
    def local_minutes(self) -> NDArray[np.int64]:
        """Wall-clock minutes after midnight at each interval's start, shape [count]."""
        walls = [aware(int(second), self.zone) for second in self.starts]
        return np.array([wall.hour * 60 + wall.minute for wall in walls], dtype=np.int64)

    def index(self, second: int) -> int:
        """Index of the interval in which a UTC second lies; below 0 or at least `count` when outside."""
        return (second - self.begin) // self.step

    def at(self, day: int, minutes: int) -> int:
        """UTC second of a wall-clock time on the horizon's day number `day`; minutes may pass 1440."""
        return instant(self.first_day + timedelta(days=day), minutes, self.zone)

    def day(self, number: int) -> date:
        """The calendar day of a day number (which may lie outside the horizon)."""
        return self.first_day + timedelta(days=number)

    def __iter__(self) -> Iterator[date]:
        return (self.day(number) for number in range(self.days))
