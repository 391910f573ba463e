"""What each model would have said in the past: forecasts from many origins, each knowing only what lay before it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasts.models import Model, Past

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Trials:
    """Forecasts of models from origins in the past, beside what came.

    Attributes
    ----------
    models : names.
    origins : first unknown day of each origin, shape [origins].
    kind : of each day ahead (`Calendar.kind`; past the calendar's end its weekday), shape [origins, horizon].
    forecasts : shape [models, origins, horizon, slots]; NaN past the end of the record.
    actual : what came, NaN where unknown or closed, shape [origins, horizon, slots].
    """

    models: tuple[str, ...]
    origins: IntArray
    kind: IntArray
    forecasts: FloatArray
    actual: FloatArray

    def known_before(self, day: int) -> "Trials":
        """The trials as they stood before a day: origins and actuals that lie before it."""
        keep = self.origins < day
        actual = self.actual[keep].copy()
        rows = self.origins[keep][:, None] + np.arange(actual.shape[1])
        actual[rows >= day] = np.nan
        return Trials(self.models, self.origins[keep], self.kind[keep], self.forecasts[:, keep], actual)


def origins_of(days: int, first: int, step: int, most: int) -> IntArray:
    """At most `most` origins every `step` days, the last leaving a step to compare with; none before `first`."""
    return np.arange(days - step, first - 1, -step, dtype=np.int64)[:most][::-1]


def open_ahead(past: Past, days: int) -> BoolArray:
    """Whether the queue is expected to be open in each slot of the `days` days after the past, shape [days, slots]."""
    known, ahead = past.calendar, past.horizon(days)
    shut = past.shut(days) | (known.factor[ahead] == 0)
    is_open: BoolArray = past.open[known.weekday[ahead]] & ~shut[:, None]
    return is_open


def run_trials(past: Past, offered: FloatArray, models: Sequence[Model], origins: IntArray, horizon: int) -> Trials:
    """Let each model forecast `horizon` days from each origin.

    Parameters
    ----------
    offered : contacts as they came, NaN where unknown, shape [days, slots].
    """
    shape = (len(models), len(origins), horizon, offered.shape[1])
    forecasts = np.full(shape, np.nan)
    actual = np.full(shape[1:], np.nan)
    came = np.where(past.closed[:, None], np.nan, offered)
    for place, origin in enumerate(origins):
        days = min(horizon, past.days - int(origin))
        known = past.before(int(origin))
        is_open = open_ahead(known, days)
        actual[place, :days] = np.where(is_open, came[origin : origin + days], np.nan)
        for number, model in enumerate(models):
            if known.span >= model.needs_days():
                forecasts[number, place, :days] = np.where(is_open, model.forecast(known, days), 0.0)
    beyond = int(past.days + horizon - len(past.calendar))
    weekday = (past.calendar.weekday[0] + len(past.calendar) + np.arange(max(beyond, 0))) % 7
    kind = np.concatenate([past.calendar.kind, weekday])[origins[:, None] + np.arange(horizon)]
    return Trials(tuple(model.name for model in models), origins, kind, forecasts, actual)
