"""Bands around a mean from the model's own past errors (conformal prediction on the square-root scale).

On the square-root scale a Poisson count has a deviation of 1/2 whatever its mean; what the day's level is off by
grows with the root of the mean. Some slots are harder than others for all that (opening, closing, the end of a
Sabbath), by weekday. Errors divided by both are pooled, and their quantiles carried to new means.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from forecasts.calendar import SPECIAL

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FEWEST, ENOUGH = 20, 200
"""Errors below which a normal distribution is taken, and below which it is mixed in."""

POISSON = 0.25
"""Variance of the root of a Poisson count."""

GUESSED_FACTOR = 0.0025
"""A quarter of the squared 10 % by which a day is off when nothing is known."""

HALF_LIFE_ORIGINS = 13.0

SHRINK = 10.0
"""Weighted errors of a slot (of a slot on one weekday) after which its own size counts as much as the size of all
(as that of the slot on all weekdays)."""

SHRINK_DAYS = 4.0
"""Special days after which their own size counts as much as that of all days."""

KINDS = SPECIAL + 1

CUT = 4.0
"""Deviations at which an error is cut where its size is measured."""

LEVELS = np.concatenate([[0.005, 0.01, 0.025], np.linspace(0.05, 0.95, 19), [0.975, 0.99, 0.995]])


@dataclass(frozen=True, eq=False)
class Bands:
    """Quantiles of contacts given their mean.

    Attributes
    ----------
    noise : variance on the square-root scale at mean 0 (1/4 for Poisson counts).
    factor : its growth with the mean: a quarter of the relative variance of the level.
    levels, marks : quantiles of the errors in units of that deviation.
    scale : by how much a slot's errors are larger than that, shape [8, slots] by kind of day (`Calendar.kind`); after
        `at`, of the days asked for.
    """

    noise: float
    factor: float
    levels: FloatArray
    marks: FloatArray
    scale: FloatArray

    def at(self, kind: IntArray | int) -> "Bands":
        """The bands of one kind of day, `scale` of shape [slots]; or of many, `scale` of their shape and [slots]."""
        return replace(self, scale=self.scale[kind])

    def quantile(self, mean: FloatArray, level: float | FloatArray, share: FloatArray | float = 1.0) -> FloatArray:
        """Quantile of the contacts for each mean, never below 0; of the bands of a day (`at`).

        Parameters
        ----------
        mean : shape [slots], or that of the days asked for and [slots].
        level : of all, or of each of the shape of `mean`.
        share : what is left of the level's variance, where a part of it is known by now; of the shape of `mean`.
        """
        mark = np.interp(level, self.levels, self.marks)
        root = np.maximum(np.sqrt(mean) + mark * self.deviation(mean, share), 0.0)
        return np.where(mean > 0, root**2, 0.0)

    def deviation(self, mean: FloatArray, share: FloatArray | float = 1.0) -> FloatArray:
        """Of the root of the contacts, what `marks` are in units of; as `quantile`."""
        deviation: FloatArray = np.sqrt(self.noise + self.factor * share * mean) * self.scale
        return deviation


def fit_bands(actual: FloatArray, forecast: FloatArray, kind: IntArray | None = None) -> Bands:
    """Bands from past errors; few errors lean on a Poisson guess.

    Parameters
    ----------
    actual, forecast : shape [origins, days, slots], NaN where unknown; later origins, whose forecasts had more past
        to learn from, weigh more.
    kind : of each day (`Calendar.kind`), shape [origins, days]; None when slots are alike on all.

    Errors of one origin go together, so the quantiles are widened as Student's t is against the normal
    distribution, with as many degrees of freedom as there are origins, fewer where their horizons overlap, as far as
    the errors of an origin are found to go together.
    """
    known = ~np.isnan(actual) & ~np.isnan(forecast) & (forecast > 0)
    normal = np.asarray(ndtri(LEVELS), dtype=float)
    if known.sum() < FEWEST:
        return Bands(POISSON, GUESSED_FACTOR, LEVELS, normal, np.ones((KINDS, actual.shape[2])))
    age = np.arange(len(actual))[::-1, None, None]
    weight = np.where(known, 0.5 ** (age / HALF_LIFE_ORIGINS), 0.0)
    mean = np.where(known, forecast, 1.0)
    error = np.where(known, np.sqrt(np.where(known, actual, 0.0)) - np.sqrt(mean), 0.0)
    surplus = np.minimum(error**2, 10 * (POISSON + 0.01 * mean)) - POISSON
    factor = max(float((weight * surplus * mean).sum() / (weight * mean**2).sum()), 0.0)
    ratio = error / np.sqrt(POISSON + factor * mean)
    scale = _scale(ratio, weight, kind)
    ratio = ratio / (scale[kind] if kind is not None else scale[0])
    marks = _weighted_quantiles(ratio[known], weight[known])
    origins = int(known.any(axis=(1, 2)).sum())
    freedom = max(origins / np.sqrt(max(actual.shape[1] / 7.0, 1.0)), 2.0)
    marks = marks * (1 + _widening(freedom) * _together(np.where(known, ratio, 0.0), known, weight))
    trust = min(float(known.sum()) / ENOUGH, 1.0)
    return Bands(POISSON, factor, LEVELS, trust * marks + (1 - trust) * normal, scale)


def _scale(ratio: FloatArray, weight: FloatArray, kind: IntArray | None) -> FloatArray:
    """Size of the errors of each slot on each kind of day against that of all, shape [KINDS, slots].

    Special days are sized as a whole: there are too few of them for single slots.
    """
    size = np.minimum(np.abs(ratio), CUT)
    usual = max(float((weight * size).sum() / weight.sum()), 1e-6)
    by_slot = weight.sum(axis=(0, 1))
    slot = ((weight * size).sum(axis=(0, 1)) + SHRINK * usual) / (by_slot + SHRINK)
    if kind is None:
        return np.broadcast_to(slot / usual, (KINDS, len(slot)))
    scale = np.empty((KINDS, len(slot)))
    for day in range(SPECIAL):
        behind = np.where((kind == day)[:, :, None], weight, 0.0)
        scale[day] = ((behind * size).sum(axis=(0, 1)) + SHRINK * slot) / (behind.sum(axis=(0, 1)) + SHRINK)
    special = np.where((kind == SPECIAL)[:, :, None], weight, 0.0)
    days = float((special.sum(axis=2) > 0).sum())
    larger = float((special * size).sum()) / max(float((special * slot).sum()), 1e-9)
    scale[SPECIAL] = slot * (days * larger + SHRINK_DAYS) / (days + SHRINK_DAYS)
    return scale / usual


def _weighted_quantiles(values: FloatArray, weight: FloatArray) -> FloatArray:
    order = np.argsort(values)
    ranks = np.cumsum(weight[order])
    marks: FloatArray = np.interp(LEVELS, (ranks - weight[order] / 2) / ranks[-1], values[order])
    return marks


def _together(ratio: FloatArray, known: NDArray[np.bool_], weight: FloatArray) -> float:
    """How far the errors of one origin go together: their mean correlation, 0 to 1."""
    cut = np.clip(ratio, -CUT, CUT)
    number = known.sum(axis=(1, 2)).astype(float)
    of_origin = weight.max(axis=(1, 2))
    squares = (cut**2).sum(axis=(1, 2))
    products = float((of_origin * (cut.sum(axis=(1, 2)) ** 2 - squares)).sum())
    pairs = float((of_origin * number * (number - 1)).sum())
    usual = float((of_origin * squares).sum() / (of_origin * number).sum())
    return min(max(products / max(pairs * usual, 1e-12), 0.0), 1.0)


def _widening(freedom: float) -> FloatArray:
    """By how much the quantiles of Student's t lie beyond those of the normal distribution, shape [levels]."""
    off_middle = np.abs(LEVELS - 0.5) > 0.01
    normal = np.where(off_middle, ndtri(LEVELS), 1.0)
    beyond: FloatArray = np.where(off_middle, stdtrit(freedom, LEVELS) / normal - 1.0, 0.0)
    return beyond
