"""From the bytes of a log to events, and to dead letters for what cannot be read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from centre.errors import InputError, Problem, StreamError
from centre.events import STATES, Event
from centre.said import Said
from streams.dead_letters import DeadLetter
from streams.event_log import Batch, Partition, Record


class UnreadableError(StreamError):
    """A message is not what its format says; the text is the reason its dead letter carries."""


Adapter = Callable[[Record], Sequence[Event]]
"""Reads the messages of one telephone system: one record may say several events, or none that matters.

It raises UnreadableError with the reason when a record is not what the format says.
"""


ReadAll = Callable[[Sequence[Record]], list[Event] | None]
"""What an adapter may have as `read_all`: reads plain records faster together than one by one.

It gives the events of records with values, one each and none with other fields; None: read them one by one.
"""


CHUNK = 32
"""Records tried together where a batch as a whole could not be read."""


class States:
    """A telephone system's words for agent states, and what they are called here.

    Parameters
    ----------
    table : from the system's own word, or from "word/reason" where the reason tells more, to a native state.
        The native states mean themselves unless the table says otherwise; case does not matter.

    Raises
    ------
    InputError
        The table maps a word to what is no native state.
    """

    def __init__(self, table: Mapping[str, str] | None = None) -> None:
        wrong = [(word, state) for word, state in (table or {}).items() if state not in STATES]
        if wrong:
            raise InputError(
                [Problem(Said("table of states"), word, state, Said.listed(STATES)) for word, state in wrong]
            )
        self._native: dict[str, str] = {state: state for state in STATES}
        self._native |= {word.casefold(): state for word, state in (table or {}).items()}
        self._has_reasons = any("/" in word for word in self._native)

    def native(self, word: str, reason: str = "") -> str:
        """The native state of `word`, with this reason.

        Raises
        ------
        UnreadableError
            The table has no such word.
        """
        if reason and self._has_reasons:
            found = self._native.get(f"{word}/{reason}".casefold())
            if found is not None:
                return found
        found = self._native.get(word) or self._native.get(word.casefold())
        if found is None:
            with_reason = f" (reason {reason!r})" if reason else ""
            raise UnreadableError(
                Said(
                    "agent state {word!r}{with_reason} is unknown; map it in the site's table of states to one of "
                    "{names}",
                    word=word,
                    with_reason=with_reason,
                    names=list(STATES),
                )
            )
        return found


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a batch said.

    Attributes
    ----------
    events : in the order of the log.
    dead : what could not be read, stretches the log itself lost included.
    unreadable : for the ceiling: which records of the batch, by their place in it, could not be read.
    sources : for each source of events ("" where none is told) when the last record arrived, UTC milliseconds, and when
        its sender says that it happened, UTC microseconds.
    """

    events: list[Event]
    dead: list[DeadLetter]
    unreadable: list[int]
    sources: dict[str, tuple[int, int]] = field(default_factory=dict)


def decode_batch(batch: Batch, adapter: Adapter) -> Decoded:
    """Read every record of a batch. A record without a value is a tombstone and says nothing."""
    read_all: ReadAll | None = getattr(adapter, "read_all", None)
    dead = [
        DeadLetter(batch.partition, fault.first, fault.reason, None, 0, fault.next - fault.first)
        for fault in batch.faults
    ]
    found, records = Decoded([], dead, []), batch.records
    size = len(records) if read_all else CHUNK
    start = 0
    while start < len(records):
        chunk = records[start : start + size]
        events = read_all(chunk) if read_all else None
        if events is not None:
            found.events.extend(events)
            found.sources[""] = chunk[-1].timestamp, events[-1].at
        elif size > CHUNK:
            size = CHUNK  # something in it is not plain: look for it among few
            continue
        else:
            _one_by_one(batch.partition, chunk, start, adapter, found)
        start += len(chunk)
    return found


def _one_by_one(partition: Partition, records: Sequence[Record], start: int, adapter: Adapter, found: Decoded) -> None:
    """Read records, the first of which has place `start` in its batch."""
    for place, record in enumerate(records, start):
        if record.value is None:
            continue
        try:
            events = adapter(record)
        except UnreadableError as error:
            found.dead.append(DeadLetter(partition, record.offset, str(error), record.value, record.timestamp))
            found.unreadable.append(place)
        else:
            if events:
                found.events.extend(events)
                source = events[-1].extra.get("source", "") if events[-1].extra else ""
                found.sources[source if isinstance(source, str) else ""] = record.timestamp, events[-1].at
