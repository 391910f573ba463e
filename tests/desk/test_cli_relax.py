"""Contradictions from the command line: the smallest sets, and ways out that are written into the files and hold."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk import exit_codes

Run = Callable[..., Any]
FILES = {
    "site.toml": 'format = 1\nname = "Small"\nzone = "Asia/Shanghai"\n[opening]\nmon = ["08:30-22:00"]\n',
    "queues.toml": "[billing]\n",
    "shifts.toml": '[early]\nstart = "06:30"\nminutes = 480\n[late]\nstart = "14:00"\nminutes = 480\n',
    "contracts.toml": "# The contracts.\n[c]\nweek_minutes = [0, 0]\ndays_per_week = [0, 7]\nweekends_off = 0\n"
    'rest_minutes = 660  # 11 hours\n\n[d]\nshifts = ["early"]\n',
    "agents.csv": "agent,name,team,role,contract,skills\na1,A,T1,agent,c,billing:1.0\na2,B,T1,agent,c,billing:1.0\n",
    "leave.csv": "agent,start,end,kind\na2,2026-03-02,2026-03-02,annual\na1,2026-03-10,2026-03-12,annual\n",
    "fixed.csv": "agent,start,end,activity,queue\n"
    "a1,2026-03-11T06:30,2026-03-11T14:30,work,billing\n"
    "a2,2026-03-17T14:00,2026-03-17T22:00,work,billing\n"
    "a2,2026-03-18T06:30,2026-03-18T14:30,work,billing\n",
}


@pytest.fixture
def clashing(tmp_path: Path) -> Path:
    """Leave against a fixed shift, and a fixed early shift after a fixed late one."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def ways(paiban: Run, site: Path, *more: object, code: int = exit_codes.CONTRADICTION) -> dict[str, Any]:
    said = paiban("relax", site, "--from", "2026-03-09", "--weeks", 2, "--json", *more)
    assert said.code == code, said.err
    return dict(json.loads(said.out))


def test_each_contradiction_is_named_with_its_ways_out(clashing: Path, paiban: Run) -> None:
    found = ways(paiban, clashing)["contradictions"]
    assert [clash["agent"] for clash in found] == ["a1", "a2"]
    assert any("leave" in text for text in found[0]["conflict"])
    assert any("660" in text for text in found[1]["conflict"])
    numbers = [way["number"] for clash in found for way in clash["ways"] if way["applies"]]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_row_taken_away_and_a_contract_eased_leave_all_else_as_it_was_written(clashing: Path, paiban: Run) -> None:
    found = ways(paiban, clashing)["contradictions"]
    leave = next(way["number"] for way in found[0]["ways"] if "leave" in way["change"])
    rest = next(way["number"] for way in found[1]["ways"] if "rest_minutes" in way["change"])
    done = ways(paiban, clashing, "--apply", leave, "--apply", rest, code=exit_codes.DONE)
    assert sorted(done["files"]) == ["agents.csv", "contracts.toml", "leave.csv"]
    assert (clashing / "leave.csv").read_text() == FILES["leave.csv"].replace("a1,2026-03-10,2026-03-12,annual\n", "")
    assert (clashing / "contracts.toml").read_text().startswith(FILES["contracts.toml"].rstrip())
    assert "[c-a2]" in (clashing / "contracts.toml").read_text()
    assert (clashing / "agents.csv").read_text() == FILES["agents.csv"].replace("B,T1,agent,c,", "B,T1,agent,c-a2,")
    assert ways(paiban, clashing, code=exit_codes.DONE)["contradictions"] == []


def test_what_is_no_way_changes_nothing(clashing: Path, paiban: Run) -> None:
    said = paiban("relax", clashing, "--from", "2026-03-09", "--weeks", 2, "--apply", 99)
    assert said.code == exit_codes.WRONG_INPUT
    assert {name: (clashing / name).read_text() for name in FILES} == FILES


def test_a_contract_that_contradicts_itself_is_eased_where_it_stands_for_all(clashing: Path, paiban: Run) -> None:
    own = "[e]\nweek_minutes = [1200, 2400]\ndays_per_week = [0, 2]  # two days\nweekends_off = 0\n"
    (clashing / "contracts.toml").write_text(FILES["contracts.toml"] + own)
    agents = "a3,C,T1,agent,e,billing:1.0\na4,D,T1,agent,e,billing:1.0\n"
    (clashing / "agents.csv").write_text(FILES["agents.csv"] + agents)
    clash = next(clash for clash in ways(paiban, clashing)["contradictions"] if clash["contract"] == "e")
    days = next(way for way in clash["ways"] if "days_per_week" in way["change"])
    done = ways(paiban, clashing, "--apply", days["number"])
    assert done["changes"] == ["contract e: days_per_week (0, 2) -> (0, 3)"]
    assert done["files"] == ["contracts.toml"]
    assert (clashing / "contracts.toml").read_text() == FILES["contracts.toml"] + own.replace("[0, 2]", "[0, 3]")
    assert [left["agent"] for left in done["contradictions"]] == ["a1", "a2"], "what is left is told"


def test_a_time_when_somebody_has_to_be_there_is_taken_out_of_its_file(clashing: Path, paiban: Run) -> None:
    (clashing / "fixed.csv").unlink()
    rows = "agent,start,end,note\na1,2026-03-11T09:00,2026-03-11T10:00,audit\n"
    (clashing / "presence.csv").write_text(rows + "a2,2026-03-12T09:00,2026-03-12T10:00,audit\n")
    (clash,) = ways(paiban, clashing)["contradictions"]
    way = next(way for way in clash["ways"] if "has to be there" in way["change"])
    done = ways(paiban, clashing, "--apply", way["number"], code=exit_codes.DONE)
    assert done["files"] == ["presence.csv"]
    assert (clashing / "presence.csv").read_text() == (rows + "a2,2026-03-12T09:00,2026-03-12T10:00,audit\n").replace(
        "a1,2026-03-11T09:00,2026-03-11T10:00,audit\n", ""
    )


def test_a_roster_is_refused_before_anything_is_forecast_and_says_how_to_go_on(clashing: Path, paiban: Run) -> None:
    said = paiban("roster", clashing, "--from", "2026-03-09", "--weeks", 2, "--lang", "en")
    assert said.code == exit_codes.CONTRADICTION
    assert "agent a1: leave 10 March 2026 to 12 March 2026; fixed shift on 11 March 2026 06:30-14:30" in said.err
    assert "1. agent a1, without: fixed shift on 11 March 2026 06:30-14:30" in said.err
    assert f"paiban relax {clashing} --from 2026-03-09 --weeks 2 --apply NUMBER" in said.err
    assert not (clashing / "out").exists()
    assert not (clashing / "history").exists(), "not even the history was asked for"
