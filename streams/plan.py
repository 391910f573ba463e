"""What the published roster wants of one agent: segments packed, and replaced from the time a version applies.

Versions overlap: the month as it was published, and every change of it since. Over any second the highest version
that covers it holds, whichever order the versions became known in.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from centre.roster import ON_DUTY, Segment
from centre.said import Said
from centre.shifts import ACTIVITIES

ACTIVITY_CODES: dict[str, int] = {activity: code for code, activity in enumerate(ACTIVITIES)}
NOTHING = len(ACTIVITIES)
"""Code of "nothing is planned"."""

_ON_DUTY = frozenset(ACTIVITY_CODES[activity] for activity in ON_DUTY)

Window = tuple[int, int]
"""[start, end), UTC seconds."""


class Coverage(NamedTuple):
    """A roster version and the time [start, end) it speaks for, UTC seconds."""

    version: int
    start: int
    end: int


def _no_instants() -> "array[int]":
    return array("q")


@dataclass(frozen=True, slots=True)
class Plan:
    """An agent's segments, apart from each other and in order of time. Never changed in place.

    Attributes
    ----------
    starts, ends : UTC seconds.
    activities : activity codes.
    places : for each segment the index of its queue in `queues`.
    queues : names of the queues, in order of the alphabet.
    """

    starts: "array[int]" = field(default_factory=_no_instants)
    ends: "array[int]" = field(default_factory=_no_instants)
    activities: bytes = b""
    places: bytes = b""
    queues: tuple[str, ...] = ()

    @classmethod
    def of(cls, segments: Iterable[Segment]) -> "Plan":
        """The plan made of one agent's segments, which do not overlap."""
        line = sorted(segments)
        queues = tuple(sorted({segment.queue for segment in line}))
        if len(queues) > 256:
            raise ValueError(
                Said("{agent}: at most 256 queues in a plan, not {count}", agent=line[0].agent, count=len(queues))
            )
        return cls(
            array("q", [segment.start for segment in line]),
            array("q", [segment.end for segment in line]),
            bytes([ACTIVITY_CODES[segment.activity] for segment in line]),
            bytes([queues.index(segment.queue) for segment in line]),
            queues,
        )

    def __len__(self) -> int:
        return len(self.starts)

    def segment(self, index: int, agent: str) -> Segment:
        """A segment as the roster has it."""
        return Segment(
            agent, self.starts[index], self.ends[index], ACTIVITIES[self.activities[index]], self.queue(index)
        )

    def queue(self, index: int) -> str:
        """The queue a segment serves, "" for none."""
        return self.queues[self.places[index]]

    def at(self, second: int) -> int:
        """Index of the segment in which a second lies, or -1."""
        index = bisect_right(self.starts, second) - 1
        return index if index >= 0 and second < self.ends[index] else -1

    def on_duty(self, index: int) -> bool:
        """Whether a segment lies inside a shift."""
        return self.activities[index] in _ON_DUTY

    def duty(self, index: int) -> Window:
        """The unbroken run of on-duty segments around one of them."""
        first = last = index
        while first > 0 and self.ends[first - 1] == self.starts[first] and self.on_duty(first - 1):
            first -= 1
        while last + 1 < len(self) and self.starts[last + 1] == self.ends[last] and self.on_duty(last + 1):
            last += 1
        return self.starts[first], self.ends[last]

    def duties(self) -> list[Window]:
        """All duties, in order of time."""
        found: list[Window] = []
        for index in range(len(self)):
            if self.on_duty(index) and (not found or found[-1][1] <= self.starts[index]):
                found.append(self.duty(index))
        return found

    def segments(self, agent: str) -> list[Segment]:
        """All segments as the roster has them."""
        return [self.segment(index, agent) for index in range(len(self))]

    def between(self, start: int, end: int, agent: str) -> list[Segment]:
        """The segments that lie in [start, end), UTC seconds, or reach into it, whole."""
        return [self.segment(n, agent) for n in range(bisect_right(self.ends, start), bisect_left(self.starts, end))]

    def prune(self, before: int) -> "Plan":
        """Without the segments that ended before a second."""
        first = bisect_right(self.ends, before)
        if first == 0:
            return self
        return Plan.of(self.segments("")[first:])


def free_windows(coverage: Sequence[Coverage], version: int, window: Window) -> list[Window]:
    """The parts of a window over which no version higher than `version` speaks."""
    free = [window]
    for known in coverage:
        if known.version > version:
            free = [
                part
                for start, end in free
                for part in ((start, min(end, known.start)), (max(start, known.end), end))
                if part[0] < part[1]
            ]
    return free


def replace(plan: Plan, windows: Sequence[Window], segments: Iterable[Segment]) -> Plan:
    """The plan with everything in `windows` taken out, and what of `segments` lies in them put in."""
    kept = plan.segments("")
    for start, end in windows:
        kept = [part for segment in kept for part in _outside(segment, start, end)]
    new = [
        Segment("", max(segment.start, start), min(segment.end, end), segment.activity, segment.queue)
        for segment in segments
        for start, end in windows
        if segment.start < end and start < segment.end
    ]
    return Plan.of(_joined([*kept, *new]))


def version_at(coverage: Sequence[Coverage], second: int) -> int:
    """The roster version in force over a second; 0 for none."""
    return max((known.version for known in coverage if known.start <= second < known.end), default=0)


def _outside(segment: Segment, start: int, end: int) -> list[Segment]:
    if segment.end <= start or end <= segment.start:
        return [segment]
    parts = ((segment.start, start), (end, segment.end))
    return [Segment(segment.agent, a, b, segment.activity, segment.queue) for a, b in parts if a < b]


def _joined(segments: list[Segment]) -> list[Segment]:
    """Neighbours that are the same made one, so that where a version was cut leaves no trace."""
    joined: list[Segment] = []
    for segment in sorted(segments):
        last = joined[-1] if joined else None
        if last and (last.end, last.activity, last.queue) == (segment.start, segment.activity, segment.queue):
            joined[-1] = Segment(last.agent, last.start, segment.end, last.activity, last.queue)
        else:
            joined.append(segment)
    return joined


def index_after(plan: Plan, second: int) -> int:
    """Index of the first segment that starts at or after a second; the length when there is none."""
    return bisect_left(plan.starts, second)
