"""Pauses and activities alone, placed anew around the volume as it is now: duties, and what has begun, stay (SHF-7)."""

import time
from collections.abc import Callable

from centre.roster import Roster
from scheduler.judging import Floor
from scheduler.problem import Problem
from scheduler.repair.board import board_of
from scheduler.repair.descent import descend
from scheduler.repair.happened import Happened
from scheduler.repair.joint import place_jointly
from scheduler.repair.mending import lines_of, without
from scheduler.repair.play import Play, in_play
from scheduler.repair.queues import mend_queues


def replace_pauses(
    problem: Problem,
    roster: Roster,
    from_instant: int,
    until: int | None = None,
    *,
    seconds: float = 5.0,
    workers: int = 2,
    seed: int = 0,
    stop: Callable[[], bool] = lambda: False,
) -> Roster:
    """Place pauses and movable activities anew where the phones can best spare the people.

    Parameters
    ----------
    problem : with the requirement as it is now.
    from_instant, until : UTC seconds; what has begun before the first stays, and the second (default: the end of the
        horizon) ends what is looked at.
    seconds : time limit; the answer is never dearer than the roster given.

    Notes
    -----
    Moving has the prices of `problem.policy.repair`. People for whom a move would break a rule keep their places.
    """
    begin = time.monotonic()
    floor = Floor(problem, roster)
    end = problem.horizon.end if until is None else min(until, problem.horizon.end)
    if from_instant >= end:
        return roster
    spans = [(from_instant, end)]
    board = board_of(floor, from_instant, end, spans)
    before = board.cost()
    play = Play(
        board,
        problem.policy.repair,
        in_play(floor.seen, board, Happened(), spans, from_instant, overtime=False),
        frozenset(),
    )
    banned: set[str] = set()
    while True:
        descend(play, stop)
        left = seconds - (time.monotonic() - begin)
        place_jointly(play, 0.0 if stop() else left, workers, seed)
        lines = lines_of(floor, board, play)
        culprits = {found.agent for found in floor.newly_broken(lines)} - banned if lines else set()
        if not culprits:
            break
        banned |= culprits
        play = without(play, culprits)
    if not lines or board.cost() + play.prices() > before - 1e-9:
        return roster
    changed = floor.changed(lines)
    return changed.changed(mend_queues(changed, from_instant, end)).roster
