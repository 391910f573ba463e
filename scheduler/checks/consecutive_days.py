"""Runs of worked days and of days off: not too long, not too short."""

from collections.abc import Iterator

from centre.said import Said
from scheduler.checks.line import Line, View
from scheduler.checks.violation import Violation


def consecutive_days(view: View) -> Iterator[Violation]:
    """Charge, in days, runs of worked days above the highest or below the lowest, and runs of days off below it."""
    for line in view.lines:
        for days, working in _runs(line):
            fault = _of_work(line, days) if working else _of_rest(line, days)
            if fault:
                message, amount = fault
                day = view.calendar.date(max(days.start, 0))
                yield Violation("consecutive days", line.agent.agent, day, True, message, amount)


def _of_work(line: Line, days: range) -> tuple[str, int] | None:
    highest, lowest = line.contract.max_consecutive_days, line.contract.min_consecutive_days
    if len(days) > highest and days.stop > 0:
        message = Said("{days} worked days in a row, at most {most}", days=len(days), most=highest)
        return message, min(len(days) - highest, days.stop - max(days.start, 0))
    ends = (days.start - 1, days.stop)
    bounded = all(line.known(day) and day not in line.leave_days for day in ends)
    if len(days) < lowest and bounded and days.stop >= 0:
        return Said("{days} worked days in a row, at least {least}", days=len(days), least=lowest), lowest - len(days)
    return None


def _of_rest(line: Line, days: range) -> tuple[str, int] | None:
    lowest = line.contract.min_consecutive_days_off
    between = days.start - 1 in line.worked and days.stop in line.worked
    known = all(line.known(day) and day not in line.leave_days for day in days)
    if len(days) < lowest and between and known and days.stop >= 0:
        return Said("{days} days off in a row, at least {least}", days=len(days), least=lowest), lowest - len(days)
    return None


def _runs(line: Line) -> Iterator[tuple[range, bool]]:
    """Runs of days, worked or not, from the tail's first day to the horizon's last."""
    start, stop = line.first_known, line.calendar.horizon.days
    first = start
    for day in range(start, stop):
        working = day in line.worked
        if day + 1 == stop or (day + 1 in line.worked) != working:
            yield range(first, day + 1), working
            first = day + 1
