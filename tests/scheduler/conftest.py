"""A small site that is rostered by hand: one letter a day for each person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from centre.grid import Horizon
from centre.people import Agent, Contract
from centre.policy import Policy
from centre.queues import Queue
from centre.requirement import Requirement
from centre.roster import Roster, Segment
from centre.shifts import Shift
from centre.site import Leave, Settings, Site
from scheduler.checks import Violation, check
from scheduler.problem import Problem

SHIFTS: dict[str, dict[str, Any]] = {
    "D": {
        "start": "08:30",
        "minutes": 540,
        "pauses": [{"activity": "meal", "minutes": 60, "window": ["11:00", "14:00"]}],
    },
    "E": {"start": "06:00", "minutes": 480},
    "L": {"start": "14:00", "minutes": 480},
    "N": {"start": "22:00", "minutes": 480, "night": True},
}
"""Paid minutes of each are 480. The day shift takes its meal at 12:00 unless told otherwise."""

FREE: dict[str, Any] = {
    "week_minutes": (0, 0),
    "days_per_week": (0, 7),
    "max_consecutive_days": 99,
    "rest_minutes": 0,
    "weekends_off": 0,
    "max_nights_in_a_row": 99,
    "rest_after_nights_minutes": 0,
}
"""A contract without bounds: each test sets the one it is about."""


@dataclass(frozen=True)
class Case:
    """A problem and a roster, written as letters; "." is a day off, spaces are for the eye."""

    contract: Mapping[str, Any] = field(default_factory=dict)
    line: str = ""
    tail: str = ""
    first: date = date(2026, 3, 2)
    zone: str = "Asia/Shanghai"
    shifts: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: SHIFTS)
    agent: Mapping[str, Any] = field(default_factory=dict)
    leave: tuple[tuple[int, int, int, int], ...] = ()
    """(day, minutes, day, minutes) each."""
    fixed: tuple[tuple[int, int, int, str], ...] = ()
    """(day, from, to, activity) each, minutes after midnight."""
    extra: tuple[tuple[int, int, int, str], ...] = ()
    """Segments beside the letters, in the same way."""
    horizon_days: int = 0
    meal: int = 720
    people: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)
    gross: Mapping[int, int] = field(default_factory=dict)
    """Required staff of the queue "billing" by day, from 08:00 to 18:00."""
    policy: Policy = field(default_factory=Policy)

    @property
    def horizon(self) -> Horizon:
        days = self.horizon_days or max(len(_letters(line)) for line in (self.line, *self.lines.values()))
        return Horizon(self.zone, 15, self.first, days)

    @property
    def site(self) -> Site:
        people = {"a": self.agent, **self.people}
        return Site(
            settings=Settings(format=1, name="test", zone=self.zone),
            queues={"billing": Queue(name="billing"), "sales": Queue(name="sales")},
            shifts={name: Shift.model_validate({**table, "name": name}) for name, table in self.shifts.items()},
            contracts={"c": Contract.model_validate({**FREE, **self.contract, "name": "c"})},
            agents={
                name: Agent.model_validate(
                    {"agent": name, "name": name, "contract": "c", "skills": {"billing": 1.0}, **more}
                )
                for name, more in people.items()
            },
            leave=tuple(
                Leave(agent="a", start=self.horizon.at(first, start), end=self.horizon.at(last, end))
                for first, start, last, end in self.leave
            ),
            fixed=tuple(self._segment(*row) for row in self.fixed),
        )

    @property
    def problem(self) -> Problem:
        horizon = self.horizon
        gross = np.zeros((1, horizon.count), dtype=np.int64)
        for day, staff in self.gross.items():
            gross[0, horizon.index(horizon.at(day, 480)) : horizon.index(horizon.at(day, 1080))] = staff
        zeros = np.zeros(gross.shape)
        curve = np.zeros((*gross.shape, 1), dtype=np.float32)
        requirement = Requirement(horizon, ("billing",), zeros, zeros, gross, gross, curve)
        tail = _letters(self.tail)
        previous = Roster.of(
            segment for day, letter in enumerate(tail, -len(tail)) for segment in self.duty("a", day, letter)
        )
        return Problem(self.site, horizon, requirement, self.policy, previous)

    @property
    def roster(self) -> Roster:
        lines = {"a": self.line, **self.lines}
        return Roster.of(
            [
                *(
                    segment
                    for agent, line in lines.items()
                    for day, letter in enumerate(_letters(line))
                    for segment in self.duty(agent, day, letter)
                ),
                *(self._segment(*row) for row in self.extra),
            ]
        )

    def duty(self, agent: str, day: int, letter: str) -> list[Segment]:
        """The segments of one letter."""
        if letter in ".o":
            return []
        shift = Shift.model_validate({**self.shifts[letter], "name": letter})
        start = self.horizon.at(day, shift.start[0])
        end = start + shift.minutes[0] * 60
        if not shift.pauses:
            return [Segment(agent, start, end, "work", "billing")]
        pause = shift.pauses[0]
        meal = self.horizon.at(day, self.meal)
        return [
            Segment(agent, start, meal, "work", "billing"),
            Segment(agent, meal, meal + pause.minutes * 60, pause.activity),
            Segment(agent, meal + pause.minutes * 60, end, "work", "billing"),
        ]

    def _segment(self, day: int, start: int, end: int, activity: str) -> Segment:
        queue = "billing" if activity == "work" else ""
        return Segment("a", self.horizon.at(day, start), self.horizon.at(day, end), activity, queue)  # type: ignore[arg-type]

    def found(self, rule: str) -> list[Violation]:
        """What the checker says of one rule."""
        return [violation for violation in check(self.roster, self.problem) if violation.rule == rule]


def _letters(line: str) -> str:
    return line.replace(" ", "")


@pytest.fixture
def case() -> type[Case]:
    return Case


@pytest.fixture
def amounts() -> Callable[..., list[float]]:
    """The amounts charged by one rule for a case."""

    def charged(rule: str, **case: Any) -> list[float]:
        return [violation.amount for violation in replace(Case(), **case).found(rule)]

    return charged
