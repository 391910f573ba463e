"""What leave and swaps share: verdicts, lines changed by hand and checked alone, and their effect on coverage."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from centre.approvals import Step
from centre.grid import aware
from centre.people import Agent
from centre.requests import Ruling
from centre.roster import ON_DUTY, Roster, Segment
from scheduler.checks import CHECKS, Coverage, Duty, Line, View, Violation, coverage
from scheduler.checks import view as read_view
from scheduler.checks.activities import activities
from scheduler.checks.catalogue import PAUSES
from scheduler.checks.leaders import leaders
from scheduler.checks.posts import posts
from scheduler.checks.weekend_posts import weekend_posts
from scheduler.problem import Problem

LINE_CHECKS = [rule for rule in CHECKS if rule not in (leaders, weekend_posts, posts, activities)]
"""The rules that look at one person at a time and may be hard; the others look at the floor, and are elastic."""


@dataclass(frozen=True)
class Verdict:
    """What the rules say of a request.

    Attributes
    ----------
    allowed : every rule holds, if need be with the approval or the duty it names.
    possible : nothing forbids it: a manager may still make an exception.
    rules : each rule with what it says and why.
    approvers : the levels that decide, in order; empty where nothing can be decided.
    coverage : the effect by queue and interval (see `effect`).
    cover : who could take the work, cheapest first.
    """

    rules: tuple[Ruling, ...]
    approvers: tuple[Step, ...] = ()
    coverage: Mapping[str, Any] = field(default_factory=dict)
    cover: tuple["Candidate", ...] = ()
    duties: tuple[tuple[int, int], ...] = ()
    """The duties concerned, [start, end) UTC seconds, as they were when it was judged."""

    off: tuple[date, ...] = ()
    """Local days of a leave on which the person was off by the roster."""

    @property
    def allowed(self) -> bool:
        """Whether every rule holds."""
        return self.possible and all(rule.verdict != "exception" for rule in self.rules)

    @property
    def possible(self) -> bool:
        """Whether nothing forbids it."""
        return all(rule.verdict != "forbidden" for rule in self.rules)

    def to_json(self) -> dict[str, Any]:
        """For --json and for the store."""
        return {
            "allowed": self.allowed,
            "possible": self.possible,
            "rules": [rule.model_dump(exclude_defaults=True) for rule in self.rules],
            "approvers": [{"role": step.role, "people": list(step.people)} for step in self.approvers],
            "coverage": dict(self.coverage),
            "cover": [candidate.to_json() for candidate in self.cover],
            "duties": [list(duty) for duty in self.duties],
            "off": [str(day) for day in self.off],
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could take a duty, or `minutes` of it from `start` (UTC second) on, and what it costs the centre.

    `how` is "swap" (against the duty that starts at `back`), "part_timer", "extra_shift" or "overtime".
    """

    agent: str
    start: int
    how: str
    cost: float
    minutes: int = 0
    back: int | None = None

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        row = {
            "agent": self.agent, "start": self.start, "how": self.how, "cost": round(self.cost, 2),
            "minutes": self.minutes,
        }  # fmt: skip
        return row if self.back is None else {**row, "back": self.back}


