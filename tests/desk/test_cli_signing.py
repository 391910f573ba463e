"""A month is closed by the head; what comes later is a supplement; as of then and as of now can both be asked."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from desk import exit_codes
from desk.actions.live import LIVE_FILE
from desk.wiring import open_place
from streams.event_log import Partition
from streams.floor_policy import SECOND
from streams.journal_rows import row_of
from streams.live_sqlite import SqliteLiveStore

AFTER = "2026-04-01T09:00+08:00"


def event(name: str, at: str, agent: str, state: str) -> dict[str, Any]:
    return {"id": name, "type": "agent_state", "at": f"2026-03-{at}:00+08:00", "site": "Small", "agent": agent,
            "state": state}  # fmt: skip


EVENTS = [
    event("1", "09T08:40", "a1", "ready"), event("2", "09T16:30", "a1", "logged_out"),
    event("3", "09T08:20", "a3", "ready"), event("4", "09T16:30", "a3", "logged_out"),
]  # fmt: skip


def heard(site: Path, *times: str) -> None:
    """Let a3 be heard of at these times, so that the floor was not silent."""
    with (site / "month.jsonl").open("a") as file:
        for at in times:
            file.write(json.dumps(event(f"a3-{at}", at, "a3", "ready")) + "\n")


@pytest.fixture
def month(small_centre: Path) -> Path:
    (small_centre / "month.jsonl").write_text("".join(json.dumps(row) + "\n" for row in EVENTS))
    return small_centre


def statement(paiban, site: Path, *more: object, source: bool = True) -> Any:
    where = ("--source", site / "month.jsonl") if source else ()
    return paiban("statement", site, "--month", "2026-03", *where, "--at", AFTER, "--json", *more)


def late(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for agent in told["agents"] for row in agent["entries"] if row["kind"] == "late"]


@pytest.mark.rule("ATT-5")
def test_the_head_closes_the_month_and_nobody_else_and_not_before_it_is_over(paiban, month) -> None:
    assert statement(paiban, month, "--sign", "--by", "l1").code == exit_codes.WRONG_INPUT
    sign = ("--source", month / "month.jsonl", "--sign", "--by", "head")
    early = paiban("statement", month, "--month", "2026-03", *sign, "--at", "2026-03-31T23:59+08:00")
    assert early.code == exit_codes.WRONG_INPUT
    signed = json.loads(statement(paiban, month, "--sign", "--by", "head").out)
    assert (signed["signed"]["by"], signed["supplements"], signed["pending"]) == ("head", [], [])
    assert statement(paiban, month, "--sign", "--by", "head").code == exit_codes.WRONG_INPUT


@pytest.mark.rule("ATT-6")
def test_a_correction_after_the_closing_changes_nothing_that_was_signed_and_makes_a_dated_supplement(
    paiban, month
) -> None:
    signed = json.loads(statement(paiban, month, "--sign", "--by", "head").out)
    [entry] = late(signed)
    own = ("--reason", "bus strike", "--by", "l1", "--approver")
    assert paiban("correct", month, entry["name"], "--excuse", *own, "a1").code == exit_codes.WRONG_INPUT
    for none in ("a1/late", "a1/sleepy/1772409600", "a1/late/morning", "nobody/late/1772409600"):
        assert paiban("correct", month, none, "--excuse", *own, "head").code == exit_codes.WRONG_INPUT
    assert paiban("correct", month, entry["name"], "--excuse", *own, "head").code == exit_codes.DONE
    now = json.loads(statement(paiban, month).out)
    assert (now["agents"], now["signed"]) == (signed["agents"], signed["signed"])
    assert [(row["before"]["points"], row["after"]["points"]) for row in now["pending"]] == [(1.0, 0.0)]
    added = json.loads(statement(paiban, month, "--supplement", "--by", "head").out)
    assert added["pending"] == []
    assert added["supplements"][0]["changes"][0]["after"]["excused"]["approver"] == "head"
    assert added["agents"] == signed["agents"]
    assert statement(paiban, month, "--supplement", "--by", "head").code == exit_codes.WRONG_INPUT


def journal(site: Path, rows: list[dict[str, Any]], received: datetime) -> None:
    """Put events into the live floor's journal as taken in at a moment."""
    from desk.actions.recorded import read_events

    file = site / "taken.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with open_place(site) as place:
        events = read_events(place, str(file))
    store = SqliteLiveStore(site / LIVE_FILE)
    with store.transaction() as transaction:
        transaction.append(Partition("agent-states", 0), row_of(events, int(received.timestamp() * SECOND)))
    store.close()


@pytest.mark.rule("ATT-1")
def test_from_the_journal_as_of_then_does_not_know_what_was_heard_later(paiban, month) -> None:
    journal(month, [EVENTS[0], *EVENTS[1:]], datetime(2026, 3, 9, 12, tzinfo=UTC))
    journal(month, [event("0", "09T08:29", "a1", "ready")], datetime(2026, 3, 20, tzinfo=UTC))
    then = statement(paiban, month, "--as-of", "2026-12-31T00:00+00:00", source=False)
    assert then.code == exit_codes.DONE, then.err
    assert late(json.loads(then.out)) == []
    with open_place(month) as place:  # the roster was published long before, as the example has it
        known = [part.version for part in place.plans.published_parts(0, 2**40)]
    assert known == [1]
    before = json.loads(statement(paiban, month, "--as-of", "2026-03-15T00:00+08:00", source=False).out)
    assert [row["minutes"] for row in late(before)] == [10.0]


