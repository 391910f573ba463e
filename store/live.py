"""The live engine's database in PostgreSQL: what one transaction took in is there as a whole, or not at all.

It keeps what `streams.live_store.LiveStore` asks for; the two do not know each other, and what passes between them is
made of `centre.live_rows`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from centre.errors import StoreError
from centre.live_rows import DeadRow, JournalRow, OutboxRow, Partition, Position, ShownRow, StateRow
from centre.said import Said
from store.database import Database
from store.live_schema import change, dead, decided, journal, make, outbox, part, position, shown, state

AT_ONCE = 500
"""Rows of the journal fetched at a time."""


class LiveDatabase:
    """The live store of one site.

    Parameters
    ----------
    database : an open PostgreSQL database; closed with this.
    site : the site's name; one database may hold several.

    Raises
    ------
    StoreError : the database is no PostgreSQL, or does not answer.
    """

    def __init__(self, database: Database, site: str) -> None:
        if database.dialect != "postgresql":
            raise StoreError(Said("{shown}: live rows are kept here in PostgreSQL only", shown=database.shown))
        self.name = f"live tables of {database.shown}"
        self._database, self._site = database, site
        with database.write() as connection:
            make(connection, site)

    def positions(self, partitions: Collection[Partition]) -> Mapping[Partition, Position]:
        wanted = {str(partition): partition for partition in partitions}
        with self._database.read() as connection:
            rows = connection.execute(
                select(position.c.partition, position.c.next, position.c.log_id).where(position.c.site == self._site)
            ).all()
        return {wanted[name]: Position(following, log_id) for name, following, log_id in rows if name in wanted}

    @contextmanager
    def transaction(self) -> Iterator["LiveRows"]:
        with self._database.write() as connection:
            yield LiveRows(connection, self._site)

    def state(self, partition: Partition) -> tuple[int, bytes, list[tuple[str, str, bytes]]] | None:
        with self._database.read() as connection:
            found = connection.execute(
                select(state.c.generation, state.c.head).where(*self._of(state, partition))
            ).first()
            if found is None:
                return None
            generation, head = found
            latest = (
                select(part.c.kind, part.c.name, func.max(part.c.generation).label("generation"))
                .where(*self._of(part, partition), part.c.generation <= generation)
                .group_by(part.c.kind, part.c.name)
                .subquery()
            )
            same = and_(*(part.c[name] == latest.c[name] for name in ("kind", "name", "generation")))
            newest = select(part.c.kind, part.c.name, part.c.content).join(latest, same)
            newest = newest.where(*self._of(part, partition))
            rows = connection.execute(newest).all()
        return generation, bytes(head), [(kind, name, bytes(held)) for kind, name, held in rows if held is not None]

    def decided(self, partition: Partition) -> set[str]:
        with self._database.read() as connection:
            return set(connection.scalars(select(decided.c.event_id).where(*self._of(decided, partition))))

    def journal(self, partition: Partition, after: int) -> Iterator[JournalRow]:
        while True:
            rows = self._journal(partition, journal.c.id > after)
            yield from rows
            if len(rows) < AT_ONCE:
                return
            after = rows[-1].number

    def happened(self, partition: Partition, first: int, last: int) -> Iterator[JournalRow]:
        inside = and_(journal.c.last >= first, journal.c.first <= last, journal.c.count > 0)
        after = 0
        while rows := self._journal(partition, and_(inside, journal.c.id > after)):
            yield from rows
            after = rows[-1].number

    def partitions(self) -> list[Partition]:
        with self._database.read() as connection:
            names = connection.scalars(
                select(journal.c.partition).where(journal.c.site == self._site).distinct().order_by(journal.c.partition)
            ).all()
        return [Partition.parse(name) for name in names]

    def unpublished(self, limit: int, partitions: Collection[Partition] | None = None) -> list[tuple[int, OutboxRow]]:
        which = [outbox.c.site == self._site, ~outbox.c.published]
        if partitions is not None:
            which.append(outbox.c.partition.in_([str(partition) for partition in partitions]))
        columns = (outbox.c.id, outbox.c.key, outbox.c.topic, outbox.c.message_key, outbox.c.value)
        with self._database.read() as connection:
            rows = connection.execute(select(*columns).where(*which).order_by(outbox.c.id).limit(limit)).all()
        return [
            (number, OutboxRow(key, topic, bytes(about), bytes(value))) for number, key, topic, about, value in rows
        ]

    def waiting_since(self, partitions: Collection[Partition]) -> int:
        names = [str(partition) for partition in partitions]
        which = (outbox.c.site == self._site, ~outbox.c.published, outbox.c.partition.in_(names))
        with self._database.read() as connection:
            return int(connection.scalars(select(func.min(outbox.c.made)).where(*which)).one() or 0)

    def published(self, numbers: Sequence[int]) -> None:
        with self._database.write() as connection:
            connection.execute(update(outbox).where(outbox.c.id.in_(numbers)).values(published=True))

    def change(self) -> int:
        with self._database.read() as connection:
            return int(connection.scalars(select(change.c.number).where(change.c.site == self._site)).one())

    def shown(self, after: int) -> tuple[int, list[ShownRow]]:
        with self._database.read() as connection:
            # Whoever writes holds the counter until it commits, so rows of a lower number are there with this one.
            number = int(connection.scalars(select(change.c.number).where(change.c.site == self._site)).one())
            rows = connection.execute(
                select(shown.c.partition, shown.c.kind, shown.c.name, shown.c.content).where(
                    shown.c.site == self._site, shown.c.change > after
                )
            ).all()
        return number, [ShownRow(where, kind, name, bytes(held)) for where, kind, name, held in rows]

    def prune(self, partition: Partition, before: int) -> int:
        kept = select(state.c.generation).where(*self._of(state, partition)).scalar_subquery()
        old = delete(journal).where(
            *self._of(journal, partition), journal.c.received < before, journal.c.last < before, journal.c.id < kept
        )
        said = delete(outbox).where(*self._of(outbox, partition), outbox.c.published, outbox.c.made < before)
        buried = delete(dead).where(dead.c.site == self._site, dead.c.timestamp < before // 1000)
        with self._database.write() as connection:
            return sum(connection.execute(statement).rowcount for statement in (old, said, buried))

    def close(self) -> None:
        self._database.close()

    def _journal(self, partition: Partition, which: Any) -> list[JournalRow]:
        j = journal.c
        query = select(j.received, j.first, j.last, j.count, j.content, j.id).where(
            *self._of(journal, partition), which
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(j.id).limit(AT_ONCE)).all()
        return [JournalRow(*row[:4], bytes(row[4]), row[5]) for row in rows]

    def _of(self, table: Table, partition: Partition) -> tuple[Any, Any]:
        return table.c.site == self._site, table.c.partition == str(partition)


class LiveRows:
    """A transaction of the live store."""

    def __init__(self, connection: Connection, site: str) -> None:
        self._db, self._site = connection, site

    def advance(self, partition: Partition, previous: Position | None, following: Position) -> bool:
        keys = {"site": self._site, "partition": str(partition)}
        if previous is None:
            first = insert(position).values(**keys, next=following.next, log_id=following.log_id)
            return self._db.execute(first.on_conflict_do_nothing().returning(position.c.next)).first() is not None
        moved = self._db.execute(
            update(position)
            .where(
                *self._of(position, partition),
                position.c.next == previous.next,
                position.c.log_id == previous.log_id,
            )
            .values(next=following.next, log_id=following.log_id)
        )
        return moved.rowcount == 1

    def append(self, partition: Partition, row: JournalRow) -> int:
        values = {"received": row.received, "first": row.first, "last": row.last, "count": row.entries}
        added = insert(journal).values(site=self._site, partition=str(partition), content=row.content, **values)
        return int(self._db.execute(added.returning(journal.c.id)).scalar_one())

    def decide(self, partition: Partition, ids: Collection[str]) -> None:
        self._many(decided, [{**self._keys(partition), "event_id": name} for name in ids])

    def put_out(self, partition: Partition, rows: Sequence[OutboxRow], made: int) -> None:
        self._many(outbox, [{**self._keys(partition), **row._asdict(), "made": made} for row in rows])

    def bury(self, rows: Sequence[DeadRow]) -> None:
        self._many(dead, [{"site": self._site, **row._asdict()} for row in rows])

    def write_state(self, partition: Partition, generation: int, rows: Sequence[StateRow]) -> None:
        if not rows:
            return
        writing = insert(part)
        writing = writing.on_conflict_do_update(
            index_elements=["site", "partition", "kind", "name", "generation"],
            set_={"content": writing.excluded.content},
        )
        keys = {**self._keys(partition), "generation": generation}
        self._db.execute(writing, [{**keys, "kind": kind, "name": name, "content": held} for kind, name, held in rows])

    def complete_state(self, partition: Partition, generation: int, head: bytes) -> None:
        writing = insert(state).values(**self._keys(partition), generation=generation, head=head)
        self._db.execute(
            writing.on_conflict_do_update(
                index_elements=["site", "partition"], set_={"generation": generation, "head": head}
            )
        )
        mine = self._of(part, partition)
        newer = part.alias()
        replaced = (
            select(newer.c.name)
            .where(
                newer.c.site == part.c.site,
                newer.c.partition == part.c.partition,
                newer.c.kind == part.c.kind,
                newer.c.name == part.c.name,
                newer.c.generation > part.c.generation,
                newer.c.generation <= generation,
            )
            .exists()
        )
        gone = or_(part.c.generation > generation, and_(part.c.generation < generation, replaced))
        self._db.execute(delete(part).where(*mine, gone))
        self._db.execute(delete(part).where(*mine, part.c.generation < generation, part.c.content.is_(None)))

    def show(self, partition: Partition, position_: Position | None, rows: Sequence[ShownRow]) -> bool:
        found = self._db.execute(
            select(position.c.next, position.c.log_id).where(*self._of(position, partition))
        ).first()
        if (None if found is None else tuple(found)) != (None if position_ is None else tuple(position_)):
            return False
        counted = update(change).where(change.c.site == self._site).values(number=change.c.number + 1)
        number = self._db.execute(counted.returning(change.c.number)).scalar_one()
        writing = insert(shown)
        writing = writing.on_conflict_do_update(
            index_elements=["site", "partition", "kind", "name"],
            set_={"content": writing.excluded.content, "change": writing.excluded.change},
        )
        if rows:
            self._db.execute(writing, [{"site": self._site, "change": number, **row._asdict()} for row in rows])
        return True

    def _many(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            self._db.execute(insert(table).on_conflict_do_nothing(), rows)

    def _keys(self, partition: Partition) -> dict[str, str]:
        return {"site": self._site, "partition": str(partition)}

    def _of(self, table: Table, partition: Partition) -> tuple[Any, Any]:
        return table.c.site == self._site, table.c.partition == str(partition)
