"""The audit, accounts, tokens and webhooks."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from centre.errors import InputError, NotPublishedError
from centre.said import Said
from desk.actions.accounts import account_row, accounts_of, add_account, change_account, make_token, token_row
from desk.actions.webhooks import add_webhook, delivery_row, end_webhook, webhook_row, webhooks_of
from desk.web.api.problem import ANSWERS
from desk.web.ask import Asked
from store.audit import Audit

router = APIRouter(tags=["administration"], responses=ANSWERS)
Name = Annotated[str, Path(min_length=1, max_length=64)]
Number = Annotated[int, Path(ge=1, le=2**62)]


@router.get("/audit")
def audit(
    ask: Asked,
    what: Annotated[str, Query(max_length=200, description='Only this, and what lies below it: "roster/12".')] = "",
    newest: Annotated[int, Query(ge=1, le=5000)] = 200,
) -> dict[str, Any]:
    """Who looked at or changed what, newest first."""
    ask.require("audit")
    deeds = Audit(ask.place.plans.database, ask.place.site.settings.name).deeds(what=what or None, newest=newest)
    ask.looked_at("audit", what)
    return {
        "deeds": [
            {
                "at": deed.at.isoformat(), "who": deed.who, "did": deed.did, "what": deed.what,
                "changed": deed.changed, "detail": deed.detail,
            }
            for deed in deeds
        ]
    }  # fmt: skip


class AccountIn(BaseModel):
    """A new account; without a password for somebody who signs in elsewhere."""

    name: str = Field(min_length=1, max_length=64)
    password: str | None = Field(None, max_length=1000)
    roles: list[str] = Field(min_length=1, max_length=10)
    agent: str = Field("", max_length=200)


class AccountChange(BaseModel):
    """What changes of an account."""

    password: str | None = Field(None, max_length=1000)
    roles: list[str] | None = Field(None, max_length=10)
    agent: str | None = Field(None, max_length=200)
    disabled: bool | None = None


class TokenIn(BaseModel):
    """A token for a program."""

    name: str = Field(min_length=1, max_length=200)
    scopes: list[str] = Field(min_length=1, max_length=10)
    days: int = Field(365, ge=1, le=3660)


class WebhookIn(BaseModel):
    """An address to tell of changes."""

    url: str = Field(max_length=2000)
    events: list[str] = Field(default_factory=lambda: ["*"], min_length=1, max_length=20)


@router.get("/accounts")
def accounts(ask: Asked) -> dict[str, Any]:
    """Every account; passwords and secrets are told nobody."""
    ask.require("users")
    return {"accounts": [account_row(row) for row in accounts_of(ask.place).all()]}


@router.post("/accounts", status_code=201)
def add(ask: Asked, wanted: AccountIn) -> dict[str, Any]:
    """Add an account. The first one switches sign-in on for everybody."""
    ask.require("users")
    made = add_account(ask.place, wanted.name, wanted.password, wanted.roles, wanted.agent, by=ask.who.name)
    return account_row(made)


@router.patch("/accounts/{name}")
def change(ask: Asked, name: Name, wanted: AccountChange) -> dict[str, Any]:
    """Change an account; its browsers are signed out."""
    ask.require("users")
    values = wanted.model_dump(exclude_none=True)
    if not values:
        raise InputError(Said("nothing to change: password, roles, agent or disabled"))
    return account_row(change_account(ask.place, name, by=ask.who.name, **values))


@router.post("/accounts/{name}/tokens", status_code=201)
def token(ask: Asked, name: Name, wanted: TokenIn) -> dict[str, Any]:
    """Make a token of an account: it is told this once."""
    ask.require("users")
    owner = accounts_of(ask.place).get(name)
    secret, expires = make_token(ask.place, owner, wanted.name, wanted.scopes, wanted.days, by=ask.who.name)
    return {"token": secret, "expires_at": expires.isoformat()}


@router.get("/tokens")
def tokens(ask: Asked) -> dict[str, Any]:
    """Tokens that hold, newest first."""
    ask.require("tokens")
    return {"tokens": [token_row(row) for row in accounts_of(ask.place).tokens()]}


@router.delete("/tokens/{number}")
def revoke(ask: Asked, number: Number) -> dict[str, Any]:
    """A token holds no longer."""
    ask.require("tokens")
    known = accounts_of(ask.place)
    if number not in {row.number for row in known.tokens()}:
        raise NotPublishedError(Said("there is no token {number}", number=number))
    known.revoke_token(number, ask.place.now)
    ask.changed("revoke token", f"token/{number}")
    return {"revoked": number}


@router.get("/webhooks")
def webhooks(ask: Asked) -> dict[str, Any]:
    """Who is told of changes, and how the last deliveries went."""
    ask.require("webhooks")
    hooks = webhooks_of(ask.place)
    return {
        "webhooks": [webhook_row(row) for row in hooks.all()],
        "deliveries": [delivery_row(row) for row in hooks.newest()],
    }


@router.post("/webhooks", status_code=201)
def webhook(ask: Asked, wanted: WebhookIn) -> dict[str, Any]:
    """Tell an address of changes: signed with a secret that is told this once, and again until it answers."""
    ask.require("webhooks")
    number, secret = add_webhook(ask.place, wanted.url, wanted.events, by=ask.who.name)
    return {"number": number, "secret": secret}


@router.delete("/webhooks/{number}")
def end(ask: Asked, number: Number) -> dict[str, Any]:
    """Tell it no more."""
    ask.require("webhooks")
    end_webhook(ask.place, number, by=ask.who.name)
    return {"ended": number}
