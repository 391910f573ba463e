"""What would it cost? The week around a day searched again with a wish fixed, beside the same search without it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from centre.roster import Segment
from scheduler.explain import Contradiction, of_agent
from scheduler.frame import Person
from scheduler.judging import Floor
from scheduler.objective import cost_by_term
from scheduler.problem import Problem
from scheduler.tours import moves
from scheduler.tours.engine import ROUNDS, Course, Days, Engine
from scheduler.tours.published import floor_with
from scheduler.why.alternatives import OFF

DEALS = 30
"""Rounds of dealing people, each of ROUNDS ruins: some seconds at most, the same result on every machine."""

WORTH_IT = 0.03
"""What a change of other people has to gain: what is only as good stays as it was."""


@dataclass(frozen=True)
class Resolved:
    """The roster searched again with a wish fixed.

    Attributes
    ----------
    what : the shift, or "off"; the person's day then is [start, end), UTC seconds, None for a day off.
    cost : what it costs more than the published roster, everybody adapting.
    as_it_is : what the same search without the wish gains on the published roster (at most 0). Where `cost` is not
        well above it, the wish costs nothing.
    by_term : `cost` by term.
    others : whose duties change besides, with their days.
    impossible : why the person has no legal line with it, where that is so; then nothing else is said. Empty where
        only the published days around the week stand against it.
    """

    what: str
    start: int | None = None
    end: int | None = None
    cost: float = 0.0
    as_it_is: float = 0.0
    by_term: Mapping[str, float] | None = None
    others: tuple[tuple[str, int], ...] = ()
    impossible: tuple[Contradiction, ...] | None = None


def without_it(floor: Floor, agent: str, day: int, kind: str, seed: int = 0, workers: int = 2) -> Resolved:
    """The best roster in which a person does not do what stands that day."""
    return fixed(floor, agent, day, f"not {kind}", lambda person: _not(person, day, kind), seed, workers)


def with_it(floor: Floor, agent: str, day: int, kind: str, seed: int = 0, workers: int = 2) -> Resolved:
    """The best roster in which a person works a shift (or has the day off) on a day."""
    return fixed(floor, agent, day, kind, lambda person: _only(person, day, kind), seed, workers)


def fixed(
    floor: Floor, agent: str, day: int, what: str, narrow: Callable[[Person], Person], seed: int, workers: int
) -> Resolved:
    """Search the person's week again twice with the same effort: as it is, and with their options narrowed.

    Raises
    ------
    KeyError : nobody of that name.
    """
    week = next(week for week in floor.seen.calendar.weeks if day in week)
    window = max(0, week.start), min(week.stop, floor.problem.horizon.days)
    published = _engine(floor, agent, None, seed, workers)
    p = _number(published, agent)
    before = published.cost()
    terms = cost_by_term(published.floor)
    narrowed = _engine(floor, agent, narrow, seed, workers)
    narrowed.ruin(window, np.array([p]), Course(1, slack=np.inf))
    if not _keeps(narrowed, p, window):
        return Resolved(what, impossible=tuple(of_agent(_said(floor, agent, day, what), agent)))
    _search(narrowed, p, window)
    _put_back(narrowed, published, p, window)
    narrowed.share_burdens()
    narrowed.write_back()
    after = cost_by_term(narrowed.floor)
    others = tuple(_changed(published, narrowed, agent, window))
    wished = narrowed.cost()
    _search(published, p, window)
    o = int(narrowed.floor.chosen[p][day])
    lines, clock = narrowed.floor.members[p].lines, narrowed.floor.clock
    return Resolved(
        what=OFF if o < 0 else lines.kind[o],
        start=None if o < 0 else clock.second(int(lines.start[o])),
        end=None if o < 0 else clock.second(int(lines.end[o])),
        cost=wished - before,
        as_it_is=published.cost() - before,
        by_term={name: after[name] - terms[name] for name in after},
        others=others,
    )


def _said(floor: Floor, agent: str, day: int, kind: str) -> Problem:
    """The problem with the wish among the fixed rows, for the smallest set of what contradicts it."""
    horizon, site = floor.problem.horizon, floor.problem.site
    if kind == OFF or kind not in site.shifts:
        row = Segment(agent, horizon.at(day, 0), horizon.at(day + 1, 0), "off")
    else:
        shift = site.shifts[kind]
        start = horizon.at(day, shift.start[0])
        row = Segment(agent, start, start + shift.minutes[0] * 60, "work", next(iter(floor.agents[agent].skills), ""))
    return replace(floor.problem, site=replace(site, fixed=(*site.fixed, row)))


def _engine(floor: Floor, agent: str, narrow: Callable[[Person], Person] | None, seed: int, workers: int) -> Engine:
    engine = Engine(floor_with(floor.problem, floor.roster, {agent: narrow} if narrow else None), seed, workers)
    engine.share_burdens()
    engine.write_back()
    return engine


def _search(engine: Engine, p: int, window: Days) -> None:
    """The week of a person and of all who cover the same, so many rounds."""
    some = np.array([q for q in range(engine.people) if _near(engine, p, q)])
    for _ in range(DEALS):
        engine.ruin(window, engine.rng.permutation(some), Course(ROUNDS, 1, 4, 0.3, slack=-WORTH_IT))
        engine.ruin(window, np.array([p]), Course(1))
    engine.share_burdens()


def _put_back(engine: Engine, published: Engine, p: int, window: Days) -> None:
    """Give others their published days back where that costs next to nothing: the fewest people change."""
    tables, state = engine.tables, engine.state
    days = slice(*window)
    for q in range(engine.people):
        same = np.array_equal(state.chosen[q, days], published.state.chosen[q, days])
        if q == p or (same and np.array_equal(state.places[q, days], published.state.places[q, days])):
            continue
        before, chosen, places = engine.cost(), state.chosen[q].copy(), state.places[q].copy()
        moves.count_in(tables, state, q, *window, -1.0)
        state.chosen[q, days], state.places[q, days] = published.state.chosen[q, days], published.state.places[q, days]
        moves.count_in(tables, state, q, *window, 1.0)
        if engine.cost() > before + WORTH_IT:
            moves.count_in(tables, state, q, *window, -1.0)
            state.chosen[q], state.places[q] = chosen, places
            moves.count_in(tables, state, q, *window, 1.0)


def _keeps(engine: Engine, p: int, window: Days) -> bool:
    """Whether a person has a line that keeps days on which they must work."""
    must = engine.floor.members[p].lines.person.must
    return all(engine.state.chosen[p, day] >= 0 for day in range(*window) if day in must)


def _near(engine: Engine, p: int, q: int) -> bool:
    """Whether two people cover the same queues, or one leads the other."""
    mine, theirs = engine.floor.members[p].component, engine.floor.members[q].component
    return mine == theirs or engine.floor.leaders in (mine, theirs)


def _number(engine: Engine, agent: str) -> int:
    return next(p for p, member in enumerate(engine.floor.members) if member.lines.line.agent.agent == agent)


def _changed(one: Engine, other: Engine, agent: str, window: Days) -> Sequence[tuple[str, int]]:
    """Other people's days that differ between two floors."""
    found = []
    for p, (mine, theirs) in enumerate(zip(one.floor.members, other.floor.members, strict=True)):
        name = mine.lines.line.agent.agent
        if name == agent:
            continue
        for day in range(*window):
            a, b = int(one.floor.chosen[p][day]), int(other.floor.chosen[p][day])
            spans = [
                (int(member.lines.start[o]), int(member.lines.end[o])) if o >= 0 else None
                for member, o in ((mine, a), (theirs, b))
            ]
            if spans[0] != spans[1]:
                found.append((name, day))
    return found


def _only(person: Person, day: int, kind: str) -> Person:
    options = list(person.options)
    if kind == OFF:
        options[day] = ()
        return replace(person, options=tuple(options), must=person.must - {day})
    options[day] = tuple(option for option in options[day] if option.kind == kind)
    return replace(person, options=tuple(options), must=person.must | {day})


def _not(person: Person, day: int, kind: str) -> Person:
    options = list(person.options)
    if kind == OFF:
        return replace(person, must=person.must | {day})
    options[day] = tuple(option for option in options[day] if option.kind != kind)
    return replace(person, options=tuple(options), must=person.must - {day})
