"""What moves do to the staff: rows of people repainted, and the people each move adds to each block."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from streams.reallocation.curves import Curves
from streams.reallocation.move import Move
from streams.reallocation.paint import painted
from streams.reallocation.sight import BLOCK, Floats, Ints, Present, Sight

OBEYS_S = 180
"""How soon somebody who is called is back at the desk, as a rule."""


def rows_after(sight: Sight, moves: Iterable[Move]) -> Ints:
    """The group of everybody in each step once the moves are made, [people, steps]."""
    rows = sight.rows.copy()
    by_agent: dict[str, list[Move]] = {}
    for move in moves:
        for agent in move.agents:
            by_agent.setdefault(agent, []).append(move)
    for agent, mine in by_agent.items():
        place = sight.person[agent]
        rows[place] = _row(sight, sight.people[place], mine)
    return rows


def added(sight: Sight, curves: Curves, move: Move) -> Floats:
    """The people of the floor's mix that a move adds to each block, [blocks]."""
    found = np.zeros(curves.in_time.shape[0])
    for agent in move.agents:
        place = sight.person[agent]
        person = sight.people[place]
        before, after = sight.rows[place], _row(sight, person, (move,))
        steps = np.flatnonzero(before != after)
        block = np.minimum(steps // BLOCK, len(found) - 1)
        for row, sign in ((before, -1.0), (after, 1.0)):
            group = row[steps]
            np.add.at(
                found, block, np.where(group >= 0, curves.worth[group, block], 0.0) * sign * person.chance / BLOCK
            )
    return found


def _row(sight: Sight, person: Present, moves: Sequence[Move]) -> Ints:
    if any(move.type == "call_back" for move in moves):
        person = replace(person, from_s=min(person.from_s, sight.now + OBEYS_S))
    strokes = [stroke for move in moves for stroke in move.strokes if stroke.agent == person.agent]
    return sight.row(person, painted(person.line, strokes))
