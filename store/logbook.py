"""The logbook of a site: what people did on the floor and at the desk, added line by line, never changed.

Rounds, roll calls, handovers, offers, certificates, sign-offs, escalations and their answers are lines of it. What
holds at a moment is what the lines written down until then amount to; each line keeps both when it happened (`at`) and
when it was written down (`made`), so that "as of then" and "as of now" can be asked alike.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from store.database import Database
from store.rows import microseconds, moment
from store.schema import logbook


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what kind, about what, when it happened (UTC second), when it was written down, by whom, what."""

    number: int
    kind: str
    about: str
    at: int
    made: datetime
    by: str
    content: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "number": self.number, "kind": self.kind, "about": self.about, "at": self.at, "by": self.by, **self.content,
        }  # fmt: skip


class Logbook:
    """One site's logbook in a database."""

    def __init__(self, database: Database, site: str) -> None:
        self.database = database
        self.site = site

    def write(self, kind: str, about: str, at: int, by: str, content: Mapping[str, Any], made: datetime) -> int:
        """Add a line; returns its number.

        Parameters
        ----------
        at : when it happened, UTC second.
        made : when it is written down, aware.
        """
        text = json.dumps(dict(content), ensure_ascii=False, sort_keys=True)
        values = {"kind": kind, "about": about, "at_s": at, "who": by, "content": text}
        with self.database.write() as connection:
            key = connection.execute(
                insert(logbook).values(site=self.site, made_us=microseconds(made), **values)
            ).inserted_primary_key
        assert key is not None
        return int(key[0])

    def lines(
        self,
        *kinds: str,
        about: str | None = None,
        begin: int | None = None,
        end: int | None = None,
        known: datetime | None = None,
    ) -> list[Line]:
        """Lines of some kinds (of all, where none is named), in the order in which they were written down.

        Parameters
        ----------
        about : only those about this.
        begin, end : only what happened in [begin, end), UTC seconds.
        known : only what had been written down by this moment.
        """
        table = logbook.c
        query = select(logbook).where(table.site == self.site).order_by(table.id)
        if kinds:
            query = query.where(table.kind.in_(kinds))
        if about is not None:
            query = query.where(table.about == about)
        if begin is not None:
            query = query.where(table.at_s >= begin)
        if end is not None:
            query = query.where(table.at_s < end)
        if known is not None:
            query = query.where(table.made_us <= microseconds(known))
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        return [
            Line(row.id, row.kind, row.about, row.at_s, moment(row.made_us), row.who, json.loads(row.content))
            for row in rows
        ]
