"""Briefings, meetings and training inside shifts, each where the phones can best spare the people (SHF-6).

Daily staggered ones are placed by the search itself, like pauses; here it is seen to that not too many of a team go at
once. Then the others are placed around what is there: together ones first. A place is good where most can attend, and
then where taking the people away costs least at the prices of coverage.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from centre.activities import PlannedActivity
from scheduler.checks.activities import occasions
from scheduler.tours.floor import Floor
from scheduler.tours.lines import concerned, label_of, placed_like_pauses

Span = tuple[int, int]
Floats = NDArray[np.float64]

LEFT_OUT = -1
"""The place of a daily activity that found no room."""

ATTENDING = 1000.0
"""What one more person at a meeting is worth: more than any coverage it costs."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An activity of one person, in ticks."""

    member: int
    start: int
    end: int
    activity: str
    name: str


def place_activities(floor: Floor, held: Sequence[Placed] = ()) -> list[Placed]:
    """Place every planned activity of the site; those for which nobody has room are left out.

    Those that a team or all attend together keep the times of `held`, where anybody can attend then.
    `floor.places` and the coverage of `floor.components` follow. Returned are the activities beside the pauses.
    """
    order = {"all": 0, "team": 1, "staggered": 2}
    placer = _Placer(floor, held)
    activities = sorted(floor.problem.site.activities, key=lambda a: (order[a.together], a.name))
    for planned in activities:
        if placed_like_pauses(planned):
            placer.spread_out(planned)
    for planned in activities:
        if not placed_like_pauses(planned):
            placer.place(planned)
    return placer.placed


def cover(floor: Floor, p: int, start: int, end: int, sign: float) -> None:
    """Add to coverage (or take away, with sign -1) what a person answers over ticks [start, end)."""
    member = floor.members[p]
    if member.component >= 0 and member.component != floor.leaders:
        component = floor.components[member.component]
        component.add(member.touched, start, end, sign * member.weight, member.lines.present)


