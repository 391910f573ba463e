"""How good a forecast was: one measure a function, one signature.

Each takes what came and what was expected, arrays of one shape, and leaves out where either is unknown (NaN). By
day instead of by interval: give sums over days. MAPE is left out on purpose: intervals have zeros.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

FloatArray = NDArray[np.float64]


def wape(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Weighted absolute percentage error: sum |actual - forecast| / sum actual; NaN when nothing came."""
    came, expected = _known(actual, forecast)
    return _share(np.abs(came - expected).sum(), came.sum())


def bias(actual: ArrayLike, forecast: ArrayLike) -> float:
    """sum (forecast - actual) / sum actual: above 0 means too much was expected."""
    came, expected = _known(actual, forecast)
    return _share((expected - came).sum(), came.sum())


def coverage(actual: ArrayLike, low: ArrayLike, high: ArrayLike) -> float:
    """Share of what came that lies in the band [low, high]."""
    came, bottom, top = _known(actual, low, high)
    return _share(float(((came >= bottom) & (came <= top)).sum()), float(len(came)))


def pinball(actual: ArrayLike, forecast: ArrayLike, level: float) -> float:
    """Mean pinball loss of a forecast quantile, in contacts (Koenker & Bassett 1978)."""
    came, quantile = _known(actual, forecast)
    apart = came - quantile
    return _share(float(np.maximum(level * apart, (level - 1) * apart).sum()), float(len(came)))


def poisson_floor(actual: ArrayLike, forecast: ArrayLike) -> float:
    """The WAPE that Poisson arrivals leave to somebody who knows the true rate, about sqrt(2 / (pi V)).

    The rate is taken to be the forecast; the mean absolute deviation of a Poisson variable of mean m is
    2 m^(floor(m) + 1) e^-m / floor(m)! exactly (De Moivre 1730; Johnson 1957).
    """
    _, expected = _known(actual, forecast)
    return _share(poisson_deviation(expected).sum(), expected.sum())


def excess(actual: ArrayLike, forecast: ArrayLike) -> float:
    """WAPE beyond the Poisson floor: what a better forecast could still win."""
    return wape(actual, forecast) - poisson_floor(actual, forecast)


def poisson_deviation(mean: ArrayLike) -> FloatArray:
    """Mean absolute deviation of Poisson variables, of any shape."""
    rate = np.maximum(np.asarray(mean, dtype=float), 1e-300)
    whole = np.floor(rate)
    return np.asarray(2 * np.exp((whole + 1) * np.log(rate) - rate - gammaln(whole + 1)), dtype=float)


def _known(*values: ArrayLike) -> tuple[FloatArray, ...]:
    arrays = [np.asarray(value, dtype=float).ravel() for value in values]
    known = ~np.isnan(np.stack(arrays)).any(axis=0)
    return tuple(array[known] for array in arrays)


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")
