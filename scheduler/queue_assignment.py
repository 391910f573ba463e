"""Who answers which queue in each interval, once it is settled who works when.

The search knows people by what they can serve. Here each gets one queue an interval. They stay where they were as
long as nobody is short; where a queue is short, a chain of moves (one leaves a queue that can spare him for the next)
brings somebody over. A chain is found whenever there is one, so what remains short is what no assignment can mend.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ENOUGH = 0.25
"""A queue that lacks less than this is not worth moving anybody for."""


@dataclass(frozen=True)
class Server:
    """Somebody to be assigned: speed by number of queue, and the share of each interval in which they answer."""

    speed: Mapping[int, float]
    present: Floats


def assign_queues(servers: Sequence[Server], wanted: Floats) -> Ints:
    """Assign a queue to each server and interval.

    Parameters
    ----------
    servers : those who answer.
    wanted : agents each queue wants, [queues, intervals].

    Returns
    -------
    Number of the queue, -1 where the server does not answer, [servers, intervals].
    """
    intervals = wanted.shape[1]
    result = np.full((len(servers), intervals), -1, np.int64)
    here = [np.flatnonzero(server.present > 0).tolist() for server in servers]
    by_interval: list[list[int]] = [[] for _ in range(intervals)]
    for number, when in enumerate(here):
        for interval in when:
            by_interval[interval].append(number)
    before: dict[int, int] = {}
    for interval, present in enumerate(by_interval):
        shift = Interval(servers, wanted[:, interval], interval)
        for number in present:
            if number in before:
                shift.put(number, before[number])
        for number in sorted(set(present) - set(before), key=lambda n: len(servers[n].speed)):
            shift.put(number, shift.neediest(number))
        shift.mend()
        before = {number: shift.at[number] for number in present}
        for number, queue in before.items():
            result[number, interval] = queue
    return result


class Interval:
    """One interval's assignment while it is made."""

    def __init__(self, servers: Sequence[Server], wanted: Floats, interval: int) -> None:
        self.servers, self.wanted, self.interval = servers, wanted, interval
        self.at: dict[int, int] = {}
        self.staffed = np.zeros(wanted.size)

    def weight(self, number: int, queue: int) -> float:
        server = self.servers[number]
        return server.speed[queue] * float(server.present[self.interval])

    def put(self, number: int, queue: int) -> None:
        if number in self.at:
            self.staffed[self.at[number]] -= self.weight(number, self.at[number])
        self.at[number] = queue
        self.staffed[queue] += self.weight(number, queue)

    def neediest(self, number: int) -> int:
        """The queue that lacks most of those a server can serve; where none lacks, the one that has least to spare."""
        able = self.servers[number].speed
        return max(able, key=lambda q: (self.wanted[q] - self.staffed[q], able[q], -q))

    def mend(self) -> None:
        """Move people over, chain by chain, until nothing more can be gained."""
        tried: set[int] = set()
        while True:
            lack = self.wanted - self.staffed
            short = [q for q in np.argsort(-lack) if lack[q] > ENOUGH and int(q) not in tried]
            if not short:
                return
            if not self._chain(int(short[0])):
                tried.add(int(short[0]))

    def _chain(self, needy: int) -> bool:
        """Breadth-first from the queue in need to one that can spare somebody; whether the chain was made."""
        came: dict[int, tuple[int, int]] = {}
        line, seen = deque([needy]), {needy}
        while line:
            queue = line.popleft()
            for number, other in self.at.items():
                if other in seen or queue not in self.servers[number].speed:
                    continue
                seen.add(other)
                came[other] = (number, queue)
                spare = self.staffed[other] - self.wanted[other]
                if spare >= self.weight(number, other) - ENOUGH:
                    self._walk(other, came)
                    return True
                line.append(other)
        return False

    def _walk(self, queue: int, came: Mapping[int, tuple[int, int]]) -> None:
        while queue in came:
            number, following = came[queue]
            self.put(number, following)
            queue = following
