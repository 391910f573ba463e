"""Who asks, in which language, at which site: worked out once for every request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPBearer

from centre.library_words import said_by
from centre.said import Said
from desk.access import Person
from desk.actions.accounts import accounts_of
from desk.web.board import LOCAL, Board
from desk.web.settings import is_loopback
from desk.wiring import Place
from desk.wording import Words, words
from desk.wording.language import LANGUAGES

SESSION = "paiban_session"
SCREEN = "paiban_screen"
SCREEN_PATHS = ("/wall", "/api/v1/live", "/api/v1/live/stream")
"""All that a screen gets to see."""

LANGUAGE = "paiban_language"
THEME = "paiban_theme"
SAFE = ("GET", "HEAD", "OPTIONS")
bearer = HTTPBearer(auto_error=False, description="A token made by `paiban users token` or on the page of accounts.")


@dataclass(frozen=True)
class Ask:
    """A request of somebody.

    Attributes
    ----------
    person : who asks; None where nobody is signed in.
    session : the secret of the browser's cookie, "" for none.
    """

    request: Request
    board: Board
    place: Place
    person: Person | None
    words: Words
    session: str

    @property
    def who(self) -> Person:
        """Whoever asks, who has been let in."""
        assert self.person is not None
        return self.person

    @property
    def csrf(self) -> str:
        """The token that forms of this browser bring back."""
        return self.board.csrf(self.session or "local")

    def require(self, *rights: str) -> None:
        """Go no further without one of these rights.

        Raises
        ------
        HTTPException : 401 where nobody is signed in, 403 where somebody may not.
        """
        if self.person is None:
            raise HTTPException(401, Said("sign in first"))
        if not self.person.may(*rights):
            raise HTTPException(
                403, Said("{name} may not do this: it takes one of {names}", name=self.person.name, names=list(rights))
            )

    def require_reach(self, right: str, agent: str) -> None:
        """Go no further unless a right reaches a person of agents.csv."""
        if self.person is None:
            raise HTTPException(401, Said("sign in first"))
        if agent not in self.place.site.agents or not self.person.reaches(right, agent, self.place.site.agents):
            raise HTTPException(
                403, Said("{name} may not see or do this for {agent}", name=self.person.name, agent=agent)
            )

    def told(self, error: Exception) -> str:
        """An error in the reader's language, as far as its sentence is known."""
        return self.words.tell(said_by(error))

    def looked_at(self, what: str, detail: str = "") -> None:
        """Write down that personal data were looked at."""
        self.board.note(self.place, self.who.name, "look", what, detail=detail)

    def changed(self, did: str, what: str, detail: str = "") -> None:
        """Write down a change."""
        self.board.note(self.place, self.who.name, did, what, changed=True, detail=detail)


def ask(request: Request, _: Annotated[Any, Depends(bearer)] = None) -> Ask:
    """Work out who asks; whoever changes something has to come from one of our own pages, or with a token.

    Raises
    ------
    HTTPException : 403 for a change that another site's page asks for, 401 for a token that does not hold.
    """
    board: Board = request.app.state.board
    place = board.place()
    session = request.cookies.get(SESSION, "")
    secret = _bearer(request.headers)
    person: Person | None
    if secret:
        person = _by_token(place, secret)
    else:
        person = (
            _by_proxy(board, place, request)
            or _by_session(board, place, session)
            or _by_screen(place, request)
            or _local(board, place, request)
        )
        if request.method not in SAFE:
            _same_site(request)
    found = Ask(request, board, place, person, words(language_of(request, place)), session)
    if person is not None and not secret and request.method not in SAFE:
        given = request.headers.get("x-csrf-token", "")
        request.state.csrf_ok = given == found.csrf
        if request.url.path.startswith("/api/") and not request.state.csrf_ok:
            raise HTTPException(403, Said("the page is too old: load it again (no valid X-CSRF-Token)"))
    return found


Asked = Annotated[Ask, Depends(ask)]


def language_of(request: Request, place: Place) -> str:
    """The reader's language: chosen on a page, else the site's, else what the browser asks for, else English."""
    chosen = request.cookies.get(LANGUAGE, "")
    if chosen in LANGUAGES:
        return chosen
    if (fixed := request.app.state.board.settings.language or place.site.settings.language) in LANGUAGES:
        return str(fixed)
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.split(";")[0].strip().split("-")[0].lower()
        if tag in LANGUAGES:
            return tag
    return LANGUAGES[0]


def _bearer(headers: Mapping[str, str]) -> str:
    kind, _, secret = headers.get("authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else ""


def _by_token(place: Place, secret: str) -> Person:
    found = accounts_of(place).token(secret, place.now)
    if found is None or found[1] is None:
        raise HTTPException(401, Said("this token is unknown, revoked or expired"))
    token, account = found
    assert account is not None
    return Person(account.name, account.roles, account.agent, scopes=token.scopes, number=account.number)


def screen_of(place: Place, secret: str) -> Person | None:
    """The screen that a token lets in: one of the scope "wall" and no other, since it stands in an address."""
    found = accounts_of(place).token(secret, place.now) if secret else None
    if found is None or found[1] is None or found[0].scopes != ("wall",):
        return None
    token, account = found
    assert account is not None
    return Person(token.name, account.roles, scopes=token.scopes, screen=True)


def _by_screen(place: Place, request: Request) -> Person | None:
    if request.method not in SAFE or request.url.path not in SCREEN_PATHS:
        return None
    return screen_of(place, request.cookies.get(SCREEN, ""))


def _by_session(board: Board, place: Place, session: str) -> Person | None:
    if not session:
        return None
    settings = board.settings
    account = accounts_of(place).session(session, place.now, settings.idle, settings.longest)
    return Person(account.name, account.roles, account.agent, number=account.number) if account else None


def _by_proxy(board: Board, place: Place, request: Request) -> Person | None:
    """Who a trusted proxy says is there: believed from its own addresses only, and only for accounts that exist."""
    header = board.settings.proxy_header
    client = request.client.host if request.client else ""
    if not header or client not in board.settings.proxies:
        return None
    account = accounts_of(place).find(request.headers.get(header, ""))
    if account is None or account.disabled:
        return None
    return Person(account.name, account.roles, account.agent, number=account.number)


def _local(board: Board, place: Place, request: Request) -> Person | None:
    client = request.client.host if request.client else ""
    here = is_loopback(client) or client == "testclient"
    return LOCAL if here and board.local_mode(place) else None


def _same_site(request: Request) -> None:
    """Refuse a change that a page of another site asks for: browsers say where it comes from."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise HTTPException(403, Said("this change was asked for by a page of another site"))
    origin = request.headers.get("origin")
    if origin is not None and origin.split("://")[-1] != request.headers.get("host", ""):
        raise HTTPException(403, Said("this change was asked for by a page of another site"))
