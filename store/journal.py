"""The journal: every event and decision of the live floor, appended once, never changed.

The state of the live engine is a fold over it. An event comes again (at-least-once delivery, overlapping replays)
without harm: the same site, source and id is the same event, and is kept as it came first.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.dialects import postgresql, sqlite

from centre.events import (
    AgentState,
    Case,
    Contact,
    ExceptionGranted,
    ExceptionRevoked,
    QueueSnapshot,
    RosterPublished,
)
from centre.said import Said
from store.database import Database
from store.rows import microseconds
from store.schema import event

Entry = AgentState | QueueSnapshot | Contact | Case | RosterPublished | ExceptionGranted | ExceptionRevoked
"""What a journal holds: all inputs of the live engine but time."""

TYPES: Mapping[str, type[Entry]] = {
    "agent_state": AgentState,
    "queue_snapshot": QueueSnapshot,
    "contact": Contact,
    "case": Case,
    "roster_published": RosterPublished,
    "exception_granted": ExceptionGranted,
    "exception_revoked": ExceptionRevoked,
}
_NAMES = {kind: name for name, kind in TYPES.items()}
_READERS: Mapping[str, Callable[[bytes], Any]] = {
    name: msgspec.json.Decoder(kind).decode for name, kind in TYPES.items()
}
_WRITER = msgspec.json.Encoder()
_AT_ONCE = 10_000


class Journal:
    """One site's journal in a database."""

    def __init__(self, database: Database, site: str) -> None:
        self.database = database
        self.site = site
        dialect = postgresql if database.dialect == "postgresql" else sqlite
        same = [event.c.site, event.c.source, event.c.event_id]
        self._insert = dialect.insert(event).on_conflict_do_nothing(index_elements=same).returning(event.c.id)

    def append(self, source: str, entries: Iterable[Entry], received: datetime) -> int:
        """Append what is new, in one transaction; returns how many were.

        Parameters
        ----------
        source : where they came from, such as a topic, a file, "desk"; ids are unique within it.
        received : when they came, aware.

        Raises
        ------
        ValueError : an entry of another site.
        """
        rows = [self._row(source, entry, microseconds(received)) for entry in entries]
        if not rows:
            return 0
        with self.database.write() as connection:
            new = 0
            for first in range(0, len(rows), _AT_ONCE):
                # The rows that come back are counted: the row count of such an insert is -1 with psycopg.
                new += len(connection.execute(self._insert, rows[first : first + _AT_ONCE]).all())
        return new

    def read(self, begin_us: int | None = None, end_us: int | None = None) -> Iterator[Entry]:
        """All entries that happened in [begin, end), UTC microseconds, in order of time, sender's sequence, id.

        That order does not depend on the order in which they came.
        """
        query = self._entries()
        if begin_us is not None:
            query = query.where(event.c.at_us >= begin_us)
        if end_us is not None:
            query = query.where(event.c.at_us < end_us)
        with self.database.read() as connection:
            found = [_READERS[row.type](row.content) for row in connection.execute(query)]
        yield from sorted(found, key=lambda entry: (entry.at, getattr(entry, "sequence", 0), entry.id))

    def received_since(self, number: int) -> tuple[Sequence[Entry], int]:
        """Entries that came after the one numbered `number` (0: all), as they came, and the number of the last."""
        query = self._entries().where(event.c.id > number).order_by(event.c.id)
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        return [_READERS[row.type](row.content) for row in rows], rows[-1].id if rows else number

    def received_until(self, moment_us: int | None) -> Sequence[Entry]:
        """Entries that had come by a moment, UTC microseconds (None: all), as they came."""
        query = self._entries().order_by(event.c.id)
        if moment_us is not None:
            query = query.where(event.c.received_us <= moment_us)
        with self.database.read() as connection:
            return [_READERS[row.type](row.content) for row in connection.execute(query)]

    def _entries(self) -> Select[Any]:
        return select(event.c.id, event.c.type, event.c.content).where(event.c.site == self.site)

    def _row(self, source: str, entry: Entry, received_us: int) -> dict[str, object]:
        if entry.site != self.site:
            raise ValueError(
                Said(
                    'entry {id} is of site "{site}", the journal of "{own}"',
                    id=entry.id,
                    site=entry.site,
                    own=self.site,
                )
            )
        return {
            "site": self.site,
            "source": source,
            "event_id": entry.id,
            "type": _NAMES[type(entry)],
            "at_us": entry.at,
            "received_us": received_us,
            "content": _WRITER.encode(entry),
        }
