"""What has happened since the roster was published, and the roster when nobody does anything about it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from centre.requests import LeaveRequest
from centre.requirement import Requirement
from centre.roster import ON_DUTY
from scheduler.checks import Duty
from scheduler.checks.catalogue import PAUSES
from scheduler.judging import Floor
from scheduler.leave import granted

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody who will not be there over [start, end), UTC seconds: absent, or on leave that was granted."""

    agent: str
    start: int
    end: int
    kind: str = "sick"


@dataclass(frozen=True, slots=True)
class Surge:
    """A queue of which more (or less) is expected than planned over [start, end), UTC seconds."""

    queue: str
    start: int
    end: int


@dataclass(frozen=True)
class Happened:
    """Everything that happened.

    Attributes
    ----------
    away : who is away.
    surges : which queues changed when.
    requirement : the requirement as it is now, over the same horizon; None where it stands.
    """

    away: tuple[Away, ...] = ()
    surges: tuple[Surge, ...] = ()
    requirement: Requirement | None = None

    @property
    def people(self) -> frozenset[str]:
        """Who is away."""
        return frozenset(row.agent for row in self.away)


def nothing_done(floor: Floor, happened: Happened) -> Floor:
    """The published roster with those who are away taken out, and the problem as it is now."""
    problem = floor.problem
    if happened.requirement is not None:
        problem = replace(problem, requirement=happened.requirement)
    now = floor.changed({}, problem)
    for asked in (asked for row in happened.away for asked in spells(floor, row)):
        line, problem = granted(asked, now)
        now = now.changed({asked.agent: line}, problem)
    return now


def spells(floor: Floor, away: Away) -> list[LeaveRequest]:
    """An absence as leave: of the whole day where a duty falls out whole, else of the part that falls out.

    Days off stay days off: being ill on them neither counts as leave nor uses up any.
    """
    duties = floor.lines[away.agent].duties
    midnight, day_of = floor.seen.calendar.midnight, floor.seen.calendar.day_of
    found = []
    for duty in duties:
        lost = falls_out(duty, away)
        if lost is None:
            continue
        start, end = lost
        left, right = midnight(day_of(duty.start)), midnight(day_of(duty.start) + 1)
        alone = not any(other.start < right and left < other.end for other in duties if other is not duty)
        if (start, end) == (duty.start, duty.end) and end <= right and alone:
            start, end = left, right
        found.append(LeaveRequest(agent=away.agent, start=start, end=end, kind=away.kind, at=away.start))
    return found


def falls_out(duty: Duty, away: Away) -> Span | None:
    """What of a duty falls out because somebody is away; None where nothing does that was not leave already."""
    start, end = max(duty.start, away.start), min(duty.end, away.end)
    there = (row for row in duty.segments if row.activity in ON_DUTY - PAUSES)
    return (start, end) if any(row.start < end and start < row.end for row in there) else None


def affected(floor: Floor, happened: Happened, now: int) -> Iterator[Span]:
    """The times from now on at which service suffers from what happened."""
    for row in happened.away:
        for duty in floor.lines[row.agent].duties:
            if (lost := falls_out(duty, row)) is not None:
                yield max(lost[0], now), lost[1]
    for surge in happened.surges:
        yield max(surge.start, now), surge.end
