"""The logbook keeps every line as it was written, in order, on both databases; what is asked for is what comes."""

from datetime import UTC, datetime, timedelta

from store.database import Database
from store.logbook import Logbook

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


def test_lines_come_back_as_they_were_written_in_order(database: Database) -> None:
    book = Logbook(database, "A")
    first = book.write("round", "2026-03-01", 100, "l1", {"note": "吵", "count": 2}, NOW)
    second = book.write("consent", "a1", 90, "l1", {"start": 1}, NOW + timedelta(seconds=1))
    lines = book.lines()
    assert [(line.number, line.kind, line.about, line.at, line.by) for line in lines] == [
        (first, "round", "2026-03-01", 100, "l1"),
        (second, "consent", "a1", 90, "l1"),
    ]
    assert dict(lines[0].content) == {"note": "吵", "count": 2}
    assert lines[1].made == NOW + timedelta(seconds=1)


def test_what_is_asked_for_is_what_comes(database: Database) -> None:
    book = Logbook(database, "A")
    for number in range(4):
        made = NOW + timedelta(hours=number)
        book.write("round" if number % 2 else "consent", f"day{number // 2}", number, "l1", {}, made)
    assert [line.at for line in book.lines("round")] == [1, 3]
    assert [line.at for line in book.lines("round", "consent", about="day1")] == [2, 3]
    assert [line.at for line in book.lines(begin=1, end=3)] == [1, 2]
    assert [line.at for line in book.lines(known=NOW + timedelta(hours=2))] == [0, 1, 2]
    assert book.lines("nothing") == []


def test_one_sites_lines_are_not_anothers(database: Database) -> None:
    Logbook(database, "A").write("round", "x", 1, "l1", {}, NOW)
    assert Logbook(database, "B").lines() == []
