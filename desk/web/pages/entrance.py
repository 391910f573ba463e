"""Coming in and going out: the start page, sign-in, sign-out, one's own account."""

import hmac
import secrets
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, HTTPException, Response
from fastapi.responses import RedirectResponse

from centre.errors import InputError
from centre.said import Said
from desk.actions.accounts import accounts_of, change_account, right_password
from desk.web.ask import SESSION, Ask, Asked
from desk.web.forms import checked_form
from desk.web.menu import menu_of
from desk.web.open_id import Journey, where_to, who_came
from desk.web.render import page

router = APIRouter()
JOURNEY = "paiban_journey"


@router.get("/")
def start(ask: Asked) -> Response:
    """The first page that somebody may open; a phone of an agent begins with the own work."""
    if ask.person is None:
        return RedirectResponse("/sign-in", 303)
    paths = [entry.path for entry in menu_of(ask)]
    first = "/my" if "agent" in ask.who.roles and ask.who.agent else paths[0] if paths else "/account"
    return RedirectResponse(first, 303)


@router.get("/sign-in")
def sign_in_page(ask: Asked, next: str = "/") -> Response:  # noqa: A002
    """The form."""
    return _form(ask, next, "")


@router.post("/sign-in")
def sign_in(
    ask: Asked,
    name: Annotated[str, Form()],
    password: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    """Let somebody in; slower with every failure of the same name or from the same address."""
    _, board, place = ask.words._, ask.board, ask.place
    client = ask.request.client.host if ask.request.client else ""
    keys = (f"name {name}", f"address {client}")
    wait = board.throttle.wait_s(*keys)
    if wait > 0:
        return _form(ask, next, _("Too many attempts: try again in {seconds} seconds.", seconds=round(wait + 1)), 429)
    accounts = accounts_of(place)
    account = accounts.find(name)
    if not right_password(account, password):
        board.throttle.failed(*keys)
        board.note(place, name, "sign-in failed", f"account/{name}", changed=True, detail=client)
        return _form(ask, next, _("Name or password is wrong."), 401)
    assert account is not None
    board.throttle.succeeded(*keys)
    if ask.session:
        accounts.close_session(ask.session)
    return let_in(ask, account.number, account.name, next)


@router.get("/sign-in/open-id")
def open_id_begin(ask: Asked, next: str = "/") -> Response:  # noqa: A002
    """Off to the organisation's provider."""
    provider = ask.board.settings.open_id
    if provider is None:
        raise HTTPException(404, Said("OpenID Connect is not set up here"))
    journey = Journey.begin(local_path(next))
    off = RedirectResponse(where_to(provider, journey, _back(ask)), 303)
    off.set_cookie(
        JOURNEY, journey.sealed(ask.board.secret), max_age=600, httponly=True, samesite="lax",
        secure=ask.request.url.scheme == "https", path="/sign-in",
    )  # fmt: skip
    return off


@router.get("/sign-in/open-id/back")
def open_id_back(ask: Asked, code: str = "", state: str = "") -> Response:
    """Back from the provider: an account of that name is let in; nobody else is."""
    provider = ask.board.settings.open_id
    journey = Journey.opened(ask.request.cookies.get(JOURNEY, ""), ask.board.secret)
    if provider is None or journey is None or not code or not hmac.compare_digest(state, journey.state):
        raise HTTPException(403, Said("this sign-in was not begun here, or too long ago"))
    name = who_came(provider, journey, code, _back(ask), ask.place.now.timestamp())
    account = accounts_of(ask.place).find(name)
    if account is None or account.disabled:
        ask.board.note(ask.place, name, "sign-in failed", f"account/{name}", changed=True, detail="OpenID Connect")
        return _form(ask, "/", ask.words._("{name} has no account here.", name=name), 403)
    answer = let_in(ask, account.number, account.name, journey.following)
    answer.delete_cookie(JOURNEY, path="/sign-in")
    return answer


def _back(ask: Ask) -> str:
    return f"{ask.request.base_url}sign-in/open-id/back"


def let_in(ask: Ask, number: int, name: str, following: str) -> Response:
    """Open a session under a new secret and go where somebody wanted to."""
    secret = secrets.token_urlsafe(32)
    accounts_of(ask.place).open_session(number, secret, ask.place.now)
    ask.board.note(ask.place, name, "sign-in", f"account/{name}", changed=True)
    back = RedirectResponse(local_path(following), 303)
    back.set_cookie(
        SESSION, secret, httponly=True, samesite="lax", secure=ask.request.url.scheme == "https", path="/",
        max_age=int(ask.board.settings.longest.total_seconds()),
    )  # fmt: skip
    return back


@router.post("/sign-out")
def sign_out(ask: Asked, csrf: Annotated[str, Form()]) -> Response:
    """Close the session."""
    checked_form(ask, csrf)
    if ask.session:
        accounts_of(ask.place).close_session(ask.session)
    back = RedirectResponse("/sign-in", 303)
    back.delete_cookie(SESSION)
    return back


@router.get("/account")
def account(ask: Asked, done: str = "") -> Response:
    """One's own account."""
    if ask.person is None:
        raise HTTPException(401, Said("sign in first"))
    return page(ask, "account.j2", message="", done=bool(done))


@router.post("/account")
def change_password(
    ask: Asked,
    csrf: Annotated[str, Form()],
    old: Annotated[str, Form()],
    new: Annotated[str, Form()],
) -> Response:
    """Change the own password; every browser is signed out, this one comes in again."""
    checked_form(ask, csrf)
    name = ask.who.name
    keys = (f"name {name}",)
    known = accounts_of(ask.place).find(name)
    if ask.board.throttle.wait_s(*keys) > 0 or not right_password(known, old):
        ask.board.throttle.failed(*keys)
        return page(ask, "account.j2", 401, message=ask.words._("The old password is wrong."), done=False)
    try:
        changed = change_account(ask.place, name, by=name, password=new)
    except InputError as error:
        return page(ask, "account.j2", 422, message=ask.told(error), done=False)
    return let_in(ask, changed.number, name, "/account?done=1")


def local_path(wanted: str) -> str:
    """A path of this board; anything that leads elsewhere becomes the start."""
    good = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return quote(wanted, safe="/?=&%") if good else "/"


def _form(ask: Ask, following: str, message: str, status: int = 200) -> Response:
    open_id = ask.board.settings.open_id is not None
    return page(ask, "sign_in.j2", status, message=message, following=local_path(following), open_id=open_id)
