"""Coverage: how many stand where, what is wanted, and what shortage and surplus cost.

People of one component (queues joined by the people who serve several of them) share it. By max-flow and min-cut the
shortage of an instant is the largest, over sets of queues, of what the set wants less all those who can serve any
queue of it: a flexible agent counts once. A component with few queues keeps every set, one with many the sets that
can be tight: what a choice of groups cannot reach, single queues, and all of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ALL_SETS = 6
"""Up to so many queues every set of them is kept."""

MOST_SETS = 96

STEEP = 0.05
"""Two short in one interval cost more than one short in each of two: the square of the shortage counts so much."""


@dataclass
class Component:
    """Queues that share people. Prices are for one agent for one tick.

    Attributes
    ----------
    sets : each set's queues; the last one is all of them.
    wanted, staffed : agents, [sets, ticks].
    late : contacts of each interval not answered in time, by agents, [intervals, agents + 1].
    """

    sets: tuple[frozenset[str], ...]
    wanted: Floats
    staffed: Floats
    under: float
    over: float
    late: Floats = field(default_factory=lambda: np.zeros((0, 1)))

    def touched(self, skills: Iterable[str]) -> Ints:
        """Which sets somebody with these skills can serve."""
        mine = set(skills)
        return np.array([bool(mine & queues) for queues in self.sets], dtype=np.int64)

    def add(self, touched: Ints, first: int, last: int, weight: float, present: Floats) -> None:
        """Add an agent's weight (negative: take it away) to the ticks [first, last) at which they are present."""
        self.staffed[touched == 1, first:last] += weight * present[first:last]

    def loss(self, touched: Ints, first: int, last: int, weight: float, present: Floats) -> Floats:
        """What it costs at each tick of [first, last) to take one such agent away."""
        lack = self.wanted[:, first:last] - self.staffed[:, first:last]
        without = lack + weight * touched[:, None] * present[None, first:last]
        return np.asarray(self._cost(without) - self._cost(lack))

    def _cost(self, lack: Floats) -> Floats:
        short = np.maximum(lack.max(axis=0), 0.0)
        return np.asarray(self.under * (short + STEEP * short * short) + self.over * (short - lack[-1]))

    def short_and_spare(self, last: int) -> tuple[Floats, Floats]:
        """Agents short and to spare at each tick, [ticks]."""
        lack = self.wanted[:, :last] - self.staffed[:, :last]
        short = np.maximum(lack.max(axis=0), 0.0)
        return short, short - lack[-1]

    def late_by_interval(self, last: int, in_interval: int) -> Floats:
        """Contacts of each interval up to a tick that are not answered in time."""
        lack = self.wanted[:, :last] - self.staffed[:, :last]
        counts = self.wanted[:, :last] > 0
        counts[-1] = True
        staff = self.wanted[-1, :last] - np.where(counts, lack, -np.inf).max(axis=0)
        levels = np.arange(self.late.shape[1])
        late = [
            float(np.mean(np.interp(staff[i * in_interval : (i + 1) * in_interval], levels, self.late[i])))
            for i in range(last // in_interval)
        ]
        return np.array(late)

    def cost(self, last: int) -> tuple[float, float]:
        """Price of shortage and of surplus up to a tick."""
        short, spare = self.short_and_spare(last)
        return float(self.under * (short + STEEP * short * short).sum()), float(self.over * spare.sum())


def sets_of(queues: Sequence[str], skills: Iterable[frozenset[str]]) -> tuple[frozenset[str], ...]:
    """The sets of queues of one component that can be tight, all of them last.

    With many queues and many kinds of people only MOST_SETS of them are kept, the small and the nearly whole first:
    the shortage is then read a little too low, never too high.
    """
    whole = frozenset(queues)
    if len(queues) <= ALL_SETS:
        found = {frozenset(some) for size in range(1, len(queues) + 1) for some in combinations(queues, size)}
    else:
        groups = sorted({group & whole for group in skills}, key=sorted)
        found = {frozenset([queue]) for queue in queues}
        for size in (1, 2):
            for some in combinations(groups, size):
                found |= {frozenset().union(*some), whole - frozenset().union(*some)}
    found -= {whole, frozenset()}
    kept = sorted(found, key=lambda some: (min(len(some), len(whole) - len(some)), sorted(some)))[: MOST_SETS - 1]
    return (*sorted(kept, key=sorted), whole)


def components(queues: Iterable[str], skills: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Queues joined by the people who serve several of them."""
    parts: list[frozenset[str]] = [frozenset([queue]) for queue in queues]
    for group in skills:
        touched = [part for part in parts if part & group]
        if touched:
            parts = [part for part in parts if not part & group] + [frozenset().union(*touched)]
    return sorted(parts, key=sorted)


def wanted_by_sets(sets: Sequence[frozenset[str]], by_queue: Mapping[str, Floats]) -> Floats:
    """Agents wanted by each set, [sets, ticks]."""
    return np.stack([np.sum([by_queue[queue] for queue in sorted(queues)], axis=0) for queues in sets])
