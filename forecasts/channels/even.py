"""The most even way to do work between a lower and an upper running total, on top of a base load."""

import numpy as np

from forecasts.channels.channel import Floats


def evenly(lower: Floats, upper: Floats, base: Floats) -> Floats:
    """Running total X with lower <= X <= upper and X never falling that makes sum (base + increment)^2 smallest.

    `lower` and `upper` are running totals that never fall, lower <= upper; X ends at the end of `upper`. Minimising the
    squares also makes the highest of base + increment as low as the bounds allow.

    By decomposition (Fujishige 1980; Vidal, Jaillet & Maculan 2016 for chains of bounds): spread the whole as if there
    were no bounds between, by filling the valleys of the base to one level; where a bound is broken worst, the best
    total lies on it; so split there and do both parts alike.
    """
    total = np.empty(upper.size)
    parts = [(0, upper.size, 0.0, float(upper[-1]) if upper.size else 0.0)]
    while parts:
        begin, end, start, finish = parts.pop()
        if begin >= end:
            continue
        here = slice(begin, end)
        path = start + np.cumsum(_fill(base[here], finish - start))
        path[-1] = finish
        over, under = path - upper[here], lower[here] - path
        worst = np.maximum(over, under)
        worst[-1] = 0.0
        k = int(np.argmax(worst))
        if worst[k] <= 1e-9 * max(1.0, finish):
            total[here] = path
            continue
        level = float(upper[begin + k] if over[k] > under[k] else lower[begin + k])
        level = min(max(level, start), finish)
        parts += [(begin, begin + k + 1, start, level), (begin + k + 1, end, level, finish)]
    return total


def _fill(base: Floats, amount: float) -> Floats:
    """Pour `amount` onto `base` as water finds its level: max(0, level - base), adding up to `amount`."""
    heights = np.sort(base)
    poured = heights * np.arange(1, base.size + 1) - np.cumsum(heights)  # to raise the lowest k to the k-th height
    k = int(np.searchsorted(poured, amount, side="right"))
    level = (amount + heights[:k].sum()) / k
    filled: Floats = np.maximum(level - base, 0.0)
    return filled
