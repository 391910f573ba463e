"""Messages that could not be read: kept with the reason and the position, up to a ceiling."""

from base64 import b64encode
from collections import deque
from dataclasses import dataclass

from msgspec import json

from centre.errors import PoisonCeilingError
from centre.said import Said
from streams.event_log import Batch, Message, Partition


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that could not be read.

    Attributes
    ----------
    partition, offset : where it stands in the log.
    reason : what is wrong with it, in words.
    raw : its bytes as they came; None where the log itself has lost them.
    timestamp : when it arrived in the log, UTC milliseconds; 0 where that is lost.
    offsets : how many offsets it covers: more than 1 only where the log lost a stretch.
    """

    partition: Partition
    offset: int
    reason: str
    raw: bytes | None
    timestamp: int
    offsets: int = 1

    @property
    def key(self) -> str:
        """The same for the same message, however often it is read."""
        return f"{self.partition.topic}/{self.partition.number}/{self.offset}"


def as_message(letter: DeadLetter) -> Message:
    """The dead letter as a message for its own topic; the bytes as text where they are, else in base64."""
    body: dict[str, object] = {
        "type": "dead_letter",
        "topic": letter.partition.topic,
        "partition": letter.partition.number,
        "offset": letter.offset,
        "offsets": letter.offsets,
        "timestamp": letter.timestamp,
        "reason": letter.reason,
    }
    if letter.raw is not None:
        try:
            body["raw"] = letter.raw.decode()
        except UnicodeDecodeError:
            body["raw_base64"] = b64encode(letter.raw).decode()
    return Message(letter.key.encode(), json.encode(body))


class Ceiling:
    """Stops a consumer that would turn a whole topic into dead letters: a deployment fault, not bad luck.

    A wrong mapping or a changed format makes message after message unreadable. Draining the topic into the dead
    letters would hide that, so past the ceiling the batch is given up and the position stays where it is.

    Parameters
    ----------
    share : highest share of unreadable messages among the last `over`.
    in_a_row : this many unreadable ones in a row are too many.
    over : how many messages the share is taken of; with fewer seen so far it is not judged.
    """

    def __init__(self, share: float = 0.05, in_a_row: int = 100, over: int = 1000) -> None:
        self._share = share
        self._in_a_row = in_a_row
        self._over = over
        self._run = 0
        self._counts: deque[tuple[int, int]] = deque()
        self._read = 0
        self._dead = 0

    def count(self, batch: Batch, dead: list[DeadLetter], unreadable: list[int]) -> None:
        """Count a batch, before it is committed.

        Raises
        ------
        PoisonCeilingError
            Too many could not be read. The batch must not be committed.
        """
        if not batch.records:
            return
        before = -1
        for place in unreadable:
            self._run = self._run + 1 if place == before + 1 else 1
            before = place
            if self._run >= self._in_a_row:
                self._stop(f"{self._run} messages in a row", dead)
        if before != len(batch.records) - 1:
            self._run = 0
        self._take_in(len(batch.records), len(unreadable))
        if unreadable and self._read >= self._over and self._dead > self._share * self._read:
            self._stop(f"{self._dead} of the last {self._read} messages", dead)

    def _take_in(self, read: int, dead: int) -> None:
        """Add a batch to the window, and let go of the oldest while enough remain."""
        self._counts.append((read, dead))
        self._read += read
        self._dead += dead
        while self._read - self._counts[0][0] >= self._over:
            oldest_read, oldest_dead = self._counts.popleft()
            self._read -= oldest_read
            self._dead -= oldest_dead

    def _stop(self, how_many: str, dead: list[DeadLetter]) -> None:
        last = dead[-1]
        raise PoisonCeilingError(
            Said(
                "{how_many} could not be read, the last at {partition} offset {offset}: {reason}. The position stays "
                "before this batch. Correct the adapter or the table of states, then start again.",
                how_many=how_many,
                partition=last.partition,
                offset=last.offset,
                reason=last.reason,
            )
        )
