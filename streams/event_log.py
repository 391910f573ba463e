"""The one interface to wherever live events are kept: Kafka, a log in SQLite, a file, or memory.

A log holds topics; a topic is split into partitions, each an ordered sequence of records with growing offsets.
Where a reader stands is not the log's business: its *position* is kept in the reader's own database, in the same
transaction as what it made of the records, so that both are there or neither. The loop is always

    log.subscribe(topics, positions)            # positions: read from the database what was committed
    batches = log.poll(0.3)
    with database transaction:                  # state, history, outbox and, for each batch,
        set position = batch.next where position = batch.previous     # 0 rows changed: somebody else was faster
    after a rollback: log.rewind()              # deliver again what was not committed

The compare-and-set on the position is the fence that keeps a stalled reader, which woke up late, from applying a
batch that its successor has applied already.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from zlib import crc32

from centre.live_rows import Partition as Partition
from centre.live_rows import Position as Position

Headers = Sequence[tuple[str, bytes]]


class Record(Protocol):
    """What stands in a log: bytes, never decoded by the log itself. `timestamp` is UTC milliseconds of arrival."""

    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...


class Entry(NamedTuple):
    """A record of the logs that are ours; Kafka's client brings its own of the same shape."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class Message(NamedTuple):
    """A record to be appended. Records of one key keep their order; a value of None is a tombstone."""

    key: bytes | None
    value: bytes | None
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """Offsets [first, next) that the log itself could not give back, such as a batch with a wrong checksum."""

    first: int
    next: int
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive records of one partition, and what committing them does to the position.

    Attributes
    ----------
    previous : what the reader's database must hold for this batch to be applied; None: no position yet.
    next : what it holds afterwards.
    faults : stretches within the batch that are lost; they belong into the dead letters.
    """

    partition: Partition
    records: Sequence[Record]
    previous: Position | None
    next: Position
    faults: tuple[Fault, ...] = ()


PositionReader = Callable[[Collection[Partition]], Mapping[Partition, Position]]
"""Reads committed positions from the reader's database; a partition without one is left out.

Kafka calls it on a thread of its own, while the main thread may hold a transaction: open a connection of your own.
"""


def partition_of(key: bytes | None, partitions: int) -> int:
    """The partition a key belongs to, the same in every process and for ever."""
    return crc32(key or b"") % partitions


class EventLog(Protocol):
    """A log of events: read it, append to it. Not for use by several threads at once."""

    @property
    def name(self) -> str:
        """What to call this log in a message to a person, such as "kafka at 127.0.0.1:9092"."""
        ...

    @property
    def finished(self) -> bool:
        """True once no record can ever come any more: a file at its end that nobody follows."""
        ...

    def create(self, topics: Iterable[str], partitions: int = 1) -> None:
        """Make those of `topics` that are not there yet, with so many partitions each."""
        ...

    def append(self, topic: str, messages: Sequence[Message]) -> None:
        """Append all of `messages`; on return they outlive a crash of this process.

        Raises
        ------
        StreamError
            The log did not take them all. Some may stand in it: events carry ids, so send them again.
        """
        ...

    def subscribe(self, topics: Sequence[str], positions: PositionReader) -> None:
        """Read `topics` from the committed positions, from the oldest record where there is none."""
        ...

    def poll(self, timeout_s: float, limit: int = 1000) -> list[Batch]:
        """Wait up to `timeout_s` for records; at most `limit` in total, at most one batch a partition.

        Raises
        ------
        PositionLostError
            The log no longer holds the position we stand at, or the topic was made anew.
        FencedError
            Another reader has taken our place in the group.
        """
        ...

    def assigned(self) -> frozenset[Partition]:
        """The partitions this reader has now; they change during `poll` only as far as the caller can see."""
        ...

    def position(self, partition: Partition) -> Position | None:
        """Where the next batch of an assigned partition begins; None: at the oldest record."""
        ...

    def seek(self, partition: Partition, position: Position | None) -> None:
        """Read an assigned partition from `position` on; None: from the oldest record."""
        ...

    def rewind(self) -> None:
        """After a rollback: read all assigned partitions from their committed positions again."""
        ...

    def pause(self) -> None:
        """Deliver nothing until `resume`, while `poll` goes on keeping our place: back-pressure."""
        ...

    def resume(self) -> None:
        """Deliver again."""
        ...

    def home(self, topic: str, key: bytes) -> int:
        """The number of the partition that records of this key go to: who is silent has one too."""
        ...

    def ends(self) -> dict[Partition, int]:
        """For each assigned partition how far there is to read: lag is that less the position, or less 0 without one.

        It never waits: what the log last knew is the answer. At the end of a partition the lag is 0, whatever stands
        there that is no record (markers, blank lines, half a line).
        """
        ...

    def committed(self, positions: Mapping[Partition, Position]) -> None:
        """Tell the log how far the database is, for tools that show lag. Nothing depends on it."""
        ...

    def close(self) -> None:
        """Leave. What was delivered and not committed will be delivered again to whoever comes next."""
        ...
