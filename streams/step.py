"""The core of the live floor: a state, an input and a policy give a state and what is to be said.

`step` is pure: the old state stays whole and valid. `fold` is a faster way to say the same of many inputs. Inside,
both work on a draft that notes what changed and shares the rest with the state it came from.

Events change what is known; only time draws conclusions. Whatever something new is known of is looked at when time
next moves, and otherwise when what holds of it may change by itself: at the end of a segment, of the grace, of the
alarm delay. Each such instant is looked at as of itself, in order, however far a tick jumps, so one tick of an hour
says exactly what 3,600 ticks of a second say.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from centre.events import (
    AgentState,
    Case,
    Contact,
    Event,
    Input,
    QueueSnapshot,
    RosterPublished,
    Tick,
)
from streams.agenda import Agenda, Subject
from streams.agent_book import AgentBook
from streams.floor_policy import FloorPolicy
from streams.outputs import Output
from streams.queue_book import QueueBook
from streams.state import State, day_window


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
    return draft.finish(), draft.said


def fold_timed(
    state: State, before: Iterable[Input], events: Iterable[Event], limit: int, policy: FloorPolicy
) -> tuple[State, list[Output]]:
    """Take in inputs, then events with time made to pass between them: `fold` of `before` and of `with_ticks`, faster.

    Parameters
    ----------
    limit : the real time, UTC microseconds, which the events' own does not pass.
    """
    draft = Draft(state, policy)
    for given in before:
        draft.take(given)
    draft.take_timed(events, limit)
    return draft.finish(), draft.said


def with_ticks(events: Iterable[Event], now: int, limit: int | None = None) -> Iterator[Input]:
    """The events with time made to pass between them, up to just before each: their own time is the clock.

    Not past `limit`, the real time, where it is given: a sender whose clock is ahead must not age everybody else.
    """
    for event in events:
        until = event.at - 1 if limit is None else min(event.at - 1, limit)
        if until > now:
            now = until
            yield Tick(now)
        yield event


class Draft:
    """A state being changed."""

    def __init__(self, state: State, floor: FloorPolicy) -> None:
        self.said: list[Output] = []
        self._base = state
        self._floor = floor
        self._now = state.now
        self._open_from = state.open_from
        self._closing = 0
        self._agents = AgentBook(state, floor, self.said)
        self._queues = QueueBook(state, floor, self.said)
        self._agenda = Agenda(state.dues, self._due, self._look)
        self._agents.use(self._agenda)
        self._queues.use(self._agenda)
        if state.policy != floor.digest:
            self._agents.look_at_all(self._now)
            self._queues.look_at_all(self._now)

    def take_timed(self, events: Iterable[Event], limit: int) -> None:
        """Take in events with time made to pass between them, as `with_ticks` does."""
        agent_state = self._agents.agent_state
        for event in events:
            until = event.at - 1
            if until > limit:
                until = limit
            if until > self._now:
                self._advance(until)
            if type(event) is AgentState:
                agent_state(event, self._now)
            else:
                self.take(event)

    def take(self, event: Input) -> None:
        """Take in one input."""
        if isinstance(event, AgentState):
            self._agents.agent_state(event, self._now)
        elif isinstance(event, Tick):
            self._advance(event.at)
        elif isinstance(event, Contact):
            self._queues.contact(event, self._now)
        elif isinstance(event, QueueSnapshot):
            self._queues.snapshot(event, self._now)
        elif isinstance(event, Case):
            self._queues.case(event, self._now)
        elif isinstance(event, RosterPublished):
            self._agents.publish(event, self._now)
        else:
            self._agents.excuse(event, self._now)

    def finish(self) -> State:
        """The state as it has become."""
        base, agents, queues = self._base, self._agents, self._queues
        return replace(
            base,
            now=self._now,
            open_from=self._open_from,
            policy=self._floor.digest,
            coverage=agents.coverage,
            lines=base.lines.replace(agents.changed),
            queues=base.queues.replace(queues.queues()),
            cases=base.cases.replace(queues.cases, queues.forgotten),
            dues=self._agenda.finish(),
        )

    def _advance(self, to: int) -> None:
        if to < self._closing and to < self._agenda.calm:
            self._now = max(self._now, to)
            return
        while self._now < to:
            closing = self._closing or day_window(self._open_from, self._floor)[1] + self._floor.horizon
            target = min(to, closing)
            self._agenda.advance(self._now, target)
            self._now = max(self._now, target)
            if target == closing:
                self._close_day()
                closing = 0
            self._closing = closing

    def _close_day(self) -> None:
        window = day_window(self._open_from, self._floor)
        self._agents.close_day(window, self._now)
        self._queues.close_day(window, self._now)
        self._open_from = window[1]

    def _due(self, subject: Subject) -> int:
        return self._agents.due(subject.name) if subject.kind == "agent" else self._queues.due(subject)

    def _look(self, subject: Subject, at: int) -> None:
        self._now = max(self._now, at)
        if subject.kind == "agent":
            self._agents.look(subject.name, at)
        else:
            self._queues.look(subject, at)
