"""The live engine's database in an SQLite file: what a site without a database server uses."""

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from centre.errors import StoreError
from centre.said import Said
from streams.event_log import Partition, Position
from streams.live_store import DeadRow, JournalRow, LiveTransaction, OutboxRow, ShownRow, StateRow

_FIRST = """
create table if not exists live_position (
    partition text primary key, next integer not null, log_id text not null
) without rowid;
create table if not exists live_journal (
    id integer primary key autoincrement, partition text not null, received integer not null, first integer not null,
    last integer not null, count integer not null, content blob not null
);
create index if not exists live_journal_partition on live_journal (partition, id);
create index if not exists live_journal_happened on live_journal (partition, last, first);
create table if not exists live_decided (
    partition text not null, event_id text not null, primary key (partition, event_id)
) without rowid;
create table if not exists live_outbox (
    id integer primary key autoincrement, key text not null unique, topic text not null, message_key blob not null,
    value blob not null, published integer not null default 0
);
create index if not exists live_outbox_waiting on live_outbox (id) where not published;
create table if not exists live_dead (
    key text primary key, reason text not null, raw blob, timestamp integer not null
) without rowid;
create table if not exists live_state (
    partition text primary key, generation integer not null, head blob not null
) without rowid;
create table if not exists live_part (
    partition text not null, kind text not null, name text not null, generation integer not null, content blob,
    primary key (partition, kind, name, generation)
) without rowid;
"""
_SECOND = """
create table if not exists live_change (one integer primary key check (one = 1), number integer not null);
insert or ignore into live_change values (1, 0);
create table if not exists live_shown (
    partition text not null, kind text not null, name text not null, change integer not null, content blob not null,
    primary key (partition, kind, name)
) without rowid;
create index if not exists live_shown_change on live_shown (change);
alter table live_outbox add column partition text not null default '';
alter table live_outbox add column made integer not null default 0;
"""
_STEPS = (_FIRST, _SECOND)
"""What each version of the schema adds to the one before; a file tells its own in `user_version`."""

_BUSY_S = 30.0


