"""Which versions are published, for which days, from when on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select

from centre.errors import InputError
from centre.said import Said
from store.in_force import NEAR_S, Published
from store.rows import SiteRows, microseconds
from store.schema import made_from, publication, roster_version


def publish(
    connection: Connection, rows: SiteRows, version: int, at: datetime, applies_from: datetime | None, by: str
) -> None:
    """Publish a version. Numbers rise with time, here and in the live engine: the higher version holds.

    Raises
    ------
    NotPublishedError : there is no such version.
    InputError : it is published already, or a newer version that speaks for its days is.
    """
    row = rows.get(connection, roster_version, version)
    since = [part.version for part in near(connection, rows, row.begin_s, row.end_s) if part.version >= version]
    if version in since:
        raise InputError(
            Said("roster version {version} is published already; a changed roster is a new version", version=version)
        )
    if since:
        raise InputError(
            Said(
                "roster version {version} is older than version {latest}, published for the same days since; keep the "
                "roster again as a new version and publish that",
                version=version,
                latest=max(since),
            )
        )
    begin = int(row.begin_s)
    start = max(begin, microseconds(applies_from) // 1_000_000) if applies_from else begin
    values = {"version": version, "published_us": microseconds(at), "applies_from_s": start, "published_by": by}
    connection.execute(insert(publication).values(**values))


def near(
    connection: Connection, rows: SiteRows, begin: int, end: int, as_of: datetime | None = None
) -> list[Published]:
    """The versions published for days near [begin, end), UTC seconds, lowest first."""
    query = _publications(rows).where(roster_version.c.begin_s < end + NEAR_S, roster_version.c.end_s > begin - NEAR_S)
    if as_of is not None:
        query = query.where(publication.c.published_us <= microseconds(as_of))
    return [_published(row) for row in connection.execute(query.order_by(publication.c.version))]


def speaking_for(parts: Sequence[Published], begin: int, end: int) -> list[Published]:
    """Those whose days overlap [begin, end)."""
    return [part for part in parts if part.begin < end and begin < part.end]


def newest(connection: Connection, rows: SiteRows) -> Published | None:
    """The newest published version."""
    row = connection.execute(_publications(rows).order_by(publication.c.version.desc()).limit(1)).first()
    return None if row is None else _published(row)


def made_from_same(connection: Connection, rows: SiteRows, digest: str) -> Published | None:
    """The newest published version that was made from inputs of this digest."""
    query = _publications(rows).join(made_from, made_from.c.version == publication.c.version)
    same = query.where(made_from.c.digest == digest).order_by(publication.c.version.desc()).limit(1)
    row = connection.execute(same).first()
    return None if row is None else _published(row)


def _publications(rows: SiteRows) -> Select[Any]:
    return (
        select(roster_version.c.begin_s, roster_version.c.end_s, publication.c.version, publication.c.applies_from_s)
        .join(publication, publication.c.version == roster_version.c.id)
        .where(roster_version.c.site == rows.site)
    )


def _published(row: Row[Any]) -> Published:
    return Published(row.version, row.begin_s, row.end_s, row.applies_from_s)
