"""From what the search decided to the segments of a roster."""

from collections.abc import Iterable, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from centre.roster import Roster, Segment
from centre.shifts import Activity
from scheduler.activities import LEFT_OUT, Placed
from scheduler.queue_assignment import Server, assign_queues
from scheduler.tours.floor import Floor, Member

Piece = tuple[int, int, str]
"""Start and end (UTC seconds) and activity."""


def roster_of(floor: Floor, activities: Sequence[Placed]) -> Roster:
    """The roster: duties cut into work, pauses and activities, each stretch of work with its queue, and leave."""
    placed: dict[int, list[Placed]] = {}
    for activity in activities:
        placed.setdefault(activity.member, []).append(activity)
    pieces = [list(_pieces(floor, p, placed.get(p, []))) for p in range(len(floor.members))]
    queues = _queues(floor, pieces)
    segments: list[Segment] = []
    for p, member in enumerate(floor.members):
        segments += _own(floor, member)
        for piece in pieces[p]:
            segments += _with_queues(floor, member, piece, queues[p])
    return Roster.of(set(segments))


def _pieces(floor: Floor, p: int, activities: Sequence[Placed]) -> Iterable[Piece]:
    """The pieces of a person's duties; fixed duties apart, which stand as they were written."""
    member, clock = floor.members[p], floor.clock
    lines = member.lines
    for o in floor.chosen[p]:
        if o < 0 or written(floor, p, int(o)):
            continue
        begin, end = clock.second(int(lines.start[o])), clock.second(int(lines.end[o]))
        if lines.on_call[o]:
            yield (begin, end, "standby")
            continue
        cuts: list[Piece] = [
            (clock.second(at), clock.second(at + int(lines.length[k])), lines.activity[k].partition(":")[0])
            for k in range(lines.pause_first[o], lines.pause_first[o + 1])
            for at in [int(floor.places[p][k])]
            if at != LEFT_OUT
        ]
        cuts += [
            (clock.second(a.start), clock.second(a.end), a.activity)
            for a in activities
            if lines.start[o] <= a.start and a.end <= lines.end[o]
        ]
        leave = [(max(begin, left), min(end, right)) for left, right in lines.line.part_day_leave]
        for left, right, activity in _filled(begin, end, sorted(cuts)):
            yield from _over(left, right, activity, [span for span in leave if span[0] < span[1]])


def _filled(begin: int, end: int, cuts: Sequence[Piece]) -> Iterable[Piece]:
    at = begin
    for left, right, activity in cuts:
        if at < left:
            yield (at, left, "work")
        yield (left, right, activity)
        at = right
    if at < end:
        yield (at, end, "work")


def _over(left: int, right: int, activity: str, leave: Sequence[tuple[int, int]]) -> Iterable[Piece]:
    """Work that part-day leave cuts becomes leave; pauses stay."""
    if activity != "work":
        yield (left, right, activity)
        return
    at = left
    for begin, end in leave:
        if begin < right and at < end:
            if at < begin:
                yield (at, begin, "work")
            yield (max(at, begin), min(right, end), "leave")
            at = min(right, end)
    if at < right:
        yield (at, right, "work")


def written(floor: Floor, p: int, option: int) -> bool:
    """Whether an option is a duty that fixed.csv gives whole."""
    lines = floor.members[p].lines
    if lines.kind[option] == "fixed":
        return True
    begin, end = floor.clock.second(int(lines.start[option])), floor.clock.second(int(lines.end[option]))
    return any(row.activity == "work" and begin <= row.start < end for row in lines.line.fixed)


def _own(floor: Floor, member: Member) -> Iterable[Segment]:
    """Fixed rows as they are, and whole days of leave."""
    line = member.lines.line
    yield from line.fixed
    calendar = floor.view.calendar
    taken = [(row.start, row.end) for row in line.fixed if row.activity == "leave"]
    for left, right in line.leave:
        for day in range(calendar.day_of(left), calendar.day_of(right - 1) + 1):
            if day in line.leave_days and 0 <= day < floor.problem.horizon.days:
                start, end = max(left, calendar.midnight(day)), min(right, calendar.midnight(day + 1))
                if all(end <= begin or stop <= start for begin, stop in taken):
                    yield Segment(line.agent.agent, start, end, "leave")


def _queues(floor: Floor, pieces: Sequence[Sequence[Piece]]) -> list[NDArray[np.int64]]:
    """The queue of each person and interval, by number of the requirement's queue; -1 for none."""
    horizon, names = floor.problem.horizon, floor.problem.requirement.queues
    number = {name: n for n, name in enumerate(names)}
    answering = [
        p
        for p, member in enumerate(floor.members)
        if member.lines.line.agent.role == "agent" and any(q in number for q in member.lines.line.agent.skills)
    ]
    servers = []
    for p in answering:
        present = np.zeros(horizon.count)
        for left, right, activity in pieces[p]:
            if activity == "work":
                _spread(present, (left - horizon.begin) / horizon.step, (right - horizon.begin) / horizon.step)
        skills = floor.members[p].lines.line.agent.skills
        servers.append(Server({number[q]: speed for q, speed in skills.items() if q in number}, present))
    fixed = np.zeros((len(names), horizon.count))
    for member in floor.members:
        for row in member.lines.line.fixed:
            if row.queue in number and row.activity in ("work", "overtime"):
                begin, end = (row.start - horizon.begin) / horizon.step, (row.end - horizon.begin) / horizon.step
                _spread(fixed[number[row.queue]], begin, end)
    found = assign_queues(servers, np.maximum(floor.problem.requirement.gross - fixed, 0.0))
    nobody = np.full(horizon.count, -1, np.int64)
    result = [nobody] * len(floor.members)
    for row_number, p in enumerate(answering):
        result[p] = found[row_number]
    return result


def _spread(into: NDArray[np.float64], begin: float, end: float) -> None:
    """Add the share of each interval that [begin, end) covers, in intervals."""
    first, last = max(0, int(begin)), min(into.size, int(np.ceil(end)))
    for interval in range(first, last):
        into[interval] += min(end, interval + 1) - max(begin, interval)


def _with_queues(floor: Floor, member: Member, piece: Piece, queues: NDArray[np.int64]) -> Iterable[Segment]:
    """A piece of work cut where its queue changes; other pieces as they are."""
    left, right, activity = piece
    name, kind = member.lines.line.agent.agent, cast(Activity, activity)
    if activity != "work":
        yield Segment(name, left, right, kind)
        return
    horizon = floor.problem.horizon
    first, last = horizon.index(left), horizon.index(right - 1)
    inside = [int(queues[min(i, queues.size - 1)]) for i in range(first, last + 1)]
    begin = left
    for k, queue in enumerate(inside):
        following = inside[k + 1] if k + 1 < len(inside) else None
        if following != queue:
            end = min(right, horizon.begin + (first + k + 1) * horizon.step) if following is not None else right
            label = floor.problem.requirement.queues[queue] if queue >= 0 else ""
            yield Segment(name, begin, end, kind, label)
            begin = end
