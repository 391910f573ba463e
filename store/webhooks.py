"""Webhooks: whom to tell of changes, what is still to be told, and how it went.

What is told is the audit: whatever changes something writes a row there, on the board and on the command line alike.
Each webhook knows how far in it it has come; deliveries and that place move on in one transaction.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from store.database import Database
from store.rows import microseconds, moment
from store.schema import audit, webhook, webhook_delivery

WAITS = (10, 60, 600, 3600, 6 * 3600, 24 * 3600)
"""Seconds until the next try, after each that failed; then it is given up."""
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told of changes whose subject begins with one of `events` ("roster", "request"; "*": all)."""

    number: int
    url: str
    secret: str
    events: tuple[str, ...]
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing to be told to one webhook. `next_at` is None where it is done or given up."""

    number: int
    webhook: Webhook
    event: str
    content: str
    attempts: int
    next_at: datetime | None
    answer: str


class Webhooks:
    """The webhooks of one site."""

    def __init__(self, database: Database, site: str) -> None:
        self.database = database
        self.site = site

    def add(self, url: str, secret: str, events: Sequence[str], by: str, at: datetime) -> int:
        """Tell an address of what changes from now on; returns its number."""
        newest = select(func.max(audit.c.id)).where(audit.c.site == self.site)
        with self.database.write() as connection:
            after = connection.execute(newest).scalar() or 0
            wanted = json.dumps({"events": list(events), "after": int(after)})
            values = {"url": url, "secret": secret, "events": wanted, "made_by": by, "made_us": microseconds(at)}
            key = connection.execute(insert(webhook).values(site=self.site, **values)).inserted_primary_key
        assert key is not None
        return int(key[0])

    def all(self) -> list[Webhook]:
        """Those that have not ended."""
        query = select(webhook).where(webhook.c.site == self.site, webhook.c.ended_us.is_(None)).order_by(webhook.c.id)
        with self.database.read() as connection:
            return [_webhook(row) for row in connection.execute(query)]

    def end(self, number: int, at: datetime) -> bool:
        """Tell it no more; False where there is none of that number."""
        mine = (webhook.c.id == number, webhook.c.site == self.site, webhook.c.ended_us.is_(None))
        with self.database.write() as connection:
            done = connection.execute(update(webhook).where(*mine).values(ended_us=microseconds(at)))
        return bool(done.rowcount)

    def take_in(self, at: datetime) -> int:
        """Put what has changed since in line for each webhook; returns how many deliveries."""
        count = 0
        with self.database.write() as connection:
            live = select(webhook).where(webhook.c.site == self.site, webhook.c.ended_us.is_(None))
            for row in connection.execute(live).all():
                state = json.loads(row.events)
                changes = select(audit).where(
                    audit.c.site == self.site, audit.c.id > state["after"], audit.c.changed.is_(True)
                )
                for change in connection.execute(changes.order_by(audit.c.id).limit(AT_ONCE)).all():
                    state["after"] = change.id
                    kind = change.what.split("/")[0]
                    if "*" in state["events"] or kind in state["events"]:
                        connection.execute(
                            insert(webhook_delivery).values(
                                site=self.site, webhook=row.id, event=kind, content=_content(change, self.site),
                                attempts=0, next_us=microseconds(at), answer="",
                            )
                        )  # fmt: skip
                        count += 1
                connection.execute(update(webhook).where(webhook.c.id == row.id).values(events=json.dumps(state)))
        return count

    def due(self, now: datetime) -> list[Delivery]:
        """Deliveries whose time has come, oldest first."""
        return self._deliveries(webhook_delivery.c.next_us <= microseconds(now))

    def newest(self) -> list[Delivery]:
        """The last deliveries, done or not, newest first."""
        return self._deliveries()[::-1]

    def done(self, delivery: Delivery, answer: str, now: datetime, *, good: bool) -> None:
        """Write down how a try went; one that failed is tried again, later and later, until it is given up."""
        attempts = delivery.attempts + 1
        again = None if good or attempts > len(WAITS) else microseconds(now + timedelta(seconds=WAITS[attempts - 1]))
        values = {"attempts": attempts, "next_us": again, "answer": answer[:500]}
        with self.database.write() as connection:
            connection.execute(
                update(webhook_delivery).where(webhook_delivery.c.id == delivery.number).values(**values)
            )

    def _deliveries(self, *where: Any) -> list[Delivery]:
        query = select(webhook_delivery).where(webhook_delivery.c.site == self.site, *where)
        known = {row.number: row for row in self.all()}
        with self.database.read() as connection:
            rows = connection.execute(query.order_by(webhook_delivery.c.id.desc()).limit(AT_ONCE)).all()
        return [_delivery(row, known[row.webhook]) for row in reversed(rows) if row.webhook in known]


def _webhook(row: Row[Any]) -> Webhook:
    events = tuple(json.loads(row.events)["events"])
    return Webhook(row.id, row.url, row.secret, events, row.made_by, moment(row.made_us))


def _delivery(row: Row[Any], owner: Webhook) -> Delivery:
    next_at = None if row.next_us is None else moment(row.next_us)
    return Delivery(row.id, owner, row.event, row.content, row.attempts, next_at, row.answer)


def _content(change: Row[Any], site: str) -> str:
    told = {
        "id": change.id, "site": site, "at": moment(change.at_us).isoformat(), "who": change.who, "did": change.did,
        "what": change.what, "detail": change.detail,
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False)
