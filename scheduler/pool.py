"""CP-SAT chooses among pools of priced lines: the search proposes, the solver disposes.

The search moves a few people at a time. What ties many together (enough leaders while agents are on the floor, who of
several takes the late week) is decided here for one week: each of some people gets a pool of good lines, and one model
picks one of each. The present lines are in the pools and are the complete hint, and what comes back is held against
the exact cost before it is kept, so that the roster is never worse.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from scheduler.tours import moves, prices
from scheduler.tours import tables as t
from scheduler.tours.best_line import NOTHING, best_line
from scheduler.tours.coverage import STEEP
from scheduler.tours.engine import Engine

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

POOL = 10
"""Lines looked for beside each person's present one."""

NOISE = 0.15
"""What is added to the noise on prices from one of these lines to the next, in agent-hours of shortage."""

HEADS, MONEY = 100, 100
"""Whole numbers for the solver: staff in hundredths of an agent, money in 1 / (HEADS x MONEY) of a price unit."""

TANGENTS = (0, 1, 2, 4, 8)
"""Shortages at which the steep price is touched from below."""

NO_TIME = 0.05


@dataclass(frozen=True)
class Line:
    """One person's days of the window: options, places of pauses, what they cost by themselves, where they stand."""

    chosen: Ints
    places: Ints
    cost: float
    answers: Floats
    there: Floats


@dataclass(frozen=True)
class Pool:
    """One person's lines, the present one first."""

    person: int
    lines: list[Line]


def choose(engine: Engine, people: Sequence[int], week: tuple[int, int], seconds: float, seed: int) -> float:
    """Pick the best joint lines of these people in a week; returns the change of the cost, at most 0.

    Raises
    ------
    AssertionError : if the solver calls the model infeasible although it holds the present roster.
    """
    if seconds < NO_TIME:
        return 0.0
    chooser = _Chooser(engine, np.array(people, dtype=np.int64), week)
    before = chooser.cost()
    pools = [pool for pool in map(chooser.pool, people) if len(pool.lines) > 1]
    if not pools:
        return 0.0
    for pool in pools:
        chooser.take_out(pool.person)
    picked = _Model(engine, pools, chooser.ticks).solve(seconds, len(engine.hands), seed)
    for pool, line in zip(pools, picked, strict=True):
        chooser.put_in(pool.person, pool.lines[line])
    change = chooser.cost() - before
    if change > 0.0:
        for pool in pools:
            chooser.take_out(pool.person)
            chooser.put_in(pool.person, pool.lines[0])
        return 0.0
    return change


