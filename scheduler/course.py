"""The course of a search: its clock, its log, and which kind of move comes next."""

import time
from collections.abc import Callable

import numpy as np

from centre.errors import TimeRanOutError
from centre.said import Said
from scheduler.activities import Placed, place_activities
from scheduler.bound import lower_bound
from scheduler.objective import cost_by_term
from scheduler.pool import choose
from scheduler.progress import OnProgress, Progress
from scheduler.tours import tables as t
from scheduler.tours.engine import Engine

Stop = Callable[[], bool]

BOUND_SHARE = 0.15
"""Share of the time limit kept for the bound."""

BOUND_ROUNDS = 60
"""Rounds of the bound where rounds are counted instead of time."""

PASSES, LITTLE = 6, 0.002
"""Passes at most, and the share of the cost below which another is not worth it."""

POOL_EVERY, POOL_SECONDS, POOL_AGENTS, POOL_LEADERS = 60, 4.0, 16, 12
REPORT_EVERY_S = 1.0


class Course:
    """One search from the first line to the bound.

    `seconds` limits it, or `rounds` counts the deals of ruin and recreate: then nothing depends on the clock, CP-SAT
    gets no turn, and the result is the same on every machine.
    """

    def __init__(
        self,
        engine: Engine,
        seconds: float,
        stop: Stop,
        on_progress: OnProgress | None,
        seed: int,
        rounds: int | None,
    ) -> None:
        self.engine, self.seconds, self.asked, self.tell = engine, seconds, stop, on_progress
        self.seed, self.rounds = seed, rounds
        self.begin = time.monotonic()
        self.log: list[Progress] = []
        self.told = -REPORT_EVERY_S

    @property
    def elapsed(self) -> float:
        """Seconds since the search began."""
        return time.monotonic() - self.begin

    def over(self, share: float = 1.0) -> bool:
        """Whether a share of the time is used up, or the user has had enough."""
        return self.asked() or (self.rounds is None and self.elapsed > share * self.seconds)

    def first(self) -> None:
        """Give everybody a first line."""
        if not self.engine.construct(self.asked):
            raise TimeRanOutError(Said("stopped before everybody had a first line; nothing was kept"))
        self.report(Said("first roster"), force=True)

    def improve(self) -> None:
        """Passes until they gain little, then ruin and recreate, with CP-SAT in between."""
        share = 1.0 - BOUND_SHARE
        for _ in range(PASSES):
            if self.over(share):
                return
            gained = -self.engine.one_pass(lambda: self.over(share))
            self.report(Said("passes"))
            if gained < LITTLE * self.engine.cost():
                break
        deal = 0
        while not self.over(share) and (self.rounds is None or deal < self.rounds):
            self.engine.share_burdens()
            self.engine.ruin_and_recreate()
            deal += 1
            self.report(Said("ruin and recreate"))
            if self.rounds is None and deal % POOL_EVERY == 0:
                left = share * self.seconds - self.elapsed
                self._choose_jointly(deal // POOL_EVERY, min(POOL_SECONDS, left))
                self.report(Said("joint choice"))

    def prove(self) -> tuple[dict[str, float], float, list[Placed]]:
        """Cost by term of the roster found, a lower bound in the time that is left (or BOUND_ROUNDS), and activities.

        Activities are placed first, so that what they take from coverage is in the cost.
        """
        engine = self.engine
        engine.share_burdens()
        engine.write_back()
        placed = place_activities(engine.floor)
        terms = cost_by_term(engine.floor, placed)
        begin, done = self.elapsed, -1

        def spent() -> float:
            nonlocal done
            done += 1
            if self.asked():
                return 1.0
            if self.rounds is not None:
                return done / BOUND_ROUNDS
            return min(1.0, (self.elapsed - begin) / max(self.seconds - begin, 1e-3))

        bound = lower_bound(engine.floor, sum(terms.values()), spent, len(engine.hands)).value
        self.report(Said("proven"), bound, force=True)
        return terms, bound, placed

    def report(self, phase: str, bound: float | None = None, force: bool = False) -> None:
        """Log the state and tell it, at most once a second."""
        if not force and self.elapsed - self.told < REPORT_EVERY_S:
            return
        self.told = self.elapsed
        progress = Progress(self.elapsed, phase, self.engine.cost(), bound)
        self.log.append(progress)
        if self.tell is not None:
            self.tell(progress)

    def _choose_jointly(self, turn: int, seconds: float) -> None:
        """One week of some leaders and agents by CP-SAT."""
        engine, rng = self.engine, self.engine.rng
        role = engine.tables.person[:, t.ROLE]
        leaders = rng.permutation(np.flatnonzero(role == t.LEADER))[:POOL_LEADERS]
        agents = rng.permutation(np.flatnonzero(role == t.AGENT))[:POOL_AGENTS]
        some = [int(p) for p in np.concatenate([leaders, agents])]
        choose(engine, some, engine.weeks[turn % len(engine.weeks)], seconds, self.seed + turn)
