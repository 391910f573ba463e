"""The contacts of a real day, as the history counts them, for a rehearsal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from centre.errors import InputError
from centre.grid import instant
from centre.queues import Queue
from centre.said import Said
from desk.actions.planning import history_files
from desk.wiring import Place
from forecasts.history import read_history
from streams.rehearsal.contacts import Arrivals, Demand, handling


@dataclass(frozen=True)
class RecordedContacts:
    """The contacts of a real day by queue and seed.

    Attributes
    ----------
    counts : by queue, starts of the intervals, UTC seconds, and contacts that came in each.
    """

    queues: Mapping[str, Queue]
    demand: Demand
    counts: Mapping[str, tuple[NDArray[np.int64], NDArray[np.float64]]]

    def __call__(self, queue: str, seed: int) -> Arrivals:
        """When within its interval each came, and how long it takes, is drawn."""
        at, count = self.counts.get(queue, (np.zeros(0, np.int64), np.zeros(0)))
        return handling(self.queues[queue], self.demand, at, np.nan_to_num(count).astype(np.int64), seed)


def recorded_contacts(place: Place, day: date, demand: Demand) -> RecordedContacts:
    """As many contacts in each interval as came on the day; when within it, and how long they take, is drawn.

    Raises
    ------
    InputError : the history does not hold the day.
    """
    zone = place.site.settings.zone
    begin, end = instant(day, 0, zone), instant(day, 1440, zone)
    table = read_history(history_files(place.folder), zone)
    starts = table["start"].to_numpy(dtype=np.int64)
    today = (starts >= begin) & (starts < end)
    if not today.any():
        raise InputError(Said("the history does not hold {day}: rehearse it with --calls model", day=day))
    counts = {
        name: (starts[rows], table["offered"].to_numpy()[rows])
        for name, rows in (
            (str(name), np.flatnonzero(today & (table["queue"] == name).to_numpy())) for name in table["queue"].unique()
        )
    }

    return RecordedContacts(place.site.queues, demand, counts)
