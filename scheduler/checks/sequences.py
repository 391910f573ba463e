"""Sequences of days that the contract, or a shift, forbids."""

from collections.abc import Iterator

from centre.said import Said
from scheduler.checks.line import Line, View
from scheduler.checks.violation import Violation
from scheduler.checks.words import free, words_of


def sequences(view: View) -> Iterator[Violation]:
    """Charge each time a forbidden sequence ends on a day of the horizon."""
    for line in view.lines:
        forbidden = [*line.contract.forbidden_sequences, *_pairs(view, line)]
        if not forbidden:
            continue
        words = words_of(line)
        for sequence in forbidden:
            for day in range(view.calendar.horizon.days):
                days = range(day - len(sequence) + 1, day + 1)
                if all(near in words and _is(words[near], wanted) for near, wanted in zip(days, sequence, strict=True)):
                    message = Said("{sequence} on days in a row", sequence=list(sequence))
                    yield Violation("sequences", line.agent.agent, view.calendar.date(day), True, message, 1)


def _pairs(view: View, line: Line) -> list[tuple[str, ...]]:
    return [(shift.name, later) for shift in view.catalogue.shifts(line.contract) for later in shift.not_followed_by]


def _is(word: str, wanted: str) -> bool:
    if wanted == "work":
        return not free(word)
    return word == wanted
