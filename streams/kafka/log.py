"""Apache Kafka as an event log.

What this client needs to be handled with care (each was seen, not read about):

- It gets no deserializers and resets no offsets: after an error in either, its poll never returns.
- Assignments arrive on its own thread, at any time. They are only noted there, with fetching paused; positions are
  read and sought by the thread that polls, when no transaction is open, so that they are never stale.
- A batch with a wrong checksum is stepped over and reported, not read again for ever.
- Who is fenced by another member of its name is not told while it has nothing to report: its heartbeats just end. So a
  named member that reads nothing reports its progress again now and then, and learns of it.
- A partition that stops moving although the broker has more for it is cured by a new consumer.
- A leader that joins anew because a topic changed forgets that it is joining once it has dealt out the partitions: if
  the poll in which it began is over by then, no later one goes on with it, and the member is lost. It is reminded.
"""

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kafka import KafkaConsumer, TopicPartition, errors
from kafka.partitioner import murmur2
from kafka.structs import OffsetAndMetadata

from centre.errors import StreamError
from centre.said import Said
from streams.cursors import Cursors, made_anew
from streams.event_log import Batch, Fault, Message, Partition, Position, PositionReader
from streams.kafka.assignments import Assignments, unless_just_lost
from streams.kafka.clients import CONSUMER, connected, explained
from streams.kafka.damage import damaged_at, end_of_damage
from streams.kafka.recall import recalled
from streams.kafka.writer import Writer, create_topics

log = logging.getLogger(__name__)

_GAP_S = 1.0
_SLICE_S = 0.3
_FIRST_SLICE_S = 0.05
_REPORT_S = 3.0


