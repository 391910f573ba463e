"""Why this? What each other duty of a person's day would cost with everybody else as they are, or what forbids it."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from centre.roster import Segment
from scheduler.activities import cover
from scheduler.checks import Duty, Violation
from scheduler.judging import Floor, without_duties
from scheduler.objective import cost_by_term
from scheduler.tours import moves, prices
from scheduler.tours import tables as t
from scheduler.tours.engine import Engine
from scheduler.tours.floor import Floor as Tours
from scheduler.tours.published import besides, floor_with

OFF = "off"


@dataclass(frozen=True)
class Alternative:
    """Something else a person could do on a day.

    Attributes
    ----------
    what : the shift, or "off".
    start, end : its best times, UTC seconds; None for a day off, or where nothing of that shift can be that day.
    cost : what the roster then costs more (negative: less), everybody else as they are; None where it cannot be.
    by_term : the same by term of the objective.
    forbidden : the rules that stand against it, of the best times there are.
    why : the reason where the day offers nothing of that shift at all.
    """

    what: str
    start: int | None = None
    end: int | None = None
    cost: float | None = None
    by_term: Mapping[str, float] | None = None
    forbidden: tuple[Violation, ...] = ()
    why: str = ""

    @property
    def legal(self) -> bool:
        """Whether no hard rule stands against it."""
        return not self.forbidden and not self.why


@dataclass(frozen=True)
class Standing:
    """What stands in the roster on a day: the shift ("off" for none, "leave"), its times, its price of the roster."""

    what: str
    start: int | None = None
    end: int | None = None


class Asked:
    """A published roster, loaded once to be asked about."""

    def __init__(self, floor: Floor, seed: int = 0, workers: int = 2) -> None:
        self.floor = floor
        self.tours: Tours = floor_with(floor.problem, floor.roster)
        self.engine = Engine(self.tours, seed, workers)
        self.engine.share_burdens()
        self._take_out_activities()
        self.number = {member.lines.line.agent.agent: p for p, member in enumerate(self.tours.members)}

    def _take_out_activities(self) -> None:
        """Those at a meeting or a training answer nobody: the search knows of pauses alone."""
        tours, engine = self.tours, self.engine
        engine.write_back()
        for placed in besides(tours, self.floor.roster):
            cover(tours, placed.member, placed.start, placed.end, -1.0)
        for number, component in enumerate(tours.components[: tours.leaders]):
            first, stop = (int(engine.tables.set_first[each]) for each in (number, number + 1))
            engine.state.staffed[first:stop] = component.staffed

    def standing(self, agent: str, day: int) -> Standing:
        """What a person does on a day."""
        duty = self.duty(agent, day)
        if duty is not None:
            return Standing(duty.shift.name if duty.shift else "fixed", duty.start, duty.end)
        return Standing("leave" if day in self.floor.lines[agent].leave_days else OFF)

    def duty(self, agent: str, day: int) -> Duty | None:
        """A person's duty of a day."""
        return next((duty for duty in self.floor.lines[agent].duties if duty.day == day), None)

    def alternatives(self, agent: str, day: int) -> list[Alternative]:
        """Each shift of the site, and a day off: what it would cost that day, or what forbids it; cheapest first."""
        found = [self._best(agent, day, kind, costs) for kind, costs in self._costs(agent, day).items()]
        offered = {alternative.what for alternative in found}
        found += [Alternative(name, why=why) for name, why in self._not_offered(agent, day) if name not in offered]
        return sorted(found, key=lambda a: (not a.legal, a.cost if a.cost is not None else float("inf"), a.what))

    def costs_of(self, agent: str, day: int, some: Collection[int]) -> list[tuple[float, int]]:
        """What some options of a day would cost more, each with its number, all else as it is; the cheapest first."""
        return sorted(row for costs in self._costs(agent, day).values() for row in costs if row[1] in some)

    def _costs(self, agent: str, day: int) -> dict[str, list[tuple[float, int]]]:
        """By kind: what each option of the day would cost more, with its number (-1: off), cheapest first."""
        engine, p = self.engine, self.number[agent]
        tables, state, scratch = engine.tables, engine.state, engine.hands[0].scratch
        old, places = int(state.chosen[p, day]), state.places[p, day].copy()
        before = engine.cost()
        member = self.tours.members[p]
        first = int(member.lines.options[day])
        count = int(tables.today[p, day, t.COUNT])
        found: dict[str, list[tuple[float, int]]] = {}
        moves.count_in(tables, state, p, day, day + 1, -1.0)
        prices.price_days(tables, state, scratch, engine.hands[0].rng, p, day, day + 1, 0.0, True)
        for k in (-1, *range(count)):
            if k == old:
                continue
            kind = OFF if k < 0 else member.lines.kind[first + k]
            scratch.choice[day] = k
            moves.settle(tables, state, scratch, p, day, day + 1)
            moves.count_in(tables, state, p, day, day + 1, 1.0)
            found.setdefault(kind, []).append((engine.cost() - before, k))
            moves.count_in(tables, state, p, day, day + 1, -1.0)
        state.chosen[p, day], state.places[p, day] = old, places
        moves.count_in(tables, state, p, day, day + 1, 1.0)
        return {kind: sorted(costs) for kind, costs in found.items()}

    def _best(self, agent: str, day: int, kind: str, costs: list[tuple[float, int]]) -> Alternative:
        """The cheapest legal option of a kind; where none is legal, the cheapest with what stands against it."""
        against: tuple[Violation, ...] = ()
        for _, k in costs[:12]:
            line, terms = self.with_option(agent, day, k)
            broken = tuple(self.floor.newly_broken({agent: line}))
            start, end = self._times(agent, day, k)
            if not broken:
                return Alternative(kind, start, end, sum(terms.values()), terms)  # the fair share moves too
            against = against or broken
        start, end = self._times(agent, day, costs[0][1])
        return Alternative(kind, start, end, None, None, against)

    def _times(self, agent: str, day: int, k: int) -> tuple[int | None, int | None]:
        if k < 0:
            return None, None
        lines = self.tours.members[self.number[agent]].lines
        o = int(lines.options[day]) + k
        return self.tours.clock.second(int(lines.start[o])), self.tours.clock.second(int(lines.end[o]))

    def with_option(self, agent: str, day: int, k: int) -> tuple[tuple[Segment, ...], dict[str, float]]:
        """The person's segments with an option of the day, and the change of the cost by term."""
        before = self._terms()
        with self.holding(agent, day, k) as segments:
            after = self._terms()
        own = self.duty(agent, day)
        now = self.floor.segments.get(agent, ())
        rest = without_duties(now, [own]) if own else now
        return tuple(sorted([*rest, *segments])), {name: after[name] - before[name] for name in after}

    @contextmanager
    def left_as_it_is(self) -> Iterator[None]:
        """Whatever the search does within it is undone at its end."""
        before = [array.copy() for array in self.engine.state]
        try:
            yield
        finally:
            for array, old in zip(self.engine.state, before, strict=True):
                np.copyto(array, old)

    @contextmanager
    def holding(self, agent: str, day: int, k: int) -> Iterator[tuple[Segment, ...]]:
        """Within it the search holds an option of a person's day (-1: off), all else as published; its segments."""
        engine, p = self.engine, self.number[agent]
        tables, state, scratch = engine.tables, engine.state, engine.hands[0].scratch
        old, places = int(state.chosen[p, day]), state.places[p, day].copy()
        moves.count_in(tables, state, p, day, day + 1, -1.0)
        prices.price_days(tables, state, scratch, engine.hands[0].rng, p, day, day + 1, 0.0, True)
        scratch.choice[day] = k
        moves.settle(tables, state, scratch, p, day, day + 1)
        moves.count_in(tables, state, p, day, day + 1, 1.0)
        try:
            yield tuple(self._segments(agent, day, k))
        finally:
            moves.count_in(tables, state, p, day, day + 1, -1.0)
            state.chosen[p, day], state.places[p, day] = old, places
            moves.count_in(tables, state, p, day, day + 1, 1.0)

    def _segments(self, agent: str, day: int, k: int) -> Iterator[Segment]:
        """The segments of an option as the state has its pauses; work on the person's first queue."""
        if k < 0:
            return
        p, clock = self.number[agent], self.tours.clock
        lines = self.tours.members[p].lines
        o = int(lines.options[day]) + k
        first, stop = int(lines.pause_first[o]), int(lines.pause_first[o + 1])
        skills = self.floor.agents[agent].skills
        queue = next((name for name in self.floor.problem.requirement.queues if name in skills), "")
        at = clock.second(int(lines.start[o]))
        cuts = sorted(
            (int(self.engine.state.places[p, day, i]), int(lines.length[first + i]), lines.activity[first + i])
            for i in range(stop - first)
        )
        for place, length, activity in cuts:
            start = clock.second(place)
            if at < start:
                yield Segment(agent, at, start, "work", queue)
            at = clock.second(place + length)
            yield Segment(agent, start, at, activity.partition(":")[0])  # type: ignore[arg-type]
        if at < clock.second(int(lines.end[o])):
            yield Segment(agent, at, clock.second(int(lines.end[o])), "work", queue)

    def _terms(self) -> dict[str, float]:
        self.engine.share_burdens()
        self.engine.write_back()
        return cost_by_term(self.tours)

    def _not_offered(self, agent: str, day: int) -> Iterator[tuple[str, str]]:
        """Each shift that the day does not offer, with the reason."""
        line, site = self.floor.lines[agent], self.floor.problem.site
        weekday = line.calendar.weekday(day)
        allowed = line.contract.shifts or tuple(site.shifts)
        standing = self.standing(agent, day).what
        for name, shift in site.shifts.items():
            if name == standing:  # it is the roster, no alternative to it
                continue
            if not line.agent.employed(line.calendar.date(day)):
                yield name, "employment"
            elif day in line.leave_days:
                yield name, "leave"
            elif name not in allowed:
                yield name, "contract"
            elif weekday not in shift.days:
                yield name, "weekday"
            elif any(line.calendar.day_of(row.start) == day for row in line.fixed):
                yield name, "fixed"
            else:
                yield name, "times"
