"""The other hand: CP-SAT, with the rules of `scheduler.rules`, over parts of the best roster."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.frame import Frame, Person
from scheduler.linewise.board import Board
from scheduler.linewise.descent import Stop
from scheduler.linewise.tables import Ints
from scheduler.model import RosterModel
from scheduler.rules import RULES

if TYPE_CHECKING:
    from scheduler.linewise.search import Shared

WHOLE_CELLS = 900
"""Up to so many person-days the whole frame is given to CP-SAT at once."""


def improve_by_rules(frame: Frame, shared: Shared, seed: int) -> None:
    """Search parts until time is up; the whole first, where it is small."""
    board = Board(frame)
    rng = np.random.default_rng(seed + 1)
    days = frame.days
    if days * len(frame.people) <= WHOLE_CELLS:
        _whole(board, shared, seed)
    seconds = 4.0
    while not shared.over():
        if shared.lines is None:
            _wait(shared)
            continue
        board.show(shared.lines)
        before = board.cost
        length = min(days, int(rng.choice([7, 10, 14])))
        start = int(rng.integers(0, days - length + 1))
        count = min(len(frame.people), max(4, int(rng.uniform(0.8, 1.2) * 200 / length)))
        people = sorted(map(int, rng.choice(len(frame.people), count, replace=False)))
        finished = solve_part(
            board, people, range(start, start + length), min(seconds, _left(shared)), seed, shared.over
        )
        seconds = max(2.0, seconds * 0.95) if finished else min(20.0, seconds * 1.1)
        if board.cost < before:
            shared.offer(board.lines, board.cost, "rules")


def _wait(shared: Shared) -> None:
    """Nothing to start from yet."""
    shared.found.wait(min(0.2, _left(shared)))


def _left(shared: Shared) -> float:
    return max(0.1, shared.limit - shared.seconds())


def _whole(board: Board, shared: Shared, seed: int) -> None:
    model = RosterModel(board.frame).apply(RULES)
    outcome = model.solve(_left(shared), seed=seed, stop=shared.over)
    if outcome.choice:
        shared.offer(board.read(outcome.choice), outcome.objective, "rules, whole")
    if outcome.status in ("optimal", "feasible"):
        shared.prove(outcome.bound)


def solve_part(board: Board, people: list[int], days: range, seconds: float, seed: int, stop: Stop) -> bool:
    """Put the best lines of some people on some days on the board; whether they are proven to be."""
    staffed = board.staffed.copy()
    for person in people:
        for day in days:
            if board.lines[person, day] >= 0:
                staffed[day, board.lines[person, day]] -= 1
    frame = Frame(
        people=tuple(_held(board.frame.people[person], board, person, days) for person in people),
        covers=tuple(
            replace(cover, required=max(0, cover.required - int(staffed[cover.day, board.kinds.number[cover.kind]])))
            for cover in board.frame.covers
            if cover.day in days
        ),
        not_after=board.frame.not_after,
    )
    model = RosterModel(frame).apply(RULES)
    model.hint(board.choice())
    outcome = model.solve(seconds, seed=seed, stop=stop)
    if outcome.choice:
        lines: Ints = board.lines.copy()
        found = board.read(outcome.choice)
        lines[people] = found[people]
        board.show(lines)
    return outcome.status == "optimal"


def _held(person: Person, board: Board, row: int, days: range) -> Person:
    """A person who may change on some days only."""
    line = board.lines[row]
    names = (*board.kinds.names, "")  # -1, a day off, finds the last
    return replace(
        person,
        options=tuple(
            options if day in days else tuple(option for option in options if names[line[day]] == option.kind)
            for day, options in enumerate(person.options)
        ),
        must=person.must | {day for day in range(person.days) if day not in days and line[day] >= 0},
        wants=tuple(want for want in person.wants if want.day in days),
    )
