"""The cheapest staffing for a goal that holds over a day or a period, not in every interval.

Contacts served in time are a sum of curves, one an interval. Where the curves are concave, giving each next agent to
the interval in which he serves most is optimal (marginal analysis, Fox 1966). Service curves are not concave while a
queue is far from its goal; there the agents that lead to the concave hull's next corner are given together, and the few
too many that this may leave at the end are taken back one by one, where they are missed least. Where that does not
reach the bound of the hulls and the group is no longer than a day or so, dynamic programming settles what is best.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from centre.compiled import compiled
from forecasts.erlang import concave_hull

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_WORTH_TRYING_ALL = 100_000_000
"""Additions that settling the best of all may take: some tenths of a second."""


@dataclass(frozen=True)
class Allocation:
    """Agents of each interval, and a bound below which their number in each group cannot lie.

    Attributes
    ----------
    agents : [intervals].
    bound : agent-intervals that any staffing needs which reaches the goal, [groups].
    """

    agents: Ints
    bound: Floats


def cheapest(curve: Floats, offered: Floats, group: Ints, target: float, floor: Ints) -> Allocation:
    """Fewest agent-intervals with `target` of the contacts of each group served in time.

    Parameters
    ----------
    curve : contacts served in time with n = 0..N agents, [intervals, N + 1]; never falls with n.
    offered : expected contacts, [intervals].
    group : number of the day or period, from 0, of each interval.
    floor : agents in any case, at most N, [intervals].

    A group that cannot reach the goal with N agents everywhere gets N everywhere.
    """
    agents = floor.copy()
    bound = np.zeros(int(group.max(initial=-1)) + 1)
    for number in range(bound.size):
        rows = np.flatnonzero(group == number)
        part = np.ascontiguousarray(curve[rows], dtype=np.float64)
        wanted = target * float(offered[rows].sum()) * (1.0 - 1e-12)
        given, bound[number] = _one_group(part, _hulls_from(part, floor[rows]), wanted, floor[rows])
        fewest = np.ceil(bound[number] - 1e-9)
        room = int(given.sum() - floor[rows].sum())
        if given.sum() > fewest and room * part.size <= _WORTH_TRYING_ALL:
            given = _best_of_all(part, wanted, floor[rows], room, given)
            bound[number] = given.sum()
        agents[rows] = given
    return Allocation(agents, bound)


def _hulls_from(curve: Floats, floor: Ints) -> Floats:
    """Concave hull of each row from its floor on (what lies before is not looked at)."""
    hull = curve.copy()
    for least in np.unique(floor):
        rows = floor == least
        hull[rows, least:] = concave_hull(curve[rows, least:])
    return hull


@compiled
def _one_group(curve: Floats, hull: Floats, wanted: float, floor: Ints) -> tuple[Ints, float]:
    """Steps along the hulls in order of their slope, then back where it can be afforded."""
    rows, points = curve.shape
    most = points - 1
    agents = floor.copy()
    served = 0.0
    steps = 0
    for i in range(rows):
        served += curve[i, floor[i]]
        steps += most - floor[i]
    slope, row = np.empty(steps), np.empty(steps, dtype=np.int64)
    k = 0
    for i in range(rows):
        for n in range(floor[i], most):
            slope[k], row[k] = hull[i, n + 1] - hull[i, n], i
            k += 1
    bound = float(floor.sum())
    reached = served
    for k in np.argsort(-slope, kind="mergesort"):  # steps of one row stay in order: its slopes never rise
        if reached >= wanted or slope[k] <= 0.0:
            break
        bound += min(1.0, (wanted - reached) / slope[k])
        reached += slope[k]
        agents[row[k]] += 1
    # Inside a stretch where the hull leaves the curve: on to its end.
    for i in range(rows):
        while agents[i] < most and hull[i, agents[i]] > curve[i, agents[i]] * (1.0 + 1e-12):
            agents[i] += 1
    reached = 0.0
    for i in range(rows):
        reached += curve[i, agents[i]]
    while True:
        best, least = -1, reached - wanted
        for i in range(rows):
            if agents[i] > floor[i]:
                loss = curve[i, agents[i]] - curve[i, agents[i] - 1]
                if loss <= least:
                    best, least = i, loss
        if best < 0:
            return agents, bound
        agents[best] -= 1
        reached -= least


@compiled
def _best_of_all(curve: Floats, wanted: float, floor: Ints, room: int, known: Ints) -> Ints:
    """Most that can be served with each number of agents above the floors, interval by interval; then the fewest.

    `known` reaches the goal with `room` agents above the floors and is returned if nothing smaller does.
    """
    rows, points = curve.shape
    served = np.full(room + 1, -1.0)
    served[0] = 0.0
    chosen = np.zeros((rows, room + 1), dtype=np.int32)
    for i in range(rows):
        after = np.full(room + 1, -1.0)
        for more in range(min(points - 1 - floor[i], room) + 1):
            gain = curve[i, floor[i] + more]
            for total in range(more, room + 1):
                if served[total - more] >= 0.0 and served[total - more] + gain > after[total]:
                    after[total] = served[total - more] + gain
                    chosen[i, total] = more
        served = after
    for total in range(room):
        if served[total] >= wanted:
            agents = floor.copy()
            left = total
            for i in range(rows - 1, -1, -1):
                agents[i] += chosen[i, left]
                left -= chosen[i, left]
            return agents
    return known
