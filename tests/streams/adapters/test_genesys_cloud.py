"""Genesys Cloud: two axes make one state, and pieces make a queue."""

from typing import Any

import pytest

from streams.decode import UnreadableError
from tests.streams.adapters.said import adapter, at, record, state_of

USER = "0f8fad5b-d9cb-469f-a165-70867728950e"


def activity(
    routing: str, presence: str, routed: str = "08:00:00.000", present: str = "07:00:00.000"
) -> dict[str, Any]:
    return {
        "topicName": f"v2.users.{USER}.activity",
        "version": "2",
        "eventBody": {
            "id": USER,
            "routingStatus": {"status": routing, "startTime": f"2026-03-02T{routed}Z"},
            "presence": {
                "presenceDefinition": {"id": "p-1", "systemPresence": presence},
                "modifiedDate": f"2026-03-02T{present}Z",
            },
            "activeQueueIds": ["q-1"],
        },
        "metadata": {"CorrelationId": "c-1"},
    }


@pytest.mark.parametrize(
    ("routing", "presence", "state"),
    [
        ("IDLE", "ON_QUEUE", "ready"),
        ("INTERACTING", "ON_QUEUE", "talking"),
        ("COMMUNICATING", "ON_QUEUE", "talking"),
        ("NOT_RESPONDING", "ON_QUEUE", "not_ready"),
        ("OFF_QUEUE", "MEAL", "meal"),
        ("OFF_QUEUE", "BREAK", "break"),
        ("OFF_QUEUE", "MEETING", "meeting"),
        ("OFF_QUEUE", "TRAINING", "training"),
        ("OFF_QUEUE", "OFFLINE", "logged_out"),
        ("OFF_QUEUE", "AVAILABLE", "not_ready"),
        ("OFF_QUEUE", "BUSY", "not_ready"),
    ],
)
def test_the_routing_status_counts_on_queue_and_the_presence_off_it(routing: str, presence: str, state: str) -> None:
    assert state_of("genesys_cloud", activity(routing, presence)).state == state


def test_the_later_of_the_two_changes_is_when_it_began() -> None:
    assert state_of("genesys_cloud", activity("IDLE", "ON_QUEUE")).at == at("2026-03-02T08:00:00+00:00")
    later = activity("OFF_QUEUE", "MEAL", routed="08:00:00.000", present="12:00:00.047")
    assert state_of("genesys_cloud", later).at == at("2026-03-02T12:00:00.047+00:00")


def test_a_notification_of_something_else_about_the_user_repeats_the_event_and_its_id() -> None:
    first, again = activity("IDLE", "ON_QUEUE"), activity("IDLE", "ON_QUEUE")
    again["eventBody"]["activeQueueIds"] = ["q-1", "q-2"]
    again["metadata"]["CorrelationId"] = "c-2"
    assert state_of("genesys_cloud", first).id == state_of("genesys_cloud", again).id
    other = activity("INTERACTING", "ON_QUEUE", routed="08:01:00.000")
    assert state_of("genesys_cloud", other).id != state_of("genesys_cloud", first).id
    assert state_of("genesys_cloud", again).extra["activeQueueIds"] == ["q-1", "q-2"]


def test_a_sites_table_tells_more_of_a_presence() -> None:
    said = state_of(
        "genesys_cloud", activity("OFF_QUEUE", "BUSY"), states={"OFF_QUEUE/BUSY": "case_work"}, agents={USER: "A001"}
    )
    assert (said.state, said.agent) == ("case_work", "A001")


def test_heartbeats_of_the_channel_say_nothing() -> None:
    message = {"topicName": "channel.metadata", "eventBody": {"message": "WebSocket Heartbeat"}}
    assert adapter("genesys_cloud")(record(message)) == ()


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({"topicName": f"v2.users.{USER}.presence", "eventBody": {}}, "subscribe to"),
        ({"topicName": f"v2.users.{USER}.activity", "eventBody": {"id": USER}}, "routingStatus"),
        ({"eventBody": {}}, "topicName"),
        (b"{", "not JSON"),
    ],
)
def test_half_of_the_answer_is_refused(message: object, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        adapter("genesys_cloud")(record(message))


def observations(interval: str, metrics: dict[str, dict[str, float]], media: str = "voice") -> dict[str, Any]:
    data = [{"interval": interval, "metrics": [{"metric": name, "stats": stats} for name, stats in metrics.items()]}]
    return {
        "topicName": "v2.analytics.queues.q-1.observations",
        "eventBody": {"group": {"queueId": "q-1", "mediaType": media}, "data": data},
    }


NOW = "2026-03-02T08:10:00.000Z/2026-03-02T08:10:00.000Z"
HALF = "2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z"
NEXT = "2026-03-02T08:30:00.000Z/2026-03-02T09:00:00.000Z"


def test_a_queue_is_told_once_both_its_instant_and_its_interval_were_heard() -> None:
    read = adapter("genesys_cloud", queues={"q-1": "billing"})
    assert read(record(observations(NOW, {"oWaiting": {"count": 3}, "oOnQueueUsers": {"count": 12}}))) == ()
    counts = {
        "nOffered": {"count": 20},
        "tAnswered": {"count": 15, "sum": 90_000},
        "tAbandon": {"count": 2},
        "oServiceLevel": {"numerator": 12, "denominator": 17},
    }
    (said,) = read(record(observations(HALF, counts)))
    assert (said.queue, said.waiting, said.staffed, said.offered) == ("billing", 3, 12, 20)
    assert (said.answered, said.answered_within, said.abandoned, said.wait_s) == (15, 12, 2, 90.0)
    assert said.at == at("2026-03-02T08:10:00+00:00")
    (later,) = read(record(observations(HALF, {"nOffered": {"count": 21}})))
    assert (later.offered, later.answered, later.waiting) == (21, 15, 3)


def test_counts_begin_anew_with_the_next_interval_and_the_waiting_stay() -> None:
    read = adapter("genesys_cloud")
    read(record(observations(NOW, {"oWaiting": {"count": 3}})))
    read(record(observations(HALF, {"nOffered": {"count": 20}, "tAbandon": {"count": 2}})))
    (said,) = read(record(observations(NEXT, {"nOffered": {"count": 1}})))
    assert (said.offered, said.abandoned, said.waiting) == (1, 0, 3)
    assert said.at == at("2026-03-02T08:30:00+00:00")
    (late,) = read(record(observations(HALF, {"nOffered": {"count": 99}})))
    assert late.offered == 1, "an interval that is over does not come back"


def test_each_medium_of_a_queue_is_a_queue_of_its_own() -> None:
    read = adapter("genesys_cloud", queues={"q-1/chat": "chat", "q-1": "voice"})
    for media in ("voice", "chat"):
        read(record(observations(NOW, {"oWaiting": {"count": 5}}, media)))
    (chat,) = read(record(observations(HALF, {"nOffered": {"count": 4}}, "chat")))
    (voice,) = read(record(observations(HALF, {"nOffered": {"count": 7}})))
    assert (chat.queue, chat.offered, voice.queue, voice.offered) == ("chat", 4, "voice", 7)
