"""Serve the board with uvicorn, to this machine only unless accounts guard it."""

import gc
from collections.abc import Callable
from pathlib import Path
from socket import socket
from types import FrameType

import uvicorn

from centre.errors import InputError
from centre.said import Said
from desk.actions.accounts import accounts_of
from desk.web.app import create_app
from desk.web.board import Board, Clock
from desk.web.settings import BoardSettings


def refuse_open_network(board: Board) -> None:
    """A board that others can reach needs a way to tell who they are.

    Raises
    ------
    InputError : no account yet, and it should listen to the network.
    """
    if not board.settings.loopback and not accounts_of(board.place()).all():
        raise InputError(
            Said(
                "the board would be open to everybody who reaches {host}: add an account first (`paiban users add "
                "SITE NAME --role administrator`), or listen on 127.0.0.1",
                host=board.settings.host,
            )
        )


def _settled() -> None:
    """What is loaded and drawn stays: no collection looks through it again while somebody waits."""
    gc.collect()
    gc.freeze()


class _Server(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def serve(folder: Path, settings: BoardSettings, clock: Clock, ready: Callable[[], None] = lambda: None) -> None:
    """Serve until interrupted.

    Parameters
    ----------
    ready : called once it listens.

    Raises
    ------
    InputError : it would be open to the network without accounts.
    """
    app = create_app(folder, settings, clock)
    refuse_open_network(app.state.board)
    app.state.drawn = _settled
    server = _Server(
        uvicorn.Config(
            app, host=settings.host, port=settings.port, log_level="warning", server_header=False, date_header=True,
            proxy_headers=bool(settings.proxy_header), timeout_graceful_shutdown=5,
        ),
        ready,
    )  # fmt: skip
    leave = server.handle_exit

    def end_streams_first(sig: int, frame: FrameType | None) -> None:
        app.state.hub.end()
        leave(sig, frame)

    server.handle_exit = end_streams_first  # type: ignore[method-assign]
    server.run()
