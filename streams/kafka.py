"""Apache Kafka as an event log. The only module that knows Kafka's client.

What this client needs to be handled with care (each was seen, not read about):

- It gets no deserializers and resets no offsets: after an error in either, its poll never returns.
- Assignments arrive on its own thread, at any time. They are only noted there, with fetching paused; positions are
  read and sought by the thread that polls, when no transaction is open, so that they are never stale.
- A batch with a wrong checksum is stepped over and reported, not read again for ever.
- A partition that stops moving although the broker has more for it is cured by a new consumer.
"""

import logging
import re
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from kafka import ConsumerRebalanceListener, KafkaConsumer, KafkaProducer, TopicPartition
from kafka import errors as kafka_errors
from kafka.admin import KafkaAdminClient
from kafka.net.compat import KafkaNetClient
from kafka.structs import OffsetAndMetadata

from centre.errors import FencedError, PositionLostError, StreamError
from streams.cursors import Cursors, made_anew
from streams.event_log import Batch, Fault, Message, Partition, Position, PositionReader

log = logging.getLogger(__name__)

_CONSUMER: dict[str, Any] = {
    "enable_auto_commit": False,
    "auto_offset_reset": "none",
    "isolation_level": "read_committed",
    "allow_auto_create_topics": False,
    "session_timeout_ms": 10_000,
    "heartbeat_interval_ms": 1_000,  # a member hears of a rebalance by its heartbeat
    "metadata_max_age_ms": 30_000,
    "max_poll_records": 1000,
}
_PRODUCER: dict[str, Any] = {
    "enable_idempotence": True,
    "acks": "all",
    "allow_auto_create_topics": False,
    "linger_ms": 2,
    "max_block_ms": 5_000,
    "delivery_timeout_ms": 30_000,
    "request_timeout_ms": 15_000,
}
_BOOTSTRAP_MS = 15_000
_GAP_S = 1.0
_SLICE_S = 0.3
_FIRST_SLICE_S = 0.05
_ATTEMPT = re.compile(r"connection to .* failed: (.*?)(?: \(backoff.*)?$")
_CORRUPT = re.compile(r"TopicPartition\(topic='(.+)', partition=(\d+)\) at offset (\d+)")


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
        self._settings = {**settings, "bootstrap_timeout_ms": _BOOTSTRAP_MS}
        self._group = {"group_id": group, "group_instance_id": instance or None}
        self._stall_s = stall_s
        self._topics: tuple[str, ...] = ()
        self._cursors = Cursors()
        self._consumer: Any = None
        self._producer: Any = None
        self._changes: deque[tuple[bool, frozenset[Partition]]] = deque()
        self._unplaced: frozenset[Partition] = frozenset()
        self._paused = False
        self._moved: dict[Partition, float] = {}
        self._fetched = time.monotonic()
        self._lookup: Any = None

    def create(self, topics: Iterable[str], partitions: int = 1) -> None:
        with self._explained("creating topics"):
            admin = self._client(KafkaAdminClient)
            try:
                missing = sorted(set(topics) - set(admin.list_topics()))
                if missing:
                    wanted = {name: {"num_partitions": partitions} for name in missing}
                    admin.create_topics(wanted, wait_for_metadata=True)
            except kafka_errors.TopicAlreadyExistsError:
                pass  # somebody else made it meanwhile
            finally:
                admin.close()

    def append(self, topic: str, messages: Sequence[Message]) -> None:
        with self._explained(f"appending to {topic}"):
            if self._producer is None:
                self._producer = self._client(KafkaProducer, **_PRODUCER)
            try:
                sent = [
                    self._producer.send(topic, key=key, value=value, headers=list(headers))
                    for key, value, headers in messages
                ]
                self._producer.flush()
                for future in sent:
                    future.get(timeout=0)
            except kafka_errors.KafkaError:
                # An idempotent producer that failed may be of no further use; the next append makes a new one.
                producer, self._producer = self._producer, None
                producer.close(timeout=1)
                raise

    def subscribe(self, topics: Sequence[str], positions: PositionReader) -> None:
        self._topics = tuple(topics)
        self._cursors.read_from(positions)
        with self._explained("subscribing"):
            self._connect()
            there = self._consumer.topics()
        if missing := [name for name in topics if name not in there]:
            raise StreamError(f"{self.name}: there is no topic {', '.join(missing)}; create it first")

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
            with _unless_just_lost():
                self._consumer.pause(TopicPartition(*held))

    def resume(self) -> None:
        self._paused = False
        for held in self._cursors.held():
            with _unless_just_lost():
                self._consumer.resume(TopicPartition(*held))

    def ends(self) -> dict[Partition, int]:
        with self._explained("asking for the ends"):
            ends = self._consumer.end_offsets([TopicPartition(*held) for held in self._cursors.held()])
        return {Partition(*partition): end for partition, end in ends.items()}

    def committed(self, positions: Mapping[Partition, Position]) -> None:
        offsets = {TopicPartition(*held): OffsetAndMetadata(at.next, "", -1) for held, at in positions.items()}
        with self._explained("reporting progress"):
            self._consumer.commit_async(offsets)

    def close(self) -> None:
        consumer, self._consumer = self._consumer, None
        producer, self._producer = self._producer, None
        if consumer is not None:
            consumer.close(autocommit=False, timeout_ms=5000)
        if producer is not None:
            producer.close(timeout=5)
        self._cursors = Cursors()

    def _connect(self) -> None:
        consumer = self._client(KafkaConsumer, **_CONSUMER, **self._group)
        consumer.subscribe(list(self._topics), listener=_Assignments(consumer, self._changes))
        self._consumer = consumer
        self._lookup = consumer._cluster.request_update()

    def _client(self, kind: Callable[..., Any], **config: Any) -> Any:
        """A client that is connected. Why one could not connect stands only in the client's log: it is read there."""
        made: list[Any] = []

        def network(**settings: Any) -> Any:
            made.append(KafkaNetClient(**settings))
            return made[-1]

        with _attempts() as reasons:
            try:
                return kind(**self._settings, **config, kafka_client=network)
            except kafka_errors.KafkaTimeoutError as error:
                for client in made:
                    client.close()  # its thread would go on for ever
                why = "; ".join(dict.fromkeys(reasons)) or "nobody answers"
                raise kafka_errors.KafkaTimeoutError(f"nobody let us in: {why}") from error

    def _reconnect(self) -> None:
        consumer, self._consumer = self._consumer, None
        consumer.close(autocommit=False, timeout_ms=1000)
        self._cursors.drop(self._cursors.held())
        self._unplaced = frozenset()
        self._changes.clear()
        self._connect()

    def _poll_once(self, timeout_s: float, limit: int) -> list[Batch]:
        with self._explained("reading"):
            try:
                batches = self._fetch(timeout_s, limit)
                if not batches and not self._paused:
                    self._cure_stall()
                return batches
            except kafka_errors.CorruptRecordError as error:
                return [self._step_over(error)]
            except kafka_errors.RetriableError as error:
                log.warning("%s: %s; trying on", self.name, error)
                return []

    def _fetch(self, timeout_s: float, limit: int) -> list[Batch]:
        if self._consumer is None:
            self._connect()
        if not self._is_known_anew(timeout_s):
            return []
        self._take_changes()
        self._place_new()
        before = self._cursors.held()
        fetched = self._consumer.poll(timeout_ms=int(timeout_s * 1000), max_records=limit)
        self._take_changes()
        here = before & self._cursors.held()
        return [
            self._batch(Partition(*partition), records, records[-1].offset + 1)
            for partition, records in fetched.items()
            if Partition(*partition) in here
        ]

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
        while self._changes:
            gained, partitions = self._changes.popleft()
            self._cursors.drop(partitions)
            self._unplaced = self._unplaced | partitions if gained else self._unplaced - partitions

    def _place_new(self) -> None:
        """Seek what was assigned to its committed position and let it be fetched."""
        if not self._unplaced:
            return
        committed = self._cursors.committed(self._unplaced)
        for partition, at in committed.items():
            self._same_log(partition, at)
        self._cursors.put(committed)
        self._place(committed)
        self._unplaced = frozenset()
        if not self._paused:
            self.resume()

    def _place(self, positions: Mapping[Partition, Position | None]) -> None:
        for partition, at in positions.items():
            self._moved[partition] = time.monotonic()
            with _unless_just_lost():
                if at is None:
                    self._consumer.seek_to_beginning(TopicPartition(*partition))
                else:
                    self._consumer.seek(TopicPartition(*partition), at.next)

    def _same_log(self, partition: Partition, at: Position | None) -> str:
        """The identity of the topic, which must be the one we read before. Brokers before 2.8 have none: ""."""
        found = self._consumer._cluster.topic_id(partition.topic)
        log_id = str(found) if found else ""
        if at is not None and at.log_id and log_id and at.log_id != log_id:
            raise made_anew(self.name, partition, at)
        return log_id or (at.log_id if at else "")

    def _step_over(self, error: Exception) -> Batch:
        """Past the batch whose checksum is wrong: the client would give the same error for ever."""
        found = _CORRUPT.search(str(error))
        if found is None:
            raise error
        partition, base = Partition(found[1], int(found[2])), int(found[3])
        at = self._cursors.at(partition)
        end = self._end_of_damage(TopicPartition(*partition), base)
        self._consumer.seek(TopicPartition(*partition), end)
        first = max(base, at.next) if at else base
        fault = Fault(first, end, "a batch of records with a wrong checksum: its bytes changed on the broker's disk")
        return self._batch(partition, [], end, (fault,))

    def _end_of_damage(self, partition: Any, base: int) -> int:
        """The offset after the damaged batch that starts at `base`.

        The header that would tell is as damaged as the rest. But an offset lies in that batch exactly if reading from
        it gives the error of that batch again: so the end is found by halving, with a consumer apart.
        """
        scout = self._client(KafkaConsumer, auto_offset_reset="none", enable_auto_commit=False)
        try:
            scout.assign([partition])
            inside, outside = base, scout.end_offsets([partition])[partition]
            while outside - inside > 1:
                middle = (inside + outside) // 2
                scout.seek(partition, middle)
                if _is_damaged(scout, base):
                    inside = middle
                else:
                    outside = middle
        finally:
            scout.close()
        return int(outside)

    def _cure_stall(self) -> None:
        """A partition that gave nothing for long although there is more: only a new consumer helps."""
        now = time.monotonic()
        quiet = [held for held in self._cursors.held() if now - self._moved[held] > self._stall_s]
        if not quiet:
            return
        self._moved.update(dict.fromkeys(quiet, now))
        ends = self._consumer.end_offsets([TopicPartition(*held) for held in quiet], timeout_ms=5000)
        stuck = [str(held) for held in quiet if ends[held] > self._consumer.position(TopicPartition(*held), 1000)]
        if stuck:
            log.warning(
                "%s: %s stood still for %g s with more to read; a new consumer", self.name, stuck, self._stall_s
            )
            self._reconnect()

    @contextmanager
    def _explained(self, doing: str) -> Iterator[None]:
        try:
            yield
        except (kafka_errors.OffsetOutOfRangeError, kafka_errors.LogTruncationError) as error:
            raise PositionLostError(
                f"{self.name}: it no longer holds the position we stand at ({error}): events were deleted before they "
                f"were read. To go on with what is left, remove the stored position of that partition; to lose none "
                f"next time, raise retention.ms of the topic."
            ) from error
        except (kafka_errors.FencedInstanceIdError, kafka_errors.UnreleasedInstanceIdError) as error:
            raise FencedError(
                f"{self.name}: another consumer runs under our name {self._group['group_instance_id']}; "
                f"give each its own"
            ) from error
        except kafka_errors.UnsupportedCodecError as error:
            raise StreamError(
                f"{self.name}: {error}; install what reads that compression: lz4, zstandard or python-snappy"
            ) from error
        except kafka_errors.KafkaError as error:
            raise StreamError(f"{self.name}: {doing} failed: {error}") from error


