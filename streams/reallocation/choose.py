"""The choice: one CP-SAT model over all moves, climbing the concave curves of every block at once.

Doing nothing is the hint and the bar: what comes back wins more than its price, or is nothing at all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from ortools.sat.python import cp_model

from centre.reallocation import Reallocation
from streams.reallocation.curves import Curves
from streams.reallocation.effects import added
from streams.reallocation.move import Move
from streams.reallocation.paint import Line, changed_lines
from streams.reallocation.sight import BLOCK, STEP_S, Floats, Sight

PEOPLE = 100
"""Parts that a person is counted in."""

CONTACTS = 100
"""Parts that a contact is counted in; the curves' pieces are exact to one of them."""

Broken = Callable[[Mapping[str, Line]], frozenset[str]]
"""Which of the people whose lines are changed would break a hard rule."""

ROUNDS = 4

FEW = 400
"""Up to so many moves one thread proves the best in a moment, and a second one would cost more than it saves."""


def nothing_broken(lines: Mapping[str, Line]) -> frozenset[str]:
    """No rule is known."""
    return frozenset()


@dataclass(frozen=True)
class Choice:
    """What was chosen.

    Attributes
    ----------
    moves : in order of time.
    gain : contacts in time won by the curves, before prices.
    bound : the most that could have been won, less prices.
    optimal : whether it was proved that nothing is better.
    rejected : moves that would have broken a rule, with nothing to put in their place.
    """

    moves: tuple[Move, ...]
    gain: float
    bound: float
    optimal: bool
    rejected: tuple[Move, ...] = ()


NOTHING = Choice((), 0.0, 0.0, True)
"""Doing nothing is best."""

OUT_OF_TIME = Choice((), 0.0, 0.0, False)
"""Nothing was found in time: plain rules have to do."""


def choose(
    sight: Sight,
    curves: Curves,
    moves: Sequence[Move],
    policy: Reallocation,
    broken: Broken = nothing_broken,
    seconds: float | None = None,
) -> Choice:
    """The joint set of moves that wins most, none of whose lines breaks a rule.

    Parameters
    ----------
    broken : says which of the changed lines break a hard rule; those moves are shut out and the choice made anew.
    seconds : time limit of all rounds together; the policy's by default.
    """
    limit = policy.seconds if seconds is None else seconds
    gains = {move.id: added(sight, curves, move) for move in moves}
    left, shut = list(moves), list[Move]()
    for round_ in range(ROUNDS):
        chosen = _solve(sight, curves, left, gains, policy, limit / (1 + round_))
        lines = {person.agent: person.line for person in sight.people}
        changed = changed_lines(lines, (stroke for move in chosen.moves for stroke in move.strokes))
        wrong = broken(changed) if changed else frozenset()
        if not wrong:
            return Choice(chosen.moves, chosen.gain, chosen.bound, chosen.optimal, tuple(shut))
        out = [move for move in chosen.moves if wrong.intersection(move.agents)]
        shut += out
        left = [move for move in left if move not in out]
    good = tuple(move for move in chosen.moves if not wrong.intersection(move.agents))
    return Choice(
        good,
        _value(curves, sum((gains[m.id] for m in good), np.zeros(len(curves.in_time)))),
        chosen.bound,
        False,
        tuple(shut),
    )


def _solve(
    sight: Sight, curves: Curves, moves: Sequence[Move], gains: Mapping[str, Floats], policy: Reallocation, limit: float
) -> Choice:
    if not moves:
        return NOTHING
    model = cp_model.CpModel()
    takes = [model.new_bool_var(move.id) for move in moves]
    _exclude(model, moves, takes)
    _spare_people(model, sight, moves, takes, policy)
    _keep_leaders(model, sight, moves, takes, policy)
    worth = [_climb(model, curves, block, moves, takes, gains) for block in range(curves.in_time.shape[0])]
    prices = sum(round(move.price * CONTACTS) * take for move, take in zip(moves, takes, strict=True))
    model.maximize(sum(worth) - prices)
    for take in takes:
        model.add_hint(take, 0)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = limit
    solver.parameters.num_workers = 1 if len(moves) < FEW else 2
    solver.parameters.random_seed = 0
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return OUT_OF_TIME
    if solver.objective_value <= 0:
        return NOTHING if status == cp_model.OPTIMAL else OUT_OF_TIME
    taken = tuple(move for move, take in zip(moves, takes, strict=True) if solver.boolean_value(take))
    total = sum((gains[move.id] for move in taken), np.zeros(curves.in_time.shape[0]))
    bound = solver.best_objective_bound / CONTACTS
    return Choice(
        tuple(sorted(taken, key=lambda m: (m.start, m.id))), _value(curves, total), bound, status == cp_model.OPTIMAL
    )


