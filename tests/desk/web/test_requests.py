"""The waiting list for leave, and swaps in a ring, on the page and in the API."""

from pathlib import Path

import pytest

from desk.actions import open_place
from desk.actions.leave import waiting_list
from tests.desk.web.conftest import MOMENT, Visitor

LEAVE = {"agent": "a001", "kind": "annual", "first": "2026-03-17", "last": "2026-03-17"}


@pytest.fixture
def full(hotline: Path) -> Path:
    """A centre where nobody more may be away on a day."""
    (hotline / "own.toml").write_text('base = "operator-cn"\n[leave]\nmost_away_share = 0.001\n')
    settings = hotline / "site.toml"
    lines = [line for line in settings.read_text().splitlines() if not line.startswith("policy")]
    settings.write_text('policy = "own.toml"\n' + "\n".join(lines) + "\n")
    return hotline


@pytest.fixture
def crowded(full: Path, local: Visitor) -> Visitor:
    """A board of it."""
    return local


def test_who_finds_no_room_is_offered_to_wait_and_waits(full: Path, crowded: Visitor) -> None:
    form = {"csrf": crowded.csrf(), **LEAVE}
    judged = crowded.client.post("/requests/leave", data={**form, "do": "judge"}).text
    assert 'value="wait"' in judged
    assert "Waiting for room" not in judged
    waits = crowded.client.post("/requests/leave", data={**form, "do": "wait"}).text
    assert "of the waiting list" in waits
    assert "Waiting for room" in waits
    with open_place(full, MOMENT) as place:
        (row,) = waiting_list(place).rows
    assert row.asked.agent == "a001"
    gone = crowded.client.post(f"/requests/waiting/{row.number}", data={"csrf": form["csrf"]}).text
    assert "It waits no more." in gone
    with open_place(full, MOMENT) as place:
        assert waiting_list(place).rows == []


def test_the_waiting_list_of_the_api_is_the_same(crowded: Visitor) -> None:
    day = {"start": 1773676800, "end": 1773763200}  # 2026-03-17
    asked = {"agent": "a001", **day, "kind": "annual", "file": True, "wait": True}
    told = crowded.api("POST", "/requests/leave", json=asked).json()  # type: ignore[attr-defined]
    assert told["request"] is None
    (row,) = crowded.api("GET", "/requests/waiting").json()["waiting"]  # type: ignore[attr-defined]
    assert (row["waiting"], row["asked"]["agent"]) == (told["waiting"], "a001")
    assert crowded.api("DELETE", f"/requests/waiting/{row['waiting']}").status_code == 204  # type: ignore[attr-defined]
    assert crowded.api("GET", "/requests/waiting").json() == {"waiting": []}  # type: ignore[attr-defined]
    assert crowded.api("DELETE", f"/requests/waiting/{row['waiting']}").status_code == 422  # type: ignore[attr-defined]


def test_nobody_takes_a_colleague_off_the_list_or_sees_him_on_it(full: Path, staffed: Path, visitor: Visitor) -> None:
    visitor.sign_in("agent")
    assert visitor.api("GET", "/requests/waiting").json() == {"waiting": []}  # type: ignore[attr-defined]
    assert visitor.api("DELETE", "/requests/waiting/1").status_code == 422  # type: ignore[attr-defined]


def _on_duty(local: Visitor, day: str, count: int) -> list[str]:
    picture = local.api("GET", f"/rosters/day?date={day}").json()  # type: ignore[attr-defined]
    begins = {row["id"]: row["segments"][0][2] for row in picture["rows"] if row["segments"] and row["role"] == "agent"}
    return [name for name, begin in begins.items() if begin >= 0][:count]


def test_a_ring_of_three_is_judged_by_the_rules_from_the_form(local: Visitor) -> None:
    one, two, three = (
        _on_duty(local, day, 3)[number] for number, day in enumerate(("2026-03-17", "2026-03-18", "2026-03-19"))
    )
    form = {
        "csrf": local.csrf(), "agent": one, "day": "2026-03-17", "partner": [two, three],
        "back": ["2026-03-18", "2026-03-19"], "do": "judge",
    }  # fmt: skip
    said = local.client.post("/requests/swap", data=form)
    assert said.status_code == 200
    assert "SWP-" in said.text, "the verdict names its rules"
    assert said.text.count('name="partner"') == 2, "the form stays filled in"


def test_a_ring_that_does_not_close_is_told_and_refused(local: Visitor) -> None:
    one, two, three = (
        _on_duty(local, day, 3)[number] for number, day in enumerate(("2026-03-17", "2026-03-18", "2026-03-19"))
    )
    form = {"csrf": local.csrf(), "agent": one, "day": "2026-03-17", "partner": [two, three], "back": ["2026-03-18"]}
    said = local.client.post("/requests/swap", data={**form, "do": "judge"})
    assert said.status_code == 422
    assert "who gives a shift in a ring takes one too" in said.text
