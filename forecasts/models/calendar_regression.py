"""The day model: log daily total = weekday + calendar + level, times the course of the day.

What a mean of past weeks misses is the calendar: holidays and what they push into the days beside them, the place in
the month, special days (`effects`). The level is carried on as the past tells (`level`), and the day is spread over
its slots (`profile`).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from forecasts.models.effects import effects, unbias
from forecasts.models.level import carry
from forecasts.models.past import Past
from forecasts.models.profile import day_profiles

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class CalendarRegression:
    """Calendar effects on days, times the course of the day."""

    name: str = "calendar regression"

    def needs_days(self) -> int:
        """Three weeks: each weekday seen three times."""
        return 21

    def forecast(self, past: Past, days: int) -> FloatArray:
        """As in the protocol."""
        return daily_totals(past, days)[:, None] * day_profiles(past, days)


@lru_cache(maxsize=1)
def daily_totals(past: Past, days: int) -> FloatArray:
    """Mean contacts of each of the `days` days after the past, shape [days]."""
    if past.silent:
        return np.zeros(days)
    fit = effects(past)
    ahead, before = carry(fit, past.days, days)
    totals: FloatArray = np.exp(fit.fitted[past.horizon(days)] + ahead) * unbias(past, fit, before)
    return totals
