"""The contacts of a simulated day: when they come, how long they take, how long they would wait."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from centre.compiled import compiled
from centre.errors import InputError
from centre.said import Said

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Contacts:
    """Contacts in order of arrival; all arrays [contacts], times in seconds from the first border.

    Attributes
    ----------
    arrival, queue : when, and the number of the queue.
    handle_s : handle time at speed 1.
    patience_s : how long the caller would wait (infinity: for ever).
    returns_after_s : how long after leaving the caller comes again: tries again, or is due for the callback (infinity:
        never). None: nobody comes again.
    callback : whether who has waited `patience_s` takes a callback in place of giving up. None: nobody does.
    """

    arrival: Floats
    queue: Ints
    handle_s: Floats
    patience_s: Floats
    returns_after_s: Floats | None = None
    callback: NDArray[np.bool_] | None = None

    @classmethod
    def of(cls, arrival: Floats, queue: Ints, handle_s: Floats, patience_s: Floats | None = None) -> "Contacts":
        """Contacts of a record (real calls, say), in any order; without patience they wait for ever."""
        order = np.argsort(arrival, kind="stable")
        patience = np.full(arrival.size, np.inf) if patience_s is None else patience_s[order]
        return cls(arrival[order].astype(float), queue[order].astype(np.int64), handle_s[order], patience)


@dataclass(frozen=True)
class Manners:
    """What callers do who have to wait, and how handle times spread around their mean.

    Attributes
    ----------
    handle_deviation : coefficient of variation of handle times: 1 is exponential, 0 constant, else lognormal.
    handle_sample : handle times of a record to draw from instead, scaled to the mean asked for.
    patience_sample : patience of a record (seconds) to draw from, scaled likewise, instead of exponential patience.
    day_deviation : deviation of a factor, lognormal with mean 1, common to all queues of the day.
    retry_share, retry_after_s : which share of those who give up tries again, and after how long on average.
    callback_share, callback_after_s : which share of the callers takes a callback rather than wait, offered after so
        long a wait; they are called back by the agents of the queue's `callback_queue`.
    """

    handle_deviation: float = 1.0
    handle_sample: Floats | None = None
    patience_sample: Floats | None = None
    day_deviation: float = 0.0
    retry_share: float = 0.0
    retry_after_s: float = 300.0
    callback_share: float = 0.0
    callback_after_s: float = 0.0


def draw_contacts(
    volume: Floats,
    borders: Floats,
    aht_s: Floats,
    patience_s: Sequence[float],
    rng: np.random.Generator,
    manners: Manners | None = None,
) -> Contacts:
    """Draw a day: Poisson arrivals with the given means, evenly spread inside an interval.

    Parameters
    ----------
    volume, aht_s : expected contacts and mean handle time in seconds, [queues, intervals].
    borders : second at which each interval begins, and the end, [intervals + 1].
    patience_s : mean patience of each queue; 0 is endless.
    rng : the only source of randomness.
    manners : all the rest; exponential handle times and patience, nobody comes again, by default.

    Raises
    ------
    InputError : when shapes do not agree or a volume is negative.
    """
    if volume.shape != aht_s.shape or volume.ndim != 2 or borders.shape != (volume.shape[1] + 1,):
        raise InputError(Said("volume and aht_s are [queues, intervals], borders one longer than the intervals"))
    if not (np.all(volume >= 0) and np.all(np.diff(borders) > 0)):
        raise InputError(Said("volumes are not negative, borders rise"))
    how = manners or Manners()
    spread = how.day_deviation**2
    factor = rng.lognormal(-spread / 2, np.sqrt(spread)) if spread > 0 else 1.0
    total = volume.sum(axis=0)
    counts = rng.poisson(total * factor)
    size = int(counts.sum())
    share = np.cumsum(volume, axis=0) / np.where(total > 0, total, 1.0)
    # One draw tells the queue; with one queue none is needed.
    label = rng.random(size) if len(volume) > 1 else np.empty(0)
    handle = _unit(size, how.handle_deviation, how.handle_sample, rng)
    arrival, queue = np.empty(size), np.empty(size, np.int64)
    _place(counts, rng.standard_exponential(size + counts.size), label, borders, share, aht_s, arrival, queue, handle)
    means = np.asarray(patience_s, dtype=float)
    patience = np.full(size, np.inf)
    if np.any(means > 0):
        unit = _unit(size, 1.0, how.patience_sample, rng)
        patience = unit * np.where(means > 0, means, np.inf)[queue]
    return _with_returns(Contacts(arrival, queue, handle, patience), how, rng)


def _with_returns(contacts: Contacts, how: Manners, rng: np.random.Generator) -> Contacts:
    """Who comes again, and who takes a callback."""
    size = contacts.arrival.size
    if how.retry_share == 0 and how.callback_share == 0:
        return contacts
    again = rng.random(size) < how.retry_share
    returns = np.where(again, rng.standard_exponential(size) * how.retry_after_s, np.inf)
    callback = (rng.random(size) < how.callback_share) & (contacts.patience_s >= how.callback_after_s)
    patience = np.where(callback, how.callback_after_s, contacts.patience_s)
    returns[callback] = 0.0
    return Contacts(contacts.arrival, contacts.queue, contacts.handle_s, patience, returns, callback)


@compiled
def _place(
    counts: Ints, gaps: Floats, label: Floats, borders: Floats, share: Floats, aht: Floats, arrival: Floats,
    queue: Ints, handle: Floats,
) -> None:  # fmt: skip
    """Arrival, queue and handle time of each contact, already in order of time.

    Of n uniform points of an interval the sorted ones are running sums of n + 1 exponential gaps over their total; so
    nothing is sorted. `share` is the queues' running share of the volume, [queues, intervals].
    """
    queues = share.shape[0]
    at = 0
    gap = 0
    for i in range(counts.size):
        count = counts[i]
        if count == 0:
            gap += 1
            continue
        total = 0.0
        for k in range(gap, gap + count + 1):
            total += gaps[k]
        begin = borders[i]
        scale = (borders[i + 1] - begin) / total
        run = 0.0
        for _ in range(count):
            run += gaps[gap]
            gap += 1
            mine = 0
            if queues > 1:
                while mine < queues - 1 and label[at] >= share[mine, i]:
                    mine += 1
            arrival[at] = begin + run * scale
            queue[at] = mine
            handle[at] *= aht[mine, i]
            at += 1
        gap += 1


def _unit(size: int, deviation: float, sample: Floats | None, rng: np.random.Generator) -> Floats:
    """Positive draws of mean 1: from a record, or with a coefficient of variation."""
    if sample is not None:
        drawn: Floats = rng.choice(sample, size) / sample.mean()
        return drawn
    if deviation == 0:
        return np.ones(size)
    if deviation == 1:
        return rng.standard_exponential(size)
    spread = np.log1p(deviation**2)
    return rng.lognormal(-spread / 2, np.sqrt(spread), size)
