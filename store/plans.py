"""The plans of a site: forecast runs, requirement versions, roster versions. Written once, never changed.

Each keeps what it was made from, so that every figure can be traced: roster version, requirement version, forecast run,
policy, and a digest of every file.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, Select, func, insert, select

from centre.grid import Horizon
from centre.policy import Policy
from centre.requirement import Requirement
from centre.roster import Roster
from centre.site import Site
from store import publications
from store.blobs import (
    pack_requirement,
    pack_segments,
    pack_table,
    unpack_duties,
    unpack_requirement,
    unpack_segments,
    unpack_table,
)
from store.database import Database
from store.in_force import NEAR_S, Planned, Published, needed, put_together
from store.records import ForecastRun, RosterVersion, Trace
from store.rows import SiteRows, horizon_of, moment
from store.schema import forecast_run, made_from, publication, requirement_version, roster_result, roster_version


class Plans:
    """A site's plans in a database, which may hold those of other sites as well.

    Parameters
    ----------
    site : the name under which the plans are kept.
    policy : name, version and digest of the policy that new plans are made by.
    sources : digests of the files that new plans are made from.
    """

    def __init__(
        self, database: Database, site: str = "", *, policy: str = "", sources: Mapping[str, str] | None = None
    ) -> None:
        self.database = database
        self._rows = SiteRows(site, policy, dict(sources or {}))

    @classmethod
    def of(cls, database: Database, site: Site, policy: Policy) -> "Plans":
        """The plans of a site that was read, made by a policy."""
        digest = sha256(policy.model_dump_json().encode()).hexdigest()[:12]
        made_by = f"{policy.name} version {policy.version} ({digest})"
        return cls(database, site.settings.name, policy=made_by, sources=site.sources)

    def save_forecast(
        self, table: pd.DataFrame, horizon: Horizon, *, at: datetime, models: Mapping[str, str] | None = None
    ) -> int:
        """Keep a forecast; returns the number of its run."""
        values = {"models": json.dumps(dict(models or {}), ensure_ascii=False), "content": pack_table(table)}
        with self.database.write() as connection:
            return self._rows.add(connection, forecast_run, horizon, at, values)

    def forecast_run(self, run: int) -> ForecastRun:
        """A forecast by its number.

        Raises
        ------
        NotPublishedError : there is no such run of this site.
        """
        with self.database.read() as connection:
            return _forecast(self._rows.get(connection, forecast_run, run))

    def latest_forecast(self, begin: int, end: int) -> ForecastRun | None:
        """The newest forecast whose horizon covers [begin, end), UTC seconds."""
        with self.database.read() as connection:
            row = self._rows.newest(connection, forecast_run, begin, end)
        return _forecast(row) if row else None

    def save_requirement(self, requirement: Requirement, *, at: datetime, forecast_run: int | None = None) -> int:
        """Keep required staff and the service curves; returns their version."""
        values = {"forecast_run": forecast_run, "content": pack_requirement(requirement)}
        with self.database.write() as connection:
            return self._rows.add(connection, requirement_version, requirement.horizon, at, values)

    def requirement(self, version: int) -> Requirement:
        """A requirement by its version.

        Raises
        ------
        NotPublishedError : there is no such version of this site.
        """
        with self.database.read() as connection:
            return _requirement(self._rows.get(connection, requirement_version, version))

    def requirement_covering(self, begin: int, end: int) -> Requirement | None:
        """The newest requirement, whole, whose horizon covers [begin, end), UTC seconds."""
        with self.database.read() as connection:
            row = self._rows.newest(connection, requirement_version, begin, end)
        return _requirement(row) if row else None

    def newest_requirement(self) -> int:
        """The number of the newest requirement, whatever its days; 0 without any."""
        table = requirement_version.c
        with self.database.read() as connection:
            return int(connection.scalars(select(func.max(table.id)).where(table.site == self._rows.site)).one() or 0)

    def requirement_for(self, horizon: Horizon) -> Requirement | None:
        """The newest requirement on this grid that covers the horizon, cut to it."""
        found = self.requirement_version_for(horizon)
        return found[1] if found else None

    def requirement_version_for(self, horizon: Horizon) -> tuple[int, Requirement] | None:
        """The same with its version."""
        table = requirement_version.c
        same_grid = (table.zone == horizon.zone, table.grid_minutes == horizon.minutes)
        with self.database.read() as connection:
            row = self._rows.newest(connection, requirement_version, horizon.begin, horizon.end, *same_grid)
        return (int(row.id), _cut_to(horizon, _requirement(row))) if row else None

    def save_roster(
        self,
        roster: Roster,
        horizon: Horizon,
        *,
        at: datetime,
        requirement_version: int | None = None,
        published: bool = False,
        applies_from: datetime | None = None,
        by: str = "",
        note: str = "",
    ) -> int:
        """Keep a roster of these days, as a draft or published at once (see `publish`); returns its version."""
        content = pack_segments(roster.segments)
        values = {"requirement_version": requirement_version, "note": note, "content": content}
        with self.database.write() as connection:
            version = self._rows.add(connection, roster_version, horizon, at, values)
            if published:
                publications.publish(connection, self._rows, version, at, applies_from, by)
        return version

    def publish_roster(self, roster: Roster, horizon: Horizon, *, at: datetime, **more: Any) -> int:
        """Keep and publish a roster of these days; returns its version. Takes what `save_roster` takes."""
        return self.save_roster(roster, horizon, at=at, published=True, **more)

    def publish(self, version: int, *, at: datetime, applies_from: datetime | None = None, by: str = "") -> None:
        """Publish a draft: from `applies_from` (None: its first day) on it holds for the days of its horizon.

        Raises
        ------
        NotPublishedError : there is no such version.
        StoreError : it is published already, or a newer version that speaks for its days is.
        """
        with self.database.write() as connection:
            publications.publish(connection, self._rows, version, at, applies_from, by)

    def roster(self, version: int) -> Roster:
        """A roster version as it was kept, draft or published.

        Raises
        ------
        NotPublishedError : there is no such version of this site.
        """
        with self.database.read() as connection:
            return self._roster(connection, version)

    def roster_versions(self) -> list[RosterVersion]:
        """All versions of the site, newest first."""
        columns = [column for column in roster_version.c if column.name != "content"]
        query: Select[Any] = (
            select(*columns, publication.c.published_us, publication.c.applies_from_s, publication.c.published_by)
            .outerjoin(publication, publication.c.version == roster_version.c.id)
            .where(roster_version.c.site == self._rows.site)
            .order_by(roster_version.c.id.desc())
        )
        with self.database.read() as connection:
            return [_version(row) for row in connection.execute(query).all()]

    def newest_version(self) -> tuple[int, int]:
        """The highest roster version, and the latest publication in UTC microseconds; (0, 0) without any."""
        mine = roster_version.c.site == self._rows.site
        joined = roster_version.outerjoin(publication, publication.c.version == roster_version.c.id)
        newest = select(func.max(roster_version.c.id), func.max(publication.c.published_us)).select_from(joined)
        with self.database.read() as connection:
            version, published = connection.execute(newest.where(mine)).one()
        return int(version or 0), int(published or 0)

    def published_roster(self, begin: int, end: int, as_of: datetime | None = None) -> Roster:
        """What was planned over [begin, end), UTC seconds: over each time the newest version that speaks for it.

        Segments that overlap the time come whole. `as_of` asks for what was known at that moment. The roster carries
        the newest version that speaks for some of the time; 0 and no segments when none does.
        """
        with self.database.read() as connection:
            parts = publications.near(connection, self._rows, begin, end, as_of)
            plan = self._put_together(connection, parts, begin - NEAR_S, end)
        segments = (planned.segment for planned in plan)
        over = [segment for segment in segments if segment.start < end and begin < segment.end]
        speaking = publications.speaking_for(parts, begin, end)
        return Roster.of(over, max((part.version for part in speaking), default=0))

    def latest_published(self) -> Roster:
        """What holds for the days of the newest published version; empty, version 0, when there is none."""
        with self.database.read() as connection:
            newest = publications.newest(connection, self._rows)
            if newest is None:
                return Roster(())
            parts = publications.near(connection, self._rows, newest.begin, newest.end)
            plan = self._put_together(connection, parts, newest.begin, newest.end)
        return Roster.of((planned.segment for planned in plan), newest.version)

    def published_parts(self, begin: int, end: int, as_of: datetime | None = None) -> list[Published]:
        """The published versions that speak for some of [begin, end), UTC seconds, lowest first."""
        with self.database.read() as connection:
            parts = publications.near(connection, self._rows, begin, end, as_of)
        return publications.speaking_for(parts, begin, end)

    def save_result(self, version: int, result: str) -> None:
        """Keep a roster version's result.json."""
        with self.database.write() as connection:
            self._rows.get(connection, roster_version, version)
            connection.execute(insert(roster_result).values(version=version, content=result))

    def result(self, version: int) -> str | None:
        """A roster version's result.json, where one was kept."""
        query = select(roster_result.c.content).where(roster_result.c.version == version)
        with self.database.read() as connection:
            self._rows.get(connection, roster_version, version)
            return connection.execute(query).scalar()

    def remember_inputs(self, digest: str, version: int) -> None:
        """Keep the digest of everything that a roster version was made from."""
        with self.database.write() as connection:
            self._rows.get(connection, roster_version, version)
            connection.execute(insert(made_from).values(version=version, digest=digest))

    def version_made_from(self, digest: str) -> int | None:
        """The published version that was made from exactly this and still holds, untouched by a newer one."""
        with self.database.read() as connection:
            same = publications.made_from_same(connection, self._rows, digest)
            if same is None:
                return None
            parts = publications.near(connection, self._rows, same.begin, same.end)
        speaking = publications.speaking_for(parts, same.begin, same.end)
        return same.version if max(part.version for part in speaking) == same.version else None

    def trace(self, version: int) -> Trace:
        """What a roster version was made from.

        Raises
        ------
        NotPublishedError : there is no such version of this site.
        """
        with self.database.read() as connection:
            row = self._rows.get(connection, roster_version, version)
            need = row.requirement_version
            run = None if need is None else self._rows.get(connection, requirement_version, need).forecast_run
        told = next(known for known in self.roster_versions() if known.version == version)
        return Trace(told, need, run, row.policy, json.loads(row.sources))

    def _roster(self, connection: Connection, version: int) -> Roster:
        return Roster(unpack_segments(self._rows.get(connection, roster_version, version).content), version)

    def _put_together(self, connection: Connection, parts: Sequence[Published], begin: int, end: int) -> list[Planned]:
        """What holds of the duties that begin in [begin, end), after these versions."""

        def duties(part: Published, first: int, last: int) -> Iterable[Planned]:
            content = self._rows.get(connection, roster_version, part.version).content
            return map(Planned, *unpack_duties(content, first, last, part.applies_from))

        return put_together((part, duties(part, first, last)) for part, first, last in needed(parts, begin, end))


