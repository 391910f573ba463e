"""How much the arrival rate itself may differ from its forecast, as a handful of scenarios.

The quantiles of a forecast are those of counts: they hold the Poisson noise that the Erlang formulas know already. On
the square-root scale that noise has variance 1/4 whatever the mean; what is left of the distance between the quantiles
is the uncertainty of the rate, taken as normal on that scale (so the rate stays positive and is skewed to the right).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, roots_hermitenorm

from centre.errors import InputError
from centre.said import Said

Floats = NDArray[np.float64]

RULES = ("mean", "expected", "chance")
"""What the staffing may be chosen on: the mean forecast; the service level expected over its distribution; a chance
that the service level is reached."""

_NODES = 7
_POISSON_VARIANCE = 0.25


def root_deviation(low: Floats, high: Floats, share: float) -> Floats:
    """Standard deviation of the rate on the square-root scale.

    Parameters
    ----------
    low, high : quantiles of the contacts at (1 - share) / 2 and (1 + share) / 2.
    """
    counts = (np.sqrt(np.maximum(high, 0.0)) - np.sqrt(np.maximum(low, 0.0))) / (2.0 * ndtri(0.5 + share / 2.0))
    deviation: Floats = np.sqrt(np.maximum(counts**2 - _POISSON_VARIANCE, 0.0))
    return deviation


def scenarios(mean: Floats, deviation: Floats) -> tuple[Floats, Floats]:
    """Weights [7] and rates [7, intervals] with the mean kept exactly (Gauss and Hermite's points)."""
    points, weights = roots_hermitenorm(_NODES)
    weights = weights / weights.sum()
    rates = rates_at(mean, deviation, points[:, None])
    kept = weights @ rates
    return weights, rates * np.divide(mean, kept, out=np.zeros_like(mean), where=kept > 0)


def rates_at(mean: Floats, deviation: Floats, normal: Floats | float) -> Floats:
    """The rate that lies `normal` deviations from the middle on the square-root scale."""
    spread = np.minimum(deviation, np.sqrt(mean))
    rate: Floats = np.maximum(np.sqrt(mean - spread**2) + spread * normal, 0.0) ** 2
    return rate


def day_volumes(mean: Floats, day_mean: Floats, day_q10: Floats, day_q90: Floats, chance: float) -> Floats:
    """The volumes [1, intervals] of a day whose level is not passed with probability `chance`.

    A goal over the day is missed when the day as a whole is busier than staffed for; noise of single intervals evens
    out within it. So the day's rate is moved to its quantile, all intervals with it.

    Parameters
    ----------
    day_mean, day_q10, day_q90 : of the whole local day of each interval, [intervals].

    Raises
    ------
    InputError : for a chance outside (0, 1).
    """
    checked_chance(chance)
    rate = rates_at(day_mean, root_deviation(day_q10, day_q90, 0.8), float(ndtri(chance)))
    factor = np.divide(rate, day_mean, out=np.ones_like(rate), where=day_mean > 0)
    return (mean * factor)[None, :]


def checked_chance(chance: float) -> None:
    """Raises
    ------
    InputError : for a chance outside (0, 1).
    """
    if not 0.0 < chance < 1.0:
        raise InputError(
            Said("chance: found {chance!r}; allowed: above 0, below 1 (nine days of ten is 0.9)", chance=chance)
        )


def volumes_for(rule: str, mean: Floats, q10: Floats, q90: Floats, chance: float) -> tuple[Floats, Floats]:
    """Weights and volumes [scenarios, intervals] to staff on.

    `mean`: the forecast itself. `expected`: scenarios over which the service level is averaged. `chance`: the rate
    that is not passed with probability `chance`, which is as much as to reach the service level with that probability,
    since it falls as the rate rises.

    Raises
    ------
    InputError : for a chance outside (0, 1).
    """
    if rule == "mean":
        return np.ones(1), mean[None, :]
    deviation = root_deviation(q10, q90, 0.8)
    if rule == "expected":
        return scenarios(mean, deviation)
    checked_chance(chance)
    return np.ones(1), rates_at(mean, deviation, float(ndtri(chance)))[None, :]
