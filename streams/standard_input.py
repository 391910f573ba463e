"""Events as lines of standard input: one endless log, which every stream piped in continues."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from queue import Empty, Queue
from threading import Thread
from typing import BinaryIO

from centre.errors import StreamError
from centre.said import Said
from streams.cursors import Cursors
from streams.event_log import Batch, Message, Partition, Position, PositionReader
from streams.lines import Lines, lines_of

_LOG_ID = "standard-input"
_PARTITION = Partition("-", 0)
_PIECE = 1 << 16


class StandardInputLog:
    """The lines of standard input; `append` writes to standard output.

    What was delivered is kept until the next poll, because a pipe cannot be read twice.

    Parameters
    ----------
    now : the clock, UTC microseconds, for the records' time of arrival.
    source : file descriptor to read; standard input unless given.
    target : where to write; standard output unless given.
    """

    name = "standard input"

    def __init__(self, now: Callable[[], int], *, source: int | None = None, target: BinaryIO | None = None) -> None:
        self._now = now
        self._source = source
        self._target = target
        self._cursors = Cursors()
        self._pieces: Queue[bytes] | None = None
        self._lines = Lines(0)
        self._last: Batch | None = None
        self._again: Batch | None = None
        self._paused = False
        self._ended = False

    @property
    def finished(self) -> bool:
        return self._ended and self._again is None

    def create(self, topics: Iterable[str], partitions: int = 1) -> None:
        pass

    def append(self, topic: str, messages: Sequence[Message]) -> None:
        target = self._target or sys.stdout.buffer
        target.write(lines_of("standard output", messages))
        target.flush()

    def subscribe(self, topics: Sequence[str], positions: PositionReader) -> None:
        self._cursors.read_from(positions)
        committed = self._cursors.committed([_PARTITION])
        self._cursors.put(committed)
        self._lines = Lines(_offset(committed[_PARTITION]))
        self._pieces = Queue(maxsize=64)  # a slow reader holds the sender back, as a pipe should
        # A descriptor of its own: a number that others close and the system gives out again would mix up streams.
        source = os.dup(sys.stdin.fileno() if self._source is None else self._source)
        Thread(target=_read_all, args=(source, self._pieces), name="standard input", daemon=True).start()

    def poll(self, timeout_s: float, limit: int = 1000) -> list[Batch]:
        deadline = time.monotonic() + timeout_s
        if self._paused:
            time.sleep(timeout_s)
            return []
        if self._again is not None:
            again, self._again = self._again, None
            self._last = self._cursors.advance(_PARTITION, again.records, again.next, again.faults)
            return [self._last]
        while True:
            entries, faults = self._lines.take(limit, self._now() // 1000)
            if entries or faults:
                after = Position(self._lines.offset, _LOG_ID)
                self._last = self._cursors.advance(_PARTITION, entries, after, faults)
                return [self._last]
            if self._ended or not self._feed(deadline - time.monotonic()):
                return []

    def assigned(self) -> frozenset[Partition]:
        return self._cursors.held()

    def position(self, partition: Partition) -> Position | None:
        return self._cursors.at(partition)

    def seek(self, partition: Partition, position: Position | None) -> None:
        """Back to where the last batch began, and nowhere else: a pipe cannot be read twice."""
        if position == self._cursors.at(_PARTITION):
            return
        if self._last is None or position != self._last.previous:
            raise StreamError(
                Said(
                    "{name}: cannot be read again from {position}; write it to a file first",
                    name=self.name,
                    position=position,
                )
            )
        self._again = self._last
        self._cursors.put({_PARTITION: position})

    def rewind(self) -> None:
        committed = self._cursors.committed([_PARTITION])[_PARTITION]
        if committed == self._cursors.at(_PARTITION) or self._last is None:
            return
        # Another stream may have been read meanwhile under the same position: ours continues after it.
        shift = _offset(committed) - _offset(self._last.previous)
        self._again = replace(self._last, next=Position(self._last.next.next + shift, _LOG_ID))
        self._lines.shift(shift)
        self._cursors.put({_PARTITION: committed})

    def pause(self) -> None:
        self._paused = True

    def resume(self) -> None:
        self._paused = False

    def home(self, topic: str, key: bytes) -> int:
        return 0

    def ends(self) -> dict[Partition, int]:
        if self._again is None and not self._lines.pending and (self._pieces is None or self._pieces.empty()):
            return {held: self._cursors.caught_up(held) for held in self._cursors.held()}
        return dict.fromkeys(self._cursors.held(), self._lines.fed + 1)

    def committed(self, positions: Mapping[Partition, Position]) -> None:
        pass

    def close(self) -> None:
        self._cursors = Cursors()

    def _feed(self, timeout_s: float) -> bool:
        """Wait for the next piece; False if none came, which at the end of the stream is for good."""
        assert self._pieces is not None
        try:
            piece = self._pieces.get(timeout=max(timeout_s, 0.0))
        except Empty:
            return False
        if piece:
            self._lines.feed(piece)
            return True
        self._ended = True
        return self._lines.end()


def _offset(position: Position | None) -> int:
    return position.next if position else 0


def _read_all(source: int, pieces: Queue[bytes]) -> None:
    # os.read, not the buffered stream: a daemon thread that holds that one's lock stops Python from exiting.
    while piece := os.read(source, _PIECE):
        pieces.put(piece)
    os.close(source)
    pieces.put(b"")
