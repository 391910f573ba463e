"""The roster: versioned segments of who does what when."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from centre.shifts import Activity

PAID_WORK = frozenset({"work", "briefing", "training", "meeting", "overtime", "standby"})
"""Activities whose hours are paid as worked, pauses aside. Leave is not among them: it lies over whole days, 24 hours
each, and is counted in days."""

ON_DUTY = frozenset({"work", "break", "meal", "briefing", "training", "meeting", "overtime"})
"""Activities that lie inside a shift: the person is at the centre."""

ANSWERING = frozenset({"work", "overtime"})
"""Activities that count as coverage of the segment's queue."""


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """One activity of one person over [start, end), UTC seconds. `queue` is "" where none is served."""

    agent: str
    start: int
    end: int
    activity: Activity
    queue: str = ""


IN_ORDER = attrgetter("agent", "start", "end", "activity", "queue")
"""Sorts segments as they compare by themselves, several times faster."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Segments sorted by agent and start, with the version they were published (or made) as; 0 is a draft."""

    segments: tuple[Segment, ...]
    version: int = 0

    @classmethod
    def of(cls, segments: Iterable[Segment], version: int = 0) -> "Roster":
        """A roster of segments in any order."""
        return cls(tuple(sorted(segments, key=IN_ORDER)), version)

    def by_agent(self) -> dict[str, tuple[Segment, ...]]:
        """Each agent's segments in order of time."""
        lines: dict[str, list[Segment]] = {}
        for segment in self.segments:
            lines.setdefault(segment.agent, []).append(segment)
        return {agent: tuple(line) for agent, line in lines.items()}
