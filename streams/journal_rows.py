"""Inputs of the live engine as rows of its journal, and back."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from centre.errors import StoreError
from centre.events import (
    AgentState,
    Case,
    Contact,
    Event,
    ExceptionGranted,
    ExceptionRevoked,
    Input,
    QueueSnapshot,
    RosterPublished,
    Tick,
)
from streams.event_log import Partition
from streams.live_store import JournalRow
from streams.step import with_ticks

TICK = "tick"
_KINDS: Mapping[str, type[Any]] = {
    "agent_state": AgentState,
    "queue_snapshot": QueueSnapshot,
    "contact": Contact,
    "case": Case,
    "roster_published": RosterPublished,
    "exception_granted": ExceptionGranted,
    "exception_revoked": ExceptionRevoked,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_READERS: Mapping[str, Callable[[bytes], Any]] = {
    name: msgspec.json.Decoder(kind).decode for name, kind in _KINDS.items()
}
_encode = msgspec.json.Encoder().encode

Decision = RosterPublished | ExceptionGranted | ExceptionRevoked


def row_of(entry: Event | Decision, received: int, partition: Partition) -> JournalRow:
    """An event or a decision as it is kept.

    Decisions concern every partition, so each keeps them under an id of its own. Of a roster only the id is kept: its
    segments are many, and stand in the database already.
    """
    kind = _NAMES[type(entry)]
    if isinstance(entry, RosterPublished):
        return JournalRow(kind, f"{entry.id}@{partition}", entry.at, received, b"")
    own = entry.id if isinstance(entry, Event) else f"{entry.id}@{partition}"
    return JournalRow(kind, own, entry.at, received, _encode(entry))


def tick_row(at: int, received: int) -> JournalRow:
    """Time that passed without an event."""
    return JournalRow(TICK, "", at, received, b"")


def inputs_of(rows: Iterable[JournalRow], now: int, rosters: Mapping[str, RosterPublished]) -> Iterator[Input]:
    """The inputs that were folded when these rows were written, from a state at `now` on, time included.

    Raises
    ------
    StoreError
        A roster that was published then is not among `rosters`, by id.
    """
    for row in rows:
        if row.kind == TICK:
            now = max(now, row.at)
            yield Tick(row.at)
        elif row.kind == "roster_published":
            name = row.id.rpartition("@")[0]
            if name not in rosters:
                raise StoreError(f"the journal tells of {name}, which is not in the database any more; restore it")
            yield rosters[name]
        elif row.kind in ("exception_granted", "exception_revoked"):
            yield _READERS[row.kind](row.content)
        else:
            for given in with_ticks((_READERS[row.kind](row.content),), now, row.received):
                now = given.at if isinstance(given, Tick) else now
                yield given
