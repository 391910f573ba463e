"""A person's line with overtime in it: beside a shift, or a whole shift of the catalogue on a day off."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from centre.requests import OvertimeRequest
from centre.roster import Segment
from centre.site import Overtime
from scheduler.judging import Floor
from scheduler.problem import Problem


def with_overtime(request: OvertimeRequest, queue: str, floor: Floor) -> tuple[tuple[Segment, ...], Problem] | None:
    """The line with the overtime, and the problem that knows it to be approved; None where it fits nowhere."""
    site = floor.problem.site
    mine = Overtime(agent=request.agent, start=request.start, end=request.end)
    problem = replace(floor.problem, site=replace(site, overtime=(*site.overtime, mine)))
    added = tuple(_segments(request, queue, floor))
    if not added:
        return None
    return tuple(sorted([*floor.segments.get(request.agent, ()), *added])), problem


def _segments(request: OvertimeRequest, queue: str, floor: Floor) -> Iterator[Segment]:
    """The overtime as segments: beside a shift in one piece, on a day off with the pauses of the shift that it is."""
    line = floor.lines[request.agent]
    if any(request.start == duty.end or request.end == duty.start for duty in line.duties):
        yield Segment(request.agent, request.start, request.end, "overtime", queue)
        return
    day = line.calendar.day_of(request.start)
    if day in line.worked:
        return
    catalogue, step = floor.seen.catalogue, floor.problem.horizon.step
    for shift in catalogue.shifts(line.contract):
        if not catalogue.frames(shift, day, request.start, request.end):
            continue
        pauses: list[Segment] = []
        for pause in shift.pauses:
            length = pause.minutes * 60
            places = range(request.start, request.end - length + 1, min(step, 300))
            found = (Segment(request.agent, at, at + length, pause.activity) for at in places)
            fitting = (
                row
                for row in found
                if catalogue.allowed(pause, row, request.start)
                and all(row.end <= other.start or other.end <= row.start for other in pauses)
            )
            chosen = next(fitting, None)
            if chosen is None:
                break
            pauses.append(chosen)
        if len(pauses) == len(shift.pauses):
            yield from _around(request, queue, sorted(pauses))
            return


def _around(request: OvertimeRequest, queue: str, pauses: Sequence[Segment]) -> Iterator[Segment]:
    reached = request.start
    for pause in pauses:
        if reached < pause.start:
            yield Segment(request.agent, reached, pause.start, "overtime", queue)
        yield pause
        reached = pause.end
    if reached < request.end:
        yield Segment(request.agent, reached, request.end, "overtime", queue)


def main_queue(request: OvertimeRequest, floor: Floor) -> str:
    """The queue that is shortest of staff then, of those the person serves; "" for those who serve none."""
    agent = floor.agents[request.agent]
    need = floor.problem.requirement
    served = [queue for queue in need.queues if queue in agent.skills] or list(agent.skills)
    if not served:
        return ""
    short = dict.fromkeys(served, 0.0)
    inside = (need.horizon.starts < request.end) & (need.horizon.starts + need.horizon.step > request.start)
    for row, queue in enumerate(need.queues):
        if queue in short:
            short[queue] = float((need.gross[row] - floor.staffed.rostered[row])[inside].sum())
    return max(served, key=lambda queue: short[queue])
