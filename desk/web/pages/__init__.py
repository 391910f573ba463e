"""The pages, one file each, in one visible list."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import APIRouter, FastAPI
from starlette.types import Message, Scope

from centre.errors import PaibanError
from desk.actions.written_anew import is_stale
from desk.web.api.rosters import drawn_day, drawn_month, month_body
from desk.web.board import Board
from desk.web.live import Hub
from desk.web.messenger import Messenger
from desk.web.pages import accounts, entrance, keeping, my_work, planning, requests, roster, wall
from desk.web.render import environment
from desk.web.watching import start_watch, stop_watch
from desk.wording import words
from desk.wording.language import LANGUAGES

ROUTERS: list[APIRouter] = [
    entrance.router,
    wall.router,
    my_work.router,
    roster.router,
    requests.router,
    planning.router,
    keeping.router,
    accounts.router,
]


WARM_S = 5.0
NOWHERE = "/api/v1/nowhere"
"""A path that no route answers: the framework prepares every route when it is asked for, once."""


def warm(board: Board, hub: Hub) -> None:
    """Draw the month and today before the first one asks for them, and see that out/ speaks of what is published."""
    for name in environment().list_templates():
        environment().get_template(name)
    with suppress(PaibanError):
        place = board.place()
        language = board.settings.language or place.site.settings.language
        month_body(board, words(language or LANGUAGES[0]), drawn_month(board, place, None, None, None), None)
        drawn_day(board, place, hub.wall().view.change, place.today)
        if is_stale(place):
            board.renewal.ask()


async def _visit(app: FastAPI, path: str) -> None:
    """Ask for a page that tells nothing of anybody: whatever an answer goes through is ready afterwards."""
    scope: Scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"", "state": {},
        "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 0), "server": ("localhost", 80),
    }  # fmt: skip

    async def nothing() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def dropped(message: Message) -> None:
        pass

    await app(scope, nothing, dropped)


@asynccontextmanager
async def background(board: Board, app: FastAPI) -> AsyncIterator[None]:
    """What runs beside the answers: the reader of the live picture and, if wanted, the watch itself.

    The board listens once its first pages are drawn, or after `WARM_S`.
    """
    hub: Hub = app.state.hub
    hub.start(asyncio.get_running_loop())
    drawing = threading.Thread(target=warm, args=(board, hub), name="warm", daemon=True)
    drawing.start()
    await asyncio.to_thread(drawing.join, WARM_S)
    for path in ("/month", "/sign-in", NOWHERE):
        await _visit(app, path)
    app.state.drawn()
    messenger = Messenger(board)
    messenger.start()
    watch = start_watch(board.folder, board.settings.source) if board.settings.source else None
    try:
        yield
    finally:
        hub.stop()
        messenger.stop()
        app.state.jobs.stop()
        if watch is not None:
            stop_watch(watch)
