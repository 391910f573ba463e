"""What holds for every adapter, whatever comes in."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centre.errors import InputError
from centre.events import STATES, AgentState
from streams.adapters import ADAPTERS, Words, adapter_for
from streams.decode import UnreadableError
from tests.streams.adapters.said import record
from tests.streams.adapters.test_amazon_connect import event
from tests.streams.adapters.test_cisco_finesse import update
from tests.streams.adapters.test_genesys_cloud import HALF, activity, observations
from tests.streams.adapters.test_twilio_taskrouter import callback, streamed

NATIVE = {"id": "e", "type": "agent_state", "at": "2026-03-02T08:00:00Z", "site": "s", "agent": "a", "state": "ready"}
SAMPLES: dict[str, list[Any]] = {
    "native": [NATIVE],
    "amazon_connect": [event()],
    "genesys_cloud": [activity("IDLE", "ON_QUEUE"), observations(HALF, {"nOffered": {"count": 1}})],
    "twilio_taskrouter": [callback(), streamed("reservation.accepted")],
    "cisco_finesse": [update("READY")],
}


@given(st.data())
def test_a_message_with_any_part_of_it_spoilt_is_an_event_or_unreadable_and_nothing_else(data: st.DataObject) -> None:
    system = data.draw(st.sampled_from(sorted(SAMPLES)))
    sample = data.draw(st.sampled_from(SAMPLES[system]))
    value = sample if isinstance(sample, bytes) else json.dumps(sample).encode()
    start = data.draw(st.integers(0, len(value)))
    end = data.draw(st.integers(start, len(value)))
    spoilt = value[:start] + data.draw(st.binary(max_size=8) | st.just(b"null")) + value[end:]
    try:
        said = adapter_for(system, Words("Shanghai"))(record(spoilt))
    except UnreadableError:
        return
    assert all(one.state in STATES for one in said if isinstance(one, AgentState))


def test_every_system_has_samples_here() -> None:
    assert set(SAMPLES) == set(ADAPTERS)


def test_a_system_we_do_not_know_is_refused_with_those_we_do() -> None:
    with pytest.raises(InputError, match="cisco_finesse"):
        adapter_for("carrier pigeon", Words("Shanghai"))


@pytest.mark.parametrize("system", sorted(set(ADAPTERS)))
def test_a_table_that_maps_to_no_native_state_is_refused_by_every_adapter(system: str) -> None:
    with pytest.raises(InputError, match="dozing"):
        adapter_for(system, Words("Shanghai", states={"Lunch": "dozing"}))
