"""The one place of the desk where the real time is read."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This moment, aware, UTC."""
    return datetime.now(UTC)


def today(zone: str) -> date:
    """The local calendar day of a zone."""
    return datetime.now(ZoneInfo(zone)).date()
