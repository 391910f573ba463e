"""Activities beside the pauses in the bound: what taking people away for them can at most save at prices of coverage.

A person attends at most once an occasion, somewhere in its window. At prices on staff that is worth its length of what
the person is worth there, which is negative only where there is surplus; not to attend is worth nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.checks.activities import occasions
from scheduler.tours.floor import Floor
from scheduler.tours.lines import concerned, placed_like_pauses

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class _Kind:
    """People who are alike in this: their rows of prices, weight, price of surplus, and how many they are."""

    rows: Ints
    weight: float
    over: float
    count: int


@dataclass(frozen=True)
class _Occasion:
    """Ticks at which an activity may begin, its length in ticks, and whom it concerns."""

    starts: Ints
    length: int
    kinds: tuple[_Kind, ...]


class Relief:
    """What activities beside the pauses save at most, as a function of prices."""

    def __init__(self, floor: Floor, first: Ints) -> None:
        self.last = floor.last
        self.occasions = tuple(_occasions(floor, first)) if floor.weights.objective == "staff" else ()

    def at(self, prices: Floats, slope: Floats) -> float:
        """The saving (not above 0) at prices, [sets, ticks]; adds what it takes from staff to the slope."""
        total = 0.0
        sums: dict[tuple[bytes, float, float], Floats] = {}
        for occasion in self.occasions:
            for kind in occasion.kinds:
                key = (kind.rows.tobytes(), kind.weight, kind.over)
                if key not in sums:
                    worth = kind.weight * (prices[kind.rows, : self.last].sum(axis=0) - kind.over)
                    sums[key] = np.concatenate([[0.0], np.cumsum(worth)])
                costs = sums[key][occasion.starts + occasion.length] - sums[key][occasion.starts]
                best = int(costs.argmin())
                if costs[best] < 0.0:
                    total += kind.count * float(costs[best])
                    begin = int(occasion.starts[best])
                    slope[kind.rows, begin : begin + occasion.length] += kind.count * kind.weight
        return total


def _occasions(floor: Floor, first: Ints) -> list[_Occasion]:
    clock, horizon = floor.clock, floor.problem.horizon
    found = []
    for planned in floor.problem.site.activities:
        if placed_like_pauses(planned):
            continue
        kinds: dict[tuple[bytes, float, float], int] = {}
        for member in floor.members:
            if 0 <= member.component < floor.leaders and concerned(member.lines.line.agent, planned.who):
                rows = int(first[member.component]) + np.flatnonzero(member.touched == 1)
                key = (rows.astype(np.int64).tobytes(), member.weight, floor.components[member.component].over)
                kinds[key] = kinds.get(key, 0) + 1
        length = planned.minutes * 60 // clock.tick
        people = tuple(
            _Kind(np.frombuffer(rows, np.int64), weight, over, count) for (rows, weight, over), count in kinds.items()
        )
        for days in occasions(floor.view, planned):
            spans = [tuple(clock.to(horizon.at(day, minute)) for minute in planned.window) for day in days]
            starts = [np.arange(low, min(high, floor.last) - length + 1) for low, high in spans]
            whole = np.concatenate(starts) if starts else np.zeros(0, np.int64)
            if people and whole.size:
                found.append(_Occasion(whole, length, people))
    return found
