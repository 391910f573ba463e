"""Rounds, roll call, handover and consent from the command line: seen in the events, kept, never lost."""

import json
from pathlib import Path
from typing import Any

import pytest

from desk import exit_codes

EVENTS = [
    ("e1", "2026-03-09T08:12:00", "a1", "ready"),
    ("e2", "2026-03-09T13:30:00", "a2", "ready"),
    ("e3", "2026-03-09T10:05:00", "a1", "not_ready"),
    ("e4", "2026-03-09T10:30:00", "a1", "ready"),
    ("e5", "2026-03-09T08:25:00", "a3", "ready"),
]
CASES = [("c1", "2026-03-09T05:30:00", "arrived"), ("c2", "2026-03-09T09:00:00", "arrived"), ("c1b", "", "")]


@pytest.fixture
def day(small_centre: Path) -> Path:
    lines = [
        {"id": name, "type": "agent_state", "at": f"{at}+08:00", "site": "Small", "agent": agent, "state": state}
        for name, at, agent, state in EVENTS
    ]
    lines += [
        {"id": f"k{case}", "type": "case", "at": f"{at}+08:00", "site": "Small", "case": case, "milestone": what,
         "queue": "billing"}
        for case, at, what in CASES if at
    ]  # fmt: skip
    lines.append({"id": "q1", "type": "queue_snapshot", "at": "2026-03-09T10:09:00+08:00", "site": "Small",
                  "queue": "billing", "waiting": 3, "oldest_wait_s": 41.0, "staffed": 2})  # fmt: skip
    (small_centre / "day.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return small_centre


def say(paiban, verb: str, site: Path, *more: object, at: str, source: bool = True) -> dict[str, Any]:
    where = ("--source", site / "day.jsonl") if source else ()
    told = paiban(verb, site, *more, *where, "--at", f"2026-03-09T{at}+08:00", "--json")
    assert told.code == exit_codes.DONE, told.err
    return json.loads(told.out)


@pytest.mark.rule("FLR-2")
@pytest.mark.rule("FLR-4")
@pytest.mark.rule("ESC-4")
def test_a_round_is_recorded_with_who_is_out_the_queues_and_stuck_work_orders(paiban, day) -> None:
    walked = say(paiban, "round", day, "--by", "l1", "--note", "noisy line", at="10:10")
    floor = walked["rounds"][0]["floor"]
    assert [(row["agent"], row["state"], row["minutes"]) for row in floor["out"]] == [("a1", "not_ready", 5)]
    assert floor["present"] == ["a3"]
    assert [row["agent"] for row in floor["missing"]] == ["l1"]
    assert floor["queues"][0]["waiting"] == 3
    assert [(row["case"], row["minutes"]) for row in floor["stuck"]] == [("c1", 280)]  # c2 is 70 minutes old
    assert {row["team"]: row["idle"] for row in floor["teams"]} == {"T1": 0, "T2": 1}
    assert (walked["count"], walked["wanted"], walked["rounds"][0]["note"]) == (1, 10, "noisy line")


@pytest.mark.rule("FLR-2")
def test_rounds_twenty_minutes_apart_are_complete_and_a_gap_is_seen(paiban, day) -> None:
    for at in ("08:50", "09:10", "09:30"):
        told = say(paiban, "round", day, "--by", "l1", at=at)
    assert (told["missing"], told["next_due"][11:16]) == ([], "09:50")
    gap = say(paiban, "round", day, at="10:36")
    assert [row[11:16] for row in gap["missing"]] == ["09:50", "10:10", "10:30"]
    late = say(paiban, "round", day, "--by", "l1", at="09:54")  # within the grace of the policy
    assert [row[11:16] for row in late["missing"]] == []


@pytest.mark.rule("SHF-4")
def test_roll_call_says_who_is_there_ten_minutes_before_by_events_or_by_hand(paiban, day) -> None:
    told = say(paiban, "rollcall", day, "--by", "l1", at="08:20")
    assert told["due"][11:16] == "08:20"
    assert [row["agent"] for row in told["here"]] == ["a1"]
    assert [row["agent"] for row in told["missing"]] == ["a3", "l1"]
    hand = say(paiban, "rollcall", day, "--by", "l1", "--here", "l1", "--absent", "a1", at="08:20")
    assert [(row["agent"], row["seen"]) for row in hand["here"]] == [("l1", "hand")]
    wrong = paiban("rollcall", day, "--by", "l1", "--here", "a2", "--at", "2026-03-09T08:20+08:00")
    assert wrong.code == exit_codes.WRONG_INPUT


@pytest.mark.rule("SHF-5")
def test_who_goes_off_waits_until_the_relief_is_at_the_desk(paiban, tmp_path, small_centre) -> None:
    from datetime import UTC, date, datetime

    from centre.grid import Horizon
    from centre.roster import Roster, Segment
    from desk.wiring import open_place

    horizon = Horizon("Asia/Shanghai", 15, date(2026, 3, 9), 1)
    spans = (("a1", 510, 990), ("a2", 990, 1320))
    segments = [Segment(name, horizon.at(0, a), horizon.at(0, b), "work", "billing") for name, a, b in spans]
    with open_place(small_centre, datetime(2026, 3, 1, tzinfo=UTC)) as place:
        place.plans.publish_roster(Roster.of(segments), horizon, at=datetime(2026, 3, 2, tzinfo=UTC))
    lines = [("x1", "08:20", "a1", "ready"), ("x2", "16:36", "a2", "ready")]
    rows = [{"id": i, "type": "agent_state", "at": f"2026-03-09T{t}:00+08:00", "site": "Small", "agent": a, "state": s}
            for i, t, a, s in lines]  # fmt: skip
    (small_centre / "day.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    before = say(paiban, "handover", small_centre, at="16:20")
    assert [(row["agent"], row["relief"]) for row in before["reliefs"]] == [("a1", "a2")]
    assert before["waiting"] == []
    waiting = say(paiban, "handover", small_centre, at="16:35")
    assert [row["agent"] for row in waiting["waiting"]] == ["a1"]
    there = say(paiban, "handover", small_centre, at="16:40")
    assert there["waiting"] == []
    assert there["reliefs"][0]["there_since"][11:16] == "16:36"


@pytest.mark.rule("SHF-5")
def test_open_items_are_carried_from_leader_to_leader_until_somebody_closes_them(paiban, day) -> None:
    added = say(paiban, "handover", day, "--by", "l1", "--add", "headset 12 is dead", "--kind", "equipment", at="16:00")
    number = added["number"]
    say(paiban, "handover", day, "--by", "l1", "--to", "l2", "--note", "quiet", at="16:30")
    told = say(paiban, "handover", day, "--by", "l2", "--to", "l1", at="22:00")
    assert [(row["number"], row["carried"]) for row in told["open"]] == [(number, 2)]
    assert [(row["from"], row["to"], row["items"]) for row in told["handovers"]] == [
        ("l1", "l2", [number]),
        ("l2", "l1", [number]),
    ]
    closed = say(paiban, "handover", day, "--by", "l1", "--close", number, at="22:10")
    assert closed["open"] == []
    again = paiban("handover", day, "--by", "l1", "--close", number, "--at", "2026-03-09T22:11+08:00")
    assert again.code == exit_codes.WRONG_INPUT


@pytest.mark.rule("ATT-4")
def test_leaving_the_desk_with_consent_is_authorised_and_without_it_is_noted(paiban, day) -> None:
    def entries() -> list[str]:
        told = paiban("statement", day, "--month", "2026-03", "--source", day / "day.jsonl", "--at",
                      "2026-04-01T09:00+08:00", "--json")  # fmt: skip
        return [row["kind"] for agent in json.loads(told.out)["agents"] for row in agent["entries"]
                if agent["agent"] == "a1"]  # fmt: skip

    end = {"id": "z", "type": "agent_state", "at": "2026-03-09T16:35:00+08:00", "site": "Small", "agent": "a1",
           "state": "logged_out"}  # fmt: skip
    with (day / "day.jsonl").open("a") as file:
        file.write(json.dumps(end) + "\n")
    assert entries() == ["away", "breach"]
    say(paiban, "consent", day, "--agent", "a1", "--by", "l1", "--minutes", "15", at="10:05", source=False)
    assert entries() == ["unconsented"]  # ten minutes longer than the limit
    say(paiban, "consent", day, "--agent", "a1", "--by", "l1", "--minutes", "10", at="10:20", source=False)
    assert entries() == []
    own = paiban("consent", day, "--agent", "a1", "--by", "a1", "--at", "2026-03-09T10:05+08:00")
    assert own.code == exit_codes.WRONG_INPUT
