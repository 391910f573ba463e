"""The day model: log daily total = weekday + calendar + level, times the weekday's profile.

What a mean of past weeks misses is the calendar: holidays and what they push into the days beside them, the place in
the month, special days. Their effects are few, seen seldom, and therefore shrunk (ridge); a day that fits nothing
weighs less (Huber 1964, iteratively reweighted); a damped level and a first-order autoregression follow the
residuals.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from centre.compiled import compiled
from forecasts.models.effects import effects, unbias
from forecasts.models.past import Past
from forecasts.models.profile import weekday_profiles

FloatArray = NDArray[np.float64]

GAIN = 0.12
"""Share of a day's surprise that the level keeps."""

DAMPING = 0.99
"""What of the level is left a day later, in the horizon."""

MEMORY = 0.35
"""What of a day's own surprise is left a day later."""


@dataclass(frozen=True)
class CalendarRegression:
    """Calendar effects on days, times a profile by weekday."""

    name: str = "calendar regression"

    def needs_days(self) -> int:
        """Three weeks: each weekday seen three times."""
        return 21

    def forecast(self, past: Past, days: int) -> FloatArray:
        """As in the protocol."""
        ahead = past.calendar.weekday[past.horizon(days)]
        return daily_totals(past, days)[:, None] * weekday_profiles(past)[ahead]


def daily_totals(past: Past, days: int) -> FloatArray:
    """Mean contacts of each of the `days` days after the past, shape [days]."""
    if not (past.running & (past.totals > 0)).any():
        return np.zeros(days)
    fit = effects(past)
    clipped = np.clip(fit.residuals, -3 * fit.spread, 3 * fit.spread)
    levels = _levels(clipped, fit.weights, GAIN)
    since = np.arange(days) + past.days - fit.rows[-1]
    drift = levels[-1] * DAMPING**since + (clipped[-1] - levels[-1]) * MEMORY**since
    before = np.concatenate([[0.0], levels[:-1]])
    factor = unbias(past, fit, before)
    totals: FloatArray = np.exp(fit.fitted[past.horizon(days)] + drift) * factor
    return totals


@compiled
def _levels(residuals: FloatArray, weights: FloatArray, gain: float) -> FloatArray:
    """Exponentially smoothed residuals, shape [n]."""
    levels = np.empty_like(residuals)
    level = 0.0
    for i in range(len(residuals)):
        level += gain * weights[i] * (residuals[i] - level)
        levels[i] = level
    return levels
