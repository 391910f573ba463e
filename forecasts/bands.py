"""Bands around a mean from the model's own past errors (conformal prediction on the square-root scale).

On the square-root scale a Poisson count has a deviation of 1/2 whatever its mean; what the day's level is off by
grows with the root of the mean. Errors divided by that scale are pooled, and their quantiles carried to new means.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

FloatArray = NDArray[np.float64]

FEWEST = 200
"""Errors below which the pool is topped up with a normal distribution."""


@dataclass(frozen=True)
class Bands:
    """Quantiles of contacts given their mean.

    Attributes
    ----------
    noise : variance on the square-root scale at mean 0 (1/4 for Poisson counts).
    factor : its growth with the mean: a quarter of the relative variance of the level.
    levels, marks : quantiles of the errors in units of that deviation.
    """

    noise: float
    factor: float
    levels: FloatArray
    marks: FloatArray

    def deviation(self, mean: FloatArray) -> FloatArray:
        """Standard deviation on the square-root scale."""
        deviation: FloatArray = np.sqrt(self.noise + self.factor * mean)
        return deviation

    def quantile(self, mean: FloatArray, level: float) -> FloatArray:
        """Quantile of the contacts for each mean, never below 0."""
        mark = float(np.interp(level, self.levels, self.marks))
        root = np.maximum(np.sqrt(mean) + mark * self.deviation(mean), 0.0)
        return np.where(mean > 0, root**2, 0.0)


LEVELS = np.concatenate([[0.005, 0.01, 0.025], np.linspace(0.05, 0.95, 19), [0.975, 0.99, 0.995]])


def fit_bands(actual: FloatArray, forecast: FloatArray) -> Bands:
    """Bands from past errors; arrays of one shape, NaN where unknown. Few errors lean on a Poisson guess."""
    known = ~np.isnan(actual) & ~np.isnan(forecast) & (forecast > 0)
    came, mean = actual[known], forecast[known]
    guess = Bands(0.25, 0.0025, LEVELS, np.asarray(ndtri(LEVELS), dtype=float))
    if len(came) < 20:
        return guess
    error = np.sqrt(came) - np.sqrt(mean)
    factor = max(float(((error**2 - 0.25).clip(max=10 * (0.25 + 0.01 * mean)) * mean).sum() / (mean**2).sum()), 0.0)
    scale = Bands(0.25, factor, LEVELS, LEVELS)
    ratio = error / scale.deviation(mean)
    marks = np.quantile(ratio, LEVELS)
    trust = min(len(ratio) / FEWEST, 1.0)
    return Bands(0.25, factor, LEVELS, trust * marks + (1 - trust) * guess.marks)
