"""Requests are kept as they were filed, decisions are added, and nothing is ever changed."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from centre.approvals import Deed, NotAllowedError, Step
from centre.errors import NotPublishedError, StoreError
from centre.policy import ApprovalPolicy
from centre.requests import Handing, LeaveRequest, SwapRequest
from store.database import Database
from store.requests import Requests

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
LINE = (Step("leader", ("l1",)), Step("head", ("head",)))
ASKED = LeaveRequest(agent="a1", start=1_000_000, end=1_100_000, kind="personal", at=10)


def of(database: Database, hours: float = 1.0, site: str = "A") -> Requests:
    return Requests(database, site, ApprovalPolicy(answer_hours=hours), "operator-cn version 1")


def test_a_request_comes_back_as_it_was_filed(database: Database) -> None:
    number = of(database).file(ASKED, LINE, 1_000_000, {"allowed": True}, NOW)
    got = of(database).get(number)
    assert (got.asked, got.policy, dict(got.verdict)) == (ASKED, "operator-cn version 1", {"allowed": True})
    assert got.state.status == "filed"


def test_decisions_are_added_and_amount_to_the_state(database: Database) -> None:
    requests = of(database)
    number = requests.file(ASKED, LINE, 1_000_000, {}, NOW)
    assert requests.decide(number, Deed(20, "agree", "l1"), NOW).state.status == "agreed"
    assert requests.decide(number, Deed(30, "agree", "head", "fine"), NOW).holds
    assert [deed.by for deed in requests.get(number).state.deeds] == ["l1", "head"]
    assert requests.count_deeds(number) == 2


def test_what_may_not_be_is_not_written(database: Database) -> None:
    requests = of(database)
    number = requests.file(ASKED, LINE, 1_000_000, {}, NOW)
    for by in ("head", "a1", "stranger"):
        with pytest.raises(NotAllowedError):
            requests.decide(number, Deed(20, "agree", by), NOW)
    assert requests.count_deeds(number) == 0


def test_the_time_to_answer_is_that_of_the_policy_it_was_filed_under(database: Database) -> None:
    number = of(database, hours=1).file(ASKED, LINE, 1_000_000, {}, NOW)
    assert of(database, hours=100).get(number, now=10 + 3600).state.status == "escalated"
    assert of(database, hours=100).get(number, now=10 + 3599).state.status == "filed"
    assert of(database).get(number, now=1_000_000).state.status == "expired"


def test_of_two_who_decide_at_once_one_is_told(database: Database) -> None:
    requests = of(database)
    number = requests.file(ASKED, LINE, 1_000_000, {}, NOW)
    seen = requests.count_deeds(number)
    requests.decide(number, Deed(20, "agree", "l1"), NOW, seen)
    with pytest.raises(NotPublishedError, match="somebody else"):
        requests.decide(number, Deed(21, "agree", "head"), NOW, seen)


def test_a_position_is_taken_once(database: Database) -> None:
    requests = of(database)
    number = requests.file(ASKED, LINE, 1_000_000, {}, NOW)
    requests.decide(number, Deed(20, "agree", "l1"), NOW)
    twice = "insert into request_deed (site, request, position, act, who, reason, at_s, made_us) "
    with pytest.raises(StoreError), database.write() as connection:
        connection.execute(text(twice + f"values ('A', {number}, 0, 'agree', 'x', '', 1, 1)"))


def test_swaps_and_leave_lie_side_by_side_and_sites_apart(database: Database) -> None:
    hands = (Handing(giver="a1", taker="a2", start=5), Handing(giver="a2", taker="a1", start=9))
    swap = SwapRequest(agent="a1", hands=hands, at=1)
    of(database).file(ASKED, LINE, 1_000_000, {}, NOW)
    of(database).file(swap, (Step("partner", ("a2",)), *LINE), 1_000_000, {}, NOW)
    assert [row.asked for row in of(database).all()] == [ASKED, swap]
    assert [row.asked for row in of(database).all(what="swap")] == [swap]
    assert of(database, site="B").all() == []
    with pytest.raises(NotPublishedError):
        of(database, site="B").get(1)
