"""`paiban check`: which days a roster is judged over."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from centre.grid import Horizon
from centre.roster import Roster, Segment
from desk import exit_codes
from desk.wiring import open_place

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FILES = {
    "site.toml": 'format = 1\nname = "Night"\nzone = "Europe/Berlin"\n[opening]\n'
    + "".join(f'{day} = ["00:00-24:00"]\n' for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")),
    "queues.toml": "[billing]\n",
    "shifts.toml": '[night]\nstart = "22:00"\nminutes = 480\nnight = true\n',
    "contracts.toml": "[c]\nweek_minutes = [480, 2400]\ndays_per_week = [1, 5]\nweekends_off = 0\n",
    "agents.csv": "agent,name,team,role,contract,skills\na1,A,T1,agent,c,billing:1.0\n",
}


@pytest.fixture
def night(tmp_path: Path) -> Path:
    """One person, one week, one duty: the night from Sunday to Monday."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    horizon = Horizon("Europe/Berlin", 15, date(2026, 3, 23), 7)
    duty = Segment("a1", horizon.at(6, 1320), horizon.at(6, 1320) + 8 * 3600, "work", "billing")
    with open_place(tmp_path, NOW) as place:
        place.plans.publish_roster(Roster.of([duty]), horizon, at=NOW)
    return tmp_path


def test_a_night_into_the_next_week_makes_no_week_of_its_own(paiban, night) -> None:
    published = paiban("check", night, "--json")
    assert (published.code, json.loads(published.out)["hard"]) == (exit_codes.DONE, 0)
    (night / "r.csv").write_text(
        "agent,start,end,activity,queue,version\n"
        "a1,2026-03-29T22:00:00+02:00,2026-03-30T04:00:00+02:00,work,billing,1\n"
        "a1,2026-03-30T04:00:00+02:00,2026-03-30T06:00:00+02:00,work,billing,1\n"
    )
    of_file = paiban("check", night, night / "r.csv", "--json")
    assert (of_file.code, json.loads(of_file.out)["hard"]) == (exit_codes.DONE, 0)
