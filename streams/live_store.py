"""What the live engine needs of a database: one transaction in which a batch is there, with its position, or not.

The store keeps, for each partition, the inputs in the order in which they were taken in (the journal), where the next
batch begins, what has to be published (the outbox), dead letters, and now and then the state the inputs have come to.
State is a fold of the journal, so it is written seldom; after a crash the rest of the journal is folded again.

Everything crosses here as numbers, text and bytes, so that a database package need not know the live engine.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from centre.live_rows import DeadRow as DeadRow
from centre.live_rows import JournalRow as JournalRow
from centre.live_rows import OutboxRow as OutboxRow
from centre.live_rows import Partition, Position
from centre.live_rows import ShownRow as ShownRow
from centre.live_rows import StateRow as StateRow


class LiveTransaction(Protocol):
    """A transaction: what is done in it is there afterwards as a whole, or not at all."""

    def advance(self, partition: Partition, previous: Position | None, following: Position) -> bool:
        """Move a partition's position on, if it stands at `previous`; False, and nothing done, if it does not."""
        ...

    def append(self, partition: Partition, row: JournalRow) -> int:
        """Append what was taken in; the row's number."""
        ...

    def decide(self, partition: Partition, ids: Collection[str]) -> None:
        """Note decisions that the partition's journal now holds."""
        ...

    def put_out(self, partition: Partition, rows: Sequence[OutboxRow], made: int) -> None:
        """Put sayings about a partition into the outbox at `made`, UTC microseconds.

        A key that was there before, published or not, is passed over.
        """
        ...

    def bury(self, rows: Sequence[DeadRow]) -> None:
        """Keep dead letters."""
        ...

    def write_state(self, partition: Partition, generation: int, rows: Sequence[StateRow]) -> None:
        """Write parts of the state that the journal up to row `generation` comes to."""
        ...

    def complete_state(self, partition: Partition, generation: int, head: bytes) -> None:
        """All parts of that state are written: it is the one to start from; forget what it replaces."""
        ...

    def show(self, partition: Partition, position: Position | None, rows: Sequence[ShownRow]) -> bool:
        """Write down what other processes see, if the partition still stands at `position`; whether it does."""
        ...


class LiveStore(Protocol):
    """The database of the live engine. Every method raises StoreError when the database does not do it."""

    def positions(self, partitions: Collection[Partition]) -> Mapping[Partition, Position]:
        """Committed positions, for those of `partitions` that have one. Called on any thread."""
        ...

    def transaction(self) -> AbstractContextManager[LiveTransaction]:
        """A transaction; an exception within it undoes it."""
        ...

    def state(self, partition: Partition) -> tuple[int, bytes, list[tuple[str, str, bytes]]] | None:
        """The last complete state: its generation, its head and its parts. None where there is none."""
        ...

    def decided(self, partition: Partition) -> set[str]:
        """Ids of the decisions in the partition's journal."""
        ...

    def journal(self, partition: Partition, after: int) -> Iterable[JournalRow]:
        """The partition's rows after number `after`, in the order in which they were taken in."""
        ...

    def happened(self, partition: Partition, first: int, last: int) -> Iterable[JournalRow]:
        """The partition's rows in which something may have happened within [first, last], UTC microseconds."""
        ...

    def partitions(self) -> list[Partition]:
        """The partitions of which there is a journal."""
        ...

    def unpublished(self, limit: int, partitions: Collection[Partition] | None = None) -> list[tuple[int, OutboxRow]]:
        """The oldest sayings (about these partitions) that are not published, with their numbers."""
        ...

    def waiting_since(self, partitions: Collection[Partition]) -> int:
        """When the oldest saying about these partitions that is not published was put out; 0 where there is none."""
        ...

    def published(self, numbers: Sequence[int]) -> None:
        """These are published."""
        ...

    def prune(self, partition: Partition, before: int) -> int:
        """Forget rows of before an instant, UTC microseconds; how many there were.

        Journal that is older and that the last complete state holds, sayings that are published, dead letters.
        """
        ...

    def change(self) -> int:
        """How often anything shown has changed."""
        ...

    def shown(self, after: int) -> tuple[int, list[ShownRow]]:
        """The counter of changes, and the rows shown that changed after it stood at `after`."""
        ...

    def close(self) -> None:
        """Let the database go."""
        ...
