"""Paid minutes of a calendar month lie within the contract's bounds, less leave."""

from collections.abc import Iterator

from centre.said import Said
from scheduler.checks.line import Line, View
from scheduler.checks.violation import Violation
from scheduler.checks.week_minutes import approved_overtime


def month_minutes(view: View) -> Iterator[Violation]:
    """Charge, in paid minutes, months above the highest or below the lowest."""
    for line in view.lines:
        if line.contract.month_minutes != (0, 0):
            for month in view.calendar.months:
                yield from _month(view, line, month)


def credited_days(line: Line, month: range) -> int:
    """Leave days of a month that are credited: within each of its weeks the first ones."""
    first_week = line.calendar.weeks[0].start
    start = month.start - (month.start - first_week) % 7
    weeks = (range(day, day + 7) for day in range(start, month.stop, 7))
    return sum(day in month for week in weeks for day in line.credited(week))


def _month(view: View, line: Line, month: range) -> Iterator[Violation]:
    name, day = line.agent.agent, view.calendar.date(max(month.start, 0))
    credit = credited_days(line, month) * line.credit_minutes
    lowest, highest = (max(0, bound - credit) for bound in line.contract.month_minutes)
    highest += approved_overtime(view, line, month)
    paid = sum(duty.paid for duty in line.duties if duty.day in month)
    in_horizon = sum(duty.paid for duty in line.duties if duty.day in month and duty.day >= 0)
    unknown = sum(not line.known(day) for day in month if day not in line.worked)
    least, most = (unknown * bound / 7 for bound in line.contract.week_minutes)
    if paid + least > highest and in_horizon:
        message = _with(Said("{paid} paid minutes in the month, at most {most}", paid=paid, most=highest), least)
        yield Violation("month minutes", name, day, True, message, min(paid + least - highest, in_horizon))
    if paid + most < lowest:
        message = _with(Said("{paid} paid minutes in the month, at least {least}", paid=paid, least=lowest), most)
        yield Violation("month minutes", name, day, not line.touched(month), message, lowest - paid - most)


def _with(message: Said, minutes: float) -> Said:
    if not minutes:
        return message
    return Said("{message} with {minutes:.0f} for the days not rostered yet", message=message, minutes=minutes)
