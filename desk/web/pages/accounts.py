"""Who may come in, tokens, webhooks: the administrator's page."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from desk.access import BOARD_ROLES, SCOPES
from desk.actions.accounts import accounts_of, add_account, change_account, make_token
from desk.web.ask import Ask, Asked
from desk.web.forms import checked_form
from desk.web.render import page

router = APIRouter()


@router.get("/accounts")
def accounts(ask: Asked) -> Response:
    """The list."""
    ask.require("users")
    return _page(ask)


@router.post("/accounts")
def add(
    ask: Asked,
    csrf: Annotated[str, Form()],
    name: Annotated[str, Form()],
    password: Annotated[str, Form()] = "",
    agent: Annotated[str, Form()] = "",
    roles: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Add one."""
    checked_form(ask, csrf)
    ask.require("users")
    add_account(ask.place, name.strip(), password or None, roles or [], agent.strip(), by=ask.who.name)
    return RedirectResponse("/accounts", 303)


@router.post("/accounts/{name}")
def change(
    ask: Asked,
    name: str,
    csrf: Annotated[str, Form()],
    do: Annotated[str, Form()],
    password: Annotated[str, Form()] = "",
    scopes: Annotated[list[str] | None, Form()] = None,
    label: Annotated[str, Form()] = "",
) -> Response:
    """Disable, enable, set a password, make a token."""
    checked_form(ask, csrf)
    ask.require("users")
    by = ask.who.name
    if do == "token":
        owner = accounts_of(ask.place).get(name)
        secret, _ = make_token(ask.place, owner, label or "token", scopes or [], 365, by=by)
        return _page(ask, secret)
    if do == "password":
        change_account(ask.place, name, by=by, password=password)
    else:
        change_account(ask.place, name, by=by, disabled=do == "disable")
    return RedirectResponse("/accounts", 303)


@router.post("/accounts/tokens/{number}/revoke")
def revoke(ask: Asked, number: int, csrf: Annotated[str, Form()]) -> Response:
    """A token holds no longer."""
    checked_form(ask, csrf)
    ask.require("tokens")
    accounts_of(ask.place).revoke_token(number, ask.place.now)
    ask.changed("revoke token", f"token/{number}")
    return RedirectResponse("/accounts", 303)


def _page(ask: Ask, secret: str = "") -> Response:
    known = accounts_of(ask.place)
    return page(
        ask, "accounts.j2", accounts=known.all(), tokens=known.tokens(), roles=BOARD_ROLES, scopes=list(SCOPES),
        secret=secret, agents=ask.place.site.agents,
    )  # fmt: skip
