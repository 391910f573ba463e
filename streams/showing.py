"""From an agent's line to what other processes see of it, and until when that stays true.

Most rewritings follow one another: nothing that was known changed, something was added. Then only the time since is
reckoned and added to the account; otherwise the whole local day is.
"""

from dataclasses import dataclass, field

import numpy as np

from streams.adherence import Account, account
from streams.agenda import NEVER
from streams.alerts import judge, open_alert
from streams.day_so_far import DAY, walked
from streams.departures import View
from streams.floor_policy import SECOND, FloorPolicy
from streams.live_view import AgentNow, OpenAlert, grown
from streams.matrix import (
    ADHERENCE_STATES,
    ANSWERING_CODES,
    EXEMPT,
    IN,
    NEUTRAL,
    ON_QUEUE,
    OUT,
    STATE_COUNT,
    UNHEARD,
    UNSCHEDULED,
    cell,
)
from streams.pieces import pieces
from streams.plan import ACTIVITY_CODES, NOTHING, Coverage, index_after
from streams.prices import Prices
from streams.showing_queues import shown_alert
from streams.state import Line
from streams.timeline import STATE_NAMES


@dataclass(frozen=True, slots=True)
class Scene:
    """What is the same for all agents at one moment.

    Attributes
    ----------
    floor : the policy.
    at : the moment, UTC microseconds.
    day : the local day in which it lies, [start, end) in UTC microseconds.
    begun : when the floor began to listen.
    coverage : roster versions.
    prices : what missing somebody costs in the present interval.
    """

    floor: FloorPolicy
    at: int
    day: tuple[int, int]
    begun: int
    coverage: tuple[Coverage, ...]
    prices: Prices


@dataclass(slots=True)
class Moment:
    """What holds of an agent over a stretch of time in which nothing changes."""

    segment: int
    transition: int
    code: int
    activity: int
    kind: int
    exempt: bool
    until: int

    @property
    def shown(self) -> int:
        """Code of the adherence state, exemption included."""
        return EXEMPT if self.exempt and self.kind in (OUT, UNHEARD) else self.kind


@dataclass
class Gains:
    """What one microsecond adds to an account, by activity, state, class and exemption; worked out once each."""

    floor: FloorPolicy
    known: dict[tuple[int, int, int, bool], Account] = field(default_factory=dict)

    def of(self, moment: Moment) -> Account:
        """Of one moment."""
        return self.at(moment.activity, moment.code, moment.kind, moment.exempt)

    def at(self, activity: int, code: int, kind: int, exempt: bool = False) -> Account:
        """Of a class of the matrix."""
        key = (activity, code, kind, exempt)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self._reckon(*key)
        return found

    def _reckon(self, activity: int, code: int, kind: int, exempt: bool) -> Account:
        scheduled = kind != UNSCHEDULED
        unflagged = {ACTIVITY_CODES[name] for name in self.floor.policy.adherence.without_adherence}
        flagged, working = scheduled and activity not in unflagged, code in ON_QUEUE
        missed = exempt and kind in (OUT, UNHEARD)
        return Account(
            int(scheduled), int(kind == IN), int(kind == OUT), int(kind == NEUTRAL), int(kind == UNHEARD), int(missed),
            int(flagged), int(flagged and kind == IN), int(flagged and missed), int(working and not scheduled),
            int(activity in ANSWERING_CODES), int(working),
        )  # fmt: skip


