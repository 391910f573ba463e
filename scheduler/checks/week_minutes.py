"""Paid minutes of a week lie within the contract's bounds, less leave, with overtime allowed or approved."""

from collections.abc import Iterator

from centre.said import Said
from scheduler.checks.line import Line, View
from scheduler.checks.violation import Violation


def week_minutes(view: View) -> Iterator[Violation]:
    """Charge, in paid minutes, weeks above the highest (and the overtime allowed) or below the lowest."""
    for line in view.lines:
        if line.contract.week_minutes == (0, 0):
            continue
        longest = longest_paid(view, line)
        for week in view.calendar.weeks:
            yield from _week(view, line, week, longest)


def longest_paid(view: View, line: Line) -> int:
    """Paid minutes of the longest shift of the person's contract."""
    shifts = view.catalogue.shifts(line.contract)
    return max((shift.paid_minutes(shift.minutes[1]) for shift in shifts), default=0)


def highest_paid(line: Line, week: range, longest: int) -> tuple[int, int]:
    """Paid minutes of a week beyond which there is overtime, and the highest there may be, overtime included.

    Both fall by the credit of leave, but the second not below the longest shift on each day that may still be worked:
    leave never makes a duty illegal that was longer than the day of leave is worth.
    """
    contract, days = line.contract, len(line.credited(week))
    plain = max(0, contract.week_minutes[1] - days * line.credit_minutes)
    room = min(contract.week_minutes[1], (contract.days_per_week[1] - days) * longest)
    return plain, max(plain, room if days else plain) + contract.max_overtime_minutes_per_week


def approved_overtime(view: View, line: Line, days: range) -> int:
    """Minutes of a person's overtime of these days that were approved one by one (SHF-10)."""
    mine = [row for row in view.problem.site.overtime if row.agent == line.agent.agent]
    return sum((row.end - row.start) // 60 for row in mine if view.calendar.day_of(row.start) in days)


def _week(view: View, line: Line, week: range, longest: int) -> Iterator[Violation]:
    name, day = line.agent.agent, view.calendar.date(max(week.start, 0))
    credit = len(line.credited(week)) * line.credit_minutes
    lowest = max(0, line.contract.week_minutes[0] - credit)
    highest = highest_paid(line, week, longest)[1] + approved_overtime(view, line, week)
    paid = sum(duty.paid for duty in line.duties if duty.day in week)
    in_horizon = sum(duty.paid for duty in line.duties if duty.day in week and duty.day >= 0)
    unknown = sum(not line.known(day) for day in week if day not in line.worked)
    if paid > highest and in_horizon:
        message = Said("{paid} paid minutes in the week, at most {most}", paid=paid, most=highest)
        yield Violation("week minutes", name, day, True, message, min(paid - highest, in_horizon))
    if paid + unknown * longest < lowest:
        message = Said("{paid} paid minutes in the week, at least {least}", paid=paid, least=lowest)
        yield Violation("week minutes", name, day, not line.touched(week), message, lowest - paid - unknown * longest)
