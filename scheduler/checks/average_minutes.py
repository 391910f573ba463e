"""Averaged hours: paid minutes of some weeks in a row are on average not above the contract's."""

from collections.abc import Iterator

from centre.said import Said
from scheduler.checks.line import Line, View
from scheduler.checks.violation import Violation


def average_minutes(view: View) -> Iterator[Violation]:
    """Charge, in paid minutes, what the horizon adds to spans of weeks above the highest average."""
    for line in view.lines:
        weeks, most = line.contract.average_weeks, line.contract.average_week_minutes
        for span, left in spans_of(line):
            added = sum(duty.paid for duty in line.duties if duty.day in span and duty.day >= 0)
            if added > left:
                total = added + sum(already(line, range(day, day + 7)) for day in range(span.start, span.stop, 7))
                message = Said(
                    "{average:.0f} paid minutes a week on average over {weeks} weeks, at most {most}",
                    average=total / weeks,
                    weeks=weeks,
                    most=most,
                )
                day = view.calendar.date(max(span.start, 0))
                yield Violation("average minutes", line.agent.agent, day, True, message, added - left)


def spans_of(line: Line) -> Iterator[tuple[range, int]]:
    """Each run of so many weeks with a day in the horizon, and the paid minutes that the horizon's days may add."""
    weeks = line.contract.average_weeks
    if not weeks:
        return
    most = weeks * line.contract.average_week_minutes
    for last in line.calendar.weeks:
        span = range(last.stop - 7 * weeks, last.stop)
        before = sum(already(line, range(day, day + 7)) for day in range(span.start, span.stop, 7))
        yield span, max(0, most - before)


def already(line: Line, week: range) -> int:
    """Paid minutes of a week before the horizon, and the credit of its leave days."""
    done = sum(duty.paid for duty in line.duties if duty.day in week and duty.day < 0)
    return done + len(line.credited(week)) * line.credit_minutes