class _Assignments(ConsumerRebalanceListener):  # type: ignore[misc]
    """Runs on the client's thread: notes what changed, and keeps new partitions still until they are placed."""

    def __init__(self, consumer: Any, changes: deque[tuple[bool, frozenset[Partition]]]) -> None:
        self._consumer = consumer
        self._changes = changes

    def on_partitions_assigned(self, assigned: Collection[Any]) -> None:
        for partition in assigned:
            self._consumer.pause(partition)
            self._consumer.seek(partition, 0)  # any position, so that the client asks for none of its own
        self._changes.append((True, frozenset(Partition(*partition) for partition in assigned)))

    def on_partitions_revoked(self, revoked: Collection[Any]) -> None:
        self._changes.append((False, frozenset(Partition(*partition) for partition in revoked)))


class _Reasons(logging.Handler):
    """Keeps the reasons that the client logs for attempts that failed."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__()
        self._reasons = reasons

    def emit(self, record: logging.LogRecord) -> None:
        found = _ATTEMPT.search(record.getMessage())
        if found:
            self._reasons.append(found[1])


@contextmanager
def _attempts() -> Iterator[list[str]]:
    reasons: list[str] = []
    manager, handler = logging.getLogger("kafka.net.manager"), _Reasons(reasons)
    level = manager.level
    manager.setLevel(logging.WARNING)
    manager.addHandler(handler)
    try:
        yield reasons
    finally:
        manager.removeHandler(handler)
        manager.setLevel(level)


def _is_damaged(scout: Any, base: int) -> bool:
    try:
        scout.poll(timeout_ms=1000, max_records=1)
    except kafka_errors.CorruptRecordError as error:
        found = _CORRUPT.search(str(error))
        return found is not None and int(found[3]) == base
    return False


@contextmanager
def _unless_just_lost() -> Iterator[None]:
    """A partition may be taken from us between any two lines; the note of it is on its way."""
    try:
        yield
    except (ValueError, KeyError, kafka_errors.IllegalStateError) as error:
        log.info("a partition was taken away meanwhile: %s", error)
