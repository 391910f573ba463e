"""The outbox: what was said stands in the database with what led to it, and goes out from there.

Publishing may happen twice when the process dies between sending and noting it; each saying carries a key of its own,
the same every time, by which a reader knows it again.
"""

import logging
from collections.abc import Collection

import orjson

from centre.errors import StreamError
from streams.dead_letters import DeadLetter, as_message
from streams.event_log import EventLog, Message, Partition
from streams.floor_policy import FloorPolicy
from streams.live_store import LiveStore, OutboxRow
from streams.outputs import AdherenceDay, Correction, Escalated, Output

log = logging.getLogger(__name__)

AT_ONCE = 500


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


def publish(store: LiveStore, outlet: EventLog, partitions: Collection[Partition] | None = None) -> int:
    """Send what waits (about these partitions), in order; how many that were. What the log does not take waits on."""
    sent = 0
    while waiting := store.unpublished(AT_ONCE, partitions):
        by_topic: dict[str, list[Message]] = {}
        for _, row in waiting:
            message = Message(row.message_key, row.value, (("id", row.key.encode()),))
            by_topic.setdefault(row.topic, []).append(message)
        try:
            for topic, messages in by_topic.items():
                outlet.append(topic, messages)
        except StreamError as error:
            log.warning("not published yet: %s", error)
            return sent
        store.published([number for number, _ in waiting])
        sent += len(waiting)
    return sent
