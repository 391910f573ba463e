"""Solve a part of the board: some people over some days, by generation and a dive, the rest held as it is."""

from dataclasses import dataclass, field

import numpy as np

from scheduler.linewise.board import Board
from scheduler.linewise.descent import Stop
from scheduler.linewise.dive import Manner, dive
from scheduler.linewise.generation import Relaxation, generate
from scheduler.linewise.lines import Scratch
from scheduler.linewise.master import Master
from scheduler.linewise.tables import Floats, Ints

KEPT = 30
"""Lines a person that are remembered from one master to the next."""


@dataclass
class Pool:
    """Whole lines that once had a share in a relaxation, newest last."""

    lines: dict[int, list[Ints]] = field(default_factory=dict)

    def remember(self, master: Master) -> None:
        """Keep the lines that have a share in a master's last solution."""
        for person, columns in master.columns.items():
            kept = self.lines.setdefault(person, [])
            for column, share in zip(columns, master.shares[person], strict=False):
                if share > 1e-6 and not any((line == column.line).all() for line in kept):
                    kept.append(column.line)
            del kept[:-KEPT]


def opened(board: Board, people: list[int], days: range, pool: Pool) -> Master:
    """A master of the people's lines over these days, with the lines they have and those remembered."""
    inside = board.lines[people, days.start : days.stop]
    residual = board.demand.required - board.staffed
    for row in inside:
        worked = np.flatnonzero(row >= 0)
        residual[worked + days.start, row[worked]] += 1
    master = Master(board, people, days, residual)
    for person in people:
        master.add(person, board.lines[person])
        for line in pool.lines.get(person, []):
            if len(days) == board.frame.days:
                master.add(person, line)
    return master


def part_cost(board: Board, people: list[int], days: range) -> float:
    """What the part costs as it stands, in the terms of its master: covers of the days, wishes of the people."""
    covers = board.demand.cost(board.staffed)[days.start : days.stop].sum()
    return float(covers) + sum(board.line_cost(person, board.lines[person]) for person in people)


def relax(
    board: Board,
    people: list[int],
    days: range,
    pool: Pool,
    scratch: Scratch,
    stop: Stop,
    hopeless: float,
    begin: Floats | None = None,
) -> tuple[Master, Relaxation]:
    """Generate lines for a part, at the prices `begin` first; stops early where nothing below `hopeless` is left."""
    master = opened(board, people, days, pool)
    return master, generate(master, board.tables, scratch, stop, hopeless, begin)


def settle(
    board: Board,
    master: Master,
    scratch: Scratch,
    rng: np.random.Generator,
    manner: Manner,
    stop: Stop,
    hopeless: float,
) -> bool:
    """Dive and put the lines on the board; False when the dive came to nothing."""  # fmt: skip
    lines = dive(master, board.tables, scratch, rng, manner, stop, hopeless)
    if lines is None:
        return False
    for person, line in lines.items():
        board.put(person, line)
    return True
