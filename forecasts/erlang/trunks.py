"""Erlang B turned round: how many lines for a load, how much load for a number of lines."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from centre.compiled import compiled
from forecasts.erlang import arguments
from forecasts.erlang.arguments import Answer, Floats
from forecasts.erlang.poisson import below


@compiled
def _fewest_lines(load: Floats, blocking: Floats) -> NDArray[np.int64]:
    out = np.zeros(load.size, dtype=np.int64)
    for i in range(load.size):
        free = 0.0
        lines = 0
        while load[i] > 0.0 and blocking[i] * (1.0 + 1e-12) * (1.0 + free) < 1.0:
            lines += 1
            free = lines / load[i] * (1.0 + free)
        out[i] = lines
    return out


@compiled
def _largest_load(lines: Floats, blocking: Floats) -> Floats:
    """By halving on the logarithm of the load, whose blocking rises with it."""
    out = np.zeros(lines.size)
    for i in range(lines.size):
        low = -700.0
        high = math.log((lines[i] + 1.0) / (1.0 - blocking[i])) if lines[i] > 0.0 else low
        while high - low > 1e-15 * max(1.0, abs(high)):
            middle = 0.5 * (low + high)
            if middle in (low, high):
                break
            if blocking[i] * (1.0 + below(lines[i], math.exp(middle))) >= 1.0:
                low = middle
            else:
                high = middle
        out[i] = math.exp(low) if lines[i] > 0.0 else 0.0
    return out


def required_lines(load: ArrayLike, blocking: ArrayLike) -> Answer:
    """Fewest lines at which at most the share `blocking` (above 0 to 1) of `load` erlangs is lost (Erlang B).

    An int for plain numbers, else an int64 array of the common shape. Raises InputError for wrong numbers.
    """
    shape, (a, share) = arguments.broadcast(
        arguments.at_least_0("load", load), arguments.share_above_0("blocking", blocking)
    )
    return arguments.shaped(_fewest_lines(a, share), shape)


def load_for_blocking(lines: ArrayLike, blocking: ArrayLike) -> Answer:
    """Largest load in erlangs of which `lines` whole lines lose at most the share `blocking` (above 0, below 1).

    Raises InputError for wrong numbers.
    """
    shape, (n, share) = arguments.broadcast(
        arguments.whole("lines", lines),
        arguments.numbers("blocking", blocking, "a share above 0, below 1", lambda x: (x > 0.0) & (x < 1.0)),
    )
    return arguments.shaped(_largest_load(n, share), shape)
