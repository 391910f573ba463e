"""Kinds that may stand for one another: the same minutes, the same before them and after them.

For the run rules, the weekends and the minutes such kinds are one; on each day the cheapest of them is taken. A centre
with thirty kinds of duty often has four groups, and the search walks over groups.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DEAR = 1e18
"""Price of what is not allowed."""


@dataclass(frozen=True)
class Groups:
    """Kinds by groups.

    Attributes
    ----------
    of : [kinds], the group of each kind.
    after : [groups, groups], whether the second may follow the first.
    units : [groups], paid units.
    """

    of: Ints
    after: Bools
    units: Ints

    @cached_property
    def members(self) -> list[Ints]:
        """The kinds of each group."""
        return [np.flatnonzero(self.of == group) for group in range(len(self.units))]

    def state(self, state: int, width: int) -> int:
        """A state of the kinds (see `kernel.step`) as one of the groups; a kind has `width` states."""
        kinds = len(self.of)
        if state >= kinds * width:
            return state - (kinds - len(self.units)) * width
        kind, run = divmod(state, width)
        return int(self.of[kind]) * width + run

    def narrowed(self, allowed: Bools, prices: Floats) -> tuple[Bools, Floats, Ints]:
        """What each day allows of groups, the price of the cheapest kind of each, and which that is.

        `allowed` is [days, kinds + 1] with the day off first, `prices` [days, kinds]; the answers are
        [days, groups + 1], [days, groups] and [days, groups].
        """
        days, groups = len(prices), len(self.units)
        if groups == len(self.of):
            every: Ints = np.broadcast_to(np.argsort(self.of), prices.shape)
            return allowed, np.ascontiguousarray(prices), every
        may = np.empty((days, groups + 1), dtype=np.bool_)
        may[:, 0] = allowed[:, 0]
        cheapest, which = np.empty((days, groups)), np.empty((days, groups), dtype=np.int64)
        priced = np.where(allowed[:, 1:], prices, DEAR)
        rows = np.arange(days)
        for group, members in enumerate(self.members):
            own = priced[:, members]
            best = own.argmin(axis=1)
            cheapest[:, group] = own[rows, best]
            which[:, group] = members[best]
        may[:, 1:] = cheapest < DEAR
        return may, cheapest, which


def groups_of(after: Bools, units: Ints, alone: tuple[int, ...] = ()) -> Groups:
    """Group kinds by what may stand before and after them and by their units; those `alone` stay by themselves.

    Groups are numbered in the order of their first kinds.
    """
    numbers: dict[tuple[bytes, bytes, int, int], int] = {}
    of = np.empty(len(units), dtype=np.int64)
    first: list[int] = []
    for kind in range(len(units)):
        key = (after[kind].tobytes(), after[:, kind].tobytes(), int(units[kind]), kind if kind in alone else -1)
        if key not in numbers:
            numbers[key] = len(first)
            first.append(kind)
        of[kind] = numbers[key]
    return Groups(of, np.ascontiguousarray(after[np.ix_(first, first)]), units[first])
