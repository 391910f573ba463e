"""Plain rules: where the model starts from, and what stands where it finds nothing better in time. They never block.

Best first: take the move that wins most above its price, reckon anew, go on until none wins. Then each is exchanged for
what does better in its place while that helps. No move paints over another, no line may break a rule.
"""

from collections.abc import Sequence
from heapq import heapify, heappop, heapreplace

import numpy as np

from centre.reallocation import Reallocation
from streams.reallocation.choice import (
    NOTHING,
    Broken,
    Choice,
    lawful,
    leader_blocks,
    leaders_to_spare,
    nothing_broken,
    overlap,
)
from streams.reallocation.curves import Curves
from streams.reallocation.envelope import Envelope, Table, envelope, table
from streams.reallocation.move import Move
from streams.reallocation.sight import Floats, Sight
from streams.reallocation.trust import FULL, Trust

PASSES = 4
"""How often all places are gone through for something better."""

LITTLE = 1e-6


def plain_rules(
    sight: Sight,
    curves: Curves,
    moves: Sequence[Move],
    policy: Reallocation,
    broken: Broken = nothing_broken,
    trust: Trust = FULL,
) -> Choice:
    """Choose without the model."""
    lines, known = envelope(curves), table(sight, curves, moves, trust)

    def pick(left: Sequence[Move]) -> Choice:
        some = known.of(left)
        return as_choice(lines, some, best_first(sight, lines, some, policy))

    choice, wrong = lawful(sight, moves, broken, pick)
    return without(lines, known, choice, wrong)


def as_choice(lines: Envelope, some: Table, taken: Sequence[int]) -> Choice:
    """Rows of the table as a choice of plain rules."""
    if not taken:
        return Choice((), 0.0, 0.0, NOTHING.optimal and not some.moves, method="rules")
    won = float(lines.won(some.people[list(taken)].sum(axis=0)))
    moves = sorted((some.moves[number] for number in taken), key=lambda move: (move.start, move.id))
    return Choice(tuple(moves), won, won, False, method="rules")


def without(lines: Envelope, known: Table, choice: Choice, wrong: Sequence[Move]) -> Choice:
    """A choice without the moves that break a rule."""
    if not wrong:
        return choice
    row = {move.id: number for number, move in enumerate(known.moves)}
    rest = as_choice(lines, known, [row[move.id] for move in choice.moves if move not in wrong])
    return Choice(rest.moves, rest.gain, choice.bound, False, choice.rejected, choice.method)


def best_first(sight: Sight, lines: Envelope, some: Table, policy: Reallocation) -> list[int]:
    """Rows of the moves taken; less than a tenth of a second for thousands of them."""
    if not some.moves:
        return []
    kept = _Kept(sight, some.moves, policy)
    total = np.zeros(some.people.shape[1])
    for _ in range(PASSES):
        more, total = _add(lines, some, kept, total)
        better, total = _exchange(lines, some, kept, total)
        if not more and not better:
            break
    return sorted(kept.taken)


def _add(lines: Envelope, some: Table, kept: "_Kept", total: Floats) -> tuple[bool, Floats]:
    """Best first, each reckoned anew only when its turn comes: what others took before makes it worth less."""
    now = float(lines.won(total))
    gains = lines.won(total + some.people) - now - some.prices
    heap = [(-float(gain), number) for number, gain in enumerate(gains) if gain > LITTLE]
    heapify(heap)
    found = False
    while heap:
        number = heap[0][1]
        if not kept.allows(number):
            heappop(heap)
            continue
        gain = float(lines.won(total + some.people[number]) - now - some.prices[number])
        if gain <= LITTLE:
            heappop(heap)
        elif len(heap) > 1 and -gain > min(heap[1:3])[0] + LITTLE:
            heapreplace(heap, (-gain, number))
        else:
            heappop(heap)
            kept.take(number)
            total, found = total + some.people[number], True
            now = float(lines.won(total))
    return found, total


def _exchange(lines: Envelope, some: Table, kept: "_Kept", total: Floats) -> tuple[bool, Floats]:
    """Each taken move given up, or given for a better one of its place."""
    found = False
    for number in sorted(kept.taken):
        rest = total - some.people[number]
        others = [other for other in kept.by_place[some.moves[number].place] if other != number]
        alone = float(lines.won(rest))
        bar = float(lines.won(total)) - some.prices[number]
        kept.drop(number)
        worth = lines.won(rest + some.people[others]) - some.prices[others]
        order = sorted(zip(worth.tolist(), others, strict=True), reverse=True)
        best = next(((w, o) for w, o in order if w > max(bar, alone) + LITTLE and kept.allows(o)), None)
        if best is not None:
            kept.take(best[1])
            total, found = rest + some.people[best[1]], True
        elif alone > bar + LITTLE:
            total, found = rest, True
        else:
            kept.take(number)
    return found, total


class _Kept:
    """The moves taken so far, and whether one more may be."""

    def __init__(self, sight: Sight, moves: Sequence[Move], policy: Reallocation) -> None:
        self.sight, self.moves = sight, moves
        self.taken: set[int] = set()
        self.places: set[str] = set()
        self.by_agent: dict[str, list[int]] = {}
        self.by_place: dict[str, list[int]] = {}
        for number, move in enumerate(moves):
            self.by_place.setdefault(move.place, []).append(number)
        self.leaders = leaders_to_spare(sight, policy)

    def allows(self, number: int) -> bool:
        """One a place, no paint over paint, leaders enough."""
        move = self.moves[number]
        if move.place in self.places or any(self.leaders[block] < 1 for block in leader_blocks(self.sight, move)):
            return False
        return not any(
            overlap(self.moves[other], move, agent) for agent in move.agents for other in self.by_agent.get(agent, ())
        )

    def take(self, number: int) -> None:
        """Take one that is allowed."""
        self.taken.add(number)
        self.places.add(self.moves[number].place)
        for agent in self.moves[number].agents:
            self.by_agent.setdefault(agent, []).append(number)
        self._count(number, -1)

    def drop(self, number: int) -> None:
        """Give one back."""
        self.taken.remove(number)
        self.places.remove(self.moves[number].place)
        for agent in self.moves[number].agents:
            self.by_agent[agent].remove(number)
        self._count(number, 1)

    def _count(self, number: int, by: int) -> None:
        move = self.moves[number]
        for block in leader_blocks(self.sight, move):
            self.leaders[block] += by
