"""Twilio TaskRouter: everything is text, in an envelope or as a form."""

from typing import Any
from urllib.parse import urlencode

import pytest

from streams.decode import UnreadableError
from tests.streams.adapters.said import adapter, at, record, state_of


def callback(kind: str = "worker.activity.update", **changes: str) -> dict[str, str]:
    return {
        "EventType": kind,
        "Sid": "EV1",
        "Timestamp": "1772438400",
        "TimestampMs": "1772438400123",
        "WorkerSid": "WK1",
        "WorkerName": "mei",
        "WorkerActivityName": "Lunch",
        "WorkerPreviousActivityName": "Available",
    } | changes


def streamed(kind: str, **fields: Any) -> dict[str, Any]:
    payload = {"sid": "EV2", "eventtype": kind, "timestamp": "2026-03-02T08:00:00.000Z", "worker_sid": "WK1",
               "worker_name": "mei"} | fields  # fmt: skip
    return {"specversion": "1.0", "type": f"com.twilio.taskrouter.{kind}", "id": "NO1", "data": {"payload": payload}}


@pytest.mark.parametrize("as_form", [True, False])
def test_a_callback_is_read_as_a_form_and_as_json(as_form: bool) -> None:
    message = urlencode(callback()).encode() if as_form else callback()
    said = state_of("twilio_taskrouter", message)
    assert (said.id, said.agent, said.state, said.reason) == ("EV1", "mei", "meal", "Lunch")
    assert said.at == 1_772_438_400_123_000
    assert said.extra["worker_previous_activity_name"] == "Available"


def test_seconds_do_where_there_are_no_milliseconds() -> None:
    assert state_of("twilio_taskrouter", callback(TimestampMs="")).at == 1_772_438_400_000_000


@pytest.mark.parametrize(
    ("kind", "fields", "state"),
    [
        ("worker.activity.update", {"worker_activity_name": "Available"}, "ready"),
        ("worker.activity.update", {"worker_activity_name": "Offline"}, "logged_out"),
        ("reservation.accepted", {}, "talking"),
        ("reservation.wrapup", {}, "wrap_up"),
        ("reservation.completed", {}, "ready"),
        ("reservation.completed", {"worker_activity_name": "Break"}, "break"),
    ],
)
def test_activities_and_reservations_tell_the_state(kind: str, fields: dict[str, str], state: str) -> None:
    said = state_of("twilio_taskrouter", streamed(kind, task_queue_name="billing", task_age=31, **fields))
    assert (said.state, said.queue, said.id) == (state, "billing", "EV2")
    assert said.at == at("2026-03-02T08:00:00+00:00")
    assert said.extra["task_age"] == "31"


@pytest.mark.parametrize("kind", ["reservation.created", "task.created", "workflow.entered", "task-queue.created"])
def test_what_is_no_change_of_a_worker_says_nothing(kind: str) -> None:
    assert adapter("twilio_taskrouter")(record(streamed(kind))) == ()


def test_the_payloads_own_name_is_believed_before_the_envelopes() -> None:
    message = streamed("reservation.created")
    message["type"] = "com.twilio.taskrouter.worker.activity.update"
    assert adapter("twilio_taskrouter")(record(message)) == ()


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (callback("weather.changed"), "'weather.changed' is none"),
        (callback(WorkerActivityName=""), "has no worker_activity_name"),
        (callback(WorkerSid=""), "has no worker_sid"),
        (callback(Sid=""), "has no sid"),
        (callback(TimestampMs="", Timestamp="noon"), "'noon' is no ISO 8601 time"),
        (callback(WorkerActivityName="Yoga"), "'Yoga' is unknown"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "neither JSON nor a form"),
        (b"no form at all", "neither JSON nor a form"),
    ],
)
def test_what_is_no_event_says_why(message: object, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        adapter("twilio_taskrouter")(record(message))
