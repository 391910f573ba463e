"""Make a roster, keep it and publish it: of one site, or of several side by side."""

import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from centre.errors import PaibanError
from centre.grid import Horizon
from centre.queues import Queue
from centre.roster import Roster
from centre.said import Said
from desk.actions.checking import coverage_figures, coverage_words, violation_row, violation_words
from desk.actions.planning import MadeForecast, MadeRequirement, forecast, queues_used, staff
from desk.actions.relaxing import consistent
from desk.actions.roster_problem import problem_of, remembering
from desk.outputs import write_outputs
from desk.verification import Verification, verify_and_correct
from desk.wiring import Place
from scheduler.checks import Violation
from scheduler.many import Watch, solve_many
from scheduler.problem import Problem
from scheduler.progress import OnProgress
from scheduler.solve import Result, solve
from store.audit import Audit, Deed

Stopped = Callable[[], bool]


@dataclass(frozen=True)
class MadeRoster:
    """A roster that was made, checked, kept and written; `levels` are its costs by level, where the policy has some."""

    version: int
    published: bool
    result: Result
    files: tuple[Path, ...]
    verification: Verification | None = None
    levels: tuple[Mapping[str, float], ...] = ()

    @property
    def hard_violations(self) -> tuple[Violation, ...]:
        """Hard rules that are broken: such a roster is never published."""
        return self.result.hard_violations

    def summary(self) -> dict[str, Any]:
        """For --json."""
        result = self.result
        return {
            "version": self.version,
            "published": self.published,
            "objective": result.objective,
            "bound": result.bound,
            "gap": result.gap,
            "seconds": result.seconds,
            "megabytes": result.megabytes,
            "cost_by_term": dict(result.cost_by_term),
            "levels": [dict(level) for level in self.levels],
            "coverage": coverage_figures(result.coverage),
            "verification": self.verification.rows(result.coverage) if self.verification else None,
            "violations": [violation_row(violation) for violation in result.violations],
            "files": [str(path) for path in self.files],
        }

    def words(self) -> Iterable[str]:
        """For people."""
        result = self.result
        if self.hard_violations:
            state = Said("kept as draft {version}, NOT published: it breaks hard rules", version=self.version)
        elif self.published:
            state = Said("published as version {version}", version=self.version)
        else:
            state = Said("kept as draft {version}", version=self.version)
        yield Said(
            "Roster {state}: cost {cost:,.1f}, bound {bound:,.1f}, gap {gap:.1%}, {seconds:.0f} s, {megabytes:,.0f} MB",
            state=state,
            cost=result.objective,
            bound=result.bound,
            gap=result.gap,
            seconds=result.seconds,
            megabytes=result.megabytes,
        )
        for number, level in enumerate(self.levels, 1):
            terms = [
                Said("{term} {cost:,.1f}", term=Said.term("cost", term), cost=cost)
                for term, cost in level.items()
                if cost >= 0.05
            ]
            yield Said(
                "Level {number}, by its own prices: {cost:,.1f} ({terms})",
                number=number, cost=sum(level.values()), terms=terms or [Said("nothing")],
            )  # fmt: skip
        yield from coverage_words(result.coverage)
        if self.verification:
            yield from self.verification.words(result.coverage)
        yield from violation_words(result.violations)


def make_roster(
    place: Place,
    days: Horizon,
    *,
    seconds: float,
    seed: int = 0,
    workers: int = 2,
    publish: bool = True,
    language: str = "",
    on_progress: OnProgress | None = None,
    stop: Stopped = lambda: False,
    demand: tuple[MadeForecast, MadeRequirement] | None = None,
    rounds: int | None = None,
    verified: bool = True,
) -> MadeRoster:
    """Make a roster for some days and publish it; write all of out/.

    A roster that breaks a hard rule, or that nobody wants published, is kept as a draft and written to draft/: what
    was published before stands, in the store and in out/. The forecast and requirement are made anew unless given.
    The published roster before these days is the tail.

    With `verified` the roster is then simulated on the forecast. Where a target is missed that the formulas promise,
    the requirement is raised and the roster solved once more, in at most half the time again; the better one counts.
    """
    spoken = place.language(language)
    asked = prepared(place, days, demand)

    def solved(problem: Problem, limit: float) -> Result:
        return solve(
            problem, seconds=limit, seed=seed, workers=workers, on_progress=on_progress, stop=stop, rounds=rounds
        )

    result, verification = solved(asked.problem, seconds), None
    if verified:
        again = None if stop() else partial(solved, limit=seconds / 2)
        problem, result, verification = verify_and_correct(asked.problem, result, asked.queues, seed, again)
        asked = replace(asked, problem=problem)
    return _kept(place, days, asked, result, seed, publish, spoken, verification)


