"""A person's line of a roster, as the checks look at it."""

from dataclasses import dataclass, field
from functools import cached_property

from centre.people import Agent, Contract
from centre.roster import Segment
from centre.shifts import Shift
from scheduler.checks.calendar import Calendar
from scheduler.checks.catalogue import Catalogue
from scheduler.problem import Problem


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty as it stands in a roster. Times are UTC seconds, `paid` is minutes, `wall` minutes after midnight."""

    day: int
    start: int
    end: int
    wall: int
    paid: int
    night: bool
    shift: Shift | None
    fixed: bool
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Line:
    """One person's roster, with what is known of them.

    Attributes
    ----------
    segments : the roster's and the previous roster's, each once, in order of time.
    leave : approved leave as separate spans [start, end) in order of time.
    leave_days : numbers of the known days that leave covers whole.
    off_days : those of them that were off anyway when the leave was granted: they are credited nothing.
    fixed : rows of fixed.csv that start in the horizon.
    first_known : number of the tail's first day (0 without a tail).
    """

    agent: Agent
    contract: Contract
    calendar: Calendar
    segments: tuple[Segment, ...]
    duties: tuple[Duty, ...]
    leave: tuple[tuple[int, int], ...]
    leave_days: frozenset[int]
    fixed: tuple[Segment, ...]
    first_known: int
    off_days: frozenset[int] = frozenset()

    def known(self, day: int) -> bool:
        """Whether a day is one of the tail or the horizon on which the person is employed."""
        inside = self.first_known <= day < self.calendar.horizon.days
        return inside and self.agent.employed(self.calendar.date(day))

    @cached_property
    def worked(self) -> frozenset[int]:
        """Numbers of the days on which a duty starts."""
        return frozenset(duty.day for duty in self.duties)

    @cached_property
    def first_day(self) -> int:
        """The first known day."""
        days = range(self.first_known, self.calendar.horizon.days)
        return next((day for day in days if self.known(day)), self.calendar.horizon.days)

    @cached_property
    def part_day_leave(self) -> tuple[tuple[int, int], ...]:
        """Approved leave of part of a day: leave less the leave days, cut at midnight."""
        pieces = []
        for start, end in self.leave:
            for day in range(self.calendar.day_of(start), self.calendar.day_of(end - 1) + 1):
                if day not in self.leave_days:
                    midnights = self.calendar.midnight(day), self.calendar.midnight(day + 1)
                    pieces.append((max(start, midnights[0]), min(end, midnights[1])))
        return tuple(pieces)

    def credited(self, week: range) -> list[int]:
        """The leave days of a week that count as worked: the first ones, as many as the contract has days."""
        return [day for day in week if day in self.leave_days and day not in self.off_days][
            : self.contract.days_per_week[1]
        ]

    @cached_property
    def credit_minutes(self) -> int:
        """Paid minutes that one leave day stands for."""
        days = self.contract.days_per_week[1]
        return self.contract.week_minutes[1] // days if days else 0

    def touched(self, days: range) -> bool:
        """Whether hard input (leave, fixed rows, days not employed, the tail) lies in these days or a week beside."""
        near = range(days.start - 7, days.stop + 7)
        inside = range(max(near.start, 0), min(near.stop, self.calendar.horizon.days))
        begin, end = self.calendar.midnight(near.start), self.calendar.midnight(near.stop)
        return (
            (near.start < 0 and self.first_known < 0)
            or any(not self.known(day) for day in inside)
            or any(start < end and stop > begin for start, stop in self.leave)
            or any(begin <= row.start < end for row in self.fixed)
        )  # fmt: skip


@dataclass(frozen=True)
class View:
    """A roster as the checks look at it."""

    problem: Problem
    calendar: Calendar
    catalogue: Catalogue
    lines: tuple[Line, ...]
    strangers: tuple[str, ...] = field(default=())
    """Names in the roster that are not in agents.csv."""
