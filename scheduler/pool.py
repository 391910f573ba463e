"""CP-SAT chooses among pools of priced tours: the tour search proposes, the solver disposes.

The search sees one person at a time. What ties people together (enough leaders while agents are on the floor, who of
several takes the late shift) is decided here for one week: each of some people gets a pool of good tours, and one
model picks one of each. The present tours are in the pools and are the hint, so that the answer is never worse.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from scheduler.tours.coverage import STEEP
from scheduler.tours.floor import Floor
from scheduler.tours.run import NOISE, own_cost
from scheduler.tours.search import Move, Search

Floats = NDArray[np.float64]
Window = tuple[int, int]
Seat = tuple[int, Window]

POOL = 8
"""Tours tried for each person beside the present one."""

HEADS, MONEY = 100, 10_000
"""Whole numbers for the solver: staff in hundredths of an agent, costs in units of 1 / (HEADS x MONEY)."""

TANGENTS = (0, 1, 2, 4)
"""Shortages at which the steep price is touched from below."""


@dataclass(frozen=True)
class Pool:
    """One person's candidates in one window, the present one first, with what each costs by itself."""

    seat: Seat
    moves: list[Move]
    costs: list[float]


def choose(search: Search, seats: Sequence[Seat], seconds: float, workers: int, seed: int) -> bool:
    """Pick the best joint tours for these people and windows; whether the roster became cheaper.

    Raises
    ------
    AssertionError : if the solver calls the model, which contains the present roster, infeasible.
    """
    pools = [_pool(search, seat) for seat in seats]
    pools = [pool for pool in pools if len(pool.moves) > 1]
    if not pools:
        return False
    for pool in pools:
        search.take_out(*pool.seat)
    picked = _Model(search, pools).solve(seconds, workers, seed)
    for pool, number in zip(pools, picked, strict=True):
        search.put_in(*pool.seat, pool.moves[number])
    return any(picked)


def _pool(search: Search, seat: Seat) -> Pool:
    p, window = seat
    old = search.current(p, window)
    moves, costs, seen = [old], [own_cost(search, p, window)], {(*old.chosen.tolist(), *old.places)}
    for attempt in range(POOL):
        search.take_out(p, window)
        move = search.best(p, window, NOISE * (attempt / 2))
        if move is None:
            search.put_in(p, window, old)
            break
        search.put_in(p, window, move)
        key = (*move.chosen.tolist(), *move.places)
        if key not in seen:
            seen.add(key)
            moves.append(move)
            costs.append(own_cost(search, p, window))
    search.take_out(p, window)
    search.put_in(p, window, old)
    return Pool(seat, moves, costs)


