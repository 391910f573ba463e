"""One reader of the live store for all open walls: news is turned into text once, then handed to everybody."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from typing import Any

from centre.errors import PaibanError
from desk.actions.pictures.wall import Expected, Wall, expected_day, open_proposals
from desk.floor_engine import open_live_store
from desk.web.board import Board
from desk.web.render import dumps
from streams.live_view import LiveView, ViewReader

log = logging.getLogger(__name__)
Variant = tuple[str, bool]
LOOK_S = 0.5
AGAIN_US = 5_000_000
ALIVE_S = 15.0


class Hub:
    """The present wall in each variant (language, with or without names), and who waits for the next one."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.version = 0
        self._wanted: dict[Variant, int] = {}
        self._text: dict[Variant, tuple[int, str]] = {}
        self._wall: Wall | None = None
        self._waiting: set[asyncio.Event] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._expected: tuple[object, Expected | None] | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to read."""
        self._loop = loop
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Let open streams end: a server that is told to stop waits for its answers."""
        self._stopped.set()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def stop(self) -> None:
        """End, and wait for the reader."""
        self.end()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def wall(self) -> Wall:
        """The picture now, read at once where nobody has read it yet."""
        if self._wall is None:
            store = open_live_store(self.board.place())
            try:
                self._wall = self._look(ViewReader(store).read())
            finally:
                store.close()
        return self._wall

    def text(self, variant: Variant) -> str:
        """The picture now as JSON."""
        kept = self._text.get(variant)
        if kept is not None and kept[0] == self.version:
            return kept[1]
        version = self.version
        text = dumps(self.wall().to_json(*variant))
        self._text[variant] = (version, text)
        return text

    async def stream(self, variant: Variant) -> AsyncIterator[str]:
        """Server-sent events: the picture whenever it changes, a comment now and then so that the line stays open."""
        event = asyncio.Event()
        self._waiting.add(event)
        sent = -1
        try:
            while not self._stopped.is_set():
                if self.version != sent:
                    sent = self.version
                    yield f"id: {sent}\ndata: {self.text(variant)}\n\n"
                event.clear()
                if self.version != sent:
                    continue
                try:
                    await asyncio.wait_for(event.wait(), ALIVE_S)
                except TimeoutError:
                    yield ": alive\n\n"
        finally:
            self._waiting.discard(event)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                store = open_live_store(self.board.place())
                try:
                    self._follow(ViewReader(store))
                finally:
                    store.close()
            except PaibanError as error:
                log.warning("the live picture cannot be read: %s", error)
                self._stopped.wait(LOOK_S)

    def _follow(self, reader: ViewReader) -> None:
        seen: tuple[object, ...] = ()
        told = 0
        while not self._stopped.is_set():
            view = reader.wait(self._wall.view.change if self._wall else -1, LOOK_S)
            wall = self._look(view)
            news = (view.change, [(kept.number, len(kept.deeds)) for kept in wall.proposals])
            # Staleness, the plan of the interval and the projection move on even where nothing is heard.
            if news != seen or wall.now_us - told > AGAIN_US:
                seen, told, self._wall = news, wall.now_us, wall
                self._tell()

    def _look(self, view: LiveView) -> Wall:
        place = self.board.place()
        now_us = int(place.now.timestamp() * 1_000_000)
        return Wall(place, view, self._expected_day(place), now_us, open_proposals(place))

    def _expected_day(self, place: Any) -> Expected | None:
        """The day as planned; anew when the day, the folder or the newest version is another."""
        key = (place.today, self.board.stamp, place.plans.newest_version())
        if self._expected is None or self._expected[0] != key:
            self._expected = (key, expected_day(place))
        return self._expected[1]

    def _tell(self) -> None:
        self.version += 1
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for event in self._waiting:
            event.set()
