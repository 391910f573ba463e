"""Contacts not answered in time, by the service curves: what coverage costs where the objective is one of service."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scheduler.checks.line import View

Floats = NDArray[np.float64]


def late_by_staff(curves: list[Floats], volume: float) -> Floats:
    """Contacts of an interval not answered in time with 0, 1, 2, ... agents who serve some queues.

    Each queue's curve is replaced by its upper hull; the agents are handed out one by one where the next helps most.
    """
    gains = sorted((gain for curve in curves for gain in _hull_gains(curve)), reverse=True)
    served = np.cumsum([sum(float(curve[0]) for curve in curves), *gains])
    return np.asarray(np.maximum(volume - served, 0.0))


def _hull_gains(curve: Floats) -> list[float]:
    """Steps of the least concave function above a curve."""
    corners: list[int] = []
    for n in range(len(curve)):
        while len(corners) > 1 and _below(curve, corners[-2], corners[-1], n):
            corners.pop()
        corners.append(n)
    gains: list[float] = []
    for left, right in pairwise(corners):
        gains += [float(curve[right] - curve[left]) / (right - left)] * (right - left)
    return gains


def _below(curve: Floats, left: int, middle: int, right: int) -> bool:
    """Whether the middle of three points lies on or below the line between the others."""
    return bool((curve[middle] - curve[left]) * (right - left) <= (curve[right] - curve[left]) * (middle - left))


def curves_of(view: View, queues: tuple[str, ...], interval: int) -> tuple[list[Floats], float]:
    """Service curves of some queues in an interval, and their volume together."""
    requirement = view.problem.requirement
    rows = [requirement.queues.index(queue) for queue in queues]
    curves = [requirement.curve[row, interval].astype(float) for row in rows]
    return curves, float(requirement.volume[rows, interval].sum())
