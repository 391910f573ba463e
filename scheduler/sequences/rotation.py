"""A rotation: early week, late week, in turn; or a pattern of days."""

from collections.abc import Iterable

from centre.people import Contract
from centre.site import Site
from scheduler.sequences.day import FREE, OFF, Day
from scheduler.sequences.sequence import Sequence

Phases = tuple[frozenset[int], bool]
"""Turns that the present day may be in, and whether nothing was read yet: the first day turns nothing."""


def rotation(_: Site, contract: Contract) -> Iterable[Sequence]:
    """`rotation` of the contract. Which turn somebody is in follows from what they worked, if not from a date."""
    turns, by_day = contract.rotation, contract.rotation_every == "day"
    if not turns:
        return
    everything = frozenset(range(len(turns)))

    def now(state: Phases, day: Day) -> frozenset[int]:
        phases, first = state
        if first or not (by_day or day.week):
            return phases
        return frozenset((phase + 1) % len(turns) for phase in phases)

    def step(state: Phases, word: str, day: Day) -> Phases | None:
        left = frozenset(phase for phase in now(state, day) if agrees(turns[phase], word, by_day))
        return (left, False) if left else None

    def start(day: Day) -> Phases:
        if contract.rotation_from is None:
            return everything, True
        since = day.ordinal - contract.rotation_from.toordinal()
        turned = since if by_day else -((day.place - since) // 7)  # weeks, by their first days
        return frozenset({turned % len(turns)}), True

    def mend(state: Phases, word: str, day: Day) -> Phases:
        if contract.rotation_from is not None:
            return now(state, day), False
        fresh = frozenset(phase for phase in everything if agrees(turns[phase], word, by_day))
        return fresh or everything, False

    yield Sequence(
        key="rotation",
        words=frozenset(word for words in turns for word in words) - {OFF},
        looks_at=frozenset() if by_day else frozenset({"week"}),
        start=start,
        step=step,
        mend=mend,
    )


def agrees(turn: tuple[str, ...], word: str, by_day: bool) -> bool:
    """Whether a day's word may stand in a turn: in a turn of a week, days off may lie anywhere."""
    return word == FREE or word in turn or (word == OFF and not by_day)
