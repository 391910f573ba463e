"""Who has to be there at some time is inside a duty then."""

from collections.abc import Iterator

from centre.said import Said
from scheduler.checks.line import View
from scheduler.checks.violation import Violation


def presence(view: View) -> Iterator[Violation]:
    """Charge times at which a person has to be there and no duty of theirs holds."""
    lines = {line.agent.agent: line for line in view.lines}
    for wanted in view.problem.site.presence:
        day = view.calendar.day_of(wanted.start)
        if wanted.agent not in lines or not 0 <= day < view.calendar.horizon.days:
            continue
        duties = lines[wanted.agent].duties
        if not any(duty.start <= wanted.start and wanted.end <= duty.end for duty in duties):
            minutes = (wanted.end - wanted.start) // 60
            message = Said("has to be there for {minutes} minutes", minutes=minutes)
            if wanted.note:
                message = Said("{message} ({note})", message=message, note=wanted.note)
            yield Violation("presence", wanted.agent, view.calendar.date(day), True, message, 1)
