"""The calendar regression and the smoothing, averaged: one knows the calendar's long run, the other the last weeks.

The smoothing's share fades with the distance: a day ahead both count alike, four weeks ahead the regression, which
lets the level return to its mean, hardly shares at all.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasts.models.calendar_regression import daily_totals
from forecasts.models.past import Past
from forecasts.models.profile import day_profiles
from forecasts.models.smoothing import smoothed_totals

SHARE = 0.5
"""Of the smoothing, a day ahead."""

HALF_LIFE_DAYS = 7.0
"""Days ahead after which it has halved."""


@dataclass(frozen=True)
class Average:
    """The weighted geometric mean of the two day models, times a profile by weekday."""

    name: str = "regression and smoothing"

    def needs_days(self) -> int:
        """As the smoothing."""
        return 35

    def forecast(self, past: Past, days: int) -> NDArray[np.float64]:
        """As in the protocol."""
        share = SHARE * 0.5 ** (np.arange(days) / HALF_LIFE_DAYS)
        totals = daily_totals(past, days) ** (1.0 - share) * smoothed_totals(past, days) ** share
        return totals[:, None] * day_profiles(past, days)
