"""The curves as the pieces they consist of: a concave curve is the least of its straight lines.

That is quick to reckon for many sets of moves at once, and linear: the model takes the same pieces as its cuts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from streams.reallocation.curves import Curves
from streams.reallocation.effects import added
from streams.reallocation.move import Move
from streams.reallocation.sight import Floats, Sight
from streams.reallocation.trust import FULL, Trust


@dataclass(frozen=True)
class Envelope:
    """Contacts in time won against doing nothing, as the least of straight lines.

    Attributes
    ----------
    slopes, levels : of each line in each block, [blocks, lines]; the last line is level: no more than all are answered.
    knees : people added at which the lines meet, [knees].
    """

    slopes: Floats
    levels: Floats
    knees: Floats

    def won(self, people: Floats) -> Floats:
        """Contacts won by so many people added, summed over the blocks, [..., blocks] -> [...]."""
        found: Floats = (self.slopes * people[..., None] + self.levels).min(axis=-1).sum(axis=-1)
        return found

    def steepness(self, people: Floats) -> Floats:
        """What one more and one fewer are worth on average, [blocks]."""
        tip = 0.25
        ends = [(self.slopes * (people + at)[:, None] + self.levels).min(axis=-1) for at in (-tip, tip)]
        found: Floats = (ends[1] - ends[0]) / (2 * tip)
        return found

    def most(self, price: Floats) -> float:
        """The most that is won over prices of people in each block, [blocks], each between 0 and the steepest slope."""
        at = self.slopes[:, :, None] * self.knees + self.levels[:, :, None]
        return float((at.min(axis=1) - price[:, None] * self.knees).max(axis=1).sum())


def envelope(curves: Curves) -> Envelope:
    """The lines of all blocks."""
    slopes = np.diff(curves.in_time, axis=1) / np.diff(curves.added)
    zero = curves.at(np.zeros(curves.in_time.shape[0]))[:, None]
    levels = curves.in_time[:, :-1] - zero - slopes * curves.added[:-1]
    level = np.zeros_like(zero)
    return Envelope(
        np.hstack([slopes, level]), np.hstack([levels, curves.in_time[:, -1:] - zero]), np.asarray(curves.added)
    )


@dataclass(frozen=True)
class Table:
    """The moves as numbers: people each adds to each block, [moves, blocks], and prices, [moves]."""

    moves: Sequence[Move]
    people: Floats
    prices: Floats

    def of(self, moves: Sequence[Move]) -> "Table":
        """Some of them."""
        row = {move.id: number for number, move in enumerate(self.moves)}
        return self.rows([row[move.id] for move in moves])

    def rows(self, numbers: Sequence[int]) -> "Table":
        """Those of some rows."""
        return Table([self.moves[number] for number in numbers], self.people[numbers], self.prices[numbers])


def table(sight: Sight, curves: Curves, moves: Sequence[Move], trust: Trust = FULL) -> Table:
    """Reckon what every move adds."""
    rows = [added(sight, curves, move) * trust.of(move.type) for move in moves]
    people = np.array(rows).reshape(len(moves), curves.in_time.shape[0])
    return Table(moves, people, np.array([move.price for move in moves], dtype=np.float64))
