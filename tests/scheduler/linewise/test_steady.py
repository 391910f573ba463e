"""Quick lines of long horizons are legal by the plain checker, and found wherever one was written down first."""

import pytest

from benchmarks.curtois_like import Like, text
from scheduler.checks.curtois import faults
from scheduler.curtois import frame_of, read
from scheduler.linewise.board import Board
from scheduler.linewise.steady import steady_line


@pytest.mark.parametrize(
    "like", [Like(28, 20, 3, 1), Like(84, 20, 6, 2), Like(182, 8, 8, 3), Like(364, 6, 32, 4)], ids=str
)
def test_every_look_alike_gets_a_legal_roster(like: Like) -> None:
    instance = read(text(like))
    board = Board(frame_of(instance))
    for person, table in enumerate(board.tables):
        found = steady_line(table, board.price(person))
        assert found is not None, table.person.name
        line, cost = found
        worked = [day for day in range(like.days) if line[day] >= 0]
        assert cost == pytest.approx(sum(board.price(person)[day, line[day]] for day in worked))
        board.put(person, line)
    assignments = [(name, day, option.kind) for (name, day), option in sorted(board.choice().items())]
    assert faults(instance, assignments) == []
