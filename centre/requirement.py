"""Required staff, the piece of paper that demand hands to the roster."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from centre.grid import Horizon


@dataclass(frozen=True)
class Requirement:
    """Required staff and the service curve of every queue over a horizon.

    Attributes
    ----------
    horizon : the intervals.
    queues : names, in the order of the first axis below.
    volume : expected contacts, [queues, intervals].
    aht_s : expected handle time in seconds, [queues, intervals].
    required : net agents that reach the goals, [queues, intervals].
    gross : agents to roster so that `required` are there after unplanned shrinkage, [queues, intervals].
    curve : expected contacts answered within the queue's time for n = 0..N rostered agents, before shrinkage is
        taken off, [queues, intervals, N + 1]; never falls with n; float32.
    binding : the goal that asks for so many, "" where nobody is needed, [queues, intervals]; None where it is not
        known (a requirement read back from the store).
    """

    horizon: Horizon
    queues: tuple[str, ...]
    volume: NDArray[np.float64]
    aht_s: NDArray[np.float64]
    required: NDArray[np.int64]
    gross: NDArray[np.int64]
    curve: NDArray[np.float32]
    binding: NDArray[np.object_] | None = None

    @classmethod
    def nothing(cls, horizon: Horizon, queues: tuple[str, ...]) -> "Requirement":
        """Nobody is needed: for looking at a roster where no requirement is known."""
        shape = (len(queues), horizon.count)
        none = np.zeros(shape, dtype=np.int64)
        return cls(horizon, queues, np.zeros(shape), np.zeros(shape), none, none, np.zeros((*shape, 1), np.float32))
