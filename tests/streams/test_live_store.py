"""One contract for the live engine's databases: SQLite and PostgreSQL do the same."""

import sqlite3
import threading

import pytest

from centre.errors import StoreError
from centre.live_rows import DeadRow, JournalRow, OutboxRow, Partition, Position, ShownRow
from store.database import open_database
from store.live import LiveDatabase
from streams.live_sqlite import SqliteLiveStore

ONE, TWO = Partition("agent-states", 0), Partition("agent-states", 1)
START = Position(0, "log-1")


def saying(number: int, topic: str = "alerts") -> OutboxRow:
    return OutboxRow(f"key-{number}", topic, b"a1", b"%d" % number)


def rows_of(store, partition, after=0):
    return list(store.journal(partition, after))


def test_what_is_done_in_a_transaction_is_there_as_a_whole(live_store):
    with live_store.transaction() as transaction:
        assert transaction.advance(ONE, None, Position(5, "log-1"))
        number = transaction.append(ONE, JournalRow(100, 10, 20, 2, b"first"))
        transaction.decide(ONE, ["roster-1"])
        transaction.put_out(ONE, [saying(1), saying(2)], 100)
        transaction.bury([DeadRow("t/0/3", "why", b"raw", 7), DeadRow("t/0/4", "lost", None, 0)])
    assert live_store.positions([ONE, TWO]) == {ONE: Position(5, "log-1")}
    assert rows_of(live_store, ONE) == [JournalRow(100, 10, 20, 2, b"first", number)]
    assert live_store.decided(ONE) == {"roster-1"}
    assert [row for _, row in live_store.unpublished(10)] == [saying(1), saying(2)]
    assert live_store.partitions() == [ONE]


def test_what_is_raised_within_a_transaction_undoes_all_of_it(live_store):
    def broken_off():
        with live_store.transaction() as transaction:
            transaction.advance(ONE, None, Position(5, "log-1"))
            transaction.append(ONE, JournalRow(100, 10, 20, 2, b"first"))
            transaction.put_out(ONE, [saying(1)], 100)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()
    assert live_store.positions([ONE]) == {}
    assert rows_of(live_store, ONE) == live_store.unpublished(10) == []


def test_a_position_moves_only_from_where_it_is_believed_to_be(live_store):
    with live_store.transaction() as transaction:
        assert transaction.advance(ONE, None, Position(5, "log-1"))
        assert not transaction.advance(ONE, None, Position(6, "log-1"))
        assert not transaction.advance(ONE, Position(4, "log-1"), Position(6, "log-1"))
        assert not transaction.advance(ONE, Position(5, "log-2"), Position(6, "log-2"))
        assert not transaction.advance(TWO, Position(5, "log-1"), Position(6, "log-1"))
        assert transaction.advance(ONE, Position(5, "log-1"), Position(5, "log-1"))
        assert transaction.advance(ONE, Position(5, "log-1"), Position(9, "log-1"))
    assert live_store.positions([ONE]) == {ONE: Position(9, "log-1")}


def test_of_two_that_stand_at_the_same_position_one_is_refused(open_store):
    first, second = open_store(), open_store()
    with first.transaction() as transaction:
        transaction.advance(ONE, None, START)
    moved = []

    def move(store, to):
        with store.transaction() as transaction:
            moved.append(transaction.advance(ONE, START, Position(to, "log-1")))

    threads = [threading.Thread(target=move, args=(store, to)) for store, to in ((first, 7), (second, 8))]
    if isinstance(first, SqliteLiveStore):  # a connection of SQLite stays with its thread
        move(first, 7)
        move(second, 8)
    else:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(moved) == [False, True]


def test_positions_are_read_on_any_thread(live_store):
    with live_store.transaction() as transaction:
        transaction.advance(ONE, None, START)
    found = []
    thread = threading.Thread(target=lambda: found.append(live_store.positions([ONE])))
    thread.start()
    thread.join()
    assert found == [{ONE: START}]


def test_the_journal_is_read_in_order_by_partition_and_by_when_things_happened(live_store):
    with live_store.transaction() as transaction:
        numbers = [transaction.append(ONE, JournalRow(n, 10 * n, 10 * n + 5, 1, b"%d" % n)) for n in range(1, 700)]
        transaction.append(TWO, JournalRow(1, 10, 15, 1, b"other"))
        transaction.append(ONE, JournalRow(700, 0, 0, 0, b"time"))
    assert numbers == sorted(numbers)
    assert [row.content for row in rows_of(live_store, ONE, numbers[-3])] == [b"698", b"699", b"time"]
    assert len(rows_of(live_store, ONE)) == 700
    assert [row.content for row in live_store.happened(ONE, 25, 41)] == [b"2", b"3", b"4"]


def test_a_saying_goes_out_once_under_its_key_and_to_whoever_holds_its_partition(live_store):
    for _ in range(2):
        with live_store.transaction() as transaction:
            transaction.put_out(ONE, [saying(1), saying(2)], 100)
            transaction.put_out(TWO, [saying(3)], 100)
    waiting = live_store.unpublished(10)
    assert [row for _, row in waiting] == [saying(1), saying(2), saying(3)]
    assert [row for _, row in live_store.unpublished(10, [TWO])] == [saying(3)]
    assert live_store.unpublished(10, []) == []
    live_store.published([number for number, _ in waiting[:1]])
    with live_store.transaction() as transaction:
        transaction.put_out(ONE, [saying(1)], 200)
    assert [row for _, row in live_store.unpublished(1)] == [saying(2)]


