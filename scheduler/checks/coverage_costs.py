"""What coverage costs, reckoned from a roster's segments: shortage, surplus or service, leaders, posts; day by day."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from centre.roster import ANSWERING
from scheduler.checks.cost import Cost
from scheduler.checks.leaders import on_duty
from scheduler.checks.line import Line, View
from scheduler.checks.posts import present, wanted
from scheduler.checks.service import curves_of, late_by_staff

Floats = NDArray[np.float64]

STEEP = 0.05
"""The square of a shortage counts so much beside it: two short at once are worse than one short twice."""

MOST_QUEUES = 10
"""Up to so many queues that share people every set of them is tried; beyond, single queues and all of them."""


def coverage_costs(seen: View) -> Iterator[Cost]:
    """Every cost of who is where, by day and by the queues, leaders or post it concerns."""
    if seen.problem.policy.roster.objective == "staff":
        yield from _staff(seen)
    else:
        yield from _service(seen)
    yield from _leaders(seen)
    yield from _posts(seen)


def _by_day(seen: View, term: str, what: str, by_interval: Floats) -> Iterator[Cost]:
    horizon = seen.calendar.horizon
    for day in range(horizon.days):
        cost = float(by_interval[horizon.day_offsets[day] : horizon.day_offsets[day + 1]].sum())
        if cost:
            yield Cost(term, cost, what=what, day=day)


def _steep(short: Floats) -> Floats:
    return short + STEEP * short**2


def _staff(seen: View) -> Iterator[Cost]:
    """Price of shortage and surplus."""
    weights, hours = seen.problem.policy.roster, seen.calendar.horizon.minutes / 60
    for queues in _sharing(seen):
        lack = _lack(seen, queues)
        worst = np.maximum(np.max([lack(some) for some in _sets(queues)], axis=0), 0.0)
        spare = worst - lack(frozenset(queues))
        yield from _by_day(seen, "shortage", " + ".join(queues), _steep(worst) * hours * weights.shortage)
        yield from _by_day(seen, "surplus", " + ".join(queues), spare * hours * weights.surplus)


def _service(seen: View) -> Iterator[Cost]:
    """Price of contacts not answered in time; with a daily goal, of those beyond it and a little for each."""
    weights, horizon = seen.problem.policy.roster, seen.calendar.horizon
    for queues in _sharing(seen):
        late = _late(seen, queues)
        for day in range(horizon.days):
            here = slice(horizon.day_offsets[day], horizon.day_offsets[day + 1])
            contacts = float(late[here].sum())
            if weights.objective == "daily_goal":
                contacts = max(0.0, contacts - _allowed(seen, queues, here)) + weights.goal_met * contacts
            yield Cost("service", contacts * weights.late_contact, what=" + ".join(queues), day=day)


def _late(seen: View, queues: tuple[str, ...]) -> Floats:
    """Contacts of each interval not answered in time."""
    lack, horizon = _lack(seen, queues), seen.calendar.horizon
    worst = [
        np.where((lack.wants(some) > 0) | (len(some) == len(queues)), lack(some), -np.inf) for some in _sets(queues)
    ]
    staff = lack.wants(frozenset(queues)) - np.max(worst, axis=0)
    late = np.zeros(horizon.count)
    for interval in range(horizon.count):
        levels = late_by_staff(*curves_of(seen, queues, interval))
        late[interval] = np.interp(staff[interval], np.arange(len(levels)), levels)
    return late


def _allowed(seen: View, queues: tuple[str, ...], day: slice) -> float:
    """Contacts of a day that may be late under the queues' targets."""
    requirement, site = seen.problem.requirement, seen.problem.site
    volumes = {queue: requirement.volume[requirement.queues.index(queue), day] for queue in queues}
    return sum(float(volume.sum()) * (1 - site.queues[queue].target) for queue, volume in volumes.items())


def _sharing(seen: View) -> list[tuple[str, ...]]:
    """Queues of the requirement, those together that share people."""
    groups: list[set[str]] = [{queue} for queue in seen.problem.requirement.queues]
    for line in seen.lines:
        touched = [group for group in groups if group & set(line.agent.skills)]
        if line.agent.role == "agent" and len(touched) > 1:
            groups = [group for group in groups if group not in touched] + [set().union(*touched)]
    return [tuple(sorted(group)) for group in groups]


def _sets(queues: tuple[str, ...]) -> list[frozenset[str]]:
    sizes = range(1, len(queues) + 1) if len(queues) <= MOST_QUEUES else (1, len(queues))
    return [frozenset(some) for size in sizes for some in combinations(queues, size)]


def _lack(seen: View, queues: tuple[str, ...]) -> "_Lack":
    """What sets of these queues want less who can serve them, as a function of the set."""
    requirement = seen.problem.requirement
    wanted = {queue: requirement.gross[requirement.queues.index(queue)].astype(float) for queue in queues}
    here: dict[frozenset[str], Floats] = {}
    for line in seen.lines:
        mine = frozenset(line.agent.skills) & set(queues)
        if line.agent.role == "agent" and mine:
            weight = round(sum(line.agent.skills[queue] for queue in mine) / len(mine), 2)
            here[mine] = here.get(mine, np.zeros(seen.calendar.horizon.count)) + weight * _answering(seen, line)
    return _Lack(wanted, here)


class _Lack:
    def __init__(self, wanted: dict[str, Floats], here: dict[frozenset[str], Floats]) -> None:
        self.wanted, self.here = wanted, here

    def wants(self, some: frozenset[str]) -> Floats:
        return np.asarray(np.sum([self.wanted[queue] for queue in sorted(some)], axis=0))

    def __call__(self, some: frozenset[str]) -> Floats:
        wanted = self.wants(some)
        able = [staff for skills, staff in self.here.items() if skills & some]
        return np.asarray(wanted - np.sum(able, axis=0) if able else wanted, dtype=np.float64)


def _answering(seen: View, line: Line) -> Floats:
    """Share of each interval in which a person answers."""
    horizon = seen.calendar.horizon
    share = np.zeros(horizon.count)
    for duty in line.duties:
        for segment in duty.segments:
            if segment.activity in ANSWERING:
                start, end = (
                    (segment.start - horizon.begin) / horizon.step,
                    (segment.end - horizon.begin) / horizon.step,
                )
                for interval in range(max(0, int(np.floor(start))), min(horizon.count, int(np.ceil(end)))):
                    share[interval] += min(end, interval + 1) - max(start, interval)
    return share


def _leaders(seen: View) -> Iterator[Cost]:
    if all(line.agent.role != "leader" for line in seen.lines):
        return
    organisation = seen.problem.policy.organisation
    agents, leading = on_duty(seen, "agent"), on_duty(seen, "leader")
    span = organisation.span_of_control[1]
    needed = -(-agents // span) if organisation.leader_whenever_agents else agents // span
    short = np.maximum(needed - leading, 0).astype(float)
    spare = np.maximum(leading - needed, 0)
    weights, hours = seen.problem.policy.roster, seen.calendar.horizon.minutes / 60
    price = _steep(short) * weights.leader_shortage + spare * weights.leader_surplus
    yield from _by_day(seen, "leaders", "leaders", price * hours)


def _posts(seen: View) -> Iterator[Cost]:
    hours = seen.calendar.horizon.minutes / 60
    for post in seen.problem.site.posts:
        missing = np.maximum(wanted(seen, post) - present(seen, post), 0).astype(float)
        yield from _by_day(seen, "posts", post.name, _steep(missing) * post.price * hours)
