"""The outbox: what was said stands in the database with what led to it, and goes out from there.

Each saying carries a key of its own, the same every time, by which it is known again in the topic.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol, runtime_checkable

import orjson

from centre.errors import StreamError
from streams.dead_letters import DeadLetter, as_message
from streams.event_log import EventLog, Message, Partition
from streams.floor_policy import FloorPolicy
from streams.live_store import LiveStore, OutboxRow
from streams.outputs import AdherenceDay, Correction, Escalated, Output

log = logging.getLogger(__name__)

AT_ONCE = 500
STALE_S = 2.0
"""A saying read from the outbox is sent within this time, or read again; less than it takes to lose a partition."""

SLACK_MS = 60_000
"""How far the clocks of two machines may be apart."""

Waiting = list[tuple[int, OutboxRow]]


def outbox_row(output: Output, floor: FloorPolicy, alerts: str, adherence: str) -> OutboxRow:
    """A saying as it goes out, to one of the two topics; sayings about one agent or queue keep their order."""
    about = output.alert if isinstance(output, Escalated) else output
    topic = adherence if isinstance(about, AdherenceDay | Correction) else alerts
    subject = about.agent if isinstance(about, AdherenceDay) else about.agent or about.queue
    noticed = 0 if isinstance(about, AdherenceDay) else about.noticed
    return OutboxRow(f"{output.key}@{noticed}", topic, subject.encode(), orjson.dumps(output.to_json(floor)))


def dead_row(letter: DeadLetter, topic: str) -> OutboxRow:
    """A message that could not be read, as it goes out to the topic of dead letters."""
    message = as_message(letter)
    return OutboxRow(f"dead/{letter.key}", topic, message.key or b"", message.value or b"")


@runtime_checkable
class Recalls(Protocol):
    """A log that can tell what was appended to it."""

    def recall(self, topic: str, since: int) -> Collection[bytes]:
        """The `id` headers of messages that arrived from `since`, UTC milliseconds, on."""
        ...


@dataclass
class Publisher:
    """Sends what waits in the outbox.

    A saying that was sent, and not noted as sent before the process died or the broker went away, would go out twice.
    So whoever takes a partition over, and whoever does not know whether the broker took something, first looks into
    the topic. What was read from the outbox too long ago is read again: meanwhile another one may have sent it.

    Attributes
    ----------
    doubtful : partitions of which something may have been sent that still waits.
    """

    store: LiveStore
    outlet: EventLog
    doubtful: set[Partition] = field(default_factory=set)

    def send(self, partitions: Collection[Partition]) -> int:
        """Send what waits about these partitions, in order; how many that were. What the log does not take waits on."""
        sent, begun = 0, monotonic()
        while waiting := self.store.unpublished(AT_ONCE, partitions):
            try:
                if not self.doubtful.isdisjoint(partitions):
                    waiting = self._without_sent(waiting, partitions)
                if monotonic() - begun > STALE_S:
                    self.doubtful.update(partitions)
                    begun = monotonic()
                    continue
                self._append([row for _, row in waiting])
            except StreamError as error:
                self.doubtful.update(partitions)
                log.warning("not published yet: %s", error)
                return sent
            self.store.published([number for number, _ in waiting])
            sent, begun = sent + len(waiting), monotonic()
        self.doubtful.difference_update(partitions)
        return sent

    def _append(self, rows: Sequence[OutboxRow]) -> None:
        by_topic: dict[str, list[Message]] = {}
        for row in rows:
            message = Message(row.message_key, row.value, (("id", row.key.encode()),))
            by_topic.setdefault(row.topic, []).append(message)
        for topic, messages in by_topic.items():
            self.outlet.append(topic, messages)

    def _without_sent(self, waiting: Waiting, partitions: Collection[Partition]) -> Waiting:
        """What waits, less what stands in the topics already; that is noted as sent."""
        if not isinstance(self.outlet, Recalls):
            return waiting
        since = self.store.waiting_since(partitions) // 1000 - SLACK_MS
        known = {topic: self.outlet.recall(topic, since) for topic in {row.topic for _, row in waiting}}
        done = [number for number, row in waiting if row.key.encode() in known[row.topic]]
        if done:
            self.store.published(done)
            log.info("%d sayings had gone out already", len(done))
        return [(number, row) for number, row in waiting if row.key.encode() not in known[row.topic]]
