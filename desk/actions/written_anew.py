"""out/ follows what is published: written anew, whole, when a published roster was changed."""

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from centre.grid import Horizon
from centre.roster import Roster
from desk.actions.rostering import problem_of, remembering
from desk.outputs.write import write_outputs_again
from desk.wiring import Place
from scheduler.checks import check, coverage
from scheduler.checks.objective import costs, largest
from scheduler.problem import Problem
from scheduler.progress import gap
from scheduler.solve import Result


def write_published(place: Place, language: str = "") -> list[Path]:
    """Write the roster's files anew over the days that out/ speaks of, as published now; the files written.

    Costs and violations are the checker's, of the roster as it is now; the bound is that of the run that made it.
    Forecast and requirement stay. Nothing is written where out/ holds no roster, or no requirement is known.
    """
    document = _document(place.out / "result.json")
    if document is None:
        return []
    settings = place.site.settings
    first, last = (date.fromisoformat(document[key]) for key in ("from", "to"))
    days = Horizon(settings.zone, settings.grid_minutes, first, (last - first).days + 1)
    requirement = place.plans.requirement_for(days)
    if requirement is None:
        return []
    problem = remembering(place, problem_of(place, days, requirement))
    published = place.plans.published_roster(days.begin, days.end)
    roster = Roster.of((row for row in published.segments if row.start >= days.begin), published.version)
    return write_outputs_again(
        place.out,
        problem=problem,
        roster=roster,
        result=judged(roster, problem, float(document["bound"])),
        versions={**document["versions"], "roster": roster.version},
        language=place.language(language),
        at=place.now,
    )


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


def _document(path: Path) -> dict[str, Any] | None:
    """The result.json that stands there; None where none does, or none that can be read."""
    try:
        document = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    wanted = {"from", "to", "bound", "versions"}
    return document if isinstance(document, dict) and wanted <= document.keys() else None
