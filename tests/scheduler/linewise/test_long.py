"""Horizons too long to be searched exactly: lines stay legal, with maxima of kinds, weekends and hours that bind."""

import numpy as np
import pytest

from scheduler.checks.curtois import faults, penalty
from scheduler.curtois import Employee, Instance, frame_of
from scheduler.linewise.board import Board
from scheduler.linewise.descent import construct, descend
from scheduler.linewise.lines import EXACT_DAYS, Scratch, best_line
from scheduler.linewise.tables import Kinds, Table

DAYS = 119


def never() -> bool:
    return False


@pytest.fixture(scope="module")
def long_instance() -> Instance:
    """Four people over seventeen weeks; the cheap kinds may be taken twenty and ten times only."""
    minutes = {"E": 480, "D": 480, "L": 480, "N": 600, "S": 480, "T": 480}
    most = {"E": 20, "D": DAYS, "L": 20, "N": 10, "S": DAYS, "T": DAYS}
    holidays = frozenset(range(28, 42))
    staff = tuple(
        Employee(f"s{n}", most, 66 * 480, 60 * 480, 5, 2, 2, 8, holidays if n == 0 else frozenset({n}))
        for n in range(4)
    )
    covers = tuple((day, kind, 1, 100 if kind in "ELN" else 30, 1) for day in range(DAYS) for kind in minutes)
    return Instance(DAYS, minutes, frozenset({("N", "E"), ("N", "D"), ("L", "E")}), staff, (), (), covers)


def rows(board: Board) -> list[tuple[str, int, str]]:
    return [(name, day, option.kind) for (name, day), option in board.choice().items()]


def test_construction_and_descent_are_legal_and_descend(long_instance: Instance) -> None:
    assert long_instance.days > EXACT_DAYS
    board, scratch, rng = Board(frame_of(long_instance)), Scratch(1 << 20, 1 << 20), np.random.default_rng(0)
    assert construct(board, scratch, rng, never)
    assert faults(long_instance, rows(board)) == []
    before = board.cost
    descend(board, scratch, rng, never)
    assert faults(long_instance, rows(board)) == []
    assert board.cost == penalty(long_instance, rows(board)) <= before


def test_a_limit_holds_for_lines_that_are_not_searched_exactly(long_instance: Instance) -> None:
    frame = frame_of(long_instance)
    table = Table(frame.people[1], Kinds(frame))
    price = np.full(table.wishes.shape, -1.0)
    price[:, table.kinds.number["N"]] = -50.0
    scratch = Scratch(1 << 20, 1 << 20)
    found = best_line(table, price, scratch)
    assert found is not None
    nights = int((found.days == table.kinds.number["N"]).sum())
    assert nights <= 10
    assert found.cost == pytest.approx(price[np.flatnonzero(found.days >= 0), found.days[found.days >= 0]].sum())
    again = best_line(table, price, scratch, limit=found.cost)
    assert again is None or again.cost < found.cost


def test_where_labels_run_out_of_room_a_legal_line_is_found_all_the_same(long_instance: Instance) -> None:
    """Over 84 days exact counting of three kinds has no room: the search falls back to a pace, and charges them."""
    covers = tuple(cover for cover in long_instance.covers if cover[0] < 84)
    least = Employee("s1", long_instance.staff[1].most, 46 * 480, 40 * 480, 5, 2, 2, 6, frozenset({1}))
    short = Instance(84, long_instance.minutes, long_instance.not_after, (least,), (), (), covers)
    board = Board(frame_of(short))
    assert construct(board, Scratch(1 << 18, 300_000), np.random.default_rng(0), never)
    assert faults(short, rows(board)) == []
