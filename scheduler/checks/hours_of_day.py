"""What a contract says of a single duty: not before, not after, not longer."""

from collections.abc import Iterator

from centre.said import Said
from centre.words import clock_text
from scheduler.checks.line import Duty, View
from scheduler.checks.violation import Violation


def hours_of_day(view: View) -> Iterator[Violation]:
    """Charge, in minutes, duties that start too early, end too late or are paid for too long; fixed ones stand."""
    for line in view.lines:
        contract = line.contract
        for duty in line.duties:
            if duty.day < 0 or duty.fixed:
                continue
            wall_end = duty.wall + (duty.end - duty.start) // 60
            if contract.earliest_start is not None and duty.wall < contract.earliest_start:
                early = contract.earliest_start - duty.wall
                message = Said(
                    "starts at {start}, not before {earliest}",
                    start=clock_text(duty.wall),
                    earliest=clock_text(contract.earliest_start),
                )
                yield _charge(view, line.agent.agent, duty, message, early)
            if contract.latest_end is not None and wall_end > contract.latest_end:
                message = Said(
                    "ends at {end}, not after {latest}",
                    end=clock_text(wall_end),
                    latest=clock_text(contract.latest_end),
                )
                yield _charge(view, line.agent.agent, duty, message, wall_end - contract.latest_end)
            if contract.max_minutes_per_day and duty.paid > contract.max_minutes_per_day:
                message = Said(
                    "{paid} paid minutes in a day, at most {most}", paid=duty.paid, most=contract.max_minutes_per_day
                )
                yield _charge(view, line.agent.agent, duty, message, duty.paid - contract.max_minutes_per_day)


def _charge(view: View, agent: str, duty: Duty, message: str, amount: int) -> Violation:
    return Violation("hours of the day", agent, view.calendar.date(duty.day), True, message, amount)
