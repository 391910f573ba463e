"""A weekend is worked on both its days, or on neither."""

from collections.abc import Iterator

from centre.said import Said
from scheduler.checks.line import View
from scheduler.checks.violation import Violation
from scheduler.checks.words import LEAVE, UNKNOWN, free, words_of


def whole_weekends(view: View) -> Iterator[Violation]:
    """Charge weekends of which one day is worked and the other, known and without leave, is not."""
    for line in view.lines:
        shifts = view.catalogue.shifts(line.contract)
        possible = all(any(day in shift.days for shift in shifts) for day in ("sat", "sun"))
        if not line.contract.whole_weekends or not possible:
            continue
        words = words_of(line)
        for sunday in range(view.calendar.horizon.days):
            if view.calendar.weekday(sunday) != "sun":
                continue
            both = (words.get(sunday - 1, UNKNOWN), words[sunday])
            if not any(word in (LEAVE, UNKNOWN) for word in both) and free(both[0]) != free(both[1]):
                worked = Said("Sunday") if free(both[0]) else Said("Saturday")
                message = Said("{day} is worked, the other day of the weekend is not", day=worked)
                day = view.calendar.date(max(sunday - 1, 0))
                yield Violation("whole weekends", line.agent.agent, day, True, message, 1)
