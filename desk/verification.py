"""A roster checked by simulation: what it gives beside what the formulas say, and what to raise where it fails."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from centre.people import Agent
from centre.queues import Queue
from centre.requirement import Requirement
from centre.roster import Roster
from centre.said import Said
from centre.site import Site
from desk.outputs.service import predicted_service_by_queue, predicted_service_level
from forecasts.simulate import SimulatedService, simulate_roster
from scheduler.checks import Coverage
from scheduler.problem import Problem
from scheduler.solve import Result

BEYOND_NOISE = 2.0
"""A level is below its target where it is so by more than this many half-widths: of thousands of intervals chance alone
leaves out hardly any."""

MOST_MORE = 3
"""Agents that a correction asks for more in one interval, at most: the next night corrects again."""


SIMULATED = ("patience_s", "unplanned_shrinkage")
"""Figures of a queue that simulation takes as the staffing took them."""


@dataclass(frozen=True)
class Corrected:
    """What was corrected after the first roster.

    Attributes
    ----------
    intervals, agent_hours : by queue, where and by how much the requirement was raised.
    missing_before, missing_after : contacts that should have been and were not answered in time, in the intervals that
        miss their target, by simulation of the first and of the second roster.
    kept : whether the second roster is the one that counts.
    """

    intervals: Mapping[str, int]
    agent_hours: Mapping[str, float]
    missing_before: float
    missing_after: float
    kept: bool


@dataclass(frozen=True)
class Verification:
    """Simulated service of a roster.

    Attributes
    ----------
    rostered : everybody serves the queue of the roster.
    pooled : a free agent also takes contacts of other voice queues; None where nobody could.
    queues : with the patience and the shrinkage that were simulated.
    """

    rostered: SimulatedService
    pooled: SimulatedService | None
    corrected: Corrected | None = None
    queues: Mapping[str, Queue] = field(default_factory=dict)

    def rows(self, coverage: Coverage) -> dict[str, Any]:
        """For --json and result.json: predicted beside simulated service level, by queue."""
        predicted, found = predicted_service_by_queue(coverage), self.rostered
        queues = {}
        for row, name in enumerate(found.queues):
            level, expected = _known(found.queue_level[row]), predicted[name]
            queues[name] = {
                "predicted_service_level": expected,
                "simulated_service_level": level,
                "half_width": _known(found.queue_half_width[row]),
                "difference": None if level is None or expected is None else level - expected,
                "pooled_service_level": None if self.pooled is None else _known(self.pooled.queue_level[row]),
                **{figure: getattr(self.queues[name], figure) for figure in SIMULATED if name in self.queues},
            }
        corrected = None if self.corrected is None else asdict(self.corrected)
        return {"runs": found.runs, "queues": queues, "corrected": corrected}

    def words(self, coverage: Coverage) -> Iterable[Said]:
        """For people."""
        parts = []
        for name, row in self.rows(coverage)["queues"].items():
            level, difference = row["simulated_service_level"], row["difference"]
            if level is not None:
                shown = f"{name} {level:.1%} ± {row['half_width']:.1%}"
                beside = f"{difference:+.1%}" if difference is not None else ""
                parts.append(Said("{level} ({difference})", level=shown, difference=beside) if beside else shown)
        if parts:
            yield Said("Simulated service level (against predicted): {queues}", queues=list(parts))
        if self.corrected is not None and self.corrected.kept:
            yield Said(
                "Corrected after simulation: {hours:,.1f} agent-hours more required in {count} intervals, solved again",
                hours=sum(self.corrected.agent_hours.values()),
                count=sum(self.corrected.intervals.values()),
            )


def _known(value: float) -> float | None:
    return None if value != value else float(value)


def verify(
    roster: Roster, agents: Mapping[str, Agent], queues: Mapping[str, Queue], requirement: Requirement, seed: int
) -> Verification:
    """Simulate a roster on its forecast, as rostered and, where somebody has several voice skills, pooled.

    Parameters
    ----------
    queues : as the staffing took them: with the patience and shrinkage of the history.
    """
    rostered = simulate_roster(roster, agents, queues, requirement, seed=seed)
    voice = {name for name in requirement.queues if queues[name].channel == "voice"}
    several = any(len(voice & agent.skills.keys()) > 1 for agent in agents.values() if agent.role == "agent")
    pooled = simulate_roster(roster, agents, queues, requirement, seed=seed, pooled=True) if several else None
    return Verification(rostered, pooled, queues=queues)


def verify_again(
    then: Mapping[str, Any], roster: Roster, site: Site, requirement: Requirement, seed: int
) -> Verification | None:
    """Simulate a roster with the patience and shrinkage of another one's `rows`; None where they do not tell them."""
    rows = then["queues"]
    if any(name not in site.queues or not rows.get(name, {}).keys() >= set(SIMULATED) for name in requirement.queues):
        return None
    queues = {
        name: site.queues[name].model_copy(update={figure: rows[name][figure] for figure in SIMULATED})
        for name in requirement.queues
    }
    return verify(roster, site.agents, queues, requirement, seed)


