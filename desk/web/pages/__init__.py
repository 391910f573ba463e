"""The pages, one file each, in one visible list."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import APIRouter, FastAPI

from centre.errors import PaibanError
from desk.actions.written_anew import is_stale
from desk.web.api.rosters import drawn_day, drawn_month
from desk.web.board import Board
from desk.web.live import Hub
from desk.web.messenger import Messenger
from desk.web.pages import accounts, entrance, keeping, my_work, planning, requests, roster, wall
from desk.web.watching import start_watch, stop_watch

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


def warm(board: Board, hub: Hub) -> None:
    """Draw the month and today before the first one asks for them, and see that out/ speaks of what is published."""
    with suppress(PaibanError):
        place = board.place()
        drawn_day(board, place, hub.wall().view.change, place.today)
        drawn_month(board, place, None, None, None).rows  # noqa: B018 - drawn and kept
        if is_stale(place):
            board.renewal.ask()


@asynccontextmanager
async def background(board: Board, app: FastAPI) -> AsyncIterator[None]:
    """What runs beside the answers: the reader of the live picture and, if wanted, the watch itself."""
    hub: Hub = app.state.hub
    hub.start(asyncio.get_running_loop())
    threading.Thread(target=warm, args=(board, hub), name="warm", daemon=True).start()
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