class _Chooser:
    """Takes people's weeks out of the engine's state and puts them back."""

    def __init__(self, engine: Engine, people: Ints, week: tuple[int, int]) -> None:
        self.engine, self.people, self.week = engine, people, week
        self.tables, self.state, self.hand = engine.tables, engine.state, engine.hands[0]
        midnight = self.tables.day[:, t.MIDNIGHT]
        last = min(self.tables.last, int(midnight[min(self.tables.days, week[1] + 1)]))
        self.ticks = slice(int(midnight[week[0]]), last)

    def cost(self) -> float:
        """Exact price of all that these people's week touches."""
        return float(
            moves.local_cost(self.tables, self.state, self.people, self.people.size, self.week[0], self.week[1])
        )

    def take_out(self, p: int) -> None:
        moves.count_in(self.tables, self.state, p, *self.week, -1.0)

    def put_in(self, p: int, line: Line) -> None:
        days = slice(*self.week)
        self.state.chosen[p, days], self.state.places[p, days] = line.chosen, line.places
        moves.count_in(self.tables, self.state, p, *self.week, 1.0)

    def pool(self, p: int) -> Pool:
        """The present line and those found at more and more noisy prices."""
        tables, state, scratch = self.tables, self.state, self.hand.scratch
        present = self._line(p)
        lines = {self._key(present): present}
        self.take_out(p)
        for attempt in range(POOL):
            noise = NOISE * attempt
            prices.price_days(tables, state, scratch, self.hand.rng, p, *self.week, noise, True)
            if best_line(tables, state, scratch, p, *self.week, True) >= NOTHING / 2:
                break
            moves.settle(tables, state, scratch, p, *self.week)
            found = self._line(p)
            lines.setdefault(self._key(found), found)
            state.chosen[p, slice(*self.week)] = present.chosen
            state.places[p, slice(*self.week)] = present.places
        self.put_in(p, present)
        return Pool(p, list(lines.values()))

    def _key(self, line: Line) -> bytes:
        return line.chosen.tobytes() + line.answers.tobytes()

    def _line(self, p: int) -> Line:
        """What `state` says a person does, whether it is counted in or not."""
        tables, state, days = self.tables, self.state, slice(*self.week)
        answers, there = np.zeros(tables.wanted.shape[1]), np.zeros(tables.wanted.shape[1])
        for d in range(*self.week):
            k = state.chosen[p, d]
            if k < 0:
                continue
            option = tables.option[tables.today[p, d, t.STORE] + k]
            if option[t.ON_CALL]:
                continue
            there[option[t.START] : option[t.END]] = answers[option[t.START] : option[t.END]] = 1.0
            first, _, size = tables.pattern[option[t.PATTERN]]
            if size:
                for row in tables.pause[tables.order[first] : tables.order[first + 1]]:
                    at = state.places[p, d, row[t.NUMBER]]
                    answers[at : at + row[t.LENGTH]] = 0.0
        for first, stop in tables.absent[tables.person[p, t.ABSENT] : tables.person[p, t.ABSENT_STOP]]:
            there[first:stop] = answers[first:stop] = 0.0
        counted = state.burdens[p].copy()
        state.burdens[p] = self._burdens(p)
        cost = float(prices.own_cost(tables, state, p))
        state.burdens[p] = counted
        return Line(
            state.chosen[p, days].copy(), state.places[p, days].copy(), cost, answers[self.ticks], there[self.ticks]
        )

    def _burdens(self, p: int) -> Floats:
        """The burdens of a person's whole line as `state.chosen` has it."""
        worked = np.flatnonzero(self.state.chosen[p] >= 0)
        options = self.tables.today[p, worked, t.STORE] + self.state.chosen[p, worked]
        bits = self.tables.option[options, t.BURDEN]
        return np.array([((bits >> b) & 1).sum() for b in range(self.state.burdens.shape[1])], dtype=float)


