"""Amazon Connect agent event streams.

An event carries the agent's whole situation: the status that was chosen, and the contacts. What the agent does follows
from both: somebody with a connected contact talks; with only ended ones that were not cleared yet, wraps up; with
none, does what the status says. A heartbeat every 120 seconds says it again, up to an hour after the agent has gone,
and settings that changed come as STATE_CHANGE too: both state the same thing once more, which changes nothing.
"""

from datetime import datetime
from typing import Annotated, Any

from msgspec import DecodeError, Meta, Struct, json

from centre.events import AgentState
from centre.said import Said
from streams.adapters.words import Words, micros, unreadable
from streams.decode import Adapter, States, UnreadableError
from streams.event_log import Record

STATES = {
    "Available": "ready",
    "Offline": "logged_out",
    "contact/CONNECTED": "talking",
    "contact/CONNECTED_ONHOLD": "talking",
    "contact/PAUSED": "talking",
    "contact/ENDED": "wrap_up",
    "outbound/CONNECTED": "outbound",
    "outbound/CONNECTED_ONHOLD": "outbound",
    "outbound/PAUSED": "outbound",
    "outbound/ENDED": "wrap_up",
}
"""Statuses of every instance, and states of contacts; an instance's own statuses stand in the site's table."""

_Moment = Annotated[datetime, Meta(tz=True)]
_BUSY = ("CONNECTED", "CONNECTED_ONHOLD", "PAUSED", "ENDED")


class _Named(Struct, rename="pascal"):
    name: str | None = None


class _Status(Struct, rename="pascal"):
    name: str
    start_timestamp: _Moment | None = None


class _Contact(Struct, rename="pascal"):
    contact_id: str
    state: str
    channel: str | None = None
    initiation_method: str | None = None
    queue: _Named | None = None


class _Configuration(Struct, rename="pascal", frozen=True):
    username: str = ""


class _Snapshot(Struct, rename="pascal"):
    agent_status: _Status | None = None
    next_agent_status: _Named | None = None
    configuration: _Configuration = _Configuration()
    contacts: list[_Contact] | None = None


class _Event(Struct, rename={"agent_arn": "AgentARN", "event_id": "EventId", "at": "EventTimestamp",
                             "type": "EventType", "current": "CurrentAgentSnapshot",
                             "previous": "PreviousAgentSnapshot"}):  # fmt: skip
    agent_arn: Annotated[str, Meta(min_length=1)]
    event_id: Annotated[str, Meta(min_length=1)]
    at: _Moment
    type: str
    current: _Snapshot | None = None
    previous: _Snapshot | None = None


_event = json.Decoder(_Event)
_object = json.Decoder(dict[str, Any])
_KNOWN = {*_Event.__struct_encode_fields__, "Version"}


def adapter(words: Words) -> Adapter:
    """The adapter for a site's instance; agents are known by their user name."""
    states = States(STATES | dict(words.states))

    def read(record: Record) -> tuple[AgentState]:
        try:
            event = _event.decode(record.value or b"")
            extra = {name: value for name, value in _object.decode(record.value or b"").items() if name not in _KNOWN}
        except (DecodeError, UnicodeDecodeError) as error:
            raise unreadable(error) from None
        state, reason, queue, facts = _doing(event, states)
        return (
            AgentState(
                event.event_id,
                micros(event.at),
                words.site,
                _agent(event, words),
                state,
                reason,
                words.queue(queue),
                {"source": "amazon_connect", "event_type": event.type, **facts, **extra},
            ),
        )

    return read


def _agent(event: _Event, words: Words) -> str:
    snapshot = event.current or event.previous
    arn = event.agent_arn.rsplit("/", 1)[-1]
    return words.agent(snapshot.configuration.username if snapshot else "", arn, event.agent_arn)


def _doing(event: _Event, states: States) -> tuple[str, str, str, dict[str, Any]]:
    """Native state, the system's word for why, queue, and facts worth keeping."""
    if event.type == "LOGOUT" or event.current is None:
        return "logged_out", event.type, "", {}
    snapshot = event.current
    if snapshot.agent_status is None:
        raise UnreadableError(Said("CurrentAgentSnapshot has no AgentStatus"))
    status = snapshot.agent_status.name
    facts: dict[str, Any] = {}
    if snapshot.next_agent_status is not None:
        facts["next_status"] = snapshot.next_agent_status.name
    contact = min(
        (contact for contact in snapshot.contacts or () if contact.state in _BUSY),
        key=lambda contact: _BUSY.index(contact.state),
        default=None,
    )
    if contact is None:
        return states.native(status), status, "", facts
    kind = "outbound" if contact.initiation_method == "OUTBOUND" else "contact"
    queue = (contact.queue.name or "") if contact.queue else ""
    facts |= {"contact": contact.contact_id, "channel": contact.channel, "status": status}
    return states.native(kind, contact.state), contact.state, queue, facts
