"""Kafka's clients, connected; and what their errors mean to us."""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kafka import errors
from kafka.net.compat import KafkaNetClient

from centre.errors import FencedError, PositionLostError, StreamError
from centre.said import Said

CONSUMER: dict[str, Any] = {
    "enable_auto_commit": False,
    "auto_offset_reset": "none",
    "isolation_level": "read_committed",
    "allow_auto_create_topics": False,
    "session_timeout_ms": 10_000,
    "heartbeat_interval_ms": 1_000,  # a member hears of a rebalance by its heartbeat
    "metadata_max_age_ms": 30_000,
    "max_poll_records": 1000,
}
PRODUCER: dict[str, Any] = {
    "enable_idempotence": True,
    "acks": "all",
    "allow_auto_create_topics": False,
    "linger_ms": 2,
    "max_block_ms": 5_000,
    "delivery_timeout_ms": 8_000,  # less than a session: who stalled sends nothing that its successor has sent
    "request_timeout_ms": 5_000,
}
BOOTSTRAP_MS = 15_000
_ATTEMPT = re.compile(r"connection to .* failed: (.*?)(?: \(backoff.*)?$")


def connected(kind: Callable[..., Any], settings: Mapping[str, Any], **config: Any) -> Any:
    """A client of this kind that has reached a broker.

    Why one could not stands only in the client's log, so it is read there. And the thread of a client that failed
    would go on for ever, so it is ended.
    """
    made: list[Any] = []

    def network(**config: Any) -> Any:
        made.append(KafkaNetClient(**config))
        return made[-1]

    with _attempts() as reasons:
        try:
            return kind(**settings, **config, bootstrap_timeout_ms=BOOTSTRAP_MS, kafka_client=network)
        except errors.KafkaTimeoutError as error:
            for client in made:
                client.close()
            why = "; ".join(dict.fromkeys(reasons)) or "nobody answers"
            raise errors.KafkaTimeoutError(Said("nobody let us in: {why}", why=why)) from error


@contextmanager
def explained(log: str, doing: str) -> Iterator[None]:
    """Turn the client's errors into ours, with the remedy. `log` names the log, `doing` what was going on."""
    try:
        yield
    except (errors.OffsetOutOfRangeError, errors.LogTruncationError) as error:
        raise PositionLostError(
            Said(
                "{log}: it no longer holds the position we stand at ({error}): events were deleted before they were "
                "read. To go on with what is left, remove the stored position of that partition; to lose none next "
                "time, raise retention.ms of the topic.",
                log=log,
                error=error,
            )
        ) from error
    except (errors.FencedInstanceIdError, errors.UnreleasedInstanceIdError) as error:
        raise FencedError(
            Said("{log}: another consumer runs under our name; give each its own ({error})", log=log, error=error)
        ) from error
    except errors.UnsupportedCodecError as error:
        raise StreamError(
            Said(
                "{log}: {error}; install what reads that compression: lz4, zstandard or python-snappy",
                log=log,
                error=error,
            )
        ) from error
    except errors.KafkaError as error:
        raise StreamError(Said("{log}: {doing} failed: {error}", log=log, doing=doing, error=error)) from error


class _Reasons(logging.Handler):
    """Keeps the reasons that the client logs for attempts that failed."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__()
        self._reasons = reasons

    def emit(self, record: logging.LogRecord) -> None:
        found = _ATTEMPT.search(record.getMessage())
        if found:
            self._reasons.append(found[1])


@contextmanager
def _attempts() -> Iterator[list[str]]:
    reasons: list[str] = []
    manager, handler = logging.getLogger("kafka.net.manager"), _Reasons(reasons)
    level = manager.level
    manager.setLevel(logging.WARNING)
    manager.addHandler(handler)
    try:
        yield reasons
    finally:
        manager.removeHandler(handler)
        manager.setLevel(level)
