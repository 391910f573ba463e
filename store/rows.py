"""Rows of one site: added with what they were made from, found by number or by the time they cover."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, select
from sqlalchemy.sql import ColumnElement

from centre.errors import NotPublishedError
from centre.grid import Horizon
from centre.said import Said

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(at: datetime) -> int:
    """UTC microseconds since 1970 of an aware datetime."""
    if at.tzinfo is None:
        raise ValueError(Said("a datetime with its zone"))
    return (at - EPOCH) // timedelta(microseconds=1)


def moment(at_us: int) -> datetime:
    """The aware UTC datetime of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=at_us)


def horizon_of(row: Row[Any]) -> Horizon:
    """The horizon a row was kept with."""
    return Horizon(row.zone, row.grid_minutes, date.fromisoformat(row.first_day), row.days)


@dataclass(frozen=True)
class SiteRows:
    """The rows of one site, and what new ones are made from."""

    site: str
    policy: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)

    def add(
        self, connection: Connection, table: Table, horizon: Horizon, at: datetime, values: Mapping[str, object]
    ) -> int:
        """Add a row for some days; returns its number."""
        head = {
            "site": self.site,
            "zone": horizon.zone,
            "grid_minutes": horizon.minutes,
            "first_day": horizon.first_day.isoformat(),
            "days": horizon.days,
            "begin_s": horizon.begin,
            "end_s": horizon.end,
            "made_us": microseconds(at),
            "policy": self.policy,
            "sources": json.dumps(dict(self.sources), ensure_ascii=False, sort_keys=True),
        }
        key = connection.execute(insert(table).values(**head, **values)).inserted_primary_key
        assert key is not None
        return int(key[0])

    def get(self, connection: Connection, table: Table, number: int) -> Row[Any]:
        """The row of a number.

        Raises
        ------
        NotPublishedError : there is none of this site.
        """
        row = connection.execute(select(table).where(table.c.id == number, table.c.site == self.site)).first()
        if row is None:
            raise NotPublishedError(
                Said(
                    '{table} {number} of "{site}" does not exist',
                    table=table.name.replace("_", " "),
                    number=number,
                    site=self.site,
                )
            )
        return row

    def newest(
        self, connection: Connection, table: Table, begin: int, end: int, *more: ColumnElement[bool]
    ) -> Row[Any] | None:
        """The newest row whose days cover [begin, end), UTC seconds."""
        covers = (table.c.site == self.site, table.c.begin_s <= begin, table.c.end_s >= end, *more)
        return connection.execute(select(table).where(*covers).order_by(table.c.id.desc()).limit(1)).first()
