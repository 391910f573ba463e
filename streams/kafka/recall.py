"""What was written to a topic lately: for a writer that does not know whether its last message was taken."""

import time
from collections.abc import Mapping
from typing import Any

from kafka import KafkaConsumer, TopicPartition, errors

from streams.kafka.clients import connected

_LIMIT_S = 20.0


def recalled(settings: Mapping[str, Any], topic: str, header: str, since: int) -> set[bytes]:
    """The values of a header in the messages of a topic from `since`, UTC milliseconds, to its end.

    Raises
    ------
    kafka.errors.KafkaError
        The broker does not tell within the time.
    """
    consumer = connected(KafkaConsumer, settings, enable_auto_commit=False, auto_offset_reset="earliest")
    try:
        here = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
        found, deadline = set[bytes](), time.monotonic() + _LIMIT_S
        consumer.assign(here)
        ends = consumer.end_offsets(here)
        starts = consumer.offsets_for_times(dict.fromkeys(here, max(since, 0)))
        left = {}
        for place in here:
            start = starts[place].offset if starts.get(place) else ends[place]
            consumer.seek(place, start)
            if start < ends[place]:
                left[place] = ends[place]
        while left:
            for records in consumer.poll(timeout_ms=500, max_records=2000).values():
                found.update(value for record in records for name, value in record.headers if name == header and value)
            left = {place: end for place, end in left.items() if consumer.position(place) < end}
            if time.monotonic() > deadline:
                raise errors.KafkaTimeoutError(f"what stands in {topic} was not told within {_LIMIT_S:g} s")
        return found
    finally:
        consumer.close(autocommit=False)
