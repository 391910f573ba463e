"""The native event format: one JSON object an event, the same on every log.

`id`, `type`, `at` (ISO 8601 with offset), `site`, and by type: `agent_state` (`agent, state, reason, queue, sequence`),
`queue_snapshot` (`queue, waiting, oldest_wait_s, offered, answered, answered_within, abandoned, wait_s, staffed`),
`contact` (`contact, milestone, queue, agent`) and `case` (`case, milestone, queue, agent`). Other fields are kept.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from msgspec import DecodeError, Meta, Struct, ValidationError, json

from centre.events import AgentState, Case, Contact, Event, QueueSnapshot
from centre.library_words import library_words
from centre.said import Said
from streams.cloud_events import attributes, is_cloud_event
from streams.decode import States, UnreadableError
from streams.event_log import Headers, Record

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_Text = Annotated[str, Meta(min_length=1)]
_Count = Annotated[int, Meta(ge=0)]
_Seconds = Annotated[float, Meta(ge=0)]


class _Message(Struct, tag_field="type", omit_defaults=True, gc=False):
    id: _Text
    at: Annotated[datetime, Meta(tz=True)]
    site: _Text


class _AgentState(_Message, tag="agent_state"):
    agent: _Text
    state: _Text
    reason: str | None = None
    queue: str | None = None
    sequence: int = 0


class _QueueSnapshot(_Message, tag="queue_snapshot"):
    queue: _Text
    waiting: _Count = 0
    oldest_wait_s: _Seconds = 0.0
    offered: _Count = 0
    answered: _Count = 0
    answered_within: _Count = 0
    abandoned: _Count = 0
    wait_s: _Seconds = 0.0
    staffed: _Count = 0


class _Contact(_Message, tag="contact"):
    contact: _Text
    milestone: Literal["offered", "answered", "abandoned", "ended"]
    queue: _Text
    agent: str | None = None


class _Case(_Message, tag="case"):
    case: _Text
    milestone: Literal["arrived", "taken", "returned", "closed"]
    queue: str | None = None
    agent: str | None = None


_Known = _AgentState | _QueueSnapshot | _Contact | _Case


# Most messages carry no other field than ours; those that do are told by the stricter twin, and read once more.
class _StrictAgentState(_AgentState, tag="agent_state", forbid_unknown_fields=True): ...


class _StrictQueueSnapshot(_QueueSnapshot, tag="queue_snapshot", forbid_unknown_fields=True): ...


class _StrictContact(_Contact, tag="contact", forbid_unknown_fields=True): ...


class _StrictCase(_Case, tag="case", forbid_unknown_fields=True): ...


_strict = json.Decoder(_StrictAgentState | _StrictQueueSnapshot | _StrictContact | _StrictCase)
_lenient = json.Decoder(_Known)
_object = json.Decoder(dict[str, Any])
_write = json.Encoder().encode


def read(value: bytes, states: States) -> Event:
    """The event that a native message says.

    Parameters
    ----------
    value : the message, JSON.
    states : the words for agent states; the native ones are always among them.

    Raises
    ------
    UnreadableError
        It is no such message; the reason tells which field, what was found and what belongs there.
    """
    try:
        return _event(_strict.decode(value), {}, states)
    except ValidationError:
        pass
    except (DecodeError, UnicodeDecodeError) as error:
        raise UnreadableError(Said("not JSON: {error}", error=error)) from None
    try:
        known = _lenient.decode(value)
    except ValidationError as error:
        raise UnreadableError(_words(str(error))) from None
    fields = known.__struct_fields__
    extra = {name: found for name, found in _object.decode(value).items() if name not in fields and name != "type"}
    return _event(known, extra, states)


class NativeAdapter:
    """The adapter for native messages, and for CloudEvents whose value is one: what it lacks, their headers say."""

    def __init__(self, states: States) -> None:
        self._states = states

    def __call__(self, record: Record) -> tuple[Event]:
        """The one event of a record."""
        value = record.value or b""
        return (read(_completed(value, record.headers) if record.headers else value, self._states),)

    def read_all(self, records: Sequence[Record]) -> list[Event] | None:
        """The events of many records in one go; None where one of them needs to be looked at by itself."""
        values = [record.value for record in records if not record.headers or not is_cloud_event(record.headers)]
        if len(values) != len(records) or None in values:
            return None
        whole = b"\n".join(values)  # type: ignore[arg-type]  # none of them is None
        if whole.count(b"\n") != len(values) - 1:
            return None
        try:
            found = _strict.decode_lines(whole)
            return _events(found, self._states) if len(found) == len(values) else None
        except (DecodeError, UnicodeDecodeError, UnreadableError):
            return None


def native_adapter(states: States) -> NativeAdapter:
    """The adapter for native messages."""
    return NativeAdapter(states)


def write(event: Event) -> bytes:
    """The event as a native message: `read` of it is the event again."""
    at = _EPOCH + timedelta(microseconds=event.at)
    known: _Known
    match event:
        case AgentState():
            agent_state = (event.agent, event.state, event.reason or None, event.queue or None, event.sequence)
            known = _AgentState(event.id, at, event.site, *agent_state)
        case QueueSnapshot():
            known = _QueueSnapshot(
                event.id, at, event.site, event.queue, event.waiting, event.oldest_wait_s, event.offered,
                event.answered, event.answered_within, event.abandoned, event.wait_s, event.staffed,
            )  # fmt: skip
        case Contact():
            milestone: Any = event.milestone
            known = _Contact(event.id, at, event.site, event.contact, milestone, event.queue, event.agent or None)
        case Case():
            milestone = event.milestone
            known = _Case(event.id, at, event.site, event.case, milestone, event.queue or None, event.agent or None)
    message = _write(known)
    return message[:-1] + b"," + _write(event.extra)[1:] if event.extra else message


def key(event: Event) -> bytes:
    """What keeps the order of events that belong together: the agent of a state, the queue of everything else.

    A contact belongs to its queue also when an agent answers it: whoever counts a queue has to see all of it.
    """
    if isinstance(event, AgentState):
        return event.agent.encode()
    return (event.queue or event.case).encode() if isinstance(event, Case) else event.queue.encode()


def _completed(value: bytes, headers: Headers) -> bytes:
    """The message with what only the headers of its CloudEvent say."""
    try:
        said = attributes(headers)
        return _write(said | _object.decode(value)) if said else value
    except (DecodeError, UnicodeDecodeError) as error:
        raise UnreadableError(Said("not a CloudEvent with a JSON object: {error}", error=error)) from None


def _events(found: Sequence[_Known], states: States) -> list[Event]:
    """What `_event` makes of each, with less to do for agent states: most messages are some."""
    events: list[Event] = []
    for known in found:
        if isinstance(known, _AgentState):
            reason = known.reason or ""
            events.append(
                AgentState(
                    known.id, (known.at - _EPOCH) // _MICROSECOND, known.site, known.agent,
                    states.native(known.state, reason), reason, known.queue or "", {}, known.sequence,
                )
            )  # fmt: skip
        else:
            events.append(_event(known, {}, states))
    return events


def _event(known: _Known, extra: dict[str, Any], states: States) -> Event:
    micros = (known.at - _EPOCH) // _MICROSECOND
    if isinstance(known, _AgentState):
        reason = known.reason or ""
        state = states.native(known.state, reason)
        queue = known.queue or ""
        return AgentState(known.id, micros, known.site, known.agent, state, reason, queue, extra, known.sequence)
    if isinstance(known, _QueueSnapshot):
        return QueueSnapshot(
            known.id, micros, known.site, known.queue, known.waiting, known.oldest_wait_s, known.offered,
            known.answered, known.answered_within, known.abandoned, known.wait_s, known.staffed, extra,
        )  # fmt: skip
    if isinstance(known, _Contact):
        return Contact(
            known.id, micros, known.site, known.contact, known.milestone, known.queue, known.agent or "", extra
        )
    return Case(known.id, micros, known.site, known.case, known.milestone, known.queue or "", known.agent or "", extra)


TYPES = "agent_state, queue_snapshot, contact, case"


def _words(error: str) -> str:
    """The library's sentence, with what it leaves out."""
    if "$.type" in error or "field `type`" in error:
        return Said("{error}; type is one of {names}", error=library_words(error), names=TYPES)
    return library_words(error)
