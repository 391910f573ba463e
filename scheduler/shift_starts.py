"""Which shift start times would help: the cheapest cover of the demand by a catalogue, people taken in fractions.

A linear programme asks, week by week, how many people of each contract should begin each shift of the catalogue on
each day so that shortage, surplus and paid hours cost least (Dantzig 1954 put the question so); pauses take their share
of presence evenly over the times at which they may lie. It knows head counts, hours and days of a week by contract, and
neither single people, rest nor skills: what a roster could gain from another start time it gains here first.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from centre.people import Contract
from centre.roster import Segment
from centre.shifts import Pause, Shift
from centre.words import clock_text
from scheduler.checks.calendar import Calendar
from scheduler.checks.catalogue import Catalogue
from scheduler.problem import Problem

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cover:
    """The cheapest cover of the demand by a catalogue.

    Attributes
    ----------
    cost : shortage, surplus and paid hours at the policy's prices, in agent-hours of shortage.
    paid_hours, short_hours, spare_hours : in the whole horizon.
    """

    cost: float
    paid_hours: float
    short_hours: float
    spare_hours: float


@dataclass(frozen=True)
class Addition:
    """A start time (minutes after midnight) beside those of the catalogue, and the cover with all found so far."""

    shift: str
    start: int
    cover: Cover

    @property
    def name(self) -> str:
        """The shift and the time, for people."""
        return f"{self.shift} {clock_text(self.start)}"


@dataclass(frozen=True)
class _Column:
    """People of a contract who begin a shift at a time: presence from an interval on, paid hours."""

    contract: str
    day: int
    first: int
    presence: Floats
    paid_hours: float


def cheapest_cover(problem: Problem, shifts: Sequence[Shift] | None = None) -> Cover:
    """Cover all queues' gross requirement together by the site's shifts, or by others.

    A contract may use shifts of the same name as its own, and variants of them ("early@10:00").
    """
    weeks = [_solve(problem, shifts or tuple(problem.site.shifts.values()), week) for week in _weeks(problem)]
    return Cover(*(float(sum(values)) for values in zip(*weeks, strict=True)))


def best_additions(problem: Problem, candidates: Iterable[tuple[str, int]], most: int = 3) -> list[Addition]:
    """The start times that help most, one after another, each beside those found before it.

    Parameters
    ----------
    candidates : name of a shift of the catalogue and another start of it, minutes after midnight.
    most : how many to find; fewer when nothing more helps.
    """
    shifts = list(problem.site.shifts.values())
    known, left = cheapest_cover(problem).cost, [*candidates]
    found: list[Addition] = []
    while left and len(found) < most:
        tried = [(cheapest_cover(problem, [*shifts, _variant(problem, *each)]), each) for each in left]
        cover, best = min(tried, key=lambda pair: (pair[0].cost, pair[1]))
        if cover.cost >= known * (1 - 1e-4):
            break
        known = cover.cost
        shifts.append(_variant(problem, *best))
        left.remove(best)
        found.append(Addition(*best, cover))
    return found


def with_start(problem: Problem, name: str, start: int) -> Problem:
    """The problem with a variant of a shift beside it, for every contract that may work the shift.

    Parameters
    ----------
    start : minutes after midnight; the variant is called "early at 1000", its pauses as far from it as they were.
    """
    site = problem.site
    added = _variant(problem, name, start)
    added = added.model_copy(update={"name": f"{name} at {clock_text(start).replace(':', '')}"})
    contracts = {
        key: contract.model_copy(update={"shifts": (*contract.shifts, added.name)})
        if name in contract.shifts
        else contract
        for key, contract in site.contracts.items()
    }
    return replace(problem, site=replace(site, shifts={**site.shifts, added.name: added}, contracts=contracts))


def _variant(problem: Problem, name: str, start: int) -> Shift:
    """A shift at another start, its pauses as far from it as they were."""
    shift = problem.site.shifts[name]
    moved = start - shift.start[0]
    pauses = tuple(_moved(pause, moved) for pause in shift.pauses)
    return shift.model_copy(update={"name": f"{name}@{clock_text(start)}", "start": (start, start), "pauses": pauses})


def _moved(pause: Pause, minutes: int) -> Pause:
    if pause.window is None:
        return pause
    window = (pause.window[0] + minutes) % 1440, (pause.window[1] + minutes) % 1440
    return pause.model_copy(update={"window": window})


def _weeks(problem: Problem) -> list[range]:
    days = range(problem.horizon.days)
    weeks = Calendar(problem.horizon, problem.site.settings.week_starts).weeks
    return [range(max(week.start, 0), min(week.stop, days.stop)) for week in weeks]


def _solve(problem: Problem, shifts: Sequence[Shift], week: range) -> tuple[float, float, float, float]:
    horizon, weights = problem.horizon, problem.policy.roster
    hours = horizon.step / 3600
    begin, end = (int(np.searchsorted(horizon.day_of, day)) for day in (week.start, week.stop))
    wanted = problem.requirement.gross[:, begin:end].sum(axis=0).astype(float)
    solver = pywraplp.Solver.CreateSolver("GLOP")
    objective, infinity = solver.Objective(), solver.infinity()
    rows = [solver.Constraint(float(need), float(need)) for need in wanted]
    short, spare = (
        _slacks(solver, rows, sign, price * hours) for sign, price in ((1, weights.shortage), (-1, weights.surplus))
    )
    bounds = _Bounds(solver, problem, week)
    paid = []
    for column in _columns(problem, shifts, week):
        taken = solver.NumVar(0, infinity, "")
        cost = problem.site.contracts[column.contract].cost_per_hour
        objective.SetCoefficient(taken, column.paid_hours * weights.paid_hour * cost)
        for row, share in zip(rows[column.first - begin :], column.presence, strict=False):
            row.SetCoefficient(taken, float(share))
        bounds.count(column, taken)
        paid.append((taken, column.paid_hours))
    objective.SetMinimization()
    if solver.Solve() != solver.OPTIMAL:
        raise ArithmeticError("the linear programme of the cover lost its numbers")
    return (
        float(objective.Value()),
        sum(taken.solution_value() * length for taken, length in paid),
        hours * sum(each.solution_value() for each in short),
        hours * sum(each.solution_value() for each in spare),
    )


def _slacks(
    solver: pywraplp.Solver, rows: Sequence[pywraplp.Constraint], sign: int, price: float
) -> list[pywraplp.Variable]:
    slacks = []
    for row in rows:
        slack = solver.NumVar(0, solver.infinity(), "")
        solver.Objective().SetCoefficient(slack, price)
        row.SetCoefficient(slack, sign)
        slacks.append(slack)
    return slacks


class _Bounds:
    """People of a contract on a day, and their days and hours in the week."""

    def __init__(self, solver: pywraplp.Solver, problem: Problem, week: range) -> None:
        self.daily: dict[tuple[str, int], pywraplp.Constraint] = {}
        self.days: dict[str, pywraplp.Constraint] = {}
        self.hours: dict[str, pywraplp.Constraint] = {}
        agents = [agent for agent in problem.site.agents.values() if agent.role == "agent"]
        for name, contract in problem.site.contracts.items():
            mine = [agent for agent in agents if agent.contract == name]
            there = {day: sum(agent.employed(problem.horizon.day(day)) for agent in mine) for day in week}
            weeks = sum(there.values()) / 7
            for day in week:
                self.daily[name, day] = solver.Constraint(0, there[day])
            self.days[name] = solver.Constraint(0, weeks * contract.days_per_week[1])
            low, high = contract.week_minutes if contract.week_minutes[1] else (0, 7 * 1440)
            self.hours[name] = solver.Constraint(weeks * low / 60, weeks * high / 60)
        # Without an elastic end a contract whose shifts are too short for its hours would have no solution.
        for name, row in self.hours.items():
            lacking = solver.NumVar(0, solver.infinity(), name)
            solver.Objective().SetCoefficient(lacking, 1.0)
            row.SetCoefficient(lacking, 1.0)

    def count(self, column: _Column, taken: pywraplp.Variable) -> None:
        """Count people who take a column."""
        self.daily[column.contract, column.day].SetCoefficient(taken, 1)
        self.days[column.contract].SetCoefficient(taken, 1)
        self.hours[column.contract].SetCoefficient(taken, column.paid_hours)


def _columns(problem: Problem, shifts: Sequence[Shift], week: range) -> Iterator[_Column]:
    catalogue = Catalogue(problem.site, Calendar(problem.horizon, problem.site.settings.week_starts))
    contracts = {agent.contract for agent in problem.site.agents.values() if agent.role == "agent"}
    for day in week:
        for shift in shifts:
            if catalogue.calendar.weekday(day) not in shift.days:
                continue
            users = [name for name in contracts if _may(problem.site.contracts[name], shift)]
            for start in sorted(catalogue.starts(shift, day)) if users else ():
                for span in _spans(shift, problem.horizon.minutes):
                    first, presence = _presence(catalogue, shift, start, span)
                    paid = (span - shift.unpaid_minutes) / 60
                    yield from (_Column(name, day, first, presence, paid) for name in users)


def _may(contract: Contract, shift: Shift) -> bool:
    return not contract.shifts or shift.name.partition("@")[0] in contract.shifts


def _spans(shift: Shift, grid: int) -> range:
    return range(shift.minutes[0], shift.minutes[1] + 1, shift.step_minutes or grid)


def _presence(catalogue: Catalogue, shift: Shift, start: int, span: int) -> tuple[int, Floats]:
    """First interval of a duty, and how much of each interval from there on somebody who takes it is at the desk."""
    horizon = catalogue.calendar.horizon
    step, end = horizon.step, start + span * 60
    first = (start - horizon.begin) // step
    edges = horizon.begin + step * np.arange(first, -(-(end - horizon.begin) // step) + 1)
    presence = _overlap(edges, start, end)
    for pause in shift.pauses:
        length = pause.minutes * 60
        starts = [at for at in range(start, end - length + 1, step) if _lies(catalogue, pause, at, start)]
        for at in starts:
            presence -= _overlap(edges, at, at + length) / len(starts)
    return first, np.maximum(presence, 0.0)


def _lies(catalogue: Catalogue, pause: Pause, at: int, start: int) -> bool:
    return catalogue.allowed(pause, Segment("", at, at + pause.minutes * 60, pause.activity), start)


def _overlap(edges: NDArray[np.int64], start: int, end: int) -> Floats:
    """The share of each interval that lies within a time."""
    step = int(edges[1] - edges[0])
    return np.array([max(0, min(right, end) - max(left, start)) / step for left, right in pairwise(edges.tolist())])
