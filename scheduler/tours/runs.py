"""Runs of worked days and of days off as a small automaton.

States are numbered; `table[state, symbol]` is the next state or -1 where the rule forbids it. FREE_OFF is a day that
excuses short runs on both its sides: leave, or unknown.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WORK, OFF, FREE_OFF = 0, 1, 2
"""What a day is to the run of days."""


@dataclass(frozen=True)
class Runs:
    """The automaton and the state that nothing known stands before."""

    table: NDArray[np.int64]
    free: int

    def after(self, symbols: list[int], state: int | None = None) -> int:
        """State after a sequence of days that has happened: what it breaks is not charged, only carried on."""
        at = self.free if state is None else state
        for symbol in symbols:
            following = int(self.table[at, symbol])
            at = following if following >= 0 else self._broken(symbol)
        return at

    def accepts(self, state: int, symbols: list[int]) -> bool:
        """Whether the days that follow are legal from here."""
        for symbol in symbols:
            state = int(self.table[state, symbol])
            if state < 0:
                return False
        return True

    def _broken(self, symbol: int) -> int:
        return int(self.table[self.free, symbol])


def run_automaton(longest: int, shortest: int, shortest_off: int) -> Runs:
    """The automaton of `max_consecutive_days`, `min_consecutive_days` and `min_consecutive_days_off`.

    States: 0 free (leave or unknown before), 1 off-run that holds such a day, then worked runs of 1..longest days
    (plain, and excused from the shortest), then off-runs of 1..shortest_off days.
    """
    free, free_off = 0, 1
    off_cap = max(1, shortest_off)

    def worked(days: int, excused: bool) -> int:
        return 2 + 2 * (days - 1) + excused

    def off(days: int) -> int:
        return 2 + 2 * longest + min(days, off_cap) - 1

    table = np.full((2 + 2 * longest + off_cap, 3), -1, np.int64)
    table[:, FREE_OFF] = free
    table[free, WORK], table[free, OFF] = worked(1, True), free_off
    table[free_off, WORK], table[free_off, OFF] = worked(1, False), free_off
    for days in range(1, longest + 1):
        for excused in (False, True):
            state = worked(days, excused)
            if days < longest:
                table[state, WORK] = worked(days + 1, excused)
            if excused or days >= shortest:
                table[state, OFF] = off(1)
    for days in range(1, off_cap + 1):
        table[off(days), OFF] = off(days + 1)
        if days >= shortest_off:
            table[off(days), WORK] = worked(1, False)
    return Runs(table, free)
