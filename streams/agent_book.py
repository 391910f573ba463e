"""The agents of a state being changed: what is heard, planned and excused, and what to say of it as time passes."""

from collections.abc import Iterable

from centre.errors import InputError
from centre.events import AgentState, ExceptionGranted, ExceptionRevoked, RosterPublished
from centre.roster import Segment
from centre.said import Said
from streams.agenda import NEVER, Agenda, Subject
from streams.alerts import judge, tell
from streams.days import day_records
from streams.departures import View, wrong_queue
from streams.floor_policy import SECOND, FloorPolicy
from streams.matrix import ON_QUEUE
from streams.outputs import Correction, Output
from streams.pieces import Excuse
from streams.plan import Coverage, free_windows, replace
from streams.state import Line, State
from streams.timeline import STATE_CODES, Timeline

SETTLE_ABOVE = 48
"""Ids an agent may carry before those past the horizon are dropped."""


class AgentBook:
    """Lines of agents that changed, over those of the state they came from."""

    def __init__(self, state: State, floor: FloorPolicy, said: list[Output]) -> None:
        self.coverage = state.coverage
        self.changed: dict[str, Line] = {}
        self._base = state
        self._floor = floor
        self._said = said
        self._agenda: Agenda

    def use(self, agenda: Agenda) -> None:
        """Take the agenda on which agents are put who have to be looked at."""
        self._agenda = agenda

    def due(self, agent: str) -> int:
        """When an agent has to be looked at again."""
        return self._line(agent).due

    def look(self, agent: str, at: int) -> None:
        """Judge an agent as of an instant, and say what changed."""
        line = self._line(agent)
        view = View(agent, line.timeline, line.plan, line.excuses, self._floor, self._base.begun)
        judgement = judge(view, at)
        if judgement.incident != line.told:
            self._said.extend(tell(agent, view, line.told, judgement, at, self.coverage))
        self._put(agent, Line(line.timeline, line.plan, line.excuses, judgement.incident, judgement.until))

    def look_at_all(self, now: int) -> None:
        """Everybody has to be judged anew when time next moves."""
        for agent in self._base.lines:
            self._look_soon(agent, self._line(agent), now)

    def agent_state(self, event: AgentState, now: int) -> None:
        """An agent entered a state."""
        if event.at < now - self._floor.horizon:
            self._said.append(Correction(event.id, event.agent, event.at, now))
            return
        code = STATE_CODES.get(event.state)
        if code is None:
            raise InputError(
                Said(
                    "event {id}: no such state: {state}; map it in the policy's adherence.states",
                    id=event.id,
                    state=event.state,
                )
            )
        line = self._line(event.agent)
        timeline = line.timeline
        if len(timeline.ids) > SETTLE_ABOVE:
            timeline = timeline.settle(now - self._floor.horizon)
        known = timeline.insert(event.at, code, event.queue, event.id, event.sequence)
        if known is None:
            return
        ats = timeline.ats
        if self._changes_nothing(line, event, code):
            self.changed[event.agent] = Line(known, line.plan, line.excuses, None, line.due)
        elif line.told is None and event.at > now and (not ats or event.at >= ats[-1]):
            self._look_in_time(event, line, known)
        else:
            self._put(event.agent, Line(known, line.plan, line.excuses, line.told, now + 1))

    def publish(self, event: RosterPublished, now: int) -> None:
        """A roster version came into force."""
        spoken = Coverage(event.version, event.start, event.end)
        if spoken in self.coverage:
            return
        windows = free_windows(self.coverage, event.version, (event.start, event.end))
        self.coverage = tuple(sorted((*self.coverage, spoken)))
        if not windows:
            return
        wanted: dict[str, list[Segment]] = {}
        for segment in event.segments:
            wanted.setdefault(segment.agent, []).append(segment)
        for agent in sorted({*self._agents(), *wanted}):
            line = self._line(agent)
            plan = replace(line.plan, windows, wanted.get(agent, ()))
            if plan != line.plan:
                self._look_soon(agent, line._replace(plan=plan), now)

    def excuse(self, event: ExceptionGranted | ExceptionRevoked, now: int) -> None:
        """An exception was granted, or revoked: a revoked one stays so, whichever was heard first."""
        if isinstance(event, ExceptionGranted):
            excuse = Excuse(event.id, event.start, event.end, False)
        else:
            excuse = Excuse(event.exception, 0, 0, True)
        line = self._line(event.agent)
        before = next((known for known in line.excuses if known.id == excuse.id), None)
        if before is not None and (before.revoked or not excuse.revoked):
            return
        others = (known for known in line.excuses if known.id != excuse.id)
        self._look_soon(event.agent, line._replace(excuses=tuple(sorted((*others, excuse)))), now)

    def close_day(self, window: tuple[int, int], now: int) -> None:
        """Hand out the accounts of a day that can no longer change, and forget what lies before it."""
        for agent in sorted(self._agents()):
            line = self._line(agent)
            self._said.extend(day_records(agent, line, self._floor, window, window[1]))
            self.changed[agent] = line._replace(
                timeline=line.timeline.settle(now - self._floor.horizon).prune(window[0]),
                plan=line.plan.prune(window[0] // SECOND),
                excuses=tuple(e for e in line.excuses if e.end * SECOND > window[0]),
            )
        self.coverage = tuple(known for known in self.coverage if known.end * SECOND > window[0])

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

    def _look_in_time(self, event: AgentState, line: Line, known: Timeline) -> None:
        """Look when the departure that begins here, if one does, could first be told.

        One that began earlier, and goes on, is looked at when the last look said.
        """
        floor = self._floor
        due = min(line.due, event.at + max(min(floor.delay, floor.missing or floor.delay), 1))
        changed = Line(known, line.plan, line.excuses, None, due)
        if due == line.due:
            self.changed[event.agent] = changed
        else:
            self._put(event.agent, changed)

    def _agents(self) -> Iterable[str]:
        return {*self._base.lines, *self.changed}

    def _line(self, agent: str) -> Line:
        return self.changed.get(agent) or self._base.lines.get(agent) or _NEW

    def _look_soon(self, agent: str, line: Line, now: int) -> None:
        """Something new is known of an agent: look when time next moves."""
        self._put(agent, Line(line.timeline, line.plan, line.excuses, line.told, now + 1))

    def _put(self, agent: str, line: Line) -> None:
        self.changed[agent] = line
        self._agenda.add(Subject("agent", agent), line.due)


_NEW = Line()
