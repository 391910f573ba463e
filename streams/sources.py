"""From what a person writes behind --source or --to, to the log that is meant."""

from collections.abc import Callable, Mapping
from pathlib import Path

from centre.errors import InputError, Problem
from centre.said import Said
from centre.site import Broker
from streams.embedded import EmbeddedLog
from streams.event_log import EventLog
from streams.files import FileLog
from streams.kafka_settings import client_settings
from streams.standard_input import StandardInputLog

EMBEDDED_FILE = "events.db"
_NO_BROKER = Broker(bootstrap="none")


def open_source(
    source: str,
    *,
    folder: Path,
    now: Callable[[], int],
    broker: Broker | None = None,
    secrets: Mapping[str, str] | None = None,
    instance: str = "",
    follow: bool = False,
) -> EventLog:
    """The log named by `source`.

    Parameters
    ----------
    source : "embedded" (an SQLite file in the site folder), "kafka" (the site's [broker]), "-" (standard input and
        output), or else the path of a file of JSON lines.
    folder : the site folder.
    now : the clock, UTC microseconds.
    broker : the [broker] table, for "kafka".
    secrets : the environment, for "kafka".
    instance : the name of this consumer, the same over restarts; "" for one that comes and goes.
    follow : wait for more at the end of a file.

    Raises
    ------
    InputError
        "kafka" without a [broker], or without the secrets it needs.
    StreamError
        The log cannot be opened.
    """
    if source == "-":
        return StandardInputLog(now)
    if source == "embedded":
        return EmbeddedLog(folder / EMBEDDED_FILE, now)
    if source == "kafka":
        if broker is None:
            raise InputError(
                [Problem("site.toml", "[broker]", Said("nothing"), Said('a table with bootstrap = "host:port"'))]
            )
        from streams.kafka import KafkaLog  # its client takes long to load, and few need it

        return KafkaLog(client_settings(broker, secrets or {}), broker.group, instance)
    return FileLog(Path(source), now, follow=follow)


def event_topics(broker: Broker | None) -> tuple[str, str]:
    """The topics that events come in: agent states and queue events."""
    names = broker or _NO_BROKER
    return names.agent_states, names.queue_events
