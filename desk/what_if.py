"""What if? Scenarios of goals, volume, handle time, patience and shrinkage, staffed side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from centre.queues import Queue
from forecasts.staffing import Staffing, required_staff


@dataclass(frozen=True)
class Scenario:
    """What is changed against the site as it is; None and 1.0 change nothing.

    Attributes
    ----------
    target, within_s : the service level wanted, of every queue.
    over : "interval" (reached in every single one), "day" or "period".
    volume, handle_time : factors on the forecast.
    patience_s, unplanned_shrinkage : of every queue.
    """

    name: str
    target: float | None = None
    within_s: float | None = None
    over: str = "interval"
    volume: float = 1.0
    handle_time: float = 1.0
    patience_s: float | None = None
    unplanned_shrinkage: float | None = None

    def queue(self, queue: Queue) -> Queue:
        """A queue as this scenario has it."""
        wanted = {
            "target": self.target,
            "within_s": self.within_s,
            "patience_s": self.patience_s,
            "unplanned_shrinkage": self.unplanned_shrinkage,
        }
        changed: dict[str, Any] = {key: value for key, value in wanted.items() if value is not None}
        return Queue.model_validate({**queue.model_dump(), **changed})

    def arrivals(self, forecast: pd.DataFrame) -> pd.DataFrame:
        """A forecast as this scenario has it."""
        counts = {name: forecast[name] * self.volume for name in ("mean", "q10", "q50", "q90") if name in forecast}
        return forecast.assign(**counts, aht_s=forecast["aht_s"] * self.handle_time)


def staffed(forecast: pd.DataFrame, queues: Iterable[Queue], scenario: Scenario, interval_minutes: int) -> Staffing:
    """Required staff of a forecast under a scenario."""
    changed = [scenario.queue(queue) for queue in queues]
    return required_staff(
        scenario.arrivals(forecast), changed, interval_minutes=interval_minutes, target_over=scenario.over
    )


def compared(
    forecast: pd.DataFrame, queues: Iterable[Queue], scenarios: Iterable[Scenario], interval_minutes: int
) -> pd.DataFrame:
    """Staff several scenarios.

    Parameters
    ----------
    forecast : queue, start (aware), mean, q10, q50, q90, aht_s: the table of `forecasts.arrivals.forecast`.

    Returns
    -------
    One row a scenario and queue: scenario, queue, contacts, required_hours (net agent-hours), gross_hours (to roster),
    peak (agents to roster in the busiest interval) and service_level (share of the contacts answered within the
    queue's time by that many; NaN without contacts).
    """
    known = tuple(queues)
    parts = [_figures(staffed(forecast, known, each, interval_minutes), each.name) for each in scenarios]
    return pd.concat(parts, ignore_index=True)


def _figures(staffing: Staffing, name: str) -> pd.DataFrame:
    table, hours = staffing.table, staffing.minutes / 60
    gross = table["gross"].to_numpy(dtype=np.int64)
    level = np.minimum(gross, staffing.curve.shape[1] - 1)
    answered = np.take_along_axis(staffing.curve, level[:, None], axis=1)[:, 0].astype(float)
    rows = pd.DataFrame(
        {
            "queue": table["queue"].to_numpy(),
            "contacts": staffing.volume,
            "required_hours": table["required"].to_numpy() * hours,
            "gross_hours": gross * hours,
            "peak": gross,
            "answered": answered,
        }
    )
    sums = rows.groupby("queue", sort=True).agg(
        contacts=("contacts", "sum"),
        required_hours=("required_hours", "sum"),
        gross_hours=("gross_hours", "sum"),
        peak=("peak", "max"),
        answered=("answered", "sum"),
    )
    sums["service_level"] = sums.pop("answered") / sums["contacts"].where(sums["contacts"] > 0)
    return sums.reset_index().assign(scenario=name)[["scenario", "queue", *sums.columns]]


def summed(table: pd.DataFrame) -> pd.DataFrame:
    """One row a scenario: contacts and hours in all, and gross hours against the first scenario's (1.0: the same)."""
    sums = table.groupby("scenario", sort=False)[["contacts", "required_hours", "gross_hours"]].sum()
    return sums.assign(against_first=sums["gross_hours"] / sums["gross_hours"].iloc[0])
