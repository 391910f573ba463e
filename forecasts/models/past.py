"""What a model may know of one queue when it forecasts."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from forecasts.calendar import Calendar

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Past:
    """A queue's days up to an origin, and the calendar of those days and of the days to come.

    Attributes
    ----------
    counts : contacts one can learn from, NaN where unknown, shape [days, slots].
    totals : whole days, unknown slots filled by the day's usual course, NaN where too little is known, shape [days].
    closed : days on which the queue stayed closed, shape [days].
    open : whether a slot of a weekday is open, shape [7, slots].
    calendar : of at least the days and the horizon; its row 0 is row 0 of `counts`.
    """

    counts: FloatArray
    totals: FloatArray
    closed: BoolArray
    open: BoolArray
    calendar: Calendar

    @property
    def days(self) -> int:
        """Number of days known: the origin is the day after the last."""
        return len(self.counts)

    def before(self, day: int) -> "Past":
        """The same, known up to a day only."""
        return replace(self, counts=self.counts[:day], totals=self.totals[:day], closed=self.closed[:day])

    def horizon(self, days: int) -> slice:
        """Rows of the calendar that lie `days` ahead."""
        return slice(self.days, self.days + days)

    @cached_property
    def weekday(self) -> IntArray:
        """Weekday of each day known, shape [days]."""
        return self.calendar.weekday[: self.days]

    @cached_property
    def like(self) -> IntArray:
        """The weekday that every day of the calendar is like, as far as the queue is open on it, shape [calendar]."""
        like, own = self.calendar.like, self.calendar.weekday
        opens = np.asarray(self.open.any(axis=1))
        return np.where(opens[like], like, own)

    @cached_property
    def plain(self) -> BoolArray:
        """Days with a known course that are no special days, shape [days]."""
        plain: BoolArray = ~np.isnan(self.totals) & ~self.closed & ~self.calendar.special[: self.days]
        return plain

    @cached_property
    def running(self) -> BoolArray:
        """Days with a known total on which the queue was open, shape [days]."""
        opens: BoolArray = np.asarray(self.open.any(axis=1))[self.weekday]
        running: BoolArray = ~np.isnan(self.totals) & ~self.closed & opens
        return running
