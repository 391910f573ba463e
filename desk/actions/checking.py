"""Check a roster against every rule, and say how it covers the requirement."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from centre.errors import InputError
from centre.grid import Horizon, local_day
from centre.requirement import Requirement
from centre.roster import Roster
from centre.said import Said
from centre.words import WEEKDAYS
from desk.actions.roster_problem import problem_of
from desk.actions.rostered_days import EVER
from desk.outputs import predicted_service_by_queue, read_roster_csv
from desk.wiring import Place
from scheduler.checks import Coverage, Violation, coverage
from scheduler.checks import check as check_roster
from streams.attendance import duties


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
    told = [f"{queue} {level:.1%}" for queue, level in levels.items() if level is not None]
    yield Said("Predicted service level: {levels}", levels=told)
