"""A month's attendance from the command line: what the events show, and nothing of what nobody heard."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from centre.grid import Horizon
from centre.roster import Roster, Segment
from desk import exit_codes
from desk.wiring import open_place
from store.audit import Audit, Correction

NOW = datetime(2026, 3, 1, tzinfo=UTC)
AT = ("--at", "2026-04-01T09:00+08:00")
FILES = {
    "site.toml": 'format = 1\nname = "Small"\nzone = "Asia/Shanghai"\n[opening]\nmon = ["08:30-22:00"]\n',
    "queues.toml": "[billing]\n",
    "shifts.toml": '[early]\nstart = "08:30"\nminutes = 480\n',
    "contracts.toml": "[c]\nweek_minutes = [0, 0]\ndays_per_week = [0, 7]\nweekends_off = 0\n",
    "agents.csv": "agent,name,team,role,contract,skills\na1,A,T1,agent,c,billing:1.0\na2,B,T1,agent,c,billing:1.0\n",
}
EVENTS = [
    {"id": "1", "type": "agent_state", "at": "2026-03-09T08:36:00+08:00", "agent": "a1", "state": "ready"},
    {"id": "2", "type": "agent_state", "at": "2026-03-09T16:30:00+08:00", "agent": "a1", "state": "logged_out"},
    {"id": "3", "type": "agent_state", "at": "2026-03-09T08:29:00+08:00", "agent": "a2", "state": "ready"},
    {"id": "3", "type": "agent_state", "at": "2026-03-09T08:29:00+08:00", "agent": "a2", "state": "ready"},
    {"id": "4", "type": "agent_state", "at": "2026-03-09T16:31:00+08:00", "agent": "a2", "state": "logged_out"},
]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    horizon = Horizon("Asia/Shanghai", 15, date(2026, 3, 9), 7)
    segments = [
        Segment(agent, horizon.at(day, 510), horizon.at(day, 990), "work", "billing")
        for agent in ("a1", "a2")
        for day in (0, 1)
    ]
    with open_place(tmp_path, NOW) as place:
        place.plans.publish_roster(Roster.of(segments), horizon, at=NOW)
    lines = (json.dumps({"site": "Small", **event}) for event in EVENTS)
    (tmp_path / "month.jsonl").write_text("\n".join(lines) + "\n")
    return tmp_path


def made(paiban, small, *more):
    return paiban("statement", small, "--month", "2026-03", "--source", small / "month.jsonl", *AT, *more)


def test_the_month_names_who_was_late_and_says_nothing_of_days_without_events(paiban, small) -> None:
    told = json.loads(made(paiban, small, "--json").out)
    by_agent = {row["agent"]: row for row in told["agents"]}
    [entry] = by_agent["a1"]["entries"]
    assert (entry["kind"], entry["minutes"], entry["rule"], entry["events"]) == ("late", 6.0, "ATT-1", ["1"])
    assert by_agent["a1"]["points"] == 1.0
    assert by_agent["a2"]["entries"] == []


def test_a_day_of_which_nothing_at_all_was_recorded_is_nobodys_absence(paiban, small) -> None:
    """The second day is rostered; an event of a third day shows that it is over. An event of a2 alone judges a1."""
    later = {"id": "9", "type": "agent_state", "at": "2026-03-11T09:00:00+08:00", "agent": "a2", "state": "ready"}
    with (small / "month.jsonl").open("a") as file:
        file.write(json.dumps({"site": "Small", **later}) + "\n")
    silent = json.loads(made(paiban, small, "--json").out)
    assert silent["not_judged"] == ["2026-03-10"]
    assert not [e for row in silent["agents"] for e in row["entries"] if e["start"].startswith("2026-03-10")]
    assert "10" in made(paiban, small, "--lang", "en").out.splitlines()[0]
    there = {"id": "8", "type": "agent_state", "at": "2026-03-10T08:29:00+08:00", "agent": "a2", "state": "ready"}
    with (small / "month.jsonl").open("a") as file:
        file.write(json.dumps({"site": "Small", **there}) + "\n")
    heard = json.loads(made(paiban, small, "--json").out)
    assert heard["not_judged"] == []
    [absent] = [e for e in heard["agents"][0]["entries"] if e["start"].startswith("2026-03-10")]
    assert absent["rule"] == "LEV-1"


def test_a_correction_lifts_an_entry_and_leaves_it_to_be_seen(paiban, small) -> None:
    name = json.loads(made(paiban, small, "--json").out)["agents"][0]["entries"][0]["name"]
    with open_place(small, NOW) as place:
        change = Correction(f"attendance/{name}", {"counts": True}, {"counts": False}, "bus strike", "l1", "head", NOW)
        Audit(place.plans.database, "Small").correct(change)
    row = json.loads(made(paiban, small, "--json").out)["agents"][0]
    assert (row["points"], row["entries"][0]["excused"]["approver"]) == (0, "head")


def test_the_same_events_make_the_same_statement_to_the_byte(paiban, small) -> None:
    once = made(paiban, small, "--json").out
    lines = (small / "month.jsonl").read_text().splitlines()
    (small / "month.jsonl").write_text("\n".join(reversed(lines)) + "\n")
    assert made(paiban, small, "--json").out == once


def test_it_is_spoken_in_both_languages(paiban, small) -> None:
    assert "a1: entries 1, minutes 6, points 1.0" in made(paiban, small, "--lang", "en").out
    chinese = made(paiban, small, "--lang", "zh").out
    assert "迟到" in chinese
    assert "上班后 6 分钟才有首个工作动作" in chinese
    [entry] = json.loads(made(paiban, small, "--json").out)["agents"][0]["entries"]
    assert (entry["why"][:22], entry["why_zh"][:3]) == ("the first work action ", "上班后")


def test_a_month_without_events_is_said(paiban, small) -> None:
    told = paiban("statement", small, "--month", "2026-05", "--source", small / "month.jsonl", *AT)
    assert told.code == exit_codes.WRONG_INPUT


@pytest.mark.rule("ATT-2")
def test_what_the_late_shift_left_counts_once_also_where_a_night_shift_follows(paiban, small) -> None:
    """a1 leaves c1 at 22:00 of Monday and never closes it; a2 works that night; both come again on Tuesday."""
    horizon = Horizon("Asia/Shanghai", 15, date(2026, 3, 9), 7)
    late = [Segment("a1", horizon.at(day, 780), horizon.at(day, 1320), "work", "billing") for day in (0, 1)]
    night = [Segment("a2", horizon.at(day, 1320), horizon.at(day, 1800), "work", "billing") for day in (0, 1)]
    with open_place(small, NOW) as place:
        place.plans.publish_roster(Roster.of([*late, *night]), horizon, at=NOW)
    rows: list[dict[str, str]] = []
    for day in ("09", "10"):
        rows += [
            {"type": "agent_state", "at": f"2026-03-{day}T12:50:00+08:00", "agent": "a1", "state": "ready"},
            {"type": "agent_state", "at": f"2026-03-{day}T22:00:01+08:00", "agent": "a1", "state": "logged_out"},
            {"type": "agent_state", "at": f"2026-03-{day}T21:50:00+08:00", "agent": "a2", "state": "ready"},
        ]
    for at, case, milestone in (
        ("20:00", "c1", "arrived"),
        ("20:05", "c1", "taken"),
        ("21:00", "c2", "taken"),
        ("21:30", "c2", "closed"),
    ):
        rows.append({"type": "case", "at": f"2026-03-09T{at}:00+08:00", "case": case, "milestone": milestone,
                     "agent": "a1", "queue": "billing"})  # fmt: skip
    rows.append({"type": "agent_state", "at": "2026-03-12T08:00:00+08:00", "agent": "a2", "state": "logged_out"})
    lines = (json.dumps({"site": "Small", "id": f"n{number}", **row}) for number, row in enumerate(rows))
    (small / "left.jsonl").write_text("\n".join(lines) + "\n")
    told = paiban("statement", small, "--month", "2026-03", "--source", small / "left.jsonl", *AT, "--json")
    mine = next(row for row in json.loads(told.out)["agents"] if row["agent"] == "a1")
    early = [entry for entry in mine["entries"] if entry["rule"] == "ATT-2"]
    assert [(entry["start"][:16], entry["end"][:16]) for entry in early] == [("2026-03-09T20:00", "2026-03-09T22:00")]
    assert early[0]["why"].startswith("1 case(s) left")
