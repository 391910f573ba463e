"""Exponential smoothing of calendar-adjusted days, times the weekday's profile.

Level, damped trend and weekday season on the logarithm (Gardner & McKenzie 1985; Winters 1960), with the smoothing
constants that would have forecast the past best. Where the level wanders, it beats effects fitted over months.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from centre.compiled import compiled
from forecasts.models.effects import effects, unbias
from forecasts.models.past import Past
from forecasts.models.profile import weekday_profiles

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

CONSTANTS = tuple(product((0.03, 0.07, 0.15, 0.3, 0.5), (0.0, 0.02, 0.1), (0.0, 0.05, 0.15)))
"""Smoothing constants that are tried: of the level, of the trend as a share of the level's, of the season."""

DAMPING = 0.97


@dataclass(frozen=True)
class Smoothing:
    """Exponential smoothing of days, times a profile by weekday."""

    name: str = "exponential smoothing"

    def needs_days(self) -> int:
        """Five weeks, for the choice of three constants."""
        return 35

    def forecast(self, past: Past, days: int) -> FloatArray:
        """As in the protocol."""
        ahead = past.calendar.weekday[past.horizon(days)]
        return smoothed_totals(past, days)[:, None] * weekday_profiles(past)[ahead]


def smoothed_totals(past: Past, days: int) -> FloatArray:
    """Mean contacts of each of the `days` days after the past, shape [days]."""
    if not (past.running & (past.totals > 0)).any():
        return np.zeros(days)
    fit = effects(past)
    series = np.full(past.days, np.nan)
    series[fit.rows] = np.clip(fit.residuals, -3 * fit.spread, 3 * fit.spread)
    best, score = CONSTANTS[0], np.inf
    for constants in CONSTANTS:
        _, error = _smooth(series, past.weekday, *constants, DAMPING)
        if error < score:
            best, score = constants, error
    state, _ = _smooth(series, past.weekday, *best, DAMPING)
    steps = np.arange(1, days + 1)
    trend = np.cumsum(DAMPING**steps)
    drift = state[0] + state[1] * trend + state[2:][past.calendar.weekday[past.horizon(days)]]
    factor = unbias(past, fit, np.zeros(len(fit.rows)))
    totals: FloatArray = np.exp(fit.fitted[past.horizon(days)] + drift) * factor
    return totals


@compiled
def _smooth(
    series: FloatArray, weekday: IntArray, gain: float, trend_gain: float, season_gain: float, damping: float
) -> tuple[FloatArray, float]:
    """Run the filter over a series with gaps (NaN); the last state (level, trend, season of 7) and its mean
    squared error one day ahead, the first four weeks left out."""
    state = np.zeros(9)
    error, number = 0.0, 0
    for i in range(len(series)):
        state[1] *= damping
        state[0] += state[1]
        if np.isnan(series[i]):
            continue
        surprise = series[i] - state[0] - state[2 + weekday[i]]
        if i >= 28:
            error += surprise * surprise
            number += 1
        state[0] += gain * surprise
        state[1] += gain * trend_gain * surprise
        state[2 + weekday[i]] += season_gain * (1 - gain) * surprise
    return state, error / max(number, 1)
