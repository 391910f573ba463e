"""The engine's log on standard error, for people or for machines."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from streams.structured import JsonLines


class LogStyle(StrEnum):
    """How the log is written."""

    text = "text"
    json = "json"


@contextmanager
def logged(style: LogStyle | None) -> Iterator[None]:
    """Within this block write what the live engine logs; nothing but warnings without a style."""
    if style is None:
        yield
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonLines() if style is LogStyle.json else logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    )
    logger = logging.getLogger("streams")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
