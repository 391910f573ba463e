"""Bands around a mean from the model's own past errors (conformal prediction on the square-root scale).

On the square-root scale a Poisson count has a deviation of 1/2 whatever its mean; what the day's level is off by
grows with the root of the mean. Errors divided by that scale are pooled, and their quantiles carried to new means.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

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
    """Bands from past errors, origins by days by slots, NaN where unknown. Few errors lean on a Poisson guess.

    Errors of one origin go together: quantiles are widened as Student's t is against the normal distribution, with
    as many degrees of freedom as there are origins, fewer where their horizons overlap (by the root of the weeks),
    as far as errors are of the level and not Poisson noise.
    """
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
    origins = int((known.any(axis=(1, 2))).sum())
    freedom = max(origins / np.sqrt(max(actual.shape[1] / 7.0, 1.0)), 2.0)
    level = factor * float((mean**2).sum() / mean.sum())
    marks = marks * (1 + (_widening(freedom) - 1) * level / (0.25 + level))
    return Bands(0.25, factor, LEVELS, trust * marks + (1 - trust) * guess.marks)


def _widening(freedom: float) -> FloatArray:
    """Quantiles of Student's t over those of the normal distribution, shape [levels]."""
    middle = np.abs(LEVELS - 0.5) < 0.2
    normal = np.where(middle, 1.0, ndtri(LEVELS))
    ratio: FloatArray = np.where(middle, 1.0, stdtrit(freedom, LEVELS) / normal)
    return ratio
