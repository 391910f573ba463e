"""What people give: hours of those who are there now and of those hired in any month, as months pass."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from centre.headcount import Hiring

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Kind:
    """People of one contract.

    Attributes
    ----------
    contract : its name.
    week_hours : paid hours a week.
    cost_per_hour : of a paid hour.
    heads : people there at the start of each month if nobody left unforeseen (joiners and leavers whose dates are
        known are in it), shape [months].
    hiring : how new ones are hired; None: not at all.
    """

    contract: str
    week_hours: float
    cost_per_hour: float
    heads: Floats
    hiring: Hiring | None


@dataclass(frozen=True)
class Months:
    """The months planned, and what holds for everybody.

    Attributes
    ----------
    weeks : length of each month in weeks, shape [months].
    on_queue : share of a paid hour that serves where it is needed: (1 - planned shrinkage) x schedule fit.
    turnover_per_year : share that leaves in a year.
    """

    weeks: Floats
    on_queue: float
    turnover_per_year: float

    def __len__(self) -> int:
        return len(self.weeks)


def staying(turnover_per_year: float) -> float:
    """Share that is still there a month later."""
    return float((1.0 - turnover_per_year) ** (1.0 / 12.0))


def expected_heads(kind: Kind, months: Months) -> Floats:
    """People of today expected to be there in each month (its middle), shape [months]."""
    passed = np.arange(len(months)) + 0.5
    heads: Floats = kind.heads * staying(months.turnover_per_year) ** passed
    return heads


def expected_hired(kind: Kind, months: Months) -> tuple[Floats, Floats]:
    """Of one hired in month j: expected heads in month m, and what they are worth; shape [hire month, month] both."""
    size = len(months)
    heads, worth = np.zeros((size, size)), np.zeros((size, size))
    if kind.hiring is None:
        return heads, worth
    for hired in range(size):
        left = 1.0
        for month in range(hired, size):
            age = month - hired
            monthly = staying(_turnover(kind.hiring, age, months))
            heads[hired, month] = left * monthly**0.5
            worth[hired, month] = heads[hired, month] * worth_at(kind.hiring, age)
            left *= monthly
    return heads, worth


def worth_at(hiring: Hiring, age: int) -> float:
    """What one hired `age` months ago is worth against an experienced one."""
    return hiring.ramp[age] if age < len(hiring.ramp) else 1.0


def _turnover(hiring: Hiring, age: int, months: Months) -> float:
    return hiring.ramp_turnover_per_year if age < max(len(hiring.ramp), 1) else months.turnover_per_year


def hours_of(kinds: Sequence[Kind], months: Months) -> Floats:
    """Hours on the queues of one experienced person in a month, shape [kinds, months]."""
    return np.stack([kind.week_hours * months.weeks * months.on_queue for kind in kinds])


def pay_of(kinds: Sequence[Kind], months: Months) -> Floats:
    """Pay of one person in a month, shape [kinds, months]."""
    return np.stack([kind.week_hours * months.weeks * kind.cost_per_hour for kind in kinds])


def drawn_hours(
    kinds: Sequence[Kind], months: Months, hires: NDArray[np.int64], number: int, rng: np.random.Generator
) -> Floats:
    """Hours on the queues with people leaving at random, shape [number, months].

    Parameters
    ----------
    hires : people hired at the start of each month, shape [kinds, months].
    """
    size = len(months)
    each = hours_of(kinds, months)
    total = np.zeros((number, size))
    for row, kind in enumerate(kinds):
        stays = staying(months.turnover_per_year)
        there = np.full(number, round(float(kind.heads[0])))
        for month in range(size):
            # Those whose coming and going is known come and go; of the others each stays with the same chance.
            if month:
                change = round(float(kind.heads[month] - kind.heads[month - 1]))
                there = np.maximum(there + change, 0)
            after = rng.binomial(there, stays)
            total[:, month] += (there + after) / 2.0 * each[row, month]
            there = after
        if kind.hiring is None:
            continue
        for hired in np.flatnonzero(hires[row]):
            group = np.full(number, int(hires[row, hired]))
            for month in range(int(hired), size):
                age = month - int(hired)
                after = rng.binomial(group, staying(_turnover(kind.hiring, age, months)))
                total[:, month] += (group + after) / 2.0 * each[row, month] * worth_at(kind.hiring, age)
                group = after
    return total
