"""Live stores of both kinds, empty, as often opened as a test wants."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, text

from store.database import open_database
from store.live import LiveDatabase
from streams.live_sqlite import SqliteLiveStore
from streams.live_store import LiveStore

Opener = Callable[[], LiveStore]


@contextmanager
def live_stores(kind: str, folder: Path, server: str) -> Iterator[Opener]:
    """Opens one and the same database again and again; all of them are closed at the end."""
    opened: list[LiveStore] = []
    if kind == "sqlite":

        def opener() -> LiveStore:
            opened.append(SqliteLiveStore(folder / "live.db", durable=False))
            return opened[-1]

        yield opener
        for store in opened:
            store.close()
        return
    schema = f"live_{uuid4().hex}"
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text(f"create schema {schema}"))

    def open_postgresql() -> LiveStore:
        url = f"{server}?options=-csearch_path%3D{schema}"
        opened.append(LiveDatabase(open_database(url, folder), "made-up"))
        return opened[-1]

    yield open_postgresql
    for store in opened:
        store.close()
    with engine.begin() as connection:
        connection.execute(text(f"drop schema {schema} cascade"))
    engine.dispose()
