"""result.json: how good the roster is, and the version of everything that went into it."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from desk.outputs.service import by_day, predicted_service_by_queue
from scheduler.checks import Coverage
from scheduler.problem import Problem

if TYPE_CHECKING:
    from desk.verification import Verification
    from scheduler.solve import Result

FORMAT = 1


def write_result(
    path: Path,
    problem: Problem,
    result: "Result",
    versions: Mapping[str, Any],
    at: datetime,
    verification: "Verification | None" = None,
) -> None:
    """Write result.json beside the files it speaks of, whose digests it carries.

    Parameters
    ----------
    path : result.json in the folder that holds every other file already.
    versions : forecast_run, requirement, roster and seed, as the caller numbered them.
    at : aware; when this version was made.
    verification : what simulation says of the roster, beside what was predicted; None: it was not simulated.
    """
    document = {
        **result_document(problem, result, versions, at),
        "verification": verification.rows(result.coverage) if verification else None,
        "files": {
            file.relative_to(path.parent).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(path.parent.rglob("*"))
            if file.is_file() and file != path
        },
    }
    path.write_bytes(as_json(document))


def result_document(problem: Problem, result: "Result", versions: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The figures of a roster, each of which can be traced to what it was made from."""
    site, horizon = problem.site, problem.horizon
    return {
        "format": FORMAT,
        "site": site.settings.name,
        "zone": horizon.zone,
        "from": horizon.day(0),
        "to": horizon.day(horizon.days - 1),
        "made_at": at,
        "objective": _settled(result.objective),
        "bound": _settled(result.bound),
        "gap": _settled(result.gap),
        "seconds": _settled(result.seconds),
        "megabytes": _settled(result.megabytes),
        "cost_by_term": {term: _settled(cost) for term, cost in result.cost_by_term.items()},
        "levels": [
            {term: _settled(cost) for term, cost in level.items()}
            for level in problem.policy.roster.by_level(result.cost_by_term)
        ],
        "largest_costs": {
            term: [
                {
                    "cost": _settled(problem.policy.roster.own(term, part.cost)),
                    "day": None if part.day is None else horizon.day(part.day),
                    "agent": part.agent,
                    "what": part.what,
                }
                for part in parts
            ]
            for term, parts in result.largest_costs.items()
        },
        "hard_violations": len(result.hard_violations),
        "violations": [asdict(violation) for violation in result.violations],
        "coverage": coverage_totals(result.coverage),
        "versions": {
            **versions,
            "paiban": paiban_version(),
            "policy": {
                "name": problem.policy.name,
                "version": problem.policy.version,
                "sha256": hashlib.sha256(problem.policy.model_dump_json().encode()).hexdigest(),
            },
            "previous_roster": problem.previous.version,
            "site": dict(sorted(site.sources.items())),
        },
        "log": [{**asdict(progress), "gap": progress.gap} for progress in result.log],
    }


def coverage_totals(coverage: Coverage) -> dict[str, Any]:
    """Agent-hours required (gross), rostered, short and above, and the predicted service level, by queue and in all."""
    names = ("required_hours", "rostered_hours", "short_hours", "surplus_hours")
    level = predicted_service_by_queue(coverage)
    queues: dict[str, dict[str, Any]] = {
        queue: dict.fromkeys(names, 0.0) | {"predicted_service_level": level[queue]}
        for queue in coverage.requirement.queues
    }
    for figures in by_day(coverage):
        for name in names:
            queues[figures.queue][name] += getattr(figures, name)
    return {name: sum(queue[name] for queue in queues.values()) for name in names} | {"queues": queues}


def _settled(figure: float) -> float:
    """Six decimals, and no zero that a sum of floats left just beside it."""
    return round(figure, 6) + 0.0


def as_json(document: Mapping[str, Any]) -> bytes:
    """JSON for people and machines: indented; NaN and infinity, which JSON does not know, as null."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
    return orjson.dumps(document, option=options)


def paiban_version() -> str:
    """The version of this engine."""
    try:
        return version("paiban")
    except PackageNotFoundError:
        return "unknown"
