"""What the group gives to a member and takes away: noted on the client's thread, acted upon by the one that polls."""

import logging
from collections import deque
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from kafka import ConsumerRebalanceListener, errors

from streams.event_log import Partition

log = logging.getLogger(__name__)


class Assignments(ConsumerRebalanceListener):  # type: ignore[misc]
    """Keeps new partitions still until they are placed, and remembers in order what came and went."""

    def __init__(self, consumer: Any) -> None:
        self._consumer = consumer
        self._changes: deque[tuple[bool, frozenset[Partition]]] = deque()

    def on_partitions_assigned(self, assigned: Collection[Any]) -> None:
        for partition in assigned:
            self._consumer.pause(partition)
            self._consumer.seek(partition, 0)  # any position, so that the client asks for none of its own
        self._changes.append((True, frozenset(Partition(*partition) for partition in assigned)))

    def on_partitions_revoked(self, revoked: Collection[Any]) -> None:
        self._changes.append((False, frozenset(Partition(*partition) for partition in revoked)))

    def take(self) -> Iterator[tuple[bool, frozenset[Partition]]]:
        """What changed since the last time, in order: (True, gained) or (False, lost)."""
        while self._changes:
            yield self._changes.popleft()


@contextmanager
def unless_just_lost() -> Iterator[None]:
    """A partition may be taken from us between any two lines; the note of it is on its way."""
    try:
        yield
    except (ValueError, KeyError, errors.IllegalStateError) as error:
        log.info("a partition was taken away meanwhile: %s", error)