class _Model:
    """One line of each pool; coverage of every component they touch, and leaders, as convex prices."""

    def __init__(self, engine: Engine, pools: Sequence[Pool], ticks: slice) -> None:
        self.tables, self.state, self.pools, self.ticks = engine.tables, engine.state, pools, ticks
        self.model = cp_model.CpModel()
        self.cost: list[cp_model.LinearExprT] = []
        self.takes = [[self.model.new_bool_var("") for _ in pool.lines] for pool in pools]
        for pool, literals in zip(pools, self.takes, strict=True):
            self.model.add_exactly_one(literals)
            for k, literal in enumerate(literals):
                self.model.add_hint(literal, k == 0)
                self.cost.append(_money(pool.lines[k].cost) * literal)
        components = {int(self.tables.person[pool.person, t.COMPONENT]) for pool in pools}
        for component in sorted(components - {-1, self.tables.leaders}):
            self._cover(component)
        if self.tables.always:
            self._lead()

    def solve(self, seconds: float, workers: int, seed: int) -> list[int]:
        """The number of each pool's line, all 0 where nothing better was found in time."""
        self.model.minimize(cp_model.LinearExpr.sum(self.cost))
        solver = cp_model.CpSolver()
        parameters = solver.parameters
        parameters.max_time_in_seconds = seconds
        parameters.num_workers = workers
        parameters.random_seed = seed % (1 << 31)
        parameters.catch_sigint_signal = False
        if workers == 2:
            parameters.ignore_subsolvers.append("default_lp")
            parameters.extra_subsolvers.append("pseudo_costs")
        status = solver.solve(self.model)
        assert status not in (cp_model.INFEASIBLE, cp_model.MODEL_INVALID), solver.status_name(status)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return [0] * len(self.pools)
        return [next(k for k, literal in enumerate(row) if solver.boolean_value(literal)) for row in self.takes]

    def _cover(self, component: int) -> None:
        """Shortage and surplus of a component, stretch by stretch of ticks on which nothing changes."""
        tables = self.tables
        s0, s1 = int(tables.set_first[component]), int(tables.set_first[component + 1])
        mine = [i for i, pool in enumerate(self.pools) if tables.person[pool.person, t.COMPONENT] == component]
        lack = (tables.wanted - self.state.staffed)[s0:s1, self.ticks]
        moving = np.vstack([line.answers for i in mine for line in self.pools[i].lines])
        for first, stop in _stretches(np.vstack([moving, lack]), moving):
            here = [
                (literal, self.pools[i].person)
                for i in mine
                for literal, line in zip(self.takes[i], self.pools[i].lines, strict=True)
                if line.answers[first] > 0
            ]
            needs = np.round(HEADS * lack[:, first]).astype(int)
            weights = [round(HEADS * float(tables.rate[p, t.WEIGHT])) for _, p in here]
            most = max(0, int(needs.max()))
            short = self.model.new_int_var(0, most, "")
            for s in np.flatnonzero(needs > 0):
                able = [
                    weight * literal for (literal, p), weight in zip(here, weights, strict=True) if tables.touched[p, s]
                ]
                self.model.add(short + cp_model.LinearExpr.sum(able) >= int(needs[s]))
            over = round(MONEY * float(tables.price[component, t.OVER]) * (stop - first))
            all_here = [over * weight * literal for (literal, _), weight in zip(here, weights, strict=True)]
            self.cost += [*all_here, over * short, -over * int(needs[-1])]
            self._steep(short, most, float(tables.price[component, t.UNDER]) * (stop - first))

    def _steep(self, short: cp_model.IntVar, most: int, price: float) -> None:
        """Price of a shortage: s + STEEP x s squared, by its tangents."""
        if most == 0:
            return
        highest = most * (1 + 2 * STEEP * max(TANGENTS))
        level = self.model.new_int_var(0, round(100 * highest) + 1, "")
        for k in TANGENTS:
            if k * HEADS <= most:
                slope = 1 + 2 * STEEP * k
                self.model.add(level >= round(100 * slope) * short - round(100 * STEEP * k * k * HEADS))
        self.cost.append(max(1, round(MONEY * price / 100)) * level)

    def _lead(self) -> None:
        """Leaders on duty for the agents on the floor, where either is decided here."""
        tables = self.tables
        roles = [int(tables.person[pool.person, t.ROLE]) for pool in self.pools]
        bound = [i for i, role in enumerate(roles) if role != t.NEITHER]
        if t.LEADER not in roles:
            return
        moving = np.vstack([line.there for i in bound for line in self.pools[i].lines])
        base = self.state.floor[:, self.ticks]
        for first, stop in _stretches(np.vstack([moving, base]), moving):
            by_role: dict[int, list[cp_model.IntVar]] = {t.AGENT: [], t.LEADER: []}
            for i in bound:
                for literal, line in zip(self.takes[i], self.pools[i].lines, strict=True):
                    if line.there[first] > 0:
                        by_role[roles[i]].append(literal)
            agents, leading = round(float(base[t.AGENTS, first])), round(float(base[t.LEADING, first]))
            most = -(-(agents + len(bound)) // tables.span)
            short = self.model.new_int_var(0, most, "")
            leaders = cp_model.LinearExpr.sum(by_role[t.LEADER])
            self.model.add(
                tables.span * (short + leading + leaders) >= agents + cp_model.LinearExpr.sum(by_role[t.AGENT])
            )
            self.cost.append(_money(float(tables.money[t.LEADER_UNDER]) * (stop - first)) * short)


def _money(price: float) -> int:
    return round(MONEY * HEADS * price)


def _stretches(rows: Floats, moving: Floats) -> list[tuple[int, int]]:
    """Stretches of ticks on which no row changes and somebody could stand."""
    anybody = moving.any(axis=0)
    kept = np.where(anybody, rows, -1.0)
    changes = np.flatnonzero(np.any(kept[:, 1:] != kept[:, :-1], axis=0)) + 1
    edges = [0, *changes.tolist(), rows.shape[1]]
    return [(a, b) for a, b in pairwise(edges) if b > a and bool(moving[:, a].any())]
