"""The sight of the floor from the live state: who is there, what is expected, what waits; plain rules where unknown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from centre.grid import instant, local_day
from centre.people import Agent
from centre.queues import Queue
from centre.reallocation import Reallocation
from centre.requirement import Requirement
from centre.roster import ON_DUTY
from centre.said import Said
from centre.site import Site
from streams.floor_policy import SECOND
from streams.matrix import GONE
from streams.reallocation.expecting import Reforecaster, expect
from streams.reallocation.paint import Line, duties
from streams.reallocation.presence import HERE, has_come, presence
from streams.reallocation.sight import STEP_S, Floats, Ints, Present, Sight
from streams.service_level import DEFINITIONS
from streams.state import Line as Heard
from streams.state import State
from streams.timeline import STATE_CODES

HANDLING = frozenset(STATE_CODES[name] for name in ("talking", "wrap_up"))
MISSING, COMING = 1.0, 33.0
"""Of so many duties so many are missed, as far as nothing is known of the day."""

ROLLING_S = 1800


@dataclass(frozen=True)
class Ledger:
    """What was done to whom lately.

    Attributes
    ----------
    changes : how often today each person was told of a changed line; one notice is one, however much it moves.
    weight : what fairness adds to the next price: earlier changes, fading with a half-life of a week (FLR-3).
    asked_not : move types refused for a person lately.
    """

    changes: Mapping[str, int] = field(default_factory=dict)
    weight: Mapping[str, float] = field(default_factory=dict)
    asked_not: Mapping[str, frozenset[str]] = field(default_factory=dict)


NOBODY = Ledger()


def look_at(
    state: State,
    site: Site,
    policy: Reallocation,
    expected: Requirement | None,
    ledger: Ledger = NOBODY,
    reforecaster: Reforecaster | None = None,
) -> Sight:
    """See the floor as it is at the state's own time.

    Parameters
    ----------
    expected : what the day was forecast to bring; without it the last hour is taken to go on, and it is said.
    reforecaster : moves that forecast by what has come today; without one the day's own counts do.
    """
    now = state.now // SECOND
    begin = now // STEP_S * STEP_S
    zone = site.settings.zone
    day = instant(local_day(now, zone), 0, zone)
    queues = tuple(site.queues[name] for name in sorted(site.queues) if site.queues[name].channel in ("voice", "chat"))
    lines = lines_of(state, day, instant(local_day(now, zone), 1440, zone))
    steps = _steps(lines, begin, policy)
    degraded: list[Said] = []
    people = _people(state, site, policy, lines, ledger, now, degraded)
    ahead = expect(
        state,
        site,
        queues,
        expected,
        (day, now, steps),
        _speed(people, queues),
        reforecaster,
        (policy.returns, policy.returns_minutes * 60),
    )
    degraded += ahead.degraded
    return Sight(
        now=now,
        begin=begin,
        queues=queues,
        people=people,
        volume=ahead.volume,
        aht_s=ahead.aht_s,
        volume_sd=ahead.sd,
        common_sd=ahead.common_sd,
        aht_sd=ahead.aht_sd,
        due=_due(state, site),
        waiting=_waiting(state, queues, now, degraded),
        busy=_busy(state, queues, lines),
        by_roster=policy.by_roster,
        degraded=tuple(degraded),
    )


def _due(state: State, site: Site) -> dict[str, int]:
    """When the first open case of each deferred queue is due, UTC seconds."""
    found: dict[str, int] = {}
    for case in state.cases.values():
        queue = site.queues.get(case.queue)
        if queue is not None and case.open:
            due = case.arrived // SECOND + queue.deadline_minutes * 60
            found[case.queue] = min(found.get(case.queue, due), due)
    return found


def lines_of(state: State, begin: int, end: int) -> dict[str, Line]:
    """What is planned of everybody over a day, whole duties."""
    found = {}
    for agent in sorted(state.lines):
        line = tuple(state.lines[agent].plan.between(begin - 43_200, end, agent))
        if any(s.end > begin for s in line):
            found[agent] = line
    return found


def as_planned(sight: Sight, lines: Mapping[str, Line], comes: float = 0.96) -> Sight:
    """The same floor with everybody where these lines say, nobody out, and nothing waiting."""
    people = tuple(replace(p, line=lines.get(p.agent, p.line), from_s=0, chance=comes, out="") for p in sight.people)
    none = np.zeros(len(sight.queues), dtype=np.int64)
    return replace(sight, people=people, waiting=none, busy=none)


def rolling_levels(state: State, site: Site, now: int) -> dict[str, float | None]:
    """The service level of the last half hour by queue, by each queue's own definition; "" for all together."""
    found: dict[str, float | None] = {}
    met = all_ = 0
    minute = now // 60 * 60
    for name, line in state.queues.items():
        queue = site.queues.get(name)
        if queue is None:
            continue
        counts = line.between(minute - ROLLING_S, minute, site.settings.zone, site.settings.grid_minutes * 60)
        level = DEFINITIONS[queue.definition](counts)
        found[name] = None if level is None else float(level)
        met, all_ = met + counts.answered_within, all_ + counts.answered + counts.abandoned
    found[""] = met / all_ if all_ else None
    return found


