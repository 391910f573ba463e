"""What the live engine and its database hand each other: numbers, text and bytes, so that neither knows the other."""

from typing import NamedTuple


class Partition(NamedTuple):
    """One ordered sequence of a topic."""

    topic: str
    number: int

    def __str__(self) -> str:
        return f"{self.topic}[{self.number}]"

    @classmethod
    def parse(cls, name: str) -> "Partition":
        """The partition that `str` names so."""
        topic, _, number = name[:-1].rpartition("[")
        return cls(topic, int(number))


class Position(NamedTuple):
    """Where a reader stands in a partition.

    Attributes
    ----------
    next : offset of the first record not yet applied; offsets grow but need not be dense.
    log_id : identity of the topic, so that one deleted and made again under the same name is recognised.
    """

    next: int
    log_id: str


class JournalRow(NamedTuple):
    """What one transaction took in from a partition, in order.

    Attributes
    ----------
    received : when it was taken in, UTC microseconds.
    first, last : earliest and latest time at which any of it happened, UTC microseconds; 0 where only time passed.
    entries : how many events and decisions.
    content : the inputs, encoded.
    number : of the row; grows in the order of taking in. 0 before it is kept.
    """

    received: int
    first: int
    last: int
    entries: int
    content: bytes
    number: int = 0


class OutboxRow(NamedTuple):
    """One saying to be published: `key` names it once and for all, `message_key` keeps its subject's order."""

    key: str
    topic: str
    message_key: bytes
    value: bytes


class DeadRow(NamedTuple):
    """One message that could not be read; `key` names its place in the log."""

    key: str
    reason: str
    raw: bytes | None
    timestamp: int


class ShownRow(NamedTuple):
    """A part of the picture of the floor that other processes read: kind and name of it, and its content."""

    partition: str
    kind: str
    name: str
    content: bytes


StateRow = tuple[str, str, bytes | None]
"""Kind and name of a part of a state, and its content; None where it is gone."""
