"""The forecast against what came: days and intervals, accuracy with the noise floor, required and rostered staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from centre.errors import NotPublishedError
from centre.grid import Horizon
from centre.said import Said
from centre.site import SpecialDay
from desk.actions.planning import history_files
from desk.wiring import Place
from forecasts.accuracy import bias, coverage, poisson_floor, wape
from forecasts.demand import seconds_of
from forecasts.history import read_history
from store.records import ForecastRun

FloatArray = NDArray[np.float64]
Counted = Mapping[tuple[str, int], float]
"""Contacts by queue and interval's start, UTC second."""


@dataclass(frozen=True)
class ForecastPicture:
    """A forecast run over its horizon. Arrays are by queue, [intervals]; NaN where nothing is known.

    Attributes
    ----------
    actual : contacts of the history, and of today so far where the floor is watched.
    """

    run: ForecastRun
    horizon: Horizon
    expected: Mapping[str, Mapping[str, FloatArray]]
    actual: Mapping[str, FloatArray]
    required: Mapping[str, NDArray[np.int64]]
    special_days: tuple[SpecialDay, ...]

    def to_json(self, day: date) -> dict[str, Any]:
        """Days of the horizon, and the intervals of one day."""
        number = min(max((day - self.horizon.first_day).days, 0), self.horizon.days - 1)
        offsets = self.horizon.day_offsets
        cut = slice(int(offsets[number]), int(offsets[number + 1]))
        return {
            "run": self.run.run,
            "made_at": self.run.made_at.isoformat(),
            "day": self.horizon.day(number).isoformat(),
            "days": [each.isoformat() for each in self.horizon],
            "starts": self.horizon.local_minutes[cut].tolist(),
            "step": self.horizon.minutes,
            "queues": [self._queue(name, cut) for name in self.expected],
        }

    def _queue(self, name: str, cut: slice) -> dict[str, Any]:
        expected, came = self.expected[name], self.actual[name]
        required = self.required.get(name)
        return {
            "queue": name,
            "model": self.run.models.get(name, ""),
            "models": [model for model in self.run.models.get(name, "").split("; ") if model],
            "days": {"expected": _rounded(self._daily(expected["mean"])), "actual": _rounded(self._daily(came))},
            "intervals": {
                **{key: _rounded(values[cut]) for key, values in expected.items()},
                "actual": _rounded(came[cut]),
                "required": required[cut].tolist() if required is not None else None,
            },
            "accuracy": self._accuracy(expected, came),
        }

    def _daily(self, values: FloatArray) -> FloatArray:
        """Sums of days; NaN where an interval of the day that is expected to be open is not known."""
        sums = np.add.reduceat(np.nan_to_num(values), self.horizon.day_offsets[:-1])
        unknown = np.add.reduceat(np.isnan(values).astype(int), self.horizon.day_offsets[:-1])
        whole = np.diff(self.horizon.day_offsets)
        return np.where(unknown == whole, np.nan, sums)

    def _accuracy(self, expected: Mapping[str, FloatArray], came: FloatArray) -> dict[str, float] | None:
        mean = np.where(np.isnan(expected["mean"]), 0.0, expected["mean"])
        known = ~np.isnan(came)
        if not known.any() or np.nansum(came) <= 0:
            return None
        figures = {
            "wape": wape(came, mean),
            "noise_floor": poisson_floor(came, mean),
            "bias": bias(came, mean),
            "in_band": coverage(came, expected["q10"], expected["q90"]),
            "intervals": float(known.sum()),
        }
        return {name: round(value, 4) for name, value in figures.items() if value == value}


def forecast_picture(place: Place, today: Counted, first: date | None = None) -> ForecastPicture:
    """The newest forecast for a day (by default today), else the newest for the roster in force.

    Parameters
    ----------
    today : contacts that the live floor has counted today.

    Raises
    ------
    NotPublishedError : nothing is forecast yet.
    """
    run = _run(place, first or place.today)
    horizon = run.horizon
    table = run.table
    rows = (seconds_of(table["start"]) - horizon.begin) // horizon.step
    expected: dict[str, dict[str, FloatArray]] = {}
    for queue, part in table.groupby("queue", sort=False):
        at = rows[part.index.to_numpy()]
        expected[str(queue)] = {
            key: _laid(part[key], at, horizon.count) for key in ("mean", "q10", "q90") if key in part
        }
    need = place.plans.requirement_for(horizon)
    required = {name: need.gross[row] for row, name in enumerate(need.queues)} if need else {}
    last = horizon.day(horizon.days)
    special = tuple(day for day in place.site.special_days if horizon.first_day <= day.date < last)
    return ForecastPicture(run, horizon, expected, _actual(place, horizon, list(expected), today), required, special)


def _run(place: Place, day: date) -> ForecastRun:
    zone = place.site.settings.zone
    known = Horizon(zone, place.site.settings.grid_minutes, day, 1)
    found = place.plans.latest_forecast(known.begin, known.end)
    if found is None:
        versions = [row for row in place.plans.roster_versions() if row.requirement_version is not None]
        if versions:
            horizon = versions[0].horizon
            found = place.plans.latest_forecast(horizon.begin, horizon.begin + 1)
    if found is None:
        raise NotPublishedError(Said("nothing is forecast yet: run `paiban forecast` or `paiban nightly`"))
    return found


def _laid(column: "pd.Series[float]", at: NDArray[np.int64], count: int) -> FloatArray:
    values = np.full(count, np.nan)
    values[at] = column.to_numpy(dtype=float)
    return values


def _actual(place: Place, horizon: Horizon, queues: list[str], today: Counted) -> dict[str, FloatArray]:
    found = {name: np.full(horizon.count, np.nan) for name in queues}
    history = read_history(history_files(place.folder), horizon.zone)
    inside = history[(history["start"] >= horizon.begin) & (history["start"] < horizon.end)]
    for queue, start, offered in zip(inside["queue"], inside["start"], inside["offered"], strict=True):
        if queue in found:
            _add(found[queue], horizon.index(int(start)), float(offered))
    for (queue, start), offered in today.items():
        column = horizon.index(start)
        if queue in found and 0 <= column < horizon.count and np.isnan(found[queue][column]):
            found[queue][column] = offered
    return found


def _add(values: FloatArray, column: int, offered: float) -> None:
    values[column] = offered if np.isnan(values[column]) else values[column] + offered


def _rounded(values: FloatArray) -> list[float | None]:
    return [None if value != value else round(value, 2) for value in values.tolist()]
