"""Whole lines of long horizons, the bound by prices, and two hands put together: legal, the bound never above."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from benchmarks.curtois_like import Like, text
from scheduler.checks.curtois import faults
from scheduler.curtois import frame_of, read
from scheduler.linewise.board import Board
from scheduler.linewise.crossing import crossed
from scheduler.linewise.descent import construct
from scheduler.linewise.evenly import FIRST_PULLS, cool, spread
from scheduler.linewise.groups import groups_of
from scheduler.linewise.lines import Scratch, best_line
from scheduler.linewise.merge import keeps, merged
from scheduler.linewise.relaxed import relaxed
from scheduler.linewise.tables import Table
from scheduler.linewise.whole import whole_line, within_maxima


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


def test_cooling_keeps_a_year_legal_and_betters_what_spreading_leaves() -> None:
    instance = read(text(Like(days=182, staff=12, shifts=6, seed=2)))
    board, rng = board_of(instance), np.random.default_rng(0)
    assert construct(board, Scratch(1 << 18, 300_000), rng, never)
    spread(board, rng, never, FIRST_PULLS)
    before, passes = board.cost, iter(range(31))
    cool(board, rng, never, lambda: next(passes) / 30)
    rows = [(name, day, option.kind) for (name, day), option in board.choice().items()]
    assert faults(instance, rows) == []
    assert board.cost < before


def test_what_was_cooled_is_the_same_for_the_same_seed() -> None:
    def cooled() -> np.ndarray[Any, Any]:
        board, rng = board_of(read(text(Like(days=119, staff=3, shifts=4, seed=3)))), np.random.default_rng(5)
        assert construct(board, Scratch(1 << 18, 300_000), rng, never)
        passes = iter(range(5))
        cool(board, rng, never, lambda: next(passes) / 4)
        return board.lines

    assert (cooled() == cooled()).all()


def narrow(table: Table, least: int, most: int) -> Table:
    """The table with bounds on its units."""
    unit = table.kinds.unit
    bound = replace(table.person.bounds[0], lowest=least * unit, highest=most * unit)
    return Table(replace(table.person, bounds=(bound,)), table.kinds)


def used(table: Table, line: Any) -> int:
    return int(table.kinds.units[line[line >= 0]].sum())


def test_lines_on_both_sides_of_the_units_wanted_are_crossed_within_them() -> None:
    """Of a line with too many units and one with too few a legal one is made wherever they meet often enough."""
    board, rng = board_of(read(text(Like(days=182, staff=4, shifts=6, seed=4)))), np.random.default_rng(0)
    made = 0
    for table in board.tables:
        price = rng.normal(0, 10, board.demand.required.shape)
        lines = [whole_line(narrow(table, n, n + 8), price, np.inf) for n in (80, 92)]
        if lines[0] is None or lines[1] is None:
            continue
        between = narrow(table, used(table, lines[0]) + 2, used(table, lines[1]) - 2)
        found = crossed(between, price, lines[1], lines[0])
        if found is not None:
            made += 1
            assert ((found == lines[0]) | (found == lines[1])).all()
            within_maxima(between, price, found)
            assert keeps(between, found)
    assert made


def test_kinds_taken_too_often_are_traded_for_the_cheapest_of_their_group() -> None:
    board = board_of(read(text(Like(days=119, staff=1, shifts=6, seed=1))))
    table = board.tables[0]
    groups = table.kinds.groups()
    kind = int(np.flatnonzero(groups.of == np.bincount(groups.of).argmax())[0])
    other = int(groups.members[int(groups.of[kind])][1])
    table.allowed[:] = True
    table.caps[:] = 119
    table.caps[kind] = 2
    line = np.full(119, -1)
    line[[3, 10, 17, 24]] = kind
    price = np.zeros(board.demand.required.shape)
    price[:, other] = 5.0
    price[[10, 24], other] = 1.0
    price[:, [k for k in range(price.shape[1]) if k not in (kind, other)]] = 9.0
    assert not within_maxima(table, price, line).any()
    assert line[[3, 17]].tolist() == [kind, kind]
    assert line[[10, 24]].tolist() == [other, other]
    table.caps[:] = 0
    assert within_maxima(table, price, line).sum() == 4


@pytest.mark.parametrize("seed", range(3))
def test_a_whole_line_is_found_where_many_days_cost_the_same_and_the_minutes_are_narrow(seed: int) -> None:
    board, rng = board_of(read(text(Like(days=182, staff=6, shifts=8, seed=seed)))), np.random.default_rng(seed)
    for table in board.tables:
        price = -100.0 + 10.0 * rng.standard_normal(board.demand.required.shape)
        line = whole_line(table, price, np.inf)
        assert line is not None
        assert keeps(table, line)


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
