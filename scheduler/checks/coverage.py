"""Who answers which queue when, against what is required."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from centre.requirement import Requirement
from centre.roster import ANSWERING
from scheduler.checks.line import View


@dataclass(frozen=True)
class Coverage:
    """Rostered against required staff, [queues, intervals] in the order of the requirement.

    Attributes
    ----------
    heads : people of role agent who answer the queue.
    rostered : the same, each weighted with the speed of the skill.
    """

    requirement: Requirement
    heads: NDArray[np.int64]
    rostered: NDArray[np.float64]

    @cached_property
    def under(self) -> NDArray[np.float64]:
        """Staff missing against the gross requirement."""
        return np.maximum(self.requirement.gross - self.rostered, 0.0)

    @cached_property
    def over(self) -> NDArray[np.float64]:
        """Staff above the gross requirement."""
        return np.maximum(self.rostered - self.requirement.gross, 0.0)

    def hours(self, staff: NDArray[np.float64]) -> float:
        """Agent-hours of a number of staff in each interval."""
        return float(staff.sum()) * self.requirement.horizon.minutes / 60


def covered(view: View) -> Coverage:
    """Count the people who answer each queue in each interval.

    An interval counts by the share of it in which the person answers, so that segments off the grid are not lost.
    """
    requirement, horizon = view.problem.requirement, view.problem.horizon
    rows = {queue: row for row, queue in enumerate(requirement.queues)}
    found = [
        (rows[segment.queue], segment.start, segment.end, line.agent.skills.get(segment.queue, 1.0))
        for line in view.lines
        if line.agent.role == "agent"
        for segment in line.segments
        if segment.activity in ANSWERING and segment.queue in rows
    ]
    shape = (len(rows), horizon.count)
    if not found:
        return Coverage(requirement, np.zeros(shape, dtype=np.int64), np.zeros(shape))
    table = np.array(found, dtype=np.float64)
    row, speed = table[:, 0].astype(np.int64), table[:, 3]
    start, end = ((table[:, column] - horizon.begin) / horizon.step for column in (1, 2))
    heads = _shares(shape, row, start, end, np.ones(len(found)))
    return Coverage(requirement, np.floor(heads + 1e-9).astype(np.int64), _shares(shape, row, start, end, speed))


def _shares(
    shape: tuple[int, int],
    row: NDArray[np.int64],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Sum of weights over the share of each interval that [start, end) covers, times in intervals."""
    change = np.zeros((shape[0], shape[1] + 2))
    for time, sign in ((start, 1.0), (end, -1.0)):
        clipped = np.clip(time, 0, shape[1])
        whole = np.floor(clipped).astype(np.int64)
        part = clipped - whole
        np.add.at(change, (row, whole), sign * weight * (1 - part))
        np.add.at(change, (row, whole + 1), sign * weight * part)
    return np.asarray(np.cumsum(change, axis=1)[:, : shape[1]])