def _forecast(row: Row[Any]) -> ForecastRun:
    return ForecastRun(row.id, horizon_of(row), moment(row.made_us), json.loads(row.models), unpack_table(row.content))


def _requirement(row: Row[Any]) -> Requirement:
    arrays: dict[str, Any] = unpack_requirement(row.content)
    queues = tuple(str(name) for name in arrays.pop("queues"))
    return Requirement(horizon=horizon_of(row), queues=queues, **arrays)


def _cut_to(horizon: Horizon, requirement: Requirement) -> Requirement:
    first = requirement.horizon.index(horizon.begin)
    cut = slice(first, first + horizon.count)
    return replace(
        requirement,
        horizon=horizon,
        volume=requirement.volume[:, cut],
        aht_s=requirement.aht_s[:, cut],
        required=requirement.required[:, cut],
        gross=requirement.gross[:, cut],
        curve=requirement.curve[:, cut],
    )


def _version(row: Row[Any]) -> RosterVersion:
    made = RosterVersion(row.id, horizon_of(row), moment(row.made_us), row.requirement_version, row.note)
    if row.published_us is None:
        return made
    return replace(
        made,
        published_at=moment(row.published_us),
        applies_from=moment(row.applies_from_s * 1_000_000),
        published_by=row.published_by,
    )
