"""The alerts topic of the broker; without one, of the embedded log where there is one."""

import orjson

from centre.errors import StreamError
from centre.said import Said
from desk.delivery import DeliveryError, Message
from desk.floor_engine import open_log
from desk.wiring import Place
from streams.event_log import Message as Record
from streams.sources import EMBEDDED_FILE


def to_topic(message: Message, to: str, place: Place) -> str:
    """Append it to the alerts topic, keyed by its thread, so that what concerns one incident stays in order.

    Raises
    ------
    DeliveryError : the log does not take it.
    """
    broker = place.site.settings.broker
    if broker is None and not (place.folder / EMBEDDED_FILE).exists():
        return ""
    topic = broker.alerts if broker else "alerts"
    key = str(message.facts.get("thread", ""))
    content = orjson.dumps({"type": "escalation", **message.facts, "to": to, "text": message.body})
    try:
        log = open_log(place, "kafka" if broker else "embedded")
        try:
            log.create((topic,))
            log.append(topic, [Record(key.encode(), content)])
        finally:
            log.close()
    except StreamError as error:
        raise DeliveryError(Said("alerts topic {topic}: {error}", topic=topic, error=error)) from error
    return f"appended to {topic}"
