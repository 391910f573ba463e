"""Make a roster, check one, publish it."""

import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from centre.errors import InputError, PaibanError
from centre.grid import Horizon, instant, local_day
from centre.queues import Queue
from centre.requirement import Requirement
from centre.roster import Roster
from centre.said import Said
from centre.words import WEEKDAYS
from desk.actions.kept import with_agreements
from desk.actions.planning import MadeForecast, MadeRequirement, forecast, queues_used, staff
from desk.actions.rostered_days import EVER
from desk.outputs import predicted_service_by_queue, read_roster_csv, write_outputs
from desk.verification import Verification, verify_and_correct
from desk.wiring import Place
from forecasts.holidays import public_holidays
from scheduler.checks import Coverage, Violation, coverage
from scheduler.checks import check as check_roster
from scheduler.checks.burdens import Ledger, ledger_of
from scheduler.explain import contradictions
from scheduler.many import solve_many
from scheduler.problem import Problem
from scheduler.progress import OnProgress
from scheduler.solve import Result, solve
from store.audit import Audit, Deed
from streams.attendance import duties

LEDGER_DAYS = 84
"""How far back the ledger of burdens and granted wishes goes: twelve weeks."""

TAIL_DAYS = 35
"""How far back the previous roster is looked at: a month's minutes, and any run of days."""

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
            yield Said("Level {number}, by its own prices: {cost:,.1f}", number=number, cost=sum(level.values()))
        yield from coverage_words(result.coverage)
        if self.verification:
            yield from self.verification.words(result.coverage)
        yield from violation_words(result.violations)


@dataclass(frozen=True)
class Checked:
    """What a roster breaks, and how it covers the requirement (where there is one)."""

    violations: tuple[Violation, ...]
    coverage: Coverage | None

    @property
    def hard(self) -> tuple[Violation, ...]:
        """Violations of hard rules."""
        return tuple(violation for violation in self.violations if violation.hard)

    def summary(self) -> dict[str, Any]:
        """For --json."""
        return {
            "hard": len(self.hard),
            "soft": len(self.violations) - len(self.hard),
            "violations": [violation_row(violation) for violation in self.violations],
            "coverage": coverage_figures(self.coverage) if self.coverage else None,
        }

    def words(self) -> Iterable[str]:
        """For people: every violation on a line, then the sums."""
        for violation in self.violations:
            yield Said("{how}  {violation}", how=_how(violation.hard), violation=str(violation))
        yield Said("{hard} hard, {soft} soft", hard=len(self.hard), soft=len(self.violations) - len(self.hard))
        if self.coverage:
            yield from coverage_words(self.coverage)


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
    """Forecast, requirement and problem of some days; forecast and requirement are made anew unless given."""
    expected = demand[0] if demand else forecast(place, days)
    need = demand[1] if demand else staff(place, days, expected)
    problem = problem_of(replace(place, site=with_agreements(place, days)), days, need.requirement)
    if contradictions(problem, people=1):
        # What was agreed may contradict what the files say now; the files hold, and are told of if they cannot either.
        problem = problem_of(place, days, need.requirement)
    return Prepared(expected, need, remembering(place, problem))


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
    on_done: Callable[[Path], None] | None = None,
) -> dict[Path, MadeRoster | PaibanError]:
    """Make the rosters of several sites side by side, each kept and published as by itself.

    Forecasts and requirements come first, one site after the other; then all are solved at once, on processes of this
    machine or on the executor handed in (a Dask cluster's). A site whose input is wrong, or contradicts itself, is
    answered with its error; the others are made all the same.
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
        seconds=seconds, seed=seed, workers=workers, rounds=rounds, executor=executor,
        on_done=(lambda folder, _: on_done(folder)) if on_done else None,
    )  # fmt: skip
    for folder, result in found.items():
        place = places[folder]
        if isinstance(result, PaibanError):
            made[folder] = result
        else:
            spoken, each = place.language(language), asked[folder]
            *_, lived = verify_and_correct(each.problem, result, each.queues, seed, None)
            made[folder] = _kept(place, days[folder], each, result, seed, publish, spoken, lived)
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
        roster=Roster(result.roster.segments, version),
        result=result,
        versions={"forecast_run": expected.run, "requirement": requirement, "roster": version, "seed": seed},
        language=spoken,
        at=place.now,
        verification=verification,
    )
    levels = tuple(problem.policy.roster.by_level(result.cost_by_term))
    return MadeRoster(version, good, result, tuple(files), verification, levels)


def problem_of(place: Place, days: Horizon, requirement: Requirement) -> Problem:
    """The roster problem of some days, with the published roster before them as its tail.

    Its prices are those of the policy, level by level (`RosterWeights.leveled`).
    """
    averaged = max((contract.average_weeks for contract in place.site.contracts.values()), default=0)
    before = instant(days.first_day - timedelta(days=max(TAIL_DAYS, 7 * averaged)), 0, days.zone)
    previous = place.plans.published_roster(before, days.begin)
    policy = place.policy.model_copy(update={"roster": place.policy.roster.leveled()})
    return Problem(place.site, days, requirement, policy, previous)


def remembering(place: Place, problem: Problem) -> Problem:
    """The problem with what is published for these days, public holidays, and the ledger of the weeks before."""
    days = problem.horizon
    return replace(
        problem,
        published=place.plans.published_roster(days.begin, days.end),
        holidays=_holidays(place, days),
        ledger=ledger(place, days),
    )


def ledger(place: Place, days: Horizon) -> Ledger:
    """What the published rosters of the months before these days brought to whom, by today's contracts and wishes."""
    first = days.first_day - timedelta(days=LEDGER_DAYS)
    earlier = replace(days, first_day=first, days=LEDGER_DAYS)
    roster = place.plans.published_roster(earlier.begin, earlier.end)
    if not roster.segments:
        return {}
    nothing = Requirement.nothing(earlier, tuple(place.site.queues))
    then = replace(Problem(place.site, earlier, nothing, place.policy), holidays=_holidays(place, earlier))
    return ledger_of(roster, then)


