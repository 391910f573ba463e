"""What a forecast is off by, taken apart: the level, the day, waves within the day, single intervals, Poisson noise.

The rate of an interval is its forecast times (1 + level + day + wave + interval): the level is common to a stretch of
days, the day to its intervals, a wave fades exponentially within the day, and counts are Poisson around the rate
(Avramidis, Deslauriers & L'Ecuyer 2004 and Oreshkin, Reegnard & L'Ecuyer 2016 model arrivals alike). The variances
are found from how past errors go together at each distance: the products of two errors know no Poisson noise.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

CAP = 4.0
"""Standard deviations at which an error is cut: one incident must not become the queue's nature."""

MEMORIES_MINUTES = (30.0, 60.0, 120.0, 240.0, 480.0)
"""How long waves may last: after so many minutes 1/e of one is left."""


@dataclass(frozen=True)
class Components:
    """Relative variances of what a forecast is off by.

    Attributes
    ----------
    level : common to all days of a stretch.
    day : common to a day's intervals.
    wave : within the day; `memory_minutes` after which 1/e of a wave is left.
    interval : of single intervals, beyond Poisson noise.
    """

    level: float
    day: float
    wave: float
    memory_minutes: float
    interval: float

    @property
    def rate(self) -> float:
        """Relative variance of an interval's rate."""
        return self.level + self.day + self.wave + self.interval

    def covariance(self, slots: int, grid_minutes: int) -> FloatArray:
        """Relative covariance of a day's rates, the level included, single intervals left out; shape [slots, slots]."""
        apart = np.abs(np.subtract.outer(np.arange(slots), np.arange(slots))) * grid_minutes
        together: FloatArray = self.level + self.day + self.wave * np.exp(-apart / self.memory_minutes)
        return together


NONE = Components(0.0, 0.0, 0.0, MEMORIES_MINUTES[0], 0.0)


def find_components(actual: FloatArray, forecast: FloatArray, grid_minutes: int) -> Components:
    """Take past errors apart.

    Parameters
    ----------
    actual, forecast : contacts by origin, day ahead and slot, NaN where unknown, shape [origins, days, slots].
    """
    known = ~np.isnan(actual) & ~np.isnan(forecast) & (forecast > 0)
    if known.sum() < 20:
        return NONE
    mean = np.where(known, forecast, 0.0)
    error = np.where(known, actual - forecast, 0.0)
    total = max(float((error**2 - mean).sum() / (mean**2).sum()), 0.0)
    limit = CAP * np.sqrt(mean + total * mean**2)
    error = np.clip(error, -limit, limit)
    whole = max(float((error**2 - mean).sum() / (mean**2).sum()), 0.0)
    level = _between_days(error, mean)
    lags, shared = _within_day(error, mean)
    day, wave, memory = _split(lags * grid_minutes, shared)
    level = min(level, day)
    return Components(level, day - level, wave, memory, max(whole - day - wave, 0.0))


def _between_days(error: FloatArray, mean: FloatArray) -> float:
    """Relative covariance of different days of one origin."""
    days, means = error.sum(axis=2), mean.sum(axis=2)
    products = (days.sum(axis=1) ** 2 - (days**2).sum(axis=1)).sum()
    weights = (means.sum(axis=1) ** 2 - (means**2).sum(axis=1)).sum()
    return max(float(products / weights), 0.0) if weights > 0 else 0.0


def _within_day(error: FloatArray, mean: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Relative covariance of two intervals of a day by their distance in slots: distances and values."""
    slots = error.shape[2]
    lags, shared = [], []
    for lag in range(1, max(2, slots * 3 // 4)):
        weight = float((mean[:, :, lag:] * mean[:, :, : slots - lag]).sum())
        if weight > 0:
            lags.append(float(lag))
            shared.append(float((error[:, :, lag:] * error[:, :, : slots - lag]).sum()) / weight)
    return np.array(lags), np.array(shared)


def _split(minutes: FloatArray, shared: FloatArray) -> tuple[float, float, float]:
    """Day, wave and memory that fit the covariance over the distance best, neither variance below 0."""
    if not len(shared):
        return 0.0, 0.0, MEMORIES_MINUTES[0]
    best, found = np.inf, (max(float(shared.mean()), 0.0), 0.0, MEMORIES_MINUTES[0])
    weight = 1.0 / (1.0 + minutes / 120.0)
    for memory in MEMORIES_MINUTES:
        fade = np.exp(-minutes / memory)
        for columns in ((True, True), (True, False), (False, True)):
            design = np.column_stack([np.ones_like(fade), fade])[:, columns]
            root = np.sqrt(weight)[:, None]
            solved, *_ = np.linalg.lstsq(design * root, shared * root[:, 0], rcond=None)
            if (solved < 0).any():
                continue
            parts = np.zeros(2)
            parts[list(columns)] = solved
            misfit = float((weight * (shared - parts[0] - parts[1] * fade) ** 2).sum())
            if misfit < best:
                best, found = misfit, (float(parts[0]), float(parts[1]), memory)
    return found
