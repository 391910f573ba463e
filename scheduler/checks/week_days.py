"""Worked days of a week lie within the contract's bounds, less leave."""

from collections.abc import Iterator

from centre.said import Said
from scheduler.checks.line import Line, View
from scheduler.checks.violation import Violation


def week_days(view: View) -> Iterator[Violation]:
    """Charge, in days, weeks above the highest or below the lowest number of worked days."""
    for line in view.lines:
        for week in view.calendar.weeks:
            yield from _week(view, line, week)


def _week(view: View, line: Line, week: range) -> Iterator[Violation]:
    name, day = line.agent.agent, view.calendar.date(max(week.start, 0))
    credit = len(line.credited(week))
    lowest, highest = (max(0, bound - credit) for bound in line.contract.days_per_week)
    worked = sum(day in line.worked for day in week)
    in_horizon = sum(day in line.worked for day in week if day >= 0)
    unknown = sum(not line.known(day) for day in week if day not in line.worked)
    if worked > highest and in_horizon:
        message = _after(Said("{days} worked days in the week, at most {most}", days=worked, most=highest), credit)
        yield Violation("week days", name, day, True, message, min(worked - highest, in_horizon))
    if worked + unknown < lowest:
        message = _after(Said("{days} worked days in the week, at least {least}", days=worked, least=lowest), credit)
        yield Violation("week days", name, day, not line.touched(week), message, lowest - worked - unknown)


def _after(message: Said, credit: int) -> Said:
    return Said("{message} after {days} of leave", message=message, days=credit) if credit else message
