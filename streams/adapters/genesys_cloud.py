"""Genesys Cloud notifications: users' activity, and queue observations.

What an agent does has two axes there: the routing status, which counts while on queue, and the presence, which tells
what somebody off queue does. `v2.users.{id}.activity` brings both at once; the topics that bring one of them alone are
refused, since half of the answer would be guessed.
"""

from datetime import datetime
from typing import Annotated, Any

from msgspec import DecodeError, Meta, Raw, Struct, json

from centre.events import AgentState, Event
from centre.said import Said
from streams.adapters.genesys_queues import Queues
from streams.adapters.words import Words, micros, unreadable
from streams.decode import Adapter, States, UnreadableError
from streams.event_log import Record

STATES = {
    "IDLE": "ready",
    "INTERACTING": "talking",
    "COMMUNICATING": "talking",
    "NOT_RESPONDING": "not_ready",
    "OFF_QUEUE": "not_ready",
    "OFF_QUEUE/BREAK": "break",
    "OFF_QUEUE/MEAL": "meal",
    "OFF_QUEUE/MEETING": "meeting",
    "OFF_QUEUE/TRAINING": "training",
    "OFF_QUEUE/OFFLINE": "logged_out",
}
"""Routing status, and presence where the agent is off queue."""

_Moment = Annotated[datetime, Meta(tz=True)]


class _Routing(Struct, rename="camel"):
    status: str
    start_time: _Moment | None = None


class _PresenceDefinition(Struct, rename="camel"):
    system_presence: str
    id: str | None = None


class _Presence(Struct, rename="camel"):
    presence_definition: _PresenceDefinition
    modified_date: _Moment | None = None


class _Activity(Struct, rename="camel"):
    id: Annotated[str, Meta(min_length=1)]
    routing_status: _Routing
    presence: _Presence


class _Notification(Struct, rename="camel"):
    topic_name: str
    event_body: Raw
    metadata: dict[str, Any] | None = None


_notification = json.Decoder(_Notification)
_activity = json.Decoder(_Activity)
_object = json.Decoder(dict[str, Any])


def adapter(words: Words) -> Adapter:
    """The adapter for a site's organisation. It remembers the last pieces heard of each queue."""
    states = States(STATES | dict(words.states))
    queues = Queues(words)

    def read(record: Record) -> tuple[Event, ...]:
        try:
            said = _notification.decode(record.value or b"")
            topic = said.topic_name
            if topic.startswith("v2.users.") and topic.endswith(".activity"):
                return (_state(said, words, states),)
            if topic.startswith("v2.analytics.queues.") and topic.endswith(".observations"):
                return queues.hear(said.event_body)
        except (DecodeError, UnicodeDecodeError) as error:
            raise unreadable(error) from None
        if topic == "channel.metadata":
            return ()
        raise UnreadableError(
            Said(
                "topic {topic!r} is not read; subscribe to v2.users.{{id}}.activity and "
                "v2.analytics.queues.{{id}}.observations",
                topic=topic,
            )
        )

    return read


def _state(said: _Notification, words: Words, states: States) -> AgentState:
    body = _activity.decode(said.event_body)
    routing, presence = body.routing_status, body.presence
    system_presence = presence.presence_definition.system_presence
    changes = [micros(when) for when in (routing.start_time, presence.modified_date) if when]
    if not changes:
        raise UnreadableError(Said("neither routingStatus.startTime nor presence.modifiedDate: when did it change?"))
    at = max(changes)
    extra = {
        name: value
        for name, value in _object.decode(said.event_body).items()
        if name not in ("id", "routingStatus", "presence")
    }
    return AgentState(
        f"{body.id}/{at}/{routing.status}/{system_presence}",  # repeated where only something else has changed
        at,
        words.site,
        words.agent(body.id),
        states.native(routing.status, system_presence),
        system_presence,
        "",
        {"source": "genesys_cloud", "routing_status": routing.status, **extra},
    )
