"""Solve a roster problem: search, choose, place, check.

The story is `solve`: contradictions first, then tours for everybody, then improvement until time is up, then
activities, queues and the check by `scheduler.checks`, which knows nothing of how the roster was made.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from centre.memory import peak_megabytes
from centre.roster import Roster
from scheduler.checks import Coverage, Violation, broken, covered, view
from scheduler.checks.cost import Cost
from scheduler.checks.objective import costs_of, largest
from scheduler.course import Course
from scheduler.explain import as_error, contradictions
from scheduler.problem import Problem
from scheduler.progress import OnProgress, Progress, gap
from scheduler.tours.engine import Engine
from scheduler.tours.floor import floor_of
from scheduler.tours.seeding import start_from
from scheduler.tours.segments import roster_of

Stop = Callable[[], bool]


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
    largest_costs : for each term where most of it arises: which days, queues, people.
    megabytes : the most memory its process ever held, 0 where that is not known.
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
    largest_costs: Mapping[str, Sequence[Cost]] = field(default_factory=dict)
    megabytes: float = 0.0

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
    workers : threads.
    on_progress : called with the state of the search now and then.
    stop : asked often; True ends the search with the best roster so far.
    rounds : instead of the time limit, so many rounds of improvement: the same result on every machine.

    Raises
    ------
    ContradictionError : hard input that cannot all hold, with the smallest conflicting sets.
    TimeRanOutError : stopped before everybody had a first line.
    """
    found = contradictions(problem)
    if found:
        raise as_error(found)
    floor = floor_of(problem)
    start_from(floor, problem.published, problem)
    engine = Engine(floor, seed, workers)
    engine.warm_up()
    course = Course(engine, seconds, stop, on_progress, seed, rounds)
    course.first()
    course.improve()
    terms, bound, placed = course.prove()
    roster = roster_of(floor, placed)
    seen = view(roster, problem)
    return Result(
        roster=roster,
        objective=sum(terms.values()),
        bound=bound,
        gap=gap(sum(terms.values()), bound),
        cost_by_term=terms,
        seconds=course.elapsed,
        violations=tuple(broken(seen)),
        coverage=covered(seen),
        log=tuple(course.log),
        largest_costs=largest(costs_of(seen)),
        megabytes=peak_megabytes(),
    )
