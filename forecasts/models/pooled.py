"""For young and tiny queues: one level, what can be learned of the week, one course of the day."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasts.models.past import Past
from forecasts.models.profile import day_profiles

FloatArray = NDArray[np.float64]

HALF_LIFE_DAYS = 56.0
SHRINK_DAYS = 1.0
SHRINK_CONTACTS = 30.0
"""A weekday's own mean counts in full when it has far more days, and contacts, than these behind it."""


@dataclass(frozen=True)
class Pooled:
    """A discounted mean day, weekdays shrunk towards it, times a pooled profile."""

    name: str = "pooled mean"

    def needs_days(self) -> int:
        """A single day."""
        return 1

    def forecast(self, past: Past, days: int) -> FloatArray:
        """As in the protocol."""
        known = past.calendar
        ahead = past.like[past.horizon(days)]
        return (weekday_means(past)[ahead] * known.factor[past.horizon(days)])[:, None] * day_profiles(past, days)


def weekday_means(past: Past) -> FloatArray:
    """Expected contacts of a plain day of each weekday, shape [7]."""
    if past.silent:
        return np.zeros(7)
    use = past.plain & past.running
    if not use.any():
        use = past.running
    weight = np.where(use, 0.5 ** ((past.days - 1 - np.arange(past.days)) / HALF_LIFE_DAYS), 0.0)
    totals = np.where(use, np.nan_to_num(past.totals), 0.0)
    number = np.bincount(past.weekday, weight, 7)
    contacts = np.bincount(past.weekday, weight * totals, 7)
    if number.sum() == 0:
        return np.zeros(7)
    mean = contacts.sum() / number.sum()
    behind = np.minimum(number / (number + SHRINK_DAYS), contacts / (contacts + SHRINK_CONTACTS))
    own = np.divide(contacts, number, out=np.full(7, mean), where=number > 0)
    shrunk: FloatArray = behind * own + (1 - behind) * mean
    return shrunk
