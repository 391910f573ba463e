"""The rules on a contract's days as one table: runs of days and every sequence, walked together.

A state of the product is a state of each; `table[state, symbol]` is the next one, or -1 where any of them forbids it.
A symbol is what the day is (a class of duties that no rule tells apart, off, free) and where it stands (its mark).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from centre.errors import InputError
from centre.said import Said
from scheduler.frame import Person
from scheduler.sequences.day import FREE, OFF, Day, word_of
from scheduler.tours.runs import FREE_OFF, WORK, Runs, run_automaton
from scheduler.tours.runs import OFF as RUN_OFF

Ints = NDArray[np.int64]
State = tuple[Any, ...]
"""The run's state, then that of each sequence."""

MOST_STATES = 30_000
"""A label of the search has room for so many."""

OTHER = ""
"""Stands for all duties that no rule names."""


@dataclass(frozen=True, eq=False)
class Walk:
    """What may follow what under one contract.

    Attributes
    ----------
    table : [states, marks x (classes + 2)]; state 0 is nothing known before.
    worked : [states], 1 where the last day was worked.
    classes : the words that are told apart, each with its number; OTHER is among them.
    width : symbols of one mark: the classes, then a day off, then a free one.
    marks : the mark of each day of the horizon.
    starts : the state before the horizon for each state that somebody's tail leaves behind.
    """

    table: Ints
    worked: Ints
    classes: Mapping[str, int]
    width: int
    marks: tuple[int, ...]
    starts: Mapping[State, int]

    def class_of(self, word: str) -> int:
        """The class of a duty."""
        return self.classes.get(word, self.classes[OTHER])

    @property
    def long(self) -> bool:
        """Whether days far apart may bear on one another."""
        return len(self.classes) > 1 or self.width * (max(self.marks) + 1) > 3


def state_before(person: Person, runs: Runs) -> State:
    """The state that a person's tail leaves behind."""
    past = person.calendar[: len(person.past)]
    words = [
        word_of(person.before(day.number), day.number in person.leave or not person.known(day.number)) for day in past
    ]
    symbols = [FREE_OFF if word == FREE else RUN_OFF if word == OFF else WORK for word in words]
    pairs = list(zip(words, past, strict=True))
    first = person.calendar[0] if person.calendar else None
    return (
        runs.after(symbols),
        *(sequence.after(pairs, first) for sequence in person.sequences if first is not None),
    )


def walk_of(person: Person, runs: Runs, starts: Sequence[State]) -> Walk:
    """The walk of a contract, from one of its people and the states in which all of them begin.

    Raises
    ------
    InputError : when the rules together have more states than the search can hold.
    """
    horizon = [day for day in person.calendar if day.number >= 0]
    marks, here = _marks(person, horizon)
    words = sorted(set().union(*(sequence.words for sequence in person.sequences))) if person.sequences else []
    classes = {OTHER: 0, **{word: number for number, word in enumerate(words, 1)}}
    symbols = [*classes, OFF, FREE]
    bare = (runs.free, *(sequence.start(horizon[0]) for sequence in person.sequences)) if horizon else (runs.free,)
    number: dict[State, int] = {}
    for state in (bare, *starts):
        number.setdefault(state, len(number))
    found = list(number)
    rows: list[list[int]] = []
    while len(rows) < len(found):
        state, row = found[len(rows)], []
        for day in here:
            for word in symbols:
                following = _step(person, runs, state, word, day)
                if following is not None and following not in number:
                    number[following] = len(found)
                    found.append(following)
                row.append(-1 if following is None else number[following])
        rows.append(row)
        if len(found) > MOST_STATES:
            keys = list(dict.fromkeys(sequence.key for sequence in person.sequences))
            raise InputError(
                Said(
                    "agent {name}: {keys} together tell more than {MOST_STATES} situations apart; name fewer shifts "
                    "in max_shifts_per_month, or shorten the rotation",
                    name=person.name,
                    keys=keys,
                    MOST_STATES=MOST_STATES,
                )
            )
    longest = person.max_run or person.days
    return Walk(
        table=np.array(rows, dtype=np.int64),
        worked=np.array([2 <= state[0] < 2 + 2 * longest for state in found], dtype=np.int64),
        classes=classes,
        width=len(symbols),
        marks=marks,
        starts=number,
    )


def runs_of(person: Person) -> Runs:
    """The automaton of a person's runs of days."""
    return run_automaton(person.max_run or person.days, person.min_run, person.min_off)


def _marks(person: Person, horizon: Sequence[Day]) -> tuple[tuple[int, ...], list[Day | None]]:
    """The mark of each day of the horizon, and one day for each mark."""
    seen = sorted(set().union(*(sequence.looks_at for sequence in person.sequences))) if person.sequences else []
    if not seen:
        return (0,) * person.days, [horizon[0] if horizon else None]
    number: dict[tuple[object, ...], int] = {}
    one: list[Day | None] = []
    marks = []
    for day in horizon:
        key = tuple(getattr(day, name) for name in seen)
        if key not in number:
            number[key] = len(one)
            one.append(day)
        marks.append(number[key])
    return tuple(marks), one


def _step(person: Person, runs: Runs, state: State, word: str, day: Day | None) -> State | None:
    symbol = FREE_OFF if word == FREE else RUN_OFF if word == OFF else WORK
    run = int(runs.table[state[0], symbol])
    if run < 0:
        return None
    following: list[Any] = [run]
    for sequence, before in zip(person.sequences, state[1:], strict=True):
        assert day is not None
        after = sequence.step(before, word, day)
        if after is None:
            return None
        following.append(after)
    return tuple(following)
