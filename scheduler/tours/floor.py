"""A roster problem as the search sees it: everybody's options, the components they cover, and what is decided."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from centre.policy import RosterWeights
from centre.roster import Roster
from scheduler.checks import View, view
from scheduler.frame import Option, Person
from scheduler.framing import Known, person_of
from scheduler.problem import Problem
from scheduler.tours.clock import Clock, clock_of
from scheduler.tours.coverage import Component, components, sets_of, wanted_by_sets
from scheduler.tours.lines import Expansion, Lines

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHORT_DAY, SHORT_MINUTE = 400.0, 1.0
"""Price of each worked day and paid minute below a lower bound: far above anything coverage can gain."""

LEADER_SURPLUS = 0.02


@dataclass
class Member:
    """One person with what the search needs to know.

    Attributes
    ----------
    component : number of the queues they cover; the leaders' for leaders; -1 for those who cover nothing.
    weight : speed against the standard handle time, the mean over the queues they serve.
    touched : 1 for each set of the component's queues that they can serve.
    own_cost : wages and wishes not granted, by option.
    peers : whom they share burdens with.
    """

    lines: Lines
    component: int
    weight: float
    touched: Ints
    own_cost: Floats
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


def floor_of(problem: Problem, narrow: Mapping[str, Callable[[Person], Person]] | None = None) -> Floor:
    """Expand a problem; nobody has a duty yet. `narrow` takes options away from single people: a wish that is fixed."""
    base = view(Roster.of(problem.site.fixed), problem)
    known: Known = {}
    people = [(line, person_of(base, line, known=known)) for line in base.lines]
    if narrow:
        people = [(line, narrow.get(person.name, _as_it_is)(person)) for line, person in people]
    expansion = Expansion(base)
    for line, person in people:
        expansion.prepare(line, person)
    clock = _clock(problem, expansion, [option for day in known.values() for option in day])
    parts, clusters = _components(problem, clock)
    leaders = len(clusters)
    clusters.append(_leaders(problem, clock))
    everywhere = np.ones(clock.count + 1)
    owns = _OwnCosts(problem, base)
    members = []
    for line, person in people:
        lines = expansion.lines(line, person, clock, everywhere)
        members.append(_member(lines, parts, clusters, leaders, owns.of(lines)))
    days = problem.horizon.days
    return Floor(
        problem=problem,
        view=base,
        clock=clock,
        members=members,
        components=clusters,
        chosen=[np.full(days, -1, np.int64) for _ in members],
        places=[np.zeros(max(1, int(member.lines.pause_first[-1])), np.int64) for member in members],
        leaders=leaders,
    )


def _as_it_is(person: Person) -> Person:
    return person


def _clock(problem: Problem, expansion: Expansion, options: list[Option]) -> Clock:
    places = {place for where in expansion.places.values() for place in where}
    instants = {instant for option in options for instant in (option.start, option.end)}
    instants |= {row for segment in problem.site.fixed for row in (segment.start, segment.end)}
    instants |= {place.low for place in places}
    lengths = {place.length for place in places} | {place.step for place in places if place.step > 1}
    lengths |= {planned.minutes * 60 for planned in problem.site.activities}
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
    """Shift leaders on duty; how many are wanted, the agents on the floor decide.

    A site without any leader pays nothing for it: otherwise nobody would come to work.
    """
    nobody = np.zeros((1, clock.count))
    some = any(agent.role == "leader" for agent in problem.site.agents.values())
    price = problem.policy.roster.leader_shortage * clock.hours * some
    return Component((frozenset(["leaders"]),), nobody, nobody.copy(), price, LEADER_SURPLUS * clock.hours)


def _member(
    lines: Lines, parts: list[frozenset[str]], found: list[Component], leaders: int, own_cost: Floats
) -> Member:
    agent, contract = lines.line.agent, lines.line.contract
    component, weight, touched = -1, 0.0, np.zeros(1, np.int64)
    if agent.role == "agent" and agent.skills:
        mine = frozenset(agent.skills)
        component = next((number for number, part in enumerate(parts) if part & mine), -1)
        if component >= 0:
            speeds = [speed for queue, speed in agent.skills.items() if queue in parts[component]]
            weight = round(sum(speeds) / len(speeds), 2)
            touched = found[component].touched(mine)
    if agent.role == "leader":
        component, weight, touched = leaders, 1.0, np.ones(1, np.int64)
    return Member(lines, component, weight, touched, own_cost, f"{agent.role} {contract.name}")


class _OwnCosts:
    """Wages and wishes not granted, by option; the same array for all who cost the same."""

    def __init__(self, problem: Problem, base: View) -> None:
        self.weights, self.calendar = problem.policy.roster, base.calendar
        self.known: dict[object, Floats] = {}

    def of(self, lines: Lines) -> Floats:
        agent, contract = lines.line.agent, lines.line.contract
        key = (contract.name, agent.wishes, tuple(block.number for block in lines.blocks))
        if key not in self.known:
            self.known[key] = self._cost(lines)
        return self.known[key]

    def _cost(self, lines: Lines) -> Floats:
        cost = lines.paid / 60 * lines.line.contract.cost_per_hour * self.weights.paid_hour
        days = np.repeat(np.arange(len(lines.blocks)), np.diff(lines.options))
        weekdays = np.array([self.calendar.weekday(day) for day in range(len(lines.blocks))])[days]
        kinds = np.array(lines.kind, dtype=object)
        for wish in lines.line.agent.wishes:
            refused = weekdays == wish.what[4:] if wish.what.startswith("off-") else kinds != wish.what
            cost = cost + wish.weight * self.weights.wish * np.asarray(refused, dtype=float)
        return np.asarray(cost, dtype=float)
