"""Means over past days of the same weekday, which several models share."""

import numpy as np
from numpy.typing import NDArray

from forecasts.models.past import Past

FloatArray = NDArray[np.float64]


def mean_of_same_weekdays(past: Past, days: int, number: int) -> FloatArray:
    """Mean of the last `number` known days of the same weekday, times the given factor, shape [days, slots].

    Days that are only partly known count in the slots they know. A weekday that was never seen takes the mean of
    the last `number` known days of any weekday.
    """
    slots = past.counts.shape[1]
    known = ~np.isnan(past.counts).all(axis=1) & ~past.closed
    course = np.zeros((7, slots))
    given = past.calendar.factor
    known &= given[: past.days] > 0
    plain = past.counts / np.where(given > 0, given, 1.0)[: past.days, None]
    for weekday in range(7):
        rows = np.flatnonzero(known & (past.weekday == weekday))[-number:]
        if not len(rows):
            rows = np.flatnonzero(known)[-number:]
        if len(rows):
            course[weekday] = _mean(plain[rows])
    ahead = past.horizon(days)
    return course[past.calendar.weekday[ahead]] * given[ahead, None]


def _mean(counts: FloatArray) -> FloatArray:
    known = ~np.isnan(counts)
    total: FloatArray = np.where(known, counts, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return total
