"""At most so many of a shift in a week or a month."""

from collections.abc import Iterator

from centre.said import Said
from scheduler.checks.line import View
from scheduler.checks.violation import Violation


def shift_counts(view: View) -> Iterator[Violation]:
    """Charge, in shifts, what the horizon adds beyond the most of each shift that is named."""
    for line in view.lines:
        contract = line.contract
        for what, table, periods in (
            ("week", contract.max_shifts_per_week, view.calendar.weeks),
            ("month", contract.max_shifts_per_month, view.calendar.months),
        ):
            for shift, most in table.items():
                for period in periods:
                    count = [
                        duty.day
                        for duty in line.duties
                        if duty.day in period and duty.shift and duty.shift.name == shift
                    ]
                    added = sum(day >= 0 for day in count)
                    if len(count) > most and added:
                        message = Said(
                            "{count} shifts {shift} in the {what}, at most {most}",
                            count=len(count),
                            shift=shift,
                            what=Said.term("span", what),
                            most=most,
                        )
                        day = view.calendar.date(max(period.start, 0))
                        amount = min(len(count) - most, added)
                        yield Violation("shift counts", line.agent.agent, day, True, message, amount)
