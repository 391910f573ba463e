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
from forecasts.models.profile import day_profiles

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
        return smoothed_totals(past, days)[:, None] * day_profiles(past, days)


def smoothed_totals(past: Past, days: int) -> FloatArray:
    """Mean contacts of each of the `days` days after the past, shape [days]."""
    if past.silent:
        return np.zeros(days)
    fit = effects(past)
    weekday = past.like[fit.rows]
    best, score = CONSTANTS[0], np.inf
    for constants in CONSTANTS:
        _, _, error = _smooth(fit.residuals, fit.weights, weekday, fit.rows, *constants, DAMPING)
        if error < score:
            best, score = constants, error
    state, before, _ = _smooth(fit.residuals, fit.weights, weekday, fit.rows, *best, DAMPING)
    since = np.arange(days) + past.days - fit.rows[-1]
    slope = DAMPING * (1 - DAMPING**since) / (1 - DAMPING)
    drift = state[0] + state[1] * slope + state[2:][past.like[past.horizon(days)]]
    totals: FloatArray = np.exp(fit.fitted[past.horizon(days)] + drift) * unbias(past, fit, before)
    return totals


@compiled
def _smooth(
    values: FloatArray,
    weights: FloatArray,
    weekday: IntArray,
    rows: IntArray,
    gain: float,
    trend_gain: float,
    season_gain: float,
    damping: float,
) -> tuple[FloatArray, FloatArray, float]:
    """Run the filter over the days known: its last state (level, trend, season of 7), what it would have said of
    each day, and its mean absolute error, the first four weeks left out."""
    state = np.zeros(9)
    said = np.zeros(len(values))
    error, number = 0.0, 0
    for i in range(len(values)):
        for _ in range(rows[i] - rows[i - 1] if i > 0 else 0):
            state[1] *= damping
            state[0] += state[1]
        said[i] = state[0] + state[2 + weekday[i]]
        surprise = values[i] - said[i]
        if i >= 28:
            error += abs(surprise)
            number += 1
        state[0] += max(gain, 1.0 / (i + 1.0)) * weights[i] * surprise
        state[1] += gain * trend_gain * weights[i] * surprise
        state[2 + weekday[i]] += season_gain * (1 - gain) * weights[i] * surprise
    return state, said, error / max(number, 1)
