"""Possible courses of the days to come: the joint distribution, drawn.

Quantiles by interval cannot be added up: a busy day is busy in the morning and in the afternoon. Paths carry the
level, the day and its waves (`forecasts.components`) through all intervals, with Poisson noise on top; how often a
day's total is how large is then set right by the bands of whole days, which are measured and not modelled.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forecasts.bands import Bands
from forecasts.components import Components

FloatArray = NDArray[np.float64]


def sample_paths(
    mean: FloatArray,
    components: Sequence[Components],
    day_bands: Sequence[Bands],
    grid_minutes: int,
    number: int,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Draw contacts of every interval, `number` times.

    Parameters
    ----------
    mean : expected contacts, shape [days, slots].
    components : what the forecast of each day is off by, length days.
    day_bands : bands of each day's total, length days.

    Returns
    -------
    Counts, shape [number, days, slots]; the paths' days have the quantiles of `day_bands`.
    """
    days, slots = mean.shape
    level = rng.standard_normal((number, 1))
    paths = np.empty((number, days, slots), dtype=np.int64)
    for day, parts in enumerate(components):
        deviations = np.sqrt(np.log1p([parts.level, parts.day, parts.wave, parts.interval]))
        log_rate = (
            deviations[0] * level
            + deviations[1] * rng.standard_normal((number, 1))
            + deviations[2] * _waves(rng, number, slots, np.exp(-grid_minutes / parts.memory_minutes))
            + deviations[3] * rng.standard_normal((number, slots))
            - (deviations**2).sum() / 2
        )
        rates = mean[day] * np.exp(log_rate)
        totals = _totals(rng.poisson(rates.sum(axis=1)), float(mean[day].sum()), day_bands[day], rng)
        shares = rates / np.maximum(rates.sum(axis=1, keepdims=True), 1e-300)
        paths[:, day] = rng.multinomial(totals, shares) if mean[day].sum() > 0 else 0
    return paths


def _totals(drawn: NDArray[np.int64], mean: float, band: Bands, rng: np.random.Generator) -> NDArray[np.int64]:
    """Totals in the order of those drawn, with the quantiles of the day's band; shape [number]."""
    ranks = np.empty(len(drawn))
    ranks[np.lexsort((rng.random(len(drawn)), drawn))] = (np.arange(len(drawn)) + 0.5) / len(drawn)
    wanted = band.quantile(np.full(len(drawn), mean), ranks)
    return np.floor(wanted + rng.random(len(drawn))).astype(np.int64)


def _waves(rng: np.random.Generator, number: int, slots: int, keep: float) -> FloatArray:
    """Stationary waves of variance 1 that keep a share of their height from slot to slot, shape [number, slots]."""
    shocks = rng.standard_normal((number, slots)) * np.sqrt(1 - keep**2)
    shocks[:, 0] /= np.sqrt(1 - keep**2)
    from scipy.signal import lfilter  # takes half a second to load: only who draws waits for it

    waves: FloatArray = lfilter([1.0], [1.0, -keep], shocks, axis=1)
    return waves
