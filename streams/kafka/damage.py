"""Batches whose checksum is wrong: the client gives the same error for ever, so they are stepped over."""

import re
from collections.abc import Mapping
from typing import Any

from kafka import KafkaConsumer, TopicPartition, errors

from streams.event_log import Partition
from streams.kafka.clients import connected

_CORRUPT = re.compile(r"TopicPartition\(topic='(.+)', partition=(\d+)\) at offset (\d+)")


def damaged_at(error: Exception) -> tuple[Partition, int]:
    """The partition, and the first offset, of the batch that a CorruptRecordError is about."""
    found = _CORRUPT.search(str(error))
    if found is None:
        raise error
    return Partition(found[1], int(found[2])), int(found[3])


def end_of_damage(settings: Mapping[str, Any], partition: Partition, base: int) -> int:
    """The offset after the damaged batch that starts at `base`.

    The header that would tell is as damaged as the rest. But an offset lies in that batch exactly if reading from it
    gives the error of that batch again: so the end is found by halving, with a consumer apart.
    """
    scout = connected(KafkaConsumer, settings, auto_offset_reset="none", enable_auto_commit=False)
    try:
        here = TopicPartition(*partition)
        scout.assign([here])
        inside, outside = base, int(scout.end_offsets([here])[here])
        while outside - inside > 1:
            middle = (inside + outside) // 2
            scout.seek(here, middle)
            if _is_damaged(scout, base):
                inside = middle
            else:
                outside = middle
    finally:
        scout.close()
    return outside


def _is_damaged(scout: Any, base: int) -> bool:
    try:
        scout.poll(timeout_ms=1000, max_records=1)
    except errors.CorruptRecordError as error:
        return damaged_at(error)[1] == base
    return False
