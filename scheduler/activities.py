"""Briefings, meetings and training inside shifts, each where the phones can best spare the people.

They are placed after the tours, in order of how little room they have: together ones first, then the staggered. A
place is good where taking the people away costs least service at the prices of coverage.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from centre.activities import PlannedActivity
from centre.people import Agent
from scheduler.tours import kernel
from scheduler.tours.floor import Floor

Span = tuple[int, int]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Placed:
    """An activity of one person, in ticks."""

    member: int
    start: int
    end: int
    activity: str


def place_activities(floor: Floor) -> list[Placed]:
    """Place every planned activity of the site; those for which nobody has room are left out."""
    order = {"all": 0, "team": 1, "staggered": 2}
    placer = _Placer(floor)
    for planned in sorted(floor.problem.site.activities, key=lambda a: (order[a.together], a.name)):
        placer.place(planned)
    return placer.placed


def concerned(agent: Agent, who: Iterable[str]) -> bool:
    """Whether an activity's `who` names a person."""
    return any(
        name == "all"
        or name == f"team:{agent.team}"
        or name == f"role:{agent.role}"
        or name == f"agent:{agent.agent}"
        or (name.startswith("skill:") and name[6:] in agent.skills)
        for name in who
    )


class _Placer:
    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.placed: list[Placed] = []
        self.busy: dict[int, list[Span]] = {}

    def place(self, planned: PlannedActivity) -> None:
        people = [p for p, member in enumerate(self.floor.members) if concerned(member.lines.line.agent, planned.who)]
        teams: dict[str, list[int]] = {}
        for p in people:
            team = "" if planned.together == "all" else self.floor.members[p].lines.line.agent.team
            teams.setdefault(team, []).append(p)
        for members in teams.values():
            for days in self._occasions(planned):
                if planned.together == "staggered":
                    self._staggered(planned, members, days)
                else:
                    self._together(planned, members, days)

    def _occasions(self, planned: PlannedActivity) -> list[list[int]]:
        """Days on which each occurrence may lie."""
        calendar = self.floor.view.calendar
        days = [day for day in range(self.floor.problem.horizon.days) if calendar.weekday(day) in planned.days]
        if planned.often == "daily":
            return [[day] for day in days]
        spans = calendar.weeks if planned.often == "weekly" else calendar.months
        if planned.before_day and planned.often == "monthly":
            days = [day for day in days if calendar.date(day).day < planned.before_day]
        found = [[day for day in days if day in span] for span in spans]
        return [span for span in found if span]

    def _together(self, planned: PlannedActivity, members: Sequence[int], days: Sequence[int]) -> None:
        """One time for all who are there: the time that most can attend, then the cheapest."""
        best: tuple[float, int, list[int]] | None = None
        for day in days:
            for start in self._starts(planned, day):
                end = start + self._length(planned)
                able = [p for p in members if self._free(p, start, end)]
                if able:
                    cost = self._cost(able, start, end) - 1000.0 * len(able)
                    if best is None or cost < best[0]:
                        best = (cost, start, able)
        if best is not None:
            for p in best[2]:
                self._put(p, best[1], best[1] + self._length(planned), planned.activity)

    def _staggered(self, planned: PlannedActivity, members: Sequence[int], days: Sequence[int]) -> None:
        """Each alone, at most `at_once` of the team at a time."""
        here: dict[int, int] = {}
        length = self._length(planned)
        choices = {
            p: [s for day in days for s in self._starts(planned, day) if self._free(p, s, s + length)] for p in members
        }
        for p in sorted(members, key=lambda p: (len(choices[p]), p)):
            open_ = [s for s in choices[p] if here.get(s, 0) < planned.at_once] or choices[p]
            if not open_:
                continue
            start = min(open_, key=lambda s: (self._cost([p], s, s + length), here.get(s, 0), s))
            for tick in range(start - length + 1, start + length):
                here[tick] = here.get(tick, 0) + 1
            self._put(p, start, start + length, planned.activity)

    def _length(self, planned: PlannedActivity) -> int:
        return planned.minutes * 60 // self.floor.clock.tick

    def _starts(self, planned: PlannedActivity, day: int) -> range:
        horizon, clock = self.floor.problem.horizon, self.floor.clock
        first = clock.to(horizon.at(day, planned.window[0]))
        last = clock.to(horizon.at(day, planned.window[1])) - self._length(planned)
        step = max(1, min(self._length(planned), clock.in_interval))
        return range(first, last + 1, step)

    def _free(self, p: int, start: int, end: int) -> bool:
        """Whether a person is at work all that time, in no pause, and in nothing placed before."""
        member = self.floor.members[p]
        lines = member.lines
        duty = next(
            (o for o in self.floor.chosen[p] if o >= 0 and lines.start[o] <= start and end <= lines.end[o]), None
        )
        if duty is None or lines.kind[duty] == "fixed" or lines.present[start:end].min() == 0:
            return False
        pauses = (
            (int(self.floor.places[p][k]), int(self.floor.places[p][k] + lines.length[k]))
            for k in range(lines.pause_first[duty], lines.pause_first[duty + 1])
        )
        taken = [*pauses, *self.busy.get(p, [])]
        rows = lines.line.fixed
        clock = self.floor.clock
        pinned = [(clock.to(row.start), clock.to(row.end)) for row in rows]
        return all(end <= left or right <= start for left, right in [*taken, *pinned])

    def _cost(self, people: Sequence[int], start: int, end: int) -> float:
        """What the floor loses while these people are away."""
        total = 0.0
        for p in people:
            member = self.floor.members[p]
            if member.component < 0 or member.leads:
                continue
            component = self.floor.components[member.component]
            gain = np.zeros(end + 1)
            kernel.add_presence(start, end, -member.weight, member.touched, member.lines.present, component.staffed)
            component.gain(start, end, member.weight, member.touched, member.lines.present, gain)
            kernel.add_presence(start, end, member.weight, member.touched, member.lines.present, component.staffed)
            total += float(gain[end])
        return total

    def _put(self, p: int, start: int, end: int, activity: str) -> None:
        member = self.floor.members[p]
        self.placed.append(Placed(p, start, end, activity))
        self.busy.setdefault(p, []).append((start, end))
        if member.component >= 0 and not member.leads:
            staffed = self.floor.components[member.component].staffed
            kernel.add_presence(start, end, -member.weight, member.touched, member.lines.present, staffed)
