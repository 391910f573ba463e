"""The contacts of a rehearsed day: when they come, how long they take, how long they wait."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from centre.grid import Horizon
from centre.queues import Queue

FOR_EVER_S = 10_000_000.0
DAY_SPREAD = 0.06
"""Standard deviation of the day's common factor on a logarithmic scale: days are busier or quieter than planned."""

HANDLE_SPREAD = 0.7
"""Coefficient of variation of handle times."""

TALK_SHARE = 0.85


class Demand(Protocol):
    """Expected contacts and handle times; a `Requirement` is one.

    `volume` and `aht_s` are of shape [queues, intervals].
    """

    @property
    def horizon(self) -> Horizon: ...
    @property
    def queues(self) -> tuple[str, ...]: ...
    @property
    def volume(self) -> NDArray[np.float64]: ...
    @property
    def aht_s(self) -> NDArray[np.float64]: ...


@dataclass(frozen=True)
class Arrivals:
    """The contacts of one queue, in order of arrival; arrays of shape [contacts], seconds.

    `at` is UTC; `talk_s` and `wrap_s` are for an agent of speed 1.
    """

    queue: str
    at: NDArray[np.float64]
    talk_s: NDArray[np.float64]
    wrap_s: NDArray[np.float64]
    patience_s: NDArray[np.float64]


def arrivals(queue: Queue, demand: Demand, window: tuple[int, int], seed: int, factor: float) -> Arrivals:
    """Draw a queue's contacts over [start, end), UTC seconds.

    A Poisson process with the rate of each interval times `factor`; handle times are lognormal about the interval's
    mean, patience exponential. The same seed and queue give the same contacts whatever else there is.
    """
    row = demand.queues.index(queue.name)
    starts = demand.horizon.starts
    inside = (starts >= window[0]) & (starts < window[1])
    rng = np.random.default_rng([seed, *queue.name.encode()])
    count = rng.poisson(np.nan_to_num(demand.volume[row, inside]) * factor)
    return _contacts(queue, demand, starts[inside], count, rng)


def handling(queue: Queue, demand: Demand, starts: NDArray[np.int64], count: NDArray[np.int64], seed: int) -> Arrivals:
    """Contacts whose number in each interval from `starts` on is known, as of a real day; the rest is drawn."""
    order = np.argsort(starts, kind="stable")
    rng = np.random.default_rng([seed, *queue.name.encode()])
    return _contacts(queue, demand, starts[order], count[order], rng)


def _contacts(
    queue: Queue, demand: Demand, starts: NDArray[np.int64], count: NDArray[np.int64], rng: np.random.Generator
) -> Arrivals:
    begin = np.repeat(starts, count)
    length = int(np.diff(starts).min()) if len(starts) > 1 else demand.horizon.step
    at = begin + rng.random(len(begin)) * length
    order = np.argsort(at, kind="stable")
    row = demand.queues.index(queue.name)
    place = np.clip((begin - demand.horizon.begin) // demand.horizon.step, 0, demand.horizon.count - 1)
    mean = np.nan_to_num(demand.aht_s[row, place], nan=queue.aht_s)[order]
    sigma = np.sqrt(np.log1p(HANDLE_SPREAD**2))
    handle = np.where(mean > 0, mean, queue.aht_s) * rng.lognormal(-(sigma**2) / 2, sigma, len(at))
    patience = rng.exponential(queue.patience_s, len(at)) if queue.patience_s else np.full(len(at), FOR_EVER_S)
    return Arrivals(queue.name, at[order], handle * TALK_SHARE, handle * (1 - TALK_SHARE), patience)


def day_factor(seed: int) -> float:
    """How much busier than planned the whole day is."""
    return float(np.random.default_rng([seed, 7]).lognormal(-(DAY_SPREAD**2) / 2, DAY_SPREAD))