def _value(curves: Curves, added_people: Floats) -> float:
    nothing = curves.at(np.zeros(curves.in_time.shape[0]))
    return float((curves.at(added_people) - nothing).sum())


def _climb(
    model: cp_model.CpModel,
    curves: Curves,
    block: int,
    moves: Sequence[Move],
    takes: Sequence[cp_model.IntVar],
    gains: Mapping[str, Floats],
) -> cp_model.LinearExpr | int:
    """Contacts that a block wins by the people added to it: at most every piece of its concave curve."""
    parts = [
        (round(float(gains[move.id][block]) * PEOPLE), take)
        for move, take in zip(moves, takes, strict=True)
        if abs(gains[move.id][block]) * PEOPLE >= 0.5
    ]
    if not parts:
        return 0
    people = sum(part * take for part, take in parts)
    x, row = curves.added, curves.in_time[block]
    zero = float(np.interp(0.0, x, row))
    span = round(float(row[-1] - row[0]) * CONTACTS) + 1
    won = model.new_int_var(-20 * span - 1000, span, f"won {block}")
    model.add(won <= round(float(row[-1] - zero) * CONTACTS))
    for place in range(len(x) - 1):
        slope = float((row[place + 1] - row[place]) / (x[place + 1] - x[place]))
        level = float(row[place] - zero - slope * x[place])
        # won / CONTACTS <= slope * people / PEOPLE + level, in whole numbers.
        model.add(PEOPLE * won <= round(slope * CONTACTS) * people + round(level * CONTACTS * PEOPLE))
    return won


def _exclude(model: cp_model.CpModel, moves: Sequence[Move], takes: Sequence[cp_model.IntVar]) -> None:
    """One move a place; two moves of a person do not paint over each other."""
    by_place: dict[str, list[int]] = {}
    by_agent: dict[str, list[int]] = {}
    for number, move in enumerate(moves):
        by_place.setdefault(move.place, []).append(number)
        for agent in move.agents:
            by_agent.setdefault(agent, []).append(number)
    for numbers in by_place.values():
        if len(numbers) > 1:
            model.add_at_most_one(takes[number] for number in numbers)
    for agent, numbers in by_agent.items():
        for one, two in combinations(numbers, 2):
            if moves[one].place != moves[two].place and overlap(moves[one], moves[two], agent):
                model.add_bool_or(takes[one].negated(), takes[two].negated())


def overlap(one: Move, two: Move, agent: str) -> bool:
    """Whether what two moves paint, apart from what becomes work again, overlaps or leaves no work between."""
    mine, theirs = ([s for s in move.strokes if s.agent == agent] for move in (one, two))
    return any(a.start <= b.end and b.start <= a.end for a in mine for b in theirs)


def _spare_people(
    model: cp_model.CpModel, sight: Sight, moves: Sequence[Move], takes: Sequence[cp_model.IntVar], policy: Reallocation
) -> None:
    """At most so many changes a person a day; being called back is none."""
    by_agent: dict[str, list[cp_model.IntVar]] = {}
    for move, take in zip(moves, takes, strict=True):
        if move.strokes:
            for agent in move.agents:
                by_agent.setdefault(agent, []).append(take)
    for agent, mine in by_agent.items():
        left = max(policy.max_changes - sight.people[sight.person[agent]].changes, 0)
        if len(mine) > left:
            model.add(sum(mine) <= left)


def _keep_leaders(
    model: cp_model.CpModel, sight: Sight, moves: Sequence[Move], takes: Sequence[cp_model.IntVar], policy: Reallocation
) -> None:
    """So many shift leaders stay off the phones whenever one is there (ORG-3)."""
    blocks = -(-sight.steps // BLOCK)
    leaders = [person for person in sight.people if person.role == "leader" and person.out != "absent"]
    for block in range(blocks):
        at = sight.begin + block * BLOCK * STEP_S
        here = sum(any(s.activity == "work" and not s.queue and s.start <= at < s.end for s in p.line) for p in leaders)
        mine = [
            take
            for move, take in zip(moves, takes, strict=True)
            if move.type == "leader_to_phones" and move.start < at + BLOCK * STEP_S and at < move.end
        ]
        if mine and len(mine) > here - policy.keep_leaders:
            model.add(sum(mine) <= max(here - policy.keep_leaders, 0))
