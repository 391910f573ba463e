"""The whole search over a frame of person-lines.

One hand constructs, generates lines, dives and frees parts; with two workers a second one does so beside it from
another seed, lets CP-SAT search parts by the rules of `scheduler.rules`, and both exchange their best rosters.
"""

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial

import numpy as np

from scheduler.frame import Frame
from scheduler.linewise.board import Board
from scheduler.linewise.hands import Hand, first_hand
from scheduler.linewise.helper import helping
from scheduler.linewise.merge import merged
from scheduler.linewise.shared import Shared, never
from scheduler.model import Choice, Outcome
from scheduler.progress import OnProgress


def search(
    frame: Frame,
    seconds: float,
    clock: Callable[[], float],
    workers: int = 1,
    seed: int = 0,
    report: OnProgress = lambda _: None,
    stop: Callable[[], bool] = never,
    kept: Callable[[Choice], None] | None = None,
) -> Outcome:
    """Search a frame that `tables.supports` for the cheapest roster; every weight of it is a whole number.

    `clock` tells seconds from any origin. With one worker the same seed and the same course of the clock give the same
    roster. With two, `clock` must be a function that another process can import. `stop`, asked often, ends the search
    with the best so far; `kept` is handed each better roster, for those who want it safe before the end.
    """
    begin = clock()
    board = Board(frame)
    shared = Shared(lambda: clock() - begin, seconds, report, stop=stop)
    if kept is not None:
        shared.kept = lambda lines: kept(board.choice(lines))
    shared.merge = partial(merged, Board(frame))
    with helping(frame, shared, clock, seed) if workers > 1 else nullcontext():
        first_hand(Hand(board, shared, np.random.default_rng(seed)))
    return _outcome(board, shared)


def _outcome(board: Board, shared: Shared) -> Outcome:
    if shared.lines is None:
        return Outcome("unknown", {}, float("inf"), shared.bound, {})
    board.show(shared.lines)
    covers = float(board.demand.cost(board.staffed).sum())
    costs = {"cover": round(covers), "wishes": round(board.cost - covers)}
    return Outcome("optimal" if shared.solved else "feasible", board.choice(), shared.cost, shared.bound, costs)
