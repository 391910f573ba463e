"""The contacts of a real day, as the history counts them, for a rehearsal."""

from collections.abc import Callable

import numpy as np

from centre.errors import InputError
from centre.said import Said
from desk.actions.planning import history_files
from desk.wiring import Place
from forecasts.history import read_history
from streams.rehearsal.closed_loop import Setting
from streams.rehearsal.contacts import Arrivals, handling


def recorded_contacts(place: Place, setting: Setting) -> Callable[[str, int], Arrivals]:
    """As many contacts in each interval as came on the day; when within it, and how long they take, is drawn.

    Raises
    ------
    InputError : the history does not hold the day.
    """
    begin, end = setting.window
    table = read_history(history_files(place.folder), place.site.settings.zone)
    starts = table["start"].map(lambda moment: int(moment.timestamp())).to_numpy(dtype=np.int64)
    today = (starts >= begin) & (starts < end)
    if not today.any():
        raise InputError(Said("the history does not hold {day}: rehearse it with --calls model", day=setting.day))
    counts = {
        name: (starts[rows], table["offered"].to_numpy()[rows])
        for name, rows in (
            (str(name), np.flatnonzero(today & (table["queue"] == name).to_numpy())) for name in table["queue"].unique()
        )
    }

    def drawn(queue: str, seed: int) -> Arrivals:
        at, count = counts.get(queue, (np.zeros(0, np.int64), np.zeros(0)))
        return handling(place.site.queues[queue], setting.demand, at, np.nan_to_num(count).astype(np.int64), seed)

    return drawn