class SqliteLiveStore:
    """A `LiveStore` in the SQLite file `path`, made when it is not there; on a local disk.

    Parameters
    ----------
    path : the file.
    durable : whether a commit outlives a power cut, not only a crash of the process.
    """

    def __init__(self, path: Path, durable: bool = True) -> None:
        self.name = f"live database {path}"
        self._path = path
        with self._explained():
            self._db = self._open()
            self._db.execute(f"pragma synchronous = {'full' if durable else 'normal'}")
            _upgrade(self._db)

    def positions(self, partitions: Collection[Partition]) -> Mapping[Partition, Position]:
        wanted = {str(partition): partition for partition in partitions}
        with self._explained(), closing(self._open()) as db:
            rows = db.execute("select partition, next, log_id from live_position").fetchall()
        return {wanted[name]: Position(following, log_id) for name, following, log_id in rows if name in wanted}

    @contextmanager
    def transaction(self) -> Iterator[LiveTransaction]:
        with self._explained():
            self._db.execute("begin immediate")
            try:
                yield _Transaction(self._db)
                self._db.execute("commit")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("rollback")
                raise

    def state(self, partition: Partition) -> tuple[int, bytes, list[tuple[str, str, bytes]]] | None:
        with self._explained():
            found = self._db.execute(
                "select generation, head from live_state where partition = ?", (str(partition),)
            ).fetchone()
            if found is None:
                return None
            generation, head = found
            rows = self._db.execute(
                "select kind, name, content, max(generation) from live_part where partition = ? and generation <= ?"
                " group by kind, name",
                (str(partition), generation),
            ).fetchall()
        return generation, head, [(kind, name, content) for kind, name, content, _ in rows if content is not None]

    def decided(self, partition: Partition) -> set[str]:
        with self._explained():
            rows = self._db.execute(
                "select event_id from live_decided where partition = ?", (str(partition),)
            ).fetchall()
        return {event_id for (event_id,) in rows}

    def journal(self, partition: Partition, after: int) -> Iterator[JournalRow]:
        return self._rows("id > ? order by id", partition, after)

    def happened(self, partition: Partition, first: int, last: int) -> Iterator[JournalRow]:
        return self._rows("last >= ? and first <= ? and count > 0 order by id", partition, first, last)

    def _rows(self, which: str, partition: Partition, *numbers: int) -> Iterator[JournalRow]:
        query = f"select received, first, last, count, content, id from live_journal where partition = ? and {which}"
        with self._explained():
            for row in self._db.execute(query, (str(partition), *numbers)):
                yield JournalRow(*row)

    def partitions(self) -> list[Partition]:
        with self._explained():
            rows = self._db.execute("select distinct partition from live_journal order by partition").fetchall()
        return [Partition.parse(name) for (name,) in rows]

    def unpublished(self, limit: int, partitions: Collection[Partition] | None = None) -> list[tuple[int, OutboxRow]]:
        names = None if partitions is None else [str(partition) for partition in partitions]
        which = "" if names is None else f" and partition in ({','.join('?' * len(names))})"
        query = f"select id, key, topic, message_key, value from live_outbox where not published{which}"
        with self._explained():
            rows = self._db.execute(f"{query} order by id limit ?", (*(names or ()), limit)).fetchall()
        return [(number, OutboxRow(*row)) for number, *row in rows]

    def waiting_since(self, partitions: Collection[Partition]) -> int:
        names = [str(partition) for partition in partitions]
        which = f"not published and partition in ({','.join('?' * len(names))})"
        with self._explained():
            return int(self._db.execute(f"select min(made) from live_outbox where {which}", names).fetchone()[0] or 0)

    def published(self, numbers: Sequence[int]) -> None:
        with self.transaction():
            self._db.executemany("update live_outbox set published = 1 where id = ?", [(n,) for n in numbers])

    def prune(self, partition: Partition, before: int) -> int:
        name = str(partition)
        held = "select generation from live_state where partition = ?"
        old = f"delete from live_journal where partition = ? and received < ? and last < ? and id < ({held})"
        with self.transaction():
            journal = self._db.execute(old, (name, before, before, name)).rowcount
            said = self._db.execute(
                "delete from live_outbox where partition = ? and published and made < ?", (name, before)
            ).rowcount
            dead = self._db.execute("delete from live_dead where timestamp < ?", (before // 1000,)).rowcount
        return journal + said + dead

    def change(self) -> int:
        with self._explained():
            return int(self._db.execute("select number from live_change").fetchone()[0])

    def shown(self, after: int) -> tuple[int, list[ShownRow]]:
        with self._explained():
            self._db.execute("begin")
            try:
                number = int(self._db.execute("select number from live_change").fetchone()[0])
                rows = self._db.execute(
                    "select partition, kind, name, content from live_shown where change > ?", (after,)
                ).fetchall()
            finally:
                self._db.execute("rollback")
        return number, [ShownRow(*row) for row in rows]

    def close(self) -> None:
        self._db.close()

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None)
        db.execute("pragma journal_mode = wal")
        return db

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(
                Said(
                    "{name}: {error}; see that its disk has room and that the file is whole",
                    name=self.name,
                    error=error,
                )
            ) from error


def _upgrade(db: sqlite3.Connection) -> None:
    """Bring the file to this schema, one process at a time."""
    if db.execute("pragma user_version").fetchone()[0] >= len(_STEPS):
        return
    db.execute("begin immediate")
    done = db.execute("pragma user_version").fetchone()[0]
    for step in _STEPS[done:]:
        for statement in step.split(";"):
            db.execute(statement)
    db.execute(f"pragma user_version = {len(_STEPS)}")
    db.execute("commit")


class _Transaction:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def advance(self, partition: Partition, previous: Position | None, following: Position) -> bool:
        if previous is None:
            moved = self._db.execute(
                "insert or ignore into live_position values (?, ?, ?)", (str(partition), *following)
            )
        else:
            moved = self._db.execute(
                "update live_position set next = ?, log_id = ? where partition = ? and next = ? and log_id = ?",
                (*following, str(partition), *previous),
            )
        return moved.rowcount == 1

    def append(self, partition: Partition, row: JournalRow) -> int:
        added = self._db.execute(
            "insert into live_journal (partition, received, first, last, count, content) values (?, ?, ?, ?, ?, ?)",
            (str(partition), *row[:5]),
        )
        return int(added.lastrowid or 0)

    def decide(self, partition: Partition, ids: Collection[str]) -> None:
        self._db.executemany("insert or ignore into live_decided values (?, ?)", [(str(partition), i) for i in ids])

    def put_out(self, partition: Partition, rows: Sequence[OutboxRow], made: int) -> None:
        self._db.executemany(
            "insert or ignore into live_outbox (key, topic, message_key, value, partition, made)"
            " values (?, ?, ?, ?, ?, ?)",
            [(*row, str(partition), made) for row in rows],
        )

    def bury(self, rows: Sequence[DeadRow]) -> None:
        self._db.executemany("insert or ignore into live_dead values (?, ?, ?, ?)", rows)

    def write_state(self, partition: Partition, generation: int, rows: Sequence[StateRow]) -> None:
        self._db.executemany(
            "insert or replace into live_part values (?, ?, ?, ?, ?)",
            [(str(partition), kind, name, generation, content) for kind, name, content in rows],
        )

    def complete_state(self, partition: Partition, generation: int, head: bytes) -> None:
        name = str(partition)
        self._db.execute("insert or replace into live_state values (?, ?, ?)", (name, generation, head))
        self._db.execute("delete from live_part where partition = ? and generation > ?", (name, generation))
        self._db.execute(
            "delete from live_part where partition = :p and generation < :g and (content is null or exists ("
            "select 1 from live_part as newer where newer.partition = live_part.partition"
            " and newer.kind = live_part.kind and newer.name = live_part.name"
            " and newer.generation > live_part.generation and newer.generation <= :g))",
            {"p": name, "g": generation},
        )

    def show(self, partition: Partition, position: Position | None, rows: Sequence[ShownRow]) -> bool:
        found = self._db.execute(
            "select next, log_id from live_position where partition = ?", (str(partition),)
        ).fetchone()
        if found != (None if position is None else tuple(position)):
            return False
        self._db.execute("update live_change set number = number + 1")
        self._db.executemany(
            "insert or replace into live_shown values (?, ?, ?, (select number from live_change), ?)", rows
        )
        return True
