"""Take a person out, put the cheapest line at the others' prices back; again until nothing moves."""

from collections.abc import Callable, Iterable

import numpy as np

from scheduler.linewise.board import Board
from scheduler.linewise.lines import EXACT_DAYS, Scratch, best_line
from scheduler.linewise.steady import steady_line
from scheduler.linewise.tables import Ints
from scheduler.linewise.whole import whole_line

SMALL = 1e-6
Stop = Callable[[], bool]

WINDOW, STRIDE = 28, 14
"""Long lines descend by windows of so many days, so many days apart."""


FIRST_LUCK = 0.1
"""Spread of the luck in the prices of the first lines of a long horizon, as a share of the dearest price."""


def construct(board: Board, scratch: Scratch, rng: np.random.Generator, stop: Stop) -> bool:
    """Give everybody a line, one after the other; False when somebody has no legal one or time is up."""
    for person in rng.permutation(len(board.tables)):
        if stop():
            return False
        line = _first_line(board, scratch, int(person), rng)
        if line is None:
            return False
        board.put(person, line)
    return True


def _first_line(board: Board, scratch: Scratch, person: int, rng: np.random.Generator) -> Ints | None:
    """A person's first line: over a long horizon any quick one, which is bettered later; else the cheapest.

    Many days pay the same at first, and no toll tells them apart: luck does.
    """
    table, price = board.tables[person], board.price(person)
    if board.frame.days > EXACT_DAYS:
        luck = FIRST_LUCK * float(np.abs(price).max(initial=1.0)) * rng.standard_normal(price.shape)
        whole = whole_line(table, price + luck, np.inf)
        if whole is not None:
            return whole
        steady = steady_line(table, price)
        if steady is not None:
            return steady[0]
    found = best_line(table, price, scratch)
    return None if found is None else found.days


def descend(
    board: Board, scratch: Scratch, rng: np.random.Generator, stop: Stop, people: Iterable[int] | None = None
) -> None:
    """Move single lines (of these people first) to their best until none moves any more."""
    if board.frame.days > EXACT_DAYS:
        _descend_by_windows(board, scratch, rng, stop)
        return
    waiting = set(range(len(board.tables)) if people is None else people)
    while waiting and not stop():
        person = int(rng.choice(sorted(waiting)))
        waiting.discard(person)
        if improve(board, scratch, person):
            waiting = set(range(len(board.tables))) - {person}


def _descend_by_windows(board: Board, scratch: Scratch, rng: np.random.Generator, stop: Stop) -> None:
    days = board.frame.days
    waiting = {range(start, min(start + WINDOW, days)) for start in range(0, days, STRIDE)}
    while waiting:
        window = sorted(waiting, key=lambda window: window.start)[int(rng.integers(len(waiting)))]
        waiting.discard(window)
        for person in rng.permutation(len(board.tables)):
            if stop():
                return
            if improve(board, scratch, int(person), window):
                waiting |= {range(window.start, window.stop)}


def improve(board: Board, scratch: Scratch, person: int, window: range | None = None) -> bool:
    """Put a cheaper line in a person's place where there is one."""
    before = board.take_out(person)
    price = board.price(person)
    days = np.flatnonzero(before >= 0)
    limit = float(price[days, before[days]].sum()) - SMALL
    found = best_line(board.tables[person], price, scratch, limit, window, before)
    board.put(person, before if found is None else found.days)
    return found is not None
