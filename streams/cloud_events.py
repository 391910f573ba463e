"""CloudEvents in Kafka's binary mode: what an event is stands in headers, the rest in the value."""

from datetime import UTC, datetime, timedelta

from centre.events import AgentState, Case, Contact, Event, QueueSnapshot
from streams.event_log import Headers

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PREFIX = "ce_"
_TYPES = {AgentState: "agent_state", QueueSnapshot: "queue_snapshot", Contact: "contact", Case: "case"}


def headers(event: Event) -> Headers:
    """The headers of a native event: id, type, the site as source, and the time it happened."""
    at = (_EPOCH + timedelta(microseconds=event.at)).isoformat()
    texts = {"specversion": "1.0", "id": event.id, "type": _TYPES[type(event)], "source": event.site, "time": at}
    return (*((_PREFIX + name, text.encode()) for name, text in texts.items()), ("content-type", b"application/json"))


def is_cloud_event(found: Headers) -> bool:
    """Whether headers may say something of a native event."""
    return any(name.startswith(_PREFIX) for name, _ in found)


def attributes(found: Headers) -> dict[str, str]:
    """What the headers say of a native event, under the names the message has for it; empty if they are no CloudEvent.

    Of a type such as "com.example.agent_state" the last part counts, of a source such as "/sites/Shanghai" likewise.
    """
    texts = {name[len(_PREFIX) :]: value.decode() for name, value in found if name.startswith(_PREFIX) and value}
    if "id" not in texts:
        return {}
    said = {"id": texts["id"]}
    if "type" in texts:
        said["type"] = texts["type"].rsplit(".", 1)[-1]
    if "time" in texts:
        said["at"] = texts["time"]
    if "source" in texts:
        said["site"] = texts["source"].rstrip("/").rsplit("/", 1)[-1]
    return said