def moment_of(line: Line, floor: FloorPolicy, at: int) -> Moment:
    """What holds of an agent at an instant, grace aside, and until when it does without another event."""
    plan, timeline = line.plan, line.timeline
    segment, transition = plan.at(at // SECOND), timeline.in_force(at)
    code = timeline.state(transition)
    activity = plan.activities[segment] if segment >= 0 else NOTHING
    until = timeline.ats[transition + 1] if transition + 1 < len(timeline.ats) else NEVER
    if segment >= 0:
        until = min(until, plan.ends[segment] * SECOND)
    else:
        coming = index_after(plan, at // SECOND + 1)
        until = min(until, plan.starts[coming] * SECOND if coming < len(plan) else NEVER)
    exempt = False
    for excuse in line.excuses:
        if not excuse.revoked:
            exempt |= excuse.start * SECOND <= at < excuse.end * SECOND
            until = min([until, *(edge for edge in (excuse.start * SECOND, excuse.end * SECOND) if edge > at)])
    return Moment(segment, transition, code, activity, floor.matrix[cell(activity, code)], exempt, until)


def agent_now(
    agent: str, line: Line, scene: Scene, gains: Gains, before: tuple[Line, AgentNow] | None = None
) -> tuple[AgentNow, int]:
    """What others see of an agent, and when it has to be looked at again though nothing is heard.

    Parameters
    ----------
    before : what they saw last, and the line it was made of.
    """
    floor, at, plan, timeline = scene.floor, scene.at, line.plan, line.timeline
    moment = moment_of(line, floor, at)
    follows = before is not None and not floor.grace and _follows(line, before, scene)
    until = min(moment.until, scene.day[1])
    if follows and before is not None:
        whole, shown, shown_since = _added(line, before[1], floor, at, gains)
    else:
        whole, shown, shown_since = _reckoned(line, scene, gains)
        if floor.grace:
            until = min(until, _grace_over(line, scene, moment))
            moment.kind = IN if shown == IN else moment.kind
    index = moment.segment
    coming = index + 1 if index >= 0 else index_after(plan, at // SECOND)
    missed = moment.shown in (OUT, UNHEARD) and moment.activity in ANSWERING_CODES
    queue = plan.queue(index) if index >= 0 else ""
    points = scene.prices.points(line, queue, at, floor) if missed and queue else None
    if points is not None:
        until = min(until, scene.prices.end * SECOND)
    now = AgentNow(
        agent=agent,
        team=floor.teams.get(agent, ""),
        activity=ACTIVITY_NAMES[moment.activity],
        queue=queue,
        planned=(plan.starts[index], plan.ends[index]) if index >= 0 else None,
        next_activity=ACTIVITY_NAMES[plan.activities[coming]] if coming < len(plan) else "",
        next_at=plan.starts[coming] if coming < len(plan) else 0,
        duty=plan.duty(index) if index >= 0 and plan.on_duty(index) else None,
        state=STATE_NAMES[moment.code],
        since=_state_since(line, moment.transition),
        serving=timeline.queue(moment.transition),
        adherence=ADHERENCE_STATES[shown],
        adherence_since=shown_since,
        impact="negative" if missed else "positive" if _helps(moment) else "neutral",
        points=points,
        alert=_alert(agent, line, scene),
        account=whole,
        at=at,
        gains=gains.of(moment),
        day=scene.day[0],
    )
    return now, until


ACTIVITY_NAMES = (*ACTIVITY_CODES, "")


def _follows(line: Line, before: tuple[Line, AgentNow], scene: Scene) -> bool:
    """Whether all that was known when the agent was last written down still holds as it was."""
    old, row = before
    ats, was = line.timeline.ats, old.timeline.ats
    if row.day != scene.day[0] or line.plan is not old.plan or line.excuses is not old.excuses or row.at > scene.at:
        return False
    if ats is was:
        return True
    count = len(was)
    same = len(ats) >= count and ats[:count] == was and line.timeline.codes.startswith(old.timeline.codes)
    return same and (len(ats) == count or ats[count] >= row.at)


def _added(line: Line, row: AgentNow, floor: FloorPolicy, at: int, gains: Gains) -> tuple[Account, int, int]:
    """The account, how the agent is shown now and since when, from those at `row.at`."""
    whole, when = row.account, row.at
    shown, since = ADHERENCE_STATES.index(row.adherence), row.adherence_since
    while True:
        moment = moment_of(line, floor, when)
        if moment.shown != shown:
            shown, since = moment.shown, when
        if when == at:
            return whole, shown, since
        until = min(moment.until, at)
        whole, when = grown(whole, gains.of(moment), until - when), until


def _reckoned(line: Line, scene: Scene, gains: Gains) -> tuple[Account, int, int]:
    """The same from the whole day, and the one before it for since when."""
    floor, (start, end), at = scene.floor, scene.day, scene.at
    if not floor.grace and not line.excuses:
        spent, shown, shown_since = walked(line, floor, scene.day, at)
        whole = Account()
        for key, span in spent.items():
            whole = grown(whole, gains.at(*key), span)
        return whole, shown, shown_since
    parts = pieces(line.timeline, line.plan, line.excuses, floor, (start - DAY, min(at + 1, end)), (start, at))
    bounds = np.array([start, end], dtype=np.int64)
    missed = parts.exempt & ((parts.classes == OUT) | (parts.classes == UNHEARD))
    kinds = np.where(missed, np.uint8(EXEMPT), parts.classes)
    other = np.flatnonzero(kinds != kinds[-1])
    since = int(parts.ends[other[-1]]) if len(other) else int(parts.starts[0])
    found = account(parts.within(start, at), bounds, floor) if at > start else Account()
    return Account(*(getattr(found, name) for name in _PARTS)), int(kinds[-1]), since


_PARTS = tuple(name for name in Account.__dataclass_fields__ if name != "banded")


def _grace_over(line: Line, scene: Scene, moment: Moment) -> int:
    """When a departure that is still graced is not any more."""
    floor, at = scene.floor, scene.at
    raw = floor.matrix[moment.activity * STATE_COUNT + moment.code]
    if raw not in (OUT, UNHEARD):
        return NEVER
    parts = pieces(line.timeline, line.plan, line.excuses, floor, (at - floor.grace, at + 1))
    table = np.frombuffer(floor.matrix, dtype=np.uint8)
    kinds = table[parts.activities.astype(np.intp) * STATE_COUNT + parts.states]
    kept = np.flatnonzero((kinds != OUT) & (kinds != UNHEARD))
    since = int(parts.ends[kept[-1]]) if len(kept) else at - floor.grace
    return since + floor.grace if since + floor.grace > at else NEVER


def _state_since(line: Line, transition: int) -> int:
    """When the state in force began, UTC microseconds; 0 where nothing was heard."""
    if transition < 0:
        return 0
    codes = line.timeline.codes
    while transition > 0 and codes[transition - 1] == codes[transition]:
        transition -= 1
    return line.timeline.ats[transition]


def _helps(moment: Moment) -> bool:
    return moment.code in ON_QUEUE and moment.activity not in ANSWERING_CODES


def _alert(agent: str, line: Line, scene: Scene) -> OpenAlert | None:
    if line.told is None:
        return None
    view = View(agent, line.timeline, line.plan, line.excuses, scene.floor, scene.begun)
    found = open_alert(agent, view, line.told, judge(view, scene.at), scene.at, scene.coverage)
    return shown_alert(found, scene.floor) if found else None
