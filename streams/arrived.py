"""How many contacts have come, interval by interval: what a reforecast of the day starts from."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from centre.events import Contact, Event, QueueSnapshot
from centre.grid import Horizon
from streams.service_level import SECOND


def contacts_arrived(events: Iterable[Event], grid: Horizon, until: int) -> dict[str, NDArray[np.float64]]:
    """Contacts offered in each interval that has ended, by queue.

    Snapshots carry a counter that grows within an interval, and one at its very end still counts for it: the greatest
    is the interval's. A queue without snapshots is counted by its contacts' milestones, each contact once.

    Parameters
    ----------
    until : UTC second; later events and unfinished intervals are not looked at.

    Returns
    -------
    By queue, shape [intervals]; NaN for intervals that have not ended, for those before the first event of the queue,
    and where a queue that sends snapshots sent none.
    """
    told: dict[str, NDArray[np.float64]] = {}
    offered: dict[str, dict[str, int]] = {}
    ended = grid.starts + grid.step <= until
    for event in events:
        if event.at > until * SECOND:
            continue
        if isinstance(event, QueueSnapshot):
            # The very end of an interval belongs to it: one microsecond earlier is inside.
            place = grid.index((event.at - 1) // SECOND)
            if 0 <= place < grid.count:
                counts = told.setdefault(event.queue, np.full(grid.count, np.nan))
                counts[place] = np.fmax(counts[place], event.offered)
        elif isinstance(event, Contact) and event.milestone == "offered":
            place = grid.index(event.at // SECOND)
            if 0 <= place < grid.count:
                offered.setdefault(event.queue, {}).setdefault(event.contact, place)
    for queue, contacts in offered.items():
        if queue not in told:
            counts = np.bincount(list(contacts.values()), minlength=grid.count).astype(float)
            counts[: min(contacts.values())] = np.nan
            told[queue] = counts
    return {queue: np.where(ended, counts, np.nan) for queue, counts in told.items()}
