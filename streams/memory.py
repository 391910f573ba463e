"""A log in memory: the twin of the real ones for tests, with the same positions and the same loop."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from threading import Condition

from centre.errors import FencedError, StreamError
from centre.said import Said
from streams.cursors import Cursors, check_held
from streams.event_log import (
    Batch,
    Entry,
    Message,
    Partition,
    Position,
    PositionReader,
    partition_of,
)


@dataclass
class _Topic:
    log_id: str
    partitions: list[list[Entry]]
    first: list[int]

    def end(self, number: int) -> int:
        return self.first[number] + len(self.partitions[number])


@dataclass
class MemoryBroker:
    """What several `MemoryLog` share: the topics. `now` is the clock, UTC microseconds."""

    now: Callable[[], int]
    topics: dict[str, _Topic] = field(default_factory=dict)
    changed: Condition = field(default_factory=Condition)
    _ids: "count[int]" = field(default_factory=count)

    def create(self, topics: Iterable[str], partitions: int) -> None:
        """Make those of `topics` that are not there yet."""
        for name in topics:
            if name not in self.topics:
                self.topics[name] = _Topic(
                    f"memory-{next(self._ids)}", [[] for _ in range(partitions)], [0] * partitions
                )

    def delete(self, topic: str) -> None:
        """Delete a topic with everything in it."""
        del self.topics[topic]

    def prune(self, topic: str, number: int, before: int) -> None:
        """Forget the records of a partition before an offset, as retention would."""
        held = self.topics[topic]
        gone = max(0, before - held.first[number])
        del held.partitions[number][:gone]
        held.first[number] += gone


class MemoryLog:
    """One reader and writer of a `MemoryBroker`."""

    name = "memory"
    finished = False

    def __init__(self, broker: MemoryBroker) -> None:
        self._broker = broker
        self._cursors = Cursors()
        self._paused = False

    def create(self, topics: Iterable[str], partitions: int = 1) -> None:
        self._broker.create(topics, partitions)

    def append(self, topic: str, messages: Sequence[Message]) -> None:
        held = self._topic(topic)
        with self._broker.changed:
            for message in messages:
                number = partition_of(message.key, len(held.partitions))
                held.partitions[number].append(Entry(held.end(number), self._broker.now() // 1000, *message))
            self._broker.changed.notify_all()

    def recall(self, topic: str, since: int) -> set[bytes]:
        """The `id` headers of messages that arrived from `since`, UTC milliseconds, on."""
        entries = (entry for part in self._topic(topic).partitions for entry in part if entry.timestamp >= since)
        return {value for entry in entries for name, value in entry.headers if name == "id"}

    def subscribe(self, topics: Sequence[str], positions: PositionReader) -> None:
        self._cursors = Cursors()
        self._cursors.read_from(positions)
        partitions = [Partition(name, n) for name in topics for n in range(len(self._topic(name).partitions))]
        self._cursors.put(self._cursors.committed(partitions))

    def poll(self, timeout_s: float, limit: int = 1000) -> list[Batch]:
        with self._broker.changed:
            self._broker.changed.wait_for(self._waiting, timeout_s)
            return [] if self._paused else self._read(limit)

    def assigned(self) -> frozenset[Partition]:
        return self._cursors.held()

    def position(self, partition: Partition) -> Position | None:
        return self._cursors.at(partition)

    def seek(self, partition: Partition, position: Position | None) -> None:
        self._cursors.put({partition: position})

    def rewind(self) -> None:
        self._cursors.put(self._cursors.committed(self._cursors.held()))

    def pause(self) -> None:
        self._paused = True

    def resume(self) -> None:
        self._paused = False

    def home(self, topic: str, key: bytes) -> int:
        return partition_of(key, len(self._topic(topic).partitions))

    def ends(self) -> dict[Partition, int]:
        return {held: self._end(held) for held in self._cursors.held()}

    def committed(self, positions: Mapping[Partition, Position]) -> None:
        pass

    def close(self) -> None:
        self._cursors = Cursors()

    def _topic(self, name: str) -> _Topic:
        try:
            return self._broker.topics[name]
        except KeyError:
            raise StreamError(
                Said("{log}: there is no topic {topic}; create it first", log=self.name, topic=name)
            ) from None

    def _offset(self, partition: Partition) -> int:
        held, number = self._topic(partition.topic), partition.number
        at = self._cursors.at(partition)
        return check_held(self.name, partition, at, held.log_id, held.first[number], held.end(number))

    def _end(self, partition: Partition) -> int:
        held, number = self._topic(partition.topic), partition.number
        return self._cursors.end(partition, held.first[number], held.end(number))

    def _waiting(self) -> bool:
        ends = self.ends()
        return not self._paused and any(self._offset(held) < ends[held] for held in self._cursors.in_turn())

    def _read(self, limit: int) -> list[Batch]:
        batches = []
        for partition in self._cursors.in_turn():
            held, offset = self._topic(partition.topic), self._offset(partition)
            begin = offset - held.first[partition.number]
            records = held.partitions[partition.number][begin : begin + limit]
            if records:
                limit -= len(records)
                after = Position(records[-1].offset + 1, held.log_id)
                batches.append(self._cursors.advance(partition, records, after))
        return batches


@dataclass
class MemoryPositions:
    """Committed positions of one reader, with the compare-and-set a database does."""

    committed: dict[Partition, Position] = field(default_factory=dict)

    def read(self, partitions: Collection[Partition]) -> dict[Partition, Position]:
        """The positions of `partitions` that there are: a `PositionReader`."""
        return {partition: self.committed[partition] for partition in partitions if partition in self.committed}

    def advance(self, batches: Iterable[Batch]) -> None:
        """Move past `batches`, all or none; FencedError where one does not begin where we stand."""
        batches = list(batches)
        for batch in batches:
            now = self.committed.get(batch.partition)
            if now != batch.previous:
                raise FencedError(
                    Said(
                        "{partition}: another reader moved on to {now} while this one worked from {previous}; its "
                        "batch was given up",
                        partition=batch.partition,
                        now=now,
                        previous=batch.previous,
                    )
                )
        self.committed.update({batch.partition: batch.next for batch in batches})
