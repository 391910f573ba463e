"""Who may come in: accounts, browsers that are signed in, and secrets for programs, screens and calendars.

Secrets are kept as digests only: whoever reads the database cannot sign in with what stands there.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from centre.errors import InputError, NotPublishedError, Problem
from centre.said import Said
from store.database import Database
from store.rows import microseconds, moment
from store.schema import access_token, account, web_session


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. `agent` is the person of agents.csv, "" for people who are not rostered."""

    number: int
    name: str
    password: str
    roles: tuple[str, ...]
    agent: str
    disabled: bool
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """A secret for a program: what it may do, until when. Either of an account, or (a calendar) of an agent alone."""

    number: int
    account: int | None
    agent: str
    name: str
    scopes: tuple[str, ...]
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


def digest(secret: str) -> str:
    """What is kept of a secret. The secrets are 256 random bits: no salt and no slow hash is needed."""
    return sha256(secret.encode()).hexdigest()


class Accounts:
    """The accounts of one site in a database."""

    def __init__(self, database: Database, site: str) -> None:
        self.database = database
        self.site = site

    def all(self) -> list[Account]:
        """Every account, by name."""
        query = select(account).where(account.c.site == self.site).order_by(account.c.name)
        with self.database.read() as connection:
            return [_account(row) for row in connection.execute(query)]

    def find(self, name: str) -> Account | None:
        """The account of a name."""
        query = select(account).where(account.c.site == self.site, account.c.name == name)
        with self.database.read() as connection:
            row = connection.execute(query).first()
        return _account(row) if row else None

    def add(self, name: str, password: str, roles: Sequence[str], agent: str, at: datetime) -> Account:
        """Add an account with the hash of its password.

        Raises
        ------
        InputError : the name is taken.
        """
        if self.find(name) is not None:
            raise InputError([Problem("users", "name", name, Said("a name that is not taken yet"))])
        values = {"password": password, "roles": json.dumps(list(roles)), "agent": agent, "disabled": False}
        with self.database.write() as connection:
            connection.execute(insert(account).values(site=self.site, name=name, made_us=microseconds(at), **values))
        return self.get(name)

    def get(self, name: str) -> Account:
        """The account of a name.

        Raises
        ------
        NotPublishedError : there is none.
        """
        found = self.find(name)
        if found is None:
            raise NotPublishedError(Said('there is no account "{name}": list them with `paiban users list`', name=name))
        return found

    def change(self, name: str, **values: Any) -> Account:
        """Change the password's hash, roles, agent or disabled of an account; its browsers are signed out."""
        known = self.get(name)
        if "roles" in values:
            values["roles"] = json.dumps(list(values["roles"]))
        with self.database.write() as connection:
            connection.execute(update(account).where(account.c.id == known.number).values(**values))
            connection.execute(delete(web_session).where(web_session.c.account == known.number))
        return self.get(name)

    def open_session(self, number: int, secret: str, at: datetime) -> None:
        """Sign a browser in."""
        values = {"digest": digest(secret), "began_us": microseconds(at), "seen_us": microseconds(at)}
        with self.database.write() as connection:
            connection.execute(insert(web_session).values(site=self.site, account=number, **values))

    def session(self, secret: str, now: datetime, idle: timedelta, longest: timedelta) -> Account | None:
        """The account of a browser that is signed in and was not idle for too long; notes that it was seen.

        The note is written once a minute at most: a page that asks often must not make the database write as often.
        """
        query = (
            select(web_session.c.id, web_session.c.began_us, web_session.c.seen_us, account)
            .join(account, account.c.id == web_session.c.account)
            .where(web_session.c.digest == digest(secret), web_session.c.site == self.site)
        )
        at = microseconds(now)
        with self.database.read() as connection:
            row = connection.execute(query).first()
        if row is None or row.disabled:
            return None
        if at - row.seen_us > idle // timedelta(microseconds=1) or at - row.began_us > longest // timedelta(
            microseconds=1
        ):
            self.close_session(secret)
            return None
        if at - row.seen_us > 60_000_000:
            with self.database.write() as connection:
                connection.execute(update(web_session).where(web_session.c.digest == digest(secret)).values(seen_us=at))
        return Account(
            row.id_1, row.name, row.password, tuple(json.loads(row.roles)), row.agent, row.disabled, moment(row.made_us)
        )

    def close_session(self, secret: str) -> None:
        """Sign a browser out."""
        with self.database.write() as connection:
            connection.execute(delete(web_session).where(web_session.c.digest == digest(secret)))

    def add_token(
        self,
        secret: str,
        *,
        name: str,
        scopes: Sequence[str],
        at: datetime,
        expires: datetime,
        account: int | None = None,
        agent: str = "",
    ) -> None:
        """Keep the digest of a new secret."""
        values = {"name": name, "scopes": json.dumps(list(scopes)), "digest": digest(secret)}
        with self.database.write() as connection:
            connection.execute(
                insert(access_token).values(
                    site=self.site,
                    account=account,
                    agent=agent,
                    made_us=microseconds(at),
                    expires_us=microseconds(expires),
                    **values,
                )
            )

    def token(self, secret: str, now: datetime) -> tuple[Token, Account | None] | None:
        """The token of a secret with its account, while it holds."""
        query = select(access_token).where(access_token.c.digest == digest(secret), access_token.c.site == self.site)
        with self.database.read() as connection:
            row = connection.execute(query).first()
            if row is None or row.revoked_us is not None or row.expires_us <= microseconds(now):
                return None
            owner = connection.execute(select(account).where(account.c.id == row.account)).first()
        if row.account is not None and (owner is None or owner.disabled):
            return None
        return _token(row), _account(owner) if owner else None

    def tokens(self, account_number: int | None = None, agent: str | None = None) -> list[Token]:
        """Tokens that are not revoked: of everybody, of an account, or calendars of an agent; newest first."""
        query = select(access_token).where(access_token.c.site == self.site, access_token.c.revoked_us.is_(None))
        if account_number is not None:
            query = query.where(access_token.c.account == account_number)
        if agent is not None:
            query = query.where(access_token.c.agent == agent)
        with self.database.read() as connection:
            return [_token(row) for row in connection.execute(query.order_by(access_token.c.id.desc()))]

    def revoke_token(self, number: int, at: datetime) -> None:
        """A token holds no longer."""
        mine = (access_token.c.id == number, access_token.c.site == self.site)
        with self.database.write() as connection:
            connection.execute(update(access_token).where(*mine).values(revoked_us=microseconds(at)))


def _account(row: Row[Any]) -> Account:
    roles = tuple(json.loads(row.roles))
    return Account(row.id, row.name, row.password, roles, row.agent, row.disabled, moment(row.made_us))


def _token(row: Row[Any]) -> Token:
    return Token(
        row.id,
        row.account,
        row.agent,
        row.name,
        tuple(json.loads(row.scopes)),
        moment(row.made_us),
        moment(row.expires_us),
        None if row.revoked_us is None else moment(row.revoked_us),
    )
