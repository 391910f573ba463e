"""Named peers as arrival models, so that they run from the same origins on the same past.

Only those whose package is installed: statsforecast (AutoETS, MSTL), prophet, lightgbm.
"""

import logging
import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasts.models import Model, Past
from forecasts.models.profile import weekday_profiles
from forecasts.models.weeks import mean_of_same_weekdays

FloatArray = NDArray[np.float64]


def peers() -> list[Model]:
    """The peers that can run here."""
    found: list[Model] = []
    if find_spec("statsforecast"):
        found += [AutoEtsDays(), MstlIntervals()]
    if find_spec("prophet"):
        found.append(ProphetDefault())
    if find_spec("lightgbm"):
        found.append(LightGbm())
    return found


@dataclass(frozen=True)
class AutoEtsDays:
    """statsforecast's AutoETS on the totals of open days, times the weekday's profile."""

    name: str = "AutoETS on days x profile"

    def needs_days(self) -> int:
        """Five weeks."""
        return 35

    def forecast(self, past: Past, days: int) -> FloatArray:
        """As in the protocol."""
        from statsforecast.models import AutoETS

        opens = np.asarray(past.open.any(axis=1))
        rows = np.flatnonzero(opens[past.weekday])
        totals = pd.Series(past.totals[rows]).interpolate(limit_direction="both").to_numpy()
        ahead = past.calendar.weekday[past.horizon(days)]
        model = AutoETS(season_length=int(opens.sum()))
        said = _quiet(lambda: model.forecast(totals, h=int(opens[ahead].sum()))["mean"])
        daily = np.zeros(days)
        daily[opens[ahead]] = np.maximum(said, 0)
        return daily[:, None] * weekday_profiles(past)[ahead]


@dataclass(frozen=True)
class MstlIntervals:
    """statsforecast's MSTL with AutoETS on the open intervals, with the seasons of a day and of a week."""

    name: str = "MSTL (AutoETS)"

    def needs_days(self) -> int:
        """Five weeks."""
        return 35

    def forecast(self, past: Past, days: int) -> FloatArray:
        """As in the protocol."""
        from statsforecast.models import MSTL, AutoETS

        slots = np.asarray(past.open.any(axis=0))
        opens = np.asarray(past.open.any(axis=1))
        rows = opens[past.weekday]
        series = _filled(past)[rows][:, slots].ravel()
        ahead = opens[past.calendar.weekday[past.horizon(days)]]
        season = int(slots.sum())
        seasons = [season, season * int(opens.sum())] if season > 1 else [int(opens.sum())]
        model = MSTL(season_length=seasons, trend_forecaster=AutoETS(model="ZZN"))
        said = _quiet(lambda: model.forecast(series, h=int(ahead.sum()) * season)["mean"])
        result = np.zeros((days, past.counts.shape[1]))
        result[np.ix_(np.flatnonzero(ahead), np.flatnonzero(slots))] = np.maximum(said, 0).reshape(-1, season)
        return result


@dataclass(frozen=True)
class ProphetDefault:
    """Prophet as it comes, on the open intervals."""

    name: str = "Prophet, default"

    def needs_days(self) -> int:
        """Five weeks."""
        return 35

    def forecast(self, past: Past, days: int) -> FloatArray:
        """As in the protocol."""
        from prophet import Prophet

        logging.getLogger("cmdstanpy").setLevel(logging.ERROR)
        slots = past.counts.shape[1]
        begin = pd.Timestamp(past.calendar.first_day)
        times = pd.date_range(begin, periods=(past.days + days) * slots, freq=f"{1440 // slots}min")
        is_open = past.open[past.calendar.weekday[: past.days + days]].ravel()
        values = np.concatenate([past.counts.ravel(), np.full(days * slots, np.nan)])
        table = pd.DataFrame({"ds": times, "y": values})[is_open]
        model = Prophet(uncertainty_samples=0)
        _quiet(lambda: model.fit(table[table["y"].notna()]))
        coming = table[table["ds"] >= begin + pd.Timedelta(days=past.days)]
        result = np.zeros(days * slots)
        result[is_open[past.days * slots :]] = np.maximum(_quiet(lambda: model.predict(coming)["yhat"]), 0)
        return result.reshape(days, slots)


@dataclass(frozen=True)
class LightGbm:
    """LightGBM on calendar columns and the mean of the last six same weekdays known four weeks before."""

    name: str = "LightGBM, calendar columns"

    def needs_days(self) -> int:
        """Ten weeks: six to look back on and four to learn from."""
        return 70

    def forecast(self, past: Past, days: int) -> FloatArray:
        """As in the protocol."""
        from lightgbm import LGBMRegressor

        slots = past.counts.shape[1]
        rows = np.arange(56, past.days)
        means = np.concatenate([mean_of_same_weekdays(past.before(int(row) - 7), 14, 6)[7:8] for row in rows])
        model = LGBMRegressor(n_estimators=300, learning_rate=0.05, num_leaves=31, n_jobs=1, verbose=-1)
        known = ~np.isnan(past.counts[rows]).ravel() & past.open[past.weekday[rows]].ravel()
        columns = _columns(past, rows, means)[known]
        model.fit(columns, np.sqrt(past.counts[rows].ravel()[known]))
        ahead = np.arange(past.days, past.days + days)
        said = _quiet(lambda: model.predict(_columns(past, ahead, mean_of_same_weekdays(past, days, 6))))
        roots: FloatArray = np.maximum(np.asarray(said), 0).reshape(days, slots)
        return roots**2


def _columns(past: Past, rows: NDArray[np.int64], means: FloatArray) -> FloatArray:
    known, slots = past.calendar, past.counts.shape[1]
    plain = [number for number, column in enumerate(known.columns) if ":" not in column]
    by_day = np.column_stack([known.weekday[rows], past.like[rows], known.features[rows][:, plain]])
    slot = np.tile(np.arange(slots), len(rows))
    return np.column_stack([slot, np.repeat(by_day, slots, axis=0), np.sqrt(means).ravel()])


def _filled(past: Past) -> FloatArray:
    """Counts with every hole filled by its slot's mean."""
    known = ~np.isnan(past.counts)
    mean = np.where(known, past.counts, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    filled: FloatArray = np.where(known, past.counts, mean)
    return filled


def _quiet(call: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call()
