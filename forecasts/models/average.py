"""The calendar regression and the smoothing, averaged: one knows the calendar's long run, the other the last weeks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasts.models.calendar_regression import daily_totals
from forecasts.models.past import Past
from forecasts.models.profile import day_profiles
from forecasts.models.smoothing import smoothed_totals


@dataclass(frozen=True)
class Average:
    """The geometric mean of the two day models, times a profile by weekday."""

    name: str = "regression and smoothing"

    def needs_days(self) -> int:
        """As the smoothing."""
        return 35

    def forecast(self, past: Past, days: int) -> NDArray[np.float64]:
        """As in the protocol."""
        totals = np.sqrt(daily_totals(past, days) * smoothed_totals(past, days))
        return totals[:, None] * day_profiles(past, days)
