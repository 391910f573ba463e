"""A person does one thing at a time."""

from collections.abc import Iterator

from centre.said import Said
from scheduler.checks.line import View
from scheduler.checks.violation import Violation


def overlap(view: View) -> Iterator[Violation]:
    """Charge, in minutes, segments of a person that overlap in the horizon."""
    for line in view.lines:
        reached = view.calendar.horizon.begin
        before = ""
        for segment in line.segments:
            minutes = (min(reached, segment.end) - max(segment.start, view.calendar.horizon.begin)) // 60
            if minutes > 0 and before:
                message = Said(
                    "{activity} overlaps {before} by {minutes} minutes",
                    activity=Said.term("activity", segment.activity),
                    before=Said.term("activity", before),
                    minutes=minutes,
                )
                day = view.calendar.date(max(view.calendar.day_of(segment.start), 0))
                yield Violation("overlap", line.agent.agent, day, True, message, minutes)
            if segment.end > reached:
                reached, before = segment.end, segment.activity
