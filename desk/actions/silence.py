"""Duties during which nothing at all was heard of the floor: the silence of the whole system is nobody's absence."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from centre.events import Event
from centre.grid import instant, local_day
from centre.roster import Segment
from streams.attendance import duties
from streams.floor_policy import SECOND

BEFORE_S = 3600
"""People log on ahead of their shift; where nothing happens afterwards, that was the last word."""

Lines = Mapping[str, Sequence[Segment]]


def heard(lines: Lines, events: Sequence[Event], until: int, zone: str) -> tuple[Lines, list[date]]:
    """The duties that some event of anybody or any queue fell into, and the days of the others.

    A night that began the day before the first event is one of the others: nobody knows when its people came.

    Parameters
    ----------
    lines : the roster by agent.
    until : UTC seconds up to which the floor is known; duties that end later are left for another time, not silent.

    Returns
    -------
    the roster without the silent duties, and the local days on which the silent ones began, in order.
    """
    known = np.unique(np.fromiter((event.at // SECOND for event in events), np.int64, len(events)))
    kept: dict[str, list[Segment]] = {}
    silent: set[date] = set()
    first_day = instant(local_day(int(known[0]), zone), 0, zone)
    for name, line in lines.items():
        for duty in duties(line):
            start, end = duty[0].start, duty[-1].end
            spoken = np.searchsorted(known, start - BEFORE_S) < np.searchsorted(known, end)
            if end > until or (spoken and start >= first_day):
                kept.setdefault(name, []).extend(duty)
            else:
                silent.add(local_day(start, zone))
    return kept, sorted(silent)
