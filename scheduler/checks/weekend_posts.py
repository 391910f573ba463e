"""SHF-2: on Saturday and Sunday no post is left empty."""

from collections.abc import Iterator

from centre.said import Said
from scheduler.checks.coverage import covered
from scheduler.checks.line import View
from scheduler.checks.violation import Violation


def weekend_posts(view: View) -> Iterator[Violation]:
    """Charge each queue and weekend day, in minutes, while staff is required and nobody answers."""
    horizon, requirement = view.calendar.horizon, view.problem.requirement
    empty = (covered(view).heads == 0) & (requirement.gross > 0)
    for day in range(horizon.days):
        if view.calendar.weekday(day) not in ("sat", "sun"):
            continue
        of_day = empty[:, horizon.day_offsets[day] : horizon.day_offsets[day + 1]].sum(axis=1)
        for queue, intervals in zip(requirement.queues, of_day, strict=True):
            if intervals:
                minutes = int(intervals) * horizon.minutes
                message = Said("nobody answers {queue} for {minutes} minutes", queue=queue, minutes=minutes)
                yield Violation("weekend posts", "", view.calendar.date(day), False, message, minutes)
