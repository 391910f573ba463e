"""What each agent is worth: expected contacts served in time for n = 0..N agents, and its concave hull."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from centre.compiled import compiled
from forecasts.erlang import arguments
from forecasts.erlang.arguments import Floats
from forecasts.erlang.metrics import service_level_at
from forecasts.erlang.poisson import below


@compiled
def _curves(
    volume: Floats,
    load: Floats,
    patience: Floats,
    within: Floats,
    definition: int,
    short: Floats,
    present: Floats,
) -> Floats:
    out = np.empty((load.size, present.size))
    for i in range(load.size):
        best = 0.0
        for k in range(present.size):
            n, a = present[k], load[i]
            low = below(n, a) if a > 0.0 else 0.0
            level = service_level_at(low, n, a, patience[i], within[i], definition, short[i])
            best = max(best, level)
            out[i, k] = volume[i] * best
    return out


def service_curve(
    volume: ArrayLike,
    load: ArrayLike,
    aht_s: ArrayLike,
    within_s: ArrayLike,
    patience_s: ArrayLike | None,
    max_servers: int,
    definition: str = "of_offered",
    short_abandon_s: ArrayLike | None = None,
    present: float = 1.0,
) -> Floats:
    """Expected contacts that count as served within `within_s`, for n = 0..max_servers agents.

    The first six arguments broadcast to one axis of intervals; the result has shape [intervals, max_servers + 1] and
    each row never falls. It is `volume` times the service level, so exact for the model it is asked for: with endless
    patience it is 0 up to the load, where the queue has no steady state, and it is S-shaped with any patience (below
    some number of agents everybody waits too long). What an optimiser may climb is `concave_hull` of it.

    Parameters
    ----------
    volume : expected contacts of the interval.
    load, aht_s, within_s, patience_s, definition, short_abandon_s : see `service_level`.
    max_servers : N.
    present : share of rostered agents who are really there (1 - unplanned shrinkage), above 0 to 1; n rostered agents
        serve as n * present. Fractional agents are the continuous extension of the formulas.
    """
    number = arguments.definition_number(definition, short_abandon_s)
    shape, (v, a, aht, within, patience, short) = arguments.broadcast(
        np.atleast_1d(arguments.at_least_0("volume", volume)),
        arguments.at_least_0("load", load),
        arguments.above_0("aht_s", aht_s),
        arguments.at_least_0("within_s", within_s),
        arguments.patience(patience_s),
        arguments.at_least_0("short_abandon_s", 0.0 if short_abandon_s is None else short_abandon_s),
    )
    arguments.share_above_0("present", present)
    agents: Floats = np.arange(int(arguments.whole("max_servers", max_servers)) + 1, dtype=np.float64) * present
    curves = _curves(v, a, patience / aht, within / aht, number, short / aht, agents)
    return curves.reshape(*shape, agents.size)


@compiled
def _hulls(curves: Floats) -> Floats:
    rows, points = curves.shape
    out = np.empty_like(curves)
    corner = np.empty(points, dtype=np.int64)
    for i in range(rows):
        last = -1
        for k in range(points):
            while last > 0 and (curves[i, corner[last]] - curves[i, corner[last - 1]]) * (k - corner[last]) <= (
                curves[i, k] - curves[i, corner[last]]
            ) * (corner[last] - corner[last - 1]):
                last -= 1
            last += 1
            corner[last] = k
        for j in range(last):
            begin, end = corner[j], corner[j + 1]
            slope = (curves[i, end] - curves[i, begin]) / (end - begin)
            for k in range(begin, end):
                out[i, k] = curves[i, begin] + slope * (k - begin)
        out[i, corner[last]] = curves[i, corner[last]]
    return out


def concave_hull(curve: ArrayLike) -> Floats:
    """The smallest concave curve on or above each row of `curve` (last axis: n = 0..N); increasing if the row is.

    Up to the agents that serve most contacts a head it is a straight line, from there on it is usually the curve
    itself. An optimiser that pays for the hull never meets a stretch where one agent more is worth nothing and two are
    worth much.
    """
    values = np.ascontiguousarray(curve, dtype=np.float64)
    return _hulls(values.reshape(-1, values.shape[-1])).reshape(values.shape)


def is_concave(curve: ArrayLike, tolerance: float = 1e-9) -> NDArray[np.bool_]:
    """Whether each row of `curve` is its own concave hull, but for `tolerance` times its largest value."""
    values = np.asarray(curve, dtype=np.float64)
    gap = (concave_hull(values) - values).max(axis=-1)
    return np.asarray(gap <= tolerance * np.abs(values).max(axis=-1))
