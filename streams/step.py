"""The core of the live floor: a state, an input and a policy give a state and what is to be said.

`step` is pure: the old state stays whole and valid. `fold` is a faster way to say the same of many inputs. Inside,
both work on a draft that notes which agents changed and shares the rest with the state it came from.

Events change what is known; only time draws conclusions. An agent of whom something new is known is looked at when
time next moves, and otherwise when what holds of him may change by itself: at the end of a segment, of the grace, of
the alarm delay. Each such instant is looked at as of itself, in order, however far a tick jumps, so one tick of an
hour says exactly what 3,600 ticks of a second say.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import replace

from centre.errors import InputError
from centre.events import (
    AgentState,
    Event,
    ExceptionGranted,
    ExceptionRevoked,
    Input,
    RosterPublished,
    Tick,
)
from centre.roster import Segment
from streams.alerts import judge, tell
from streams.days import day_records
from streams.departures import NEVER, View, wrong_queue
from streams.floor_policy import SECOND, FloorPolicy
from streams.matrix import ON_QUEUE
from streams.outputs import Correction, Output
from streams.pieces import Excuse
from streams.plan import Coverage, free_windows
from streams.plan import replace as replace_plan
from streams.state import Line, State, day_window
from streams.timeline import STATE_CODES

SETTLE_ABOVE = 48
"""Ids an agent may carry before those past the horizon are dropped."""


def step(state: State, event: Input, policy: FloorPolicy) -> tuple[State, list[Output]]:
    """Take in one input.

    Parameters
    ----------
    state : the floor so far; it is not changed.
    event : what happened, was decided, or what time it is.
    policy : the policy to judge by; when it differs from the last one, everybody is judged anew.

    Returns
    -------
    The floor afterwards, and what is to be said, in order.
    """
    return fold(state, (event,), policy)


def fold(state: State, events: Iterable[Input], policy: FloorPolicy) -> tuple[State, list[Output]]:
    """Take in many inputs, one after the other."""
    draft = Draft(state, policy)
    for event in events:
        draft.take(event)
    return draft.finish(), draft.outputs


def with_ticks(events: Iterable[Event], now: int) -> Iterator[Input]:
    """The events with time made to pass between them, up to just before each: their own time is the clock."""
    for event in events:
        if event.at - 1 > now:
            now = event.at - 1
            yield Tick(now)
        yield event


class Draft:
    """A state being changed."""

    def __init__(self, state: State, floor: FloorPolicy) -> None:
        self.outputs: list[Output] = []
        self._base = state
        self._floor = floor
        self._now = state.now
        self._open_from = state.open_from
        self._coverage = state.coverage
        self._lines: dict[str, Line] = {}
        self._dues: dict[int, set[str]] = {}
        self._seconds: list[int] = []  # to be looked into while time moves, up to and with `_last`
        self._last = -1
        self._queue: list[tuple[int, str]] = []  # who is due within `_second`, the one being looked into
        self._second = -1
        if state.policy != floor.digest:
            for agent in state.lines:
                self._look_soon(agent, state.lines[agent])

    def take(self, event: Input) -> None:
        """Take in one input."""
        if isinstance(event, AgentState):
            self._agent_state(event)
        elif isinstance(event, Tick):
            self._advance(event.at)
        elif isinstance(event, RosterPublished):
            self._publish(event)
        elif isinstance(event, ExceptionGranted):
            self._excuse(event.agent, Excuse(event.id, event.start, event.end, False))
        elif isinstance(event, ExceptionRevoked):
            self._excuse(event.agent, Excuse(event.exception, 0, 0, True))

    def finish(self) -> State:
        """The state as it has become."""
        dues = {second: tuple(sorted(agents)) for second, agents in self._dues.items() if agents}
        empty = {second for second, agents in self._dues.items() if not agents}
        return replace(
            self._base,
            now=self._now,
            open_from=self._open_from,
            policy=self._floor.digest,
            coverage=self._coverage,
            lines=self._base.lines.replace(self._lines),
            dues=self._base.dues.replace(dues, empty),
        )

    # what happened

    def _agent_state(self, event: AgentState) -> None:
        if event.at < self._now - self._floor.horizon:
            self.outputs.append(Correction(event.id, event.agent, event.at, self._now))
            return
        code = STATE_CODES.get(event.state)
        if code is None:
            raise InputError(f"event {event.id}: no such state: {event.state}; map it in the policy's adherence.states")
        line = self._line(event.agent)
        timeline = line.timeline
        if len(timeline.ids) > SETTLE_ABOVE:
            timeline = timeline.settle(self._now - self._floor.horizon)
        known = timeline.insert(event.at, code, event.queue, event.id, event.sequence)
        if known is None:
            return
        if self._changes_nothing(line, event, code):
            self._lines[event.agent] = Line(known, line.plan, line.excuses, None, line.due)
        else:
            self._put(event.agent, Line(known, line.plan, line.excuses, line.told, self._now + 1))

    def _changes_nothing(self, line: Line, event: AgentState, code: int) -> bool:
        """Whether an event can neither begin an incident nor end one, so that the next look can wait for its time.

        Whoever is at work, on a queue that is his, is not missed, whatever is planned. Most events are like that.
        """
        ats, missing = line.timeline.ats, self._floor.missing
        return (
            line.told is None
            and code in ON_QUEUE
            and (not event.queue or not wrong_queue(self._floor, event.agent, event.queue, "", code))
            and (not ats or event.at >= ats[-1])
            and (line.due == NEVER or not missing or line.due <= event.at + missing)
        )

    def _publish(self, event: RosterPublished) -> None:
        spoken = Coverage(event.version, event.start, event.end)
        if spoken in self._coverage:
            return
        windows = free_windows(self._coverage, event.version, (event.start, event.end))
        self._coverage = tuple(sorted((*self._coverage, spoken)))
        if not windows:
            return
        wanted: dict[str, list[Segment]] = {}
        for segment in event.segments:
            wanted.setdefault(segment.agent, []).append(segment)
        for agent in sorted({*self._base.lines, *self._lines, *wanted}):
            line = self._line(agent)
            plan = replace_plan(line.plan, windows, wanted.get(agent, ()))
            if plan != line.plan:
                self._look_soon(agent, replace(line, plan=plan))

    def _excuse(self, agent: str, excuse: Excuse) -> None:
        line = self._line(agent)
        others = tuple(known for known in line.excuses if known.id != excuse.id)
        before = next((known for known in line.excuses if known.id == excuse.id), None)
        if before is not None and (before.revoked or not excuse.revoked):
            return
        self._look_soon(agent, replace(line, excuses=tuple(sorted((*others, excuse)))))

    # time

    def _advance(self, to: int) -> None:
        while self._now < to:
            closing = day_window(self._open_from, self._floor)[1] + self._floor.horizon
            target = min(to, closing)
            self._look_until(target)
            self._now = max(self._now, target)
            if target == closing:
                self._close_day()

    def _look_until(self, to: int) -> None:
        """Look at every agent due up to an instant, each as of when he is due, in order."""
        first, last = self._now // SECOND, to // SECOND
        if last - first < 64:
            self._seconds = list(range(first, last + 1))
        else:
            keys = {*self._base.dues, *self._dues}
            self._seconds = sorted(second for second in keys if second <= last)
        self._last = last
        while self._seconds:
            self._look_within(heapq.heappop(self._seconds), to)
        self._last = -1

    def _look_within(self, second: int, to: int) -> None:
        if not self._dues.get(second, self._base.dues.get(second)):
            return
        lines = ((self._line(agent).due, agent) for agent in self._bucket(second))
        self._second, self._queue = second, [entry for entry in lines if entry[0] // SECOND == second]
        heapq.heapify(self._queue)
        while self._queue and self._queue[0][0] <= to:
            due, agent = heapq.heappop(self._queue)
            if self._line(agent).due == due:
                self._now = max(self._now, due)
                self._look(agent, due)
        self._dues[second] = {agent for _, agent in self._queue}
        self._second, self._queue = -1, []

    def _look(self, agent: str, at: int) -> None:
        line = self._line(agent)
        view = View(agent, line.timeline, line.plan, line.excuses, self._floor, self._base.begun)
        judgement = judge(view, at)
        if judgement.incident != line.told:
            self.outputs.extend(tell(agent, view, line.told, judgement, at, self._coverage))
        self._put(agent, Line(line.timeline, line.plan, line.excuses, judgement.incident, judgement.until))

    def _close_day(self) -> None:
        """Hand out the accounts of the day that can no longer change, and forget the day before it."""
        floor, window = self._floor, day_window(self._open_from, self._floor)
        for agent in sorted({*self._base.lines, *self._lines}):
            line = self._line(agent)
            self.outputs.extend(day_records(agent, line, floor, window, window[1]))
            self._lines[agent] = replace(
                line,
                timeline=line.timeline.settle(self._now - floor.horizon).prune(window[0]),
                plan=line.plan.prune(window[0] // SECOND),
                excuses=tuple(e for e in line.excuses if e.end * SECOND > window[0]),
            )
        self._coverage = tuple(known for known in self._coverage if known.end * SECOND > window[0])
        self._open_from = window[1]

    # the draft's own books

    def _line(self, agent: str) -> Line:
        return self._lines.get(agent) or self._base.lines.get(agent) or _NEW

    def _look_soon(self, agent: str, line: Line) -> None:
        """Something new is known of an agent: look when time next moves."""
        self._put(agent, Line(line.timeline, line.plan, line.excuses, line.told, self._now + 1))

    def _put(self, agent: str, line: Line) -> None:
        self._lines[agent] = line
        if line.due == NEVER:
            return
        second = line.due // SECOND
        if second == self._second:
            heapq.heappush(self._queue, (line.due, agent))
            return
        if second <= self._last:
            heapq.heappush(self._seconds, second)
        self._bucket(second).add(agent)

    def _bucket(self, second: int) -> set[str]:
        found = self._dues.get(second)
        if found is None:
            found = self._dues[second] = set(self._base.dues.get(second, ()))
        return found


_NEW = Line()
