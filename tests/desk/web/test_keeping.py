"""What a running board keeps: one of a kind, however often the floor moves."""

from pathlib import Path

import pytest

from desk.web.board import Board
from desk.web.settings import BoardSettings
from tests.desk.web.conftest import Clock


@pytest.fixture
def board(hotline: Path, clock: Clock) -> Board:
    """A board that nobody asks."""
    return Board(hotline, BoardSettings(), clock)


def test_it_is_made_once_for_a_state(board: Board) -> None:
    made: list[int] = []
    for _ in range(3):
        assert board.keep("day", 7, lambda: made.append(1) or "a picture") == "a picture"
    assert made == [1]


def test_a_new_state_replaces_the_picture_before(board: Board) -> None:
    for heard in range(500):
        assert board.keep(("day", "today"), heard, lambda heard=heard: heard) == heard
    assert len(board._kept) == 1


def test_nothing_is_as_good_as_something(board: Board) -> None:
    made: list[int] = []
    for _ in range(2):
        assert board.keep("none", None, lambda: made.append(1)) is None
    assert made == [1]
