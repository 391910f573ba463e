"""What a finder of moves is given, and what all of them share."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from centre.reallocation import MovePolicy, Reallocation
from centre.site import Site
from streams.reallocation.curves import Curves
from streams.reallocation.move import REDEPLOYED, Move
from streams.reallocation.paint import Line, Paint
from streams.reallocation.sight import BLOCK, STEP_S, Floats, Present, Sight

AT_ONCE = REDEPLOYED | {"call_back"}
"""Moves whose point is to start soon: the freeze does not hold for them, their own notice does."""

KEPT = 5
"""Places that are kept of all a pause may move to: the best by marginal worth."""


@dataclass(frozen=True)
class Ask:
    """Everything a finder may look at.

    Attributes
    ----------
    spare : whether there are too many people, and hours may be given back.
    """

    sight: Sight
    curves: Curves
    policy: Reallocation
    site: Site
    spare: bool = False

    @property
    def now(self) -> int:
        """UTC second."""
        return self.sight.now

    def soonest(self, kind: str) -> int:
        """The first UTC second at which a move of a type may change something.

        Pauses and shifts are frozen for a while; who is asked to answer other contacts is asked for now.
        """
        frozen = 0 if kind in AT_ONCE else self.policy.freeze_minutes
        return self.now + max(self.rule(kind).notice_minutes, frozen) * 60

    def rule(self, kind: str) -> MovePolicy:
        """The policy of a move type."""
        return self.policy.of(kind)

    def price(self, kind: str, people: tuple[Present, ...], hours: float = 0.0) -> float:
        """What a move must win: its type's price, more for those who were moved lately (FLR-3)."""
        rule = self.rule(kind)
        return (rule.price + self.policy.fairness * max(p.weight for p in people)) * len(
            people
        ) + rule.price_per_hour * hours

    def willing(self, kind: str, person: Present) -> bool:
        """Whether a person may be asked for a move of this type."""
        told_enough = person.changes >= self.policy.max_changes and kind not in REDEPLOYED
        return self.rule(kind).on and kind not in person.asked_not and not told_enough

    def seen(self, kind: str, to: int, length: int) -> bool:
        """Whether something of so many seconds may be moved to begin at an instant: not too soon, and within the time
        whose contacts are expected, for beyond it nobody would be missed."""
        return self.soonest(kind) <= to and to + length <= self.sight.end

    @cached_property
    def _sums(self) -> tuple[Floats, Floats]:
        """Running sums over steps of what one of each group wins, and loses, in a step, [groups, steps + 1] each."""
        more, fewer = self.curves.slopes()
        found = []
        for slope in (more, fewer):
            by_step = np.repeat(self.curves.worth * slope / BLOCK, BLOCK, axis=1)[:, : self.sight.steps]
            found.append(np.concatenate([np.zeros((by_step.shape[0], 1)), np.cumsum(by_step, axis=1)], axis=1))
        return found[0], found[1]

    def won(self, person: Present, start: int, end: int, queue: str = "") -> float:
        """Contacts in time that a person wins by answering over [start, end)."""
        return self._over(0, person, start, end, queue)

    def lost(self, person: Present, start: int, end: int, queue: str = "") -> float:
        """Contacts in time that are lost when a person does not answer over [start, end)."""
        return self._over(1, person, start, end, queue)

    def _over(self, which: int, person: Present, start: int, end: int, queue: str) -> float:
        group = self.sight.place_of_group.get(self.sight.served(person, queue))
        if group is None:
            return 0.0
        edges = [
            min(max((at - self.sight.begin + STEP_S // 2) // STEP_S, 0), self.sight.steps)
            for at in (max(start, person.from_s), max(end, person.from_s))
        ]
        sums = self._sums[which][group]
        return float(sums[edges[1]] - sums[edges[0]])


Finder = Callable[[Ask], Iterator[Move]]


def queue_beside(line: Line, place: int) -> str:
    """The queue of the work next to a segment: what its time becomes when it moves away."""
    beside = (*range(place - 1, -1, -1), *range(place + 1, len(line)))
    return next((str(line[index].queue) for index in beside if line[index].queue), "")


def all_work(line: Line, start: int, end: int) -> bool:
    """Whether somebody works over the whole of [start, end)."""
    reached = start
    for segment in line:
        if segment.activity == "work" and segment.start <= reached < segment.end:
            reached = segment.end
    return reached >= end


def moved(agent: str, line: Line, place: int, to: int) -> tuple[Paint, ...]:
    """The strokes that move a segment to begin at another instant."""
    segment = line[place]
    back = Paint(agent, segment.start, segment.end, "work", queue_beside(line, place))
    return back, Paint(agent, to, to + segment.end - segment.start, segment.activity, segment.queue)


def ranked(found: Mapping[int, float], least: float, most: int = KEPT) -> list[int]:
    """The places worth keeping: those that win at least so much by marginal worth, the best first."""
    good = [at for at, gain in found.items() if gain > least]
    return sorted(good, key=lambda at: (-found[at], at))[:most]
