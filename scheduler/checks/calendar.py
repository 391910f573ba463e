"""Days, weeks and months as numbers counted from the first day of the horizon; days before it are negative."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from centre.grid import Horizon, aware, instant
from centre.words import WEEKDAYS, Weekday, weekday_of

BEFORE = 200
AFTER = 40


@dataclass(frozen=True)
class Calendar:
    """The site's calendar around a horizon."""

    horizon: Horizon
    week_starts: Weekday = "mon"

    @cached_property
    def midnights(self) -> list[int]:
        """UTC second of each local midnight from BEFORE days before the horizon to AFTER days after it."""
        numbers = range(-BEFORE, self.horizon.days + AFTER)
        return [instant(self.horizon.day(number), 0, self.horizon.zone) for number in numbers]

    def day_of(self, second: int) -> int:
        """Number of the local day in which a UTC second lies."""
        return bisect_right(self.midnights, second) - 1 - BEFORE

    def midnight(self, day: int) -> int:
        """UTC second at which a day begins."""
        return self.midnights[day + BEFORE]

    def date(self, day: int) -> date:
        """The calendar day of a day number."""
        return self.horizon.day(day)

    def weekday(self, day: int) -> str:
        """Three-letter name of a day's weekday."""
        return WEEKDAYS[(self._first_weekday + day) % 7]

    def wall_minutes(self, second: int) -> int:
        """Wall-clock minutes after local midnight of a UTC second."""
        wall = aware(second, self.horizon.zone)
        return wall.hour * 60 + wall.minute

    @cached_property
    def weeks(self) -> list[range]:
        """Day numbers of each week that has a day in the horizon."""
        first = -((self._first_weekday - WEEKDAYS.index(self.week_starts)) % 7)
        return [range(day, day + 7) for day in range(first, self.horizon.days, 7)]

    @cached_property
    def months(self) -> list[range]:
        """Day numbers of each calendar month that has a day in the horizon."""
        months = []
        day = 1 - self.horizon.first_day.day
        while day < self.horizon.days:
            first = self.date(day)
            following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
            months.append(range(day, day + (following - first).days))
            day = months[-1].stop
        return months

    @cached_property
    def weekends(self) -> list[range]:
        """Saturday and Sunday of each weekend that lies whole in the horizon."""
        days = range(self.horizon.days - 1)
        return [range(day, day + 2) for day in days if self.weekday(day) == "sat"]

    @cached_property
    def _first_weekday(self) -> int:
        return WEEKDAYS.index(weekday_of(self.horizon.first_day))
