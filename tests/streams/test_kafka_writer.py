"""The writer's own part, without a broker: what it does when the client never answers."""

import time
import uuid

import pytest
from kafka import errors

from streams.kafka.clients import PRODUCER
from streams.kafka.writer import Writer, create_topics
from tests.streams.logs import messages


def test_a_batch_that_never_gets_an_answer_is_given_up_and_so_is_its_producer() -> None:
    """As seen of a broker killed in the middle: the client neither delivers nor expires it."""

    class Silent:
        closed = 0

        def send(self, *args: object, **more: object) -> object:
            return object()

        def flush(self, timeout: float | None = None) -> None:
            assert timeout is not None, "would wait for ever"
            assert timeout > PRODUCER["delivery_timeout_ms"] / 1000
            raise errors.KafkaTimeoutError("Timeout waiting for future")

        def close(self, timeout: float) -> None:
            self.closed += 1

    writer, silent = Writer({}), Silent()
    writer._producer = silent
    with pytest.raises(errors.KafkaTimeoutError):
        writer.append("events", messages(2))
    assert silent.closed == 1
    assert writer._producer is None, "the next append makes a new one"


@pytest.mark.kafka
def test_a_producer_whose_batch_gets_no_answer_ends_with_its_thread(kafka_bootstrap: str) -> None:
    """As seen of a broker killed in the middle: `close` gave up waiting, and the thread went on for ever."""
    topic, settings = f"stuck-{uuid.uuid4()}", {"bootstrap_servers": [kafka_bootstrap]}
    create_topics(settings, [topic], 1)
    writer = Writer(settings)
    writer.append(topic, messages(2))
    producer = writer._producer
    sender = producer._sender
    sender.run_once = lambda: time.sleep(0.01)  # nothing is sent any more, nothing expires
    producer.send(topic, value=b"never answered")
    writer.close(timeout_s=0.5)
    assert not sender.is_alive()
    assert writer._producer is None
