"""Absences that were told on the floor (ill, an emergency, a no-show): rows are added only."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert, select

from centre.site import Leave
from store.database import Database
from store.rows import microseconds
from store.schema import absence


class Absences:
    """The absences of one site in a database."""

    def __init__(self, database: Database, site: str) -> None:
        self.database = database
        self.site = site

    def tell(self, rows: Iterable[Leave], *, at: datetime, by: str = "") -> None:
        """Keep absences; one that is known already is not kept twice.

        Parameters
        ----------
        at : aware; when it was told.
        by : who told it.
        """
        known = set(self.all())
        new = [row for row in dict.fromkeys(rows) if row not in known]
        values = [
            {
                "site": self.site,
                "agent": row.agent,
                "start_s": row.start,
                "end_s": row.end,
                "kind": row.kind,
                "told_us": microseconds(at),
                "told_by": by,
            }
            for row in new
        ]
        if values:
            with self.database.write() as connection:
                connection.execute(insert(absence), values)

    def all(self) -> list[Leave]:
        """Every absence, in the order in which they were told."""
        query = select(absence).where(absence.c.site == self.site).order_by(absence.c.id)
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        return [Leave(agent=row.agent, start=row.start_s, end=row.end_s, kind=row.kind) for row in rows]
