"""The writing side of Kafka: topics made, messages appended, acknowledged by all replicas."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kafka import KafkaProducer, errors
from kafka.admin import KafkaAdminClient

from streams.event_log import Message
from streams.kafka.clients import PRODUCER, connected

FLUSH_S = PRODUCER["delivery_timeout_ms"] / 1000 + 2
"""What has no answer by then will have none: the client expires a batch at its delivery timeout, but was seen to wait
for ever for one that was under way when its broker was killed."""


def create_topics(settings: Mapping[str, Any], topics: Iterable[str], partitions: int) -> None:
    """Make those of `topics` that are not there yet, with the broker's usual number of copies."""
    admin = connected(KafkaAdminClient, settings)
    try:
        missing = sorted(set(topics) - set(admin.list_topics()))
        if missing:
            admin.create_topics({name: {"num_partitions": partitions} for name in missing}, wait_for_metadata=True)
    except errors.TopicAlreadyExistsError:
        pass  # somebody else made it meanwhile
    finally:
        admin.close()


class Writer:
    """An idempotent producer, connected when it is first needed."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self._producer: Any = None

    def append(self, topic: str, messages: Sequence[Message]) -> None:
        """Send all and wait until all replicas have them."""
        if self._producer is None:
            self._producer = connected(KafkaProducer, self._settings, **PRODUCER)
        try:
            sent = [
                self._producer.send(topic, key=key, value=value, headers=list(headers))
                for key, value, headers in messages
            ]
            self._producer.flush(timeout=FLUSH_S)
            for future in sent:
                future.get(timeout=0)
        except errors.KafkaError:
            self.close(timeout_s=1)  # one that failed may be of no further use; the next append makes a new one
            raise

    def close(self, timeout_s: float = 5) -> None:
        """Let the producer go, with what it could not deliver within so many seconds.

        The client's own `close` waits for what is under way first and, where that has no answer, raises with its thread
        and connections still alive; told to drop what it has, the thread ends.
        """
        producer, self._producer = self._producer, None
        if producer is None:
            return
        try:
            producer.close(timeout=timeout_s)
        except errors.KafkaTimeoutError:
            producer._sender.force_close()
            producer._sender.join(timeout_s)
            producer.close(timeout=timeout_s)
