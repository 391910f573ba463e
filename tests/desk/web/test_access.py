"""Who comes in, how, for how long, and what each may see."""

from pathlib import Path
from typing import Any

import pytest

from centre.errors import InputError
from desk.access import RIGHTS, SCOPES, Person
from desk.actions import open_place
from desk.actions.accounts import accounts_of, make_token
from desk.web.board import Board
from desk.web.serve import refuse_open_network
from desk.web.settings import BoardSettings
from store.audit import Audit
from tests.desk.web.conftest import MOMENT, PASSWORD, PEOPLE, Clock, Visitor, csrf_of

PAGES = ("/wall", "/month", "/day", "/requests", "/accounts")
OPEN_TO: dict[str, set[str]] = {
    "/wall": set(PEOPLE),
    "/month": set(PEOPLE) - {"admin"},
    "/day": set(PEOPLE) - {"admin"},
    "/requests": set(PEOPLE) - {"admin"},
    "/accounts": {"admin"},
}


def test_without_accounts_the_board_is_open_to_this_machine_and_says_so(local: Visitor) -> None:
    page = local.client.get("/month")
    assert page.status_code == 200
    assert "Open on this machine only" in page.text


def test_without_accounts_it_refuses_to_listen_to_the_network(hotline: Path, clock: Clock) -> None:
    board = Board(hotline, BoardSettings(host="0.0.0.0"), clock)
    with pytest.raises(InputError, match="add an account first"):
        refuse_open_network(board)
    board.close()


def test_with_an_account_it_listens_to_the_network(staffed: Path, clock: Clock) -> None:
    board = Board(staffed, BoardSettings(host="0.0.0.0"), clock)
    refuse_open_network(board)
    board.close()


def test_the_first_account_ends_the_open_board(local: Visitor) -> None:
    form = {"csrf": local.csrf(), "name": "wang", "password": PASSWORD, "roles": ["planner"]}
    assert local.client.post("/accounts", data=form, follow_redirects=False).status_code == 303
    assert local.client.get("/month", follow_redirects=False).headers["location"].startswith("/sign-in")


def test_a_foreign_name_that_points_here_is_not_answered(local: Visitor) -> None:
    """DNS rebinding: a page elsewhere could otherwise read the open board."""
    assert local.client.get("/month", headers={"Host": "evil.example"}).status_code == 421


@pytest.mark.parametrize("name", PEOPLE)
def test_each_role_opens_what_it_may_and_nothing_else(visitor: Visitor, name: str) -> None:
    assert visitor.sign_in(name) == 303
    for page in PAGES:
        assert visitor.client.get(page).status_code == (200 if name in OPEN_TO[page] else 403), page


def test_a_wrong_password_an_unknown_name_and_a_locked_account_are_told_the_same(visitor: Visitor) -> None:
    said = []
    for name in ("planner", "nobody"):
        page = visitor.client.get("/sign-in").text
        form = {"name": name, "password": "wrong", "csrf": csrf_of(page)}
        said.append(visitor.client.post("/sign-in", data=form))
    assert [answer.status_code for answer in said] == [401, 401]
    assert all("Name or password is wrong." in answer.text for answer in said)


def test_guessing_is_slowed_down_and_waiting_helps(visitor: Visitor, clock: Clock) -> None:
    codes = [visitor.sign_in("planner", f"guess number {n}") for n in range(7)]
    assert codes[:5] == [401] * 5
    assert codes[6] == 429
    assert visitor.sign_in("planner") == 429, "not even the right password is looked at while one waits"
    clock.move(minutes=16)
    assert visitor.sign_in("planner") == 303