def test_a_state_counts_once_it_is_complete_and_is_made_of_the_newest_parts(live_store):
    with live_store.transaction() as transaction:
        transaction.write_state(ONE, 5, [("agent", "a", b"a5"), ("agent", "b", b"b5"), ("queue", "q", b"q5")])
    assert live_store.state(ONE) is None
    with live_store.transaction() as transaction:
        transaction.complete_state(ONE, 5, b"head5")
        transaction.write_state(ONE, 9, [("agent", "a", b"a9"), ("agent", "b", None)])
    generation, head, parts = live_store.state(ONE)
    assert (generation, head, sorted(parts)) == (
        5, b"head5", [("agent", "a", b"a5"), ("agent", "b", b"b5"), ("queue", "q", b"q5")],
    )  # fmt: skip
    with live_store.transaction() as transaction:
        transaction.write_state(ONE, 9, [("agent", "a", b"a9 again")])
        transaction.complete_state(ONE, 9, b"head9")
    assert live_store.state(ONE) == (9, b"head9", [("agent", "a", b"a9 again"), ("queue", "q", b"q5")])
    assert live_store.state(TWO) is None


def test_pruning_keeps_what_the_state_does_not_hold_and_what_has_not_gone_out(live_store):
    with live_store.transaction() as transaction:
        numbers = [
            transaction.append(ONE, JournalRow(n * 1000, n * 1000, n * 1000, 1, b"%d" % n)) for n in range(1, 11)
        ]
        transaction.put_out(ONE, [saying(1), saying(2)], 3000)
        transaction.bury([DeadRow("t/0/3", "why", b"raw", 0)])
    assert live_store.prune(ONE, 8000) == 1  # the dead letter: no state holds the journal yet
    assert len(rows_of(live_store, ONE)) == 10
    with live_store.transaction() as transaction:
        transaction.complete_state(ONE, numbers[5], b"head")
    live_store.published([live_store.unpublished(1)[0][0]])
    assert live_store.prune(ONE, 4000) == 4
    assert [row.content for row in rows_of(live_store, ONE)] == [b"%d" % n for n in range(4, 11)]
    assert live_store.prune(ONE, 100_000) == 2
    assert [row.number for row in rows_of(live_store, ONE)] == numbers[5:]
    assert [row for _, row in live_store.unpublished(10)] == [saying(2)]


def test_others_see_what_is_shown_by_whoever_stands_where_the_database_does(open_store):
    store, reader = open_store(), open_store()
    assert (reader.change(), reader.shown(0)) == (0, (0, []))
    row = ShownRow(str(ONE), "agent", "a", b"1")
    with store.transaction() as transaction:
        assert transaction.advance(ONE, None, START)
        assert transaction.show(ONE, START, [row, row._replace(name="b")])
    assert reader.shown(0) == (1, [row, row._replace(name="b")])
    with store.transaction() as transaction:
        assert not transaction.show(ONE, Position(9, "log-1"), [row._replace(content=b"9")])
        assert transaction.show(ONE, START, [row._replace(content=b"2")])
    assert reader.change() == 2
    assert reader.shown(1) == (2, [row._replace(content=b"2")])


@pytest.mark.postgresql
def test_sites_of_one_database_do_not_see_each_other(postgresql_url, tmp_path):
    from tests.streams.live_stores import live_stores

    with live_stores("postgresql", tmp_path, postgresql_url) as opener:
        mine = opener()
        other = LiveDatabase(mine._database, "elsewhere")
        with mine.transaction() as transaction:
            transaction.advance(ONE, None, START)
            transaction.put_out(ONE, [saying(1)], 1)
            transaction.show(ONE, START, [])
        assert (other.positions([ONE]), other.unpublished(9), other.change()) == ({}, [], 0)
        with other.transaction() as transaction:
            assert transaction.advance(ONE, None, Position(3, "log-1"))
            transaction.put_out(ONE, [saying(1)], 1)
        assert mine.positions([ONE]) == {ONE: START}


def test_postgresql_is_what_the_server_side_is_for(tmp_path):
    with (
        open_database("sqlite:///paiban.db", tmp_path) as database,
        pytest.raises(StoreError, match="PostgreSQL only"),
    ):
        LiveDatabase(database, "x")


def test_a_file_of_before_gets_the_new_columns_and_keeps_its_rows(tmp_path):
    path = tmp_path / "live.db"
    db = sqlite3.connect(path)
    db.executescript(
        "create table live_outbox (id integer primary key autoincrement, key text not null unique, topic text not null,"
        " message_key blob not null, value blob not null, published integer not null default 0);"
        "insert into live_outbox (key, topic, message_key, value) values ('key-1', 'alerts', x'6131', x'31');"
    )
    db.close()
    store = SqliteLiveStore(path)
    assert [row for _, row in store.unpublished(10)] == [saying(1)]
    store.close()
    again = SqliteLiveStore(path)
    assert [row for _, row in again.unpublished(10)] == [saying(1)]
    again.close()
