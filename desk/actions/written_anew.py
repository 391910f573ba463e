"""out/ follows what is published: written anew, whole, when a published roster was changed."""

import shutil
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from centre.grid import Horizon, aware
from centre.requirement import Requirement
from centre.roster import Roster
from desk.actions.roster_problem import problem_of, remembering
from desk.outputs.write import OvertakenError, staged, write_first_outputs, write_outputs, write_outputs_again
from desk.verification import Verification, verify_again
from desk.wiring import Place
from scheduler.checks import check, coverage
from scheduler.checks.objective import costs, largest
from scheduler.problem import Problem
from scheduler.progress import gap
from scheduler.solve import Result

MOST_TRIES = 5
"""How often out/ is begun anew because something was published meanwhile; whoever published that writes as well."""


@dataclass(frozen=True)
class Standing:
    """What out/ speaks of. `content` is result.json as it was read."""

    content: bytes
    document: Mapping[str, Any]
    days: Horizon
    requirement: Requirement
    requirement_version: int


def standing(place: Place) -> Standing | None:
    """What out/ speaks of; None where it holds no roster, or no requirement is known of its days."""
    content = _content(place.out / "result.json")
    document = _document(content)
    if document is None:
        return None
    settings = place.site.settings
    first, last = (date.fromisoformat(document[key]) for key in ("from", "to"))
    days = Horizon(settings.zone, settings.grid_minutes, first, (last - first).days + 1)
    found = place.plans.requirement_version_for(days)
    return None if found is None else Standing(content, document, days, found[1], found[0])


def published_over(place: Place, days: Horizon) -> Roster:
    """What is published for the duties that begin in these days."""
    published = place.plans.published_roster(days.begin, days.end)
    return Roster.of((row for row in published.segments if row.start >= days.begin), published.version)


def is_stale(place: Place) -> bool:
    """Whether out/ speaks of another version than what is published for its days."""
    known = standing(place)
    return known is not None and known.document["versions"]["roster"] != published_over(place, known.days).version


def write_published(place: Place, language: str = "") -> list[Path]:
    """Write the roster's files anew over the days that out/ speaks of, as published now; the files written.

    Costs and violations are the checker's, of the roster as it is now; the bound is that of the run that made it. Where
    the roster was simulated before, this one is. The requirement is the newest for these days, in every file; the
    forecast stays. Nothing is written where out/ holds no roster, or no requirement is known. What is published while
    this is written is written as well.
    """
    for _ in range(MOST_TRIES):
        written = _written_once(place, language)
        if written is not None:
            return written
    return []


def _written_once(place: Place, language: str) -> list[Path] | None:
    """The files written; None where something was published, or another run wrote, before they were in place."""
    newest, known = place.plans.newest_version(), standing(place)
    if known is None:
        return []
    problem = remembering(place, problem_of(place, known.days, known.requirement))
    roster = published_over(place, known.days)
    result = judged(roster, problem, float(known.document["bound"]))

    def still_so() -> bool:
        return place.plans.newest_version() == newest and _content(place.out / "result.json") == known.content

    try:
        return write_outputs_again(
            place.out,
            problem=problem,
            roster=roster,
            result=result,
            versions={**known.document["versions"], "requirement": known.requirement_version, "roster": roster.version},
            language=place.language(language),
            at=place.now,
            verification=_simulated_again(known.document, problem, roster),
            still_so=still_so,
        )
    except OvertakenError:
        return None


def write_first(place: Place, people: Collection[str] | None, language: str = "") -> None:
    """Write what cannot wait over the days that out/ speaks of: roster.csv, and the calendars of these people (None:
    of everybody). Nothing is written where out/ holds no roster."""
    known = standing(place)
    if known is None:
        return
    write_first_outputs(
        place.out,
        site=place.site,
        requirement=known.requirement,
        roster=lambda: published_over(place, known.days),
        people=people,
        language=place.language(language),
        at=place.now,
    )


def bring_draft(place: Place, version: int) -> bool:
    """Let out/ speak of the days of a draft that was published; False where it does already, and was not written.

    The draft's own files are taken from draft/ where they still stand there; else they are made from the store.
    """
    document = _document(_content(place.drafts / "result.json"))
    if document is not None and document["versions"]["roster"] == version:
        with staged(place.out, drop=("ics",)) as folder:
            shutil.copytree(place.drafts, folder, dirs_exist_ok=True)
        return True
    trace, known = place.plans.trace(version), standing(place)
    days, run = trace.roster.horizon, trace.forecast_run
    requirement = place.plans.requirement_for(days)
    if run is None or requirement is None or (known is not None and known.days == days):
        return False
    problem = remembering(place, problem_of(place, days, requirement))
    table = place.plans.forecast_run(run).table
    begin, end = aware(days.begin), aware(days.end)
    roster = place.plans.roster(version)
    write_outputs(
        place.out,
        problem=problem,
        forecast=table[(table["start"] >= begin) & (table["start"] < end)],
        roster=roster,
        result=judged(roster, problem, 0.0),
        versions={
            "forecast_run": run, "requirement": trace.requirement_version, "roster": version, "seed": 0
        },
        language=place.language(""),
        at=place.now,
    )  # fmt: skip
    return True


def _simulated_again(document: Mapping[str, Any], problem: Problem, roster: Roster) -> Verification | None:
    """The roster simulated as the one before was; None where that one was not."""
    then = document.get("verification")
    if not then:
        return None
    return verify_again(then, roster, problem.site, problem.requirement, int(document["versions"].get("seed") or 0))


def judged(roster: Roster, problem: Problem, bound: float) -> Result:
    """A roster as a result: what it costs and breaks by the plain checker, beside a bound that is known already."""
    parts = list(costs(roster, problem))
    terms: dict[str, float] = defaultdict(float)
    for part in parts:
        terms[part.term] += part.cost
    objective = sum(terms.values())
    bound = min(bound, objective)
    return Result(
        roster=roster,
        objective=objective,
        bound=bound,
        gap=gap(objective, bound),
        cost_by_term=dict(terms),
        seconds=0.0,
        violations=tuple(check(roster, problem)),
        coverage=coverage(roster, problem),
        largest_costs=largest(parts),
    )


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _document(content: bytes) -> dict[str, Any] | None:
    """A result.json; None where none stood there, or none that can be read."""
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    wanted = {"from", "to", "bound", "versions"}
    return document if isinstance(document, dict) and wanted <= document.keys() else None
