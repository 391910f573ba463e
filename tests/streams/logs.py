"""One log of each kind, for the contract every one of them has to keep."""

import shutil
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from streams.event_log import Batch, EventLog, Message, Partition
from streams.memory import MemoryPositions

PARTITIONS = 3

PATIENCE_S = 180.0
"""Until something counts as hung: a broker on a busy machine has been seen to answer nothing for half a minute."""


@dataclass
class Place:
    """Where a log is kept: opens readers and writers of it, and does to it what the world does.

    Attributes
    ----------
    open : a reader or writer; each has a group of its own where there are groups.
    keyed : records keep their keys, values may be None, and there is more than one partition.
    remake : delete the log and make it again, empty, under the same name.
    prune : forget the first half of what it holds.
    """

    topic: str
    open: Callable[[], EventLog]
    keyed: bool
    remake: Callable[[], None]
    prune: Callable[[], None]
    opened: list[EventLog] = field(default_factory=list)

    def reader(self, positions: MemoryPositions) -> EventLog:
        log = self.writer()
        log.subscribe([self.topic], positions.read)
        return log

    def writer(self) -> EventLog:
        log = self.open()
        self.opened.append(log)
        return log

    def close(self) -> None:
        for log in self.opened:
            log.close()


def memory_place() -> Place:
    from streams.memory import MemoryBroker, MemoryLog

    ticks = count(1_767_600_000_000_000, 1000)
    broker = MemoryBroker(lambda: next(ticks))
    broker.create(["events"], PARTITIONS)

    def remake() -> None:
        broker.delete("events")
        broker.create(["events"], PARTITIONS)

    def prune() -> None:
        held = broker.topics["events"]
        for number in range(PARTITIONS):
            broker.prune("events", number, held.first[number] + len(held.partitions[number]) // 2 + 1)

    return Place("events", lambda: MemoryLog(broker), True, remake, prune)


def embedded_place(folder: Path) -> Place:
    from streams.embedded import EmbeddedLog

    ticks = count(1_767_600_000_000_000, 1000)
    path = folder / "events.db"

    def opened() -> EmbeddedLog:
        log = EmbeddedLog(path, lambda: next(ticks))
        log.create(["events"], PARTITIONS)
        return log

    def remake() -> None:
        shutil.rmtree(folder)
        folder.mkdir()

    def prune() -> None:
        log = opened()
        assert log.prune("events", next(ticks)) > 0
        log.close()

    return Place("events", opened, True, remake, prune)


def file_place(folder: Path) -> Place:
    from streams.files import FileLog

    path = folder / "events.jsonl"
    ticks = count(1_767_600_000_000_000, 1000)

    def cut() -> None:
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(lines[: len(lines) // 2]))

    return Place("events.jsonl", lambda: FileLog(path, lambda: next(ticks), follow=True), False, path.unlink, cut)


def kafka_place(bootstrap: str) -> Place:
    from kafka import TopicPartition
    from kafka.admin import KafkaAdminClient

    from streams.kafka import KafkaLog

    topic = f"events-{uuid.uuid4()}"
    settings = {"bootstrap_servers": [bootstrap]}

    def opened() -> KafkaLog:
        return KafkaLog(settings, f"group-{uuid.uuid4()}")

    def create() -> None:
        log = opened()
        log.create([topic], PARTITIONS)
        log.close()

    def remake() -> None:
        admin = KafkaAdminClient(**settings)
        admin.delete_topics([topic])
        admin.close()
        create()

    def prune() -> None:
        reader = opened()
        reader.subscribe([topic], MemoryPositions().read)
        read_until(reader, lambda _: bool(reader.assigned()))
        middle = {TopicPartition(*held): end // 2 + 1 for held, end in reader.ends().items()}
        reader.close()
        admin = KafkaAdminClient(**settings)
        admin.delete_records(middle)
        admin.close()

    create()
    return Place(topic, opened, True, remake, prune)


def messages(number: int, start: int = 0) -> list[Message]:
    """Distinct messages of some agents, with bytes that are no text."""
    return [
        Message(f"A{n % 17:03}".encode(), b'{"n": %d, "odd": "\xff\x00"}' % n) for n in range(start, start + number)
    ]


def read_until(log: EventLog, enough: Callable[[list[Batch]], bool], seconds: float = PATIENCE_S) -> list[Batch]:
    """Poll until `enough` of what came, or fail after `seconds`."""
    deadline = time.monotonic() + seconds
    batches: list[Batch] = []
    while not enough(batches):
        assert time.monotonic() < deadline, f"only {values(batches)!r:.200} came within {seconds} s"
        batches += log.poll(0.1)
    return batches


def holds(number: int) -> Callable[[list[Batch]], bool]:
    """Enough is `number` of records."""
    return lambda batches: sum(len(batch.records) for batch in batches) >= number


def values(batches: list[Batch]) -> list[bytes | None]:
    """The values in the order they came."""
    return [record.value for batch in batches for record in batch.records]


def by_partition(batches: list[Batch]) -> dict[Partition, list[bytes | None]]:
    """The values of each partition, in order."""
    found: dict[Partition, list[bytes | None]] = {}
    for batch in batches:
        found.setdefault(batch.partition, []).extend(record.value for record in batch.records)
    return found
