"""Hours to roster by month, at any volume: the forecast staffed at several volumes, and paths the volume may take."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from centre.headcount import Scenario
from centre.queues import Queue
from forecasts.channels import CHANNELS
from forecasts.demand import checked_arrivals, demand_of
from forecasts.erlang import gross_staff

Floats = NDArray[np.float64]

FACTORS = np.array([0.4, 0.6, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0])
"""Volumes, against the forecast's, at which it is staffed; between them hours lie on a line, beyond them as well."""


@dataclass(frozen=True)
class MonthlyHours:
    """Gross agent-hours of each month at each of FACTORS, shape [months, factors]."""

    hours: Floats

    def at(self, factor: Floats) -> Floats:
        """Hours at one volume factor a month, the last axis of `factor` being months."""
        result = np.empty(factor.shape)
        for month, hours in enumerate(self.hours):
            given = factor[..., month]
            slope = (hours[-1] - hours[-2]) / (FACTORS[-1] - FACTORS[-2])
            beyond = np.maximum(given - FACTORS[-1], 0.0) * slope
            below = np.minimum(given / FACTORS[0], 1.0)
            result[..., month] = np.interp(given, FACTORS, hours) * below + beyond
        return result


def monthly_hours(
    arrivals: pd.DataFrame, queues: Iterable[Queue], month: Sequence[int], interval_minutes: int
) -> MonthlyHours:
    """Staff a long forecast at several volumes.

    Parameters
    ----------
    arrivals : queue, start (aware), mean, aht_s; every queue has the same starts, in order.
    month : number of the month, from 0, of each start of one queue; -1 for starts that do not count.
    """
    by_name, by_channel = {queue.name: queue for queue in queues}, {channel.name: channel for channel in CHANNELS}
    table = checked_arrivals(arrivals, by_name, "mean")
    place = np.asarray(month, dtype=np.int64)
    hours = np.zeros((int(place.max()) + 1, len(FACTORS)))
    for name, rows in table.groupby("queue", sort=True).indices.items():
        queue = by_name[str(name)]
        for number, factor in enumerate(FACTORS):
            scaled = table.assign(mean=table["mean"] * factor)
            demand = demand_of(
                scaled, np.asarray(rows), queue, "mean", np.zeros(len(rows)), minutes=interval_minutes, chance=0.9,
                short_abandon_s=5.0, lagged=False,
            )  # fmt: skip
            need = by_channel[queue.channel].need(demand, queue)
            gross = gross_staff(need.required, queue.unplanned_shrinkage) * interval_minutes / 60
            hours[:, number] += np.bincount(place[place >= 0], gross[place >= 0], len(hours))
    return MonthlyHours(hours)


def required_paths(
    base: MonthlyHours,
    scenarios: Sequence[Scenario],
    deviation_per_year: float,
    number: int,
    rng: np.random.Generator,
) -> tuple[Floats, NDArray[np.int64]]:
    """Draw courses of the hours required.

    A course has its scenario's growth, and around it a random walk whose standard deviation after a year is
    `deviation_per_year`: a volume that has drifted away stays away. Scenarios get their share of the courses exactly.

    Returns
    -------
    Hours, shape [number, months]; the scenario of each course, shape [number].
    """
    months = len(base.hours)
    ends = np.round(np.cumsum([scenario.chance for scenario in scenarios]) * number).astype(np.int64)
    which = np.searchsorted(ends, np.arange(number), side="right").clip(0, len(scenarios) - 1)
    courses: Floats = np.stack([course_of(scenario, months) for scenario in scenarios])
    walk: Floats = np.cumsum(rng.standard_normal((number, months)), axis=1) * float(deviation_per_year / np.sqrt(12.0))
    after = np.arange(1, months + 1) / 12.0
    drift = np.exp(walk - deviation_per_year**2 * after / 2.0)
    factor: Floats = courses[which] * drift
    return base.at(factor), which


def course_of(scenario: Scenario, months: int) -> Floats:
    """Volume factor of each month in one scenario, shape [months]."""
    month = np.arange(months)
    grown = (1.0 + scenario.growth_per_year) ** ((month + 0.5) / 12.0)
    lasting = np.where(month + 1 >= scenario.from_month, scenario.factor, 1.0)
    return np.asarray(grown * lasting, dtype=np.float64)
