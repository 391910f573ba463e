"""Ticks: the finest step that every start, end, pause and window of a problem falls on."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd

from centre.grid import Horizon

SPILL_DAYS = 2
"""Days kept after the horizon, for duties that run on past its end."""


@dataclass(frozen=True)
class Clock:
    """Seconds to ticks and back; tick 0 is the horizon's begin."""

    begin: int
    tick: int
    count: int
    in_interval: int

    def to(self, second: int) -> int:
        """The tick of a UTC second (negative before the horizon)."""
        return (second - self.begin) // self.tick

    def second(self, tick: int) -> int:
        """The UTC second of a tick."""
        return self.begin + tick * self.tick

    @property
    def hours(self) -> float:
        """Length of a tick in hours."""
        return self.tick / 3600


def clock_of(horizon: Horizon, instants: Iterable[int], lengths: Iterable[int]) -> Clock:
    """The clock of a horizon on which all these instants (UTC seconds) and lengths (seconds) fall."""
    tick = horizon.step
    for instant in instants:
        tick = gcd(tick, instant - horizon.begin)
    for length in lengths:
        tick = gcd(tick, length)
    return Clock(
        begin=horizon.begin,
        tick=tick,
        count=(horizon.end - horizon.begin + SPILL_DAYS * 86400) // tick,
        in_interval=horizon.step // tick,
    )
