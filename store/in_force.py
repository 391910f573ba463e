"""Which plan holds when: the newest version over each time, put together from all that were published.

A duty belongs to the day on which it begins (docs/rules.md). So a version speaks for the duties that begin within its
horizon, wherever they end: the night shift that began the evening before stays, whole, although it runs into the new
version's first morning. A version that applies from a later moment than its horizon begins (a repair at 14:00) leaves
everything before that moment as it was.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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


class Planned(NamedTuple):
    """A segment with the begin of the duty it is part of."""

    segment: Segment
    duty_begin: int


def needed(parts: Sequence[Published], begin: int, end: int) -> list[tuple[Published, int, int]]:
    """The versions that have a say in duties that begin in [begin, end): the others are wholly superseded.

    Each with the bounds [first, last) of the duties that it has a say in: a month of small changes is a hundred
    versions of which each counts for some hours.
    """
    free = [(begin, end)]
    found = []
    for part in reversed(parts):
        mine = [(max(start, part.begin), min(stop, part.end)) for start, stop in free]
        mine = [(start, stop) for start, stop in mine if start < stop]
        if mine:
            found.append((part, min(start for start, _ in mine), max(stop for _, stop in mine)))
        first = max(part.begin, part.applies_from)
        halves = [half for start, stop in free for half in ((start, min(stop, first)), (max(start, part.end), stop))]
        free = [(start, stop) for start, stop in halves if start < stop] if first < part.end else free
    return found[::-1]


def put_together(versions: Iterable[tuple[Published, Iterable[Planned]]]) -> list[Planned]:
    """What holds after all these versions, lowest first, each with the duties that begin within its days."""
    plan: list[Planned] = []
    for published, new in versions:
        kept = [part for planned in plan for part in _outside(planned, published)]
        plan = kept + [part for planned in new for part in _inside(planned, published)]
    return _joined(plan)


def _outside(planned: Planned, published: Published) -> Iterator[Planned]:
    """What is left of an older segment."""
    segment, since = planned.segment, published.applies_from
    if not published.begin <= planned.duty_begin < published.end or segment.end <= since:
        yield planned
    elif segment.start < since:
        yield _cut(planned, segment.start, since)


def _inside(planned: Planned, published: Published) -> Iterator[Planned]:
    """What counts of a new segment."""
    segment, since = planned.segment, published.applies_from
    if since <= segment.start:
        yield planned
    elif since < segment.end:
        yield _cut(planned, since, segment.end)


def _cut(planned: Planned, start: int, end: int) -> Planned:
    old = planned.segment
    return Planned(Segment(old.agent, start, end, old.activity, old.queue), planned.duty_begin)


def _joined(plan: list[Planned]) -> list[Planned]:
    """In order, the halves of a duty that two versions say the same of made one: the cut leaves no trace."""
    joined: list[Planned] = []
    for planned in sorted(plan, key=_order):
        if joined and _go_on(joined[-1], planned):
            joined[-1] = _cut(planned, joined[-1].segment.start, planned.segment.end)
        else:
            joined.append(planned)
    return joined


def _order(planned: Planned) -> tuple[str, int, int]:
    segment = planned.segment
    return (segment.agent, segment.start, segment.end)


def _go_on(before: Planned, after: Planned) -> bool:
    one, other = before.segment, after.segment
    return (
        one.end == other.start
        and one.agent == other.agent
        and (before.duty_begin, one.activity, one.queue) == (after.duty_begin, other.activity, other.queue)
    )
