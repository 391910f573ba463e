"""Which plan holds when: the newest version over each time, put together from all that were published.

A duty belongs to the day on which it begins (docs/rules.md). So a version speaks for the duties that begin within its
horizon, wherever they end: the night shift that began the evening before stays, whole, although it runs into the new
version's first morning. A version that applies from a later moment than its horizon begins (a repair at 14:00) leaves
everything before that moment as it was.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from centre.roster import Segment

NEAR_S = 2 * 86_400
"""A duty that began so long before may reach into the time asked for."""


@dataclass(frozen=True, slots=True)
class Published:
    """A published version: its days [begin, end) and the moment from which it applies, UTC seconds."""

    version: int
    begin: int
    end: int
    applies_from: int


@dataclass(frozen=True, slots=True)
class Planned:
    """A segment with the begin of the duty it is part of."""

    segment: Segment
    duty_begin: int


def needed(parts: Sequence[Published], begin: int, end: int) -> list[Published]:
    """The versions that have a say in duties that begin in [begin, end): the others are wholly superseded."""
    free = [(begin, end)]
    found = []
    for part in reversed(parts):
        if any(start < part.end and part.begin < stop for start, stop in free):
            found.append(part)
        first = max(part.begin, part.applies_from)
        halves = [half for start, stop in free for half in ((start, min(stop, first)), (max(start, part.end), stop))]
        free = [(start, stop) for start, stop in halves if start < stop] if first < part.end else free
    return found[::-1]


def put_together(versions: Iterable[tuple[Published, Iterable[Segment]]]) -> list[Planned]:
    """What holds after all these versions, which are in the order in which they were published."""
    plan: list[Planned] = []
    for published, segments in versions:
        kept = [part for planned in plan for part in _outside(planned, published)]
        plan = kept + [part for planned in _with_duties(segments) for part in _inside(planned, published)]
    return _joined(plan)


def _with_duties(segments: Iterable[Segment]) -> Iterator[Planned]:
    """Each segment with the begin of its unbroken run."""
    for _, line in groupby(sorted(segments), key=lambda segment: segment.agent):
        begin, end = 0, None
        for segment in line:
            begin = begin if segment.start == end else segment.start
            end = segment.end
            yield Planned(segment, begin)


def _speaks_for(published: Published, planned: Planned) -> bool:
    return published.begin <= planned.duty_begin < published.end


def _outside(planned: Planned, published: Published) -> Iterator[Planned]:
    """What is left of an older segment."""
    if not _speaks_for(published, planned) or planned.segment.end <= published.applies_from:
        yield planned
    elif planned.segment.start < published.applies_from:
        yield _cut(planned, planned.segment.start, published.applies_from)


def _inside(planned: Planned, published: Published) -> Iterator[Planned]:
    """What counts of a new segment."""
    if _speaks_for(published, planned) and planned.segment.end > published.applies_from:
        yield _cut(planned, max(planned.segment.start, published.applies_from), planned.segment.end)


def _cut(planned: Planned, start: int, end: int) -> Planned:
    old = planned.segment
    return Planned(Segment(old.agent, start, end, old.activity, old.queue), planned.duty_begin)


def _joined(plan: list[Planned]) -> list[Planned]:
    """In order, neighbours that say the same made one: where one version follows another leaves no trace."""
    joined: list[Planned] = []
    for planned in sorted(plan, key=lambda planned: planned.segment):
        last, this = joined[-1].segment if joined else None, planned.segment
        if last and (last.agent, last.end, last.activity, last.queue) == (
            this.agent, this.start, this.activity, this.queue,
        ):  # fmt: skip
            joined[-1] = _cut(joined[-1], last.start, this.end)
        else:
            joined.append(planned)
    return joined
