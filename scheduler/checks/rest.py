"""Between two duties of a person lies their rest."""

from collections.abc import Iterator
from itertools import pairwise

from scheduler.checks.line import View
from scheduler.checks.violation import Violation


def rest(view: View) -> Iterator[Violation]:
    """Charge, in minutes, rest that is too short before a duty of the horizon."""
    for line in view.lines:
        wanted = max(line.contract.rest_minutes, 1)  # duties that touch would be one
        for before, after in pairwise(line.duties):
            minutes = (after.start - before.end) // 60
            if after.day >= 0 and minutes < wanted:
                message = f"rest of {minutes} minutes before this duty, at least {wanted}"
                day = view.calendar.date(after.day)
                yield Violation("rest", line.agent.agent, day, True, message, wanted - minutes)
