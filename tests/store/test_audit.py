"""Who did what is kept; a correction has a reason and an approver and erases nothing; runs tell how they ended."""

from datetime import UTC, datetime, timedelta

import pytest

from centre.said import Said
from store.audit import Audit, Correction, Deed
from store.database import Database
from store.runs import Run, Runs

AT = datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=UTC)


def test_deeds_come_back_newest_first_with_what_lies_below(database: Database) -> None:
    audit = Audit(database, "A")
    deeds = [
        Deed(AT, "l01", "looked at", "agent/a007/attendance"),
        Deed(AT + timedelta(seconds=1), "主管", "published", "roster/12", changed=True, detail="第二版"),
        Deed(AT + timedelta(seconds=2), "l01", "looked at", "agent/a0071"),
    ]
    for deed in deeds:
        audit.note(deed)
    assert audit.deeds() == deeds[::-1]
    assert audit.deeds(what="agent/a007") == deeds[:1]
    assert audit.deeds(what="agent/a00_") == []
    assert audit.deeds(since=AT + timedelta(seconds=1)) == deeds[:0:-1]
    assert Audit(database, "B").deeds() == []


def test_a_detail_in_our_words_can_be_told_in_any_language_and_anybody_elses_stands(database: Database) -> None:
    audit = Audit(database, "A")
    status = Said("{status}, roster version {version}", status=Said.term("request", "approved"), version=7)
    people = Said.listed([Said.term("role", "agent"), "a007"])
    theirs = '{"says": "{nobody}", "values": {}}'
    for detail in (status, people, theirs):
        audit.note(Deed(AT, "h01", "agree", "request/3", True, detail))
    found = [deed.detail for deed in reversed(audit.deeds())]
    assert found == ["approved, roster version 7", "agent, a007", theirs]
    assert found[0].values["status"].template == "request.approved"
    assert [part.template for part in found[1].values["parts"][:1]] == ["role.agent"]
    assert found[2].values == {"text": theirs}


def test_corrections_are_added_and_none_is_lost(database: Database) -> None:
    audit = Audit(database, "A")
    about = "attendance/a007/2026-03-02"
    first = Correction(about, {"late_minutes": 12}, {"late_minutes": 0}, "门禁故障", "l01", "h01", AT)
    second = Correction(about, {"late_minutes": 0}, {"late_minutes": 5}, "seen again", "l01", "h01", AT)
    assert audit.correct(first) < audit.correct(second)
    assert audit.corrections(about) == [first, second]
    assert audit.corrections("attendance/a008/2026-03-02") == []


@pytest.mark.parametrize(("reason", "approver"), [("", "h01"), ("  ", "h01"), ("seen", "")])
def test_a_correction_without_reason_or_approver_cannot_be_made(reason: str, approver: str) -> None:
    with pytest.raises(ValueError, match="ATT-6"):
        Correction("x", {}, {}, reason, "l01", approver, AT)


def test_a_run_tells_how_it_ended_or_that_it_did_not(database: Database) -> None:
    runs = Runs(database, "A")
    killed = runs.begin("nightly", AT)
    done = runs.begin("nightly", AT + timedelta(hours=1))
    runs.end(done, AT + timedelta(hours=2), 0, "version 7")
    assert runs.last() == [
        Run(done, "nightly", AT + timedelta(hours=1), AT + timedelta(hours=2), 0, "version 7"),
        Run(killed, "nightly", AT),
    ]
    assert runs.last(command="watch") == []
