"""What one person more or fewer is worth, block by block: concave curves read off the simulated floor.

The floor is simulated with a few people more and fewer of everybody, so that routing, shared skills, patience and the
carried backlog are in the curve; and with more of one group alone, which tells what that group counts against the
others where the trouble is.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from streams.reallocation.projection import Draws, project
from streams.reallocation.sight import BLOCK, Floats, Ints, Sight

SHARES = (-0.4, -0.15, -0.05, 0.05, 0.12, 0.3, 0.6)
"""How many more or fewer people the floor is tried with, as shares of it."""

REPETITIONS, FEWEST = 14, 4
"""Futures that the curves are read off: differences on the same contacts are steadier than levels."""

CONTACTS = 72_000
"""Contacts simulated for each size of the floor: the more come, the fewer futures tell as much."""

PROBE = 0.06
"""How many of one group more, as a share of the floor."""

TRUST = 1.5
"""Contacts that speak for a group being worth as much as any other."""

MOST_WORTH = 2.0


@dataclass(frozen=True)
class Curves:
    """Contacts in time by people added.

    Attributes
    ----------
    added : people more than planned, rising, [levels].
    in_time : expected contacts in time of each block with so many, concave and rising, [blocks, levels].
    worth : what one of each group counts in each block, against one of the floor's mix, [groups, blocks].
    """

    added: Floats
    in_time: Floats
    worth: Floats

    def slopes(self) -> tuple[Floats, Floats]:
        """Contacts a block won by the first person more, and lost with the first one fewer, [blocks] each."""
        zero = int(np.flatnonzero(self.added == 0)[0])
        steps = np.diff(self.in_time, axis=1) / np.diff(self.added)
        return steps[:, min(zero, steps.shape[1] - 1)], steps[:, max(zero - 1, 0)]

    @cached_property
    def as_it_is(self) -> Floats:
        """Contacts in time of each block with nobody added, [blocks]."""
        return self.at(np.zeros(self.in_time.shape[0]))

    def at(self, added: Floats) -> Floats:
        """Contacts in time of each block with so many people added in it, [blocks]; below the fewest that were tried
        they fall on as steeply as there."""
        inside = np.array([np.interp(more, self.added, row) for more, row in zip(added, self.in_time, strict=True)])
        steep = (self.in_time[:, 1] - self.in_time[:, 0]) / (self.added[1] - self.added[0])
        found: Floats = inside - steep * np.maximum(self.added[0] - added, 0.0)
        return found


def read_curves(sight: Sight, draws: Draws, worth: Floats | float = 1.0) -> Curves:
    """Try the floor with more and fewer people.

    Parameters
    ----------
    worth : what a contact of each queue counts, [queues]; one by default.
    """
    draws = draws.first(int(np.clip(CONTACTS / max(sight.volume.sum(), 1), FEWEST, REPETITIONS)))
    counts = np.broadcast_to(worth, len(sight.queues))
    rows = sight.rows
    groups = np.array([(rows == group).sum() for group in range(len(sight.groups))], dtype=np.float64)
    floor = max(groups.sum() / max((rows >= 0).any(axis=0).sum(), 1), 1.0)
    sizes = sorted({0, *(_whole(share * floor) for share in SHARES)})
    values = {size: counts @ project(sight, draws, extra=_mix(groups, size)).in_time.mean(axis=0) for size in sizes}
    # With nobody nothing is answered: that needs no simulation, and keeps the curve from being level for ever.
    nobody = -max(int(np.ceil(floor)), abs(sizes[0]) + 1)
    values[nobody], sizes = np.zeros_like(values[0]), [nobody, *sizes]
    table = np.stack([values[size] for size in sizes], axis=1)
    probe = max(_whole(PROBE * floor), 1)
    gains = np.zeros((len(groups), table.shape[0]))
    for group in range(len(groups)):
        extra = np.zeros(len(groups), dtype=np.int64)
        extra[group] = probe
        gains[group] = counts @ project(sight, draws, extra=extra).in_time.mean(axis=0) - values[0]
    return Curves(
        np.array(sizes, dtype=np.float64), hulls(np.array(sizes, dtype=np.float64), table), _worth(gains, groups)
    )


def hulls(x: Floats, rows: Floats) -> Floats:
    """The smallest rising concave curve on or above each row, at the same places, [rows, places]."""
    found = np.empty_like(rows)
    for number, row in enumerate(np.maximum.accumulate(rows, axis=1)):
        corners: list[int] = []
        for place in range(len(x)):
            while len(corners) > 1 and _below(x, row, corners[-2], corners[-1], place):
                corners.pop()
            corners.append(place)
        found[number] = np.interp(x, x[corners], row[corners])
    return found


def _below(x: Floats, y: Floats, one: int, two: int, three: int) -> bool:
    """Whether the middle point lies on or below the line between the others."""
    return bool((y[two] - y[one]) * (x[three] - x[one]) <= (y[three] - y[one]) * (x[two] - x[one]))


def _worth(gains: Floats, groups: Floats) -> Floats:
    """Each group's gain against the mix's, over an hour around each block, [groups, blocks]."""
    share = groups / max(groups.sum(), 1)
    mixed = share @ gains
    around = np.ones(max(12 // BLOCK, 1))
    # "same" is as long as the longer of both: of the last minutes of a day there are fewer blocks than an hour has.
    first = (len(around) - 1) // 2
    smooth = np.array([np.convolve(row, around)[first : first + len(row)] for row in (*gains, mixed)])
    worth: Floats = np.clip((smooth[:-1] + TRUST) / (np.maximum(smooth[-1], 0) + TRUST), 0.0, MOST_WORTH)
    return worth


def _mix(groups: Floats, size: int) -> Ints:
    """So many people of the floor's mix, by group, as whole numbers (largest remainders)."""
    wanted = abs(size) * groups / max(groups.sum(), 1)
    whole: Ints = np.floor(wanted).astype(np.int64)
    rest = abs(size) - int(whole.sum())
    whole[np.argsort(-(wanted - whole), kind="stable")[:rest]] += 1
    return whole * (1 if size >= 0 else -1)


def _whole(value: float) -> int:
    return int(np.sign(value) * max(round(abs(value)), 1)) if value else 0
