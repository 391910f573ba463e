"""Cisco Finesse: XML whose names come in any case and whose times may be missing."""

import pytest

from streams.decode import UnreadableError
from tests.streams.adapters.said import ARRIVED_MS, adapter, at, record, state_of


def update(state: str, changed: str = "2026-03-02T08:00:00.000Z", reason: str = "", tag: str = "user") -> bytes:
    code = f"<ReasonCode><code>10</code><label>{reason}</label></ReasonCode>" if reason else ""
    return (
        f"<Update><data><{tag}><loginId>1001</loginId><loginName>mei</loginName><state>{state}</state>"
        f"<stateChangeTime>{changed}</stateChangeTime>{code}<teamId>5000</teamId><roles><role>Agent</role></roles>"
        f"</{tag}></data><event>PUT</event><source>/finesse/api/User/1001</source></Update>"
    ).encode()


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("READY", "ready"),
        ("RESERVED", "ready"),
        ("TALKING", "talking"),
        ("HOLD", "talking"),
        ("WORK", "wrap_up"),
        ("WORK_READY", "wrap_up"),
        ("RESERVED_OUTBOUND", "outbound"),
        ("RESERVED_OUTBOUND_PREVIEW", "outbound"),
        ("NOT_READY", "not_ready"),
        ("LOGIN", "not_ready"),
        ("LOGOUT", "logged_out"),
        ("logout", "logged_out"),
    ],
)
@pytest.mark.parametrize("tag", ["user", "User"])
def test_every_state_in_any_case(word: str, state: str, tag: str) -> None:
    said = state_of("cisco_finesse", update(word, tag=tag))
    assert (said.state, said.agent, said.at) == (state, "1001", at("2026-03-02T08:00:00+00:00"))
    assert said.extra["teamid"] == "5000"


def test_the_reasons_label_tells_more_through_the_sites_table() -> None:
    states = {"NOT_READY/Lunch": "meal", "NOT_READY/10": "break"}
    assert state_of("cisco_finesse", update("NOT_READY", reason="Lunch"), states=states).state == "meal"
    assert state_of("cisco_finesse", update("NOT_READY", reason="Dentist"), states=states).state == "not_ready"
    coded = update("NOT_READY", reason="Lunch").replace(b"<label>Lunch</label>", b"<label/>")
    assert state_of("cisco_finesse", coded, states=states).state == "break"


def test_without_a_time_of_its_own_the_arrival_counts() -> None:
    said = state_of("cisco_finesse", update("READY", changed=""))
    assert said.at == ARRIVED_MS * 1000
    read = adapter("cisco_finesse")
    ids = {read(record(update("READY", changed=""), offset))[0].id for offset in (7, 7, 8)}
    assert len(ids) == 2


def test_a_change_that_is_told_twice_is_one_event() -> None:
    assert state_of("cisco_finesse", update("READY")) == state_of("cisco_finesse", update("READY"))


def test_an_agent_is_known_by_login_id_or_by_name() -> None:
    assert state_of("cisco_finesse", update("READY"), agents={"1001": "A001"}).agent == "A001"
    assert state_of("cisco_finesse", update("READY"), agents={"mei": "A002"}).agent == "A002"


def test_updates_about_something_else_say_nothing() -> None:
    assert adapter("cisco_finesse")(record(b"<Update><data><dialogs/></data><event>PUT</event></Update>")) == ()


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (b"{}", "not XML"),
        (b"<Update><data><user><state>READY</state></user></data></Update>", "no loginId"),
        (b"<html/>", "no Finesse update"),
        (update("READY", changed="soon"), "no ISO 8601 time"),
        (update("READY", changed="2026-03-02T08:00:00"), "no offset"),
        (update("DREAMING"), "'DREAMING' is unknown"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><Update>&b;</Update>', "declarations"),
    ],
)
def test_what_is_no_update_says_why(message: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        adapter("cisco_finesse")(record(message))