@dataclass(frozen=True)
class Prepared:
    """Everything a roster is made from."""

    expected: MadeForecast
    need: MadeRequirement
    problem: Problem

    @property
    def queues(self) -> dict[str, Queue]:
        """The queues as the staffing took them."""
        return queues_used(self.problem.site, self.expected)


def prepared(place: Place, days: Horizon, demand: tuple[MadeForecast, MadeRequirement] | None = None) -> Prepared:
    """Forecast, requirement and problem of some days; forecast and requirement are made anew unless given.

    Raises
    ------
    ContradictionError : the files contradict themselves; it is told before anything is made.
    """
    agreed = consistent(place, days)
    expected = demand[0] if demand else forecast(place, days, write=False)
    need = demand[1] if demand else staff(place, days, expected, write=False)
    return Prepared(expected, need, remembering(place, problem_of(agreed, days, need.requirement)))


def make_rosters(
    places: Mapping[Path, Place],
    days: Mapping[Path, Horizon],
    *,
    seconds: float,
    seed: int = 0,
    workers: int = 1,
    publish: bool = True,
    language: str = "",
    rounds: int | None = None,
    executor: Executor | None = None,
    verified: bool = True,
    watch: Watch[Path] | None = None,
) -> dict[Path, MadeRoster | PaibanError]:
    """Make the rosters of several sites side by side, each kept and published as by itself.

    Forecasts and requirements come first, one site after the other; then all are solved at once, on processes of this
    machine or on the executor handed in (a Dask cluster's). A site whose input is wrong, contradicts itself or cannot
    be kept is answered with its error; the others are made all the same. With `verified` each is simulated, and what
    falls short is told; it is not solved again.
    """
    asked: dict[Path, Prepared] = {}
    made: dict[Path, MadeRoster | PaibanError] = {}
    for folder, place in places.items():
        try:
            asked[folder] = prepared(place, days[folder])
        except PaibanError as error:
            made[folder] = error
    found = solve_many(
        {folder: each.problem for folder, each in asked.items()},
        seconds=seconds, seed=seed, workers=workers, rounds=rounds, executor=executor, watch=watch,
    )  # fmt: skip
    for folder, result in found.items():
        if isinstance(result, PaibanError):
            made[folder] = result
            continue
        place, each, lived = places[folder], asked[folder], None
        try:
            if verified:
                *_, lived = verify_and_correct(each.problem, result, each.queues, seed, None)
            made[folder] = _kept(place, days[folder], each, result, seed, publish, place.language(language), lived)
        except PaibanError as error:
            made[folder] = error
    return {folder: made[folder] for folder in places}


def _kept(
    place: Place,
    days: Horizon,
    asked: Prepared,
    result: Result,
    seed: int,
    publish: bool,
    spoken: str,
    verification: Verification | None,
) -> MadeRoster:
    """Keep a solved roster, write its files, and publish it where it may be."""
    expected, problem, requirement = asked.expected, asked.problem, asked.need.version
    if verification is not None and verification.corrected is not None and verification.corrected.kept:
        requirement = place.plans.save_requirement(problem.requirement, forecast_run=expected.run, at=place.now)
    good = publish and not result.hard_violations
    version = place.plans.save_roster(result.roster, days, requirement_version=requirement, at=place.now)
    if good:
        place.plans.publish(version, at=place.now)
        noted = Deed(place.now, "paiban", "publish", f"roster/{version}", True)
        Audit(place.plans.database, place.site.settings.name).note(noted)
    files = write_outputs(
        place.out if good else place.drafts,
        problem=problem,
        forecast=expected.forecast.table,
        history=expected.forecast.report,
        roster=Roster(result.roster.segments, version),
        result=result,
        versions={"forecast_run": expected.run, "requirement": requirement, "roster": version, "seed": seed},
        language=spoken,
        at=place.now,
        verification=verification,
    )
    levels = tuple(problem.policy.roster.by_level(result.cost_by_term))
    return MadeRoster(version, good, result, tuple(files), verification, levels)


@contextmanager
def interruptible() -> Iterator[Stopped]:
    """Within it the first Ctrl-C (or SIGTERM) asks the work to end with what it has; the second one breaks off."""
    asked = False

    def ask(signum: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
