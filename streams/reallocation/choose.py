"""The choice: one CP-SAT model over the moves, climbing the concave curves of every block at once.

What plain rules find is its hint and its bar, and doing nothing theirs: what comes back is never worse than either.
"""

import time
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from ortools.sat.python import cp_model

from centre.reallocation import Reallocation
from streams.reallocation.choice import (
    NOTHING,
    Broken,
    Choice,
    lawful,
    leader_blocks,
    leaders_to_spare,
    nothing_broken,
    overlap,
)
from streams.reallocation.curves import Curves
from streams.reallocation.envelope import Envelope, Table, envelope, table
from streams.reallocation.fallback import as_choice, best_first, plain_rules, without
from streams.reallocation.move import Move
from streams.reallocation.sight import Floats, Sight
from streams.reallocation.trust import FULL, Trust

PEOPLE = 100
"""Parts that a person is counted in."""

CONTACTS = 1000
"""Parts that a contact is counted in; slopes are exact to one of them a person."""

FEW = 400
"""Up to so many moves the model is given all of them, and one thread proves the best in a moment."""

BEST = 3
"""Of more moves it is given the best few of each place, and those of the plain rules."""

SLACK = 1.0
"""Contacts that a move may lack, by the worth of people where the plain rules ended, to be given to the model."""


def choose(
    sight: Sight,
    curves: Curves,
    moves: Sequence[Move],
    policy: Reallocation,
    broken: Broken = nothing_broken,
    seconds: float | None = None,
    trust: Trust = FULL,
    steady: bool = False,
) -> Choice:
    """The joint set of moves that wins most, none of whose lines breaks a rule; never worse than plain rules.

    Parameters
    ----------
    broken : says which of the changed lines break a hard rule; those moves are shut out and the choice made anew.
    seconds : time limit of all rounds together; the policy's by default.
    trust : what promises of each move type have come to: what people are worth who are moved.
    steady : the limit counts the solver's own work, for each round, instead of the clock: the same question has the
        same answer however busy the machine is.
    """
    if not moves:
        return NOTHING
    limit = policy.seconds if seconds is None else seconds
    ends = None if steady else time.monotonic() + limit
    lines, known = envelope(curves), table(sight, curves, moves, trust)

    def pick(left: Sequence[Move]) -> Choice:
        some = known.of(left)
        start = best_first(sight, lines, some, policy)
        return _better(sight, lines, some, start, policy, _solver(limit, ends))

    choice, wrong = lawful(sight, moves, broken, pick)
    choice = without(lines, known, choice, wrong)
    if choice.rejected:
        plain = plain_rules(sight, curves, moves, policy, broken, trust)
        return plain if plain.worth > choice.worth else choice
    return choice


def _better(
    sight: Sight,
    lines: Envelope,
    some: Table,
    start: Sequence[int],
    policy: Reallocation,
    solver: cp_model.CpSolver,
) -> Choice:
    """The model's choice, or the plain rules' where it finds nothing better in time."""
    plain = as_choice(lines, some, start)
    total = some.people[list(start)].sum(axis=0)
    numbers = _promising(lines, some, start, total)
    whole = len(numbers) == len(some.moves)
    bound = _bound(lines, some, total)
    if not some.moves:
        return NOTHING
    if solver.parameters.max_time_in_seconds <= 0:
        return Choice(plain.moves, plain.gain, bound, False, method="rules")
    at = {number: place for place, number in enumerate(numbers)}
    model, takes = _model(sight, lines, some.rows(numbers), {at[number] for number in start}, policy)
    _threads(solver, len(numbers))
    status = solver.solve(model)
    proved = status == cp_model.OPTIMAL and whole
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        bound = min(bound, solver.best_objective_bound / CONTACTS) if whole else bound
        taken = [number for number, take in zip(numbers, takes, strict=True) if solver.boolean_value(take)]
        found = as_choice(lines, some, taken)
        if found.worth > plain.worth + 0.01:
            return Choice(found.moves, found.gain, max(bound, found.worth), proved)
    return Choice(plain.moves, plain.gain, max(bound, plain.worth), proved, method="model" if proved else "rules")


def _promising(lines: Envelope, some: Table, start: Sequence[int], total: Floats) -> list[int]:
    """Rows of the moves worth giving to the model: all of them where they are few."""
    if len(some.moves) <= FEW:
        return list(range(len(some.moves)))
    short = some.people @ lines.steepness(total) - some.prices
    by_place: dict[str, list[int]] = {}
    for number in np.argsort(-short, kind="stable").tolist():
        mine = by_place.setdefault(some.moves[number].place, [])
        if len(mine) < BEST and short[number] > -SLACK:
            mine.append(number)
    return sorted({*start, *(number for mine in by_place.values() for number in mine)})


