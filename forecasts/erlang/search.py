"""The smallest number of servers that reaches every goal, searched from a good guess and proved by its neighbour.

Every goal is reached more easily with more servers (the wait shrinks in the likelihood-ratio order, which settles all
seven service levels), so n is smallest exactly when n reaches the goals and n - 1 does not. A figure that equals its
goal but for rounding (1e-12 of what is missing) reaches it.
"""

import math

import numpy as np
from numpy.typing import NDArray

from centre.compiled import compiled
from forecasts.erlang.arguments import Floats
from forecasts.erlang.edges import OFTEN, ROUNDING, least_by_edges, place_of, reaches_service_level
from forecasts.erlang.poisson import below
from forecasts.erlang.waiting import served_share, wait_of_served

SERVICE_LEVEL, ASA, ABANDONMENT, OCCUPANCY, MINIMUM = range(5)
GOALS = ("service_level", "asa", "abandonment", "occupancy", "minimum")
"""Names of the goals, in the order in which they are tried: the binding one is the first that asks for so many."""


@compiled
def least_by_occupancy(load: float, cap: float) -> float:
    """ceil(load / cap), not fooled by 14 / 0.7 = 20.000000000000004."""
    need = load / cap
    return float(np.ceil(need - ROUNDING * need))


@compiled
def _least_endless(a: float, t: float, target: float) -> float:
    """Fewest servers with 1 - C exp(-(n - a) t) >= target: upwards from the load by the recursion of Erlang B."""
    n = float(np.floor(a)) + 1.0
    allowed = (1.0 - target) * (1.0 + ROUNDING)
    low = below(n, a)
    late = math.exp(-(n - a) * t)
    step = math.exp(-t)
    while late > allowed * (1.0 + low * (n - a) / n):
        n += 1.0
        low = n / a * (1.0 + low)
        late *= step
    return n


@compiled
def _reaches(goal: int, n: float, a: float, g: float, t: float, definition: int, short: float, bound: float) -> bool:
    if goal == SERVICE_LEVEL:
        return reaches_service_level(n, a, g, t, definition, short, bound)
    low = below(n, a)
    if goal == ASA:
        return wait_of_served(low, n, a, g) <= bound * (1.0 + ROUNDING)
    return served_share(low, n, a, g)[1] <= bound * (1.0 + ROUNDING)


@compiled
def _least(
    goal: int, floor: float, guess: float, a: float, g: float, t: float, definition: int, short: float, bound: float
) -> float:
    """Fewest servers from `floor` on that reach one goal: doubling steps away from the guess, then halving."""
    low = floor - 1.0  # does not reach the goal, or is not allowed
    high = max(guess, floor)
    step = 1.0
    while not _reaches(goal, high, a, g, t, definition, short, bound):
        low = high
        high += step
        step *= 2.0
    step = 1.0
    while low == floor - 1.0 and high > floor:
        middle = max(floor, high - step)
        step *= 2.0
        if _reaches(goal, middle, a, g, t, definition, short, bound):
            high = middle
        else:
            low = middle
    while high - low > 1.0:
        middle = float(np.floor(0.5 * (low + high)))
        if _reaches(goal, middle, a, g, t, definition, short, bound):
            high = middle
        else:
            low = middle
    return high


@compiled
def _least_patient(
    guess: float,
    a: float,
    g: float,
    t: float,
    definition: int,
    short: float,
    target: float,
    keys: Floats,
    counts: Floats,
    low: Floats,
    high: Floats,
) -> float:
    """Fewest servers for the service level of Erlang A: looked up where these goals are asked for often."""
    if len(counts) > 0:
        place = place_of(keys, counts, low, g, t, short, target)
        if counts[place] > OFTEN:
            found = least_by_edges(low[place], high[place], guess, a, g, t, definition, short, target)
            if found >= 0.0:
                return found
    return _least(SERVICE_LEVEL, 0.0, guess, a, g, t, definition, short, target)


@compiled
def search(
    load: Floats,
    patience: Floats,
    within: Floats,
    target: Floats,
    definition: int,
    short: Floats,
    max_asa: Floats,
    max_abandonment: Floats,
    max_occupancy: Floats,
    minimum: Floats,
    servers: NDArray[np.int64],
    binding: NDArray[np.int8],
    keys: Floats,
    counts: Floats,
    low: Floats,
    high: Floats,
) -> None:
    """Fill `servers` and `binding` for flat arrays of one length; times in handle times, 0 or 1 meaning no such goal.

    The excess over the load in units of its root ("square-root staffing") changes little from one element to the next,
    so each one's answer is the next one's guess. `keys`, `counts`, `low`, `high`: see `forecasts.erlang.edges`.
    """
    excess = 0.5
    for i in range(load.size):
        a, g, t = load[i], patience[i], within[i]
        n = 0.0
        goal = MINIMUM
        if a > 0.0 and target[i] > 0.0:
            if g == 0.0:
                n = _least_endless(a, t, target[i])
            else:
                guess = max(0.0, float(np.ceil(a + excess * math.sqrt(a))))
                n = _least_patient(guess, a, g, t, definition, short[i], target[i], keys, counts, low, high)
                excess = (n - 0.5 - a) / math.sqrt(a)
            goal = SERVICE_LEVEL if n > 0.0 else MINIMUM
        if a > 0.0 and max_asa[i] > 0.0:
            floor = max(n, float(np.floor(a)) + 1.0) if g == 0.0 else max(n, 1.0)
            more = _least(ASA, floor, floor, a, g, t, definition, short[i], max_asa[i])
            n, goal = (more, ASA) if more > n else (n, goal)
        if a > 0.0 and g > 0.0 and max_abandonment[i] < 1.0:
            more = _least(ABANDONMENT, n, n, a, g, t, definition, short[i], max_abandonment[i])
            n, goal = (more, ABANDONMENT) if more > n else (n, goal)
        if max_occupancy[i] < 1.0:
            more = least_by_occupancy(a, max_occupancy[i])
            n, goal = (more, OCCUPANCY) if more > n else (n, goal)
        if minimum[i] > n:
            n, goal = minimum[i], MINIMUM
        servers[i] = int(n)
        binding[i] = goal
