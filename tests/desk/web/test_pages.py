"""Every page as every role, in both languages: it opens where it may, says everything in the reader's language."""

import re
from pathlib import Path
from typing import Any

import pytest

from desk.wording import words
from tests.desk.web.conftest import PEOPLE, Visitor

LEADING = {"leader", "manager", "head", "director"}
OPEN_TO: dict[str, set[str]] = {
    "/forecast": LEADING | {"planner"},
    "/what-if": {"manager", "planner", "head", "director"},
    "/attendance": set(PEOPLE) - {"admin"},
    "/floor": LEADING,
    "/reports": LEADING | {"planner", "inspector"},
    "/audit": {"manager", "head", "director", "admin"},
}


@pytest.mark.parametrize("name", PEOPLE)
def test_each_role_opens_its_pages_and_no_others(visitor: Visitor, name: str) -> None:
    visitor.sign_in(name)
    menu = set(re.findall(r'<a href="(/[a-z-]+)"', visitor.client.get("/account").text))
    for page, roles in OPEN_TO.items():
        status = visitor.client.get(page).status_code
        assert status == (200 if name in roles else 403), page
        assert (page in menu) == (name in roles), f"the menu shows {page} to whoever may open it"


@pytest.mark.parametrize(
    "page", ["/month", "/day", "/requests", "/forecast", "/what-if", "/floor", "/audit", "/accounts"]
)
def test_a_chinese_reader_is_told_in_chinese(local: Visitor, page: str) -> None:
    local.client.cookies.set("paiban_language", "zh")
    html = local.client.get(page).text
    assert '<html lang="zh-CN"' in html
    assert words("zh")._("Requests") in html
    assert "Open on this machine only" not in html


def test_the_audit_tells_details_in_the_readers_language(local: Visitor) -> None:
    assert local.client.get("/attendance").status_code == 200
    assert re.search(r"<td>\d+ people</td>", local.client.get("/audit").text)
    local.client.cookies.set("paiban_language", "zh")
    chinese = local.client.get("/audit").text
    assert re.search(r"<td>\d+ 人</td>", chinese)
    assert "people" not in re.sub(r"<[^>]*>", "", chinese)


def test_leave_is_asked_judged_filed_and_agreed_by_the_line(hotline: Path, local: Visitor) -> None:
    token = local.csrf()
    form = {"csrf": token, "agent": "a001", "kind": "personal", "first": "2026-03-17", "last": "2026-03-17"}
    judged = local.client.post("/requests/leave", data={**form, "do": "judge"})
    assert judged.status_code == 200
    assert "LEV-" in judged.text, "the verdict names its rules"
    assert "Filed as request" not in judged.text
    filed = local.client.post("/requests/leave", data={**form, "do": "file"})
    assert "Filed as request 1" in filed.text
    assert "Waiting for a decision" in filed.text
    for decider in ("l01", "head"):
        done = local.client.post("/requests/1", data={"csrf": token, "do": "agree", "by": decider})
    assert "Request 1: approved" in done.text or "approved" in done.text.lower()


def test_nobody_asks_for_a_colleague_whom_he_does_not_lead(visitor: Visitor) -> None:
    visitor.sign_in("agent")
    form = {"csrf": visitor.csrf(), "agent": "a030", "kind": "personal", "first": "2026-03-17", "last": "2026-03-17"}
    assert visitor.client.post("/requests/leave", data={**form, "do": "judge"}).status_code == 403


def test_nobody_decides_in_the_name_of_another(visitor: Visitor) -> None:
    """The local board lets one choose as whom; with accounts the account is who decides."""
    visitor.sign_in("agent")
    form = {"csrf": visitor.csrf(), "agent": "a001", "kind": "personal", "first": "2026-03-17", "last": "2026-03-17"}
    visitor.client.post("/requests/leave", data={**form, "do": "file"})
    answer = visitor.client.post("/requests/1", data={"csrf": visitor.csrf(), "do": "agree", "by": "head"})
    assert answer.status_code == 422


