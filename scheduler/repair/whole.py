"""Whole duties for the days after the notice: somebody called in, a duty moved to another day or another time.

Ideas are priced by what they gain at the prices of coverage; the best are put to the checks, which alone decide what
is legal. So whatever rule a person's line has to keep, a repair keeps it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from centre.policy import RepairPolicy
from centre.roster import Segment
from scheduler.checks import Duty, Line, View, coverage
from scheduler.frame import Option
from scheduler.framing import Known, options_on, pause_windows
from scheduler.judging import Floor, without_duties
from scheduler.repair.board import Board, Floats, Group, Span, presence
from scheduler.repair.happened import Happened

Stop = Callable[[], bool]
Kind = Literal["called_in", "moved_duty", "changed_duty"]

ENOUGH = 1e-6
MOST_ROUNDS = 8
MOST_IDEAS = 400
"""Ideas of a round that are looked at closely."""


@dataclass(frozen=True)
class WholeChange:
    """A whole duty that is new: where there was none (`gone` is None), or in the place of another."""

    kind: Kind
    agent: str
    gone: Duty | None
    come: tuple[Segment, ...]
    shift: str
    price: float


@dataclass(frozen=True, slots=True)
class _Idea:
    gain: float
    agent: str
    day: int
    option: Option
    gone: Duty | None
    kind: Kind


@dataclass
class WholeDuties:
    """Calls people in and moves duties; `changes` is what was done, `lines` the lines as they are then."""

    floor: Floor
    board: Board
    happened: Happened
    now: int
    until: int
    changes: list[WholeChange] = field(default_factory=list)
    lines: dict[str, tuple[Segment, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.view: View = self.floor.seen
        self.policy: RepairPolicy = self.floor.problem.policy.repair
        self.soonest = self.now + round(max(self.policy.duty_notice_hours * 60, self.policy.freeze_minutes) * 60)
        self.known: Known = {}
        self._offers: dict[tuple[str, int], tuple[Option, ...]] = {}
        self._refused: set[tuple[object, ...]] = set()
        self._pauses: dict[tuple[object, ...], tuple[int, float, tuple[tuple[int, int, str], ...]]] = {}
        horizon = self.floor.problem.horizon
        self.days = [
            day
            for day in range(horizon.days)
            if horizon.at(day + 1, 0) > self.soonest
            and horizon.at(day, 0) < self.until
            and horizon.day(day) not in self.policy.frozen_days
        ]

    def improve(self, stop: Stop) -> None:
        """Rounds of ideas, the best first, until none pays."""
        if not self.days:
            return
        for _ in range(MOST_ROUNDS):
            ideas = sorted(self._ideas(stop), key=lambda idea: (-idea.gain, idea.agent, idea.option.start))
            done = 0
            for idea in ideas[:MOST_IDEAS]:
                if stop():
                    return
                done += self._try(idea)
            if not done:
                return

    def _ideas(self, stop: Stop) -> Iterator[_Idea]:
        """For each person the best few ideas that seem to pay."""
        for line in self.view.lines:
            name = line.agent.agent
            group = self.board.groups.get(name)
            if group is None or name in self.happened.people or name in self.lines or stop():
                continue
            yield from sorted(self._of_line(line, group), key=lambda idea: -idea.gain)[:4]

    def _of_line(self, line: Line, group: Group) -> Iterator[_Idea]:
        policy = self.policy
        fixed = policy.changed_day + policy.changed_person
        duties = {duty.day: duty for duty in line.duties}
        movable = {
            day: duty
            for day, duty in duties.items()
            if not duty.fixed and duty.start >= self.soonest and day in self.days and duty.shift is not None
            and not any(row.activity in ("leave", "overtime") or row in line.fixed for row in duty.segments)
        }  # fmt: skip
        for day in self.days:
            if day in duties and day not in movable:
                continue
            own = movable.get(day)
            offers = [option for option in self._offer(line, day) if option.start >= self.soonest]
            if not offers:
                continue
            if own is not None:
                for option in offers:
                    if (option.start, option.end) != (own.start, own.end):
                        gain = self._value(group, option, own) - self._paid(line, option.paid - own.paid)
                        if gain > policy.changed_duty + fixed + ENOUGH:
                            yield _Idea(
                                gain - policy.changed_duty - fixed, line.agent.agent, day, option, own, "changed_duty"
                            )
                continue
            week = next(week for week in line.calendar.weeks if day in week)
            full = (
                len([1 for other in line.worked if other in week]) + len(line.credited(week))
                >= (line.contract.days_per_week[1])
            )
            for option in offers:
                value = self._value(group, option, None)
                if value <= policy.called_in + fixed:
                    continue
                if not full:
                    gain = value - self._paid(line, option.paid) - policy.called_in - fixed
                    if gain > ENOUGH:
                        yield _Idea(gain, line.agent.agent, day, option, None, "called_in")
                for other, duty in movable.items():
                    if other in week:
                        loss = self._loss(group, duty)
                        gain = value - loss - self._paid(line, option.paid - duty.paid) - policy.called_in - fixed
                        gain -= policy.changed_day
                        if gain > ENOUGH:
                            yield _Idea(gain, line.agent.agent, day, option, duty, "moved_duty")

    def _offer(self, line: Line, day: int) -> tuple[Option, ...]:
        key = (line.agent.agent, day)
        if key not in self._offers:
            self._offers[key] = options_on(self.view, line, day, self.known)
        return self._offers[key]

    def _paid(self, line: Line, minutes: int) -> float:
        return minutes / 60 * line.contract.cost_per_hour * self.floor.problem.policy.roster.paid_hour

    def _loss(self, group: Group, duty: Duty) -> float:
        _, fewer = self.board.worth(group)
        return float(sum(fewer[stop] - fewer[first] for first, stop in presence(self.board, group, duty.segments)))

    def _value(self, group: Group, option: Option, own: Duty | None) -> float:
        """What a duty gains with its pauses where they cost least, less what the duty in whose place it is gave."""
        if own is None:
            return self._placed(group, option)[1]
        come = self._spans(group, option)
        return self.board.gain(group, come, presence(self.board, group, own.segments))

    def _spans(self, group: Group, option: Option) -> list[Span]:
        board = self.board
        first, stop = board.at(option.start), board.at(option.end)
        if group.whole:
            return [(first, stop)]
        spans, at = [], first
        for start, end, _ in sorted(self._placed(group, option)[2]):
            spans.append((at, board.at(start)))
            at = board.at(end)
        return [span for span in (*spans, (at, stop)) if span[0] < span[1]]

    def _placed(self, group: Group, option: Option) -> tuple[int, float, tuple[tuple[int, int, str], ...]]:
        """Board's version, value, and pauses (start, end, activity) of a duty somebody of a group would do."""
        version = self.board.covers[group.cover].version
        key = (group, option.kind, option.start, option.end)
        found = self._pauses.get(key)
        if found is None or found[0] != version:
            more, _ = self.board.worth(group)
            found = (version, *place_pauses(self.view, self.board, group, option, more))
            self._pauses[key] = found
        return found

    def _try(self, idea: _Idea) -> bool:
        """Do it if it still pays about as much as it seemed to, and if it is legal."""
        key = (idea.agent, idea.option.kind, idea.option.start, idea.option.end, idea.gone and idea.gone.start)
        group = self.board.groups[idea.agent]
        if idea.agent in self.lines or key in self._refused:
            return False
        come = self._spans(group, idea.option)
        gone = presence(self.board, group, idea.gone.segments) if idea.gone else []
        line = self.floor.lines[idea.agent]
        price = self._price(line, idea)
        gain = self.board.gain(group, come, gone) - price
        if gain <= max(ENOUGH, 0.5 * idea.gain):
            return False
        segments = tuple(self._segments(idea, group))
        now = self.floor.segments.get(idea.agent, ())
        rest = without_duties(now, [idea.gone]) if idea.gone else now
        changed = tuple(sorted([*rest, *segments]))
        if not self._legal(idea.agent, changed, segments):
            self._refused.add(key)
            return False
        self.board.add(group, gone, -1.0)
        self.board.add(group, come, 1.0)
        self.lines[idea.agent] = changed
        self.changes.append(WholeChange(idea.kind, idea.agent, idea.gone, segments, idea.option.kind, price))
        return True

    def _price(self, line: Line, idea: _Idea) -> float:
        policy = self.policy
        price = policy.changed_day + policy.changed_person
        price += policy.changed_duty if idea.kind == "changed_duty" else policy.called_in
        price += policy.changed_day if idea.kind == "moved_duty" else 0.0
        return price + self._paid(line, idea.option.paid - (idea.gone.paid if idea.gone else 0))

    def _legal(self, agent: str, changed: tuple[Segment, ...], segments: Sequence[Segment]) -> bool:
        view = self.floor.view({agent: changed})
        duty = next((duty for duty in view.lines[0].duties if duty.start == segments[0].start), None)
        return duty is not None and duty.shift is not None and not self.floor.newly_broken({agent: changed})

    def _segments(self, idea: _Idea, group: Group) -> Iterator[Segment]:
        """The new duty: pauses, and work on the person's queue that needs him most."""
        queue = self._queue(idea.agent, idea.option) if not group.whole else ""
        yield from segments_of_option(idea.agent, idea.option, self._placed(group, idea.option)[2], queue)

    def _queue(self, agent: str, option: Option) -> str:
        """The queue of the person's skills that is shortest over the duty; `mend_queues` sees to the rest."""
        problem = self.floor.problem
        need, horizon = problem.requirement, problem.horizon
        first, stop = horizon.index(option.start), horizon.index(option.end - 1) + 1
        short = self._short[:, max(0, first) : stop].sum(axis=1)
        able = [queue for queue in need.queues if queue in problem.site.agents[agent].skills]
        return max(able, key=lambda queue: float(short[need.queues.index(queue)]))

    @cached_property
    def _short(self) -> Floats:
        return np.asarray(coverage(self.floor.roster, self.floor.problem).under, dtype=np.float64)


