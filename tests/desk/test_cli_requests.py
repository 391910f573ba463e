"""Leave and swaps from the command line: verdict, line of authority, a new roster version, nothing ever erased."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from centre.approvals import NotAllowedError
from centre.grid import Horizon
from centre.requests import refusal, ruling
from centre.roster import Roster, Segment
from centre.said import Said
from desk import exit_codes
from desk.actions.kept import with_agreements
from desk.actions.requests import floor_around, rule_json
from desk.wiring import open_place
from scheduler.checks import Violation, check

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def small(small_centre: Path) -> Path:
    return small_centre


Run = Callable[..., Any]


def leave(paiban: Run, site: Path, day: str, *more: object, at: str = "2026-03-06T09:00+08:00") -> dict[str, Any]:
    told = paiban("request", "leave", site, "--agent", "a1", "--from", day, "--to", day, "--at", at, "--json", *more)
    return {**json.loads(told.out), "code": told.code}


def approve(paiban: Run, site: Path, number: int, by: str, *more: object, at: str = "2026-03-06T10:00+08:00") -> Any:
    return paiban("approve", site, number, "--by", by, "--at", at, "--json", *more)


def works(site: Path, agent: str, day: date) -> bool:
    horizon = Horizon("Asia/Shanghai", 15, day, 1)
    with open_place(site, NOW) as place:
        roster = place.plans.published_roster(horizon.begin, horizon.end)
    return any(row.agent == agent and row.activity == "work" for row in roster.segments)


def test_leave_goes_step_by_step_and_stands_in_the_roster_at_once(paiban, small) -> None:
    asked = leave(paiban, small, "2026-03-11", "--kind", "personal")
    assert asked["allowed"] is True
    assert [step["role"] for step in asked["approvers"]] == ["leader", "head"]
    assert {"LEV-1", "LEV-2", "LEV-3", "LEV-8"} <= {rule["id"] for rule in asked["rules"]}
    assert approve(paiban, small, asked["request"], "head").code == exit_codes.WRONG_INPUT
    assert json.loads(approve(paiban, small, asked["request"], "l1").out)["status"] == "agreed"
    assert works(small, "a1", date(2026, 3, 11))
    done = json.loads(approve(paiban, small, asked["request"], "head").out)
    assert (done["status"], done["version"]) == ("approved", 2)
    assert not works(small, "a1", date(2026, 3, 11))
    assert works(small, "a1", date(2026, 3, 13))
    with open_place(small, NOW) as place:
        floor = floor_around(place, Horizon("Asia/Shanghai", 15, date(2026, 3, 11), 1).begin, 1773331200)
        assert [found for found in check(floor.roster, floor.problem) if found.hard] == []
        assert len(floor.roster.segments) == len(place.plans.roster(1).segments) - 1


def test_a_leave_asked_too_late_is_an_exception_and_nobody_of_another_line_decides(paiban, small) -> None:
    asked = leave(paiban, small, "2026-03-11", "--kind", "personal", at="2026-03-11T08:00+08:00")
    assert (asked["allowed"], asked["possible"], asked["code"]) == (False, True, exit_codes.DONE)
    late = {"at": "2026-03-11T08:10+08:00"}
    assert approve(paiban, small, asked["request"], "l2", **late).code == exit_codes.WRONG_INPUT
    assert approve(paiban, small, asked["request"], "a1", **late).code == exit_codes.WRONG_INPUT
    assert approve(paiban, small, asked["request"], "l1", **late).code == exit_codes.DONE


def test_what_a_rule_forbids_is_not_filed(paiban, small) -> None:
    asked = leave(paiban, small, "2026-03-11", "--kind", "personal", "--asked-by", "a2")
    assert (asked["allowed"], asked["request"], asked["code"]) == (False, None, exit_codes.VIOLATIONS)
    assert json.loads(paiban("request", "list", small, "--json").out) == {"requests": []}


def test_a_refused_or_withdrawn_request_changes_nothing_and_ends(paiban, small) -> None:
    first = leave(paiban, small, "2026-03-11", "--kind", "personal")["request"]
    second = leave(paiban, small, "2026-03-11", "--kind", "personal")["request"]
    assert json.loads(approve(paiban, small, first, "l1", "--refuse", "--reason", "busy").out)["status"] == "refused"
    assert approve(paiban, small, first, "l1").code == exit_codes.WRONG_INPUT
    early = "2026-03-06T10:00+08:00"
    gone = paiban("request", "withdraw", small, second, "--by", "a1", "--at", early, "--json")
    assert json.loads(gone.out)["status"] == "withdrawn"
    assert works(small, "a1", date(2026, 3, 11))
    listed = json.loads(paiban("request", "list", small, "--json").out)["requests"]
    assert [(row["status"], row["deeds"][0]["by"]) for row in listed] == [("refused", "l1"), ("withdrawn", "a1")]
    told = paiban("request", "list", small, "--lang", "zh").out
    assert told.count("A a1：事假 2026年3月11日") == 2
    again = paiban("approve", small, first, "--by", "l1", "--lang", "zh").err
    assert "未批准" in again
    assert "refused" not in again


def test_a_swap_is_found_agreed_registered_and_stands_in_the_roster(paiban, small) -> None:
    at = ("--at", "2026-03-06T09:00+08:00")
    day = ("--agent", "a1", "--date", "2026-03-11")
    found = json.loads(paiban("request", "swap", small, *day, *at, "--json").out)["partners"]
    assert any(row["with"] == ["a2"] for row in found)
    asked = json.loads(paiban("request", "swap", small, *day, "--with", "a2", "--for", "2026-03-15", *at, "--json").out)
    assert asked["allowed"] is True, asked["rules"]
    assert [step["people"] for step in asked["approvers"]] == [["a2"], ["l1"]]
    assert approve(paiban, small, asked["request"], "l1").code == exit_codes.WRONG_INPUT
    approve(paiban, small, asked["request"], "a2")
    assert json.loads(approve(paiban, small, asked["request"], "l1").out)["status"] == "approved"
    assert (works(small, "a1", date(2026, 3, 11)), works(small, "a2", date(2026, 3, 11))) == (False, True)
    assert (works(small, "a1", date(2026, 3, 15)), works(small, "a2", date(2026, 3, 15))) == (True, False)
    banned = leave(paiban, small, "2026-03-15", "--kind", "personal")
    assert "SWP-5" in {rule["id"] for rule in banned["rules"] if rule["verdict"] == "forbidden"}


def test_the_words_are_spoken_in_both_languages(paiban, small) -> None:
    asked = ("request", "leave", small, "--agent", "a1", "--from", "2026-03-11", "--to", "2026-03-11", "--kind", "sick",
             "--at", "2026-03-10T09:00+08:00", "--dry-run")  # fmt: skip
    assert "The rules allow it." in paiban(*asked, "--lang", "en").out
    assert "符合规定。" in paiban(*asked, "--lang", "zh").out


def test_a_stranger_and_a_wrong_day_are_said(paiban, small) -> None:
    told = paiban(
        "request", "leave", small, "--agent", "zz", "--from", "2026-03-11", "--to", "2026-03-11", "--kind", "x"
    )
    assert told.code == exit_codes.WRONG_INPUT
    assert "zz" in told.err
    assert paiban("approve", small, 99, "--by", "l1").code == exit_codes.WRONG_INPUT


def test_a_part_of_a_shift_goes_to_a_colleague_and_stands_in_the_roster(paiban, small) -> None:
    """a1, whose shift ends at 16:30, stays on for the rest of that of a2."""
    text = (small / "shifts.toml").read_text() + '[noon]\nstart = "12:00"\nminutes = 480\n'
    (small / "shifts.toml").write_text(text)
    horizon = Horizon("Asia/Shanghai", 15, date(2026, 3, 9), 14)
    spans = {"a1": (510, 990), "a2": (720, 1200), "l1": (510, 990), "l2": (510, 990)}
    with open_place(small, NOW) as place:
        rows = [Segment(name, horizon.at(1, a), horizon.at(1, b), "work", "billing" if name[0] == "a" else "")
                for name, (a, b) in spans.items()]  # fmt: skip
        place.plans.publish_roster(Roster.of(rows), horizon, at=NOW)
    swap = ("request", "swap", small, "--agent", "a2", "--date", "2026-03-10", "--with", "a1", "--part", "18:30-20:00")
    told = json.loads(paiban(*swap, "--at", "2026-03-06T09:00+08:00", "--json").out)
    assert not told["possible"]  # a1 has gone home by then
    swap = (*swap[:-1], "16:30-20:00")
    told = json.loads(paiban(*swap, "--at", "2026-03-06T09:00+08:00", "--json").out)
    assert told["possible"], told
    for by in ("a1", "l1"):
        done = approve(paiban, small, told["request"], by)
    assert json.loads(done.out)["status"] == "approved", done.err
    with open_place(small, NOW) as place:
        floor = floor_around(place, horizon.begin, horizon.end)
        assert [found for found in check(floor.roster, floor.problem) if found.hard] == []
    found = [(row.agent, row.activity) for row in floor.roster.segments if row.activity in ("overtime", "leave")]
    assert found == [("a1", "overtime"), ("a2", "leave")]


def test_what_was_agreed_is_fixed_when_a_roster_is_made_anew(paiban, small) -> None:
    """The taker's duty as it stands, and the giver off for its time; the published roster keeps all of it."""
    asked = paiban("request", "swap", small, "--agent", "a1", "--date", "2026-03-13", "--with", "a2", "--at",
                   "2026-03-06T09:00+08:00", "--json")  # fmt: skip
    number = json.loads(asked.out)["request"]
    horizon = Horizon("Asia/Shanghai", 15, date(2026, 3, 9), 14)
    with open_place(small, NOW) as place:
        assert with_agreements(place, horizon).fixed == ()
    for by in ("a2", "l1"):
        assert json.loads(approve(paiban, small, number, by).out)["status"] in ("agreed", "approved")
    with open_place(small, NOW) as place:
        fixed = with_agreements(place, horizon).fixed
        start = horizon.at(4, 510)
        assert [(row.agent, row.activity, row.start) for row in fixed] == [("a2", "work", start), ("a1", "off", start)]
        floor = floor_around(place, horizon.begin, horizon.end)
        kept = replace(floor.problem, site=replace(floor.problem.site, fixed=fixed))
        assert [found for found in check(floor.roster, kept) if found.hard] == []
    paiban("request", "leave", small, "--agent", "a2", "--from", "2026-03-13", "--to", "2026-03-13", "--kind", "sick",
           "--at", "2026-03-12T09:00+08:00")  # fmt: skip
    for by in ("l1", "head"):
        approve(paiban, small, number + 1, by, at="2026-03-12T10:00+08:00")
    with open_place(small, NOW) as place:  # leave has overtaken it
        assert [row.agent for row in with_agreements(place, horizon).fixed] == []


