"""Proposals, what was done with them, and what came of their promises: rows are added only."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.exc import IntegrityError

from centre.errors import NotPublishedError
from centre.said import Said
from centre.site import Leave, Overtime
from store.database import Database
from store.rows import microseconds
from store.schema import promise as promise_table
from store.schema import proposal as proposal_table
from store.schema import proposal_deed

Status = Literal["open", "accepted", "partly accepted", "refused", "expired"]


@dataclass(frozen=True)
class ProposalDeed:
    """What somebody did with some moves of a proposal at an instant (UTC second): "accept" or "refuse".

    `detail` holds the ids of the moves, and the roster version an acceptance brought about.
    """

    at: int
    act: str
    by: str
    reason: str
    detail: Mapping[str, Any]

    @property
    def moves(self) -> tuple[str, ...]:
        """The moves it is about."""
        return tuple(self.detail.get("moves", ()))


@dataclass(frozen=True)
class Kept:
    """A proposal as it was made, and what was done with it."""

    number: int
    at: int
    expires: int
    policy: str
    content: Mapping[str, Any]
    deeds: tuple[ProposalDeed, ...] = ()
    promise: Mapping[str, Any] | None = None

    @property
    def moves(self) -> list[dict[str, Any]]:
        """Its moves."""
        return list(self.content["moves"])

    def done(self, act: str) -> frozenset[str]:
        """The moves that were accepted, or refused."""
        return frozenset(move for deed in self.deeds if deed.act == act for move in deed.moves)

    def left(self) -> list[dict[str, Any]]:
        """The moves nobody has decided upon."""
        known = self.done("accept") | self.done("refuse")
        return [move for move in self.moves if move["id"] not in known]

    def status(self, now: int) -> Status:
        """Where it stands at an instant, UTC second."""
        accepted, left = self.done("accept"), self.left()
        if not left:
            everything = len(accepted) == len(self.moves)
            return "accepted" if everything else "partly accepted" if accepted else "refused"
        if now >= self.expires:
            return "partly accepted" if accepted else "expired"
        return "open"


class Proposals:
    """The proposals of one site in a database."""

    def __init__(self, database: Database, site: str, policy: str = "") -> None:
        self.database, self.site, self.policy = database, site, policy

    def keep(self, content: Mapping[str, Any], at: int, expires: int, made: datetime) -> int:
        """Keep a proposal; returns its number."""
        values = {
            "at_s": at,
            "expires_s": expires,
            "made_us": microseconds(made),
            "policy": self.policy,
            "content": json.dumps(dict(content), ensure_ascii=False),
        }
        with self.database.write() as connection:
            key = connection.execute(insert(proposal_table).values(site=self.site, **values)).inserted_primary_key
        assert key is not None
        return int(key[0])

    def get(self, number: int) -> Kept:
        """A proposal with everything done with it.

        Raises
        ------
        NotPublishedError : there is no such proposal.
        """
        with self.database.read() as connection:
            return self._kept(connection, self._row(connection, number))

    def all(self, since: int = 0, until: int | None = None) -> list[Kept]:
        """The proposals made in [since, until), UTC seconds, newest first."""
        query = select(proposal_table).where(proposal_table.c.site == self.site, proposal_table.c.at_s >= since)
        if until is not None:
            query = query.where(proposal_table.c.at_s < until)
        with self.database.read() as connection:
            rows = connection.execute(query.order_by(proposal_table.c.id.desc())).all()
            return [self._kept(connection, row) for row in rows]

    def note(self, number: int, deed: ProposalDeed, made: datetime, seen: int) -> None:
        """Write down what was done; `seen` is how many deeds were known when it was prepared.

        Raises
        ------
        NotPublishedError : there is no such proposal, or somebody else decided meanwhile.
        """
        with self.database.write() as connection:
            self._row(connection, number)
            if len(self._deeds(connection, number)) != seen:
                raise NotPublishedError(
                    Said("proposal {number} was decided upon by somebody else meanwhile: look again", number=number)
                )
            connection.execute(
                insert(proposal_deed).values(
                    site=self.site,
                    proposal=number,
                    position=seen,
                    act=deed.act,
                    who=deed.by,
                    reason=deed.reason,
                    at_s=deed.at,
                    made_us=microseconds(made),
                    detail=json.dumps(dict(deed.detail), ensure_ascii=False),
                )
            )

    def measure(self, number: int, content: Mapping[str, Any], at: datetime) -> None:
        """Keep what came of a promise, once and for all; a second measurement is passed over."""
        text = json.dumps(dict(content), ensure_ascii=False)
        try:
            with self.database.write() as connection:
                connection.execute(
                    insert(promise_table).values(
                        site=self.site, proposal=number, measured_us=microseconds(at), content=text
                    )
                )
        except IntegrityError:
            return

    def granted(self) -> tuple[list[Leave], list[Overtime]]:
        """The hours given back, and the overtime, of accepted moves: both are approved by their acceptance."""
        leave, overtime = list[Leave](), list[Overtime]()
        with self.database.read() as connection:
            query = select(proposal_deed.c.proposal).where(proposal_deed.c.site == self.site).distinct()
            numbers = [row.proposal for row in connection.execute(query.where(proposal_deed.c.act == "accept"))]
            every = [self._kept(connection, self._row(connection, number)) for number in numbers]
        for kept in every:
            accepted = kept.done("accept")
            for row in (row for move in kept.moves if move["id"] in accepted for row in move["changes"]):
                start, end = _second(row["start"]), _second(row["end"])
                if row["activity"] == "leave":
                    leave.append(Leave(agent=row["agent"], start=start, end=end, kind="time_off"))
                elif row["activity"] == "overtime":
                    overtime.append(Overtime(agent=row["agent"], start=start, end=end))
        return leave, overtime

    def _row(self, connection: Connection, number: int) -> Row[Any]:
        mine = (proposal_table.c.id == number, proposal_table.c.site == self.site)
        row = connection.execute(select(proposal_table).where(*mine)).first()
        if row is None:
            raise NotPublishedError(
                Said(
                    'there is no proposal {number} of "{site}": list them with `paiban proposals list`',
                    number=number,
                    site=self.site,
                )
            )
        return row

    def _deeds(self, connection: Connection, number: int) -> tuple[ProposalDeed, ...]:
        query = select(proposal_deed).where(proposal_deed.c.proposal == number).order_by(proposal_deed.c.position)
        return tuple(
            ProposalDeed(row.at_s, row.act, row.who, row.reason, json.loads(row.detail))
            for row in connection.execute(query)
        )

    def _kept(self, connection: Connection, row: Row[Any]) -> Kept:
        known = connection.execute(select(promise_table.c.content).where(promise_table.c.proposal == row.id)).scalar()
        return Kept(
            row.id,
            row.at_s,
            row.expires_s,
            row.policy,
            json.loads(row.content),
            self._deeds(connection, row.id),
            None if known is None else json.loads(known),
        )


def _second(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())
