"""Whole lines of long horizons, the bound by prices, and two hands put together: legal, the bound never above."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from benchmarks.curtois_like import Like, text
from scheduler.checks.curtois import faults
from scheduler.curtois import frame_of, read
from scheduler.linewise.board import Board
from scheduler.linewise.descent import construct
from scheduler.linewise.evenly import FIRST_PULLS, spread
from scheduler.linewise.groups import groups_of
from scheduler.linewise.lines import Scratch, best_line
from scheduler.linewise.merge import keeps, merged
from scheduler.linewise.relaxed import relaxed
from scheduler.linewise.whole import whole_line


def never() -> bool:
    return False


def board_of(instance: Any) -> Board:
    return Board(frame_of(instance))


@pytest.mark.parametrize("seed", range(8))
def test_a_whole_line_is_legal_and_never_cheaper_than_the_cheapest(small: Any, seed: int) -> None:
    instance = small.instance(seed, days=14, staff=3)
    board, scratch = board_of(instance), Scratch(1 << 18, 300_000)
    rng = np.random.default_rng(seed)
    for table in board.tables:
        price = rng.normal(0, 30, board.demand.required.shape)
        line, best = whole_line(table, price, np.inf), best_line(table, price, scratch)
        if line is None:
            continue
        assert keeps(table, line)
        assert best is not None
        worked = np.flatnonzero(line >= 0)
        assert price[worked, line[worked]].sum() >= best.cost - 1e-6


@pytest.mark.parametrize("seed", range(4))
def test_what_keeps_the_rules_is_what_the_definition_says(small: Any, seed: int) -> None:
    """Over all lines of five days: `keeps` agrees with the lines written out by definition."""
    instance = small.instance(seed, days=5, staff=2)
    board = board_of(instance)
    for employee, table in zip(instance.staff, board.tables, strict=True):
        legal = {
            tuple(board.kinds.number[line[day]] if day in line else -1 for day in range(5))
            for line in small.lines(instance, employee)
        }
        for line in product(range(-1, len(board.kinds.names)), repeat=5):
            assert keeps(table, np.array(line)) == (line in legal)


@pytest.mark.parametrize("seed", range(4))
def test_the_bound_by_prices_is_never_above_what_a_roster_costs(small: Any, seed: int) -> None:
    instance = small.instance(seed, days=14, staff=4)
    board = board_of(instance)
    found = relaxed(board, 120, never)
    if not construct(board, Scratch(1 << 18, 300_000), np.random.default_rng(0), never):
        return
    assert found is not None
    assert found.bound <= board.cost + 1e-6


def test_spreading_keeps_a_year_legal_and_brings_it_near_the_bound() -> None:
    instance = read(text(Like(days=182, staff=12, shifts=6, seed=2)))
    board, rng = board_of(instance), np.random.default_rng(0)
    assert construct(board, Scratch(1 << 18, 300_000), rng, never)
    before = board.cost
    spread(board, rng, never, FIRST_PULLS)
    found = relaxed(board, 300, never)
    rows = [(name, day, option.kind) for (name, day), option in board.choice().items()]
    assert faults(instance, rows) == []
    assert found is not None
    assert found.bound <= board.cost < before
    assert board.cost - found.bound < (before - found.bound) / 2


def test_both_hands_changes_are_put_together_where_that_is_legal(small: Any) -> None:
    instance = small.instance(14, days=14, staff=5)
    board = board_of(instance)
    assert construct(board, Scratch(1 << 18, 300_000), np.random.default_rng(0), never)
    base, ours, theirs = board.lines.copy(), board.lines.copy(), board.lines.copy()
    ours[0] = other_line(board, 0)
    theirs[1] = other_line(board, 1)
    found = merged(board, base, ours, theirs)
    assert found is not None
    lines, cost = found
    assert (lines[0] == ours[0]).all()
    assert (lines[1] == theirs[1]).all()
    assert (board.lines == base).all()
    board.show(lines)
    assert board.cost == cost
    assert merged(board, base, base, theirs) is None


def other_line(board: Board, person: int) -> Any:
    """A legal line of a person that is not the one that stands."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        found = best_line(
            board.tables[person], rng.normal(0, 9, board.demand.required.shape), Scratch(1 << 18, 300_000)
        )
        if found is not None and (found.days != board.lines[person]).any():
            return found.days
    raise AssertionError("the person has one line only")


def test_kinds_stand_for_one_another_only_with_the_same_neighbours_and_minutes() -> None:
    after = np.array([[1, 1, 1], [0, 1, 1], [0, 1, 1]], dtype=bool)
    groups = groups_of(after, np.array([1, 1, 1]))
    assert groups.of.tolist() == [0, 1, 1]
    assert groups_of(after, np.array([1, 1, 2])).of.tolist() == [0, 1, 2]
    assert groups_of(after, np.array([1, 1, 1]), (2,)).of.tolist() == [0, 1, 2]
    allowed, prices, which = groups.narrowed(
        np.array([[True, True, True, True], [True, False, False, True]]), np.array([[1.0, 5.0, 2.0], [1.0, 0.0, 7.0]])
    )
    assert allowed.tolist() == [[True, True, True], [True, False, True]]
    assert prices[0].tolist() == [1.0, 2.0]
    assert which[:, 1].tolist() == [2, 2]
