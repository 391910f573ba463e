"""A roster lived through many times on its forecast: the service level it gives, with confidence intervals."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from centre.people import Agent
from centre.queues import Queue
from centre.requirement import Requirement
from centre.roster import ANSWERING, Roster
from forecasts.simulate.contacts import Manners, draw_contacts
from forecasts.simulate.day import DayRun, Floor, simulate
from forecasts.simulate.kernel import ABANDONED, ANSWERED

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WITH_CALLERS = ("voice", "chat")
ENOUGH_CONTACTS, FEWEST_RUNS, MOST_RUNS = 3_000_000, 10, 60
"""So many contacts are simulated in all, in at least and at most so many runs of the whole horizon."""


@dataclass(frozen=True)
class SimulatedService:
    """Service level by simulation, and half the width of its 95 % confidence interval.

    Attributes
    ----------
    queues : names, the first axis below.
    runs : how often the whole horizon was lived through.
    level, half_width : [queues, intervals]; NaN without contacts, and for queues without callers who wait.
    queue_level, queue_half_width : over the whole horizon, [queues].
    """

    queues: tuple[str, ...]
    runs: int
    level: Floats
    half_width: Floats
    queue_level: Floats
    queue_half_width: Floats


def simulate_roster(
    roster: Roster,
    agents: Mapping[str, Agent],
    queues: Mapping[str, Queue],
    requirement: Requirement,
    *,
    pooled: bool = False,
    seed: int = 0,
    runs: int | None = None,
    short_abandon_s: float = 5.0,
    manners: Manners | None = None,
) -> SimulatedService:
    """Let the forecast's contacts meet the people of a roster.

    An agent who works serves the queue of the segment, with the speed of the skill. Of those rostered the share of the
    queue's unplanned shrinkage is missing, a systematic sample. Contacts that come while nobody is needed or rostered
    are lost, and so are those still waiting when a queue closes. Chat agents have a desk for each contact at a time.
    Definition `virtual` is measured as `excluding_abandoned_within`, which counts can tell.

    Parameters
    ----------
    roster, agents : segments, and who the people are; only role `agent` answers.
    queues : with their goals, patience and shrinkage as the staffing took them.
    requirement : expected contacts and handle times by queue and interval, and the horizon.
    pooled : whether a free agent also takes contacts of other voice queues he has the skill for (his own first).
    seed, runs : of the contacts, the same for every roster; how often (by default as often as is precise enough).
    manners : how callers and handle times behave; exponential by default.
    """
    plan = _plan(roster, agents, queues, requirement, pooled)
    volume = np.where(plan.open, requirement.volume, 0.0)
    volume[[queues[name].channel not in WITH_CALLERS for name in requirement.queues]] = 0.0
    often = runs or int(np.clip(ENOUGH_CONTACTS // max(volume.sum(), 1.0), FEWEST_RUNS, MOST_RUNS))
    goals = [queues[name] for name in requirement.queues]
    once = partial(_once, plan, goals, requirement, volume, short_abandon_s, manners or Manners(), seed)
    with ThreadPoolExecutor(2) as pool:
        counts = np.array(list(pool.map(once, range(often))))
    met, offered = counts[:, 0], counts[:, 1]
    level, half_width = _ratio(met, offered)
    queue_level, queue_half_width = _ratio(met.sum(axis=2), offered.sum(axis=2))
    return SimulatedService(requirement.queues, often, level, half_width, queue_level, queue_half_width)


@dataclass(frozen=True)
class _Plan:
    """The floor as it is rostered: heads of each group in each step, and the queue they are rostered on."""

    floor: Floor
    heads: Ints
    home: Ints
    borders: Floats
    open: NDArray[np.bool_]
    closes: Floats


def _plan(
    roster: Roster, agents: Mapping[str, Agent], queues: Mapping[str, Queue], requirement: Requirement, pooled: bool
) -> _Plan:
    horizon, names = requirement.horizon, requirement.queues
    row = {name: number for number, name in enumerate(names)}
    found = [
        (_group(agents[s.agent], s.queue, row, queues, pooled), s.start - horizon.begin, s.end - horizon.begin)
        for s in roster.segments
        if s.activity in ANSWERING and s.queue in row and agents[s.agent].role == "agent"
    ]
    span = horizon.step * horizon.count
    step = int(np.gcd.reduce([horizon.step, *(time for _, begin, end in found for time in (begin, end))]))
    groups = {key: number for number, key in enumerate(sorted({key for key, _, _ in found}))}
    change = np.zeros((max(1, len(groups)), span // step + 1), np.int64)
    for key, begin, end in found:
        change[groups[key], min(max(begin, 0), span) // step] += 1
        change[groups[key], min(max(end, 0), span) // step] -= 1
    heads = np.cumsum(change, axis=1)[:, :-1]
    keys = list(groups) or [((0, 1.0),)]
    speed = np.ones((len(keys), len(names)))
    for number, key in enumerate(keys):
        for queue, pace in key:
            speed[number, queue] = pace
    home = np.array([key[0][0] for key in keys])
    served = np.array([heads[home == queue].sum(axis=0) for queue in range(len(names))])
    served = served.reshape(len(names), horizon.count, -1).max(axis=2)
    open_ = (served > 0) | (requirement.gross > 0)
    skills = tuple(tuple(queue for queue, _ in key) for key in keys)
    own = tuple(
        tuple(g for _, g in sorted((s.index(q), g) for g, s in enumerate(skills) if q in s)) for q in row.values()
    )
    floor = Floor(
        skills,
        len(names),
        routing="given_order" if pooled else "longest_idle",
        order=own if pooled else (),
        priority=tuple(queues[name].priority for name in names) if pooled else (),
        speed=speed,
    )
    return _Plan(floor, heads, home, np.arange(0, span + 1, step, dtype=float), open_, _closes(open_, horizon.step))


def _group(
    agent: Agent, queue: str, row: Mapping[str, int], queues: Mapping[str, Queue], pooled: bool
) -> tuple[tuple[int, float], ...]:
    """Queues and speeds (in steps of 0.05) of an agent rostered on a queue, that one first."""
    others = sorted(
        name
        for name in agent.skills
        if pooled and name in row and name != queue and queues[name].channel == queues[queue].channel == "voice"
    )
    return tuple((row[name], round(agent.skills.get(name, 1.0) * 20) / 20 or 0.05) for name in (queue, *others))


def _closes(open_: NDArray[np.bool_], step: int) -> Floats:
    """Second at which the span of open intervals ends in which each lies, [queues, intervals]."""
    count = open_.shape[1]
    place = np.where(open_, count, np.arange(count))
    following = np.minimum.accumulate(place[:, ::-1], axis=1)[:, ::-1]
    return following * float(step)


def _once(
    plan: _Plan, goals: list[Queue], requirement: Requirement, volume: Floats, short_abandon_s: float, manners: Manners,
    seed: int, run: int,
) -> Floats:  # fmt: skip
    """Contacts that count as met, and those they are a share of, [2, queues, intervals]."""
    rng = np.random.default_rng([seed, run])
    horizon = requirement.horizon
    slots = [len(goal.aht_by_concurrency_s) or goal.concurrency if goal.channel == "chat" else 1 for goal in goals]
    aht: Floats = np.where(requirement.aht_s > 0, requirement.aht_s, 1.0)
    for number, goal in enumerate(goals):
        if goal.channel == "chat" and goal.aht_by_concurrency_s:
            aht[number] = goal.aht_by_concurrency_s[-1]
    borders: Floats = np.arange(horizon.count + 1, dtype=np.float64) * horizon.step
    contacts = draw_contacts(volume, borders, aht, [goal.patience_s for goal in goals], rng, manners)
    place = np.minimum((contacts.arrival // horizon.step).astype(np.int64), horizon.count - 1)
    until = np.minimum(contacts.patience_s, plan.closes[contacts.queue, place] - contacts.arrival)
    contacts = replace(contacts, patience_s=until)
    staff = _present(plan, goals, rng) * np.array(slots)[plan.home][:, None]
    return _counts(
        simulate(plan.floor, staff, plan.borders, contacts), goals, horizon.step, horizon.count, short_abandon_s
    )


def _present(plan: _Plan, goals: list[Queue], rng: np.random.Generator) -> Ints:
    """Heads less unplanned shrinkage: of those rostered on a queue a systematic sample, drawn anew for every run."""
    present = np.zeros_like(plan.heads)
    for number, goal in enumerate(goals):
        mine = np.flatnonzero(plan.home == number)
        if mine.size:
            run = np.cumsum(plan.heads[mine], axis=0) * (1.0 - goal.unplanned_shrinkage) + rng.random()
            present[mine] = np.diff(np.floor(run + 1e-9), axis=0, prepend=0.0).astype(np.int64)
    return np.minimum(present, plan.heads)


def _counts(day: DayRun, goals: list[Queue], step: int, count: int, short_abandon_s: float) -> Floats:
    within = np.array([goal.within_s for goal in goals])[day.queue]
    place = day.queue * count + np.minimum((day.arrival // step).astype(np.int64), count - 1)
    soon, gone = day.wait_s <= within, day.outcome == ABANDONED
    answered = day.outcome == ANSWERED

    def total(which: NDArray[np.bool_]) -> Floats:
        return np.bincount(place[which], minlength=len(goals) * count).reshape(len(goals), count).astype(float)

    offered, met = total(np.ones(place.size, bool)), total(answered & soon)
    gone_soon, gone_short = total(gone & soon), total(gone & (day.wait_s <= short_abandon_s))
    out = np.array([met, offered])
    for number, goal in enumerate(goals):
        for part, term in zip(out, _terms(goal.definition), strict=True):
            for name, sign in term:
                figure = {"gone_soon": gone_soon, "gone_short": gone_short, "unanswered": offered - total(answered)}
                part[number] += sign * figure[name][number]
    return out


def _terms(definition: str) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
    """What is added to the answered in time, and to the offered, by the definitions of docs/formulas.md."""
    return {
        "answered_within_or_abandoned_within": ((("gone_soon", 1),), ()),
        "of_answered": ((), (("unanswered", -1),)),
        "of_offered": ((), ()),
        "excluding_abandoned_within": ((), (("gone_soon", -1),)),
        "short_abandons_as_met": ((("gone_short", 1),), ()),
        "excluding_short_abandons": ((), (("gone_short", -1),)),
        "virtual": ((), (("gone_soon", -1),)),
    }[definition]


def _ratio(met: Floats, offered: Floats) -> tuple[Floats, Floats]:
    """Sum of met over sum of offered along the first axis, and half its 95 % interval (ratio estimator)."""
    runs = met.shape[0]
    total = offered.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        level = np.where(total > 0, met.sum(axis=0) / total, np.nan)
        spread = ((met - level * offered) ** 2).sum(axis=0) / max(runs - 1, 1)
        error = np.sqrt(spread * runs) / total
    factor = float(stdtrit(runs - 1, 0.975)) if runs > 1 else np.inf
    return level, np.where(total > 0, factor * error, np.nan)