@pytest.mark.rule("SWP-1")
def test_the_register_has_what_changed_hands_and_who_agreed_and_nothing_that_was_refused(paiban, small) -> None:
    swap = ("request", "swap", small, "--agent", "a1", "--date", "2026-03-13", "--with", "a2", "--at",
            "2026-03-06T09:00+08:00", "--json")  # fmt: skip
    first, second = (json.loads(paiban(*swap).out)["request"] for _ in range(2))
    approve(paiban, small, second, "a2", "--refuse")
    assert json.loads(paiban("request", "register", small, "--json").out)["register"] == []
    for by in ("a2", "l1"):
        approve(paiban, small, first, by)
    told = json.loads(paiban("request", "register", small, "--month", "2026-03", "--json").out)["register"]
    assert [(row["giver"], row["taker"], row["start"][:10], row["agreed_by"]) for row in told] == [
        ("a1", "a2", "2026-03-13", ["a2", "l1"])
    ]
    assert json.loads(paiban("request", "register", small, "--month", "2026-04", "--json").out)["register"] == []
    assert paiban("request", "register", small, "--csv").out.splitlines()[1].startswith(f"{first},a1,a2,2026-03-13T")


def test_a_kind_of_leave_that_the_policy_does_not_know_is_wrong_input(paiban, small) -> None:
    day = ("--agent", "a1", "--from", "2026-03-11", "--to", "2026-03-11", "--at", "2026-03-06T09:00+08:00")
    told = paiban("request", "leave", small, *day, "--kind", "peronal")
    assert told.code == exit_codes.WRONG_INPUT
    assert "leave.kinds" in told.err


def test_nobody_swaps_with_himself_and_is_told_so(paiban, small) -> None:
    mine = ("--agent", "a1", "--date", "2026-03-11", "--at", "2026-03-06T09:00+08:00")
    told = paiban("request", "swap", small, *mine, "--with", "a1", "--for", "2026-03-13")
    assert (told.code, "a1" in told.err) == (exit_codes.WRONG_INPUT, True)


def test_the_rule_that_a_request_would_break_is_told_in_chinese_too() -> None:
    message = Said("{days} worked days in the week, at most {most}", days=6, most=5)
    broken = Violation("week days", "a1", date(2026, 3, 11), True, message, 1)
    row = rule_json(ruling("SWP-8", "forbidden", "it would break the roster: {broken}", broken=broken))
    assert "6 worked days" in row["why"]
    assert not re.findall("[a-z]{4,}", row["why_zh"]), row["why_zh"]
    nobody = NotAllowedError(Said("nobody stands above {by}", by="a1"))
    assert not re.findall("[a-z]{4,}", rule_json(refusal("LEV-2", nobody))["why_zh"])
