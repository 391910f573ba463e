"""Between a grid of UTC intervals and days by wall-clock slots."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from centre.grid import Horizon
from forecasts.history.report import Finding

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

What = str | Callable[[int], str]


@dataclass(frozen=True)
class Walls:
    """Where each interval of a grid lies in days by slots.

    Attributes
    ----------
    day, slot : of each interval, shape [count].
    times : how many intervals fall on a slot of a day (0 skipped, 2 repeated), shape [days, slots].
    """

    grid: Horizon
    day: IntArray
    slot: IntArray
    times: IntArray

    def matrix(self, values: FloatArray) -> FloatArray:
        """Values of intervals as days by slots: the mean of those known, NaN where none is."""
        known = ~np.isnan(values)
        if known.all() and int(self.times.min()) == int(self.times.max()) == 1:
            return values.reshape(self.times.shape).copy()
        place = self.day[known] * self.times.shape[1] + self.slot[known]
        size = self.times.size
        sums = np.bincount(place, values[known], size)
        number = np.bincount(place, minlength=size)
        with np.errstate(invalid="ignore"):
            return np.where(number > 0, sums / number, np.nan).reshape(self.times.shape)

    def vector(self, matrix: FloatArray) -> FloatArray:
        """Days by slots as values of intervals, shape [count]: a repeated hour gets its value twice."""
        return matrix[self.day, self.slot]

    def findings(self, queue: str, mask: BoolArray, kind: str, what: What, done: str) -> list[Finding]:
        """One finding for each run of marked intervals; `what` may be made from the run's length in intervals."""
        marked = np.flatnonzero(mask[self.day, self.slot])
        if not len(marked):
            return []
        breaks = np.flatnonzero(np.diff(marked) > 1)
        firsts, lasts = np.r_[marked[:1], marked[breaks + 1]], np.r_[marked[breaks], marked[-1:]]
        step, begin = self.grid.step, self.grid.begin
        return [
            Finding(
                queue,
                begin + int(a) * step,
                begin + (int(b) + 1) * step,
                kind,
                what if isinstance(what, str) else what(int(b - a) + 1),
                done,
            )
            for a, b in zip(firsts, lasts, strict=True)
        ]


def walls(grid: Horizon) -> Walls:
    """The places of a grid's intervals, clock changes included."""
    local = pd.to_datetime(grid.starts, unit="s", utc=True).tz_convert(grid.zone).tz_localize(None)
    minutes = local.to_numpy(dtype="datetime64[m]").astype(np.int64)
    slots = 1440 // grid.minutes
    slot = minutes % 1440 // grid.minutes
    day = minutes // 1440 - minutes[0] // 1440
    times = np.bincount(day * slots + slot, minlength=grid.days * slots).reshape(grid.days, slots)
    return Walls(grid, day, slot, times)
