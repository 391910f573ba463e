"""Every row of fixed.csv stands in the roster as it is, and what it rules out is not there."""

from collections.abc import Iterator

from centre.roster import ON_DUTY, Segment
from centre.said import Said
from scheduler.checks.line import Duty, Line, View
from scheduler.checks.violation import Violation


def fixed(view: View) -> Iterator[Violation]:
    """Charge rows that are missing, fixed duties that were changed, and duties over fixed off and standby."""
    for line in view.lines:
        for row in line.fixed:
            yield from (_charge(view, line, row, message) for message in _faults(line, row))
        for duty in line.duties:
            if duty.fixed and (message := _grown(line, duty)):
                yield _charge(view, line, line.fixed[0], message, duty.day)


def _faults(line: Line, row: Segment) -> Iterator[str]:
    if row.activity not in ("off", "leave") and not _stands(line, row):
        yield Said("the fixed {activity} is not in the roster as it is", activity=Said.term("activity", row.activity))
    crossing = [duty for duty in line.duties if duty.start < row.end and duty.end > row.start]
    if row.activity in ("off", "standby") and crossing:
        yield Said("a duty over the fixed {activity}", activity=Said.term("activity", row.activity))


def _stands(line: Line, row: Segment) -> bool:
    """Whether the row is in the roster, in one piece or in several."""
    if row in line.segments:
        return True
    reached = row.start
    for segment in line.segments:
        same = segment.activity == row.activity and segment.queue == row.queue
        if same and segment.start <= reached < segment.end:
            reached = segment.end
    return reached >= row.end


def _grown(line: Line, duty: Duty) -> str:
    """What a duty that fixed rows are the whole of holds beyond them."""
    rows = [row for row in line.fixed if row.activity in ON_DUTY or row.activity == "leave"]
    extra = [
        segment
        for segment in duty.segments
        if segment.activity in ON_DUTY
        and not any(row.start <= segment.start and segment.end <= row.end for row in rows)
    ]
    return (
        Said("{activity} beside the fixed rows of the day", activity=Said.term("activity", extra[0].activity))
        if extra
        else ""
    )


def _charge(view: View, line: Line, row: Segment, message: str, day: int | None = None) -> Violation:
    number = view.calendar.day_of(row.start) if day is None else day
    return Violation("fixed", line.agent.agent, view.calendar.date(number), True, message, 1)
