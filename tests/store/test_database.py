"""A database is made, upgraded once by whoever comes first, never downgraded; errors are said in words."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import store
from centre.errors import StoreError
from store.database import Database, open_database
from store.runs import Runs
from store.schema import HEAD, metadata

WHEN = datetime(2026, 3, 1, 22, 0, tzinfo=UTC)
PRAGMAS = {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30_000}


def test_the_migrations_make_exactly_the_schema_of_the_code(database: Database) -> None:
    with database.read() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    assert differences == []


def test_the_head_named_in_the_code_is_that_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(store.__path__[0]) / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_opening_again_keeps_what_is_there(database_url: str, tmp_path: Path) -> None:
    with open_database(database_url, tmp_path) as database:
        Runs(database, "A").begin("nightly", WHEN)
    with open_database(database_url, tmp_path) as database:
        assert [run.command for run in Runs(database, "A").last()] == ["nightly"]


def test_many_who_open_a_new_database_at_once_make_one_schema(database_url: str, tmp_path: Path) -> None:
    def work(number: int) -> int:
        with open_database(database_url, tmp_path) as database:
            return Runs(database, "A").begin(f"run {number}", WHEN)

    with ThreadPoolExecutor(6) as pool:
        numbers = list(pool.map(work, range(6)))
    assert sorted(numbers) == sorted(set(numbers))
    with open_database(database_url, tmp_path) as database:
        assert len(Runs(database, "A").last()) == 6


def test_a_newer_schema_is_refused_and_left_alone(database_url: str, tmp_path: Path) -> None:
    with open_database(database_url, tmp_path) as database, database.write() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(StoreError, match="9999, newer than this version"):
        open_database(database_url, tmp_path)
    with pytest.raises(StoreError, match="9999"):
        open_database(database_url, tmp_path)


def test_what_raises_within_a_write_is_rolled_back(database: Database) -> None:
    def fails_halfway() -> None:
        with database.write() as connection:
            connection.execute(text("insert into run (site, command, began_us) values ('A', 'x', 1)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails_halfway()
    assert Runs(database, "A").last() == []


def test_references_are_kept(database: Database) -> None:
    with pytest.raises(StoreError, match="contradicts what is stored"):
        Runs(database, "A").end(77, WHEN, 0)


def test_numbers_of_deleted_rows_are_not_given_again(database: Database) -> None:
    runs = Runs(database, "A")
    last = [runs.begin("x", WHEN) for _ in range(3)][-1]
    with database.write() as connection:
        connection.execute(text("delete from run"))
    assert runs.begin("x", WHEN) > last


def test_a_reader_sees_a_whole_state_while_another_writes(database: Database) -> None:
    runs = Runs(database, "A")
    with database.write() as connection:
        connection.execute(text("insert into run (site, command, began_us) values ('A', 'x', 1)"))
        assert runs.last() == []
    assert len(runs.last()) == 1


def test_sqlite_is_in_wal_mode_with_foreign_keys_and_a_timeout(tmp_path: Path) -> None:
    with open_database("sqlite:///deep.db", tmp_path) as database, database.read() as connection:
        said = {name: connection.execute(text(f"pragma {name}")).scalar() for name in PRAGMAS}
    assert said == PRAGMAS
    assert (tmp_path / "deep.db").exists()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:///no/such/folder/x.db", "does not exist; make it"),
        ("mysql://x", "allowed: sqlite"),
        ("what", "allowed: sqlite"),
        ("postgresql+psycopg://u:secret@127.0.0.1:1/x", "look whether the server runs"),
    ],
)
def test_a_database_that_cannot_be_opened_is_said_with_the_remedy(tmp_path: Path, url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words) as caught:
        open_database(url, tmp_path)
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"this is no database, however long it goes on" * 100)
    with pytest.raises(StoreError, match="not a database"):
        open_database("sqlite:///x.db", tmp_path)


def test_a_writer_that_dies_leaves_the_last_whole_state(tmp_path: Path) -> None:
    open_database("sqlite:///x.db", tmp_path).close()
    code = (
        "import os, sys; from pathlib import Path; from sqlalchemy import text\n"
        "from store.database import open_database\n"
        "with open_database('sqlite:///x.db', Path(sys.argv[1])) as database, database.write() as connection:\n"
        "    connection.execute(text(\"insert into run (site, command, began_us) values ('A', 'x', 1)\"))\n"
        "    os._exit(9)\n"
    )
    root = Path(store.__path__[0]).parent
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, cwd=root)
    assert done.returncode == 9
    with open_database("sqlite:///x.db", tmp_path) as database:
        assert Runs(database, "A").last() == []
    with closing(sqlite3.connect(tmp_path / "x.db")) as plain:
        assert plain.execute("pragma integrity_check").fetchone() == ("ok",)
