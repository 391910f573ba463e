"""One example centre with its night done, made once for the tests of the desk; each test works on a copy."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from centre.grid import Horizon
from centre.roster import Roster, Segment
from desk.actions import make_example, nightly
from desk.wiring import open_place

TODAY = date(2026, 3, 5)
FIRST = date(2026, 3, 9)
NOW = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)


SMALL_NOW = datetime(2026, 3, 1, tzinfo=UTC)
FILES = {
    "site.toml": 'format = 1\nname = "Small"\nzone = "Asia/Shanghai"\ngrid_minutes = 15\nholidays = "CN"\n'
    '[opening]\nmon = ["08:30-22:00"]\n',
    "queues.toml": "[billing]\n",
    "shifts.toml": '[early]\nstart = "08:30"\nminutes = 480\n[late]\nstart = "14:00"\nminutes = 480\n',
    "contracts.toml": "[c]\nweek_minutes = [0, 0]\ndays_per_week = [0, 7]\nweekends_off = 0\nrest_minutes = 600\n",
    "agents.csv": "agent,name,team,role,contract,skills\n"
    "a1,A,T1,agent,c,billing:1.0\na2,B,T1,agent,c,billing:1.0\na3,C,T2,agent,c,billing:0.9\n"
    "l1,L,T1,leader,c,\nl2,M,T2,leader,c,\n",
}
LINES = {
    "a1": "E.E.E..E..E...",
    "a2": ".L.L..L..L....",
    "a3": "E..E..E..E....",
    "l1": "EEEEE..EEEEE..",
    "l2": "..EE...........",
}


@pytest.fixture
def small_centre(tmp_path: Path) -> Path:
    """A small centre with two weeks published, laid by hand."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    horizon = Horizon("Asia/Shanghai", 15, date(2026, 3, 9), 14)
    starts = {"E": 510, "L": 840}
    segments = [
        Segment(agent, horizon.at(day, starts[letter]), horizon.at(day, starts[letter]) + 8 * 3600, "work",
                "billing" if agent.startswith("a") else "")
        for agent, line in LINES.items()
        for day, letter in enumerate(line[:14])
        if letter != "."
    ]  # fmt: skip
    with open_place(tmp_path, SMALL_NOW) as place:
        place.plans.publish_roster(Roster.of(segments), horizon, at=SMALL_NOW)
    return tmp_path


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
