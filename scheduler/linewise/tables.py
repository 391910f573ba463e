"""A person's line as the compiled search sees it: what each day allows, and what the whole may hold."""

from dataclasses import dataclass
from functools import cached_property
from math import gcd

import numpy as np
from numpy.typing import NDArray

from scheduler.frame import Frame, Person
from scheduler.linewise.groups import Groups, groups_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def supports(frame: Frame) -> bool:
    """Whether every rule of the frame is one the line search keeps.

    It knows runs, forbidden sequences, weekends, one bound on the minutes of the whole horizon, maxima of a kind and
    wishes; rest, nights, start bands and a known past are for the CP-SAT rules.
    """
    return all(
        person.rest_s <= 1
        and person.rest_after_nights_s <= 1
        and person.max_nights is None
        and person.spread is None
        and not person.past
        and all(len({option.kind for option in options}) == len(options) for options in person.options)
        and len(person.bounds) <= 1
        and all(bound.of == "minutes" and len(bound.days) == person.days for bound in person.bounds)
        and not any(bound.elastic for bound in person.bounds)
        for person in frame.people
    )


@dataclass(frozen=True)
class Kinds:
    """What is the same for everybody: the kinds of duty, their minutes in units, and what may follow what."""

    frame: Frame

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Kinds in the order in which they are numbered."""
        seen: dict[str, None] = {}
        for person in self.frame.people:
            for options in person.options:
                seen.update(dict.fromkeys(option.kind for option in options))
        seen.update(dict.fromkeys(cover.kind for cover in self.frame.covers))
        return tuple(seen)

    @cached_property
    def number(self) -> dict[str, int]:
        """Number of each kind."""
        return {name: number for number, name in enumerate(self.names)}

    @cached_property
    def minutes(self) -> Ints:
        """Paid minutes of each kind."""
        minutes = np.zeros(len(self.names), dtype=np.int64)
        for person in self.frame.people:
            for options in person.options:
                for option in options:
                    minutes[self.number[option.kind]] = option.paid
        return minutes

    @cached_property
    def unit(self) -> int:
        """The largest number of minutes that every kind is a multiple of."""
        return gcd(*map(int, self.minutes)) or 1

    @cached_property
    def units(self) -> Ints:
        """Paid units of each kind."""
        return self.minutes // self.unit

    @cached_property
    def after(self) -> Bools:
        """Whether the second kind may follow the first on the next day, [kinds, kinds]."""
        allowed = np.ones((len(self.names), len(self.names)), dtype=np.bool_)
        for kind, following in self.frame.not_after:
            if kind in self.number and following in self.number:
                allowed[self.number[kind], self.number[following]] = False
        return allowed

    @cached_property
    def _groups(self) -> dict[tuple[int, ...], Groups]:
        return {}

    def groups(self, alone: tuple[int, ...] = ()) -> Groups:
        """Kinds that may stand for one another; those `alone` are told apart from all others."""
        if alone not in self._groups:
            self._groups[alone] = groups_of(self.after, self.units, alone)
        return self._groups[alone]

    @cached_property
    def weekend(self) -> Ints:
        """1 on the first and 2 on the last day of each weekend, else 0."""
        marks = np.zeros(self.frame.days, dtype=np.int64)
        for weekend in self.frame.people[0].weekends:
            marks[weekend.start], marks[weekend.stop - 1] = 1, 2
        return marks


@dataclass(frozen=True)
class Table:
    """One person's tables."""

    person: Person
    kinds: Kinds

    @cached_property
    def allowed(self) -> Bools:
        """What each day allows, [days, kinds + 1]; column 0 is a day off."""
        allowed = np.zeros((self.person.days, len(self.kinds.names) + 1), dtype=np.bool_)
        for day, options in enumerate(self.person.options):
            allowed[day, 0] = day not in self.person.must
            for option in options:
                number = self.kinds.number[option.kind]
                allowed[day, number + 1] = self.person.most.get(option.kind, 1) > 0
        return allowed

    @cached_property
    def excused(self) -> Ints:
        """1 on days whose day off excuses the runs beside it."""
        days = range(self.person.days)
        return np.array([day in self.person.leave or day in self.person.unknown for day in days], dtype=np.int64)

    @cached_property
    def wishes(self) -> Floats:
        """Cost of taking each kind on each day, [days, kinds]; what is paid without taking it is in `unmet`."""
        cost = np.zeros((self.person.days, len(self.kinds.names)))
        for want in self.person.wants:
            for kind in want.kinds or self.kinds.names:
                cost[want.day, self.kinds.number[kind]] += want.weight if want.off else -want.weight
        return cost

    @cached_property
    def unmet(self) -> float:
        """Cost of all wishes for a duty when nothing is worked."""
        return float(sum(want.weight for want in self.person.wants if not want.off))

    @cached_property
    def limits(self) -> tuple[int, int]:
        """Least and most units of the horizon."""
        most = int(self.person.days * self.kinds.units.max(initial=0))
        if not self.person.bounds:
            return 0, most
        bound, unit = self.person.bounds[0], self.kinds.unit
        highest = most if bound.highest is None else min(most, bound.highest // unit)
        return -(-(bound.lowest or 0) // unit), highest

    @cached_property
    def longest(self) -> int:
        """Longest run of worked days."""
        return min(self.person.max_run or self.person.days, self.person.days)

    @cached_property
    def weekends(self) -> int:
        """Weekends that may be worked."""
        return len(self.person.weekends) - max(self.person.free_weekends, 0)

    @cached_property
    def caps(self) -> Ints:
        """How often each kind may be taken at most, never above the number of days."""
        return np.array(
            [min(self.person.most.get(name, self.person.days), self.person.days) for name in self.kinds.names],
            dtype=np.int64,
        )
