"""Instants as files and people read them, each worked out once: a roster names the same few thousand over and over."""

from collections.abc import Iterable
from functools import cached_property
from zoneinfo import ZoneInfo

from centre.grid import aware


class Moments:
    """The instants of one zone in text."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self._iso: dict[int, str] = {}
        self._clock: dict[int, str] = {}

    @cached_property
    def tz(self) -> ZoneInfo:
        """The zone."""
        return ZoneInfo(self.zone)

    def iso(self, second: int) -> str:
        """ISO 8601 with the zone's offset at that instant: "2026-03-02T08:30:00+08:00"."""
        text = self._iso.get(second)
        if text is None:
            text = self._iso[second] = aware(second, self.zone).isoformat()
        return text

    def clock(self, second: int) -> str:
        """The wall clock: "08:30"."""
        text = self._clock.get(second)
        if text is None:
            text = self._clock[second] = aware(second, self.zone).strftime("%H:%M")
        return text

    def span(self, start: int, end: int) -> str:
        """From one wall clock to another: "08:30–17:30"."""
        return f"{self.clock(start)}–{self.clock(end)}"

    def isos(self, seconds: Iterable[int]) -> list[str]:
        """ISO 8601 of many instants."""
        return [self.iso(second) for second in seconds]
