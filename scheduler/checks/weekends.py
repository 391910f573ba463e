"""Enough whole weekends are off."""

from collections.abc import Iterator

from centre.said import Said
from scheduler.checks.line import View
from scheduler.checks.violation import Violation


def weekends(view: View) -> Iterator[Violation]:
    """Charge, in weekends, what is missing of the whole weekends off."""
    whole = view.calendar.weekends
    for line in view.lines:
        wanted = line.contract.weekends_off * len(whole) // 4
        free = [weekend for weekend in whole if not any(day in line.worked for day in weekend)]
        if len(free) < wanted:
            message = Said(
                "{free} of {whole} weekends off, at least {least}", free=len(free), whole=len(whole), least=wanted
            )
            yield Violation("weekends", line.agent.agent, view.calendar.date(0), True, message, wanted - len(free))