def segments_of_option(
    agent: str, option: Option, pauses: Iterable[tuple[int, int, str]], queue: str
) -> Iterator[Segment]:
    """The segments of a duty with its pauses (start, end, activity), work on one queue between them."""
    at = option.start
    for start, end, activity in sorted(pauses):
        if at < start:
            yield Segment(agent, at, start, "work", queue)
        yield Segment(agent, start, end, "meal" if activity == "meal" else "break")
        at = end
    if at < option.end:
        yield Segment(agent, at, option.end, "work", queue)


def place_pauses(
    view: View, board: Board, group: Group, option: Option, more: Floats
) -> tuple[float, tuple[tuple[int, int, str], ...]]:
    """A duty's worth at these prices, and its pauses one by one where the least is lost; -inf where none fits."""
    first, stop = board.at(option.start), board.at(option.end)
    value = float(more[stop] - more[first])
    shift = view.problem.site.shifts[option.kind]
    taken: list[tuple[int, int, str]] = []
    step = view.calendar.horizon.step
    for pause in sorted(shift.pauses, key=lambda pause: -pause.minutes):
        length = pause.minutes * 60
        stride = step if length % step == 0 else 300
        places = [
            place
            for left, right in pause_windows(view, pause, option.start)
            for place in range(max(left, option.start), min(right, option.end) - length + 1, stride)
            if all(place + length <= start or end <= place for start, end, _ in taken)
        ]
        if not places:
            return float("-inf"), ()
        loss = [float(more[board.at(place + length)] - more[board.at(place)]) for place in places]
        best = int(np.argmin(loss))
        taken.append((places[best], places[best] + length, pause.activity))
        value -= 0.0 if group.whole else loss[best]
    return value, tuple(taken)