def test_the_same_question_of_the_journal_gives_the_same_bytes(paiban, month) -> None:
    journal(month, EVENTS, datetime(2026, 3, 9, 12, tzinfo=UTC))
    journal(month, EVENTS[::-1], datetime(2026, 3, 9, 13, tzinfo=UTC))
    once = statement(paiban, month, source=False).out
    assert once == statement(paiban, month, source=False).out == statement(paiban, month).out
    assert late(json.loads(once))


@pytest.mark.rule("LEV-4")
def test_sick_leave_without_a_certificate_by_its_date_is_absence(paiban, month) -> None:
    asked = paiban("request", "leave", month, "--agent", "a1", "--from", "2026-03-11", "--to", "2026-03-11", "--kind",
                   "sick", "--at", "2026-03-10T20:00+08:00", "--json")  # fmt: skip
    number = json.loads(asked.out)["request"]
    for by in ("l1", "head"):
        paiban("approve", month, number, "--by", by, "--at", "2026-03-10T21:00+08:00")
    last = event("9", "25T08:20", "a3", "ready")
    with (month / "month.jsonl").open("a") as file:
        file.write(json.dumps(last) + "\n")

    def absent() -> list[tuple[str, str]]:
        told = json.loads(statement(paiban, month).out)
        return [(row["rule"], row["start"][:10]) for agent in told["agents"] for row in agent["entries"]
                if row["kind"] == "absent" and agent["agent"] == "a1" and row["start"] < "2026-03-12"]  # fmt: skip

    assert absent() == [("LEV-4", "2026-03-11")]
    paiban("request", "certificate", month, number, "--from", "2026-03-11", "--to", "2026-03-11", "--by", "a1", "--at",
           "2026-03-12T10:00+08:00")  # fmt: skip
    assert absent() == []


@pytest.mark.rule("SWP-7")
def test_an_absence_from_a_swap_that_was_not_clear_is_weighed_by_fault(paiban, month) -> None:
    asked = paiban("request", "swap", month, "--agent", "a1", "--date", "2026-03-13", "--with", "a2", "--at",
                   "2026-03-10T20:00+08:00", "--json")  # fmt: skip
    assert json.loads(asked.out)["request"], asked.out
    heard(month, "13T08:20", "25T08:20")

    def rows(agent: str) -> list[dict[str, Any]]:
        told = json.loads(statement(paiban, month).out)
        return [row for found in told["agents"] if found["agent"] == agent for row in found["entries"]
                if row["rule"] == "SWP-7"]  # fmt: skip

    [entry] = rows("a1")
    assert (entry["kind"], entry["start"][:10], entry["points"]) == ("absent", "2026-03-13", 6.0)
    paiban("correct", month, entry["name"], "--fault", "shared", "--other", "a2", "--reason", "both forgot", "--by",
           "l1", "--approver", "head")  # fmt: skip
    assert [row["points"] for row in rows("a1") + rows("a2")] == [3.0, 3.0]
    paiban("correct", month, entry["name"], "--fault", "other", "--other", "a2", "--reason", "a2 forgot", "--by",
           "l1", "--approver", "head")  # fmt: skip
    assert [row["points"] for row in rows("a1") + rows("a2")] == [0.0, 6.0]


@pytest.mark.rule("ATT-5")
def test_as_of_then_does_not_know_of_leave_that_was_approved_later(paiban, month, monkeypatch) -> None:
    """a1 does not come on the 11th; the leave that excuses it is approved afterwards."""
    from desk import clock

    heard(month, "11T08:20", "25T08:20")

    def absent(*more: object) -> list[str]:
        told = json.loads(statement(paiban, month, *more).out)
        return [row["start"][:10] for agent in told["agents"] for row in agent["entries"]
                if row["kind"] == "absent" and agent["agent"] == "a1" and row["start"] < "2026-03-12"]  # fmt: skip

    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 12, tzinfo=UTC))
    asked = paiban("request", "leave", month, "--agent", "a1", "--from", "2026-03-11T08:30", "--to",
                   "2026-03-11T12:30", "--kind", "emergency", "--at", "2026-03-11T08:00+08:00", "--json")  # fmt: skip
    number = json.loads(asked.out)["request"]
    for by in ("l1", "head"):
        paiban("approve", month, number, "--by", by, "--at", "2026-03-11T08:20+08:00")
    now = json.loads(statement(paiban, month).out)["agents"][0]["entries"]
    then = json.loads(statement(paiban, month, "--as-of", "2026-03-11T20:00+08:00").out)["agents"][0]["entries"]
    hours = [[row["minutes"] for row in rows if row["start"].startswith("2026-03-11")] for rows in (now, then)]
    assert hours == [[240.0], [480.0]]
    assert absent() == ["2026-03-11"]
