"""What a model may know of one queue when it forecasts."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from forecasts.calendar import Calendar

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]


SILENT_DAYS, SILENT_CONTACTS = 21, 60.0
"""Days without a contact, and contacts that should have come on them, after which a queue counts as closed."""


@dataclass(frozen=True, eq=False)
class Past:
    """A queue's days up to an origin, and the calendar of those days and of the days to come.

    Two are equal only when they are the same one: what several models need of a past is kept with it (`lru_cache`).

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
    def silent(self) -> bool:
        """Whether no contact is known, or none since weeks in a queue that had them daily: it is closed."""
        totals = self.totals[self.running]
        busy = np.flatnonzero(totals > 0)
        if not len(busy):
            return True
        quiet = len(totals) - 1 - int(busy[-1])
        usual = float(totals[busy[0] : busy[-1] + 1].mean())
        return quiet >= SILENT_DAYS and quiet * usual > SILENT_CONTACTS

    @cached_property
    def span(self) -> int:
        """Days since the first day with a known total."""
        known = np.flatnonzero(self.running)
        return self.days - int(known[0]) if len(known) else 0

    def shut(self, days: int) -> BoolArray:
        """Holidays among the days after the past on which the queue is expected to stay closed, shape [days].

        As on the same holiday before, if it was seen; otherwise as on most holidays seen.
        """
        known, ahead = self.calendar, self.horizon(days)
        shut = np.zeros(len(known.weekday[ahead]), dtype=bool)
        seen = np.flatnonzero(known.holiday[: self.days] & (self.closed | self.running))
        if len(seen):
            most = bool(self.closed[seen].mean() > 0.5)
            for row in np.flatnonzero(known.holiday[ahead]):
                same = [day for day in seen if known.names[day] == known.names[self.days + row]]
                shut[row] = bool(self.closed[same[-1]]) if same else most
        return shut

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
