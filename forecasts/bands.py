"""Bands around a mean from the model's own past errors (conformal prediction on the square-root scale).

On the square-root scale a Poisson count has a deviation of 1/2 whatever its mean; what the day's level is off by
grows with the root of the mean. Errors divided by that scale are pooled, and their quantiles carried to new means.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

FloatArray = NDArray[np.float64]

FEWEST, ENOUGH = 20, 200
"""Errors below which a normal distribution is taken, and below which it is mixed in."""

POISSON = 0.25
"""Variance of the root of a Poisson count."""

GUESSED_FACTOR = 0.0025
"""A quarter of the squared 10 % by which a day is off when nothing is known."""

HALF_LIFE_ORIGINS = 13.0

WIDENING = 0.5
"""Share of Student's widening that is taken: most origins share their level with a few others, not with all."""


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

    def quantile(self, mean: FloatArray, level: float | FloatArray, share: FloatArray | float = 1.0) -> FloatArray:
        """Quantile of the contacts for each mean, never below 0.

        Parameters
        ----------
        level : of all, or of each of the shape of `mean`.
        share : what is left of the level's variance, where a part of it is known by now; of the shape of `mean`.
        """
        mark = np.interp(level, self.levels, self.marks)
        root = np.maximum(np.sqrt(mean) + mark * np.sqrt(self.noise + self.factor * share * mean), 0.0)
        return np.where(mean > 0, root**2, 0.0)


LEVELS = np.concatenate([[0.005, 0.01, 0.025], np.linspace(0.05, 0.95, 19), [0.975, 0.99, 0.995]])


def fit_bands(actual: FloatArray, forecast: FloatArray) -> Bands:
    """Bands from past errors; few errors lean on a Poisson guess.

    Parameters
    ----------
    actual, forecast : shape [origins, days, slots], NaN where unknown; later origins, whose forecasts had more past
        to learn from, weigh more.

    Errors of one origin go together, so the far quantiles are widened as Student's t is against the normal
    distribution, with as many degrees of freedom as there are origins, fewer where their horizons overlap, as far as
    the errors are of the level and not Poisson noise.
    """
    known = ~np.isnan(actual) & ~np.isnan(forecast) & (forecast > 0)
    came, mean = actual[known], forecast[known]
    guess = Bands(POISSON, GUESSED_FACTOR, LEVELS, np.asarray(ndtri(LEVELS), dtype=float))
    if len(came) < FEWEST:
        return guess
    age = np.arange(len(actual))[::-1, None, None]
    weight = np.broadcast_to(0.5 ** (age / HALF_LIFE_ORIGINS), known.shape)[known]
    error = np.sqrt(came) - np.sqrt(mean)
    surplus = np.minimum(error**2, 10 * (POISSON + 0.01 * mean)) - POISSON
    factor = max(float((weight * surplus * mean).sum() / (weight * mean**2).sum()), 0.0)
    ratio = error / replace(guess, factor=factor).deviation(mean)
    marks = _weighted_quantiles(ratio, weight)
    origins = int(known.any(axis=(1, 2)).sum())
    freedom = max(origins / np.sqrt(max(actual.shape[1] / 7.0, 1.0)), 2.0)
    level = factor * float((mean**2).sum() / mean.sum())
    marks = marks * (1 + WIDENING * _widening(freedom) * level / (POISSON + level))
    trust = min(len(ratio) / ENOUGH, 1.0)
    return Bands(POISSON, factor, LEVELS, trust * marks + (1 - trust) * guess.marks)


def _weighted_quantiles(values: FloatArray, weight: FloatArray) -> FloatArray:
    order = np.argsort(values)
    ranks = np.cumsum(weight[order])
    marks: FloatArray = np.interp(LEVELS, (ranks - weight[order] / 2) / ranks[-1], values[order])
    return marks


def _widening(freedom: float) -> FloatArray:
    """By how much the outer quantiles of Student's t lie beyond those of the normal distribution, shape [levels]."""
    outer = np.minimum(LEVELS, 1 - LEVELS) < 0.06
    normal = np.where(outer, ndtri(LEVELS), 1.0)
    beyond: FloatArray = np.where(outer, stdtrit(freedom, LEVELS) / normal - 1.0, 0.0)
    return beyond
