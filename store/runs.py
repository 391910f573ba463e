"""The log of runs: which command began when, how it ended. A run without an end was killed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from store.database import Database
from store.rows import microseconds, moment
from store.schema import run, run_end


@dataclass(frozen=True)
class Run:
    """A run of a command. `ended` is None while it works, and for ever when it was killed."""

    number: int
    command: str
    began: datetime
    ended: datetime | None = None
    exit_code: int | None = None
    summary: str = ""


class Runs:
    """One site's runs."""

    def __init__(self, database: Database, site: str) -> None:
        self.database = database
        self.site = site

    def begin(self, command: str, at: datetime) -> int:
        """Write down that a run begins; returns its number."""
        values = {"site": self.site, "command": command, "began_us": microseconds(at)}
        with self.database.write() as connection:
            key = connection.execute(insert(run).values(**values)).inserted_primary_key
        assert key is not None
        return int(key[0])

    def end(self, number: int, at: datetime, exit_code: int, summary: str = "") -> None:
        """Write down how it ended."""
        values = {"run": number, "ended_us": microseconds(at), "exit_code": exit_code, "summary": summary}
        with self.database.write() as connection:
            connection.execute(insert(run_end).values(**values))

    def last(self, count: int = 20, command: str | None = None) -> list[Run]:
        """The last runs, newest first."""
        query = (
            select(run.c.id, run.c.command, run.c.began_us, run_end.c.ended_us, run_end.c.exit_code, run_end.c.summary)
            .outerjoin(run_end, run_end.c.run == run.c.id)
            .where(run.c.site == self.site)
            .order_by(run.c.id.desc())
            .limit(count)
        )
        if command is not None:
            query = query.where(run.c.command == command)
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        return [
            Run(
                row.id,
                row.command,
                moment(row.began_us),
                None if row.ended_us is None else moment(row.ended_us),
                row.exit_code,
                row.summary or "",
            )
            for row in rows
        ]
