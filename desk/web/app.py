"""The application: one visible list of pages and of the API's parts, and what holds for every answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desk.web import api, pages
from desk.web.ask import LANGUAGE
from desk.web.board import Board, Clock
from desk.web.failures import handlers
from desk.web.jobs import Jobs
from desk.web.live import Hub
from desk.web.settings import BoardSettings, is_loopback
from desk.wording.language import LANGUAGES

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def create_app(folder: Path, settings: BoardSettings, clock: Clock) -> FastAPI:
    """The board of a site folder.

    Raises
    ------
    InputError, StoreError : the folder or the database cannot be read.
    """
    board = Board(folder, settings, clock)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with pages.background(board, app):
            yield
        board.close()

    app = FastAPI(
        title="Paiban",
        version="1",
        description="Forecast, staffing, roster, requests and the live floor of one contact centre.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        lifespan=lifespan,
    )
    app.state.board = board
    app.state.hub = Hub(board)
    app.state.jobs = Jobs(folder)
    app.state.drawn = lambda: None
    app.mount("/static", StaticFiles(directory=str(resources.files("desk.web") / "static")), name="static")
    for router in pages.ROUTERS:
        app.include_router(router, include_in_schema=False)
    for router in api.ROUTERS:
        app.include_router(router, prefix="/api/v1")
    handlers(app)
    app.add_middleware(EveryAnswer, board=board)
    app.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=5)
    return app


class EveryAnswer:
    """Headers of every answer, the choice of language, and no answer to foreign names. Streams pass unbuffered."""

    def __init__(self, app: ASGIApp, board: Board) -> None:
        self.app = app
        self.board = board

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        early = self._foreign(request) or _language_chosen(request)
        if early is not None:
            await early(scope, receive, send)
            return
        long_lived = scope["path"].startswith("/static/")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                kept = "public, max-age=31536000, immutable" if long_lived else "no-store"
                headers.setdefault("Cache-Control", kept)
            await send(message)

        await self.app(scope, receive, with_headers)

    def _foreign(self, request: Request) -> Response | None:
        """A page elsewhere whose name was made to point here (DNS rebinding) comes with its own name."""
        host = request.headers.get("host", "").rsplit(":", 1)[0]
        if self.board.settings.loopback and not (is_loopback(host) or host == "testserver"):
            return Response("this board answers to localhost only", 421)
        return None


def _language_chosen(request: Request) -> Response | None:
    chosen = request.query_params.get("lang")
    if chosen not in LANGUAGES or request.method != "GET":
        return None
    rest = request.url.remove_query_params("lang")
    back = RedirectResponse(rest.path + (f"?{rest.query}" if rest.query else ""), 303)
    back.set_cookie(LANGUAGE, chosen, max_age=365 * 86400, samesite="lax", httponly=True)
    return back
