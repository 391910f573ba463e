"""One example centre with its night done, made once for the tests of the desk; each test works on a copy."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from desk.actions import make_example, nightly

TODAY = date(2026, 3, 5)
FIRST = date(2026, 3, 9)
NOW = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Spoken:
    """What a run of the command said, and how it left."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def one_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose next two weeks are rostered and published."""
    folder = tmp_path_factory.mktemp("night") / "hotline"
    make_example(folder, seed=7, today=TODAY, language="en")
    nightly(
        folder,
        from_day=FIRST,
        weeks=2,
        seconds=6,
        seed=1,
        workers=2,
        again=False,
        language="en",
        now=NOW,
        log=lambda line: None,
    )
    return folder


@pytest.fixture
def hotline(one_night: Path, tmp_path: Path) -> Path:
    """A copy of that site, to do with as a test likes."""
    return Path(shutil.copytree(one_night, tmp_path / "hotline"))


@pytest.fixture
def paiban(capfd: pytest.CaptureFixture[str]) -> Callable[..., Spoken]:
    """Run the command as a user types it."""
    from desk.cli.app import run

    def say(*words: object) -> Spoken:
        code = run([str(word) for word in words])
        out, err = capfd.readouterr()
        return Spoken(code, out, err)

    return say
