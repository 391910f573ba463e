"""The master problem of column generation: choose one line a person, fractions allowed, covers priced.

Lines are columns; the duals of the covers are the prices at which the next lines are searched, and with them each
round proves a bound (Dantzig and Wolfe, 1960; for rosters Burke and Curtois, 2014).
"""

from dataclasses import dataclass

import numpy as np
from ortools.linear_solver import pywraplp

from scheduler.linewise.board import Board
from scheduler.linewise.tables import Floats, Ints


def _anew() -> pywraplp.MPSolverParameters:
    """Solve without what was kept from the solution before."""
    parameters = pywraplp.MPSolverParameters()
    parameters.SetIntegerParam(parameters.INCREMENTALITY, parameters.INCREMENTALITY_OFF)
    return parameters


@dataclass
class Column:
    """A line of a person as a variable of the master."""

    person: int
    line: Ints
    cost: float
    variable: pywraplp.Variable
    alive: bool = True


class Master:
    """Lines of some people over some days, the rest of the board held as it is.

    `prices` [days, kinds], `ones` (of each person's line) and `shares` (of a person's lines) are the last solution's.

    `board` must have the people's lines taken out of its staff on these days: `residual` is what they have to cover.
    """

    def __init__(self, board: Board, people: list[int], days: range, residual: Ints) -> None:
        self.board, self.people, self.days = board, people, days
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.objective = self.solver.Objective()
        self.one = {person: self.solver.Constraint(1, 1) for person in people}
        self.rows = {
            (day, kind): self._cover(day, kind, int(residual[day, kind]))
            for day in days
            for kind in range(residual.shape[1])
            if board.demand.under[day, kind] or board.demand.over[day, kind]
        }
        self.columns: dict[int, list[Column]] = {person: [] for person in people}
        self.known: dict[int, set[bytes]] = {person: set() for person in people}
        self.prices: Floats = np.zeros(residual.shape)
        self.ones: dict[int, float] = {}
        self.shares: dict[int, Floats] = {}
        self.residual = np.zeros(residual.shape)
        for day, kind in self.rows:
            self.residual[day, kind] = residual[day, kind]

    def _cover(self, day: int, kind: int, residual: int) -> pywraplp.Constraint:
        """A row: people + too few - too many = wanted."""
        row = self.solver.Constraint(residual, residual)
        prices = (self.board.demand.under[day, kind], self.board.demand.over[day, kind])
        for sign, price in zip((1, -1), prices, strict=True):
            slack = self.solver.NumVar(0, self.solver.infinity(), "")
            self.objective.SetCoefficient(slack, float(price))
            row.SetCoefficient(slack, sign)
        return row

    def add(self, person: int, line: Ints) -> bool:
        """Add a line; False when it is known."""
        key = line.tobytes()
        if key in self.known[person]:
            return False
        self.known[person].add(key)
        cost = self.board.line_cost(person, line)
        variable = self.solver.NumVar(0, self.solver.infinity(), "")
        self.objective.SetCoefficient(variable, cost)
        self.one[person].SetCoefficient(variable, 1)
        for day in self.days:
            kind = int(line[day])
            if kind >= 0 and (day, kind) in self.rows:
                self.rows[day, kind].SetCoefficient(variable, 1)
        self.columns[person].append(Column(person, line.copy(), cost, variable))
        return True

    def solve(self) -> float:
        """Solve the linear programme over the lines alive and keep its answers; the cost.

        A simplex that loses its numbers is begun anew once; if that fails too the cost is infinite and the answers are
        those of the solution before.
        """
        if self.solver.Solve() != self.solver.OPTIMAL and self.solver.Solve(_anew()) != self.solver.OPTIMAL:
            return float("inf")
        self.prices = np.zeros(self.residual.shape)
        for (day, kind), row in self.rows.items():
            self.prices[day, kind] = row.dual_value()
        self.ones = {person: row.dual_value() for person, row in self.one.items()}
        self.shares = {
            person: np.array([column.variable.solution_value() if column.alive else 0.0 for column in columns])
            for person, columns in self.columns.items()
        }
        return float(self.objective.Value())

    def likeliest(self, person: int) -> Column:
        """The person's line with the largest share at the last solution."""
        return self.columns[person][int(self.shares[person].argmax())]

    def let_live(self, column: Column, alive: bool) -> None:
        """Allow or forbid a line."""
        if column.alive != alive:
            column.alive = alive
            column.variable.SetBounds(0, self.solver.infinity() if alive else 0)
