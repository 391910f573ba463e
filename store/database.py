"""Open a site's database: SQLite in its folder, or PostgreSQL by URL; upgraded to this schema, never downgraded."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from types import TracebackType
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from centre.errors import StoreError
from centre.said import Said
from store.schema import HEAD

BUSY_TIMEOUT_MS = 30_000
_WAL_ATTEMPTS = 200
_UPGRADE_LOCK = 0x7061_6962_616E
"""The key of PostgreSQL's advisory lock: "paiban" in ASCII."""


class Database:
    """An open database. `read` and `write` give connections, each one transaction long; close it when done."""

    def __init__(self, url: URL) -> None:
        self.shown = url.render_as_string(hide_password=True)
        self.dialect = url.get_backend_name()
        options: dict[str, Any] = {"pool_pre_ping": True} if self.dialect != "sqlite" else {}
        self._engine = create_engine(url, **options)
        if self.dialect == "sqlite":
            event.listen(self._engine, "connect", _prepare_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads; on SQLite it neither waits for writers nor holds them up."""
        with self._said_in_words(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes: committed at the end, rolled back when anything is raised within it.

        On SQLite it takes the write lock at once: two that read first and then write would refuse each other.
        """
        with self._said_in_words(), self._engine.connect() as plain:
            connection = plain.execution_options(paiban_write=True)
            with connection.begin():
                yield connection

    def switch_to_wal(self) -> None:
        """Let readers and one writer work side by side (SQLite); the file remembers it.

        SQLite does not wait for its busy timeout here, so a second process that opens a new file has to try again.
        """
        with self._said_in_words():
            for attempt in range(_WAL_ATTEMPTS):
                raw = self._engine.raw_connection()
                try:
                    raw.cursor().execute("pragma journal_mode = wal")
                    return
                except sqlite3.OperationalError as error:
                    if attempt == _WAL_ATTEMPTS - 1:
                        raise StoreError(
                            Said("{shown}: {error}; {remedy}", shown=self.shown, error=error, remedy=_remedy("sqlite"))
                        ) from error
                    sleep(0.05)
                finally:
                    raw.close()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def __enter__(self) -> "Database":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _said_in_words(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError as error:
            raise StoreError(
                Said("{shown}: refused, it contradicts what is stored: {orig}", shown=self.shown, orig=error.orig)
            ) from error
        except OperationalError as error:
            raise StoreError(
                Said("{shown}: {orig}; {remedy}", shown=self.shown, orig=error.orig, remedy=_remedy(self.dialect))
            ) from error
        except SQLAlchemyError as error:
            raise StoreError(Said("{shown}: {error}", shown=self.shown, error=error)) from error


def open_database(url: str, base_folder: Path) -> Database:
    """Open a database by its URL and bring it to this version's schema.

    Parameters
    ----------
    url : "sqlite:///FILE", relative to `base_folder`, or "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE" (without
        a password libpq looks into PGPASSWORD and ~/.pgpass).

    Raises
    ------
    StoreError : it cannot be reached, or was made by a newer version.
    """
    database = Database(_located(url, base_folder))
    try:
        _upgrade(database)
    except BaseException:
        database.close()
        raise
    return database


def _located(url: str, base_folder: Path) -> URL:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            path = (Path(base_folder) / (parsed.database or "paiban.db")).resolve()
            if not path.parent.is_dir():
                raise StoreError(
                    Said(
                        "{url}: the folder {parent} does not exist; make it, or change the URL",
                        url=url,
                        parent=path.parent,
                    )
                )
            return parsed.set(database=str(path))
        if parsed.drivername != "postgresql+psycopg":
            raise ArgumentError(parsed.drivername)
        parsed.get_dialect().import_dbapi()
    except ArgumentError as error:
        found = url.partition("://")[0]
        raise StoreError(
            Said("database: found {found}://; allowed: sqlite:///FILE or postgresql+psycopg://...", found=found)
        ) from error
    except ImportError as error:
        raise StoreError(
            Said(
                "{drivername}: the driver is not installed; pip install 'paiban[postgresql]'",
                drivername=parsed.drivername,
            )
        ) from error
    return parsed


def _prepare_sqlite(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    # Without this the driver begins transactions by itself, later than we say and not around table changes.
    connection.isolation_level = None
    for pragma in (f"busy_timeout = {BUSY_TIMEOUT_MS}", "foreign_keys = on"):
        connection.execute(f"pragma {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("paiban_write")
    connection.exec_driver_sql("begin immediate" if writes else "begin deferred")


def _upgrade(database: Database) -> None:
    """Bring the schema to HEAD, one process at a time; a database that is there already is only looked at."""
    with database.read() as connection:
        if _revision(connection) == HEAD:
            return
    if database.dialect == "sqlite":
        database.switch_to_wal()
    with database.write() as connection:
        if database.dialect == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
        _migrate(connection, database.shown)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("select version_num from alembic_version")).scalar()


def _migrate(connection: Connection, shown: str) -> None:
    # Imported here: it takes longer than everything else together, and is needed once in a database's life.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    at = _revision(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if at is not None and at not in known:
        raise StoreError(
            Said(
                "{shown}: its schema is {at}, newer than this version of paiban knows ({HEAD}); install the version "
                "that wrote it, or a later one",
                shown=shown,
                at=at,
                HEAD=HEAD,
            )
        )
    command.upgrade(config, HEAD)


def _remedy(dialect: str) -> str:
    if dialect == "sqlite":
        return "look whether the file can be written, the disk has room, and no other program holds it"
    return "look whether the server runs, and whether host, user, password and database of the URL are right"
