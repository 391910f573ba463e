"""What missing somebody costs in the interval it is now: points of service level, by the requirement's curves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from centre.events import RosterPublished
from streams.floor_policy import SECOND, FloorPolicy
from streams.impact import points_lost
from streams.matrix import ANSWERING_CODES, OUT, UNHEARD
from streams.pieces import pieces
from streams.plan import ACTIVITY_CODES, Coverage, version_at
from streams.state import Line

_ANSWERING = frozenset(name for name, code in ACTIVITY_CODES.items() if code in ANSWERING_CODES)


@dataclass(frozen=True)
class Prices:
    """Curves of one interval.

    Attributes
    ----------
    start, end : the interval, UTC seconds.
    curves, volumes : by queue, contacts answered in time with 0..N agents, and contacts expected.
    staff : by queue, agents rostered on it.
    """

    start: int
    end: int
    curves: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    volumes: Mapping[str, float] = field(default_factory=dict)
    staff: Mapping[str, float] = field(default_factory=dict)

    def points(self, line: Line, queue: str, at: int, floor: FloorPolicy) -> float | None:
        """Share of the interval's contacts lost if somebody missed on a queue at `at` stays away until its end.

        What of the interval the agent has missed so far counts with what is to come. None where nothing is known.
        """
        curve = self.curves.get(queue)
        if curve is None or not self.start <= at // SECOND < self.end:
            return None
        missed = self._missed(line, queue, at, floor) + self._coming(line, queue, at)
        share = missed / (self.end - self.start)
        return points_lost(curve, max(self.staff.get(queue, 0.0), share), share, self.volumes[queue])

    def _missed(self, line: Line, queue: str, at: int, floor: FloorPolicy) -> float:
        parts = pieces(line.timeline, line.plan, line.excuses, floor, (self.start * SECOND, at))
        departed = ((parts.classes == OUT) | (parts.classes == UNHEARD)) & ~parts.exempt
        total = 0
        for index in np.flatnonzero(departed):
            start = int(parts.starts[index])
            if int(parts.activities[index]) in ANSWERING_CODES and self._queue(line, start) == queue:
                total += int(parts.ends[index]) - start
        return total / SECOND

    @staticmethod
    def _queue(line: Line, at: int) -> str:
        segment = line.plan.at(at // SECOND)
        return line.plan.queue(segment) if segment >= 0 else ""

    def _coming(self, line: Line, queue: str, at: int) -> float:
        plan, index, total = line.plan, line.plan.at(at // SECOND), 0.0
        while 0 <= index < len(plan) and plan.starts[index] < self.end:
            if plan.activities[index] in ANSWERING_CODES and plan.queue(index) == queue:
                total += min(plan.ends[index], self.end) - max(plan.starts[index], at / SECOND)
            index += 1
        return total


NO_PRICES = Prices(0, 0)


class PriceList:
    """The prices of one interval after another, from the requirement and the rosters that are published."""

    def __init__(self, floor: FloorPolicy) -> None:
        self._floor = floor
        self._now = NO_PRICES
        self._version = -1

    def at(self, at: int, coverage: Sequence[Coverage], rosters: Sequence[RosterPublished]) -> Prices:
        """The prices at an instant, UTC microseconds."""
        second, demand = at // SECOND, self._floor.demand
        if demand is None:
            return NO_PRICES
        version = version_at(coverage, second)
        if not self._now.start <= second < self._now.end or version != self._version:
            self._now, self._version = self._of(second, version, rosters), version
        return self._now

    def _of(self, second: int, version: int, rosters: Sequence[RosterPublished]) -> Prices:
        demand = self._floor.demand
        assert demand is not None
        place = demand.horizon.index(second)
        if not 0 <= place < demand.horizon.count:
            return NO_PRICES
        start = int(demand.horizon.starts[place])
        end = start + demand.horizon.step
        return Prices(
            start,
            end,
            {queue: demand.curve[row, place] for row, queue in enumerate(demand.queues)},
            {queue: float(demand.volume[row, place]) for row, queue in enumerate(demand.queues)},
            _staff(rosters, version, start, end),
        )


def _staff(rosters: Sequence[RosterPublished], version: int, start: int, end: int) -> dict[str, float]:
    staff: dict[str, float] = {}
    for roster in rosters:
        if roster.version != version:
            continue
        for segment in roster.segments:
            if segment.start < end and start < segment.end and segment.activity in _ANSWERING and segment.queue:
                inside = min(segment.end, end) - max(segment.start, start)
                staff[segment.queue] = staff.get(segment.queue, 0.0) + inside / (end - start)
    return staff
