"""Leave days hold no duty; what leave cuts out of a duty is leave; and no leave without approval."""

from collections.abc import Iterator

from centre.roster import ON_DUTY
from centre.said import Said
from scheduler.checks.catalogue import PAUSES
from scheduler.checks.line import Line, View
from scheduler.checks.violation import Violation

DURING_LEAVE = PAUSES | {"leave"}


def leave(view: View) -> Iterator[Violation]:
    """Charge duties on leave days, work during leave of part of a day, and leave segments that nobody approved."""
    for line in view.lines:
        if line.leave:
            yield from _on_leave_days(view, line)
            yield from _during_leave(view, line)
        yield from _not_approved(view, line)


def _on_leave_days(view: View, line: Line) -> Iterator[Violation]:
    for duty in line.duties:
        days = range(duty.day, view.calendar.day_of(duty.end - 1) + 1)
        for day in days:
            if day in line.leave_days and duty.day >= 0:
                yield Violation("leave", line.agent.agent, view.calendar.date(day), True, "a duty on a day of leave", 1)


def _during_leave(view: View, line: Line) -> Iterator[Violation]:
    for segment in line.segments:
        if segment.activity not in ON_DUTY - DURING_LEAVE or segment.start < view.calendar.horizon.begin:
            continue
        cuts = (min(end, segment.end) - max(start, segment.start) for start, end in line.part_day_leave)
        minutes = sum(max(0, cut) for cut in cuts) // 60
        day = view.calendar.day_of(segment.start)
        if minutes:
            message = Said(
                "{activity} during {minutes} minutes of leave",
                activity=Said.term("activity", segment.activity),
                minutes=minutes,
            )
            yield Violation("leave", line.agent.agent, view.calendar.date(day), True, message, minutes)


def _not_approved(view: View, line: Line) -> Iterator[Violation]:
    for segment in line.segments:
        if segment.activity == "leave" and segment.start >= view.calendar.horizon.begin:
            approved = any(start <= segment.start and segment.end <= end for start, end in line.leave)
            if not approved:
                day = view.calendar.date(view.calendar.day_of(segment.start))
                yield Violation("leave", line.agent.agent, day, True, "a leave that is not approved", 1)
