"""The board whose memory is in PostgreSQL: what people do on its pages, from signing in to publishing."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from desk.actions import open_place
from desk.actions.pictures.month import current_version
from tests.desk.web.conftest import MOMENT, PEOPLE, Visitor
from tests.desk.web.servers import moved

pytestmark = pytest.mark.postgresql
Opened = Callable[..., AbstractContextManager[Visitor]]


@pytest.fixture
def on_server(staffed: Path, board_at: Opened, postgresql_url: str) -> Iterator[tuple[Path, Visitor]]:
    """The centre with accounts, its memory in PostgreSQL, and a browser at its board."""
    with moved(staffed, postgresql_url):
        (staffed / "paiban.db").unlink()
        with board_at() as visitor:
            yield staffed, visitor
    assert not (staffed / "paiban.db").exists(), "nothing is kept beside it"


def _pages(visitor: Visitor) -> list[str]:
    html = visitor.client.get("/account").text
    return [part.split('"')[0] for part in html.split('<a href="')[1:] if part.startswith("/") and "?" not in part[:20]]


def test_every_page_of_every_role_opens(on_server: tuple[Path, Visitor]) -> None:
    _, visitor = on_server
    for name in PEOPLE:
        assert visitor.sign_in(name) == 303
        for path in dict.fromkeys(_pages(visitor)):
            answer = visitor.client.get(path)
            assert answer.status_code == 200, f"{name} at {path}"


def test_what_people_do_from_a_request_to_a_published_draft(on_server: tuple[Path, Visitor]) -> None:
    folder, visitor = on_server
    visitor.sign_in("agent")
    form = {"csrf": visitor.csrf(), "agent": "a001", "kind": "personal", "first": "2026-03-17", "last": "2026-03-17"}
    assert "Filed as request 1" in visitor.client.post("/requests/leave", data={**form, "do": "file"}).text
    for name in ("leader", "head"):
        visitor.sign_in(name)
        agreed = visitor.client.post("/requests/1", data={"csrf": visitor.csrf(), "do": "agree"})
        assert agreed.status_code == 200
    state: Any = visitor.api("GET", "/requests")
    assert state.json()["requests"][0]["status"] == "approved"

    visitor.sign_in("planner")
    picture: Any = visitor.api("GET", "/rosters/day?date=2026-03-12")
    assert picture.json()["rows"]
    with open_place(folder, MOMENT) as place:
        known = current_version(place)
        roster = place.plans.published_roster(known.horizon.begin, known.horizon.end)
        need = known.requirement_version
        draft = place.plans.save_roster(roster, known.horizon, at=MOMENT, requirement_version=need)
    shown: Any = visitor.api("GET", f"/rosters/month?version={draft}")
    assert shown.json()["draft"]
    scenario = {"scenario": {"name": "more", "volume": 1.2}, "roster": None}
    kept: Any = visitor.api("POST", "/what-if/scenarios", json=scenario)
    assert kept.status_code == 200
    visitor.sign_in("head")
    published: Any = visitor.api("POST", f"/rosters/{draft}/publish")
    assert published.status_code == 200, published.text
    assert published.json()["published_by"] == "head"


def test_accounts_tokens_and_the_audit(on_server: tuple[Path, Visitor]) -> None:
    _, visitor = on_server
    visitor.sign_in("admin")
    seen: Any = visitor.api("GET", "/accounts")
    assert {row["name"] for row in seen.json()["accounts"]} >= set(PEOPLE)
    audit: Any = visitor.api("GET", "/audit")
    assert any(row["did"] == "sign-in" for row in audit.json()["deeds"])