@dataclass(frozen=True)
class Floor:
    """A published roster with its problem, read once, to be asked about changes of single lines."""

    problem: Problem
    roster: Roster
    _known_broken: dict[str, list[Violation]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def seen(self) -> View:
        """The roster as the checks look at it."""
        return read_view(self.roster, self.problem)

    @cached_property
    def lines(self) -> Mapping[str, Line]:
        """Each person's line."""
        return {line.agent.agent: line for line in self.seen.lines}

    @cached_property
    def staffed(self) -> Coverage:
        """What the roster covers."""
        return coverage(self.roster, self.problem)

    @cached_property
    def segments(self) -> Mapping[str, tuple[Segment, ...]]:
        """Each person's segments."""
        return self.roster.by_agent()

    @cached_property
    def earlier(self) -> Mapping[str, tuple[Segment, ...]]:
        """Each person's segments of the previous roster."""
        return self.problem.previous.by_agent()

    @property
    def agents(self) -> Mapping[str, Agent]:
        """Everybody."""
        return self.problem.site.agents

    @property
    def zone(self) -> str:
        """The site's time zone."""
        return self.problem.site.settings.zone

    def duty(self, agent: str, start: int) -> Duty | None:
        """The duty of a person that starts at an instant."""
        return next((duty for duty in self.lines[agent].duties if duty.start == start), None)

    def view(self, changed: Mapping[str, tuple[Segment, ...]], problem: Problem | None = None) -> View:
        """The lines of the people who are named, with these segments instead of theirs."""
        whole = problem or self.problem
        site = whole.site
        small = replace(
            site,
            agents={name: site.agents[name] for name in changed},
            leave=tuple(row for row in site.leave if row.agent in changed),
            fixed=tuple(row for row in site.fixed if row.agent in changed),
        )
        previous = Roster.of(row for name in changed for row in self.earlier.get(name, ()))
        mine = Roster.of(row for rows in changed.values() for row in rows)
        return read_view(mine, replace(whole, site=small, previous=previous))

    def newly_broken(
        self, changed: Mapping[str, tuple[Segment, ...]], problem: Problem | None = None
    ) -> list[Violation]:
        """Hard rules that these lines break and the published ones do not."""
        before: dict[tuple[str, str, object], float] = {}
        for name in changed:
            for found in self._broken_before(name):
                key = (found.rule, found.agent, found.day)
                before[key] = max(before.get(key, 0.0), found.amount)
        after = hard(self.view(changed, problem))
        return [found for found in after if found.amount > before.get((found.rule, found.agent, found.day), 0.0)]

    def _broken_before(self, name: str) -> list[Violation]:
        if name not in self._known_broken:
            self._known_broken[name] = hard(self.view({name: self.segments.get(name, ())}))
        return self._known_broken[name]

    def with_lines(self, changed: Mapping[str, tuple[Segment, ...]]) -> Roster:
        """The whole roster with some lines changed."""
        rest = (row for row in self.roster.segments if row.agent not in changed)
        return Roster.of([*rest, *(row for rows in changed.values() for row in rows)], self.roster.version)

    def changed(self, lines: Mapping[str, tuple[Segment, ...]], problem: Problem | None = None) -> "Floor":
        """The floor with some lines changed, and a problem that differs at most in what it says of these people.

        Everybody else's line is not read again.
        """
        if not lines and problem is None:
            return self
        whole = problem or self.problem
        rows = {**self.segments, **lines}
        roster = Roster(tuple(row for name in sorted(rows) for row in rows[name]), self.roster.version)
        floor = Floor(whole, roster)
        new = {line.agent.agent: line for line in self.view(lines, whole).lines}
        kept = tuple(new.get(line.agent.agent, line) for line in self.seen.lines)
        # What a cached property would work out anew.
        floor.__dict__.update(seen=replace(self.seen, problem=whole, lines=kept), segments=rows)
        return floor

    def differing(self, other: "Floor") -> list[str]:
        """Those whose lines are not the same in another floor."""
        mine, theirs = self.segments, other.segments
        return [name for name in self.agents if mine.get(name, ()) != theirs.get(name, ())]


def hard(seen: View, rules: Sequence[Callable[[View], Iterable[Violation]]] = LINE_CHECKS) -> list[Violation]:
    """The hard rules that lines break."""
    return [found for rule in rules for found in rule(seen) if found.hard]


def effect(floor: Floor, changed: Mapping[str, tuple[Segment, ...]], problem: Problem | None = None) -> dict[str, Any]:
    """What a change of lines does to coverage: each queue and interval that it touches, and the sums.

    Service levels are read off the service curves; None where nobody is expected to contact the queue.
    """
    before = _of_lines(floor, {name: floor.segments.get(name, ()) for name in changed}, floor.problem)
    after = _of_lines(floor, changed, problem or floor.problem)
    need = floor.problem.requirement
    change = after - before
    rows, columns = np.nonzero(np.abs(change) > 1e-9)
    whole = floor.staffed
    answered = np.stack(
        [answered_by(whole, whole.rostered), answered_by(whole, np.maximum(whole.rostered + change, 0))]
    )
    volume = need.volume
    intervals = [
        {
            "queue": need.queues[row],
            "start": aware(int(need.horizon.starts[column]), floor.zone).isoformat(),
            "required": int(need.gross[row, column]),
            "rostered": round(float(whole.rostered[row, column]), 2),
            "rostered_after": round(float(whole.rostered[row, column] + change[row, column]), 2),
            "service_level": _share(answered[0, row, column], volume[row, column]),
            "service_level_after": _share(answered[1, row, column], volume[row, column]),
        }
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    ]
    hours = floor.problem.horizon.minutes / 60
    short = np.maximum(need.gross - (whole.rostered + change), 0) - np.maximum(need.gross - whole.rostered, 0)
    return {
        "intervals": intervals,
        "short_hours": round(float(short.sum()) * hours, 2),
        "answered_in_time": round(float((answered[1] - answered[0]).sum()), 2),
    }


def _of_lines(floor: Floor, lines: Mapping[str, tuple[Segment, ...]], problem: Problem) -> NDArray[np.float64]:
    site = replace(problem.site, agents={name: problem.site.agents[name] for name in lines})
    roster = Roster.of(row for rows in lines.values() for row in rows)
    return coverage(roster, replace(problem, site=site, previous=Roster(()))).rostered


def answered_by(staffed: Coverage, rostered: NDArray[np.float64]) -> NDArray[np.float64]:
    """Contacts answered in time by so many agents; between whole agents the curve is read linearly."""
    curve = staffed.requirement.curve
    highest = curve.shape[2] - 1
    level = np.clip(rostered, 0, highest)
    below = np.minimum(np.floor(level).astype(np.int64), max(highest - 1, 0))
    above = np.minimum(below + 1, highest)
    low = np.take_along_axis(curve, below[..., None], axis=2)[..., 0].astype(np.float64)
    high = np.take_along_axis(curve, above[..., None], axis=2)[..., 0].astype(np.float64)
    between: NDArray[np.float64] = low + (high - low) * (level - below)
    return between


def _share(part: float, whole: float) -> float | None:
    return None if whole <= 0 else round(min(float(part) / float(whole), 1.0), 4)


def hours_before(second: int, hours: float, zone: str) -> int:
    """The instant so many hours before another: whole days by the wall clock of the zone, the rest by time."""
    days, rest = divmod(hours, 24)
    wall = datetime.fromtimestamp(second, ZoneInfo(zone)).replace(tzinfo=None) - timedelta(days=days)
    return int(wall.replace(tzinfo=ZoneInfo(zone)).timestamp() - rest * 3600)


def shown(second: int, zone: str) -> str:
    """An instant as a person of the site reads it."""
    return f"{aware(second, zone):%Y-%m-%d %H:%M}"


def without_duties(line: tuple[Segment, ...], duties: Iterable[Duty]) -> tuple[Segment, ...]:
    """A line less some duties."""
    gone = {segment for duty in duties for segment in duty.segments}
    return tuple(segment for segment in line if segment not in gone)


def shared_queues(duty: Duty, agent: Agent) -> list[str]:
    """The duty's queues that a person can serve, the one that takes most of its time first."""
    seconds: dict[str, int] = {}
    for segment in duty.segments:
        if segment.queue in agent.skills:
            seconds[segment.queue] = seconds.get(segment.queue, 0) + segment.end - segment.start
    return sorted(seconds, key=lambda queue: (-seconds[queue], queue))


def with_duty(line: tuple[Segment, ...], duty: Duty, agent: Agent) -> tuple[Segment, ...]:
    """A line with somebody's duty laid into it; what its new owner cannot serve becomes his main queue of the duty."""
    own = shared_queues(duty, agent)
    mine = [
        replace(row, agent=agent.agent, queue=own[0] if own and row.queue and row.queue not in own else row.queue)
        for row in duty.segments
    ]
    return tuple(sorted([*line, *mine]))


def cut_by_leave(line: Iterable[Segment], leave: Sequence[tuple[int, int]]) -> Iterator[Segment]:
    """Work during leave of part of a day becomes leave; the pauses stay where they are."""
    for segment in line:
        if segment.activity not in ON_DUTY - PAUSES:
            yield segment
            continue
        reached = segment.start
        for start, end in leave:
            begin, stop = max(start, reached), min(end, segment.end)
            if begin < stop:
                if reached < begin:
                    yield replace(segment, start=reached, end=begin)
                yield Segment(segment.agent, begin, stop, "leave")
                reached = stop
        if reached < segment.end:
            yield replace(segment, start=reached)
