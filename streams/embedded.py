"""A log in an SQLite file: what a site without a broker uses. Several processes may append and read at once."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from centre.errors import StreamError
from centre.said import Said
from streams.cursors import Cursors, check_held
from streams.event_log import Batch, Entry, Message, Partition, Position, PositionReader, partition_of

_SCHEMA = """
create table if not exists topic (
    name text primary key,
    log_id text not null,
    partitions integer not null
) without rowid;
create table if not exists held (
    topic text not null,
    number integer not null,
    first integer not null default 0,
    next integer not null default 0,
    primary key (topic, number)
) without rowid;
create table if not exists record (
    topic text not null,
    number integer not null,
    offset integer not null,
    timestamp integer not null,
    key blob,
    value blob,
    headers text,
    primary key (topic, number, offset)
) without rowid;
"""
_BUSY_S = 30.0
_LOOK_EVERY_S = 0.02


class EmbeddedLog:
    """A log in the SQLite file `path`, made when it is not there.

    Parameters
    ----------
    path : the file; on a local disk, since SQLite's write-ahead log does not work over a network share.
    now : the clock, UTC microseconds, for the records' time of arrival.
    """

    finished = False

    def __init__(self, path: Path, now: Callable[[], int]) -> None:
        self.name = f"embedded log {path}"
        self._now = now
        self._cursors = Cursors()
        self._paused = False
        self._seen = -1
        with self._explained():
            self._db = _open(path)

    def create(self, topics: Iterable[str], partitions: int = 1) -> None:
        with self._writing():
            for name in topics:
                made = self._db.execute(
                    "insert or ignore into topic values (?, lower(hex(randomblob(16))), ?)", (name, partitions)
                )
                if made.rowcount:
                    rows = [(name, number) for number in range(partitions)]
                    self._db.executemany("insert into held (topic, number) values (?, ?)", rows)

    def append(self, topic: str, messages: Sequence[Message]) -> None:
        with self._writing():
            _, partitions = self._topic(topic)
            held = self._db.execute("select number, next from held where topic = ?", (topic,))
            ends: dict[int, int] = dict(held.fetchall())
            rows, arrived = [], self._now() // 1000
            for key, value, headers in messages:
                number = partition_of(key, partitions)
                rows.append((topic, number, ends[number], arrived, key, value, _headers_text(headers)))
                ends[number] += 1
            self._db.executemany("insert into record values (?, ?, ?, ?, ?, ?, ?)", rows)
            moved = [(end, topic, number) for number, end in ends.items()]
            self._db.executemany("update held set next = ? where topic = ? and number = ?", moved)

    def recall(self, topic: str, since: int) -> set[bytes]:
        """The `id` headers of messages that arrived from `since`, UTC milliseconds, on."""
        with self._explained():
            rows = self._db.execute("select headers from record where topic = ? and timestamp >= ?", (topic, since))
            return {value for (text,) in rows for name, value in _headers(text) if name == "id"}

    def prune(self, topic: str, before: int) -> int:
        """Delete the records that arrived before `before`, UTC microseconds; how many they were."""
        deleted = 0
        with self._writing():
            for number in range(self._topic(topic)[1]):
                partition = Partition(topic, number)
                (kept,) = self._db.execute(
                    "select min(offset) from record where topic = ? and number = ? and timestamp >= ?",
                    (*partition, before // 1000),
                ).fetchone()
                first = self._held(partition)[2] if kept is None else kept
                deleted += self._db.execute(
                    "delete from record where topic = ? and number = ? and offset < ?", (*partition, first)
                ).rowcount
                self._db.execute("update held set first = ? where topic = ? and number = ?", (first, *partition))
        return deleted

    def subscribe(self, topics: Sequence[str], positions: PositionReader) -> None:
        self._cursors = Cursors()
        self._cursors.read_from(positions)
        with self._explained():
            partitions = [Partition(name, number) for name in topics for number in range(self._topic(name)[1])]
        self._cursors.put(self._cursors.committed(partitions))
        self._seen = -1

    def poll(self, timeout_s: float, limit: int = 1000) -> list[Batch]:
        deadline = time.monotonic() + timeout_s
        while True:
            with self._explained():
                if not self._paused and (batches := self._new(limit)):
                    return batches
            left = deadline - time.monotonic()
            if left <= 0:
                return []
            time.sleep(min(_LOOK_EVERY_S, left))

    def assigned(self) -> frozenset[Partition]:
        return self._cursors.held()

    def position(self, partition: Partition) -> Position | None:
        return self._cursors.at(partition)

    def seek(self, partition: Partition, position: Position | None) -> None:
        self._cursors.put({partition: position})
        self._seen = -1

    def rewind(self) -> None:
        self._cursors.put(self._cursors.committed(self._cursors.held()))
        self._seen = -1

    def pause(self) -> None:
        self._paused = True

    def resume(self) -> None:
        self._paused = False

    def home(self, topic: str, key: bytes) -> int:
        with self._explained():
            return partition_of(key, self._topic(topic)[1])

    def ends(self) -> dict[Partition, int]:
        with self._explained():
            return {held: self._cursors.end(held, *self._held(held)[1:]) for held in self._cursors.held()}

    def committed(self, positions: Mapping[Partition, Position]) -> None:
        pass

    def close(self) -> None:
        self._db.close()

    def _new(self, limit: int) -> list[Batch]:
        """Records that came since we last read to the end; the cheap question first."""
        version: int = self._db.execute("pragma data_version").fetchone()[0]
        if version == self._seen:
            return []
        batches, left = [], limit
        for partition in self._cursors.in_turn():
            log_id, first, end = self._held(partition)
            offset = check_held(self.name, partition, self._cursors.at(partition), log_id, first, end)
            records = self._records(partition, offset, left) if left and offset < end else []
            if records:
                left -= len(records)
                after = Position(records[-1].offset + 1, log_id)
                batches.append(self._cursors.advance(partition, records, after))
        if not batches:
            self._seen = version
        return batches

    def _records(self, partition: Partition, offset: int, limit: int) -> list[Entry]:
        rows = self._db.execute(
            "select offset, timestamp, key, value, headers from record "
            "where topic = ? and number = ? and offset >= ? order by offset limit ?",
            (*partition, offset, limit),
        )
        return [
            Entry(at, arrived, key, value, _headers(headers) if headers else ())
            for at, arrived, key, value, headers in rows
        ]

    def _topic(self, name: str) -> tuple[str, int]:
        row = self._db.execute("select log_id, partitions from topic where name = ?", (name,)).fetchone()
        if row is None:
            raise StreamError(Said("{log}: there is no topic {topic}; create it first", log=self.name, topic=name))
        return row[0], row[1]

    def _held(self, partition: Partition) -> tuple[str, int, int]:
        row = self._db.execute(
            "select log_id, first, next from held join topic on topic.name = held.topic "
            "where held.topic = ? and number = ?",
            partition,
        ).fetchone()
        if row is None:
            raise StreamError(
                Said("{name}: {partition} is gone; the topic was deleted", name=self.name, partition=partition)
            )
        return row[0], row[1], row[2]

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StreamError(
                Said(
                    "{name}: {error}; is it on a local disk with room, and may we write there?",
                    name=self.name,
                    error=error,
                )
            ) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._explained():
            self._db.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")
        self._seen = -1  # what we wrote ourselves does not show in data_version


def _open(path: Path) -> sqlite3.Connection:
    # One thread at a time is the contract of a log; that it is always the same one is not.
    db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        _write_ahead(db)
        db.execute("pragma synchronous = full")  # an appended event outlives a power cut, not only a crash of ours
        db.executescript(_SCHEMA)
    except BaseException:
        db.close()
        raise
    return db


def _write_ahead(db: sqlite3.Connection) -> None:
    """Change to write-ahead mode, which asks for the whole file and does not wait its turn: starters collide."""
    deadline = time.monotonic() + _BUSY_S
    while True:
        try:
            db.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_LOOK_EVERY_S)


def _headers_text(headers: Sequence[tuple[str, bytes]]) -> str | None:
    return json.dumps([(name, value.decode("latin-1")) for name, value in headers]) if headers else None


def _headers(text: str) -> tuple[tuple[str, bytes], ...]:
    return tuple((name, value.encode("latin-1")) for name, value in json.loads(text))
