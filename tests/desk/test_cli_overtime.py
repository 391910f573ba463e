"""Overtime, time off, balances, certificates and the waiting list from the command line."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from centre.grid import Horizon, instant
from centre.requests import OvertimeRequest
from desk import exit_codes
from desk.actions.overtime import ask_overtime
from desk.actions.requests import floor_around
from desk.wiring import open_place
from scheduler.checks import check

NOW = datetime(2026, 3, 1, tzinfo=UTC)
AT = "2026-03-06T09:00+08:00"
DAY = "2026-03-09"


def asked(paiban, verb: str, site: Path, *more: object, at: str = AT) -> dict[str, Any]:
    told = paiban("request", verb, site, "--at", at, "--json", *more)
    assert told.out, told.err
    return {**json.loads(told.out), "code": told.code}


def approve(paiban, site: Path, number: int, *line: str, at: str = "2026-03-06T10:00+08:00") -> dict[str, Any]:
    for by in line:
        told = paiban("approve", site, number, "--by", by, "--at", at, "--json")
        assert told.code == exit_codes.DONE, told.err
    return json.loads(told.out)


def said(verdict: dict[str, Any], rule: str) -> list[str]:
    return [row["verdict"] for row in verdict["rules"] if row["id"] == rule]


def overtime(paiban, site: Path, agent: str, begin: str, end: str, *more: object, at: str = AT) -> dict[str, Any]:
    span = ("--from", f"{DAY}T{begin}", "--to", f"{DAY}T{end}")
    return asked(paiban, "overtime", site, "--agent", agent, *span, *more, at=at)


def hard_violations(site: Path) -> list[object]:
    with open_place(site, NOW) as place:
        floor = floor_around(place, instant(date(2026, 3, 9), 0, "Asia/Shanghai"), instant(date(2026, 3, 10), 0, "UTC"))
        return [found for found in check(floor.roster, floor.problem) if found.hard]


@pytest.mark.rule("SHF-10")
def test_overtime_is_reviewed_level_by_level_and_approved_by_the_head_then_stands_in_the_roster(
    paiban, small_centre
) -> None:
    verdict = overtime(paiban, small_centre, "a1", "16:30", "18:30")
    assert [step["role"] for step in verdict["approvers"]] == ["leader", "head"]
    assert set(verdict) >= {"allowed", "rules", "approvers", "coverage"}
    assert said(verdict, "SHF-9") == ["approval"]  # nobody is short where nothing is required
    assert paiban("approve", small_centre, verdict["request"], "--by", "head", "--at", AT).code != exit_codes.DONE
    assert approve(paiban, small_centre, verdict["request"], "l1", "head")["version"] == 2
    with open_place(small_centre, NOW) as place:
        rows = place.plans.published_roster(*_day()).segments
    [found] = [row for row in rows if row.activity == "overtime"]
    assert (found.agent, found.queue, (found.end - found.start) // 60) == ("a1", "billing", 120)
    assert hard_violations(small_centre) == []


def _day() -> tuple[int, int]:
    horizon = Horizon("Asia/Shanghai", 15, date(2026, 3, 9), 1)
    return horizon.begin, horizon.end


@pytest.mark.rule("SHF-10")
def test_overtime_beyond_the_days_cap_or_away_from_a_shift_or_over_one_is_forbidden(paiban, small_centre) -> None:
    assert overtime(paiban, small_centre, "a1", "16:30", "19:30", "--dry-run")["possible"]
    for begin, end in (("16:30", "19:45"), ("17:00", "18:00"), ("15:00", "17:00")):
        verdict = overtime(paiban, small_centre, "a1", begin, end)
        assert (verdict["possible"], verdict["request"], verdict["code"]) == (False, None, exit_codes.VIOLATIONS)


@pytest.mark.rule("SHF-10")
def test_the_cap_counts_what_is_asked_for_already(paiban, small_centre) -> None:
    assert overtime(paiban, small_centre, "a1", "16:30", "18:30")["request"] == 1
    assert not overtime(paiban, small_centre, "a1", "07:00", "08:30")["possible"]
    assert overtime(paiban, small_centre, "a1", "07:30", "08:30")["possible"]


@pytest.mark.rule("SHF-10")
def test_an_offer_is_taken_first_come_until_it_is_full_or_its_deadline_has_passed(paiban, small_centre) -> None:
    span = ("--from", f"{DAY}T16:30", "--to", f"{DAY}T18:30")
    made = paiban("offer", "make", small_centre, *span, "--capacity", 1, "--by", "planner", "--queue", "billing",
                  "--deadline", "2026-03-08T12:00", "--at", AT, "--json")  # fmt: skip
    number = json.loads(made.out)["offers"][0]["offer"]
    assert asked(paiban, "overtime", small_centre, "--agent", "a1", "--offer", number)["request"] == 1
    full = asked(paiban, "overtime", small_centre, "--agent", "a3", "--offer", number)
    assert (full["possible"], full["request"]) == (False, None)
    late = asked(paiban, "overtime", small_centre, "--agent", "a3", "--offer", number, at="2026-03-08T12:00+08:00")
    assert not late["possible"]
    listed = json.loads(paiban("offer", "list", small_centre, "--at", AT, "--json").out)["offers"]
    assert (listed[0]["left"], listed[0]["takers"]) == (0, ["a1"])
    assert paiban("offer", "close", small_centre, number, "--by", "planner", "--at", AT).code == exit_codes.DONE


def test_of_two_who_ask_at_once_one_gets_the_last_place(paiban, small_centre) -> None:
    span = ("--from", f"{DAY}T16:30", "--to", f"{DAY}T17:30")
    paiban("offer", "make", small_centre, *span, "--capacity", 1, "--by", "planner", "--at", AT)
    number = json.loads(paiban("offer", "list", small_centre, "--at", AT, "--json").out)["offers"][0]["offer"]
    ready = Barrier(2)

    def ask(agent: str) -> int | None:
        with open_place(small_centre, datetime.fromisoformat(AT)) as place:
            begin = instant(date(2026, 3, 9), 990, "Asia/Shanghai")
            now = int(place.now.timestamp())
            ready.wait()
            wish = OvertimeRequest(agent=agent, start=begin, end=begin + 3600, at=now, offer=number)
            return ask_overtime(place, wish, made=place.now).request

    with ThreadPoolExecutor(2) as pool:
        filed = list(pool.map(ask, ["a1", "a3"]))
    assert filed.count(None) == 1


@pytest.mark.rule("SHF-10")
def test_a_fair_offer_goes_to_those_with_the_least_overtime_at_its_deadline(paiban, small_centre) -> None:
    first = overtime(paiban, small_centre, "a1", "16:30", "17:30")["request"]
    approve(paiban, small_centre, first, "l1", "head")
    span = ("--from", "2026-03-12T16:30", "--to", "2026-03-12T17:30")
    paiban("offer", "make", small_centre, *span, "--capacity", 1, "--share", "fair", "--by", "planner",
           "--deadline", "2026-03-10T12:00", "--at", AT)  # fmt: skip
    number = json.loads(paiban("offer", "list", small_centre, "--at", AT, "--json").out)["offers"][0]["offer"]
    mine = asked(paiban, "overtime", small_centre, "--agent", "a1", "--offer", number)["request"]
    other = asked(paiban, "overtime", small_centre, "--agent", "a3", "--offer", number)["request"]
    approve(paiban, small_centre, other, "l2")
    early = paiban("approve", small_centre, other, "--by", "head", "--at", "2026-03-07T10:00+08:00")
    assert early.code == exit_codes.WRONG_INPUT
    after = "2026-03-10T13:00+08:00"
    paiban("approve", small_centre, mine, "--by", "l1", "--at", "2026-03-10T12:30+08:00")
    assert paiban("approve", small_centre, mine, "--by", "head", "--at", after).code == exit_codes.WRONG_INPUT
    assert approve(paiban, small_centre, other, "head", at=after)["status"] == "approved"


def test_time_off_cuts_the_shift_and_is_refused_to_whoever_is_not_on_duty(paiban, small_centre) -> None:
    span = ("--from", f"{DAY}T14:30", "--to", f"{DAY}T16:30")
    verdict = asked(paiban, "vto", small_centre, "--agent", "a1", *span)
    assert verdict["allowed"] is True
    assert approve(paiban, small_centre, verdict["request"], "l1", "head")["version"] == 2
    assert hard_violations(small_centre) == []
    assert not asked(paiban, "vto", small_centre, "--agent", "a2", *span)["possible"]


def test_a_balance_falls_with_what_is_asked_for_and_says_when_it_is_used_up(paiban, small_centre) -> None:
    span = ("--from", "2026-03-11", "--to", "2026-03-14", "--kind", "annual")
    assert asked(paiban, "leave", small_centre, "--agent", "a1", *span)["allowed"]
    [row] = json.loads(paiban("request", "balances", small_centre, "--agent", "a1", "--at", AT, "--json").out)[
        "balances"
    ]
    assert (row["entitled"], row["asked"], row["left"]) == (5, 4, 1)
    more = ("--from", "2026-03-17", "--to", "2026-03-18", "--kind", "annual", "--dry-run")
    verdict = asked(paiban, "leave", small_centre, "--agent", "a1", *more)
    assert (said(verdict, "balance"), verdict["allowed"], verdict["possible"]) == (["exception"], False, True)
    told = paiban("request", "adjust", small_centre, "--agent", "a1", "--days", 2, "--by", "head",
                  "--reason", "taken over", "--at", AT, "--json")  # fmt: skip
    assert json.loads(told.out)["left"] == 3
    assert asked(paiban, "leave", small_centre, "--agent", "a1", *more)["allowed"]


@pytest.mark.rule("LEV-4")
def test_a_certificate_is_handed_in_and_what_is_missing_after_its_date_is_late(paiban, small_centre) -> None:
    span = ("--from", "2026-03-12", "--to", "2026-03-13", "--kind", "sick")
    number = asked(paiban, "leave", small_centre, "--agent", "a1", *span)["request"]
    approve(paiban, small_centre, number, "l1", "head", "director")
    hand = ("request", "certificate", small_centre, number, "--by", "a1", "--json")
    half = json.loads(paiban(*hand, "--from", "2026-03-12", "--to", "2026-03-12", "--at", AT).out)
    assert (half["due"], half["complete"], half["late"]) == ("2026-03-14", False, False)
    later = ("--at", "2026-03-15T09:00+08:00", "--json")
    [row] = json.loads(paiban("request", "certificates", small_centre, *later).out)["certificates"]
    assert row["late"]
    whole = json.loads(paiban(*hand, "--from", "2026-03-13", "--to", "2026-03-13", *later[:2]).out)
    assert (whole["complete"], whole["late"]) == (True, True)


def test_who_waits_is_filed_when_somebody_else_gives_room(paiban, small_centre) -> None:
    (small_centre / "own.toml").write_text('base = "operator-cn"\n[leave]\nmost_away_share = 0.25\n')
    text = (small_centre / "site.toml").read_text()
    (small_centre / "site.toml").write_text(text.replace('holidays = "CN"', 'holidays = "CN"\npolicy = "own.toml"'))
    day = ("--from", "2026-03-12", "--to", "2026-03-12", "--kind", "annual")
    first = asked(paiban, "leave", small_centre, "--agent", "a1", *day)["request"]
    approve(paiban, small_centre, first, "l1", "head")
    second = asked(paiban, "leave", small_centre, "--agent", "a3", *day, "--wait")
    assert (second["request"], bool(second["waiting"]), bool(second["no_room"])) == (None, True, True)
    waiting = json.loads(paiban("request", "waiting", small_centre, "--at", AT, "--json").out)["waiting"]
    assert [(row["day"], row["asked"]["agent"]) for row in waiting] == [("2026-03-12", "a3")]
    (small_centre / "own.toml").write_text('base = "operator-cn"\n[leave]\nmost_away_share = 0.9\n')
    other = asked(paiban, "leave", small_centre, "--agent", "l1", "--from", "2026-03-16", "--to", "2026-03-16",
                  "--kind", "annual")["request"]  # fmt: skip
    approve(paiban, small_centre, other, "head")
    gone = json.loads(paiban("request", "waiting", small_centre, "--all", "--at", AT, "--json").out)["waiting"]
    assert gone[0]["request"] is not None
    assert json.loads(paiban("request", "waiting", small_centre, "--at", AT, "--json").out)["waiting"] == []


def test_a_request_is_judged_by_the_policy_version_in_force_when_it_was_made(paiban, small_centre) -> None:
    own = 'base = "operator-cn"\nname = "own"\nversion = {}\n[leave.notice_hours]\npersonal = {}\n'
    (small_centre / "own.toml").write_text(own.format(1, 24))
    text = (small_centre / "site.toml").read_text()
    (small_centre / "site.toml").write_text(text.replace('holidays = "CN"', 'holidays = "CN"\npolicy = "own.toml"'))
    span = ("--agent", "a1", "--from", "2026-03-12", "--to", "2026-03-12", "--kind", "personal", "--dry-run")
    assert asked(paiban, "leave", small_centre, *span)["allowed"]
    (small_centre / "own.toml").write_text(own.format(2, 999))
    assert not asked(paiban, "leave", small_centre, *span, at="2026-03-07T09:00+08:00")["allowed"]
    assert asked(paiban, "leave", small_centre, *span)["allowed"]  # an old one comes under the old version
    (small_centre / "own.toml").write_text(own.format(2, 1))  # the same version set right
    assert asked(paiban, "leave", small_centre, *span, at="2026-03-07T09:00+08:00")["allowed"]


def test_reasons_come_in_both_languages(paiban, small_centre) -> None:
    verdict = overtime(paiban, small_centre, "a1", "16:30", "18:30", "--dry-run")
    assert all(row["why"] and row["why_zh"] != row["why"] for row in verdict["rules"])
