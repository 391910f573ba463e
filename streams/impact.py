"""What a departure from the roster costs: points of service level lost, in that interval, because of it.

The requirement carries for each queue and interval how many contacts n agents are expected to answer in time. Somebody
missing for a part of the interval takes that part of an agent off the rostered ones; between whole numbers of agents
the curve is taken as straight. Each departure is priced by itself, as if everybody else were there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from centre.grid import Horizon
from centre.requirement import Requirement
from centre.said import Said
from streams.days import agent_pieces
from streams.floor_policy import SECOND, FloorPolicy
from streams.matrix import ANSWERING_CODES, OUT, UNHEARD
from streams.plan import Plan
from streams.state import Line, State

Staff = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Impact:
    """What one agent's absence from one queue cost in one interval.

    Attributes
    ----------
    start : of the interval, UTC seconds.
    missed_s : seconds planned on the queue and not kept.
    points : share of the interval's contacts that is not answered in time because of it; 0.01 is one point.
    """

    agent: str
    queue: str
    start: int
    missed_s: float
    points: float


def impacts(state: State, requirement: Requirement, floor: FloorPolicy, day: date) -> Iterator[Impact]:
    """Price every departure of a local day up to now, by agent, queue and time.

    Parameters
    ----------
    requirement : its horizon must hold the day; intervals without expected contacts cost nothing.
    """
    grid = Horizon(floor.zone, requirement.horizon.minutes, day, 1)
    first = requirement.horizon.index(grid.begin)
    if not 0 <= first <= requirement.horizon.count - grid.count:
        raise ValueError(
            Said(
                "{day} lies outside the requirement's days, {first_day} and after",
                day=day,
                first_day=requirement.horizon.first_day,
            )
        )
    planned = {agent: _planned(line.plan, requirement.queues, grid) for agent, line in state.lines.items()}
    staff = sum(planned.values(), np.zeros((len(requirement.queues), grid.count)))
    for agent in sorted(state.lines):
        missed = _missed(state.lines[agent], requirement.queues, grid, floor, state.now)
        for queue, interval in np.argwhere(missed > 0):
            seconds = float(missed[queue, interval])
            curve = requirement.curve[queue, first + interval]
            volume = requirement.volume[queue, first + interval]
            points = points_lost(curve, staff[queue, interval], seconds / grid.step, volume)
            name = requirement.queues[queue]
            yield Impact(agent, name, int(grid.starts[interval]), seconds, points)


def points_lost(curve: NDArray[np.float32], agents: float, missing: float, volume: float) -> float:
    """Share of `volume` contacts that is not answered in time when `missing` of `agents` are not there."""
    if not volume > 0:
        return 0.0
    there = np.interp([agents, max(agents - missing, 0.0)], np.arange(len(curve)), curve.astype(np.float64))
    return float(there[0] - there[1]) / float(volume)


def _planned(plan: Plan, queues: tuple[str, ...], grid: Horizon) -> Staff:
    """How much of an agent is planned on each queue in each interval, [queues, intervals]."""
    staff = np.zeros((len(queues), grid.count))
    for index in range(len(plan)):
        if plan.activities[index] in ANSWERING_CODES and plan.queue(index) in queues:
            inside = np.minimum(plan.ends[index], grid.starts + grid.step) - np.maximum(plan.starts[index], grid.starts)
            staff[queues.index(plan.queue(index))] += np.maximum(inside, 0) / grid.step
    return staff


def _missed(line: Line, queues: tuple[str, ...], grid: Horizon, floor: FloorPolicy, until: int) -> Staff:
    """Seconds planned on each queue and not kept, [queues, intervals]; what an exception explains is no departure."""
    missed = np.zeros((len(queues), grid.count))
    cuts = grid.starts * SECOND
    parts = agent_pieces(line, floor, (grid.begin * SECOND, grid.end * SECOND), until, cuts)
    departed = ((parts.classes == OUT) | (parts.classes == UNHEARD)) & ~parts.exempt
    for start, end, activity in zip(
        parts.starts[departed], parts.ends[departed], parts.activities[departed], strict=True
    ):
        if int(activity) not in ANSWERING_CODES:
            continue
        queue = line.plan.queue(line.plan.at(int(start) // SECOND))
        if queue in queues:
            missed[queues.index(queue), grid.index(int(start) // SECOND)] += (end - start) / SECOND
    return missed
