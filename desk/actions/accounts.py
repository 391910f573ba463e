"""Accounts of the board: add, list, change; passwords; tokens for programs, screens and calendars."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from centre.errors import InputError, Problem
from centre.library_words import said_by
from centre.said import Said
from desk.access import SCOPES, known_roles
from desk.wiring import Place
from store.accounts import Account, Accounts, Token
from store.audit import Audit, Deed

SHORTEST_PASSWORD = 10
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("nobody has this password")
"""Verified where there is no such account: an answer takes as long as for one that there is."""


def accounts_of(place: Place) -> Accounts:
    """The site's accounts."""
    return Accounts(place.plans.database, place.site.settings.name)


def add_account(
    place: Place, name: str, password: str | None, roles: Sequence[str], agent: str = "", *, by: str
) -> Account:
    """Add an account; without a password for somebody who signs in elsewhere (OpenID Connect, proxy).

    Raises
    ------
    InputError : a name that is taken or empty, an unknown role or agent, a password that is too short.
    """
    if not name.strip() or len(name) > 64 or any(not char.isprintable() for char in name):
        raise InputError([Problem("users", "name", name, Said("1 to 64 printable characters"))])
    checked = _roles(roles)
    _agent(place, agent)
    hashed = "" if password is None else hashed_password(password)
    made = accounts_of(place).add(name, hashed, checked, agent, place.now)
    _note(place, by, "add account", f"account/{name}", Said.listed([Said.term("role", role) for role in checked]))
    return made


def change_account(
    place: Place,
    name: str,
    *,
    by: str,
    password: str | None = None,
    roles: Sequence[str] | None = None,
    agent: str | None = None,
    disabled: bool | None = None,
) -> Account:
    """Change what is given; every browser of the account is signed out."""
    values: dict[str, Any] = {}
    if password is not None:
        values["password"] = hashed_password(password)
    if roles is not None:
        values["roles"] = _roles(roles)
    if agent is not None:
        _agent(place, agent)
        values["agent"] = agent
    if disabled is not None:
        values["disabled"] = disabled
    changed = accounts_of(place).change(name, **values)
    _note(
        place,
        by,
        "change account",
        f"account/{name}",
        Said.listed([Said.term("account", key) for key in sorted(values)]),
    )
    return changed


def account_row(account: Account) -> dict[str, Any]:
    """An account for --json: everything but its password."""
    return {
        "name": account.name,
        "roles": list(account.roles),
        "agent": account.agent,
        "disabled": account.disabled,
        "password": bool(account.password),
        "made_at": account.made_at.isoformat(),
    }


def hashed_password(password: str) -> str:
    """The argon2id hash of a password.

    Raises
    ------
    InputError : it is too short.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise InputError(
            [
                Problem(
                    "users",
                    "password",
                    Said("one that is too short"),
                    Said("{count} characters", count=SHORTEST_PASSWORD),
                )
            ]
        )
    return _HASHER.hash(password)


def right_password(account: Account | None, password: str) -> bool:
    """Whether a password is an account's; takes as long where there is no such account, or it may not sign in."""
    known = account is not None and bool(account.password) and not account.disabled
    try:
        _HASHER.verify(account.password if account is not None and known else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return known


def make_token(
    place: Place, owner: Account, name: str, scopes: Sequence[str], days: int, *, by: str
) -> tuple[str, datetime]:
    """A new secret for a program of an account; it is shown once and kept as a digest.

    Raises
    ------
    InputError : an unknown scope, none at all, or a time that is not 1 to 3,660 days.
    """
    wrong = [scope for scope in scopes if scope not in SCOPES]
    if wrong or not scopes:
        found = Said.listed(wrong) or Said("none")
        raise InputError([Problem("tokens", "scopes", found, Said.listed(SCOPES))])
    if not 1 <= days <= 3660:
        raise InputError([Problem("tokens", "days", str(days), Said("1 to 3660"))])
    secret = "pb_" + secrets.token_urlsafe(32)
    expires = place.now + timedelta(days=days)
    accounts_of(place).add_token(secret, name=name, scopes=scopes, at=place.now, expires=expires, account=owner.number)
    _note(
        place, by, "make token", f"account/{owner.name}/token", Said("{name}: {scopes}", name=name, scopes=list(scopes))
    )
    return secret, expires


def make_calendar(place: Place, agent: str, *, by: str) -> str:
    """A new secret for a person's calendar address; the old ones hold no longer."""
    _agent(place, agent)
    accounts = accounts_of(place)
    for token in accounts.tokens(agent=agent):
        accounts.revoke_token(token.number, place.now)
    secret = secrets.token_urlsafe(32)
    accounts.add_token(
        secret,
        name="calendar",
        scopes=("calendar",),
        at=place.now,
        expires=place.now + timedelta(days=3660),
        agent=agent,
    )
    _note(place, by, "make calendar address", f"agent/{agent}/calendar", "")
    return secret


def token_row(token: Token) -> dict[str, Any]:
    """A token for --json; its secret is known to nobody."""
    return {
        "token": token.number,
        "name": token.name,
        "scopes": list(token.scopes),
        "made_at": token.made_at.isoformat(),
        "expires_at": token.expires_at.isoformat(),
    }


def _roles(roles: Sequence[str]) -> tuple[str, ...]:
    try:
        return known_roles(roles)
    except ValueError as error:
        raise InputError([Problem("users", "roles", Said.listed(roles) or Said("none"), said_by(error))]) from None


def _agent(place: Place, agent: str) -> None:
    if agent and agent not in place.site.agents:
        raise InputError([Problem("agents.csv", "agent", agent, Said("somebody of agents.csv"))])


def _note(place: Place, by: str, did: str, what: str, detail: str) -> None:
    Audit(place.plans.database, place.site.settings.name).note(Deed(place.now, by, did, what, True, detail))
