"""Twilio TaskRouter: Event Streams (CloudEvents in JSON), or the form a workspace's callback posts.

Every value is text, numbers and times too. An agent's activity is one axis, the reservations of tasks another: an
accepted one is a talk, its wrap-up a wrap-up, and with its end the activity counts again. The event's own name, inside
the payload, is believed before the envelope's.
"""

from typing import Any
from urllib.parse import parse_qsl

from msgspec import DecodeError, json

from centre.events import AgentState
from centre.said import Said
from streams.adapters.words import Words, moment, unreadable
from streams.decode import Adapter, States, UnreadableError
from streams.event_log import Record

STATES = {
    "Available": "ready",
    "Offline": "logged_out",
    "Unavailable": "not_ready",
    "Break": "break",
    "Lunch": "meal",
    "reservation.accepted": "talking",
    "reservation.wrapup": "wrap_up",
    "reservation.completed": "ready",
}
"""Activities that a new workspace has, and reservations; a workspace's own activities stand in the site's table."""

_ACTIVITY = ("worker.activity.update", "worker.created")
_FAMILIES = ("worker.", "reservation.", "task.", "task-queue.", "workflow.", "workspace.", "activity.", "task-channel.")
_object = json.Decoder(dict[str, Any])


def adapter(words: Words) -> Adapter:
    """The adapter for a site's workspace; agents are known by the worker's name."""
    states = States(STATES | dict(words.states))

    def read(record: Record) -> tuple[AgentState, ...]:
        fields = _fields(record.value or b"")
        kind = fields.pop("event_type", "")
        if kind in _ACTIVITY:
            word = _need(fields, "worker_activity_name")
        elif kind in ("reservation.accepted", "reservation.wrapup"):
            word = kind
        elif kind == "reservation.completed":
            word = fields.get("worker_activity_name") or kind
        elif kind.startswith(_FAMILIES):
            return ()
        else:
            raise UnreadableError(Said("event type {kind!r} is none of TaskRouter's", kind=kind))
        name, sid = fields.pop("worker_name", ""), _need(fields, "worker_sid")
        queue = words.queue(fields.get("task_queue_name", ""), fields.get("task_queue_sid", ""))
        state, at = states.native(word), _at(fields)
        event_id = _need(fields, "sid")
        extra = {"source": "twilio_taskrouter", "event_type": kind, **fields}
        return (AgentState(event_id, at, words.site, words.agent(name, sid), state, word, queue, extra),)

    return read


def _fields(value: bytes) -> dict[str, str]:
    """The event's fields under one spelling, whether they came as a form, as JSON, or inside a CloudEvent."""
    if not value.lstrip().startswith(b"{"):
        try:
            raw: dict[str, Any] = dict(parse_qsl(value.decode(), strict_parsing=True))
        except (UnicodeDecodeError, ValueError) as error:
            raise UnreadableError(Said("neither JSON nor a form: {error}", error=error)) from None
    else:
        try:
            raw = _object.decode(value)
        except (DecodeError, UnicodeDecodeError) as error:
            raise unreadable(error) from None
    data = raw.get("data")
    if isinstance(data, dict) and isinstance(data.get("payload"), dict):
        raw = {"event_type": str(raw.get("type", "")).removeprefix("com.twilio.taskrouter."), **data["payload"]}
    fields = {
        _snake(name): value if isinstance(value, str) else json.encode(value).decode() for name, value in raw.items()
    }
    fields["event_type"] = fields.pop("eventtype", "") or fields.get("event_type", "")
    return fields


def _snake(name: str) -> str:
    """EventType, eventtype and event_type come in; only the first is cut into words."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def _need(fields: dict[str, str], name: str) -> str:
    if value := fields.pop(name, ""):
        return value
    raise UnreadableError(Said("has no {name}", name=name))


def _at(fields: dict[str, str]) -> int:
    millis, seconds = fields.pop("timestamp_ms", ""), fields.pop("timestamp", "")
    for text, factor in ((millis, 1000), (seconds, 1_000_000)):
        if text.isascii() and text.isdigit():
            return int(text) * factor
    return moment(seconds)
