"""Between two duties of a person lies their rest; now and then a contract allows a shorter one."""

from collections.abc import Iterator
from itertools import pairwise

from centre.said import Said
from scheduler.checks.line import Duty, Line, View
from scheduler.checks.violation import Violation


def rest(view: View) -> Iterator[Violation]:
    """Charge, in minutes, rest that is too short before a duty of the horizon."""
    for line in view.lines:
        wanted = max(line.contract.rest_minutes, 1)  # duties that touch would be one
        least = max(line.contract.short_rest_minutes, 1) if line.contract.short_rests else wanted
        used: dict[range, int] = {}
        for minutes, after in _short(line, wanted):
            period = _period(view, line, after.day)
            used[period] = used.get(period, 0) + (minutes >= least)
            if after.day < 0 or (minutes >= least and used[period] <= line.contract.short_rests):
                continue
            message = Said(
                "rest of {minutes} minutes before this duty, at least {least}", minutes=minutes, least=wanted
            )
            if line.contract.short_rests:
                message = Said(
                    "{message}, or {short} up to {times} times a {period}",
                    message=message,
                    short=least,
                    times=line.contract.short_rests,
                    period=Said.term("span", line.contract.short_rests_every),
                )
            yield Violation(
                "rest", line.agent.agent, view.calendar.date(after.day), True, message, wanted - minutes
            )  # fmt: skip


def _short(line: Line, wanted: int) -> Iterator[tuple[int, Duty]]:
    """Rests shorter than wanted, in minutes, with the duty that follows."""
    for before, after in pairwise(line.duties):
        minutes = (after.start - before.end) // 60
        if minutes < wanted:
            yield minutes, after


def _period(view: View, line: Line, day: int) -> range:
    """The week or month in which short rests are counted."""
    periods = view.calendar.weeks if line.contract.short_rests_every == "week" else view.calendar.months
    return next((period for period in periods if day in period), range(day, day + 1))
