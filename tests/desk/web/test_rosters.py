"""The month, the day, and changes by hand."""

from pathlib import Path
from typing import Any

from desk.actions import open_place
from scheduler.checks import check
from tests.desk.web.conftest import MOMENT, Visitor

DAY = "2026-03-10"


def _day(visitor: Visitor) -> dict[str, Any]:
    return visitor.api("GET", f"/rosters/day?date={DAY}").json()  # type: ignore[attr-defined, no-any-return]


def _lines(picture: dict[str, Any], row: dict[str, Any]) -> list[dict[str, Any]]:
    keys = [each["key"] for each in picture["legend"]["activities"]]
    queues = [each["queue"] for each in picture["queues"]]
    return [
        {
            "start": (picture["begin"] + start) * 60,
            "end": (picture["begin"] + start + minutes) * 60,
            "activity": keys[activity],
            "queue": queues[queue] if queue >= 0 else "",
        }
        for activity, queue, start, minutes in row["segments"]
    ]


def _somebody(picture: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    row = next(row for row in picture["rows"] if row["role"] == "agent")
    return row, _lines(picture, row)


def test_the_month_shows_every_duty_of_the_roster(hotline: Path, local: Visitor) -> None:
    picture = local.api("GET", "/rosters/month").json()  # type: ignore[attr-defined]
    with open_place(hotline, MOMENT) as place:
        roster = place.plans.latest_published()
    shown = {
        (row["id"], entry[0]) for row in picture["rows"] for entry in row["entries"] if entry[1] == 0
    }  # fmt: skip
    starts = {
        (agent, segment.start) for agent, line in roster.by_agent().items() for before, segment in
        zip([None, *line], line, strict=False) if before is None or before.end != segment.start
        if segment.activity != "leave"
    }  # fmt: skip
    assert len(shown) == len(starts)
    assert sum(row["minutes"] for row in picture["rows"]) > 0


def test_an_agent_sees_the_own_team_only(visitor: Visitor) -> None:
    visitor.sign_in("agent")
    picture = visitor.api("GET", "/rosters/month").json()  # type: ignore[attr-defined]
    assert {row["team"] for row in picture["rows"]} == {picture["rows"][0]["team"]}
    assert visitor.api("GET", "/rosters/checks").status_code == 403  # type: ignore[attr-defined]


def test_what_stands_in_the_roster_is_judged_to_change_nothing(local: Visitor) -> None:
    picture = _day(local)
    row, lines = _somebody(picture)
    said = local.api("POST", "/rosters/edits/verdict", json={"date": DAY, "lines": {row["id"]: lines}})
    assert said.json()["allowed"]  # type: ignore[attr-defined]
    assert said.json()["effect"]["intervals"] == []  # type: ignore[attr-defined]


def test_a_moved_pause_is_judged_saved_and_still_legal(hotline: Path, local: Visitor) -> None:
    """Saving makes a new published version whose hard rules hold; service before and after were shown first."""
    picture = _day(local)
    tried = 0
    for row in (row for row in picture["rows"] if row["role"] == "agent"):
        lines = _lines(picture, row)
        for index in range(1, len(lines) - 1):
            before, pause, after = lines[index - 1 : index + 2]
            roomy = after["end"] - after["start"] > 900 and before["activity"] == after["activity"] == "work"
            if pause["activity"] not in ("break", "briefing", "meeting") or not roomy:
                continue
            moved = [dict(each) for each in lines]
            moved[index - 1]["end"] += 900
            moved[index]["start"] += 900
            moved[index]["end"] += 900
            moved[index + 1]["start"] += 900
            body = {"date": DAY, "lines": {row["id"]: moved}, "version": picture["version"], "reason": "a call"}
            said = local.api("POST", "/rosters/edits/verdict", json=body).json()  # type: ignore[attr-defined]
            tried += 1
            if said["allowed"]:
                assert said["effect"]["intervals"], "a moved pause moves coverage"
                saved = local.api("POST", "/rosters/edits", json=body).json()  # type: ignore[attr-defined]
                assert saved["saved"] > picture["version"]
                again = _day(local)
                mine = next(each for each in again["rows"] if each["id"] == row["id"])
                assert _lines(again, mine) == moved
                _still_legal(hotline, saved["saved"])
                return
    raise AssertionError(f"none of {tried} moves was allowed")


def _still_legal(hotline: Path, version: int) -> None:
    from desk.actions.pictures.month import month

    with open_place(hotline, MOMENT) as place:
        drawn = month(place, None, None, version)
        assert not [found for found in check(drawn.roster, drawn.problem) if found.hard]


def test_a_change_that_breaks_a_hard_rule_is_told_and_refused(local: Visitor) -> None:
    picture = _day(local)
    row, lines = _somebody(picture)
    longer = [*lines[:-1], {**lines[-1], "end": lines[-1]["end"] + 6 * 3600}]
    body = {"date": DAY, "lines": {row["id"]: longer}}
    said = local.api("POST", "/rosters/edits/verdict", json=body).json()  # type: ignore[attr-defined]
    assert not said["allowed"]
    assert said["violations"]
    assert local.api("POST", "/rosters/edits", json=body).status_code == 422  # type: ignore[attr-defined]
    assert _day(local)["version"] == picture["version"]


def test_a_change_looked_at_against_an_older_version_is_not_saved(local: Visitor) -> None:
    picture = _day(local)
    row, lines = _somebody(picture)
    body = {"date": DAY, "lines": {row["id"]: lines}, "version": picture["version"] - 1}
    assert local.api("POST", "/rosters/edits", json=body).status_code == 409  # type: ignore[attr-defined]


def test_a_leader_changes_the_own_team_only(visitor: Visitor) -> None:
    visitor.sign_in("leader")
    picture = _day(visitor)
    month = visitor.api("GET", f"/rosters/month?first={DAY}&days=1").json()  # type: ignore[attr-defined]
    team = next(row["team"] for row in month["rows"] if row["id"] == "l01")  # who may be off that day
    mine = next(row for row in picture["rows"] if row["role"] == "agent" and row["team"] == team)
    other = next(row for row in picture["rows"] if row["role"] == "agent" and row["team"] != team)
    codes = []
    for row in (mine, other):
        body = {"date": DAY, "lines": {row["id"]: _lines(picture, row)}}
        codes.append(visitor.api("POST", "/rosters/edits/verdict", json=body).status_code)  # type: ignore[attr-defined]
    assert codes == [200, 403]
