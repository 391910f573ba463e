"""Where a reader stands in each of its partitions: the bookkeeping that every log's reader shares."""

from collections.abc import Iterable, Mapping, Sequence

from centre.errors import PositionLostError
from centre.said import Said
from streams.event_log import Batch, Fault, Partition, Position, PositionReader, Record


class Cursors:
    """The next position of each assigned partition, and the committed one to return to."""

    def __init__(self) -> None:
        self._read: PositionReader = _none_committed
        self._at: dict[Partition, Position | None] = {}

    def read_from(self, positions: PositionReader) -> None:
        """Take committed positions from here from now on."""
        self._read = positions

    def committed(self, partitions: Iterable[Partition]) -> dict[Partition, Position | None]:
        """The committed position of each of `partitions`; None where there is none yet."""
        wanted = list(partitions)
        found = self._read(wanted)
        return {partition: found.get(partition) for partition in wanted}

    def put(self, positions: Mapping[Partition, Position | None]) -> None:
        """Stand at these positions; partitions not held so far are taken in."""
        self._at.update(positions)

    def drop(self, partitions: Iterable[Partition]) -> None:
        """Let these partitions go."""
        for partition in partitions:
            self._at.pop(partition, None)

    def held(self) -> frozenset[Partition]:
        """The partitions held now."""
        return frozenset(self._at)

    def at(self, partition: Partition) -> Position | None:
        """Where the next batch of a held partition begins."""
        return self._at[partition]

    def in_turn(self) -> list[Partition]:
        """The held partitions, those served longest ago first, so that none starves behind a busy one."""
        return list(self._at)

    def end(self, partition: Partition, first: int, end: int) -> int:
        """What `ends` says of a held partition with records in [first, end)."""
        return 0 if self._at[partition] is None and first >= end else end

    def caught_up(self, partition: Partition) -> int:
        """What `ends` says of a held partition in which nothing is left to read."""
        at = self._at[partition]
        return at.next if at else 0

    def advance(
        self, partition: Partition, records: Sequence[Record], after: Position, faults: tuple[Fault, ...] = ()
    ) -> Batch:
        """The batch that leads from where we stand in `partition` to `after`, and stand there."""
        previous = self._at.pop(partition)
        self._at[partition] = after  # to the end of the queue
        return Batch(partition, records, previous, after, faults)


def check_held(log: str, partition: Partition, at: Position | None, log_id: str, first: int, end: int) -> int:
    """The offset to read next: `at`, or `first` where there is no position yet.

    Raises
    ------
    PositionLostError
        The log is not the one we read before, or holds only [first, end) and `at` lies outside.
    """
    if at is None:
        return first
    if at.log_id != log_id:
        raise made_anew(log, partition, at)
    if not first <= at.next <= end:
        raise PositionLostError(
            Said(
                "{log}: {partition} no longer holds position {next}, only {first} to {end}: events were deleted "
                "before they were read. To go on with what is left, remove the stored position of {partition}; to "
                "lose none next time, let the log keep events longer.",
                log=log,
                partition=partition,
                next=at.next,
                first=first,
                end=end,
            )
        )
    return at.next


def made_anew(log: str, partition: Partition, at: Position) -> PositionLostError:
    """The error for a topic that is not the one we read before."""
    return PositionLostError(
        Said(
            "{log}: {partition} was deleted and made anew since it was last read, so position {next} means "
            "nothing in it. To read the new one from its beginning, "
            "remove the stored position of {partition}.",
            log=log,
            partition=partition,
            next=at.next,
        )
    )


def _none_committed(_partitions: Iterable[Partition]) -> Mapping[Partition, Position]:
    return {}
