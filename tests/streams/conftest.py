"""Fixtures of the live floor: its database in both kinds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.live_store import LiveStore
from tests.streams.live_stores import Opener, live_stores

KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


@pytest.fixture(params=KINDS)
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Opens the same, at first empty, live database of each kind."""
    server = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else ""
    with live_stores(request.param, tmp_path, server) as opener:
        yield opener


@pytest.fixture
def live_store(open_store: Opener) -> LiveStore:
    """An empty live database of each kind."""
    return open_store()
