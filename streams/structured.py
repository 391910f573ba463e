"""Log lines for machines: one JSON object a line, with the ids of the events a line is about."""

import logging
from datetime import UTC, datetime

import orjson

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Time, level, logger and message; whatever was said in `extra` beside them, such as `incident` and `events`."""

    def format(self, record: logging.LogRecord) -> str:
        row: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        row |= {name: value for name, value in vars(record).items() if name not in _PLAIN}
        if record.exc_info:
            row["error"] = self.formatException(record.exc_info)
        return orjson.dumps(row, default=str).decode()
