"""Sequences of days that may not stand: late, then early; night, off, early."""

from collections.abc import Iterable

from centre.people import Contract
from centre.site import Site
from scheduler.sequences.day import FREE, OFF, Day
from scheduler.sequences.sequence import Sequence

Matches = frozenset[tuple[int, int]]
"""Sequences that stand half written: which, and how many of their days."""


def forbidden(site: Site, contract: Contract) -> Iterable[Sequence]:
    """`forbidden_sequences` of the contract and `not_followed_by` of its shifts."""
    names = contract.shifts or tuple(site.shifts)
    pairs = tuple((name, later) for name in names for later in site.shifts[name].not_followed_by)
    if contract.forbidden_sequences:
        yield _avoiding("forbidden_sequences", contract.forbidden_sequences)
    if pairs:
        yield _avoiding("not_followed_by", pairs)


def _avoiding(key: str, sequences: tuple[tuple[str, ...], ...]) -> Sequence:
    def grown(state: Matches, word: str) -> tuple[Matches, bool]:
        begun = {*state, *((which, 0) for which in range(len(sequences)))}
        on = {(which, length + 1) for which, length in begun if fits(sequences[which][length], word)}
        whole = {(which, length) for which, length in on if length == len(sequences[which])}
        return frozenset(on - whole), bool(whole)

    def step(state: Matches, word: str, _: Day) -> Matches | None:
        following, whole = grown(state, word)
        return None if whole else following

    return Sequence(
        key=key,
        words=frozenset(word for words in sequences for word in words) - {"work", OFF},
        looks_at=frozenset(),
        start=lambda _: frozenset(),
        step=step,
        mend=lambda state, word, _: grown(state, word)[0],
    )


def fits(wanted: str, word: str) -> bool:
    """Whether a day is what a sequence speaks of; a day of leave, or an unknown one, is nothing of it."""
    if wanted == "work":
        return word not in (OFF, FREE)
    return word == wanted