def _holidays(place: Place, days: Horizon) -> frozenset[date]:
    """Public holidays of some days, local dates."""
    return frozenset(public_holidays(place.site.settings.holidays, days.day(0), days.day(days.days)).names)


def check(place: Place, file: Path | None, from_day: date | None, weeks: int | None) -> Checked:
    """Check a roster file, or the published roster, against every rule.

    Raises
    ------
    InputError : a file that cannot be read, or nothing to check.
    """
    settings = place.site.settings
    if file is not None:
        roster = read_roster_csv(file, settings.zone)
    else:
        roster = place.plans.latest_published()
    if not roster.segments:
        raise InputError(Said("there is no roster to check: give a file, or publish one with `paiban roster`"))
    first, days = _days_of(place, roster) if file is not None else _days_published(place)
    if from_day is not None:
        first, days = from_day, max(1, days - (from_day - first).days)
    horizon = Horizon(settings.zone, settings.grid_minutes, first, 7 * weeks if weeks else days)
    known = place.plans.requirement_for(horizon)
    requirement = known if known is not None else Requirement.nothing(horizon, tuple(place.site.queues))
    problem = problem_of(place, horizon, requirement)
    found = tuple(check_roster(roster, problem))
    return Checked(found, coverage(roster, problem) if known is not None else None)


def _days_published(place: Place) -> tuple[date, int]:
    """The first day of the newest published version, and how many days it speaks for."""
    newest = place.plans.published_parts(*EVER)[-1]
    zone = place.site.settings.zone
    first = local_day(newest.begin, zone)
    return first, (local_day(newest.end - 1, zone) - first).days + 1


def _days_of(place: Place, roster: Roster) -> tuple[date, int]:
    """The whole weeks that the duties of a roster begin in: a night that runs into the next week is of the week before.

    Returns the first day and how many days.
    """
    settings = place.site.settings
    starts = [run[0].start for line in roster.by_agent().values() for run in duties(line)]
    days = [local_day(start, settings.zone) for start in starts or [row.start for row in roster.segments]]
    week_start = WEEKDAYS.index(settings.week_starts)
    first = min(days) - timedelta(days=(min(days).weekday() - week_start) % 7)
    return first, ((max(days) - first).days // 7 + 1) * 7


def violation_row(violation: Violation) -> dict[str, Any]:
    """A violation for --json and result.json."""
    return {**asdict(violation), "day": violation.day.isoformat()}


def violation_words(violations: Iterable[Violation]) -> Iterable[str]:
    """How often each rule is broken, hard ones first, with the first cases."""
    counts = Counter((not violation.hard, violation.rule) for violation in violations)
    if not counts:
        yield Said("No rule is broken.")
    for (soft, rule), count in sorted(counts.items()):
        yield Said("{how}  {rule}: {count}", how=_how(not soft), rule=Said.term("rule", rule), count=count)


def _how(hard: bool) -> Said:
    return Said("HARD") if hard else Said("soft")


def coverage_figures(staffed: Coverage) -> dict[str, Any]:
    """Hours required, short and to spare, and the service level predicted, in all and by queue."""
    required = staffed.hours(staffed.requirement.gross.astype(float))
    short, spare = staffed.hours(staffed.under), staffed.hours(staffed.over)
    return {
        "required_hours": required,
        "short_hours": short,
        "surplus_hours": spare,
        "short_share": short / required if required else 0.0,
        "surplus_share": spare / required if required else 0.0,
        "predicted_service_level": predicted_service_by_queue(staffed),
    }


def coverage_words(staffed: Coverage) -> Iterable[str]:
    """The same for people."""
    figures = coverage_figures(staffed)
    yield Said(
        "Coverage: {required:,.0f} agent-hours required, {short:,.1f} short ({short_share:.2%}), "
        "{spare:,.1f} to spare ({spare_share:.1%})",
        required=figures["required_hours"],
        short=figures["short_hours"],
        short_share=figures["short_share"],
        spare=figures["surplus_hours"],
        spare_share=figures["surplus_share"],
    )
    levels = figures["predicted_service_level"]
    told = ", ".join(f"{queue} {level:.1%}" for queue, level in levels.items() if level is not None)
    yield Said("Predicted service level: {levels}", levels=told)


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
