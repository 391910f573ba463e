"""Outbound calls in the pauses of inbound: one more agent of a blended team does more than his own share.

The policy of Bhulai & Koole (2003): whoever is free places an outbound call as long as fewer than a threshold of agents
are busy; above it the free are kept for callers. Nobody is ever busy below the threshold then, so that the number in
the system is the chain of Erlang C or A without its states below, and the outbound work done is what keeps them busy
beyond the inbound load. Outbound calls are taken to be as long as inbound ones; where they are not, work counts, not
calls.
"""

import numpy as np

from centre.compiled import compiled
from forecasts.channels.channel import Floats, Ints
from forecasts.erlang.metrics import service_level_at
from forecasts.erlang.poisson import beyond
from forecasts.erlang.waiting import served_share


@compiled
def _kept_busy(n: int, threshold: int, a: float, g: float) -> tuple[float, float]:
    """Chance of somebody idle relative to that of all just busy, and mean busy agents; a > 0, and n > a or g > 0."""
    low = busy = 0.0
    term = 1.0
    for x in range(n, threshold, -1):
        term *= x / a
        low += term
        busy += term * (x - 1)
    above = beyond(n * g, a * g) if g > 0.0 else a / (n - a)
    return low, (busy + n * (1.0 + above)) / (low + 1.0 + above)


@compiled
def outbound_load(
    n: int, a: float, g: float, t: float, target: float, definition: int, short: float
) -> tuple[float, int]:
    """Most outbound work, in erlangs, that n agents do beside a load of a, and its threshold; times in handle times.

    The highest threshold that keeps the service level is found by halving: it falls as the threshold rises.
    """
    if a <= 0.0:
        return float(n), n
    if g == 0.0 and n <= a:
        return 0.0, 0
    least, most = 0, n
    low, busy = _kept_busy(n, 0, a, g)
    if service_level_at(low, n, a, g, t, definition, short) < target * (1.0 - 1e-12):
        return 0.0, 0
    while most > least:
        middle = (least + most + 1) // 2
        low, busy = _kept_busy(n, middle, a, g)
        if service_level_at(low, n, a, g, t, definition, short) < target * (1.0 - 1e-12):
            most = middle - 1
        else:
            least = middle
    low, busy = _kept_busy(n, least, a, g)
    return max(0.0, busy - a * served_share(low, n, a, g)[0]), least


@compiled
def blended_staff(
    inbound: Ints, load: Floats, outbound: Floats, patience: Floats, within: Floats, target: float, definition: int,
    short: Floats, occupancy: float,
) -> Ints:  # fmt: skip
    """Agents needed beyond those for inbound so that the outbound work is done and the service level kept.

    Parameters
    ----------
    inbound, load, outbound : agents inbound needs alone, its load, and the outbound load in erlangs, [intervals].
    patience, within, short : in handle times, [intervals].
    occupancy : highest share of busy time of everybody together. With outbound alone it is all there is to keep.
    """
    out = np.zeros(load.size, np.int64)
    for i in range(load.size):
        b = outbound[i]
        if b <= 0.0:
            continue
        alone = int(np.ceil(b / occupancy * (1.0 - 1e-12)))
        if load[i] <= 0.0:
            out[i] = max(0, alone - inbound[i])
            continue
        least = max(inbound[i], int(np.ceil((load[i] + b) / occupancy * (1.0 - 1e-12))))
        n = least
        while n < inbound[i] + alone:
            done, _ = outbound_load(n, load[i], patience[i], within[i], target, definition, short[i])
            if done >= b * (1.0 - 1e-12):
                break
            n += 1
        out[i] = min(n, inbound[i] + alone) - inbound[i]
    return out


@compiled
def free_load(
    inbound: Ints, load: Floats, patience: Floats, within: Floats, target: float, definition: int, short: Floats
) -> Floats:
    """Outbound work in erlangs that the agents of inbound do in their pauses, nobody else being there, [intervals]."""
    out = np.zeros(load.size)
    for i in range(load.size):
        out[i] = outbound_load(inbound[i], load[i], patience[i], within[i], target, definition, short[i])[0]
    return out
