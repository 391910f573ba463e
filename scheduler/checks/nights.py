"""Not too many nights in a row, and a long rest after them."""

from collections.abc import Iterator
from itertools import pairwise

from centre.said import Said
from scheduler.checks.line import Line, View
from scheduler.checks.violation import Violation


def nights(view: View) -> Iterator[Violation]:
    """Charge, in nights, rows that are too long, and, in minutes, rest after a row that is too short."""
    for line in view.lines:
        if any(duty.night for duty in line.duties):
            yield from _rows(view, line)
            yield from _rests(view, line)


def _rows(view: View, line: Line) -> Iterator[Violation]:
    highest = line.contract.max_nights_in_a_row
    days = sorted({duty.day for duty in line.duties if duty.night})
    row: list[int] = []
    for day, following in zip(days, [*days[1:], None], strict=True):
        row.append(day)
        if following == day + 1:
            continue
        if len(row) > highest and day >= 0:
            message = Said("{nights} nights in a row, at most {most}", nights=len(row), most=highest)
            amount = min(len(row) - highest, sum(night >= 0 for night in row))
            first = view.calendar.date(max(row[0], 0))
            yield Violation("nights", line.agent.agent, first, True, message, amount)
        row = []


def _rests(view: View, line: Line) -> Iterator[Violation]:
    wanted = line.contract.rest_after_nights_minutes
    for night, after in pairwise(line.duties):
        minutes = (after.start - night.end) // 60
        if night.night and not after.night and after.day >= 0 and minutes < wanted:
            message = Said("rest of {minutes} minutes after nights, at least {least}", minutes=minutes, least=wanted)
            yield Violation("nights", line.agent.agent, view.calendar.date(after.day), True, message, wanted - minutes)
