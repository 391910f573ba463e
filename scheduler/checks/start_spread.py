"""Within a week, a person's duties start at about the same time of day."""

from collections.abc import Iterator

from centre.said import Said
from centre.words import clock_text
from scheduler.checks.line import View
from scheduler.checks.violation import Violation


def start_spread(view: View) -> Iterator[Violation]:
    """Charge, in minutes, weeks whose starts differ by more than the contract's spread."""
    for line in view.lines:
        allowed = line.contract.start_spread_minutes
        if not allowed:
            continue
        for week in view.calendar.weeks:
            starts = [duty.wall for duty in line.duties if duty.day in week]
            before = [duty.wall for duty in line.duties if duty.day in week and duty.day < 0]
            excess = _spread(starts) - max(allowed, _spread(before))
            if excess > 0:
                message = Said(
                    "starts between {earliest} and {latest} in the week, at most {allowed} minutes apart",
                    earliest=clock_text(min(starts)),
                    latest=clock_text(max(starts)),
                    allowed=allowed,
                )
                day = view.calendar.date(max(week.start, 0))
                yield Violation("start spread", line.agent.agent, day, True, message, excess)


def _spread(starts: list[int]) -> int:
    return max(starts) - min(starts) if starts else 0
