"""Nobody serves a queue they have no skill for."""

from collections.abc import Iterator

from centre.said import Said
from scheduler.checks.line import View
from scheduler.checks.violation import Violation


def skills(view: View) -> Iterator[Violation]:
    """Charge segments whose queue is none of the agent's skills; a role that stands in on the phones has them all."""
    stand_in = view.problem.policy.reallocation.stand_in
    for line in view.lines:
        if not line.agent.skills and stand_in.get(line.agent.role, 0) > 0:
            continue
        for segment in line.segments:
            unskilled = segment.queue and segment.queue not in line.agent.skills
            if unskilled and segment.start >= view.calendar.horizon.begin:
                day = view.calendar.date(view.calendar.day_of(segment.start))
                message = Said("serves {queue}, which is none of their skills", queue=segment.queue)
                yield Violation("skills", line.agent.agent, day, True, message, 1)
