"""Nights come in rows long enough, and days off follow them."""

from collections.abc import Iterator

from centre.said import Said
from scheduler.checks.line import Line, View
from scheduler.checks.violation import Violation
from scheduler.checks.words import LEAVE, UNKNOWN, free, night_days, words_of


def night_blocks(view: View) -> Iterator[Violation]:
    """Charge, in nights, rows that are too short, and, in days, what is missing of the days off after nights."""
    for line in view.lines:
        contract = line.contract
        if contract.min_nights_in_a_row > 1:
            yield from _rows(view, line, contract.min_nights_in_a_row)
        if contract.days_off_after_nights:
            yield from _days_off(view, line, contract.days_off_after_nights)


def _rows(view: View, line: Line, least: int) -> Iterator[Violation]:
    words, nights = words_of(line), night_days(line)
    for end in range(view.calendar.horizon.days):
        if end in nights or end - 1 not in nights:
            continue
        first = end - 1
        while first - 1 in nights:
            first -= 1
        ends = (words.get(first - 1, UNKNOWN), words[end])
        if end - first < least and not any(word in (LEAVE, UNKNOWN) for word in ends):
            message = Said("{nights} nights in a row, at least {least}", nights=end - first, least=least)
            day = view.calendar.date(max(first, 0))
            yield Violation("night blocks", line.agent.agent, day, True, message, least - (end - first))


def _days_off(view: View, line: Line, wanted: int) -> Iterator[Violation]:
    words, nights = words_of(line), night_days(line)
    for day in range(view.calendar.horizon.days):
        if free(words[day]) or day in nights:
            continue
        before = day - 1
        while before in words and free(words[before]):
            before -= 1
        off = day - 1 - before
        if before in nights and off < wanted:
            message = Said("{days} days off after nights, at least {least}", days=off, least=wanted)
            yield Violation("night blocks", line.agent.agent, view.calendar.date(day), True, message, wanted - off)
