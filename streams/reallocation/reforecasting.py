"""The intraday reforecast as the live floor uses it: what came today moves the rest of the day's forecast.

What mornings tell of afternoons is learned from the site's past days (`forecasts.intraday`) once a day; at each look
the day's plan is moved by the intervals that have ended, in milliseconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from centre.grid import Horizon
from forecasts.history.walls import Walls, walls
from forecasts.intraday_plan import IntradayPlan
from streams.reallocation.expecting import Counts
from streams.reallocation.sight import Floats


@dataclass(frozen=True)
class DayPlans:
    """A day's plans by queue, on the site's grid.

    Attributes
    ----------
    grid : the local day.
    plans : by queue.
    """

    grid: Horizon
    plans: Mapping[str, IntradayPlan]

    @cached_property
    def wall(self) -> Walls:
        """Between the day's intervals and wall-clock slots."""
        return walls(self.grid)

    def factors(self, now: int, counts: Counts) -> dict[str, tuple[Floats, Floats]] | None:
        """By queue: starts of the day's intervals, UTC seconds, and contacts now expected over those first forecast.

        None on another day.
        """
        if not self.grid.begin <= now < self.grid.end:
            return None
        found = {}
        for name, plan in self.plans.items():
            seen = self._seen(name, now, counts)
            if seen is None:
                continue
            found[name] = self._starts, self._moved(name, plan, seen)
        return found or None

    def _moved(self, name: str, plan: IntradayPlan, seen: Floats) -> Floats:
        """Contacts now expected over those first forecast, [intervals]: the same until another interval has ended."""
        known = self._last.get(name)
        if known is not None and np.array_equal(known[0], seen, equal_nan=True):
            return known[1]
        moved = plan.now(self.wall.matrix(seen)[0], (0.5,)).mean
        ratio = self.wall.vector(np.divide(moved, plan.mean, out=np.ones_like(moved), where=plan.mean > 0)[None, :])
        self._last[name] = seen, ratio
        return ratio

    @cached_property
    def _last(self) -> dict[str, tuple[Floats, Floats]]:
        """By queue, what was seen when it was last asked, and what was made of it."""
        return {}

    @cached_property
    def _starts(self) -> Floats:
        return self.grid.starts.astype(np.float64)

    def _seen(self, queue: str, now: int, counts: Counts) -> Floats | None:
        """Contacts of the intervals that have ended, NaN for those to come, [intervals]; None where none is known."""
        seen = np.full(self.grid.count, np.nan)
        for place, start in enumerate(self.grid.starts.tolist()):
            if start + self.grid.step > now:
                break
            known = counts(queue, start, start + self.grid.step)
            seen[place] = np.nan if known is None else known
        return None if np.isnan(seen).all() else seen
