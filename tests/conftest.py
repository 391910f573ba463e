"""Fixtures every package may use: the real servers, named by environment variables."""

import os
import shutil
from typing import NoReturn

import pytest


def _server(variable: str, name: str, how: str) -> str:
    """The address in `variable`; without it a laptop skips, CI fails: a green CI has seen the server."""
    return os.environ.get(variable) or _missing(f"needs a real {name}: set {variable} ({how})")


def _missing(reason: str) -> NoReturn:
    if os.environ.get("PAIBAN_CI") or os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def kafka_bootstrap() -> str:
    """host:port of a real Apache Kafka broker. Topics are the test's own to name and to make."""
    return _server("PAIBAN_TEST_KAFKA", "Apache Kafka broker", "deploy/kafka-local/broker start")


@pytest.fixture(scope="session")
def postgresql_url() -> str:
    """SQLAlchemy URL of a real PostgreSQL database. Schemas in it are the test's own to name and to make."""
    return _server("PAIBAN_TEST_POSTGRESQL", "PostgreSQL", "postgresql+psycopg://user:password@host/database")


@pytest.fixture(scope="session")
def kcat() -> str:
    """The path of kcat, which reads and writes Kafka without a line of ours or of our client's."""
    return shutil.which("kcat") or _missing("needs kcat, an independent Kafka client (Debian: apt-get install kcat)")