def failing(found: Verification, coverage: Coverage, queues: Mapping[str, Queue]) -> NDArray[np.bool_]:
    """Where the formula says the target is met and simulation that it is missed, beyond noise, [queues, intervals].

    Also missed with pooled routing, where that was simulated: what routing mends needs nobody more.
    """
    target = _targets(coverage, queues)
    with np.errstate(invalid="ignore"):
        met = predicted_service_level(coverage) >= target - 1e-9
        missed = found.rostered.level + BEYOND_NOISE * found.rostered.half_width < target
        if found.pooled is not None:
            missed &= found.pooled.level + BEYOND_NOISE * found.pooled.half_width < target
    return np.asarray(met & missed)


def missing(found: Verification, coverage: Coverage, queues: Mapping[str, Queue]) -> float:
    """Contacts short of the target, summed over the intervals that miss it, by simulation."""
    short = np.nan_to_num(np.maximum(_targets(coverage, queues) - found.rostered.level, 0.0))
    return float((short * coverage.requirement.volume).sum())


def _targets(coverage: Coverage, queues: Mapping[str, Queue]) -> NDArray[np.float64]:
    return np.array([queues[name].target for name in coverage.requirement.queues])[:, None]


def raised(requirement: Requirement, found: Verification, coverage: Coverage, where: NDArray[np.bool_]) -> Requirement:
    """The requirement with more agents where the roster falls short: as many as the simulated level lies behind.

    By the service curve: if so many agents give by simulation what the curve says of fewer, the difference is added.
    """
    required, gross, curve = requirement.required.copy(), requirement.gross.copy(), requirement.curve.copy()
    for row, place in np.argwhere(where):
        here = requirement.curve[row, place]
        met = found.rostered.level[row, place] * requirement.volume[row, place]
        rostered = float(coverage.rostered[row, place])
        behind = rostered - float(np.argmax(here >= met - 1e-6))
        count = int(np.clip(np.ceil(behind - 0.25), 1, MOST_MORE))
        required[row, place] += count
        gross[row, place] = max(gross[row, place], int(rostered + 1e-9)) + count
        curve[row, place] = np.concatenate([np.repeat(here[:1], count), here])[: here.size]
    return replace(requirement, required=required, gross=gross, curve=curve)


def corrected(before: Requirement, after: Requirement, missed: tuple[float, float], kept: bool) -> Corrected:
    """What a correction changed; `missed` before and after."""
    hours = before.horizon.minutes / 60
    change = after.gross - before.gross
    rows = [(name, change[row]) for row, name in enumerate(before.queues) if change[row].any()]
    return Corrected(
        {name: int(np.count_nonzero(row)) for name, row in rows},
        {name: float(row.sum() * hours) for name, row in rows},
        *missed,
        kept,
    )


def verify_and_correct(
    problem: Problem,
    result: Result,
    queues: Mapping[str, Queue],
    seed: int,
    again: Callable[[Problem], Result] | None,
) -> tuple[Problem, Result, Verification]:
    """Simulate a roster; where it fails and may be solved `again`, correct the requirement, and keep the better one."""

    def simulated(these: Problem, of: Result) -> Verification:
        return verify(of.roster, these.site.agents, queues, these.requirement, seed)

    found = simulated(problem, result)
    where = failing(found, result.coverage, queues)
    if again is None or not where.any():
        return problem, result, found
    harder = replace(problem, requirement=raised(problem.requirement, found, result.coverage, where))
    second = again(harder)
    other = simulated(harder, second)
    missed = missing(found, result.coverage, queues), missing(other, second.coverage, queues)
    kept = missed[1] < missed[0] and len(second.hard_violations) <= len(result.hard_violations)
    told = corrected(problem.requirement, harder.requirement, missed, kept)
    if kept:
        return harder, second, replace(other, corrected=told)
    return problem, result, replace(found, corrected=told)
