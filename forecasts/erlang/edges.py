"""Where one agent more is needed: edges in the load, found once for each set of goals and then looked up.

A forecast asks the same question for thousands of loads. With patience, threshold and target fixed, the service level
falls as the load rises (the wait grows in the likelihood-ratio order), so n servers do up to an edge in the load. The
edge is known to a bracket whose ends were both tried: a load on either side needs no formula, one inside it is tried
itself, so that the answer is that of the search, always.
"""

import math

import numpy as np

from centre.compiled import compiled
from forecasts.erlang.arguments import Floats
from forecasts.erlang.metrics import service_level_at
from forecasts.erlang.poisson import below

ROUNDING = 1e-12
"""Share of what is missing that passes for nothing."""

PLACES, MOST_SERVERS = 1024, 1024
"""Sets of goals kept at a time, and servers up to which their edges are."""

OFTEN = 4
"""Times a set of goals is asked for before its edges are worth finding."""

WORTH_KEEPING = 2000
"""Loads from which it pays to keep edges at all."""

WIDTH = 1.0 / 128.0
"""Width of a bracket in erlangs."""


@compiled
def reaches_service_level(n: float, a: float, g: float, t: float, definition: int, short: float, target: float) -> bool:
    """Whether n servers reach the target, rounding forgiven."""
    return service_level_at(below(n, a), n, a, g, t, definition, short) + ROUNDING * (1.0 - target) >= target


@compiled
def place_of(keys: Floats, counts: Floats, low: Floats, g: float, t: float, short: float, target: float) -> int:
    """The place of a set of goals; another one that stood there is forgotten.

    Parameters
    ----------
    keys : the sets kept, shape [places, 4].
    counts : how often each was asked for, shape [places].
    low : lower ends of the brackets, negative where not found yet, shape [places, servers].
    """
    places = len(counts)
    spread = g * 0.6180339887498949 + t * 0.7548776662466927 + short * 0.8191725133961645 + target * 0.5698402909980532
    mixed = spread * 9973.0
    place = int((mixed - math.floor(mixed)) * places) % places
    key = keys[place]
    if counts[place] == 0.0 or key[0] != g or key[1] != t or key[2] != short or key[3] != target:
        if counts[place] >= OFTEN:
            low[place] = -1.0
        key[0], key[1], key[2], key[3] = g, t, short, target
        counts[place] = 0.0
    counts[place] += 1.0
    return place


@compiled
def least_by_edges(
    low: Floats, high: Floats, guess: float, a: float, g: float, t: float, definition: int, short: float, target: float
) -> float:
    """Fewest servers that reach the service level, from a guess; -1 where they pass the table.

    Parameters
    ----------
    low, high : brackets of the edge of each number of servers, found where they are needed, shape [servers].
    """
    n = int(guess)
    if n >= len(low):
        return -1.0
    while not _does(low, high, n, a, g, t, definition, short, target):
        n += 1
        if n >= len(low):
            return -1.0
    while n > 0 and _does(low, high, n - 1, a, g, t, definition, short, target):
        n -= 1
    return float(n)


@compiled
def _does(
    low: Floats, high: Floats, n: int, a: float, g: float, t: float, definition: int, short: float, target: float
) -> bool:
    if n == 0:
        return False
    if low[n] < 0.0:
        low[n], high[n] = _edge(float(n), a, g, t, definition, short, target)
    if a <= low[n]:
        return True
    if a >= high[n]:
        return False
    return reaches_service_level(float(n), a, g, t, definition, short, target)


@compiled
def _edge(
    n: float, near: float, g: float, t: float, definition: int, short: float, target: float
) -> tuple[float, float]:
    """A load that n servers manage and one they do not, close to each other."""
    step = 0.5
    if reaches_service_level(n, near, g, t, definition, short, target):
        low = near
        while reaches_service_level(n, low + step, g, t, definition, short, target):
            low += step
            step *= 2.0
        high = low + step
    else:
        high = near
        while high > step and not reaches_service_level(n, high - step, g, t, definition, short, target):
            high -= step
            step *= 2.0
        low = max(high - step, 0.0)
    while high - low > WIDTH:
        middle = 0.5 * (low + high)
        if reaches_service_level(n, middle, g, t, definition, short, target):
            low = middle
        else:
            high = middle
    return low, high


def empty_edges(loads: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Keys, counts and brackets for a search of so many loads; of no place where it does not pay."""
    places = PLACES if loads >= WORTH_KEEPING else 0
    shape = (places, MOST_SERVERS)
    return np.zeros((places, 4)), np.zeros(places), np.full(shape, -1.0), np.empty(shape)
