"""Service curves as the search uses them: contacts not answered in time, by agents, convex, several queues as one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from centre.compiled import compiled
from centre.requirement import Requirement

Floats = NDArray[np.float64]


def late_of(requirement: Requirement, queues: Sequence[str]) -> Floats:
    """Expected contacts of each interval not answered in time, for 0, 1, ... agents who serve these queues, [i, n].

    Of each queue's curve the least concave one above it is taken, and agents go where the next one helps most: what
    none of the sharing of agents among queues can beat.
    """
    rows = [requirement.queues.index(queue) for queue in queues]
    gains = np.concatenate([concave(requirement.curve[row].astype(float)) for row in rows], axis=1)
    gains = -np.sort(-gains, axis=1)
    served = np.concatenate([np.zeros((gains.shape[0], 1)), np.cumsum(gains, axis=1)], axis=1)
    start = requirement.curve[rows, :, 0].astype(float).sum(axis=0)
    late = requirement.volume[rows].sum(axis=0)[:, None] - start[:, None] - served
    return np.asarray(np.maximum(late, 0.0))


def concave(curve: Floats) -> Floats:
    """Gains from each agent to the next of the least concave curve above each row, [i, n] from [i, n + 1]."""
    gains = np.diff(curve, axis=1)
    if gains.shape[1]:
        _pool(gains)
    return gains


@compiled
def _pool(gains: Floats) -> None:
    """Pool adjacent gains that rise, row by row, until none does (Ayer et al., 1955)."""
    size = gains.shape[1]
    sums, counts = np.zeros(size), np.zeros(size, np.int64)
    for i in range(gains.shape[0]):
        top = 0
        for n in range(size):
            sums[top], counts[top] = gains[i, n], 1
            while top > 0 and sums[top] * counts[top - 1] > sums[top - 1] * counts[top]:
                sums[top - 1] += sums[top]
                counts[top - 1] += counts[top]
                top -= 1
            top += 1
        n = 0
        for block in range(top):
            for _ in range(counts[block]):
                gains[i, n] = sums[block] / counts[block]
                n += 1
