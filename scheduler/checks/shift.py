"""Every duty is a shift of the contract, with exactly its pauses; one duty a day."""

from collections.abc import Iterator

from centre.said import Said
from centre.words import clock_text
from scheduler.checks.catalogue import PAUSES, described
from scheduler.checks.line import Duty, Line, View
from scheduler.checks.violation import Violation


def shift(view: View) -> Iterator[Violation]:
    """Charge each duty that is neither fixed nor a shift of the contract, and each second duty of a day."""
    for line in view.lines:
        before: Duty | None = None
        for duty in line.duties:
            if duty.day >= 0:
                if duty.shift is None and not duty.fixed:
                    message = Said(
                        "{times} is none of the contract's shifts: {reason}",
                        times=_times(view, duty),
                        reason=_reason(view, line, duty),
                    )
                    yield Violation("shift", line.agent.agent, view.calendar.date(duty.day), True, message, 1)
                if before and before.day == duty.day:
                    message = Said("second duty of the day, {times}", times=_times(view, duty))
                    yield Violation("shift", line.agent.agent, view.calendar.date(duty.day), True, message, 1)
            before = duty


def _reason(view: View, line: Line, duty: Duty) -> str:
    """Why a duty fits no shift, in words."""
    framed = [
        shift
        for shift in view.catalogue.shifts(line.contract)
        if view.catalogue.frames(shift, duty.day, duty.start, duty.end)
    ]
    if not framed:
        return Said("no shift of {contract} has this start and length on this weekday", contract=line.contract.name)
    found = [
        Said(
            "{activity} {start} for {minutes} minutes",
            activity=Said.term("activity", segment.activity),
            start=clock_text(view.calendar.wall_minutes(segment.start)),
            minutes=(segment.end - segment.start) // 60,
        )
        for segment in duty.segments
        if segment.activity in PAUSES
    ]
    return Said(
        "{shift} has {pauses}; found {found}",
        shift=framed[0].name,
        pauses=described(framed[0].pauses),
        found=found or Said("no pause"),
    )


def _times(view: View, duty: Duty) -> str:
    return f"{clock_text(duty.wall)}-{clock_text(view.calendar.wall_minutes(duty.end))}"
