"""The course of a search: its clock, its log, and which kind of move comes next."""

import time
from collections.abc import Callable

import numpy as np

from centre.errors import TimeRanOutError
from centre.said import Said
from scheduler.activities import Placed, place_activities
from scheduler.bound import Ascent
from scheduler.objective import cost_by_term
from scheduler.pool import choose
from scheduler.progress import OnProgress, Progress
from scheduler.tours import tables as t
from scheduler.tours.engine import Engine
from scheduler.tours.tables import Floats

Stop = Callable[[], bool]

BOUND_SHARE, LAST_SHARE = 0.15, 0.03
"""Share of the time for the bound, in turns with the search, and of the time limit that is kept for the end."""

BOUND_ROUNDS = 60
"""Rounds of the bound where rounds are counted instead of time."""

PASSES, LITTLE = 6, 0.002
"""Passes at most, and the share of the cost below which another is not worth it."""

POOL_EVERY, POOL_SELDOM, POOL_SECONDS, POOL_AGENTS, POOL_LEADERS = 20, 640, 4.0, 16, 12
"""Deals between two joint choices: fewer while they gain something, more and more while they do not."""

RESERVED_AT = (0.25, 0.5, 0.75)
"""Shares of the search after which what activities will take from coverage is worked out anew."""

LONG_SHARE = 0.02
"""Share of the time limit that placing activities may take, to be done more than once before the end."""

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
        self.ascent: Ascent | None = None
        self.ascending = 0.0
        self.reserved: dict[int, Floats] = {}
        self.placed: list[Placed] = []
        self.reservations = 0

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
        """Passes until they gain little, then ruin and recreate, with CP-SAT and the bound in between."""
        share = 1.0 - LAST_SHARE
        for _ in range(PASSES):
            if self.over(share):
                return
            gained = -self.engine.one_pass(lambda: self.over(share))
            self.report(Said("passes"))
            if gained < LITTLE * self.engine.cost():
                break
        deal, turn, pool_at, pause = 0, 0, POOL_EVERY, POOL_EVERY
        while not self.over(share) and (self.rounds is None or deal < self.rounds):
            spent = self.elapsed / (share * self.seconds) if self.rounds is None else deal / self.rounds
            if self.reservations < len(RESERVED_AT) and spent >= RESERVED_AT[self.reservations]:
                self._reserve()
            self.engine.share_burdens()
            self.engine.ruin_and_recreate(spent)
            deal += 1
            self.report(Said("ruin and recreate"))
            if self.rounds is not None:
                continue
            if deal >= pool_at:
                turn += 1
                left = share * self.seconds - self.elapsed
                gained = -self._choose_jointly(turn, min(POOL_SECONDS, left))
                pause = max(POOL_EVERY, pause // 2) if gained > 0.0 else min(POOL_SELDOM, 2 * pause)
                pool_at = deal + pause
                self.report(Said("joint choice"))
            while self.ascending < BOUND_SHARE * self.elapsed and not self.over(share):
                if not self._ascend():
                    break

    def prove(self) -> tuple[dict[str, float], float, list[Placed]]:
        """Cost by term of the roster found, a lower bound in the time that is left (or BOUND_ROUNDS), and activities.

        Activities are placed first, so that what they take from coverage is in the cost.
        """
        engine, ascent = self.engine, self._ascent()
        self._give_back()
        engine.share_burdens()
        terms = self._place()
        total, done = sum(terms.values()), 0
        while not self.asked() and not ascent.meets(total):
            enough = self.over() if self.rounds is None else done >= BOUND_ROUNDS
            if enough and ascent.rounds:
                break
            ascent.round(self._used() if self.rounds is None else done / BOUND_ROUNDS)
            done += 1
        bound = ascent.found(total).value
        self.report(Said("proven"), total, force=True)
        return terms, bound, self.placed

    def _reserve(self) -> None:
        """Take out of coverage what activities would take by the roster as it is: the search then makes room for them.

        Where they lie is decided at the end, by the roster that was found.
        """
        self.reservations += 1
        floor, state = self.engine.floor, self.engine.state
        if not floor.problem.site.activities:
            return
        begin = time.monotonic()
        self._give_back()
        self._place()
        if self.rounds is None and time.monotonic() - begin > LONG_SHARE * self.seconds:
            self.reservations = len(RESERVED_AT)  # once has to do on this floor
        for number, component in enumerate(floor.components):
            if number != floor.leaders:
                rows = self._rows(number)
                self.reserved[number] = component.staffed - state.staffed[rows]
                state.staffed[rows] += self.reserved[number]
        self.report(Said("room for activities"), force=True)

    def _place(self) -> dict[str, float]:
        """Place the activities: where there was made room for them, or else by the roster alone; the cost by term."""
        engine = self.engine
        found: list[tuple[float, int, list[Placed], list[Placed], dict[str, float]]] = []
        for held in [self.placed, []] if self.placed else [[]]:
            engine.write_back()
            placed = place_activities(engine.floor, held)
            terms = cost_by_term(engine.floor, placed)
            found.append((sum(terms.values()), len(found), held, placed, terms))
        *_, held, self.placed, terms = min(found)
        if held is not found[-1][2]:
            engine.write_back()
            place_activities(engine.floor, held)
        return terms

    def _give_back(self) -> None:
        for number, taken in self.reserved.items():
            self.engine.state.staffed[self._rows(number)] -= taken
        self.reserved = {}

    def _rows(self, number: int) -> slice:
        """The sets of a component."""
        first = self.engine.tables.set_first
        return slice(int(first[number]), int(first[number + 1]))

    def _ascent(self) -> Ascent:
        """The bound's prices; the first come from the roster as it stands."""
        if self.ascent is None:
            self.engine.write_back()
            self.ascent = Ascent(self.engine.floor, len(self.engine.hands))
        return self.ascent

    def _ascend(self) -> bool:
        """One round of the bound; False where it has nothing left to prove."""
        begin = time.monotonic()
        ascent = self._ascent()
        if ascent.meets(self.engine.cost()):
            return False
        ascent.round(self._used())
        self.ascending += time.monotonic() - begin
        self.report(Said("bound"))
        return True

    def _used(self) -> float:
        return min(1.0, self.elapsed / max(self.seconds, 1e-3))

    def report(self, phase: str, objective: float | None = None, force: bool = False) -> None:
        """Log the state and tell it, at most once a second; the objective is the search's unless another is given."""
        if not force and self.elapsed - self.told < REPORT_EVERY_S:
            return
        self.told = self.elapsed
        cost = self.engine.cost() if objective is None else objective
        bound = self.ascent.found(cost).value if self.ascent is not None and self.ascent.rounds else None
        progress = Progress(self.elapsed, phase, cost, bound)
        self.log.append(progress)
        if self.tell is not None:
            self.tell(progress)

    def _choose_jointly(self, turn: int, seconds: float) -> float:
        """One week of some leaders and agents by CP-SAT; the change of the cost."""
        engine, rng = self.engine, self.engine.rng
        role = engine.tables.person[:, t.ROLE]
        leaders = rng.permutation(np.flatnonzero(role == t.LEADER))[:POOL_LEADERS]
        agents = rng.permutation(np.flatnonzero(role == t.AGENT))[:POOL_AGENTS]
        some = [int(p) for p in np.concatenate([leaders, agents])]
        return choose(engine, some, engine.weeks[turn % len(engine.weeks)], seconds, self.seed + turn)
