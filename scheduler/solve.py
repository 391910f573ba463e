"""Solve a roster problem: search, choose, place, check.

The story is `solve`: contradictions first, then tours for everybody, then improvement until time is up, then
activities, queues and the check by `scheduler.checks`, which knows nothing of how the roster was made.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from centre.errors import ContradictionError, TimeRanOutError
from centre.roster import Roster
from scheduler.activities import place_activities
from scheduler.bound import lower_bound
from scheduler.checks import Coverage, Violation, check, coverage
from scheduler.explain import contradictions
from scheduler.pool import Seat, choose, seats_of_week
from scheduler.problem import Problem
from scheduler.progress import OnProgress, Progress, gap
from scheduler.tours.floor import Floor, fair_shares, floor_of
from scheduler.tours.run import construct, one_pass, ruin_and_recreate, weigh
from scheduler.tours.search import Search
from scheduler.tours.segments import roster_of

Stop = Callable[[], bool]

BOUND_SHARE = 0.15
"""Share of the time limit kept for the bound."""

POOL_SECONDS = 4.0
POOL_HEADS = 14
PASSES = 4

RELAXED_TERMS = ("shortage", "surplus", "paid hours", "wishes", "below lower bounds")
"""Terms of the objective that the relaxation behind the bound keeps."""


@dataclass(frozen=True)
class Result:
    """A checked roster, what it costs and how good it is.

    Attributes
    ----------
    objective, bound, gap : cost of the roster, what no roster can cost less than (see `scheduler.bound`), and the
        share of the cost between them. Units of `RosterWeights`: one agent short for one hour.
    cost_by_term : the objective by name of the term.
    seconds : what it took.
    violations : everything the checker found, hard ones first.
    coverage : rostered against required staff.
    log : how the search went.
    """

    roster: Roster
    objective: float
    bound: float
    gap: float
    cost_by_term: Mapping[str, float]
    seconds: float
    violations: tuple[Violation, ...]
    coverage: Coverage
    log: tuple[Progress, ...] = field(default=())

    @property
    def hard_violations(self) -> tuple[Violation, ...]:
        """Those that must not stand."""
        return tuple(violation for violation in self.violations if violation.hard)


def solve(
    problem: Problem,
    *,
    seconds: float,
    seed: int = 0,
    workers: int = 2,
    on_progress: OnProgress | None = None,
    stop: Stop = lambda: False,
    rounds: int | None = None,
) -> Result:
    """Make the roster of a problem: the best found in the time, legal, checked, with a bound.

    Parameters
    ----------
    seconds : time limit; the search ends earlier only where it has nothing left to try.
    seed : of everything random.
    workers : threads of CP-SAT.
    on_progress : called with the state of the search now and then.
    stop : asked often; True ends the search with the best roster so far.
    rounds : instead of the time limit, so many rounds of improvement: the same result on every machine.

    Raises
    ------
    ContradictionError : hard input that cannot all hold, with the smallest conflicting sets.
    TimeRanOutError : stopped before everybody had a first line.
    """
    _raise_contradictions(problem)
    floor = floor_of(problem)
    search = Search(floor, seed)
    search.warm_up()
    course = _Course(search, seconds, stop, on_progress, workers, seed, rounds)
    course.first()
    course.improve()
    course.restore()
    bound = course.bound()
    course.report("proven", bound)
    terms = _terms(course.search)
    roster = roster_of(floor, place_activities(floor))
    objective = sum(terms.values())
    return Result(
        roster=roster,
        objective=objective,
        bound=min(bound, objective),
        gap=gap(objective, bound),
        cost_by_term=terms,
        seconds=course.elapsed,
        violations=tuple(check(roster, problem)),
        coverage=coverage(roster, problem),
        log=tuple(course.log),
    )


def _raise_contradictions(problem: Problem) -> None:
    found = contradictions(problem)
    if found:
        conflict = [str(each) for each in found]
        remedies = [remedy.text for each in found for remedy in each.remedies[:3]]
        raise ContradictionError(conflict, remedies)


class _Course:
    """The course of one search: its clock, its log, and which kind of move comes next."""

    def __init__(
        self,
        search: Search,
        seconds: float,
        stop: Stop,
        on_progress: OnProgress | None,
        workers: int,
        seed: int,
        rounds: int | None,
    ) -> None:
        self.search, self.seconds, self.asked, self.tell = search, seconds, stop, on_progress
        self.workers, self.seed, self.rounds = workers, seed, rounds
        self.begin = time.monotonic()
        self.log: list[Progress] = []
        self.objective: float | None = None
        self.told = 0.0
        self.best: tuple[float, list[NDArray[np.int64]], list[NDArray[np.int64]]] | None = None

    @property
    def elapsed(self) -> float:
        """Seconds since the search began."""
        return time.monotonic() - self.begin

    def over(self, share: float = 1.0) -> bool:
        """Whether a share of the time is used up, or the user has had enough."""
        return self.asked() or (self.rounds is None and self.elapsed > share * self.seconds)

    def first(self) -> None:
        """Give everybody a first line."""
        if not construct(self.search, self.asked):
            raise TimeRanOutError("stopped before everybody had a first line; nothing was kept")
        self.report("first roster")

    def improve(self) -> None:
        """Passes until they gain nothing, then ruin and recreate with CP-SAT in between."""
        share = 1.0 - BOUND_SHARE
        for _ in range(PASSES):
            if self.over(share):
                return
            one_pass(self.search, lambda: self.over(share))
            self.report("passes")
        round_number = 0
        while not self.over(share) and (self.rounds is None or round_number < self.rounds):
            self._round(round_number, share)
            round_number += 1

    def _round(self, number: int, share: float) -> None:
        """Some ruin and recreate, then one joint choice."""
        search = self.search
        search.share_burdens()
        search.lead()
        tries = max(50, 4 * len(search.floor.members))
        for _ in range(tries):
            if self.over(share):
                return
            ruin_and_recreate(search)
        self.report("ruin and recreate")
        search.lead()
        seats = self._seats(number)
        if seats:
            left = share * self.seconds - self.elapsed if self.rounds is None else POOL_SECONDS
            choose(search, seats, min(POOL_SECONDS, max(0.2, left)), self.workers, self.seed + number)
            self.report("joint choice")

    def _seats(self, number: int) -> list[Seat]:
        """One week's windows of all leaders (a dozen at most) and of some others."""
        floor, rng = self.search.floor, self.search.rng
        weeks = floor.view.calendar.weeks
        leaders = [p for p, member in enumerate(floor.members) if member.leads]
        others = [p for p, member in enumerate(floor.members) if not member.leads and member.component >= 0]
        some = [int(p) for p in rng.permutation(others)[:POOL_HEADS]]
        return seats_of_week(
            floor, weeks[number % len(weeks)], [*(int(p) for p in rng.permutation(leaders)[:12]), *some]
        )

    def keep(self, objective: float) -> None:
        """Remember the roster if it is the best so far."""
        if self.best is None or objective < self.best[0]:
            floor = self.search.floor
            self.best = (objective, [line.copy() for line in floor.chosen], [line.copy() for line in floor.places])

    def restore(self) -> None:
        """Go back to the best roster seen."""
        assert self.best is not None
        self.search.load(self.best[1], self.best[2])

    def bound(self) -> float:
        """The lower bound, in the time that is left (or in a fixed number of rounds)."""
        terms = _terms(self.search)
        objective = sum(terms[name] for name in RELAXED_TERMS)
        rounds = 40 if self.rounds is not None else 400
        return lower_bound(self.search.floor, objective, lambda: not self.over(), rounds).value

    def report(self, phase: str, bound: float | None = None) -> None:
        """Log the state, and tell it at most once a second."""
        now = sum(_terms(self.search).values())
        self.keep(now)
        assert self.best is not None
        objective = self.best[0]
        progress = Progress(self.elapsed, phase, objective, bound)
        self.log.append(progress)
        if self.tell is not None and (self.elapsed - self.told >= 1.0 or bound is not None or len(self.log) == 1):
            self.told = self.elapsed
            self.tell(progress)


def _terms(search: Search) -> dict[str, float]:
    """The objective by term."""
    search.lead()
    weight = weigh(search)
    floor: Floor = search.floor
    counts, fair = fair_shares(floor)
    wages = wishes = 0.0
    for member, chosen in zip(floor.members, floor.chosen, strict=True):
        taken = chosen[chosen >= 0]
        contract = member.lines.line.contract
        paid = float(member.lines.paid[taken].sum()) / 60 * contract.cost_per_hour * floor.weights.paid_hour
        wages += paid
        wishes += float(member.fixed_cost[taken].sum()) - paid
    return {
        "shortage": weight.shortage,
        "surplus": weight.surplus,
        "leaders": weight.leaders,
        "paid hours": wages,
        "wishes": wishes,
        "unfairness": float(floor.weights.unfair * ((counts - fair) ** 2).sum()),
        "below lower bounds": weight.short_hours,
    }
