"""Requests and what was done with them: rows are added only, the state is what the deeds amount to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, func, insert, select

from centre.approvals import Approved, Deed, Open, State, Step, act, filed, replay
from centre.errors import NotPublishedError
from centre.policy import ApprovalPolicy
from centre.requests import AnyRequest, LeaveRequest, Request
from centre.said import Said
from store.database import Database
from store.rows import microseconds
from store.schema import request as request_table
from store.schema import request_deed

_READ: TypeAdapter[AnyRequest] = TypeAdapter(Request)


@dataclass(frozen=True)
class Filed:
    """A request as it was filed, with its verdict and policy of that moment, and where it stands."""

    number: int
    asked: AnyRequest
    policy: str
    verdict: Mapping[str, Any]
    state: State

    @property
    def holds(self) -> bool:
        """Whether it was approved."""
        return isinstance(self.state, Approved)


class Requests:
    """The requests of one site in a database.

    Parameters
    ----------
    approvals : how long a level has to answer; a filed request keeps what held then.
    policy : name and version of the policy that new requests are judged by.
    """

    def __init__(self, database: Database, site: str, approvals: ApprovalPolicy, policy: str = "") -> None:
        self.database = database
        self.site = site
        self.approvals = approvals
        self.policy = policy

    def file(
        self,
        asked: AnyRequest,
        steps: Sequence[Step],
        deadline: int,
        verdict: Mapping[str, Any],
        made: datetime,
    ) -> int:
        """Keep a request that is to be decided before `deadline` (UTC second); returns its number.

        Raises
        ------
        NotAllowedError : nobody may decide it.
        """
        emergency = isinstance(asked, LeaveRequest) and asked.kind == "emergency"
        state = filed(steps, asked.parties, asked.at, deadline, self.approvals, emergency=emergency)
        way = {
            "steps": [[step.role, list(step.people)] for step in steps],
            "deadline": deadline,
            "answer_hours": self.approvals.answer_hours,
            "emergency": state.emergency,
        }
        values = {
            "what": asked.what,
            "at_s": asked.at,
            "made_us": microseconds(made),
            "policy": self.policy,
            "asked": asked.model_dump_json(),
            "way": json.dumps(way, ensure_ascii=False),
            "verdict": json.dumps(dict(verdict), ensure_ascii=False),
        }
        with self.database.write() as connection:
            key = connection.execute(insert(request_table).values(site=self.site, **values)).inserted_primary_key
        assert key is not None
        return int(key[0])

    def decide(self, number: int, deed: Deed, made: datetime, seen: int | None = None) -> Filed:
        """Do something with a request and write it down, unless it may not be.

        `seen` is how many deeds were known when the decision was prepared; somebody else's in between undoes it.

        Raises
        ------
        NotAllowedError : who may not do it, or it can no longer be done; nothing is written then.
        NotPublishedError : there is no such request.
        """
        with self.database.write() as connection:
            row = self._row(connection, number)
            deeds = self._deeds(connection, number)
            state = act(self._state(row, deeds), deed)
            if seen is not None and len(deeds) != seen:
                raise NotPublishedError(
                    Said("request {number} was decided upon by somebody else meanwhile: look again", number=number)
                )
            values = {"act": deed.act, "who": deed.by, "reason": deed.reason, "at_s": deed.at}
            connection.execute(
                insert(request_deed).values(
                    site=self.site, request=number, made_us=microseconds(made), **values, position=len(deeds)
                )
            )
        return self._filed(row, state)

    def get(self, number: int, now: int | None = None) -> Filed:
        """A request with its state, time having passed until `now` (UTC second; None: as the last deed left it).

        Raises
        ------
        NotPublishedError : there is no such request.
        """
        with self.database.read() as connection:
            row = self._row(connection, number)
            state = self._state(row, self._deeds(connection, number))
        return self._filed(row, state.tick(now) if isinstance(state, Open) and now is not None else state)

    def all(self, now: int | None = None, what: str | None = None, known: datetime | None = None) -> list[Filed]:
        """Every request of the site, oldest first; with `known` as they stood in what was written down by then."""
        query = select(request_table).where(request_table.c.site == self.site).order_by(request_table.c.id)
        if what is not None:
            query = query.where(request_table.c.what == what)
        every = select(request_deed).where(request_deed.c.site == self.site)
        if known is not None:
            query = query.where(request_table.c.made_us <= microseconds(known))
            every = every.where(request_deed.c.made_us <= microseconds(known))
        with self.database.read() as connection:
            rows = connection.execute(query).all()
            deeds: dict[int, list[Deed]] = {}
            for deed in connection.execute(every.order_by(request_deed.c.request, request_deed.c.position)):
                deeds.setdefault(deed.request, []).append(_deed(deed))
        found = []
        for row in rows:
            state = self._state(row, deeds.get(row.id, []))
            found.append(self._filed(row, state.tick(now) if isinstance(state, Open) and now is not None else state))
        return found

    def count_deeds(self, number: int) -> int:
        """How many deeds are written down for a request."""
        with self.database.read() as connection:
            query = select(func.count()).select_from(request_deed).where(request_deed.c.request == number)
            return int(connection.execute(query).scalar_one())

    def _row(self, connection: Connection, number: int) -> Row[Any]:
        mine = (request_table.c.id == number, request_table.c.site == self.site)
        row = connection.execute(select(request_table).where(*mine)).first()
        if row is None:
            raise NotPublishedError(
                Said(
                    'there is no request {number} of "{site}": list them with `paiban request list`',
                    number=number,
                    site=self.site,
                )
            )
        return row

    def _deeds(self, connection: Connection, number: int) -> list[Deed]:
        query = select(request_deed).where(request_deed.c.request == number).order_by(request_deed.c.position)
        return [_deed(row) for row in connection.execute(query)]

    def _state(self, row: Row[Any], deeds: Sequence[Deed]) -> State:
        way = json.loads(row.way)
        steps = [Step(role, tuple(people)) for role, people in way["steps"]]
        held = ApprovalPolicy(answer_hours=way["answer_hours"])
        asked = _READ.validate_json(row.asked)
        start = filed(steps, asked.parties, row.at_s, way["deadline"], held, emergency=way["emergency"])
        return replay(start, deeds)

    def _filed(self, row: Row[Any], state: State) -> Filed:
        return Filed(row.id, _READ.validate_json(row.asked), row.policy, json.loads(row.verdict), state)


def _deed(row: Row[Any]) -> Deed:
    return Deed(row.at_s, row.act, row.who, row.reason)
