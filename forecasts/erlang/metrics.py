"""Every figure of the steady state at one point, and over arrays: which definition, which edge case.

Times are in handle times here; g is patience over handle time, 0 for endless. Load 0 is the limit of small loads.
"""

import math

import numpy as np

from centre.compiled import compiled
from forecasts.erlang.arguments import Floats
from forecasts.erlang.poisson import below
from forecasts.erlang.waiting import busy_share, late_and_soon, served_share, wait_of_served

LATE, SERVICE_LEVEL, SPEED_OF_ANSWER, ABANDONMENT, OCCUPANCY, BLOCKING, MEAN_WAIT = range(7)

_WITHIN_OR_GONE, _OF_ANSWERED, _OF_OFFERED, _WITHOUT_EARLY, _SHORT_MET, _WITHOUT_SHORT, _VIRTUAL = range(7)
"""Places in arguments.DEFINITIONS."""


@compiled
def service_level_at(low: float, n: float, a: float, g: float, t: float, definition: int, short: float) -> float:
    """Service level at one point, by definition number; `short` is the short-abandon threshold in handle times.

    `low` is as in `waiting`, below(n, a) but for chat; it is not looked at when a is 0.
    """
    if a == 0.0:
        return _without_load(n, g, t, definition, short)
    late, soon, late_served, met = late_and_soon(low, n, a, g, t)
    if g == 0.0 or definition == _VIRTUAL:
        return soon
    if definition == _OF_OFFERED:
        return met
    if definition == _OF_ANSWERED:
        served = met + late_served
        return met / served if served > 0.0 else 0.0
    outlast = math.exp(-t / g)
    if definition == _WITHIN_OR_GONE:
        return soon * outlast - math.expm1(-t / g)
    if definition == _WITHOUT_EARLY:
        return met / (met + late * outlast) if met > 0.0 else 0.0
    late, soon, _, met_by_short = late_and_soon(low, n, a, g, short)
    if definition == _SHORT_MET:
        gone_short = -math.expm1(-short / g) * late + (soon - met_by_short)
        return met + max(0.0, gone_short)
    return met / (met_by_short + late * math.exp(-short / g)) if met > 0.0 else 0.0


@compiled
def _without_load(n: float, g: float, t: float, definition: int, short: float) -> float:
    """The limit of small loads: the one caller is served at once, or with nobody there never."""
    if n > 0.0:
        return 1.0
    if g == 0.0:
        return 0.0
    if definition == _WITHIN_OR_GONE:
        return -math.expm1(-t / g)
    return -math.expm1(-short / g) if definition == _SHORT_MET else 0.0


@compiled
def figure_at(what: int, n: float, a: float, g: float, t: float, definition: int, short: float) -> float:
    """One figure at one point; times in handle times."""
    low = below(n, a) if a > 0.0 else 0.0
    if what == SERVICE_LEVEL:
        return service_level_at(low, n, a, g, t, definition, short)
    if a == 0.0:
        return _figure_without_load(what, n, g)
    if what == LATE:
        return late_and_soon(low, n, a, g, t)[0]
    if what == SPEED_OF_ANSWER:
        return wait_of_served(low, n, a, g)
    if what == ABANDONMENT:
        return served_share(low, n, a, g)[1]
    if what == OCCUPANCY:
        return busy_share(low, n, a, g)
    if what == MEAN_WAIT:
        return served_share(low, n, a, g)[1] * g if g > 0.0 else wait_of_served(low, n, a, g)
    return 1.0 / (1.0 + low)


@compiled
def _figure_without_load(what: int, n: float, g: float) -> float:
    if what == OCCUPANCY or n > 0.0:
        return 0.0
    if what == SPEED_OF_ANSWER:
        return math.inf
    if what == MEAN_WAIT:
        return g if g > 0.0 else math.inf
    return 0.0 if what == ABANDONMENT and g == 0.0 else 1.0


@compiled
def figures(
    what: int,
    servers: Floats,
    load: Floats,
    patience: Floats,
    within: Floats,
    definition: int,
    short: Floats,
) -> Floats:
    """`figure_at` over flat arrays of one length."""
    out = np.empty(servers.size)
    for i in range(servers.size):
        out[i] = figure_at(what, servers[i], load[i], patience[i], within[i], definition, short[i])
    return out
