"""What really happened on a day, read from the live engine's journal without disturbing it."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from centre.grid import Horizon
from desk.actions.live import LIVE_FILE
from desk.actions.monthly import timelines_of
from desk.wiring import Place
from streams.journal_rows import events_within
from streams.live_store import JournalRow
from streams.timeline import Timeline

SECOND = 1_000_000


def actual_timelines(place: Place, horizon: Horizon) -> Mapping[str, Timeline]:
    """Each agent's states over some days, as far as the live engine of this site has heard of them."""
    first, last = horizon.begin * SECOND, horizon.end * SECOND
    return timelines_of(events_within(_rows(place.folder / LIVE_FILE, first, last), first, last))


def _rows(file: Path, first: int, last: int) -> list[JournalRow]:
    """The journal's rows in which something happened within [first, last], UTC microseconds; none without a file."""
    if not file.exists():
        return []
    query = (
        "select received, first, last, count, content, id from live_journal"
        " where last >= ? and first <= ? and count > 0 order by id"
    )
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=5)) as database:
        try:
            return [JournalRow(*row) for row in database.execute(query, (first, last))]
        except sqlite3.OperationalError:
            return []  # made a moment ago: its tables are not there yet