class KafkaLog:
    """A member of a consumer group, and a producer, of one Kafka cluster.

    Parameters
    ----------
    settings : from `client_settings`.
    group : the consumer group that shares the partitions.
    instance : a name of this member that stays the same over restarts, so that it comes back to its partitions at
        once; "" for a member that comes and goes. Two members never carry the same name.
    stall_s : rebuild the consumer when a partition with more to read has given nothing for so long.
    """

    finished = False

    def __init__(self, settings: Mapping[str, Any], group: str, instance: str = "", *, stall_s: float = 30.0) -> None:
        self.name = f"Kafka at {','.join(settings['bootstrap_servers'])}"
        self._settings = settings
        self._group = {"group_id": group, "group_instance_id": instance or None}
        self._stall_s = stall_s
        self._topics: tuple[str, ...] = ()
        self._cursors = Cursors()
        self._consumer: Any = None
        self._assignments: Assignments | None = None
        self._writer = Writer(settings)
        self._unplaced: frozenset[Partition] = frozenset()
        self._paused = False
        self._moved: dict[Partition, float] = {}
        self._ends: dict[Partition, int] = {}
        self._fetched = time.monotonic()
        self._lookup: Any = None
        self._reported = time.monotonic()

    def create(self, topics: Iterable[str], partitions: int = 1) -> None:
        with explained(self.name, "creating topics"):
            create_topics(self._settings, topics, partitions)

    def append(self, topic: str, messages: Sequence[Message]) -> None:
        with explained(self.name, f"appending to {topic}"):
            self._writer.append(topic, messages)

    def recall(self, topic: str, since: int) -> set[bytes]:
        """The `id` headers of messages that arrived from `since`, UTC milliseconds, on."""
        with explained(self.name, f"reading back {topic}"):
            return recalled(self._settings, topic, "id", since)

    def subscribe(self, topics: Sequence[str], positions: PositionReader) -> None:
        self._topics = tuple(topics)
        self._cursors.read_from(positions)
        with explained(self.name, "subscribing"):
            self._connect()
            there = self._consumer.topics()
        if missing := [name for name in topics if name not in there]:
            raise StreamError(
                Said("{name}: there is no topic {names}; create it first", name=self.name, names=list(missing))
            )

    def poll(self, timeout_s: float, limit: int = 1000) -> list[Batch]:
        deadline = time.monotonic() + timeout_s
        while True:
            left = max(deadline - time.monotonic(), 0.0)
            # In slices: what is assigned meanwhile is placed between two of them, not on the client's thread.
            batches = self._poll_once(min(left, _SLICE_S if self._cursors.held() else _FIRST_SLICE_S), limit)
            if batches or time.monotonic() >= deadline:
                return batches

    def assigned(self) -> frozenset[Partition]:
        return self._cursors.held()

    def position(self, partition: Partition) -> Position | None:
        return self._cursors.at(partition)

    def seek(self, partition: Partition, position: Position | None) -> None:
        self._cursors.put({partition: position})
        self._place({partition: position})

    def rewind(self) -> None:
        committed = self._cursors.committed(self._cursors.held())
        self._cursors.put(committed)
        self._place(committed)

    def pause(self) -> None:
        self._paused = True
        for held in self._cursors.held():
            with unless_just_lost():
                self._consumer.pause(TopicPartition(*held))

    def resume(self) -> None:
        self._paused = False
        for held in self._cursors.held():
            with unless_just_lost():
                self._consumer.resume(TopicPartition(*held))

    def home(self, topic: str, key: bytes) -> int:
        with explained(self.name, f"asking for the partitions of {topic}"):
            partitions = sorted(self._consumer.partitions_for_topic(topic) or {0})
        return int(partitions[(murmur2(key) & 0x7FFFFFFF) % len(partitions)])  # as the clients of Java do

    def ends(self) -> dict[Partition, int]:
        return {held: self._end(held) for held in self._cursors.held()}

    def committed(self, positions: Mapping[Partition, Position]) -> None:
        if not positions:
            return
        self._reported = time.monotonic()
        offsets = {TopicPartition(*held): OffsetAndMetadata(at.next, "", -1) for held, at in positions.items()}
        try:
            self._consumer.commit_async(offsets)
        except errors.FencedInstanceIdError as error:
            with explained(self.name, "reporting progress"):
                raise error
        except errors.KafkaError as error:
            log.info("%s: progress not reported: %s", self.name, error)

    def close(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close(autocommit=False, timeout_ms=5000)
        self._writer.close()
        self._cursors = Cursors()

    def _connect(self) -> None:
        consumer = connected(KafkaConsumer, self._settings, **CONSUMER, **self._group)
        self._assignments = Assignments(consumer)
        consumer.subscribe(list(self._topics), listener=self._assignments)
        self._consumer = consumer
        self._lookup = consumer._cluster.request_update()

    def _reconnect(self) -> None:
        consumer, self._consumer = self._consumer, None
        consumer.close(autocommit=False, timeout_ms=1000)
        self._cursors.drop(self._cursors.held())
        self._unplaced = frozenset()
        self._connect()

    def _poll_once(self, timeout_s: float, limit: int) -> list[Batch]:
        with explained(self.name, "reading"):
            try:
                batches = self._fetch(timeout_s, limit)
                if not batches and not self._paused:
                    self._cure_stall()
                if not batches:
                    self._report_again()
                return batches
            except errors.CorruptRecordError as error:
                return [self._step_over(error)]
            except errors.RetriableError as error:
                log.warning("%s: %s; trying on", self.name, error)
                return []

    def _report_again(self) -> None:
        """Say where the database says we stand, though nothing is new: only so does a fenced member hear of it."""
        if self._group["group_instance_id"] and time.monotonic() - self._reported > _REPORT_S:
            stands = self._cursors.committed(self._cursors.held())
            self._reported = time.monotonic()
            if known := {held: at for held, at in stands.items() if at is not None}:
                self.committed(known)

    def _fetch(self, timeout_s: float, limit: int) -> list[Batch]:
        if self._consumer is None:
            self._connect()
        if not self._is_known_anew(timeout_s):
            return []
        self._take_changes()
        self._place_new()
        before = self._cursors.held()
        self._go_on_joining()
        fetched = self._consumer.poll(timeout_ms=int(timeout_s * 1000), max_records=limit)
        self._take_changes()
        here = before & self._cursors.held()
        return [
            self._batch(Partition(*partition), records, records[-1].offset + 1)
            for partition, records in fetched.items()
            if Partition(*partition) in here
        ]

    def _go_on_joining(self) -> None:
        coordinator = self._consumer._coordinator
        if coordinator.rejoining and not coordinator.need_rejoin():
            coordinator.request_rejoin()

    def _is_known_anew(self, timeout_s: float) -> bool:
        """Whether we know the topics as they are now: while nobody fetched, one may have been made anew unnoticed."""
        now = time.monotonic()
        if now - self._fetched > _GAP_S:
            self._lookup = self._consumer._cluster.request_update()
        self._fetched = now
        if self._lookup is None:
            return True
        if not self._lookup.is_done:
            time.sleep(min(timeout_s, 0.005))
            return False
        self._lookup = self._consumer._cluster.request_update() if self._lookup.failed() else None
        return self._lookup is None

    def _batch(self, partition: Partition, records: Sequence[Any], end: int, faults: tuple[Fault, ...] = ()) -> Batch:
        log_id = self._same_log(partition, self._cursors.at(partition))
        self._moved[partition] = time.monotonic()
        return self._cursors.advance(partition, records, Position(end, log_id), faults)

    def _take_changes(self) -> None:
        """Act upon what the client's thread noted. What was assigned anew starts from the database again."""
        assert self._assignments is not None
        for gained, partitions in self._assignments.take():
            self._cursors.drop(partitions)
            self._unplaced = self._unplaced | partitions if gained else self._unplaced - partitions

    def _place_new(self) -> None:
        """Seek what was assigned to its committed position and let it be fetched."""
        if not self._unplaced or self._paused:
            return
        self._ends |= self._consumer.end_offsets([TopicPartition(*new) for new in self._unplaced], timeout_ms=5000)
        committed = self._cursors.committed(self._unplaced)
        for partition, at in committed.items():
            self._same_log(partition, at)
        self._cursors.put(committed)
        self._place(committed)
        self._unplaced = frozenset()
        self.resume()

    def _place(self, positions: Mapping[Partition, Position | None]) -> None:
        for partition, at in positions.items():
            self._moved[partition] = time.monotonic()
            with unless_just_lost():
                if at is None:
                    self._consumer.seek_to_beginning(TopicPartition(*partition))
                else:
                    self._consumer.seek(TopicPartition(*partition), at.next)

    def _end(self, partition: Partition) -> int:
        """The end as of the last fetch, or of the assignment; at it, markers of transactions do not count as lag."""
        here, position, fetched = TopicPartition(*partition), None, None
        with unless_just_lost():
            position, fetched = self._consumer.position(here, timeout_ms=0), self._consumer.highwater(here)
        end = max(fetched or 0, self._ends.get(partition, 0))
        return self._cursors.caught_up(partition) if position is not None and position >= end else end

    def _same_log(self, partition: Partition, at: Position | None) -> str:
        """The identity of the topic, which must be the one we read before. Brokers before 2.8 have none: ""."""
        found = self._consumer._cluster.topic_id(partition.topic)
        log_id = str(found) if found else ""
        if at is not None and at.log_id and log_id and at.log_id != log_id:
            raise made_anew(self.name, partition, at)
        return log_id or (at.log_id if at else "")

    def _step_over(self, error: Exception) -> Batch:
        partition, base = damaged_at(error)
        at = self._cursors.at(partition)
        end = end_of_damage(self._settings, partition, base)
        self._consumer.seek(TopicPartition(*partition), end)
        first = max(base, at.next) if at else base
        fault = Fault(first, end, "a batch of records with a wrong checksum: its bytes changed on the broker's disk")
        return self._batch(partition, [], end, (fault,))

    def _cure_stall(self) -> None:
        """A partition that gave nothing for long although there is more: only a new consumer helps."""
        now = time.monotonic()
        quiet = [held for held in self._cursors.held() if now - self._moved[held] > self._stall_s]
        if not quiet:
            return
        self._moved.update(dict.fromkeys(quiet, now))
        ends = self._consumer.end_offsets([TopicPartition(*held) for held in quiet], timeout_ms=1000)
        at = {held: self._consumer.position(TopicPartition(*held), timeout_ms=0) or 0 for held in quiet}
        stuck = [str(held) for held in quiet if ends[held] > at[held]]
        if stuck:
            log.warning(
                "%s: %s stood still for %g s with more to read; a new consumer", self.name, stuck, self._stall_s
            )
            self._reconnect()