def test_sessions_expire_when_idle_and_in_any_case(visitor: Visitor, clock: Clock) -> None:
    visitor.sign_in("planner")
    clock.move(hours=1, minutes=59)
    assert visitor.client.get("/month").status_code == 200
    clock.move(hours=2, minutes=1)
    assert visitor.client.get("/month", follow_redirects=False).status_code == 303
    visitor.sign_in("planner")
    for _ in range(8):
        clock.move(hours=1, minutes=30)
        last = visitor.client.get("/month", follow_redirects=False).status_code
    clock.move(minutes=30)
    assert (last, visitor.client.get("/month", follow_redirects=False).status_code) == (200, 303)


def test_signing_out_ends_the_session_for_a_copied_cookie_too(visitor: Visitor) -> None:
    visitor.sign_in("planner")
    cookie = dict(visitor.client.cookies)
    visitor.client.post("/sign-out", data={"csrf": visitor.csrf()})
    visitor.client.cookies.update(cookie)
    assert visitor.client.get("/month", follow_redirects=False).status_code == 303


def test_changes_need_a_token_of_our_own_pages_and_come_from_them(visitor: Visitor) -> None:
    visitor.sign_in("admin")
    form = {"name": "x", "password": PASSWORD, "roles": ["planner"]}
    client, token = visitor.client, visitor.csrf()
    assert client.post("/accounts", data={**form, "csrf": "wrong"}).status_code == 403
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/accounts", data={**form, "csrf": token}, headers=headers).status_code == 403
    visitor.sign_in("planner")
    assert client.post("/api/v1/rosters/1/publish").status_code == 403, "no X-CSRF-Token"


def test_passwords_are_kept_as_argon2_and_sessions_as_digests(staffed: Path, visitor: Visitor) -> None:
    visitor.sign_in("planner")
    content = (staffed / "paiban.db").read_bytes() + (staffed / "paiban.db-wal").read_bytes()
    assert b"$argon2id$" in content
    assert PASSWORD.encode() not in content
    assert visitor.client.cookies["paiban_session"].encode() not in content


def test_a_page_leads_nowhere_else_after_sign_in(visitor: Visitor) -> None:
    page = visitor.client.get("/sign-in?next=//evil.example/").text
    form = {"name": "planner", "password": PASSWORD, "csrf": csrf_of(page), "next": "//evil.example/"}
    assert visitor.client.post("/sign-in", data=form, follow_redirects=False).headers["location"] == "/"


