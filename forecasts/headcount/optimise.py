"""The hires of least expected cost: a small mixed-integer programme, solved to proof by HiGHS (scipy.optimize.milp).

Hires are decided now; overtime is worked, and hours are missed, as the volume turns out. Given the hires, months do not
touch each other, so the expectation over the volume needs each month's distribution only: it is taken at POINTS
equally likely quantiles, which makes the two-stage programme linear and exact for them.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix

from centre.headcount import Headcount
from forecasts.headcount.workforce import Kind, Months, expected_heads, expected_hired, hours_of, pay_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

POINTS = 11
GAP = 5e-3
"""Share of all that is paid within which a plan is proved the cheapest, where the nodes suffice."""

ROUGHLY = 1.5e-2
"""The same for a plan of which only the outline is shown."""

NODES, SECONDS = 600, 60.0
"""The search ends by its nodes, so that any machine makes the same plan; the seconds guard against a stuck one."""

RISK_PRICE = 4.0
"""Times the cost of a missing hour: what an hour above the risk allowed costs, where hiring comes too late for it."""


@dataclass(frozen=True)
class Hires:
    """Hires at the start of each month, shape [kinds, months]; expected cost over all months; relative gap proved."""

    hires: Ints
    cost: float
    gap: float


def best_hires(kinds: Sequence[Kind], months: Months, required: Floats, plan: Headcount, gap: float = GAP) -> Hires:
    """Find the hires.

    Parameters
    ----------
    required : courses of the hours required, shape [courses, months].
    gap : the search ends when no plan can be cheaper by more than this share.
    """
    return _Programme(kinds, months, required, plan).solved(gap)


@contextmanager
def _words_to_stderr() -> Iterator[None]:
    """HiGHS now and then writes a word of its own to standard output, where results stand: let it go to the errors."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