def _bound(lines: Envelope, some: Table, total: Floats) -> float:
    """The most that any set of moves wins, less prices: people bought and sold at what they are worth in each block
    (Lagrange), one move a place, and nothing else forbidden."""
    price = lines.steepness(total)
    best: dict[str, float] = {}
    for move, gain in zip(some.moves, (some.people @ price - some.prices).tolist(), strict=True):
        best[move.place] = max(best.get(move.place, 0.0), gain)
    return lines.most(price) + sum(best.values())


def _solver(limit: float, ends: float | None) -> cp_model.CpSolver:
    """A solver that works until an instant of the monotonic clock, or for so much work of its own."""
    solver = cp_model.CpSolver()
    solver.parameters.random_seed = 0
    if ends is None:
        solver.parameters.max_deterministic_time = limit
        solver.parameters.interleave_search = True
    else:
        solver.parameters.max_time_in_seconds = max(ends - time.monotonic(), 0.0)
    return solver


def _threads(solver: cp_model.CpSolver, moves: int) -> None:
    if moves > FEW:
        solver.parameters.num_workers = 2
        solver.parameters.ignore_subsolvers.append("default_lp")
        solver.parameters.extra_subsolvers.append("pseudo_costs")
        # Of what presolve can do, these cost more here than they save.
        solver.parameters.symmetry_level = 0
        solver.parameters.cp_model_probing_level = 0
    else:
        solver.parameters.num_workers = 1


def _model(
    sight: Sight, lines: Envelope, some: Table, start: set[int], policy: Reallocation
) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    model = cp_model.CpModel()
    takes = [model.new_bool_var(f"m{number}") for number in range(len(some.moves))]
    for number, take in enumerate(takes):
        model.add_hint(take, number in start)
    _exclude(model, some.moves, takes)
    _keep_leaders(model, sight, some.moves, takes, policy)
    parts = np.rint(some.people * PEOPLE).astype(np.int64)
    worth = [_climb(model, lines, block, parts[:, block], takes, start) for block in range(parts.shape[1])]
    prices = np.rint(some.prices * CONTACTS).astype(np.int64)
    model.maximize(sum(worth) - cp_model.LinearExpr.weighted_sum(takes, prices.tolist()))
    return model, takes


def _climb(
    model: cp_model.CpModel,
    lines: Envelope,
    block: int,
    parts: np.ndarray[tuple[int], np.dtype[np.int64]],
    takes: Sequence[cp_model.IntVar],
    start: set[int],
) -> cp_model.IntVar | int:
    """Contacts that a block wins by the people added to it: at most every line of its concave curve."""
    mine = np.flatnonzero(parts).tolist()
    if not mine:
        return 0
    least, most = int(parts[parts < 0].sum()), int(parts[parts > 0].sum())
    # The people are a variable of their own: each line is then a cut of two terms, whatever the number of moves.
    people = model.new_int_var(least, most, f"people {block}")
    model.add(people == cp_model.LinearExpr.weighted_sum([takes[n] for n in mine], parts[mine].tolist()))
    cuts = {
        (round(slope * CONTACTS), round(level * CONTACTS * PEOPLE))
        for slope, level in zip(lines.slopes[block].tolist(), lines.levels[block].tolist(), strict=True)
    }
    low = min(slope * least + level for slope, level in cuts) // PEOPLE - 1
    high = max(max(level for slope, level in cuts if not slope) // PEOPLE, 0)
    won = model.new_int_var(min(low, 0), high, f"won {block}")
    for slope, level in sorted(cuts):
        # won / CONTACTS <= slope * people / PEOPLE + level, in whole numbers.
        model.add(PEOPLE * won <= slope * people + level)
    hinted = int(parts[list(start)].sum())
    model.add_hint(people, hinted)
    model.add_hint(won, min(min(slope * hinted + level for slope, level in cuts) // PEOPLE, high))
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


def _keep_leaders(
    model: cp_model.CpModel, sight: Sight, moves: Sequence[Move], takes: Sequence[cp_model.IntVar], policy: Reallocation
) -> None:
    """So many shift leaders stay off the phones whenever one is there (ORG-3)."""
    by_block: dict[int, list[cp_model.IntVar]] = {}
    for move, take in zip(moves, takes, strict=True):
        for block in leader_blocks(sight, move):
            by_block.setdefault(block, []).append(take)
    spare = leaders_to_spare(sight, policy)
    for block, mine in by_block.items():
        if len(mine) > spare[block]:
            model.add(sum(mine) <= int(spare[block]))