def stand_in_skills(agent: Agent, queues: Sequence[Queue], policy: Reallocation) -> dict[str, float]:
    """The speeds with which somebody who is rostered for no queue takes calls in need."""
    speed = policy.stand_in.get(agent.role, 0.0)
    return {queue.name: speed for queue in queues} if speed > 0 and not agent.skills else {}


def _steps(lines: Mapping[str, Line], begin: int, policy: Reallocation) -> int:
    """To the end of the day's last duty, at most so far as moves are chosen."""
    ends = (s.end for line in lines.values() for s in line if s.activity in ON_DUTY)
    last = max(ends, default=begin + STEP_S)
    wanted = -(-(last - begin) // STEP_S)
    return int(min(max(wanted, 1), policy.plan_minutes * 60 // STEP_S))


def _people(
    state: State,
    site: Site,
    policy: Reallocation,
    lines: Mapping[str, Line],
    ledger: Ledger,
    now: int,
    degraded: list[Said],
) -> tuple[Present, ...]:
    queues = [queue for queue in site.queues.values() if queue.channel in ("voice", "chat")]
    begun = {
        agent: d
        for agent, line in lines.items()
        for d in duties(line)
        if d[0].start + 900 <= now and agent in site.agents
    }
    missing = sum(not has_come(state.lines[agent], duty, now) for agent, duty in begun.items())
    on_duty = [a for a, d in begun.items() if now < d[-1].end]
    unheard = sum(state.lines[agent].timeline.in_force(now * SECOND) < 0 for agent in on_duty)
    blind = len(on_duty) > 3 and unheard > len(on_duty) / 2
    if blind:
        degraded.append(
            Said(
                "{unheard} of {count} people on duty are not heard: the roster is taken for the floor",
                unheard=unheard, count=len(on_duty),
            )
        )  # fmt: skip
    comes = 1 - (MISSING + (0 if blind else missing)) / (COMING + len(begun))
    found = []
    for agent, line in lines.items():
        known = site.agents.get(agent)
        if known is None or not any(s.end > now for s in line):
            continue
        stands_in = stand_in_skills(known, queues, policy)
        seen = HERE if blind else presence(state.lines.get(agent) or Heard(), line, now, comes)
        found.append(
            Present(
                agent=agent,
                role=known.role,
                contract=known.contract,
                skills=known.skills or stands_in,
                line=line,
                from_s=seen.from_s,
                chance=seen.chance,
                out=seen.out,
                out_since=seen.out_since,
                stands_in=bool(stands_in),
                changes=ledger.changes.get(agent, 0),
                weight=ledger.weight.get(agent, 0.0),
                asked_not=ledger.asked_not.get(agent, frozenset()),
            )
        )
    return tuple(found)


def _speed(people: Sequence[Present], queues: Sequence[Queue]) -> Floats:
    """Mean speed of those who are there and serve each queue, [queues]; 1 where nobody does."""
    found = np.ones(len(queues))
    for number, queue in enumerate(queues):
        known = [p.skills[queue.name] for p in people if queue.name in p.skills and not p.stands_in and p.chance > 0.5]
        found[number] = float(np.mean(known)) if known else 1.0
    return found


def _waiting(state: State, queues: Sequence[Queue], now: int, degraded: list[Said]) -> Ints:
    found = np.zeros(len(queues), dtype=np.int64)
    for number, queue in enumerate(queues):
        line = state.queues.get(queue.name)
        latest = line.latest(now // 60 * 60) if line else None
        if latest is not None:
            found[number] = latest.waiting
        elif line is not None and line.snapshots:
            degraded.append(
                Said("no word of {queue} for three minutes: nobody is taken to wait there", queue=queue.name)
            )
    return found


def _busy(state: State, queues: Sequence[Queue], lines: Mapping[str, Line]) -> Ints:
    names = {queue.name: number for number, queue in enumerate(queues)}
    found = np.zeros(len(queues), dtype=np.int64)
    for agent in lines:
        timeline = state.lines[agent].timeline
        index = timeline.in_force(state.now)
        code = timeline.state(index)
        if code in HANDLING and code not in GONE and timeline.queue(index) in names:
            found[names[timeline.queue(index)]] += 1
    return found
