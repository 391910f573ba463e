"""Nights in blocks: not too few in a row, and days off after them."""

from collections.abc import Callable, Iterable

from centre.people import Contract
from centre.site import Site
from scheduler.sequences.day import FIXED_NIGHT, FREE, OFF, Day
from scheduler.sequences.sequence import Sequence

EXCUSED = -1
"""What stood before the row is leave, or unknown: it may have been longer."""


def night_blocks(site: Site, contract: Contract) -> Iterable[Sequence]:
    """`min_nights_in_a_row` and `days_off_after_nights`."""
    names = contract.shifts or tuple(site.shifts)
    nights = frozenset(name for name in names if site.shifts[name].night) | {FIXED_NIGHT}
    if contract.min_nights_in_a_row > 1:
        yield _long_enough(nights, contract.min_nights_in_a_row)
    if contract.days_off_after_nights:
        yield _rested(nights, contract.days_off_after_nights)


def _long_enough(nights: frozenset[str], least: int) -> Sequence:
    """States: EXCUSED, or the nights of the row so far, at most `least` (0: none)."""

    def forced(state: int, word: str) -> int:
        if word in nights:
            return EXCUSED if state == EXCUSED else min(state + 1, least)
        return EXCUSED if word == FREE else 0

    def step(state: int, word: str, _: Day) -> int | None:
        ends = word not in nights and word != FREE
        return None if ends and 0 < state < least else forced(state, word)

    return _of("min_nights_in_a_row", nights, EXCUSED, step, forced)


def _rested(nights: frozenset[str], wanted: int) -> Sequence:
    """States: days off still wanted before a duty that is no night."""

    def forced(state: int, word: str) -> int:
        if word in nights:
            return wanted
        return max(0, state - 1) if word in (OFF, FREE) else 0

    def step(state: int, word: str, _: Day) -> int | None:
        works = word not in nights and word not in (OFF, FREE)
        return None if works and state > 0 else forced(state, word)

    return _of("days_off_after_nights", nights, 0, step, forced)


def _of(
    key: str,
    nights: frozenset[str],
    start: int,
    step: Callable[[int, str, Day], int | None],
    forced: Callable[[int, str], int],
) -> Sequence:
    return Sequence(key, nights, frozenset(), lambda _: start, step, lambda state, word, _: forced(state, word))
