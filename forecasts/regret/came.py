"""What really came to one queue, as contacts that a simulated floor can serve."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from centre.grid import Horizon
from forecasts.history import Record
from forecasts.history.walls import walls
from forecasts.simulate import Contacts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Came:
    """A stretch of days of one queue as the history has it; arrays [intervals].

    Attributes
    ----------
    grid : the intervals.
    contacts : offered, 0 where unknown or closed.
    aht_s : their mean handle time in seconds; NaN where the history has none.
    known : whether the history knows the interval; what it does not know is no test of a plan.
    open : whether the queue was open.
    """

    grid: Horizon
    contacts: Floats
    aht_s: Floats
    known: Bools
    open: Bools

    @property
    def borders(self) -> Floats:
        """Seconds from the start at which intervals begin, and the end, [intervals + 1]."""
        return np.arange(self.grid.count + 1, dtype=np.float64) * self.grid.step

    @property
    def closes(self) -> Floats:
        """Second, from the start, at which the run of open intervals around each one ends."""
        ends = self.borders[1:].copy()
        for row in range(ends.size - 2, -1, -1):
            if self.open[row] and self.open[row + 1]:
                ends[row] = ends[row + 1]
        return ends

    def with_handle_time(self, expected_s: Floats) -> "Came":
        """The same, with an expected handle time where the history has none."""
        return Came(
            self.grid, self.contacts, np.where(np.isnan(self.aht_s), expected_s, self.aht_s), self.known, self.open
        )

    def draw(self, patience_s: float, rng: np.random.Generator) -> Contacts:
        """The recorded contacts, one course of what the record leaves open.

        Within its interval a contact comes at any time alike, as Poisson arrivals of a known number do. Handle times
        are exponential given that their sum is the recorded one (exponentials divided by their sum, times the total).
        Patience is exponential (0: endless); nobody waits beyond closing time.
        """
        whole = np.floor(self.contacts)
        counts = (whole + (rng.random(whole.size) < self.contacts - whole)).astype(np.int64)
        interval = np.repeat(np.arange(counts.size), counts)
        arrival = self.borders[interval] + rng.random(interval.size) * self.grid.step
        parts = rng.exponential(1.0, interval.size)
        sums = np.bincount(interval, parts, counts.size)
        handle = self.aht_s[interval] * parts * counts[interval] / sums[interval]
        patience = rng.exponential(1.0, interval.size) * (patience_s if patience_s > 0 else np.inf)
        patience = np.minimum(patience, self.closes[interval] - arrival)
        return Contacts.of(arrival, np.zeros(interval.size, dtype=np.int64), handle, patience)


def what_came(record: Record, zone: str, first_day: date, days: int) -> Came:
    """What the record of a queue knows of some days, all of which lie in it."""
    row = (first_day - record.first_day).days
    rows = slice(row, row + days)
    grid = Horizon(zone, record.grid_minutes, first_day, days)
    wall = walls(grid)
    weekday = (first_day.weekday() + np.arange(days)) % 7
    opens = record.open[weekday] & ~record.closed[rows][:, None]
    offered = np.where(record.closed[rows][:, None], 0.0, record.offered[rows])
    is_open: Bools = wall.vector(opens.astype(np.float64)) > 0
    contacts = wall.vector(offered)
    known = ~np.isnan(contacts) | ~is_open
    return Came(
        grid=grid,
        contacts=np.where(is_open, np.nan_to_num(contacts), 0.0),
        aht_s=wall.vector(record.aht_s[rows]),
        known=known,
        open=is_open,
    )
