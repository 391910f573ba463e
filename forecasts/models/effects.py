"""Calendar effects on the logarithm of a day's volume, by robust ridge regression.

log(volume of a day) = weekday it is like + calendar effects + what the level does; the days are discounted, and the
effects are measured against the level around them, so that growth is not taken for a calendar effect. The ridge is a
prior: effects of a group (holidays' neighbours, places in the month, single holidays, notes of special days) are
drawn from a normal distribution around 0, whose width the effects found so far tell (empirical Bayes, as in MacKay
1992), so that places in the month cost nothing where they do not matter.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from centre.compiled import compiled
from forecasts.calendar import PLACES, Calendar
from forecasts.models.past import Past

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

HALF_LIFE_DAYS = 300.0
"""After so many days a day weighs half in what a weekday, or a holiday, is like."""

GROUPS = {"weekday": 3.0, "neighbour": 0.25, "place": 0.08, "single": 0.25}
"""Prior standard deviation of the effects of a group. A weekday's level is as good as free."""

PRIOR_EFFECTS = 8.0
"""As many effects as the prior width of a group counts for, against those found."""

LEVEL_HALF_LIFE_DAYS = 56.0
"""Days on either side of a day after which another weighs half in the level around it."""

CLIP = 3.0
"""Standard deviations past which a day does not move the level further."""

HALF = 0.5
"""Added to a day's total, so that a day without contacts has a logarithm."""

PASSES = 8
HUBER = 1.345
"""Residuals past this many standard deviations weigh less (Huber 1964; 95 % efficient when nothing is wrong)."""


@dataclass(frozen=True)
class Effects:
    """A fitted log volume = base + weekday + calendar + residual.

    Attributes
    ----------
    rows : days the fit rests on, shape [n].
    residuals : what the fit leaves of them: the level and what is off it, days that are far off it clipped, shape [n].
    weights : robust weights of them, 1 for a day that fits, shape [n].
    level : the level around each day, shape [n].
    spread : robust standard deviation of what is off the level.
    fitted : base + weekday + calendar + log of the given factor, for every row of the calendar, shape [calendar]
        (-inf where the factor is 0).
    """

    rows: IntArray
    residuals: FloatArray
    weights: FloatArray
    level: FloatArray
    spread: float
    fitted: FloatArray


@lru_cache(maxsize=1)
def effects(past: Past) -> Effects:
    """Fit weekday and calendar effects to the days known; there must be at least one with contacts."""
    known = past.calendar
    rows = np.flatnonzero(past.running & (known.factor[: past.days] > 0))
    with np.errstate(divide="ignore"):
        log_factor = np.log(known.factor)
    target = np.log(past.totals[rows] + HALF) - log_factor[rows]
    base = float(np.median(target))
    design = np.column_stack([np.eye(7)[past.like], known.features])
    groups = _groups(known)
    fit = design[rows]
    touched = np.abs(fit).sum(axis=0) > 0
    discount = 0.5 ** ((past.days - 1 - rows) / HALF_LIFE_DAYS)
    width, robust, spread = dict(GROUPS), np.ones(len(rows)), 0.1
    coefficients, level = np.zeros(design.shape[1]), np.zeros(len(rows))
    for _ in range(PASSES):
        prior = np.array([width[group] for group in groups])
        products, with_target = _products(fit, discount * robust, target - base - level)
        covariance = np.linalg.inv(products + np.diag(spread**2 / prior**2))
        coefficients = covariance @ with_target
        off = target - base - fit @ coefficients - level
        spread = max(1.4826 * float(np.median(np.abs(off))), 1e-3)
        robust = np.minimum(1.0, HUBER * spread / np.maximum(np.abs(off), 1e-12))
        moments = coefficients**2 + spread**2 * np.diag(covariance)
        for group in ("neighbour", "place"):
            mine = touched & (groups == group)
            total = PRIOR_EFFECTS * GROUPS[group] ** 2 + moments[mine].sum()
            width[group] = float(np.sqrt(total / (PRIOR_EFFECTS + mine.sum())))
        level = _around(off + level, robust, rows, LEVEL_HALF_LIFE_DAYS)
        level -= float((discount * level).sum() / discount.sum())
    left = target - base - fit @ coefficients
    residuals = np.clip(left, level - CLIP * spread, level + CLIP * spread)
    return Effects(rows, residuals, robust, level, spread, base + design @ coefficients + log_factor)


@compiled
def _products(columns: FloatArray, weights: FloatArray, target: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weighted products of the columns with each other, [k, k], and with the target, [k].

    Most of a day's columns are 0 and passed over. Matrix products of a library that starts threads for so narrow a
    matrix took ten times as long, on a busy machine more.
    """
    days, number = columns.shape
    own, others = np.zeros((number, number)), np.zeros(number)
    touched = np.empty(number, np.int64)
    for day in range(days):
        some = 0
        for column in range(number):
            if columns[day, column] != 0.0:
                touched[some] = column
                some += 1
        for i in range(some):
            weighted = weights[day] * columns[day, touched[i]]
            others[touched[i]] += weighted * target[day]
            for j in range(some):
                own[touched[i], touched[j]] += weighted * columns[day, touched[j]]
    return own, others


@compiled
def _around(values: FloatArray, weights: FloatArray, rows: IntArray, half_life: float) -> FloatArray:
    """The weighted mean around each value, weights falling exponentially with the days between, shape [n]."""
    number = len(values)
    sums, behind = np.zeros(number), np.zeros(number)
    total = weight = 0.0
    for i in range(number):
        if i > 0:
            keep = 0.5 ** ((rows[i] - rows[i - 1]) / half_life)
            total, weight = total * keep, weight * keep
        total += weights[i] * values[i]
        weight += weights[i]
        sums[i], behind[i] = total, weight
    total = weight = 0.0
    for i in range(number - 1, -1, -1):
        sums[i] += total
        behind[i] += weight
        if i > 0:
            keep = 0.5 ** ((rows[i] - rows[i - 1]) / half_life)
            total = (total + weights[i] * values[i]) * keep
            weight = (weight + weights[i]) * keep
    return sums / behind


def _groups(known: Calendar) -> NDArray[np.str_]:
    def group(column: str) -> str:
        return "single" if ":" in column else "place" if column in PLACES else "neighbour"

    return np.array(["weekday"] * 7 + [group(column) for column in known.columns])


def unbias(past: Past, fit: Effects, levels: FloatArray) -> float:
    """The factor that turns fitted medians into means: discounted contacts over discounted expectation.

    Parameters
    ----------
    levels : what was added to the fit on each of its rows, on the log scale, shape [n].
    """
    expected = np.exp(fit.fitted[fit.rows] + levels)
    actual = np.minimum(past.totals[fit.rows], expected * np.exp(3.0 * fit.spread))
    discount = 0.5 ** ((past.days - 1 - fit.rows) / HALF_LIFE_DAYS)
    return float((discount * actual).sum() / (discount * expected).sum())
