"""Inputs of the live engine as rows of its journal, and back.

A row holds what one transaction took in from a partition, duplicates included, so that folding it again gives what it
gave then. Time that the events themselves make pass is not kept, since it follows from them; what the clock made pass
is. Of a roster only the id is kept: its segments are many, and stand in the database already.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from centre.errors import StoreError
from centre.events import (
    AgentState,
    Case,
    Contact,
    Event,
    ExceptionGranted,
    ExceptionRevoked,
    QueueSnapshot,
    RosterPublished,
    Tick,
)
from centre.said import Said
from streams.live_store import JournalRow
from streams.step import Draft

Decision = RosterPublished | ExceptionGranted | ExceptionRevoked
FindRoster = Callable[[str], RosterPublished | None]
"""Gives a roster that was published by its id."""


class RosterName(NamedTuple):
    """The id of a roster that was published."""

    id: str


_KINDS: tuple[type[Any], ...] = (
    Tick, AgentState, QueueSnapshot, Contact, Case, RosterName, ExceptionGranted, ExceptionRevoked,
)  # fmt: skip
"""What a row can hold, by its code; the order is for ever."""

_CODES = {kind: code for code, kind in enumerate(_KINDS)}
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[tuple[int, msgspec.Raw]]).decode
_READERS: tuple[Callable[[msgspec.Raw], Any], ...] = tuple(msgspec.msgpack.Decoder(kind).decode for kind in _KINDS)
_named = msgspec.msgpack.Decoder(dict[str, Any]).decode


def row_of(entries: Sequence[Event | Decision | Tick], received: int) -> JournalRow:
    """What was taken in at one time, in order."""
    pairs: list[tuple[int, object]] = []
    first, last, count = 0, 0, 0
    for entry in entries:
        kind = type(entry)
        if kind is not Tick:
            at = entry.at
            count += 1
            if at < first or not first:
                first = at
            if at > last:
                last = at
        if kind is RosterPublished:
            pairs.append((_CODES[RosterName], RosterName(entry.id)))  # type: ignore[union-attr]
        else:
            pairs.append((_CODES[kind], entry))
    return JournalRow(received, first, last, count, _encode(pairs))


def entries_of(row: JournalRow) -> Iterator[Event | Tick | RosterName | ExceptionGranted | ExceptionRevoked]:
    """What a row holds, in order."""
    for code, content in _decode(row.content):
        try:
            yield _READERS[code](content)
        except msgspec.ValidationError:
            yield _KINDS[code](**_named(content))  # a row of before events were written without their fields' names


def retake(draft: Draft, row: JournalRow, rosters: FindRoster) -> None:
    """Take in again what was taken in when a row was written, time included.

    Raises
    ------
    StoreError
        `rosters` does not know a roster that was published then, by its id.
    """
    events: list[Event] = []
    for entry in entries_of(row):
        if isinstance(entry, Event):
            events.append(entry)
            continue
        draft.take_timed(events, row.received)
        events = []
        draft.take(_published(entry, rosters) if isinstance(entry, RosterName) else entry)
    draft.take_timed(events, row.received)


def _published(name: RosterName, rosters: FindRoster) -> RosterPublished:
    roster = rosters(name.id)
    if roster is None:
        raise StoreError(
            Said("the journal tells of {id}, which is not in the database any more; restore it", id=name.id)
        )
    return roster


def events_within(rows: Iterable[JournalRow], first: int, last: int) -> Iterator[Event]:
    """The events of rows that happened within [first, last], UTC microseconds."""
    for row in rows:
        for entry in entries_of(row):
            if isinstance(entry, Event) and first <= entry.at <= last:
                yield entry
