"""Where the level goes: what is left of the days once the calendar is taken out, carried into the horizon.

A damped local trend (Gardner & McKenzie 1985) with a first-order autoregression on top, its constants those that
would have carried this queue's past best; a level that keeps returning to its mean is let return.
"""

from itertools import product

import numpy as np
from numpy.typing import NDArray

from centre.compiled import compiled
from forecasts.models.effects import Effects

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

USUAL = (0.12, 0.0, 0.35, 0.985)
"""Gain of the level, gain of the trend (as a share), memory of a day's own surprise, daily return of the level: the
constants of a queue too young to tell. Others have to be better, not only different."""

CONSTANTS = np.array(
    list(product((0.04, 0.08, 0.12, 0.2, 0.35), (0.0, 0.03, 0.1), (0.0, 0.2, 0.35, 0.5, 0.65), (0.97, 0.985, 1.0)))
)

STEP = np.array([0.7, 0.05, 0.15, 0.015])
"""A step away from the usual, in each constant (of the gain on the logarithm)."""

COST = 0.01
"""What a step away costs, as a share of the error."""

TREND_DAMPING = 0.98
LEADS = np.array([1, 3, 7, 14, 21, 28])
"""Days ahead at which constants are judged."""

WARM_UP = 28

YEAR = 364
"""Days of a year in whole weeks."""

SHRINK_MONTHS = 3.0
"""Months of comparison with last year that count half."""


def carry(fit: Effects, origin: int, days: int) -> tuple[FloatArray, FloatArray]:
    """The level of the days to come, and what would have been said of each past day a day before.

    Returns
    -------
    ahead : on the log scale, for the `days` days from `origin`, shape [days].
    before : one day ahead for each row of the fit, shape [n].
    """
    values, weights = fit.residuals, fit.weights
    constants = _choose(values, weights, CONSTANTS, np.array(USUAL), STEP, COST, LEADS)
    states = _states(values, weights, constants)
    since = np.arange(days) + origin - fit.rows[-1]
    ahead = _say(states[-1], constants, since.astype(np.float64)) + _last_year(fit, states, constants, origin, days)
    before = np.zeros(len(states))
    before[1:] = states[:-1] @ np.array([constants[3], _say_slope(1.0), constants[2]])
    return ahead, before


def _last_year(fit: Effects, states: FloatArray, constants: FloatArray, origin: int, days: int) -> FloatArray:
    """What the level did after these days a year ago, as far as that has told the level before; shape [days].

    The share taken is the slope of past errors on last year's moves, shrunk by how many months it rests on.
    """
    rows = fit.rows
    every = np.arange(rows[0], rows[-1] + 1)
    level = np.interp(every, rows, fit.level)
    months = (len(every) - YEAR - LEADS[-1]) / 28.0
    if months < 1.0:
        return np.zeros(days)
    values = np.interp(every, rows, fit.residuals)
    place = np.searchsorted(rows, every, side="right") - 1
    products = squares = 0.0
    for lead in LEADS[LEADS >= 7]:
        now = np.arange(YEAR, len(every) - lead)
        slope = _say_slope(float(lead))
        state = states[place[now]]
        said = state[:, 0] * constants[3] ** lead + state[:, 1] * slope + state[:, 2] * constants[2] ** lead
        error = values[now + lead] - said
        moved = level[now + lead - YEAR] - level[now - YEAR]
        products += float((moved * error).sum())
        squares += float((moved**2).sum())
    share = np.clip(products / max(squares, 1e-9), 0.0, 1.0) * months / (months + SHRINK_MONTHS)
    then = np.arange(origin, origin + days) - rows[0] - YEAR
    base = level[min(origin - 1 - rows[0] - YEAR, len(level) - 1)]
    moves: FloatArray = share * (level[np.minimum(then, len(level) - 1)] - base)
    return moves


@compiled
def _states(values: FloatArray, weights: FloatArray, constants: FloatArray) -> FloatArray:
    """Level, trend and own surprise after each value, shape [n, 3]."""
    gain, trend_gain = constants[0], constants[1]
    states = np.empty((len(values), 3))
    level = trend = 0.0
    for i in range(len(values)):
        # The first days find the level quickly, as a mean would.
        keep = max(gain, 1.0 / (i + 1.0)) * weights[i]
        trend *= TREND_DAMPING
        level += trend
        surprise = values[i] - level
        level += keep * surprise
        trend += gain * trend_gain * weights[i] * surprise
        states[i, 0], states[i, 1], states[i, 2] = level, trend, values[i] - level
    return states


@compiled
def _say_slope(lead: float) -> float:
    """Days of undamped trend that `lead` damped ones amount to."""
    damped: float = TREND_DAMPING * (1.0 - TREND_DAMPING**lead) / (1.0 - TREND_DAMPING)
    return damped


@compiled
def _say(state: FloatArray, constants: FloatArray, lead: FloatArray) -> FloatArray:
    """The value `lead` days after a state."""
    memory, reverts = constants[2], constants[3]
    slope = TREND_DAMPING * (1.0 - TREND_DAMPING**lead) / (1.0 - TREND_DAMPING)
    said: FloatArray = state[0] * reverts**lead + state[1] * slope + state[2] * memory**lead
    return said


@compiled
def _choose(
    values: FloatArray,
    weights: FloatArray,
    candidates: FloatArray,
    usual: FloatArray,
    step: FloatArray,
    cost: float,
    leads: IntArray,
) -> FloatArray:
    """The constants with the least mean absolute error, each lead's relative to that of the usual constants."""
    number = len(values)
    if number < 2 * WARM_UP + leads[-1]:
        return usual
    scale = np.ones(len(leads))
    best, found = np.inf, usual
    for candidate in range(-1, len(candidates)):
        constants = usual if candidate < 0 else candidates[candidate]
        states = _states(values, weights, constants)
        error = 0.0
        for place in range(len(leads)):
            lead = leads[place]
            slope = TREND_DAMPING * (1.0 - TREND_DAMPING**lead) / (1.0 - TREND_DAMPING)
            memory, reverts = constants[2] ** lead, constants[3] ** lead
            part = 0.0
            for i in range(WARM_UP, number - lead):
                said = states[i, 0] * reverts + states[i, 1] * slope + states[i, 2] * memory
                part += abs(values[i + lead] - said)
            part /= number - lead - WARM_UP
            if candidate < 0:
                scale[place] = max(part, 1e-9)
            error += part / scale[place]
        away = abs(np.log(constants[0] / usual[0])) / step[0]
        for k in range(1, 4):
            away += abs(constants[k] - usual[k]) / step[k]
        error *= 1.0 + cost * away
        if error < best:
            best, found = error, constants
    return found
