"""The contacts of a simulated day: when they come, how long they take, how long they would wait."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from centre.errors import InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Contacts:
    """Contacts in order of arrival; all arrays [contacts], times in seconds from the first border.

    Attributes
    ----------
    arrival, queue : when, and the number of the queue.
    handle_s : handle time at speed 1.
    patience_s : how long the caller would wait (infinity: for ever).
    returns_after_s : how long after giving up the caller tries again (infinity: never).
    """

    arrival: Floats
    queue: NDArray[np.int64]
    handle_s: Floats
    patience_s: Floats
    returns_after_s: Floats

    @classmethod
    def of(
        cls, arrival: Floats, queue: NDArray[np.int64], handle_s: Floats, patience_s: Floats | None = None
    ) -> "Contacts":
        """Contacts of a record (real calls, say), in any order; without patience they wait for ever."""
        order = np.argsort(arrival, kind="stable")
        endless = np.full(arrival.size, np.inf)
        patience = endless if patience_s is None else patience_s[order]
        return cls(arrival[order].astype(float), queue[order].astype(np.int64), handle_s[order], patience, endless)


def draw_contacts(
    volume: Floats,
    borders: Floats,
    aht_s: Floats,
    patience_s: Sequence[float],
    rng: np.random.Generator,
    *,
    handle_deviation: float = 1.0,
    day_deviation: float = 0.0,
    retry_share: float = 0.0,
    retry_after_s: float = 300.0,
) -> Contacts:
    """Draw a day: Poisson arrivals with the given means, evenly spread inside an interval.

    Parameters
    ----------
    volume, aht_s : expected contacts and mean handle time in seconds, [queues, intervals].
    borders : second at which each interval begins, and the end, [intervals + 1].
    patience_s : mean of the exponential patience of each queue; 0 is endless.
    rng : the only source of randomness.
    handle_deviation : coefficient of variation of handle times: 1 is exponential, 0 constant, else lognormal.
    day_deviation : deviation of a factor, lognormal with mean 1, common to all queues of the day.
    retry_share, retry_after_s : which share of those who give up tries again, and after how long on average.

    Raises
    ------
    InputError : when shapes do not agree or a volume is negative.
    """
    if volume.shape != aht_s.shape or volume.ndim != 2 or borders.shape != (volume.shape[1] + 1,):
        raise InputError("volume and aht_s are [queues, intervals], borders one longer than the intervals")
    if not (np.all(volume >= 0) and np.all(np.diff(borders) > 0)):
        raise InputError("volumes are not negative, borders rise")
    spread = day_deviation**2
    factor = rng.lognormal(-spread / 2, np.sqrt(spread)) if spread > 0 else 1.0
    counts = rng.poisson(volume * factor)
    queue, interval = (index.repeat(counts.ravel()) for index in np.divmod(np.arange(volume.size), volume.shape[1]))
    arrival = borders[interval] + rng.random(queue.size) * np.diff(borders)[interval]
    handle = aht_s[queue, interval] * _unit_handle(queue.size, handle_deviation, rng)
    patience = _patience(np.asarray(patience_s, dtype=float)[queue], rng)
    returns = np.where(rng.random(queue.size) < retry_share, rng.exponential(retry_after_s, queue.size), np.inf)
    order = np.argsort(arrival, kind="stable")
    return Contacts(arrival[order], queue[order].astype(np.int64), handle[order], patience[order], returns[order])


def _unit_handle(size: int, deviation: float, rng: np.random.Generator) -> Floats:
    if deviation == 0:
        return np.ones(size)
    if deviation == 1:
        return rng.exponential(1.0, size)
    spread = np.log1p(deviation**2)
    return rng.lognormal(-spread / 2, np.sqrt(spread), size)


def _patience(mean: Floats, rng: np.random.Generator) -> Floats:
    unit = rng.exponential(1.0, mean.size)
    return np.where(mean > 0, unit * mean, np.inf)
