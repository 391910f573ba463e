"""A figure estimated from weeks of history, with the confidence that its weeks give it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

NORMAL_95 = 1.96


@dataclass(frozen=True)
class Estimate:
    """A figure from the history.

    Attributes
    ----------
    value : NaN where the history cannot tell it.
    low, high : its 95 % confidence interval.
    rests_on : in words, with figures; why it cannot be told where it cannot.
    """

    value: float
    low: float
    high: float
    rests_on: str

    @property
    def known(self) -> bool:
        """Whether the history tells it."""
        return bool(np.isfinite(self.value))


def by_week(values: FloatArray, known: NDArray[np.bool_], weeks: NDArray[np.int64]) -> FloatArray:
    """Sums of what is known, by week, shape [weeks]."""
    each = np.where(known, np.nan_to_num(values), 0.0).sum(axis=1)
    return np.bincount(weeks - weeks[0], each).astype(float)


def ratio(above: FloatArray, below: FloatArray, rests_on: str) -> Estimate:
    """A ratio of sums over weeks, with the confidence that its weeks give it (Cochran 1977, ratio estimator)."""
    whole = float(below.sum())
    value = float(above.sum()) / whole
    seen = below > 0
    number = int(seen.sum())
    if number < 2:
        return Estimate(value, np.nan, np.nan, rests_on)
    off = (above - value * below)[seen]
    half = NORMAL_95 * float(np.sqrt((off**2).sum() * number / (number - 1))) / whole
    return Estimate(value, value - half, value + half, f"{rests_on} in {number} weeks")


def unknown(why: str) -> Estimate:
    """What cannot be told, and why."""
    return Estimate(np.nan, np.nan, np.nan, why)