class _Placer:
    def __init__(self, floor: Floor, held: Sequence[Placed] = ()) -> None:
        self.floor = floor
        self.held = {(each.name, each.member, each.start) for each in held}
        self.placed: list[Placed] = []
        self.busy: dict[int, list[Span]] = {}

    def spread_out(self, planned: PlannedActivity) -> None:
        """Move those of a daily activity that are too many at once; each stays where it is if it can."""
        label, length = label_of(planned), self._length(planned)
        found: dict[tuple[str, int], list[tuple[int, int, int]]] = {}
        for p, member in enumerate(self.floor.members):
            for day, o in enumerate(self.floor.chosen[p]):
                for k in self._pauses(p, int(o)):
                    if member.lines.activity[k] == label:
                        team = member.lines.line.agent.team
                        found.setdefault((team, day), []).append((int(self.floor.places[p][k]), p, k))
        for (_, day), those in found.items():
            here: dict[int, int] = {}
            for start, p, k in sorted(those):
                at = start
                if here.get(start, 0) >= planned.at_once:
                    cover(self.floor, p, start, start + length, 1.0)
                    self.floor.places[p][k] = LEFT_OUT
                    at = self._best(
                        p, [s for s in self._starts(planned, day) if here.get(s, 0) < planned.at_once], length
                    )
                    self.floor.places[p][k] = at
                    if at != LEFT_OUT:
                        cover(self.floor, p, at, at + length, -1.0)
                if at != LEFT_OUT:
                    _count(here, at, length)

    def place(self, planned: PlannedActivity) -> None:
        """Place an activity for everybody it concerns."""
        teams: dict[str, list[int]] = {}
        for p, member in enumerate(self.floor.members):
            agent = member.lines.line.agent
            if concerned(agent, planned.who):
                teams.setdefault("" if planned.together == "all" else agent.team, []).append(p)
        for members in teams.values():
            for days in occasions(self.floor.view, planned):
                if planned.together == "staggered":
                    self._staggered(planned, members, days)
                else:
                    self._together(planned, members, days)

    def _together(self, planned: PlannedActivity, members: Sequence[int], days: Sequence[int]) -> None:
        """One time for all who are there: the time that most can attend, then the cheapest."""
        length = self._length(planned)
        best: tuple[float, int, list[int]] | None = None
        for day in days:
            for start in self._starts(planned, day):
                able = [p for p in members if self._free(p, start, start + length)]
                if able:
                    cost = sum(float(self._loss(p, start, start + length).sum()) for p in able)
                    cost -= ATTENDING * len(able)
                    if any((planned.name, p, start) in self.held for p in members):
                        cost -= ATTENDING * len(self.floor.members)
                    if best is None or cost < best[0]:
                        best = (cost, start, able)
        if best is not None:
            for p in best[2]:
                self._put(p, best[1], best[1] + length, planned)

    def _staggered(self, planned: PlannedActivity, members: Sequence[int], days: Sequence[int]) -> None:
        """Each alone, at most `at_once` of the team at a time; those with the fewest choices first."""
        here: dict[int, int] = {}
        length = self._length(planned)
        starts = [start for day in days for start in self._starts(planned, day)]
        choices = {p: [s for s in starts if self._free(p, s, s + length)] for p in members}
        for p in sorted(members, key=lambda p: (len(choices[p]), p)):
            at = self._best(p, [s for s in choices[p] if here.get(s, 0) < planned.at_once], length)
            if at != LEFT_OUT:
                _count(here, at, length)
                self._put(p, at, at + length, planned)

    def _best(self, p: int, starts: Sequence[int], length: int) -> int:
        """The start at which a person can best be spared; LEFT_OUT when they have no room."""
        free = [s for s in starts if self._free(p, s, s + length)]
        if not free:
            return LEFT_OUT
        first = min(free)
        sums = np.concatenate([[0.0], np.cumsum(self._loss(p, first, max(free) + length))])
        return min(free, key=lambda s: (sums[s - first + length] - sums[s - first], s))

    def _length(self, planned: PlannedActivity) -> int:
        return planned.minutes * 60 // self.floor.clock.tick

    def _starts(self, planned: PlannedActivity, day: int) -> range:
        horizon, clock = self.floor.problem.horizon, self.floor.clock
        first = clock.to(horizon.at(day, planned.window[0]))
        last = clock.to(horizon.at(day, planned.window[1])) - self._length(planned)
        return range(first, last + 1, max(1, min(self._length(planned), clock.in_interval)))

    def _pauses(self, p: int, option: int) -> range:
        first = self.floor.members[p].lines.pause_first
        return range(int(first[option]), int(first[option + 1])) if option >= 0 else range(0)

    def _free(self, p: int, start: int, end: int) -> bool:
        """Whether a person is at work all that time, in no pause, and in nothing placed before."""
        lines, clock = self.floor.members[p].lines, self.floor.clock
        duty = next(
            (int(o) for o in self.floor.chosen[p] if o >= 0 and lines.start[o] <= start and end <= lines.end[o]), None
        )
        if duty is None or lines.kind[duty] == "fixed" or lines.on_call[duty] or lines.present[start:end].min() == 0:
            return False
        taken = [*self.busy.get(p, []), *((clock.to(row.start), clock.to(row.end)) for row in lines.line.fixed)]
        for k in self._pauses(p, duty):
            at = int(self.floor.places[p][k])
            if at != LEFT_OUT:
                taken.append((at, at + int(lines.length[k])))
        return all(end <= left or right <= start for left, right in taken)

    def _loss(self, p: int, start: int, end: int) -> Floats:
        """What the floor loses at each tick while a person is away."""
        member = self.floor.members[p]
        if member.component < 0 or member.component == self.floor.leaders:
            return np.zeros(end - start)
        component = self.floor.components[member.component]
        return component.loss(member.touched, start, end, member.weight, member.lines.present)

    def _put(self, p: int, start: int, end: int, planned: PlannedActivity) -> None:
        self.placed.append(Placed(p, start, end, planned.segment, planned.name))
        self.busy.setdefault(p, []).append((start, end))
        cover(self.floor, p, start, end, -1.0)


def _count(here: dict[int, int], start: int, length: int) -> None:
    """Count somebody at every start that would overlap theirs."""
    for tick in range(start - length + 1, start + length):
        here[tick] = here.get(tick, 0) + 1