class _Model:
    """One tour of each pool; coverage of every component they touch, and leaders, as convex prices."""

    def __init__(self, search: Search, pools: Sequence[Pool]) -> None:
        self.search, self.floor, self.pools = search, search.floor, pools
        self.model = cp_model.CpModel()
        self.cost: list[cp_model.LinearExprT] = []
        self.takes = [
            [self.model.new_bool_var(f"{pool.seat[0]} {k}") for k in range(len(pool.moves))] for pool in pools
        ]
        for pool, literals in zip(pools, self.takes, strict=True):
            self.model.add_exactly_one(literals)
            for k, literal in enumerate(literals):
                self.model.add_hint(literal, k == 0)
                self.cost.append(round(MONEY * HEADS * pool.costs[k]) * literal)
        self.presence = [[self._present(pool.seat[0], move) for move in pool.moves] for pool in pools]
        self.spans = [[self._present(pool.seat[0], move, pauses=False) for move in pool.moves] for pool in pools]
        touched = {self.floor.members[pool.seat[0]].component for pool in pools}
        for number in sorted(touched - {-1, self.floor.leaders}):
            self._cover(number)
        self._lead()

    def solve(self, seconds: float, workers: int, seed: int) -> list[int]:
        """The number of each pool's tour, all 0 where nothing better was found in time."""
        self.model.minimize(sum(self.cost))
        solver = cp_model.CpSolver()
        parameters = solver.parameters
        parameters.max_time_in_seconds = max(0.1, seconds)
        parameters.num_workers = workers
        parameters.random_seed = seed
        parameters.catch_sigint_signal = False  # the interrupt is the command's: it keeps the best roster
        parameters.ignore_subsolvers.append("default_lp")
        parameters.extra_subsolvers.append("pseudo_costs")
        status = solver.solve(self.model)
        assert status != cp_model.INFEASIBLE, "a model that holds the present roster cannot be infeasible"
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return [0] * len(self.pools)
        return [next(k for k, literal in enumerate(row) if solver.boolean_value(literal)) for row in self.takes]

    def _present(self, p: int, move: Move, pauses: bool = True) -> Floats:
        """Share of a person at each tick when they take a tour."""
        member = self.floor.members[p]
        lines = member.lines
        here = np.zeros(self.floor.clock.count + 1)
        for o in move.chosen[move.chosen >= 0]:
            here[lines.start[o] : lines.end[o]] = 1.0
        if pauses and not member.leads:
            for k, tick in move.places:
                here[tick : tick + lines.length[k]] = 0.0
        return here * lines.present if pauses else here

    def _stretches(self, rows: Floats) -> list[tuple[int, int]]:
        """Stretches of ticks on which no row changes and at least one is not zero."""
        changes = np.flatnonzero(np.any(rows[:, 1:] != rows[:, :-1], axis=0)) + 1
        edges = [0, *changes.tolist(), rows.shape[1]]
        return [(a, b) for a, b in pairwise(edges) if rows[:, a].any()]

    def _cover(self, number: int) -> None:
        component = self.floor.components[number]
        last = self.floor.last
        mine = [i for i, pool in enumerate(self.pools) if self.floor.members[pool.seat[0]].component == number]
        members = [self.floor.members[self.pools[i].seat[0]] for i in mine]
        lack = (component.wanted - component.staffed)[:, :last]
        rows = np.vstack([lack, *(row[:last] for i in mine for row in self.presence[i])])
        moving = np.vstack([row[:last] for i in mine for row in self.presence[i]])
        for first, stop in self._stretches(np.where(moving.any(axis=0), rows, 0.0)):
            ticks = stop - first
            here = [
                (literal, member)
                for i, member in zip(mine, members, strict=True)
                for literal, row in zip(self.takes[i], self.presence[i], strict=True)
                if row[first] > 0
            ]
            if not here:
                continue
            most = max(0, round(HEADS * float(lack[:, first].max())))
            short = self.model.new_int_var(0, most, "")
            for s in range(len(component.sets)):
                need = round(HEADS * float(lack[s, first]))
                if need > 0:
                    able = sum(round(HEADS * m.weight) * x for x, m in here if m.touched[s])
                    self.model.add(short >= need - able)
            spare = sum(round(HEADS * m.weight) * x for x, m in here) - round(HEADS * float(lack[-1, first])) + short
            over = round(MONEY * component.over * ticks)
            self.cost.append(over * spare if over else 0)
            self._steep(short, most, component.under * ticks)

    def _steep(self, short: cp_model.IntVar, most: int, price: float) -> None:
        """Price of a shortage: s + STEEP x s squared, by its tangents."""
        if most == 0:
            return
        level = self.model.new_int_var(0, 10 * most * HEADS, "")
        for k in TANGENTS:
            if k * HEADS <= most:
                slope = 1 + 2 * STEEP * k
                self.model.add(level >= round(100 * slope) * short - round(100 * STEEP * k * k * HEADS))
        self.cost.append(round(MONEY * price / 100) * level)

    def _lead(self) -> None:
        """Leaders on duty for the agents on the floor, where either is decided here."""
        floor, last = self.floor, self.floor.last
        organisation = floor.problem.policy.organisation
        if not organisation.leader_whenever_agents:
            return
        leaders = [i for i, pool in enumerate(self.pools) if floor.members[pool.seat[0]].leads]
        agents = [
            i for i, pool in enumerate(self.pools) if floor.members[pool.seat[0]].lines.line.agent.role == "agent"
        ]
        base = self._heads()
        component = floor.components[floor.leaders]
        moving = [row[:last] for i in [*leaders, *agents] for row in self.spans[i]]
        if not moving:
            return
        rows = np.vstack([base[:last], component.staffed[0, :last], *moving])
        for first, stop in self._stretches(np.where(np.vstack(moving).any(axis=0), rows, 0.0)):
            agents_here = [x for i in agents for x, row in zip(self.takes[i], self.spans[i], strict=True) if row[first]]
            leaders_here = [
                x for i in leaders for x, row in zip(self.takes[i], self.spans[i], strict=True) if row[first]
            ]
            span = organisation.span_of_control[1]
            most = int(base[first]) + len({*agents}) + 1
            short = self.model.new_int_var(0, most, "")
            fixed = round(float(component.staffed[0, first]))
            self.model.add(span * (short + fixed + sum(leaders_here)) >= round(float(base[first])) + sum(agents_here))
            self.cost.append(round(MONEY * component.under * (stop - first) * HEADS) * short)

    def _heads(self) -> Floats:
        """Agents on the floor at each tick, those of the pools left out."""
        change = np.zeros(self.floor.clock.count + 1)
        for member, chosen in zip(self.floor.members, self.floor.chosen, strict=True):
            if member.lines.line.agent.role == "agent":
                taken = chosen[chosen >= 0]
                np.add.at(change, member.lines.start[taken], 1.0)
                np.add.at(change, member.lines.end[taken], -1.0)
        return np.cumsum(change)


def seats_of_week(floor: Floor, week: range, people: Sequence[int]) -> list[Seat]:
    """The windows of these people that begin in a week."""
    return [(p, window) for p in people for window in floor.members[p].windows if week.start <= window[0] < week.stop]
