"""What a journal's row holds is what was put into it, also as it was written before."""

import msgspec

from centre.events import AgentState, Contact, ExceptionGranted, RosterPublished, Tick
from streams.journal_rows import RosterName, entries_of, row_of
from streams.live_store import JournalRow

STATE = AgentState("e1", 5, "x", "A", "ready", "lunch", "billing", {"skill": [1]}, 3)
CONTACT = Contact("c1", 9, "x", "k", "offered", "billing")


def test_a_row_gives_back_what_was_taken_in_and_when_it_happened():
    roster = RosterPublished("roster-1", 7, "x", 1, 0, 9, ())
    excuse = ExceptionGranted("g", 2, "x", "A", 0, 9)
    row = row_of([Tick(1), STATE, CONTACT, roster, excuse], 11)
    assert list(entries_of(row)) == [Tick(1), STATE, CONTACT, RosterName("roster-1"), excuse]
    assert (row.received, row.first, row.last, row.entries) == (11, 2, 9, 4)


def test_rows_of_before_events_were_arrays_are_read():
    named = {name: getattr(STATE, name) for name in STATE.__struct_fields__}
    content = msgspec.msgpack.encode([(0, {"at": 1}), (1, named)])
    assert list(entries_of(JournalRow(0, 0, 0, 1, content))) == [Tick(1), STATE]
