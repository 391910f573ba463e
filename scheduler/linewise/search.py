"""The whole search: construct, relax, dive, then free parts of the board again and again.

Two hands share one best roster. One generates lines (bounds come from it); the other, where there are two workers,
lets CP-SAT search the rules of `scheduler.rules` over smaller parts.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from scheduler.frame import Frame
from scheduler.linewise.board import Board
from scheduler.linewise.descent import construct, descend
from scheduler.linewise.dive import Manner
from scheduler.linewise.lines import Scratch
from scheduler.linewise.part import Pool, part_cost, relax, settle
from scheduler.linewise.parts_by_rules import improve_by_rules
from scheduler.linewise.tables import Ints
from scheduler.model import Outcome
from scheduler.progress import OnProgress, Progress

WHOLE_DAYS = 60
"""Up to so many days the whole board is relaxed at once; longer horizons go window by window."""

WINDOW_DAYS = 28


@dataclass
class Shared:
    """What the hands share: the best roster, what it costs, and the bound."""

    seconds: Callable[[], float]
    limit: float
    report: OnProgress
    lines: Ints | None = None
    cost: float = np.inf
    bound: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)
    found: threading.Event = field(default_factory=threading.Event)

    def over(self) -> bool:
        """Whether time is up or nothing is left to gain."""
        return self.seconds() >= self.limit or self.cost - self.bound < 1.0 - 1e-6

    def offer(self, lines: Ints, cost: float, phase: str) -> None:
        """Keep a roster if it is the best so far."""
        with self.lock:
            if cost < self.cost - 1e-6:
                self.lines, self.cost = lines.copy(), cost
                self.found.set()
                self.report(Progress(self.seconds(), phase, cost, self.bound))

    def prove(self, bound: float) -> None:
        """Keep a bound if it is the best so far; weights are whole numbers, so it may be rounded up."""
        with self.lock:
            self.bound = max(self.bound, float(np.ceil(bound - 1e-4)))
            self.report(Progress(self.seconds(), "bound", None if self.lines is None else self.cost, self.bound))


def search(
    frame: Frame,
    seconds: float,
    clock: Callable[[], float],
    workers: int = 1,
    seed: int = 0,
    report: OnProgress = lambda _: None,
) -> Outcome:
    """Search a frame that `tables.supports` for the cheapest roster.

    `clock` tells seconds from any origin. Every weight of the frame is a whole number.
    """
    begin = clock()
    shared = Shared(lambda: clock() - begin, seconds, report)
    board = Board(frame)
    hands = [threading.Thread(target=improve_by_rules, args=(frame, shared, seed))] if workers > 1 else []
    for hand in hands:
        hand.start()
    _generate_and_dive(board, shared, np.random.default_rng(seed))
    for hand in hands:
        hand.join()
    return _outcome(board, shared)


def _outcome(board: Board, shared: Shared) -> Outcome:
    if shared.lines is None:
        return Outcome("unknown", {}, float("inf"), shared.bound, {})
    board.show(shared.lines)
    covers = float(board.demand.cost(board.staffed).sum())
    costs = {"cover": int(covers), "wishes": int(board.cost - covers)}
    status = "optimal" if shared.cost - shared.bound < 1.0 - 1e-6 else "feasible"
    return Outcome(status, board.choice(), shared.cost, shared.bound, costs)


def _generate_and_dive(board: Board, shared: Shared, rng: np.random.Generator) -> None:
    scratch, pool = Scratch(), Pool()
    everybody = list(range(len(board.tables)))
    whole = range(board.frame.days)
    if not construct(board, scratch, rng, shared.over):
        return
    shared.offer(board.lines, board.cost, "construction")
    descend(board, scratch, rng, shared.over)
    shared.offer(board.lines, board.cost, "descent")
    if len(whole) <= WHOLE_DAYS:
        _root(board, everybody, whole, pool, scratch, shared, rng)
    _parts(board, everybody, pool, scratch, shared, rng)


def _root(
    board: Board,
    people: list[int],
    days: range,
    pool: Pool,
    scratch: Scratch,
    shared: Shared,
    rng: np.random.Generator,
) -> None:
    """Relax the whole board, prove a bound, and dive a few times in different manners."""  # fmt: skip
    master, relaxation = relax(board, people, days, pool, scratch, shared.over, np.inf)
    shared.prove(relaxation.bound)
    pool.remember(master)
    for manner in (Manner(), Manner(0.95, 0.005, 3, 0.01), Manner(0.8, 0.01, 3, 0.02)):
        if shared.over():
            return
        if settle(board, master, scratch, rng, manner, shared.over, np.inf):
            descend(board, scratch, rng, shared.over)
            shared.offer(board.lines, board.cost, "dive")


def _parts(
    board: Board, everybody: list[int], pool: Pool, scratch: Scratch, shared: Shared, rng: np.random.Generator
) -> None:
    """Free a part, relax it, dive where something may be gained; go on from what is not worse."""
    days = board.frame.days
    size = 0.35
    while not shared.over():
        assert shared.lines is not None
        board.show(shared.lines)
        people, window = _choose(board, everybody, days, size, rng)
        before = part_cost(board, people, window)
        master, relaxation = relax(board, people, window, pool, scratch, shared.over, before - 1.0 + 1e-4)
        if relaxation.bound > before - 1.0 + 1e-4:
            size = min(1.0, size * 1.1)
            continue
        if len(window) == days:
            pool.remember(master)
        manner = Manner(rng.uniform(0.75, 0.95), rng.choice([0.005, 0.01, 0.03]), 2, rng.choice([0.0, 0.02, 0.1]))
        if settle(board, master, scratch, rng, manner, shared.over, before + 200.0):
            descend(board, scratch, rng, shared.over)
            shared.offer(board.lines, board.cost, "part")
        size = max(0.15, size * 0.97)


def _choose(
    board: Board, everybody: list[int], days: int, size: float, rng: np.random.Generator
) -> tuple[list[int], range]:
    """Some people over all days, or everybody over some."""
    if days > WHOLE_DAYS or rng.random() < 0.3:
        length = min(days, WINDOW_DAYS if days > WHOLE_DAYS else int(rng.integers(7, 15)))
        start = int(rng.integers(-length // 2, days - length // 2))
        window = range(max(0, start), min(days, start + length))
        return everybody, window
    count = max(2, round(size * len(everybody)))
    return sorted(map(int, rng.choice(everybody, min(count, len(everybody)), replace=False))), range(days)
