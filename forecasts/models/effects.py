"""Calendar effects on the logarithm of a day's volume, by robust ridge regression."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasts.calendar import Calendar
from forecasts.models.past import Past

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

HALF_LIFE_DAYS = 112.0
"""Sixteen weeks: after them a day weighs half in what a weekday is like."""

EFFECT = 0.2
"""Prior standard deviation of a calendar effect, and of one holiday's difference from the others (0.7 of it)."""

WEEKDAY = 3.0
"""Prior standard deviation of a weekday's level: as good as free."""

REWEIGHTINGS = 3
HUBER = 2.0
"""Residuals past this many standard deviations weigh less."""


@dataclass(frozen=True)
class Effects:
    """A fitted log volume = base + weekday + calendar + residual.

    Attributes
    ----------
    rows : days the fit rests on, shape [n].
    residuals : what the fit leaves of them, shape [n].
    weights : robust weights of them, 1 for a day that fits, shape [n].
    spread : robust standard deviation of the residuals.
    fitted : base + weekday + calendar + log of the given factor, for every row of the calendar, shape [calendar].
        (-inf where the factor is 0.)
    """

    rows: IntArray
    residuals: FloatArray
    weights: FloatArray
    spread: float
    fitted: FloatArray


def effects(past: Past) -> Effects:
    """Fit weekday and calendar effects to the days known; there must be at least one with contacts."""
    known = past.calendar
    given = known.factor
    rows = np.flatnonzero(past.running & (past.totals > 0) & (given[: past.days] > 0))
    with np.errstate(divide="ignore"):
        log_factor = np.log(given)
    target = np.log(past.totals[rows]) - log_factor[rows]
    base = float(np.median(target))
    design = np.column_stack([np.eye(7)[known.weekday], known.features])
    prior = np.concatenate([np.full(7, WEEKDAY), _priors(known)])
    discount = 0.5 ** ((past.days - 1 - rows) / HALF_LIFE_DAYS)
    robust = np.ones(len(rows))
    spread = 0.1
    fit, coefficients = design[rows], np.zeros(design.shape[1])
    for _ in range(REWEIGHTINGS + 1):
        weighted = fit * (discount * robust)[:, None]
        gram = weighted.T @ fit + np.diag(spread**2 / prior**2)
        coefficients = np.linalg.solve(gram, weighted.T @ (target - base))
        residuals = target - base - fit @ coefficients
        spread = max(1.4826 * float(np.median(np.abs(residuals))), 1e-3)
        robust = np.minimum(1.0, HUBER * spread / np.maximum(np.abs(residuals), 1e-12))
    return Effects(rows, residuals, robust, spread, base + design @ coefficients + log_factor)


def _priors(known: Calendar) -> FloatArray:
    return np.array([EFFECT * (0.7 if ":" in column else 1.0) for column in known.columns])


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
