"""The headcount plan: the hires of least expected cost, and by simulation what they lead to, month by month."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from centre.headcount import Headcount, Scenario
from forecasts.headcount.demand import MonthlyHours, course_of, required_paths
from forecasts.headcount.optimise import ROUGHLY, Hires, best_hires
from forecasts.headcount.workforce import Kind, Months, drawn_hours, expected_heads, expected_hired, pay_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COURSES = 2000


@dataclass(frozen=True)
class MonthOfPlan:
    """One month.

    Attributes
    ----------
    required, required_low, required_high : gross hours on the queues: mean, 10 % and 90 % over volume.
    available : mean hours that people give without overtime.
    heads : expected people by contract, in the middle of the month.
    hires : by contract, at its start.
    leavers : expected to leave during it.
    overtime, missing : expected hours.
    risk : chance that hours are missing though all overtime is worked.
    risk_without_hiring : the same if nobody were hired.
    pay, overtime_cost, hiring_cost : expected.
    """

    required: float
    required_low: float
    required_high: float
    available: float
    heads: dict[str, float]
    hires: dict[str, int]
    leavers: float
    overtime: float
    missing: float
    risk: float
    risk_without_hiring: float
    pay: float
    overtime_cost: float
    hiring_cost: float


@dataclass(frozen=True)
class ScenarioOfPlan:
    """What a scenario would ask for if it were certain: hours required, hires by contract, expected cost of its own
    best plan; and what the plan made for all of them leaves missing in it (hours, chance of a month with any)."""

    scenario: Scenario
    required: float
    hires: dict[str, int]
    cost: float
    missing: float
    risk: float


@dataclass(frozen=True)
class HeadcountPlan:
    """The plan; `gap` is what the optimisation could not rule out to be saved, as a share of the cost."""

    months: tuple[MonthOfPlan, ...]
    scenarios: tuple[ScenarioOfPlan, ...]
    gap: float


def headcount_plan(
    kinds: Sequence[Kind], months: Months, base: MonthlyHours, plan: Headcount, deviation_per_year: float, seed: int
) -> HeadcountPlan:
    """Plan the hires.

    Parameters
    ----------
    months : those planned and some beyond, so that the last ones are not planned as if the world ended with them.
    base : hours required of the same months at each volume.
    deviation_per_year : of the volume around its scenario.
    """
    rng = np.random.default_rng([seed, 0])
    required, which = required_paths(base, plan.scenario, deviation_per_year, COURSES, rng)
    # Who of today's people leaves is chance as much as the volume is; of those to be hired the mean is planned with.
    today = np.zeros((len(kinds), len(months)), dtype=np.int64)
    leaving = drawn_hours(kinds, months, today, COURSES, np.random.default_rng([seed, 1]))
    unlucky = leaving.mean(axis=0) - leaving
    found = best_hires(kinds, months, required + unlucky, plan)
    # Common random numbers: the same people would leave with and without the plan.
    available = drawn_hours(kinds, months, found.hires, COURSES, np.random.default_rng([seed, 1]))
    return HeadcountPlan(
        months=tuple(
            _month(kinds, months, plan, found, required, available, leaving, month) for month in range(plan.months)
        ),
        scenarios=tuple(
            _scenario(kinds, months, base, plan, deviation_per_year, number, required, which, available, unlucky, seed)
            for number in range(len(plan.scenario))
        ),
        gap=found.gap,
    )


def _month(
    kinds: Sequence[Kind],
    months: Months,
    plan: Headcount,
    found: Hires,
    required: Floats,
    available: Floats,
    without: Floats,
    month: int,
) -> MonthOfPlan:
    need, have = required[:, month], available[:, month]
    short = np.maximum(need - have, 0.0)
    overtime = np.minimum(short, plan.max_overtime * have)
    heads = _heads(kinds, months, found.hires)
    before = heads[:, month - 1] if month else np.array([kind.heads[0] for kind in kinds])
    joined = found.hires[:, month] + np.array([kind.heads[month] - kind.heads[max(month - 1, 0)] for kind in kinds])
    mean_cost = float(np.mean([kind.cost_per_hour for kind in kinds]))
    low, high = np.quantile(need, [0.1, 0.9])
    return MonthOfPlan(
        required=float(need.mean()),
        required_low=float(low),
        required_high=float(high),
        available=float(have.mean()),
        heads={kind.contract: float(heads[row, month]) for row, kind in enumerate(kinds)},
        hires={kind.contract: int(found.hires[row, month]) for row, kind in enumerate(kinds)},
        leavers=float((before + joined - heads[:, month]).sum()),
        overtime=float(overtime.mean()),
        missing=float((short - overtime).mean()),
        risk=float((short > overtime + 1e-9).mean()),
        risk_without_hiring=float((need > (1 + plan.max_overtime) * without[:, month]).mean()),
        pay=float((heads[:, month] * pay_of(kinds, months)[:, month]).sum()),
        overtime_cost=float(overtime.mean() * plan.overtime_factor * mean_cost / months.on_queue),
        hiring_cost=sum(
            float(found.hires[row, month] * kind.hiring.cost_per_hire + kind.hiring.cost_per_class)
            for row, kind in enumerate(kinds)
            if kind.hiring is not None and found.hires[row, month]
        ),
    )


def _heads(kinds: Sequence[Kind], months: Months, hires: Ints) -> Floats:
    """Expected people, shape [kinds, months]."""
    return np.stack(
        [expected_heads(kind, months) + hires[row] @ expected_hired(kind, months)[0] for row, kind in enumerate(kinds)]
    )


def _scenario(
    kinds: Sequence[Kind],
    months: Months,
    base: MonthlyHours,
    plan: Headcount,
    deviation: float,
    number: int,
    required: Floats,
    which: Ints,
    available: Floats,
    unlucky: Floats,
    seed: int,
) -> ScenarioOfPlan:
    scenario = plan.scenario[number]
    certain = scenario.model_copy(update={"chance": 1.0})
    alone, _ = required_paths(base, [certain], deviation, COURSES, np.random.default_rng([seed, 2 + number]))
    own = best_hires(kinds, months, alone + unlucky, plan, ROUGHLY)
    mine = which == number
    planned = slice(0, plan.months)
    short = np.maximum(required[mine, planned] - (1 + plan.max_overtime) * available[mine, planned], 0.0)
    return ScenarioOfPlan(
        scenario=scenario,
        required=float(base.at(course_of(scenario, len(months)))[planned].sum()),
        hires={kind.contract: int(own.hires[row, planned].sum()) for row, kind in enumerate(kinds)},
        cost=own.cost,
        missing=float(short.sum(axis=1).mean()) if mine.any() else float("nan"),
        risk=float((short > 1e-9).mean()) if mine.any() else float("nan"),
    )
