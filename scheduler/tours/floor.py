"""A roster problem as the search sees it: everybody's options, the components they cover, and what is decided."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from centre.roster import Roster
from centre.roster_weights import RosterWeights
from scheduler.checks import View, view
from scheduler.checks.burdens import wish_factors
from scheduler.frame import Option, Person
from scheduler.framing import Known, person_of
from scheduler.problem import Problem
from scheduler.tours.clock import Clock, clock_of
from scheduler.tours.coverage import Component, components, sets_of, wanted_by_sets
from scheduler.tours.lines import Expansion, Lines
from scheduler.tours.service import late_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHORT_DAY, SHORT_MINUTE = 400.0, 1.0
"""Price of each worked day and paid minute below a lower bound: far above anything coverage can gain."""


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
    published : the start and end of each day's duty in the published roster, by day.
    """

    lines: Lines
    component: int
    weight: float
    touched: Ints
    own_cost: Floats
    peers: str
    published: Mapping[int, tuple[int, int]] = field(default_factory=dict)


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
    def constant(self) -> float:
        """What a roster that keeps none of the published duties pays for that; each one kept pays its part back."""
        return self.weights.unstable * sum(len(member.published) for member in self.members)

    def allowed(self, component: Component) -> Floats:
        """Contacts of each day that may not be answered in time under the queues' targets."""
        requirement, horizon = self.problem.requirement, self.problem.horizon
        found = np.zeros(horizon.days)
        for queue in sorted(component.sets[-1]):
            volume = requirement.volume[requirement.queues.index(queue)]
            share = 1.0 - self.problem.site.queues[queue].target
            found += share * np.add.reduceat(volume, horizon.day_offsets[:-1])[: horizon.days]
        return found

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
    published = published_duties(problem)
    members = []
    for line, person in people:
        lines = expansion.lines(line, person, clock, everywhere)
        known_duties = published.get(line.agent.agent, {})
        own = owns.of(lines, known_duties, clock)
        members.append(replace(_member(lines, parts, clusters, leaders, own), published=known_duties))
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
        part_of = Component(sets, wanted, np.zeros_like(wanted), weights.shortage * hours, weights.surplus * hours)
        if weights.objective != "staff":
            part_of.late = late_of(requirement, sorted(part))
        found.append(part_of)
    return parts, found


def _leaders(problem: Problem, clock: Clock) -> Component:
    """Shift leaders on duty; how many are wanted, the agents on the floor decide.

    A site without any leader pays nothing for it: otherwise nobody would come to work.
    """
    nobody = np.zeros((1, clock.count))
    some = any(agent.role == "leader" for agent in problem.site.agents.values())
    weights = problem.policy.roster
    under, over = weights.leader_shortage * clock.hours * some, weights.leader_surplus * clock.hours
    return Component((frozenset(["leaders"]),), nobody, nobody.copy(), under, over)


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


def published_duties(problem: Problem) -> dict[str, dict[int, tuple[int, int]]]:
    """Start and end of each duty of the published roster of these days, by person and day."""
    if not problem.published.segments:
        return {}
    return {
        line.agent.agent: {duty.day: (duty.start, duty.end) for duty in line.duties if duty.day >= 0}
        for line in view(problem.published, problem).lines
    }


class _OwnCosts:
    """Wages, wishes not granted and changes, by option; the same array for all who cost the same.

    A day's published duty costs `Floor.constant` already: taking it pays that back, another duty changes nothing more.
    """

    def __init__(self, problem: Problem, base: View) -> None:
        self.weights, self.calendar = problem.policy.roster, base.calendar
        self.factors, self.anything = wish_factors(problem), bool(problem.published.segments)
        self.known: dict[object, Floats] = {}

    def of(self, lines: Lines, published: Mapping[int, tuple[int, int]], clock: Clock) -> Floats:
        agent, contract = lines.line.agent, lines.line.contract
        factor = self.factors[agent.agent] if agent.wishes else 1.0
        times = tuple(sorted(published.items()))
        key = (contract.name, agent.wishes, factor, times, tuple(block.number for block in lines.blocks))
        if key not in self.known:
            self.known[key] = self._cost(lines, factor) + self._changes(lines, published, clock)
        return self.known[key]

    def _changes(self, lines: Lines, published: Mapping[int, tuple[int, int]], clock: Clock) -> Floats:
        cost = np.zeros(lines.start.size)
        if not self.anything:
            return cost
        for day in range(len(lines.blocks)):
            of_day = slice(int(lines.options[day]), int(lines.options[day + 1]))
            if day not in published:
                cost[of_day] = self.weights.unstable
                continue
            start, end = (clock.to(second) for second in published[day])
            same = (lines.start[of_day] == start) & (lines.end[of_day] == end)
            cost[of_day] = np.where(same, -self.weights.unstable, 0.0)
        return cost

    def _cost(self, lines: Lines, factor: float) -> Floats:
        cost = lines.paid / 60 * lines.line.contract.cost_per_hour * self.weights.paid_hour
        days = np.repeat(np.arange(len(lines.blocks)), np.diff(lines.options))
        weekdays = np.array([self.calendar.weekday(day) for day in range(len(lines.blocks))])[days]
        kinds = np.array(lines.kind, dtype=object)
        for wish in lines.line.agent.wishes:
            refused = weekdays == wish.what[4:] if wish.what.startswith("off-") else kinds != wish.what
            cost = cost + factor * wish.weight * self.weights.wish * np.asarray(refused, dtype=float)
        return np.asarray(cost, dtype=float)
