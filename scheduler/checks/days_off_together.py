"""Every week holds enough days off in a row."""

from collections.abc import Iterator

from centre.said import Said
from scheduler.checks.line import View
from scheduler.checks.violation import Violation
from scheduler.checks.words import UNKNOWN, free, words_of


def days_off_together(view: View) -> Iterator[Violation]:
    """Charge weeks whose longest run of days off, within the week, is too short though the horizon could mend it."""
    for line in view.lines:
        wanted = line.contract.days_off_in_a_row_per_week
        if not wanted:
            continue
        words = words_of(line)
        for week in view.calendar.weeks:
            off = [free(words.get(day, UNKNOWN)) for day in week]
            at_best = [here or day >= 0 for day, here in zip(week, off, strict=True)]
            if _longest(off) < wanted <= _longest(at_best):
                message = Said(
                    "{days} days off in a row in the week, at least {least}", days=_longest(off), least=wanted
                )
                day = view.calendar.date(max(week.start, 0))
                yield Violation("days off together", line.agent.agent, day, True, message, wanted - _longest(off))


def _longest(off: list[bool]) -> int:
    longest = run = 0
    for here in off:
        run = run + 1 if here else 0
        longest = max(longest, run)
    return longest
