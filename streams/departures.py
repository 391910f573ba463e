"""Where an agent departs from the roster in a way that somebody has to know: found from timeline and plan alone.

A departure is a run of moments in which somebody is missed, for one kind of reason: gone (logged out, or never heard
of), resting, or otherwise occupied. Somebody who is gone is missed again after a planned pause by the same departure:
the pause does not end it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from streams.agenda import NEVER
from streams.floor_policy import SECOND, FloorPolicy
from streams.matrix import ANSWERING_CODES, GONE, ON_QUEUE, PAUSE_CODES, RESTING, cell
from streams.pieces import Excuse
from streams.plan import Plan, index_after
from streams.timeline import STATE_CODES, UNKNOWN, Timeline

READY = STATE_CODES["ready"]

GONE_AWAY, ON_PAUSE, OCCUPIED, OTHER_QUEUE, SILENT = "gone", "pause", "occupied", "queue", "silent"
"""Kinds of departure."""


@dataclass(frozen=True, slots=True)
class Departure:
    """A departure that goes on at some instant.

    Attributes
    ----------
    kind : why somebody is missed.
    since : when it began, UTC microseconds.
    origin : from when its thresholds count: later than `since` while part of it is a planned pause taken late.
    came : whether the agent was there before, in the same duty.
    heard : whether any state was ever heard.
    paused : whether a planned pause belongs to it.
    segment : index of the plan's segment at the instant looked at.
    transition : index of the transition in force.
    """

    kind: str
    since: int
    origin: int
    came: bool
    heard: bool
    paused: bool
    segment: int
    transition: int


class View:
    """Timeline, plan and exceptions of one agent, looked at together.

    `begun` is when the floor began to listen: silence before it says nothing about anybody.
    """

    __slots__ = ("agent", "ats", "begun", "codes", "excuses", "floor", "plan", "timeline")

    def __init__(
        self,
        agent: str,
        timeline: Timeline,
        plan: Plan,
        excuses: Sequence[Excuse],
        floor: FloorPolicy,
        begun: int = 0,
    ) -> None:
        self.begun = begun
        self.agent = agent
        self.timeline = timeline
        self.plan = plan
        self.excuses = [excuse for excuse in excuses if not excuse.revoked]
        self.floor = floor
        self.ats = timeline.ats
        self.codes = timeline.codes

    def look(self, at: int) -> tuple[Departure | None, int]:
        """The departure that goes on at an instant, and when the answer may change without another event."""
        plan = self.plan
        segment = plan.at(at // SECOND)
        transition = bisect_right(self.ats, at) - 1
        next_change = self.ats[transition + 1] if transition + 1 < len(self.ats) else NEVER
        if segment < 0:
            coming = index_after(plan, at // SECOND + 1)
            return None, min(next_change, plan.starts[coming] * SECOND if coming < len(plan) else NEVER)
        next_change = min(next_change, plan.ends[segment] * SECOND)
        for excuse in self.excuses:
            if at < excuse.start * SECOND:
                next_change = min(next_change, excuse.start * SECOND)
            elif at < excuse.end * SECOND:
                return None, min(next_change, excuse.end * SECOND)
        return self._departure(at, segment, transition), next_change

    def end(self, kind: str, since: int, limit: int) -> int | None:
        """When a departure of a kind that began at `since` was over, at most `limit`; None if there was none."""
        if kind == SILENT:
            heard = bisect_right(self.ats, since)
            return min(self.ats[heard] if heard < len(self.ats) else NEVER, limit)
        last = None
        at = since
        while at < limit:
            found, next_change = self.look(at)
            if found is None or found.kind != kind or found.since != since:
                return last if last is None else at
            last = at
            at = next_change
        return limit

    def _departure(self, at: int, segment: int, transition: int) -> Departure | None:
        state = self.codes[transition] if transition >= 0 else UNKNOWN
        activity = self.plan.activities[segment]
        if self.floor.alarming[cell(activity, state)] or (state in GONE and activity in PAUSE_CODES):
            group = GONE if state in GONE else RESTING if state in RESTING else None
            return self._missed(at, segment, transition, group)
        if state not in ON_QUEUE or not self.plan.on_duty(segment):
            return None
        if activity not in ANSWERING_CODES:
            return self._silent(segment, transition)
        if not self.plan.queue(segment):
            return None  # whoever serves no queue, such as a leader, may be in one state for hours
        return self._other_queue(segment, transition) or self._silent(segment, transition)

    def _missed(self, at: int, segment: int, transition: int, group: frozenset[int] | None) -> Departure | None:
        since = self._since(segment, transition, group)
        if since is None:
            return None
        duty_start = self.plan.duty(segment)[0] * SECOND
        if transition < 0:
            since = min(max(since, self.begun), at)
        if group is GONE:
            gone_from = self._group_start(transition, group)
            came = gone_from > duty_start
            return Departure(GONE_AWAY, since, since, came, transition >= 0, False, segment, transition)
        if group is RESTING:
            start = self._group_start(transition, group)
            planned = self._planned_pause(start, at, segment)
            origin = max(since, start + planned)
            return Departure(ON_PAUSE, since, origin, True, True, planned > 0, segment, transition)
        return Departure(OCCUPIED, since, since, True, True, False, segment, transition)

    def _since(self, segment: int, transition: int, group: frozenset[int] | None) -> int | None:
        """Walk back, piece by piece, to where somebody began to be missed for this reason."""
        plan, since = self.plan, None
        while True:
            state = self.codes[transition] if transition >= 0 else UNKNOWN
            entered = self.ats[transition] if transition >= 0 else -NEVER
            begun = plan.starts[segment] * SECOND
            start = max(entered, begun)
            excused = max((e.end * SECOND for e in self.excuses if e.start * SECOND <= start), default=-NEVER)
            missed = self.floor.alarming[cell(plan.activities[segment], state)]
            if missed:
                since = max(start, excused)
            elif group is not GONE:
                return since
            if excused > start:
                return since
            if entered >= begun:
                transition = self._before(transition)
                if not self._same(group, self.codes[transition] if transition >= 0 else UNKNOWN):
                    return since
            if begun >= entered:
                if segment == 0 or plan.ends[segment - 1] != plan.starts[segment] or not plan.on_duty(segment - 1):
                    return since
                segment -= 1

    @staticmethod
    def _same(group: frozenset[int] | None, state: int) -> bool:
        if group is not None:
            return state in group
        return state not in GONE and state not in RESTING and state not in ON_QUEUE

    def _group_start(self, transition: int, group: frozenset[int]) -> int:
        """When the unbroken run of states of a group began that goes on at a transition."""
        while transition >= 0:
            earlier = self._before(transition)
            if (self.codes[earlier] if earlier >= 0 else UNKNOWN) not in group:
                return self.ats[transition]
            transition = earlier
        return -NEVER

    def _before(self, transition: int) -> int:
        """Index of the transition in force just before another one: of several of one instant the last holds."""
        return bisect_left(self.ats, self.ats[transition]) - 1

    def _planned_pause(self, start: int, at: int, segment: int) -> int:
        """Microseconds of planned pauses that a run of resting states since `start` has met so far."""
        plan, planned = self.plan, 0
        while segment >= 0 and plan.ends[segment] * SECOND > start:
            if plan.activities[segment] in PAUSE_CODES and plan.starts[segment] * SECOND < at:
                planned += (plan.ends[segment] - plan.starts[segment]) * SECOND
            segment -= 1
        return planned

    def _other_queue(self, segment: int, transition: int) -> Departure | None:
        """Work on a queue that is not the agent's, until the rostered one is served again.

        Moments that name no queue, or another one of the agent's, say nothing for or against.
        """
        rostered = self.plan.queue(segment)
        if len(self.timeline.queues) == 1:
            return None
        begun = self.plan.starts[segment] * SECOND
        since, index = None, transition
        while index >= 0 and self.codes[index] in ON_QUEUE:
            queue = self.timeline.queue(index)
            if queue == rostered:
                break
            if queue and wrong_queue(self.floor, self.agent, queue, rostered, self.codes[index]):
                since = max(self.ats[index], begun)
            if self.ats[index] <= begun:
                break
            index = self._before(index)
        if since is None:
            return None
        return Departure(OTHER_QUEUE, since, since, True, True, False, segment, transition)

    def _silent(self, segment: int, transition: int) -> Departure:
        """Somebody at work; that becomes worth a word only when nothing is heard for a long time."""
        since = max(self.ats[transition], self.plan.duty(segment)[0] * SECOND)
        return Departure(SILENT, since, since, True, True, False, segment, transition)


def wrong_queue(floor: FloorPolicy, agent: str, queue: str, rostered: str, state: int) -> bool:
    """A call from a queue one has the skill for is right; to log in for another queue than rostered is not."""
    if queue == rostered:
        return False
    if floor.policy.alerts.wrong_queue == "roster" or state == READY:
        return True
    return queue not in floor.skills.get(agent, frozenset())
