"""What would close a hole in coverage: somebody's week made anew around it, or a duty on top that breaks a rule.

Both are priced by the search itself, on the published roster, everybody else as they are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from scheduler.checks import Violation
from scheduler.objective import cost_by_term
from scheduler.tours import tables as t
from scheduler.tours.engine import Course, Days, Engine
from scheduler.tours.floor import Floor as Tours
from scheduler.why.alternatives import Asked

FAR_TOO_DEAR = 1e6
"""Price of a duty that is not wanted, while a week is made anew around another."""

MOST_WAYS = 3
"""Ways of each kind that are told: the cheapest."""

WORTH_TELLING = 0.05
"""Agent-hours of a hole: what closes less of it is no way."""

MOST_TRIED = 8
"""Options of a person that are put to the checks until one is legal."""

PER_RULE, OPTIONS = 3, 2
"""People of each rule for whom a duty on top is looked at, and options of each that are."""


@dataclass(frozen=True)
class Way:
    """A duty over a hole, and what it does: agent-hours of shortage that go in the hole and over the whole roster.

    Attributes
    ----------
    agent, shift, start, end : whose duty; UTC seconds.
    instead : the shift that stood that day, "off" where none did.
    cost : what the roster then costs more (negative: less), everybody else as they are; `by_term` the same by term.
    breaks : the rules that a duty on top of the person's week breaks. Empty: no rule stands against it once the
        person's other duties of the week are made anew.
    moved : those other days of theirs that then change.
    """

    agent: str
    shift: str
    start: int
    end: int
    instead: str
    in_hole: float
    saved_hours: float
    cost: float
    by_term: Mapping[str, float]
    breaks: tuple[Violation, ...] = ()
    moved: tuple[int, ...] = ()


@dataclass(frozen=True)
class Stretch:
    """The hole: UTC seconds, and the moment at which it is worst."""

    start: int
    end: int
    worst: int


@dataclass(frozen=True)
class Figures:
    """Agent-hours short over everything and in the hole, and the cost by term."""

    total: float
    inside: float
    terms: Mapping[str, float]


def figures(asked: Asked, hole: Stretch) -> Figures:
    """As the search stands now."""
    asked.engine.share_burdens()
    asked.engine.write_back()
    return Figures(*short_hours(asked.tours, hole.start, hole.end), cost_by_term(asked.tours))


def ways(asked: Asked, hole: Stretch, kept: Mapping[str, Iterable[str]], could: Iterable[str]) -> list[Way]:
    """The cheapest ways of each kind: first those that touch no rule.

    Parameters
    ----------
    kept : those who are away, by the rule that keeps them.
    could : those who are away and whom no rule keeps.
    """
    before = figures(asked, hole)
    people = [*could, *(name for names in kept.values() for name in names)]
    anew = [way for name in people if (way := _anew(asked, hole, name, before)) is not None]
    some = [name for names in kept.values() for name in list(names)[:PER_RULE]]
    on_top = [way for name in some if (way := _on_top(asked, hole, name, before)) is not None]
    return [*_cheapest(anew), *_cheapest(on_top)]


def legal_duty(asked: Asked, agent: str, moment: int) -> tuple[str, str, int, int, float] | None:
    """The cheapest duty over a moment that no rule forbids, on a person's day off, and what the roster costs more.

    Returns agent, shift, start and end (UTC seconds), cost; None where all that were tried are forbidden.
    """
    day, over = options_over(asked, asked.number[agent], moment)
    lines, clock = asked.tours.members[asked.number[agent]].lines, asked.tours.clock
    for _, k in asked.costs_of(agent, day, over)[:MOST_TRIED]:
        line, terms = asked.with_option(agent, day, k)
        if not asked.floor.newly_broken({agent: line}):
            o = int(lines.options[day]) + k
            start, end = (clock.second(int(ticks[o])) for ticks in (lines.start, lines.end))
            return agent, lines.kind[o], start, end, sum(terms.values())
    return None


def short_hours(tours: Tours, start: int, end: int) -> tuple[float, float]:
    """Agent-hours short over everything, and over [start, end), UTC seconds, however the queues share their people."""
    clock, total, inside = tours.clock, 0.0, 0.0
    for number, component in enumerate(tours.components):
        if number != tours.leaders:
            short, _ = component.short_and_spare(tours.last)
            total += float(short.sum()) * clock.hours
            inside += float(short[max(0, clock.to(start)) : clock.to(end)].sum()) * clock.hours
    return total, inside


def _cheapest(found: list[Way]) -> list[Way]:
    return sorted((way for way in found if way.in_hole >= WORTH_TELLING), key=lambda way: (way.cost, way.agent))[
        :MOST_WAYS
    ]


def _anew(asked: Asked, hole: Stretch, agent: str, before: Figures) -> Way | None:
    """The person's week made anew with a duty over the hole's worst moment in it; None where no legal week has one."""
    engine, p = asked.engine, asked.number[agent]
    day, over = options_over(asked, p, hole.worst)
    if not over:
        return None
    standing = asked.standing(agent, day).what
    week = next(week for week in asked.floor.seen.calendar.weeks if day in week)
    window = max(0, week.start), min(week.stop, engine.tables.days)
    own = engine.state.chosen[p].copy()
    with asked.left_as_it_is():
        week_with(engine, p, day, over, window)
        if int(engine.state.chosen[p, day]) not in over or not _keeps(asked, p, window):
            return None
        way = _way(asked, agent, day, standing, before, figures(asked, hole))
        changed = np.flatnonzero(engine.state.chosen[p] != own).tolist()
        return replace(way, moved=tuple(each for each in changed if each != day))


def _on_top(asked: Asked, hole: Stretch, agent: str, before: Figures) -> Way | None:
    """A duty over the worst moment on a day off, every other day as it stands: of the cheapest the most legal one."""
    day, over = options_over(asked, asked.number[agent], hole.worst)
    if not over or asked.duty(agent, day) is not None:
        return None
    standing = asked.standing(agent, day).what
    found = []
    for cost, k in asked.costs_of(agent, day, over)[:OPTIONS]:
        with asked.holding(agent, day, k) as segments:
            way = _way(asked, agent, day, standing, before, figures(asked, hole))
        line = tuple(sorted([*asked.floor.segments.get(agent, ()), *segments]))
        broken = tuple(asked.floor.newly_broken({agent: line}))
        if broken:
            found.append((len(broken), cost, replace(way, breaks=broken)))
    return min(found, key=lambda row: row[:2])[2] if found else None


def _way(asked: Asked, agent: str, day: int, standing: str, before: Figures, after: Figures) -> Way:
    """The way that the search holds now, its figures against those of the published roster."""
    lines, clock = asked.tours.members[asked.number[agent]].lines, asked.tours.clock
    o = int(asked.tours.chosen[asked.number[agent]][day])
    terms = {name: after.terms[name] - before.terms[name] for name in after.terms}
    return Way(
        agent=agent,
        shift=lines.kind[o],
        start=clock.second(int(lines.start[o])),
        end=clock.second(int(lines.end[o])),
        instead=standing,
        in_hole=before.inside - after.inside,
        saved_hours=before.total - after.total,
        cost=sum(terms.values()),
        by_term=terms,
    )


def options_over(asked: Asked, p: int, moment: int) -> tuple[int, frozenset[int]]:
    """The day whose duties can hold a moment, its own or else the one before, and the numbers of those options."""
    lines, clock = asked.tours.members[p].lines, asked.tours.clock
    own, at = asked.floor.seen.calendar.day_of(moment), (moment - clock.begin) / clock.tick
    for day in (own, own - 1):
        first, stop = (int(lines.options[each]) for each in (day, day + 1)) if day >= 0 else (0, 0)
        found = frozenset(o - first for o in range(first, stop) if lines.start[o] <= at < lines.end[o])
        if found:
            return day, found
    return own, frozenset()


def week_with(engine: Engine, p: int, day: int, wanted: frozenset[int], window: Days) -> None:
    """Make a person's days of a window anew, one of some options of a day among them if any line has one."""
    tables = engine.tables
    first = int(tables.person[p, t.OWN] + tables.today[p, day, t.LOCAL])
    others = [first + k for k in range(int(tables.today[p, day, t.COUNT])) if k not in wanted]
    must = int(tables.today[p, day, t.MUST])
    tables.own_cost[others] += FAR_TOO_DEAR
    tables.today[p, day, t.MUST] = 1
    try:
        engine.ruin(window, np.array([p]), Course(1, slack=np.inf))
    finally:
        tables.own_cost[others] -= FAR_TOO_DEAR
        tables.today[p, day, t.MUST] = must


def _keeps(asked: Asked, p: int, window: Days) -> bool:
    """Whether everything that has to be worked is."""
    must = asked.tours.members[p].lines.person.must
    return all(asked.engine.state.chosen[p, day] >= 0 for day in range(*window) if day in must)
