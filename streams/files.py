"""Events as lines of a file: a log with one topic and one partition.

An offset is the number of bytes before the line, so that a reader resumes with one seek. A file is recognised by its
first line: one that was replaced is a new log, read from its beginning; one that was cut is an error.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from centre.errors import PositionLostError, StreamError
from centre.library_words import library_words
from centre.said import Said
from streams.cursors import Cursors
from streams.event_log import Batch, Message, Partition, Position, PositionReader
from streams.lines import Lines, lines_of

_LOOK_EVERY_S = 0.05
_HEAD_BYTES = 1 << 20


class FileLog:
    """The lines of the file `path`; `append` adds to it.

    Parameters
    ----------
    path : the file; it may come later when it is followed.
    now : the clock, UTC microseconds, for the records' time of arrival.
    follow : wait for more at the end of the file, also of one put in its place, instead of finishing there.
    """

    def __init__(self, path: Path, now: Callable[[], int], *, follow: bool = False) -> None:
        self.name: str = Said("file {path}", path=path)
        self._path = path
        self._now = now
        self._follow = follow
        self._cursors = Cursors()
        self._partition = Partition(path.name, 0)
        self._file: BinaryIO | None = None
        self._lines = Lines(0)
        self._log_id = ""
        self._paused = False
        self.finished = False

    def create(self, topics: Iterable[str], partitions: int = 1) -> None:
        pass

    def append(self, topic: str, messages: Sequence[Message]) -> None:
        data = lines_of(self.name, messages)
        try:
            with self._path.open("ab") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StreamError(
                Said(
                    "{name}: cannot be written: {strerror}",
                    name=self.name,
                    strerror=library_words(error.strerror or ""),
                )
            ) from error

    def subscribe(self, topics: Sequence[str], positions: PositionReader) -> None:
        self._cursors = Cursors()
        self._cursors.read_from(positions)
        self._cursors.put(self._cursors.committed([self._partition]))
        self._leave_file()
        if not self._follow and not self._path.exists():
            raise StreamError(Said("{name}: there is no such file", name=self.name))

    def poll(self, timeout_s: float, limit: int = 1000) -> list[Batch]:
        deadline = time.monotonic() + timeout_s
        while True:
            if not self._paused and (batches := self._new(limit)):
                return batches
            left = deadline - time.monotonic()
            if left <= 0 or self.finished:
                return []
            time.sleep(min(_LOOK_EVERY_S, left))

    def assigned(self) -> frozenset[Partition]:
        return self._cursors.held()

    def position(self, partition: Partition) -> Position | None:
        return self._cursors.at(partition)

    def seek(self, partition: Partition, position: Position | None) -> None:
        self._cursors.put({partition: position})
        self._leave_file()

    def rewind(self) -> None:
        self._cursors.put(self._cursors.committed([self._partition]))
        self._leave_file()

    def pause(self) -> None:
        self._paused = True

    def resume(self) -> None:
        self._paused = False

    def home(self, topic: str, key: bytes) -> int:
        return 0

    def ends(self) -> dict[Partition, int]:
        size = self._path.stat().st_size if self._path.exists() else 0
        if self._file is not None and self._lines.fed >= size and not self._lines.pending:
            return {held: self._cursors.caught_up(held) for held in self._cursors.held()}
        return dict.fromkeys(self._cursors.held(), size)

    def committed(self, positions: Mapping[Partition, Position]) -> None:
        pass

    def close(self) -> None:
        self._leave_file()
        self._cursors = Cursors()

    def _leave_file(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file, self.finished = None, False

    def _new(self, limit: int) -> list[Batch]:
        """Whole lines after our position; the last one also without its line end, where nobody will finish it."""
        if self._file is None and not self._open():
            return []
        assert self._file is not None
        arrived = self._now() // 1000
        while not self.finished:
            entries, faults = self._lines.take(limit, arrived)
            if entries or faults:
                after = Position(self._lines.offset, self._log_id)
                return [self._cursors.advance(self._partition, entries, after, faults)]
            data = self._file.read(1 << 18)
            if data:
                self._lines.feed(data)
            elif not self._follow:
                self.finished = not self._lines.end()
            else:
                self._check_end()
                return []
        return []

    def _open(self) -> bool:
        """Open the file where we stand in it; False while it is not there or has no whole line yet."""
        try:
            file = self._path.open("rb")
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StreamError(
                Said("{name}: cannot be read: {strerror}", name=self.name, strerror=library_words(error.strerror or ""))
            ) from error
        head = file.readline(_HEAD_BYTES)
        if self._follow and not head.endswith(b"\n") and len(head) < _HEAD_BYTES:
            file.close()
            return False
        self._log_id = hashlib.sha256(head).hexdigest()[:32]
        at = self._cursors.at(self._partition)
        start = at.next if at is not None and at.log_id == self._log_id else 0
        size = os.fstat(file.fileno()).st_size
        if start > size:
            file.close()
            raise PositionLostError(
                Said(
                    "{name}: {start} bytes of it were read, but now it has {size}: it was cut. Put the missing lines "
                    "back, or remove the stored position of {partition} to read it from its beginning.",
                    name=self.name,
                    start=start,
                    size=size,
                    partition=self._partition,
                )
            )
        file.seek(start)
        self._file, self._lines = file, Lines(start)
        return True

    def _check_end(self) -> None:
        """At the end of a followed file: was it cut, or another put in its place?"""
        assert self._file is not None
        here = os.fstat(self._file.fileno())
        try:
            there = self._path.stat()
        except FileNotFoundError:
            return  # being replaced
        if (here.st_dev, here.st_ino) != (there.st_dev, there.st_ino):
            if self._lines.end():
                return  # the last line of the old file has no line end: it is a line all the same
            self._leave_file()
        elif here.st_size < self._lines.fed:
            self._leave_file()  # opening it again finds out whether it is the same log, cut, or a new one