def test_a_token_can_do_what_its_scope_says_and_its_owner_may(staffed: Path, visitor: Visitor, clock: Clock) -> None:
    with open_place(staffed, MOMENT) as place:
        accounts = accounts_of(place)
        secret, _ = make_token(place, accounts.get("planner"), "report", ["read"], 30, by="test")
        agents, _ = make_token(place, accounts.get("agent"), "mine", ["planning", "read"], 30, by="test")

    def asked(method: str, path: str, token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return visitor.client.request(method, "/api/v1" + path, headers=headers).status_code

    assert asked("GET", "/rosters", secret) == 200
    assert asked("POST", "/rosters/1/publish", secret) == 403
    assert asked("GET", "/rosters", agents) == 403
    assert asked("GET", "/rosters", "pb_wrong") == 401
    clock.move(days=31)
    assert asked("GET", "/rosters", secret) == 401


def test_a_screen_sees_the_wall_and_nothing_else_until_its_token_is_revoked(staffed: Path, visitor: Visitor) -> None:
    with open_place(staffed, MOMENT) as place:
        accounts = accounts_of(place)
        hall, _ = make_token(place, accounts.get("planner"), "hall 2", ["wall"], 30, by="test")
        mighty, _ = make_token(place, accounts.get("planner"), "report", ["wall", "read"], 30, by="test")
    assert visitor.client.get(f"/screen/{mighty}").status_code == 403  # what may more stands in no address
    assert visitor.client.get("/screen/pb_wrong").status_code == 403
    begun = visitor.client.get(f"/screen/{hall}", follow_redirects=False)
    assert (begun.status_code, begun.headers["location"]) == (303, "/wall")
    page = visitor.client.get("/wall")
    assert page.status_code == 200
    assert '"people":false' in page.text.replace(" ", "")
    assert 'action="/sign-out"' not in page.text
    assert visitor.client.get("/api/v1/live").status_code == 200
    for path in ("/month", "/day", "/account", "/accounts", "/reports", "/audit"):
        assert visitor.client.get(path, follow_redirects=False).status_code == 303, path
    assert visitor.client.get("/api/v1/rosters").status_code == 401
    assert visitor.client.post("/api/v1/live").status_code in (401, 403, 405)
    with open_place(staffed, MOMENT) as place:
        accounts = accounts_of(place)
        for token in accounts.tokens():
            accounts.revoke_token(token.number, place.now)
    assert visitor.client.get("/wall", follow_redirects=False).status_code == 303


def test_every_scope_names_rights_that_some_role_has() -> None:
    held = set().union(*RIGHTS.values())
    assert set().union(*SCOPES.values()) <= held


def test_a_trusted_proxy_names_people_and_nobody_else_can(staffed: Path, board_at: Any) -> None:
    with board_at(proxy_header="X-User", proxies=("testclient",)) as trusted:
        assert trusted.client.get("/month", headers={"X-User": "planner"}).status_code == 200
        assert trusted.client.get("/month", headers={"X-User": "nobody"}, follow_redirects=False).status_code == 303
    with board_at(proxy_header="X-User", proxies=("10.0.0.1",)) as other:
        assert other.client.get("/month", headers={"X-User": "planner"}, follow_redirects=False).status_code == 303
    with board_at() as off:
        assert off.client.get("/month", headers={"X-User": "planner"}, follow_redirects=False).status_code == 303


def test_an_agent_reaches_the_own_records_only(staffed: Path) -> None:
    with open_place(staffed, MOMENT) as place:
        agents = place.site.agents
    me = Person("agent", ("agent",), "a001")
    leader = Person("leader", ("leader",), "l01")
    mate = next(name for name, a in agents.items() if a.team == agents["a001"].team and name != "a001")
    other = next(name for name, a in agents.items() if a.team != agents["l01"].team)
    assert me.reaches("attendance", "a001", agents)
    assert not me.reaches("attendance", mate, agents)
    assert leader.reaches("attendance", mate, agents)
    assert not leader.reaches("attendance", other, agents)


def test_reads_of_personal_data_and_changes_are_written_down(staffed: Path, visitor: Visitor) -> None:
    visitor.sign_in("leader")
    visitor.client.get("/my?agent=a001")
    visitor.client.get("/my?agent=a001")
    with open_place(staffed, MOMENT) as place:
        deeds = Audit(place.plans.database, place.site.settings.name).deeds()
    looked = [deed for deed in deeds if deed.what == "agent/a001/work"]
    assert [(deed.who, deed.did, deed.changed) for deed in looked] == [("leader", "look", False)]
    assert any(deed.did == "sign-in" and deed.who == "leader" for deed in deeds)


def test_answers_forbid_whatever_a_name_could_smuggle_in(local: Visitor) -> None:
    policy = local.client.get("/month").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_what_the_api_refuses_is_told_in_the_readers_language(visitor: Visitor) -> None:
    """Wrong input, a right that is lacking, and nobody at all: title, what is wrong, each problem."""
    visitor.client.cookies.set("paiban_language", "zh")
    nobody = visitor.client.get("/api/v1/rosters/day?date=2026-03-10").json()
    assert (nobody["title"], nobody["detail"]) == ("未登录", "请先登录")
    visitor.sign_in("agent")
    wrong = visitor.api("GET", "/rosters/day?date=tomorrow").json()  # type: ignore[attr-defined]
    assert wrong["title"] == "输入有误"
    assert wrong["problems"] == ["query.date：日期，如 2026-03-02"]
    refused = visitor.api("GET", "/rosters/checks").json()  # type: ignore[attr-defined]
    assert refused["title"] == "无权限"
    assert refused["detail"].startswith("agent 无权这样做：需要以下权限之一：")
