"""The second hand in a process of its own, so that two cores work in earnest."""

import multiprocessing
import queue
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.queues import Queue

import numpy as np

from scheduler.frame import Frame
from scheduler.linewise.board import Board
from scheduler.linewise.hands import Hand, second_hand
from scheduler.linewise.merge import merged
from scheduler.linewise.shared import Found, Shared

Message = tuple[Found | None, float]
"""A roster (or none) and a bound."""


@dataclass
class Exchange:
    """One end of the exchange between two hands: each tells what it has only when it is better than before."""

    outgoing: "Queue[Message]"
    incoming: "Queue[Message]"
    shared: Shared | None = None
    told: float = np.inf
    proved: float = field(default=0.0)

    def __call__(self, ours: Found | None) -> Found | None:
        """Tell ours, take theirs: the best that came since the last time."""
        assert self.shared is not None
        cost = np.inf if ours is None else ours[1]
        if cost < self.told or self.shared.bound > self.proved:
            self.outgoing.put((ours if cost < self.told else None, self.shared.bound))
            self.told, self.proved = min(cost, self.told), self.shared.bound
        best: Found | None = None
        while True:
            try:
                theirs, bound = self.incoming.get_nowait()
            except queue.Empty:
                break
            self.shared.prove(bound)
            self.proved = max(self.proved, self.shared.bound)
            best = theirs or best
        if best is not None:
            self.told = min(self.told, best[1])
        return best


def _run(
    frame: Frame,
    seconds: float,
    clock: Callable[[], float],
    seed: int,
    outgoing: "Queue[Message]",
    incoming: "Queue[Message]",
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first hand ends both
    begin = clock()
    exchange = Exchange(outgoing, incoming)
    shared = Shared(lambda: clock() - begin, seconds, lambda _: None, exchange)
    exchange.shared = shared
    shared.merge = partial(merged, Board(frame))
    second_hand(Hand(Board(frame), shared, np.random.default_rng(seed)))
    shared.meet()


@contextmanager
def helping(frame: Frame, shared: Shared, clock: Callable[[], float], seed: int) -> Iterator[None]:
    """A second hand that searches beside the caller while the context lasts.

    `clock` goes to the other process and must be a function it can import, such as `time.monotonic`.
    """
    context = multiprocessing.get_context("spawn")
    there: Queue[Message] = context.Queue()
    back: Queue[Message] = context.Queue()
    exchange = Exchange(there, back, shared)
    seconds = shared.limit - shared.seconds() - 1.0
    helper = context.Process(target=_run, args=(frame, seconds, clock, seed + 1, back, there), daemon=True)
    helper.start()
    shared.exchange = exchange
    try:
        yield
        shared.meet()
    finally:
        helper.terminate()
        helper.join()
        for line in (there, back):
            line.cancel_join_thread()
            line.close()
