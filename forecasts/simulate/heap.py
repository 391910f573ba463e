"""A binary heap of times with an item each, in two arrays that have room: what the event loop waits for."""

import numpy as np
from numpy.typing import NDArray

from centre.compiled import compiled_bare

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@compiled_bare
def push(times: Floats, items: Ints, size: int, time: float, item: int) -> int:
    """Add one. Returns the new size."""
    i = size
    while i > 0:
        parent = (i - 1) >> 1
        if times[parent] <= time:
            break
        times[i], items[i] = times[parent], items[parent]
        i = parent
    times[i], items[i] = time, item
    return size + 1


@compiled_bare
def pop(times: Floats, items: Ints, size: int) -> int:
    """Take the first off (read `times[0]` and `items[0]` before). Returns the new size."""
    size -= 1
    replace_first(times, items, size, times[size], items[size])
    return size


@compiled_bare
def replace_first(times: Floats, items: Ints, size: int, time: float, item: int) -> None:
    """Put another in the place of the first: half the work of taking one off and adding one.

    The gap sinks to the bottom along the smaller children, without looking at `time`, then the new one climbs from
    there, mostly not at all: one comparison a level, whose outcome steers no branch (Wegener 1993).
    """
    gap = 0
    child = 1
    while child + 1 < size:
        child += times[child + 1] < times[child]
        times[gap], items[gap] = times[child], items[child]
        gap = child
        child = 2 * gap + 1
    if child < size:
        times[gap], items[gap] = times[child], items[child]
        gap = child
    while gap > 0:
        parent = (gap - 1) >> 1
        if times[parent] <= time:
            break
        times[gap], items[gap] = times[parent], items[parent]
        gap = parent
    times[gap], items[gap] = time, item
