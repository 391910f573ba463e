"""Changes of a line as paint: what somebody does over a window instead of what stood there.

A move is a few strokes of paint. Strokes of several moves are laid on together: first what becomes work, then
everything else, so that a pause may move into the place another activity leaves.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from centre.roster import ON_DUTY, Segment
from centre.shifts import Activity

Line = tuple[Segment, ...]


class Paint(NamedTuple):
    """Somebody does `activity` (on `queue`) over [start, end), UTC seconds."""

    agent: str
    start: int
    end: int
    activity: Activity
    queue: str = ""


def painted(line: Iterable[Segment], strokes: Iterable[Paint]) -> Line:
    """A line with strokes laid on: work first, then what interrupts it."""
    found = sorted(line)
    for stroke in sorted(strokes, key=lambda stroke: stroke.activity != "work"):
        kept = [part for segment in found for part in _outside(segment, stroke.start, stroke.end)]
        new = [] if stroke.activity == "off" else [Segment(*_fields(stroke))]
        found = sorted([*kept, *new])
    return tuple(joined(found))


def changed_lines(lines: Mapping[str, Line], strokes: Iterable[Paint]) -> dict[str, Line]:
    """The lines of those who are painted, as they become."""
    by_agent: dict[str, list[Paint]] = {}
    for stroke in strokes:
        by_agent.setdefault(stroke.agent, []).append(stroke)
    return {agent: painted(lines.get(agent, ()), mine) for agent, mine in by_agent.items()}


def joined(segments: Iterable[Segment]) -> list[Segment]:
    """Neighbours that are the same made one."""
    found: list[Segment] = []
    for segment in segments:
        last = found[-1] if found else None
        if last and (last.end, last.activity, last.queue) == (segment.start, segment.activity, segment.queue):
            found[-1] = replace(last, end=segment.end)
        else:
            found.append(segment)
    return found


def duties(line: Line) -> list[Line]:
    """The unbroken runs of on-duty segments, in order of time."""
    found: list[list[Segment]] = []
    for segment in line:
        if segment.activity in ON_DUTY:
            if found and found[-1][-1].end == segment.start:
                found[-1].append(segment)
            else:
                found.append([segment])
    return [tuple(run) for run in found]


def seconds_moved(before: Line, after: Line) -> int:
    """Seconds over which somebody does something else than before."""
    edges = sorted({edge for segment in (*before, *after) for edge in (segment.start, segment.end)})
    return sum(end - start for start, end in pairwise(edges) if _doing(before, start) != _doing(after, start))


def _doing(line: Line, second: int) -> tuple[str, str]:
    for segment in line:
        if segment.start <= second < segment.end:
            return segment.activity, segment.queue
    return "", ""


def _outside(segment: Segment, start: int, end: int) -> list[Segment]:
    if segment.end <= start or end <= segment.start:
        return [segment]
    parts = ((segment.start, start), (end, segment.end))
    return [replace(segment, start=a, end=b) for a, b in parts if a < b]


def _fields(stroke: Paint) -> tuple[str, int, int, Activity, str]:
    return stroke.agent, stroke.start, stroke.end, stroke.activity, stroke.queue
