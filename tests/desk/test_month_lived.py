"""Days of a centre lived through: people ask at random, the line decides, the floor happens; nothing illegal, ever.

Scaled down so that it runs in every build; PAIBAN_TEST_MONTH=1 lives the whole month, and `benchmarks/lived_month.py`
that of the example centre. Both databases run the same.
"""

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from benchmarks.living import Illegal, Life, live, see_legal
from centre.approvals import Approved
from centre.grid import Horizon
from centre.roster import Roster, Segment
from desk.actions.monthly import statement
from desk.actions.requests import all_requests
from desk.terminal import as_json
from desk.wiring import open_place
from streams.native import write
from tests.desk.sample import requirement

DAYS = 28 if os.environ.get("PAIBAN_TEST_MONTH") else 4
FIRST = date(2026, 3, 2)
HORIZON = Horizon("Asia/Shanghai", 15, FIRST, 28)
STARTS = {"early": 510, "late": 780}
FILES = {
    "queues.toml": "[billing]\n[sales]\n",
    "shifts.toml": "".join(
        f'[{name}]\nstart = "{start // 60:02d}:{start % 60:02d}"\nminutes = 540\n[[{name}.pauses]]\n'
        'activity = "meal"\nminutes = 60\nafter_minutes = [180, 240]\n'
        for name, start in STARTS.items()
    ),
    "contracts.toml": "[c]\nweek_minutes = [0, 2400]\ndays_per_week = [0, 5]\nmax_consecutive_days = 5\n"
    "weekends_off = 0\nrest_minutes = 660\n",
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def centre(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Two teams of eight with their leaders, a legal month laid by hand."""
    url = "sqlite:///paiban.db"
    if request.param == "postgresql":
        from sqlalchemy import create_engine, text

        server, schema = str(request.getfixturevalue("postgresql_url")), f"month_{uuid4().hex}"
        engine = create_engine(server)
        with engine.begin() as connection:
            connection.execute(text(f"create schema {schema}"))
        url = f"{server}?options=-csearch_path%3D{schema}"
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    (tmp_path / "site.toml").write_text(
        f'format = 1\nname = "Month"\nzone = "{HORIZON.zone}"\nholidays = "CN"\ndatabase = "{url}"\n'
        '[opening]\nmon = ["08:00-22:00"]\n'
    )
    people = [f"a{n},A{n},T{n % 2},agent,c,billing:1.0;sales:0.9,2020-01-01" for n in range(16)]
    people += [f"l{n},L{n},T{n},leader,c,,2020-01-01" for n in range(2)]
    (tmp_path / "agents.csv").write_text("agent,name,team,role,contract,skills,hired\n" + "\n".join(people) + "\n")
    segments = [
        row
        for number, name in enumerate([*(f"a{n}" for n in range(16)), "l0", "l1"])
        for day in range(28)
        if (day + number) % 7 < 5
        for row in duty(name, day, "early" if number % 3 else "late")
    ]
    now = datetime(2026, 2, 20, tzinfo=UTC)
    with open_place(tmp_path, now) as place:
        place.plans.save_requirement(requirement(HORIZON, staff=3), at=now)
        place.plans.publish_roster(Roster.of(segments), HORIZON, at=now)
    yield tmp_path
    if request.param == "postgresql":
        with engine.begin() as connection:
            connection.execute(text(f"drop schema {schema} cascade"))
        engine.dispose()


def duty(name: str, day: int, shift: str) -> Iterator[Segment]:
    at, queue = HORIZON.at(day, STARTS[shift]), "" if name[0] == "l" else "billing"
    yield Segment(name, at, at + 3 * 3600, "work", queue)
    yield Segment(name, at + 3 * 3600, at + 4 * 3600, "meal")
    yield Segment(name, at + 4 * 3600, at + 9 * 3600, "work", queue)


@pytest.mark.slow
def test_no_state_and_no_roster_is_ever_illegal_and_statements_come_out_the_same_to_the_byte(centre: Path) -> None:
    lived = live(Life(centre, HORIZON, Random(7), asks=2), FIRST, DAYS)
    after = datetime(2026, 4, 30, tzinfo=UTC)  # when the last shift that somebody asked about has begun
    with open_place(centre, after) as place:
        see_legal(place, HORIZON)
        rows = all_requests(place, int(after.timestamp()))
        assert {row.state.status for row in rows} <= {"approved", "refused", "expired", "withdrawn"}
        assert lived.published >= DAYS // 2
        assert sum(isinstance(row.state, Approved) for row in rows) >= lived.published
        from_journal = as_json(statement(place, FIRST.replace(day=1)).summary())
        mixed = Random(8).sample(lived.events, len(lived.events))
        (centre / "mixed.jsonl").write_bytes(b"".join(write(row) + b"\n" for row in mixed))
        from_file = as_json(statement(place, FIRST.replace(day=1), str(centre / "mixed.jsonl")).summary())
    assert from_journal == from_file
    found: dict[str, Any] = json.loads(from_journal)
    assert any(agent["entries"] for agent in found["agents"])


def test_whoever_lives_it_is_told_of_an_illegal_roster(centre: Path) -> None:
    """The check that sees nothing illegal does see what is."""
    with open_place(centre, datetime(2026, 3, 1, tzinfo=UTC)) as place:
        see_legal(place, HORIZON)
        begin = HORIZON.at(0, STARTS["late"])
        twice = [
            *place.plans.published_roster(HORIZON.begin, HORIZON.end).segments,
            Segment("a0", begin, begin + 60, "work"),
        ]
        place.plans.publish_roster(Roster.of(twice), HORIZON, at=place.now)
        with pytest.raises(Illegal):
            see_legal(place, HORIZON)
