"""Feeds a message to an adapter."""

import json
from datetime import UTC, datetime

from centre.events import AgentState
from streams.adapters import Words, adapter_for
from streams.decode import Adapter
from streams.event_log import Entry

ARRIVED_MS = 1_767_600_000_000


def record(message: object, offset: int = 7) -> Entry:
    value = message if isinstance(message, bytes) else json.dumps(message).encode()
    return Entry(offset, ARRIVED_MS, None, value)


def state_of(system: str, message: object, **tables: dict[str, str]) -> AgentState:
    """The one agent state that a message says."""
    (event,) = adapter(system, **tables)(record(message))
    assert isinstance(event, AgentState)
    return event


def adapter(system: str, **tables: dict[str, str]) -> Adapter:
    return adapter_for(system, Words("Shanghai", **tables))


def at(iso: str) -> int:
    return round(datetime.fromisoformat(iso).astimezone(UTC).timestamp() * 1000) * 1000
