"""What the hands of a search share: the best roster, the bound, and the time."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from scheduler.linewise.tables import Ints
from scheduler.progress import OnProgress, Progress

Found = tuple[Ints, float]
"""Lines of a roster and what it costs."""


def nothing_new(found: Found | None) -> Found | None:
    """Exchange with nobody."""
    del found
    return None


def never() -> bool:
    """Go on."""
    return False


def neither(base: Ints, ours: Ints, theirs: Ints) -> Found | None:
    """Put nothing together."""
    del base, ours, theirs
    return None


def nobody(lines: Ints) -> None:
    """Nobody is told."""
    del lines


@dataclass
class Shared:
    """The best roster so far and the best bound; `exchange` hands the best to the other hand and takes theirs.

    `stop` ends it early; `kept` is told the lines of each better roster. `merge` puts together what both hands changed
    since they met last, `base`.
    """

    seconds: Callable[[], float]
    limit: float
    report: OnProgress
    exchange: Callable[[Found | None], Found | None] = nothing_new
    stop: Callable[[], bool] = never
    kept: Callable[[Ints], None] = nobody
    merge: Callable[[Ints, Ints, Ints], Found | None] = neither
    base: Ints | None = None
    lines: Ints | None = None
    cost: float = np.inf
    bound: float = 0.0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def over(self) -> bool:
        """Whether time is up or nothing is left to gain."""
        return self.seconds() >= self.limit or self.solved or self.stop()

    @property
    def solved(self) -> bool:
        """Whether the roster is proven to be the cheapest; costs are whole numbers."""
        return self.cost - self.bound < 1.0 - 1e-6

    def offer(self, lines: Ints, cost: float, phase: str) -> None:
        """Keep a roster if it is the best so far."""
        with self.lock:
            if cost < self.cost - 1e-6:
                self.lines, self.cost = lines.copy(), cost
                self.kept(self.lines)
                self._tell(phase)

    def prove(self, bound: float) -> None:
        """Keep a bound if it is the best so far; weights are whole numbers, so it may be rounded up."""
        with self.lock:
            rounded = float(np.ceil(bound - 1e-4))
            if rounded > self.bound:
                self.bound = rounded
                self._tell("bound")

    def meet(self) -> None:
        """Exchange best rosters with the other hand."""
        with self.lock:
            theirs = self.exchange(None if self.lines is None else (self.lines, self.cost))
            if theirs is not None:
                ours = self.lines
                self.offer(*theirs, "second hand")
                both = None if ours is None or self.base is None else self.merge(self.base, ours, theirs[0])
                if both is not None:
                    self.offer(*both, "both hands")
                self.base = self.lines

    def over_after_meeting(self) -> bool:
        """Meet, then tell whether it is over: for long searches that somebody else should be able to end."""
        self.meet()
        return self.over()

    def wait(self) -> None:
        """Wait for the other hand's first roster."""
        while self.lines is None and not self.over():
            self.meet()
            threading.Event().wait(0.1)

    def _tell(self, phase: str) -> None:
        objective = None if self.lines is None else self.cost
        self.report(Progress(self.seconds(), phase, objective, self.bound))
