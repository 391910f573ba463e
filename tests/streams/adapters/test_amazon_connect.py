"""Amazon Connect: what an agent does follows from status and contacts together."""

from typing import Any

import pytest

from streams.decode import UnreadableError
from tests.streams.adapters.said import adapter, at, record, state_of

ARN = "arn:aws:connect:eu-west-1:111122223333:instance/i-1/agent/agent-7"


def event(status: str = "Available", contacts: list[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    snapshot = {
        "AgentStatus": {"ARN": "arn", "Name": status, "StartTimestamp": "2026-03-02T07:00:00.000Z"},
        "Configuration": {"Username": "mei", "FirstName": "Mei", "RoutingProfile": {"Name": "Basic"}},
        "Contacts": contacts or [],
    }
    return {
        "AWSAccountId": "111122223333",
        "AgentARN": ARN,
        "CurrentAgentSnapshot": snapshot,
        "EventId": "e-1",
        "EventTimestamp": "2026-03-02T08:00:00.250Z",
        "EventType": "STATE_CHANGE",
        "Version": "2017-10-01",
    } | changes


def contact(state: str, method: str = "INBOUND", queue: str | None = "billing") -> dict[str, Any]:
    return {
        "ContactId": f"c-{state}",
        "Channel": "VOICE",
        "InitiationMethod": method,
        "State": state,
        "StateStartTimestamp": "2026-03-02T07:59:00.000Z",
        "Queue": {"ARN": "arn", "Name": queue} if queue else None,
    }


@pytest.mark.parametrize(
    ("contacts", "state"),
    [
        ([], "ready"),
        ([contact("INCOMING")], "ready"),
        ([contact("CONNECTING")], "ready"),
        ([contact("MISSED")], "ready"),
        ([contact("CONNECTED")], "talking"),
        ([contact("CONNECTED_ONHOLD")], "talking"),
        ([contact("CONNECTED", "OUTBOUND")], "outbound"),
        ([contact("ENDED")], "wrap_up"),
        ([contact("ENDED"), contact("CONNECTED")], "talking"),
    ],
)
def test_contacts_go_before_the_status(contacts: list[dict[str, Any]], state: str) -> None:
    assert state_of("amazon_connect", event(contacts=contacts)).state == state


def test_after_call_work_lasts_from_the_end_of_the_contact_until_it_is_cleared() -> None:
    ended = event(contacts=[contact("ENDED")], EventTimestamp="2026-03-02T08:00:00.000Z", EventId="e-1")
    cleared = event(contacts=[], EventTimestamp="2026-03-02T08:00:05.005Z", EventId="e-2")
    first, second = state_of("amazon_connect", ended), state_of("amazon_connect", cleared)
    assert (first.state, second.state) == ("wrap_up", "ready")
    assert second.at - first.at == 5_005_000


def test_who_where_when_and_what_is_kept() -> None:
    said = state_of("amazon_connect", event(contacts=[contact("CONNECTED")], Region="eu"))
    assert (said.id, said.agent, said.queue, said.site) == ("e-1", "mei", "billing", "Shanghai")
    assert said.at == at("2026-03-02T08:00:00.250+00:00")
    assert said.extra["Region"] == "eu"
    assert said.extra["contact"] == "c-CONNECTED"
    assert "CurrentAgentSnapshot" not in said.extra


def test_a_heartbeat_says_the_same_once_more_and_after_the_log_off_that_nobody_is_there() -> None:
    assert state_of("amazon_connect", event(EventType="HEART_BEAT")).state == "ready"
    assert state_of("amazon_connect", event("Offline", EventType="HEART_BEAT")).state == "logged_out"


def test_a_logout_is_one_even_without_a_snapshot() -> None:
    before = event()["CurrentAgentSnapshot"]
    said = state_of(
        "amazon_connect", event(EventType="LOGOUT", CurrentAgentSnapshot=None, PreviousAgentSnapshot=before)
    )
    assert (said.state, said.agent) == ("logged_out", "mei")
    assert state_of("amazon_connect", event(EventType="LOGOUT", CurrentAgentSnapshot=None)).agent == "agent-7"


def test_an_instances_own_status_is_told_by_the_sites_table_or_is_unreadable() -> None:
    said = state_of("amazon_connect", event("Lunch"), states={"lunch": "meal"}, agents={"mei": "A001"})
    assert (said.state, said.reason, said.agent) == ("meal", "Lunch", "A001")
    with pytest.raises(UnreadableError, match="'Lunch' is unknown"):
        state_of("amazon_connect", event("Lunch"))


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (b"{", "not JSON"),
        ({}, "AgentARN"),
        (event(EventTimestamp="soon"), "EventTimestamp"),
        (event(CurrentAgentSnapshot={"Contacts": []}), "no AgentStatus"),
        (event(contacts=[{"State": "CONNECTED"}]), "ContactId"),
    ],
)
def test_what_is_no_agent_event_says_why(message: object, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        adapter("amazon_connect")(record(message))
