"""Offered load when arrivals rise and fall: it follows them with the lag of the handle time.

The stationary load, arrival rate times handle time, takes every interval as if it had always been like that. The
modified offered load (Jennings, Mandelbaum, Massey & Whitt 1996) is the mean number of contacts in service if nobody
ever had to wait, m' = rate - m / AHT; used in the same formulas it is right where arrivals change fast or contacts take
long. Measured against simulation in `benchmarks/README.md`.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from centre.compiled import compiled
from centre.errors import InputError
from centre.said import Said
from forecasts.erlang import arguments
from forecasts.erlang.arguments import Floats


@compiled
def _follow(volume: Floats, aht: Floats, start: NDArray[np.int64], length: float) -> Floats:
    out = np.empty_like(volume)
    for row in range(volume.shape[0]):
        busy = 0.0
        for t in range(volume.shape[1]):
            if t > 0:
                busy *= math.exp(-(start[t] - start[t - 1] - length) / aht[t])
            limit = volume[row, t] * aht[t] / length
            decay = -math.expm1(-length / aht[t])
            out[row, t] = limit + (busy - limit) * decay * aht[t] / length
            busy += (limit - busy) * decay
    return out


def modified_load(volume: ArrayLike, aht_s: ArrayLike, start_s: ArrayLike, interval_minutes: float) -> Floats:
    """Mean modified offered load of each interval, in erlangs; nobody is in service before the first.

    Parameters
    ----------
    volume : expected contacts, [intervals] or [scenarios, intervals].
    aht_s : mean handle time in seconds, above 0, [intervals] or one for all.
    start_s : UTC second at which each interval begins, rising by at least an interval, [intervals]. In a gap nothing
        comes in.
    interval_minutes : length of an interval.

    Raises
    ------
    InputError : for negative or missing numbers, or starts that do not rise by an interval.
    """
    contacts = arguments.at_least_0("volume", volume)
    start = np.asarray(start_s, dtype=np.int64)
    aht = np.ascontiguousarray(np.broadcast_to(arguments.above_0("aht_s", aht_s), start.shape))
    length = 60.0 * interval_minutes
    if contacts.shape[-1:] != start.shape:
        raise InputError(
            Said("start_s: found {size} starts for {shape} intervals", size=start.size, shape=contacts.shape[-1:])
        )
    if (np.diff(start) < length).any():
        raise InputError(
            Said(
                "start_s: allowed: starts that rise by at least {interval_minutes:g} minutes",
                interval_minutes=interval_minutes,
            )
        )
    return _follow(np.ascontiguousarray(contacts.reshape(-1, start.size)), aht, start, length).reshape(contacts.shape)
