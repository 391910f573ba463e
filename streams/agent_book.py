"""The agents of a state being changed: what is heard, planned and excused, and what to say of it as time passes."""

from collections.abc import Iterable

from msgspec.structs import replace as changed

from centre.errors import InputError
from centre.events import AgentState, ExceptionGranted, ExceptionRevoked, RosterPublished
from centre.roster import Segment
from centre.said import Said
from streams.agenda import Agenda, Subject
from streams.alerts import judge, tell
from streams.days import day_records
from streams.departures import View, wrong_queue
from streams.floor_policy import SECOND, FloorPolicy
from streams.matrix import ANSWERING_CODES, GONE, ON_QUEUE, PAUSE_CODES, cell
from streams.outputs import Correction, Output
from streams.pieces import Excuse
from streams.plan import Coverage, free_windows, replace
from streams.state import Line, State
from streams.timeline import STATE_CODES

SETTLE_ABOVE, SETTLE_EVERY = 48, 8
"""Ids an agent may carry before those past the horizon are dropped, and how many more come before that is tried."""


class AgentBook:
    """Lines of agents that changed, over those of the state they came from."""

    def __init__(self, state: State, floor: FloorPolicy, said: list[Output]) -> None:
        self.coverage = state.coverage
        self.changed: dict[str, Line] = {}
        self._base = state
        self._lines = state.lines
        self._floor = floor
        self._horizon = floor.horizon
        self._alarming = floor.alarming
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
        at, agent = event.at, event.agent
        if at < now - self._horizon:
            self._said.append(Correction(event.id, agent, at, now))
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
        line = self.changed.get(agent) or self._lines.get(agent) or _NEW
        timeline = line.timeline
        count = len(timeline.sequences)
        if count > SETTLE_ABOVE and count % SETTLE_EVERY == 0:
            timeline = timeline.settle(now - self._horizon)
        known = timeline.insert(at, code, event.queue, event.id, event.sequence)
        if known is None:
            return
        ats = timeline.ats
        if line.told is None and (not ats or at >= ats[-1]) and (at > now or code in ON_QUEUE):
            due = self._due_after(line, agent, at, code, event.queue)
            self.changed[agent] = Line(known, line.plan, line.excuses, None, due)
            if due != line.due:
                self._agenda.add(Subject("agent", agent), due)
        else:
            self._put(agent, Line(known, line.plan, line.excuses, line.told, now + 1))

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
                self._look_soon(agent, changed(line, plan=plan), now)

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
        self._look_soon(event.agent, changed(line, excuses=tuple(sorted((*others, excuse)))), now)

    def close_day(self, window: tuple[int, int], now: int) -> None:
        """Hand out the accounts of a day that can no longer change, and forget what lies before it."""
        for agent in sorted(self._agents()):
            line = self._line(agent)
            self._said.extend(day_records(agent, line, self._floor, window, window[1]))
            self.changed[agent] = changed(
                line,
                timeline=line.timeline.settle(now - self._floor.horizon).prune(window[0]),
                plan=line.plan.prune(window[0] // SECOND),
                excuses=tuple(e for e in line.excuses if e.end * SECOND > window[0]),
            )
        self.coverage = tuple(known for known in self.coverage if known.end * SECOND > window[0])

    def _due_after(self, line: Line, agent: str, at: int, code: int, queue: str) -> int:
        """When to look again at somebody of whom nothing was told, once a new state is heard.

        A departure that began earlier, and goes on, is looked at when the last look said, and so is whatever the next
        segment brings. Only a departure that begins here may have to be told before.
        """
        plan, floor, due = line.plan, self._floor, line.due
        segment = plan.at(at // SECOND) if plan.starts else -1
        if segment < 0:
            return due
        activity = plan.activities[segment]
        after = floor.delay
        if code in ON_QUEUE:
            if not plan.on_duty(segment) or activity not in ANSWERING_CODES:
                after = floor.missing
            else:
                rostered = plan.queue(segment)
                if not (rostered and queue and wrong_queue(floor, agent, queue, rostered, code)):
                    after = floor.missing
            if not after:
                return due
        elif not (self._alarming[cell(activity, code)] or (code in GONE and activity in PAUSE_CODES)):
            return due
        return min(due, at + max(after, 1))

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
