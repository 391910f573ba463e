"""What-if scenarios that people keep, with what they came to. Rows are added only."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from store.database import Database
from store.rows import microseconds, moment
from store.schema import scenario


@dataclass(frozen=True)
class Kept:
    """A scenario as somebody kept it: its settings and its figures."""

    number: int
    name: str
    by: str
    at: datetime
    content: Mapping[str, Any]


class Scenarios:
    """The kept scenarios of one site."""

    def __init__(self, database: Database, site: str) -> None:
        self.database = database
        self.site = site

    def keep(self, name: str, by: str, at: datetime, content: Mapping[str, Any]) -> int:
        """Keep a scenario; returns its number."""
        values = {"content": json.dumps(dict(content), ensure_ascii=False), "made_by": by}
        with self.database.write() as connection:
            key = connection.execute(
                insert(scenario).values(site=self.site, name=name, made_us=microseconds(at), **values)
            ).inserted_primary_key
        assert key is not None
        return int(key[0])

    def all(self, newest: int = 50) -> list[Kept]:
        """The newest kept scenarios, newest first."""
        query = select(scenario).where(scenario.c.site == self.site).order_by(scenario.c.id.desc()).limit(newest)
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        return [Kept(row.id, row.name, row.made_by, moment(row.made_us), json.loads(row.content)) for row in rows]
