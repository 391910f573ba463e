"""A roster problem as the search sees it: everybody's options, the components they cover, and what is decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from centre.policy import RosterWeights
from centre.roster import Roster
from scheduler.checks import View, view
from scheduler.checks.line import Line
from scheduler.frame import Option, Person
from scheduler.framing import person_of
from scheduler.problem import Problem
from scheduler.tours.clock import Clock, clock_of
from scheduler.tours.coverage import Component, components, sets_of, wanted_by_sets
from scheduler.tours.lines import BURDENS, Lines, Place, lines_of, places_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHORT_DAY, SHORT_MINUTE = 400.0, 1.0
"""Price of each worked day and paid minute below a lower bound: far above anything coverage can gain."""

LEADER_SURPLUS = 0.02
MINIMAL_SURPLUS = 0.0


@dataclass
class Member:
    """One person with what the search needs to know. `component` is -1 for those who cover nothing."""

    lines: Lines
    component: int
    weight: float
    touched: Ints
    leads: bool
    fixed_cost: Floats
    windows: tuple[tuple[int, int], ...]
    peers: str


@dataclass
class Floor:
    """All of it. `chosen[p][day]` is an option of person p or -1; `places[p]` ticks of the pauses of chosen options."""

    problem: Problem
    view: View
    clock: Clock
    members: list[Member]
    components: list[Component]
    chosen: list[Ints]
    places: list[Ints]
    leaders: int

    @property
    def weights(self) -> RosterWeights:
        """Prices of the policy."""
        return self.problem.policy.roster

    @property
    def last(self) -> int:
        """Tick at which the horizon ends."""
        return self.clock.to(self.view.calendar.horizon.end)


def floor_of(problem: Problem) -> Floor:
    """Expand a problem. Nobody has a duty yet."""
    base = view(Roster.of(problem.site.fixed), problem)
    people = [(line, person_of(base, line)) for line in base.lines]
    places = _Places(base)
    everyone = [
        (
            line,
            person,
            [[places.of(line, day, option) for option in options] for day, options in enumerate(person.options)],
        )
        for line, person in people
    ]
    clock = _clock(problem, everyone)
    parts, clusters = _components(problem, clock)
    leaders = len(clusters)
    clusters.append(_leaders(problem, clock))
    members = [
        _member(problem, base, lines_of(base, line, person, clock, where), parts, clusters, leaders)
        for line, person, where in everyone
    ]
    days = problem.horizon.days
    return Floor(
        problem=problem,
        view=base,
        clock=clock,
        members=members,
        components=clusters,
        chosen=[np.full(days, -1, np.int64) for _ in members],
        places=[np.zeros(max(1, member.lines.low.size), np.int64) for member in members],
        leaders=leaders,
    )


class _Places:
    """Pause places, worked out once for all who have nothing pinned."""

    def __init__(self, base: View) -> None:
        self.base = base
        self.known: dict[Option, list[Place]] = {}

    def of(self, line: Line, day: int, option: Option) -> list[Place]:
        if line.fixed:
            return places_of(self.base, line, day, option)
        if option not in self.known:
            self.known[option] = places_of(self.base, line, day, option)
        return self.known[option]


def _clock(problem: Problem, everyone: Sequence[tuple[object, Person, list[list[list[Place]]]]]) -> Clock:
    options = {option for _, person, _ in everyone for day in person.options for option in day}
    places = {place for _, _, days in everyone for day in days for where in day for place in where}
    instants = {instant for option in options for instant in (option.start, option.end)}
    instants |= {place[0] for place in places}
    lengths = {place[2] for place in places} | {place[3] for place in places if place[3] > 1}
    for planned in problem.site.activities:
        lengths |= {planned.minutes * 60}
        instants |= {problem.horizon.at(0, minute) for minute in planned.window}
    return clock_of(problem.horizon, instants, lengths)


def _components(problem: Problem, clock: Clock) -> tuple[list[frozenset[str]], list[Component]]:
    skills = [frozenset(agent.skills) for agent in problem.site.agents.values() if agent.role == "agent"]
    requirement = problem.requirement
    by_queue = {}
    for number, queue in enumerate(requirement.queues):
        wanted = np.zeros(clock.count)
        gross = np.repeat(requirement.gross[number].astype(float), clock.in_interval)
        wanted[: gross.size] = gross
        by_queue[queue] = wanted
    parts = components(requirement.queues, skills)
    weights = problem.policy.roster
    found = []
    for part in parts:
        sets = sets_of(sorted(part), skills)
        wanted = wanted_by_sets(sets, by_queue)
        hours = clock.hours
        found.append(Component(sets, wanted, np.zeros_like(wanted), weights.shortage * hours, weights.surplus * hours))
    return parts, found


def _leaders(problem: Problem, clock: Clock) -> Component:
    """Shift leaders on duty, wanted as the agents on the floor make it (`search` fills that in)."""
    nobody = np.zeros((1, clock.count))
    price = problem.policy.roster.leader_shortage * clock.hours
    return Component((frozenset(["leaders"]),), nobody, nobody.copy(), price, LEADER_SURPLUS * clock.hours)


def _member(
    problem: Problem, base: View, lines: Lines, parts: list[frozenset[str]], found: list[Component], leaders: int
) -> Member:
    agent, contract = lines.line.agent, lines.line.contract
    component = -1
    weight, touched = 0.0, np.zeros(1, np.int64)
    if agent.role == "agent" and agent.skills:
        mine = frozenset(agent.skills)
        component = next((number for number, part in enumerate(parts) if part & mine), -1)
        if component >= 0:
            speeds = [speed for queue, speed in agent.skills.items() if queue in parts[component]]
            weight = round(sum(speeds) / len(speeds), 2)
            touched = found[component].touched(mine)
    leads = agent.role == "leader"
    if leads:
        component, weight, touched = leaders, 1.0, np.ones(1, np.int64)
    return Member(
        lines=lines,
        component=component,
        weight=weight,
        touched=touched,
        leads=leads,
        fixed_cost=_own_cost(problem, base, lines),
        windows=tuple(_windows(base, lines.person)),
        peers=f"{agent.role} {contract.name}",
    )


def _own_cost(problem: Problem, base: View, lines: Lines) -> Floats:
    """Wages and wishes not granted, by option."""
    weights = problem.policy.roster
    cost = lines.paid / 60 * lines.line.contract.cost_per_hour * weights.paid_hour
    day_of = np.repeat(np.arange(lines.options.size - 1), np.diff(lines.options))
    weekday = [base.calendar.weekday(day) for day in range(lines.options.size - 1)]
    for wish in lines.line.agent.wishes:
        price = wish.weight * weights.wish
        if wish.what.startswith("off-"):
            cost = cost + price * np.array([weekday[day] == wish.what[4:] for day in day_of], dtype=float)
        else:
            cost = cost + price * np.array([kind != wish.what for kind in lines.kind], dtype=float)
    return np.asarray(cost, dtype=float)


def _windows(base: View, person: Person) -> list[tuple[int, int]]:
    """Weeks, cut where a month begins if months are bounded."""
    days = person.days
    cuts = {0, days}
    for week in base.calendar.weeks:
        cuts |= {max(0, week.start), min(days, week.stop)}
    for bound in person.bounds:
        cuts |= {bound.days.start, bound.days.stop}
    ordered = sorted(cut for cut in cuts if 0 <= cut <= days)
    return list(pairwise(ordered))


def fair_shares(floor: Floor) -> tuple[Floats, Floats]:
    """Burdens of each person so far, and the mean of their peers: both [people, burdens]."""
    counts = np.array(
        [
            member.lines.burden[:, chosen[chosen >= 0]].sum(axis=1)
            if member.lines.burden.size
            else np.zeros(len(BURDENS))
            for member, chosen in zip(floor.members, floor.chosen, strict=True)
        ]
    ).reshape(len(floor.members), len(BURDENS))
    peers = np.array([member.peers for member in floor.members])
    fair = np.zeros_like(counts)
    for group in np.unique(peers):
        fair[peers == group] = counts[peers == group].mean(axis=0)
    return counts, fair
