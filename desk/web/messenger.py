"""Tells webhooks beside the answers: a look once a second, nothing waits for a slow listener but the next message."""

import logging
import threading

from centre.errors import PaibanError
from desk.actions.webhooks import deliver, webhooks_of
from desk.web.board import Board

log = logging.getLogger(__name__)
LOOK_S = 1.0


class Messenger:
    """A thread of its own."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the message that is being told."""
        self._stopped.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._stopped.wait(LOOK_S):
            try:
                hooks = webhooks_of(self.board.place())
                if hooks.all():
                    deliver(hooks, self.board.clock())
            except PaibanError as error:
                log.warning("webhooks: %s", error)
