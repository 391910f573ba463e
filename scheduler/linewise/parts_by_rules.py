"""CP-SAT, with the rules of `scheduler.rules`, over the whole of a small frame or a part of a larger one."""

from dataclasses import replace

import numpy as np

from scheduler.frame import Frame, Person
from scheduler.linewise.board import Board
from scheduler.linewise.descent import Stop
from scheduler.linewise.shared import Shared
from scheduler.linewise.tables import Ints
from scheduler.model import Heard, RosterModel
from scheduler.rules import RULES

PART_CELLS = 200
SECONDS = 4.0


def whole_by_rules(board: Board, shared: Shared) -> None:
    """Search the whole frame until it is solved or time is up; share each better roster and bound when it is found."""
    model = RosterModel(board.frame).apply(RULES)
    shared.wait()
    if shared.lines is not None:
        model.hint(board.choice(shared.lines))
    heard = Heard(lambda choice, cost: shared.offer(board.read(choice), cost, "rules, whole"), shared.prove)
    outcome = model.solve(max(0.1, shared.limit - shared.seconds()), stop=shared.over_after_meeting, heard=heard)
    if outcome.choice:
        shared.offer(board.read(outcome.choice), outcome.objective, "rules, whole")
    if outcome.status in ("optimal", "feasible"):
        shared.prove(outcome.bound)


def improve_part(board: Board, rng: np.random.Generator, shared: Shared) -> bool:
    """Search a part of the board for a few seconds; whether it became cheaper."""
    days, people = board.frame.days, len(board.frame.people)
    length = min(days, int(rng.choice([7, 10, 14])))
    start = int(rng.integers(0, days - length + 1))
    count = min(people, max(4, PART_CELLS // length))
    chosen = sorted(map(int, rng.choice(people, count, replace=False)))
    before = board.cost
    seconds = max(0.1, min(SECONDS, shared.limit - shared.seconds()))
    solve_part(board, chosen, range(start, start + length), seconds, int(rng.integers(1 << 30)), shared.over)
    return board.cost < before


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
