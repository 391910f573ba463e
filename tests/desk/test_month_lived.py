"""Days of a centre lived through: people ask at random, the line decides, the floor happens; nothing illegal, ever.

Scaled down so that it runs in every build; PAIBAN_TEST_MONTH=1 lives the whole month. Both databases run the same.
"""

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from centre.approvals import Approved, Deed, NotAllowedError, Open
from centre.errors import InputError
from centre.events import Event
from centre.grid import Horizon, instant
from centre.requests import LeaveRequest, OvertimeRequest
from centre.roster import Roster, Segment
from desk.actions.leave import recheck_waiting
from desk.actions.monthly import statement
from desk.actions.overtime import ask_overtime
from desk.actions.requests import all_requests, ask_leave, ask_swap, decide, floor_around, partners
from desk.floor_engine import open_live_store
from desk.terminal import as_json
from desk.wiring import Place, open_place
from scheduler.checks import check
from streams.event_log import Partition
from streams.journal_rows import row_of
from streams.native import write
from streams.rehearsal.rehearse import rehearse
from tests.desk.sample import requirement

DAYS = 28 if os.environ.get("PAIBAN_TEST_MONTH") else 5
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


def legal(place: Place) -> bool:
    floor = floor_around(place, HORIZON.begin, HORIZON.end)
    return not [found for found in check(floor.roster, floor.problem) if found.hard]


def ask(place: Place, chance: Random, day: date) -> None:
    """Somebody asks for something, sensible or not."""
    at, made = int(place.now.timestamp()), place.now
    agent = f"a{chance.randrange(16)}"
    ahead = day + timedelta(days=chance.randrange(1, 8))
    start = instant(ahead, 0, HORIZON.zone)
    try:
        match chance.randrange(4):
            case 0:
                kind = chance.choice(["annual", "personal", "sick", "special_personal", "emergency", "study"])
                end = instant(ahead, chance.choice([720, 1440, 2880]), HORIZON.zone)
                asked = LeaveRequest(agent=agent, start=start, end=end, kind=kind, at=at)
                ask_leave(place, asked, wait=kind in place.policy.leave.waits and chance.random() < 0.5, made=made)
            case 1:
                found = partners(place, agent, ahead, at, most=3)
                if found:
                    hands = chance.choice(found).hands
                    from centre.requests import SwapRequest

                    ask_swap(place, SwapRequest(agent=agent, hands=hands, at=at), made=made)
            case 2:
                begin = start + 60 * chance.choice([1050, 1320, 390])
                asked_more = OvertimeRequest(agent=agent, start=begin, end=begin + 7200, at=at)
                ask_overtime(place, asked_more, made=made)
            case _:
                begin = start + 60 * 960
                off = OvertimeRequest(agent=agent, start=begin, end=begin + 3600, at=at, kind="vto")
                ask_overtime(place, off, made=made)
    except InputError:
        pass  # no shift that day: a person would have been told so


def answer(place: Place, chance: Random) -> int:
    """Those who may decide do, now and then; somebody who may not tries to. How many rosters it made."""
    now, published = int(place.now.timestamp()), 0
    for row in all_requests(place, now):
        if not isinstance(row.state, Open) or chance.random() < 0.3:
            continue
        stranger = chance.choice(["a0", "a1", "l0", "l1", "head"])
        if stranger not in row.state.deciders():
            with pytest.raises((NotAllowedError, InputError)):
                decide(place, row.number, Deed(now, "agree", stranger), place.now)
        by = chance.choice(row.state.deciders())
        what = "refuse" if chance.random() < 0.15 else "agree"
        try:
            done = decide(place, row.number, Deed(now, what, by), place.now)
        except InputError:
            continue  # the roster has changed since it was asked: nothing is decided then
        published += done.version is not None
        assert legal(place)
        assert done.filed.state.status in ("filed", "agreed", "approved", "refused", "escalated")
    return published


@pytest.mark.slow
def test_no_state_and_no_roster_is_ever_illegal_and_statements_come_out_the_same_to_the_byte(centre: Path) -> None:
    chance = Random(7)
    events: list[Event] = []
    published = 0
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        for minute in (500, 700, 1000):
            with open_place(centre, datetime.fromtimestamp(instant(day, minute, HORIZON.zone), UTC)) as place:
                for _ in range(3):
                    ask(place, chance, day)
            with open_place(centre, datetime.fromtimestamp(instant(day, minute + 30, HORIZON.zone), UTC)) as place:
                published += answer(place, chance)
                recheck_waiting(place, place.now)
        with open_place(centre, datetime.fromtimestamp(instant(day, 1440, HORIZON.zone), UTC)) as place:
            roster = place.plans.published_roster(instant(day, 0, HORIZON.zone), instant(day, 1440, HORIZON.zone))
            need = place.plans.requirement_covering(HORIZON.begin, HORIZON.end)
            assert need is not None
            lived = rehearse(place.site, roster, need, day, seed=number).events
            events += lived
            store = open_live_store(place)
            with store.transaction() as transaction:
                transaction.append(Partition("agent-states", 0), row_of(list(lived), number + 1))
            store.close()
    after = datetime(2026, 4, 30, tzinfo=UTC)  # when the last shift that somebody asked about has begun
    with open_place(centre, after) as place:
        assert legal(place)
        rows = all_requests(place, int(after.timestamp()))
        assert {row.state.status for row in rows} <= {"approved", "refused", "expired", "withdrawn"}
        assert published >= DAYS // 2
        assert sum(isinstance(row.state, Approved) for row in rows) >= published
        from_journal = as_json(statement(place, FIRST.replace(day=1)).summary())
        (centre / "mixed.jsonl").write_bytes(b"".join(write(row) + b"\n" for row in chance.sample(events, len(events))))
        from_file = as_json(statement(place, FIRST.replace(day=1), str(centre / "mixed.jsonl")).summary())
    assert from_journal == from_file
    found: dict[str, Any] = json.loads(from_journal)
    assert any(agent["entries"] for agent in found["agents"])