class _Programme:
    """Variables: hires, classes [kinds, months]; overtime, missing hours [months, points]; hours at risk [months]; and
    the people of today, whose pay is a constant: the gap is a share of all that is paid."""

    def __init__(self, kinds: Sequence[Kind], months: Months, required: Floats, plan: Headcount) -> None:
        self.kinds, self.months, self.plan = kinds, months, plan
        size, number = len(months), len(kinds)
        self.points = np.quantile(required, (np.arange(POINTS) + 0.5) / POINTS, axis=0).T
        self.guarded = np.quantile(required, 1.0 - plan.max_risk, axis=0)
        block = number * size
        self.hire = np.arange(block).reshape(number, size)
        self.opened = block + self.hire
        self.overtime = 2 * block + np.arange(size * POINTS).reshape(size, POINTS)
        self.missing = self.overtime + size * POINTS
        self.risky = 2 * block + 2 * size * POINTS + np.arange(size)
        self.people = int(self.risky[-1]) + 1
        self.size = self.people + 1
        self.each, self.pay = hours_of(kinds, months), pay_of(kinds, months)
        self.today = np.stack([expected_heads(kind, months) for kind in kinds])
        self.hired = [expected_hired(kind, months) for kind in kinds]
        self.rows: list[tuple[list[int], list[float], float, float]] = []

    def solved(self, gap: float) -> Hires:
        cost, upper = self._cost(), self._upper()
        lower = np.zeros(self.size)
        lower[self.people] = 1.0
        self._classes()
        self._supply()
        self._shares()
        whole = np.zeros(self.size)
        whole[self.hire.ravel()] = 1
        whole[self.opened.ravel()] = 1
        with _words_to_stderr():
            result = milp(
                cost,
                integrality=whole,
                bounds=Bounds(lower, upper),
                constraints=self._matrix(),
                options={"time_limit": SECONDS, "node_limit": NODES, "mip_rel_gap": gap},
            )
        if result.x is None:
            return Hires(np.zeros(self.hire.shape, dtype=np.int64), float("inf"), float("inf"))
        found = np.rint(result.x[self.hire]).astype(np.int64)
        return Hires(found, float(result.fun), float(result.mip_gap or 0.0))

    def _cost(self) -> Floats:
        mean_cost = float(np.mean([kind.cost_per_hour for kind in self.kinds]))
        cost = np.zeros(self.size)
        for row, kind in enumerate(self.kinds):
            heads, _ = self.hired[row]
            if kind.hiring is not None:
                cost[self.hire[row]] = heads @ self.pay[row] + kind.hiring.cost_per_hire
                cost[self.opened[row]] = kind.hiring.cost_per_class
        cost[self.overtime] = self.plan.overtime_factor * mean_cost / self.months.on_queue / POINTS
        cost[self.missing] = self.plan.missing_hour_cost * mean_cost / POINTS
        cost[self.risky] = RISK_PRICE * self.plan.missing_hour_cost * mean_cost
        cost[self.people] = float((self.today * self.pay).sum())
        return cost

    def _upper(self) -> Floats:
        upper = np.full(self.size, np.inf)
        upper[self.hire.ravel()] = upper[self.opened.ravel()] = 0
        upper[self.people] = 1
        for row, kind in enumerate(self.kinds):
            if kind.hiring is not None:
                months = self.hire[row, kind.hiring.lead_months :]
                upper[months] = kind.hiring.class_size[1]
                upper[months + self.hire.size] = 1
        return upper

    def _classes(self) -> None:
        for row, kind in enumerate(self.kinds):
            if kind.hiring is None:
                continue
            low, high = kind.hiring.class_size
            for hire, opened in zip(self.hire[row], self.opened[row], strict=True):
                self._row([hire, opened], [1.0, -low], 0.0, np.inf)
                self._row([hire, opened], [1.0, -high], -np.inf, 0.0)

    def _supply(self) -> None:
        for month in range(len(self.months)):
            now = float((self.today[:, month] * self.each[:, month]).sum())
            columns, give = self._hired_in(month)
            limit = self.plan.max_overtime
            for point in range(POINTS):
                over, miss = int(self.overtime[month, point]), int(self.missing[month, point])
                self._row([*columns, over, miss], [*give, 1.0, 1.0], self.points[month, point] - now, np.inf)
                self._row([*columns, over], [*(-limit * g for g in give), 1.0], -np.inf, limit * now)
            most = [*((1 + limit) * g for g in give), 1.0]
            wanted = self.guarded[month] - (1 + limit) * now
            self._row([*columns, int(self.risky[month])], most, wanted, np.inf)

    def _shares(self) -> None:
        """At most so much of all hours from one kind, where its people of today leave room for it."""
        for row, kind in enumerate(self.kinds):
            if kind.hiring is None or kind.hiring.max_share >= 1.0:
                continue
            for month in range(len(self.months)):
                share = kind.hiring.max_share
                columns, weights, own = [], [], 0.0
                for other in range(len(self.kinds)):
                    part = (1.0 if other == row else 0.0) - share
                    own += part * float(self.today[other, month] * self.each[other, month])
                    heads = self.hired[other][0][:, month]
                    use = np.flatnonzero(heads)
                    columns += [int(column) for column in self.hire[other, use]]
                    weights += [float(part * head * self.each[other, month]) for head in heads[use]]
                self._row(columns, weights, -np.inf, max(-own, 0.0))

    def _hired_in(self, month: int) -> tuple[list[int], list[float]]:
        """Columns of hires up to a month and the hours that one of each gives in it."""
        columns: list[int] = []
        give: list[float] = []
        for row in range(len(self.kinds)):
            worth = self.hired[row][1][:, month]
            use = np.flatnonzero(worth)
            columns += [int(column) for column in self.hire[row, use]]
            give += [float(value) for value in worth[use] * self.each[row, month]]
        return columns, give

    def _row(self, columns: Sequence[int], values: Sequence[float], low: float, high: float) -> None:
        self.rows.append(([int(column) for column in columns], [float(value) for value in values], low, high))

    def _matrix(self) -> LinearConstraint:
        number = np.repeat(np.arange(len(self.rows)), [len(row[0]) for row in self.rows])
        columns = np.concatenate([row[0] for row in self.rows])
        values = np.concatenate([row[1] for row in self.rows])
        matrix = coo_matrix((values, (number, columns.astype(np.int64))), shape=(len(self.rows), self.size)).tocsc()
        return LinearConstraint(matrix, [row[2] for row in self.rows], [row[3] for row in self.rows])
