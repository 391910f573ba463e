"""Nobody works before they were hired or after they left, and nobody who is not in agents.csv works at all."""

from collections.abc import Iterator

from centre.said import Said
from scheduler.checks.line import View
from scheduler.checks.violation import Violation


def employment(view: View) -> Iterator[Violation]:
    """Charge duties on days on which the person is not employed."""
    for line in view.lines:
        if line.agent.hired is None and line.agent.left is None:
            continue
        for duty in line.duties:
            day = view.calendar.date(duty.day)
            if duty.day >= 0 and not line.agent.employed(day):
                message = Said(
                    "a duty while not employed (hired {hired}, left {left})",
                    hired=line.agent.hired or "-",
                    left=line.agent.left or "-",
                )
                yield Violation("employment", line.agent.agent, day, True, message, 1)
    for stranger in view.strangers:
        yield Violation("employment", stranger, view.calendar.date(0), True, "in the roster, not in agents.csv", 1)
