"""Who looked at or changed what (ORG-4), and corrections that never erase what they correct (ATT-6)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from centre.said import Said
from store.database import Database
from store.rows import microseconds, moment
from store.schema import audit, correction


@dataclass(frozen=True)
class Deed:
    """Somebody looked at or changed something. `what` names it, such as "roster/12" or "agent/a007/attendance".

    A `detail` that is `Said` stays so, and is told in its reader's language.
    """

    at: datetime
    who: str
    did: str
    what: str
    changed: bool = False
    detail: str = ""


@dataclass(frozen=True)
class Correction:
    """A record set right: what stood there, what stands there now, why, by whom, and who approved it."""

    about: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str
    corrected_by: str
    approved_by: str
    at: datetime

    def __post_init__(self) -> None:
        if not self.reason.strip() or not self.approved_by.strip():
            raise ValueError(Said("a correction has a reason and an approver (ATT-6)"))


class Audit:
    """What was done with one site's records. Rows are added only."""

    def __init__(self, database: Database, site: str) -> None:
        self.database = database
        self.site = site

    def note(self, deed: Deed) -> None:
        """Write down who did what."""
        values = {"who": deed.who, "did": deed.did, "what": deed.what, "changed": deed.changed}
        values["detail"] = _written(deed.detail)
        with self.database.write() as connection:
            connection.execute(insert(audit).values(site=self.site, at_us=microseconds(deed.at), **values))

    def deeds(self, *, what: str | None = None, since: datetime | None = None, newest: int = 1_000) -> list[Deed]:
        """What was done, newest first: with one thing (and what lies below it), since a moment."""
        query = select(audit).where(audit.c.site == self.site).order_by(audit.c.id.desc()).limit(newest)
        if what is not None:
            query = query.where((audit.c.what == what) | audit.c.what.startswith(f"{what}/", autoescape=True))
        if since is not None:
            query = query.where(audit.c.at_us >= microseconds(since))
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        return [Deed(moment(row.at_us), row.who, row.did, row.what, row.changed, _detail(row.detail)) for row in rows]

    def correct(self, made: Correction) -> int:
        """Keep a correction; returns its number."""
        values = {"reason": made.reason, "corrected_by": made.corrected_by, "approved_by": made.approved_by}
        content = {"before": _text(made.before), "after": _text(made.after)}
        query = insert(correction).values(
            site=self.site, about=made.about, at_us=microseconds(made.at), **values, **content
        )
        with self.database.write() as connection:
            key = connection.execute(query).inserted_primary_key
        assert key is not None
        return int(key[0])

    def corrections(self, about: str | None = None) -> list[Correction]:
        """Corrections of one record (or of all), oldest first: the last one holds, all of them are shown."""
        query = select(correction).where(correction.c.site == self.site).order_by(correction.c.id)
        if about is not None:
            query = query.where(correction.c.about == about)
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        return [
            Correction(
                about=row.about,
                before=json.loads(row.before),
                after=json.loads(row.after),
                reason=row.reason,
                corrected_by=row.corrected_by,
                approved_by=row.approved_by,
                at=moment(row.at_us),
            )
            for row in rows
        ]


SAID = '{"says": '
"""How a detail that can be told in another language begins in the database."""


def _written(detail: str) -> str:
    if not isinstance(detail, Said) and detail.startswith(SAID):
        detail = Said("{text}", text=detail)  # somebody's own words are never taken for a sentence of ours
    return _text(detail.to_json()) if isinstance(detail, Said) else detail


def _detail(written: str) -> str:
    return Said.from_json(json.loads(written)) if written.startswith(SAID) else written


def _text(values: Mapping[str, Any]) -> str:
    return json.dumps(dict(values), ensure_ascii=False, sort_keys=True)
