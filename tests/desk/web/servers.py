"""A site's memory moved from its file into a PostgreSQL server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, MetaData, Table, create_engine, func, insert, select, text

from store.database import open_database


@contextmanager
def moved(folder: Path, server: str) -> Iterator[str]:
    """Copy every row of the site's paiban.db into a schema of its own and let site.toml name that; its URL."""
    schema = f"board_{uuid4().hex}"
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text(f"create schema {schema}"))
    url = f"{server}?options=-csearch_path%3D{schema}"
    try:
        open_database(url, folder).close()
        _copy(f"sqlite:///{folder / 'paiban.db'}", url)
        settings = folder / "site.toml"
        lines = [line for line in settings.read_text().splitlines() if not line.startswith("database")]
        settings.write_text(f'database = "{url}"\n' + "\n".join(lines) + "\n")
        yield url
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"drop schema {schema} cascade"))
        engine.dispose()


def _copy(source: str, target: str) -> None:
    old, new = create_engine(source), create_engine(target)
    here, there = MetaData(), MetaData()
    here.reflect(old)
    there.reflect(new)
    with old.connect() as reading, new.begin() as writing:
        for table in there.sorted_tables:
            if table.name == "alembic_version" or table.name not in here.tables:
                continue
            rows = [dict(row) for row in reading.execute(select(here.tables[table.name])).mappings()]
            writing.execute(table.delete())
            if rows:
                writing.execute(insert(table), rows)
            _count_on(writing, table)
    old.dispose()
    new.dispose()


def _count_on(connection: Connection, table: Table) -> None:
    """Let a table's own numbers go on after those that were copied."""
    for column in table.primary_key:
        name = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
        if connection.scalar(text(f"select {name}")):
            highest = connection.scalar(select(func.max(column)))
            if highest:
                connection.execute(text(f"select setval({name}, {int(highest)})"))