def test_the_calendar_address_is_secret_holds_and_ends(visitor: Visitor) -> None:
    visitor.sign_in("agent")
    page = visitor.client.post("/my/calendar", data={"csrf": visitor.csrf()}).text
    address = re.search(r"/calendar/[\w-]+\.ics", page)
    assert address is not None
    visitor.client.cookies.clear()
    calendar = visitor.client.get(address[0])
    assert calendar.status_code == 200
    assert calendar.text.startswith("BEGIN:VCALENDAR")
    assert "SUMMARY" in calendar.text
    assert visitor.client.get("/calendar/guess.ics").status_code == 404
    visitor.sign_in("agent")
    visitor.client.post("/my/calendar", data={"csrf": visitor.csrf()})
    assert visitor.client.get(address[0]).status_code == 404, "a new address ends the old one"


def test_a_special_day_is_set_in_its_file_and_a_wrong_one_changes_nothing(hotline: Path, local: Visitor) -> None:
    wanted = {"date": "2026-03-20", "queue": "billing", "factor": 1.5, "note": 'a "big", day'}
    said: Any = local.api("PUT", "/special-days", json=wanted)
    assert said.status_code == 200
    content = (hotline / "special_days.csv").read_bytes()
    assert b"2026-03-20,billing,1.5" in content
    wrong: Any = local.api("PUT", "/special-days", json={**wanted, "queue": "nothing"})
    assert wrong.status_code == 422
    assert (hotline / "special_days.csv").read_bytes() == content
    gone: Any = local.api("PUT", "/special-days", json={**wanted, "factor": None})
    assert gone.status_code == 200
    assert b"2026-03-20" not in (hotline / "special_days.csv").read_bytes()


def test_what_if_answers_as_the_staffing_itself_does(local: Visitor) -> None:
    """A scenario that changes nothing needs the same; more calls need more people."""
    same: Any = local.api("POST", "/what-if/staffing", json={}).json()  # type: ignore[attr-defined]
    more: Any = local.api("POST", "/what-if/staffing", json={"volume": 1.2}).json()  # type: ignore[attr-defined]
    assert same["gross_hours"][0] == same["gross_hours"][1]
    assert more["gross_hours"][1] > more["gross_hours"][0]
    assert all(row["then"]["contacts"] == pytest.approx(1.2 * row["now"]["contacts"]) for row in more["queues"])


def test_a_scenario_is_kept_with_its_figures(local: Visitor) -> None:
    body = {"scenario": {"name": "spring", "volume": 1.1}}
    kept: Any = local.api("POST", "/what-if/scenarios", json=body).json()  # type: ignore[attr-defined]
    listed: Any = local.api("GET", "/what-if/scenarios").json()  # type: ignore[attr-defined]
    assert listed["scenarios"][0]["staffing"] == kept["staffing"]
    assert "spring" in local.client.get("/what-if").text


def test_handover_items_rounds_and_reports_are_kept(local: Visitor) -> None:
    token = local.csrf()
    for form in (
        {"do": "add", "kind": "equipment", "text": "headset 12 is broken", "by": "l01"},
        {"do": "round", "text": "two lines noisy", "by": "l01"},
        {"do": "hand over", "to": "l02", "text": "", "by": "l01"},
    ):
        assert local.client.post("/floor", data={"csrf": token, **form}).status_code == 200
    page = local.client.get("/floor").text
    assert "headset 12 is broken" in page
    assert "two lines noisy" in page
    assert "handed over 1 times" in page


def test_overtime_is_asked_for_and_judged_by_its_rules(local: Visitor) -> None:
    form = {
        "csrf": local.csrf(), "agent": "a001", "kind": "overtime", "day": "2026-03-12", "begin": "19:00",
        "end": "20:00", "queue": "billing", "do": "judge",
    }  # fmt: skip
    answer = local.client.post("/requests/overtime", data=form)
    assert answer.status_code == 200
    assert "SHF-10" in answer.text
