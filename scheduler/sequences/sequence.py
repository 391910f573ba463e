"""What a sequence is, and how one is walked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from centre.people import Contract
from centre.site import Site
from scheduler.sequences.day import Day

State = Any
"""Anything hashable; each sequence has its own."""


@dataclass(frozen=True, eq=False)
class Sequence:
    """One rule as an automaton.

    Attributes
    ----------
    key : the key of contracts.toml that asks for it.
    words : words that are told apart; all other duties are alike.
    looks_at : names of the attributes of `Day` that are told apart.
    start : the state before the first known day.
    step : state, word and day to the next state, None where that is forbidden.
    mend : the state after a past day that broke the rule: nothing is charged for it, only carried on.
    """

    key: str
    words: frozenset[str]
    looks_at: frozenset[str]
    start: Callable[[Day], State]
    step: Callable[[State, str, Day], State | None]
    mend: Callable[[State, str, Day], State]

    def after(self, past: Iterable[tuple[str, Day]], first: Day) -> State:
        """The state that known days, the first of all known ones being `first`, leave behind."""
        state: State = self.start(first)
        for word, day in past:
            following = self.step(state, word, day)
            state = self.mend(state, word, day) if following is None else following
        return state


Build = Callable[[Site, Contract], Iterable[Sequence]]
"""The sequences, none or some, that a contract of a site asks for."""
