"""Events are kept once, never changed, and come back in one order whatever order they came in."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from centre.events import (
    AgentState,
    Case,
    Contact,
    ExceptionGranted,
    ExceptionRevoked,
    QueueSnapshot,
    RosterPublished,
)
from centre.roster import Segment
from store.database import Database
from store.journal import TYPES, Entry, Journal

CAME = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
S = 1_000_000

EACH: Sequence[Entry] = (
    AgentState("1", 5 * S, "A", "a001", "talking", "接听", "sales", extra={"deep": [1, {"x": None}]}),
    QueueSnapshot("2", 4 * S, "A", "sales", waiting=3, oldest_wait_s=12.5, wait_s=1e9 + 0.1),
    Contact("3", 3 * S, "A", "c1", "answered", "sales", "a001"),
    Case("4", 3 * S, "A", "k1", "closed"),
    RosterPublished("5", 2 * S, "A", 7, 0, 86_400, (Segment("a001", 0, 3600, "work", "sales"),)),
    ExceptionGranted("6", 1 * S, "A", "a001", 10, 20, "系统故障", "l01"),
    ExceptionRevoked("7", 1 * S, "A", "a001", "6"),
)


@pytest.fixture
def journal(database: Database) -> Journal:
    return Journal(database, "A")


def test_every_kind_of_entry_comes_back_equal_in_order_of_time(journal: Journal) -> None:
    assert {type(entry) for entry in EACH} == set(TYPES.values())
    assert journal.append("desk", EACH, CAME) == len(EACH)
    assert list(journal.read()) == sorted(EACH, key=lambda entry: (entry.at, entry.id))


def test_the_order_and_repetition_of_arrival_do_not_matter(database: Database) -> None:
    one, other = Journal(database, "A"), Journal(database, "B")
    events = [AgentState(str(n), n // 3 * S, "A", "a001", "ready", sequence=-n) for n in range(60)]
    moved = [AgentState(e.id, e.at, "B", e.agent, e.state, sequence=e.sequence) for e in reversed(events)]
    assert one.append("s", events, CAME) == 60
    assert [other.append("s", batch, CAME) for batch in (moved[:40], moved[20:], moved)] == [40, 20, 0]
    assert [e.id for e in other.read()] == [e.id for e in one.read()]


def test_the_first_of_two_with_the_same_id_is_kept(journal: Journal) -> None:
    first, second = (AgentState("1", S, "A", "a001", state) for state in ("ready", "break"))
    assert journal.append("s", [first, second], CAME) == 1
    assert journal.append("s", [second], CAME) == 0
    assert list(journal.read()) == [first]
    assert journal.append("another source", [second], CAME) == 1


def test_a_span_of_time_is_half_open(journal: Journal) -> None:
    journal.append("s", [AgentState(str(n), n, "A", "a001", "ready") for n in range(10)], CAME)
    assert [entry.at for entry in journal.read(3, 6)] == [3, 4, 5]


def test_what_came_since_a_number_comes_in_the_order_it_came(journal: Journal) -> None:
    late, early = AgentState("late", 9, "A", "a", "ready"), AgentState("early", 1, "A", "a", "ready")
    journal.append("s", [late], CAME)
    came, number = journal.received_since(0)
    assert came == [late]
    journal.append("s", [early, late], CAME)
    assert journal.received_since(number)[0] == [early]
    _, end = journal.received_since(number)
    assert journal.received_since(end) == ([], end)


def test_entries_of_another_site_are_refused(journal: Journal) -> None:
    with pytest.raises(ValueError, match='of site "B"'):
        journal.append("s", [AgentState("1", 1, "B", "a", "ready")], CAME)


def test_thousands_at_once(journal: Journal) -> None:
    events = [AgentState(str(n), n, "A", "a001", "ready") for n in range(2_500)]
    assert journal.append("s", events, CAME) == 2_500
    assert sum(1 for _ in journal.read()) == 2_500
