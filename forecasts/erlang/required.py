"""How many agents the goals ask for, and which goal it is that asks for so many."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from forecasts.erlang import arguments
from forecasts.erlang.arguments import Answer
from forecasts.erlang.edges import empty_edges
from forecasts.erlang.search import search

_WORTH_A_THREAD = 20_000


class Required(NamedTuple):
    """Agents, and the place in GOALS of the goal that binds (of several that ask for as many, the first)."""

    servers: NDArray[np.int64]
    binding: NDArray[np.int8]


def required_servers(
    load: ArrayLike,
    aht_s: ArrayLike,
    target: ArrayLike,
    within_s: ArrayLike,
    patience_s: ArrayLike | None = None,
    max_occupancy: ArrayLike | None = None,
    max_asa_s: ArrayLike | None = None,
    max_abandonment: ArrayLike | None = None,
    definition: str = "virtual",
    minimum: ArrayLike = 0,
    short_abandon_s: ArrayLike | None = None,
) -> Answer:
    """Fewest agents that reach every goal: an int for plain numbers, else an int64 array of the common shape.

    Parameters
    ----------
    load : offered load in erlangs, 0 or more. Load 0 needs `minimum` agents only.
    aht_s : mean handle time in seconds, above 0.
    target : service level to reach, 0 to below 1. 0: no such goal.
    within_s : its threshold in seconds, 0 or more.
    patience_s : mean patience in seconds (Erlang A); None, 0 or infinity: callers wait for ever (Erlang C).
    max_occupancy : highest share of busy time, above 0 to 1: at least load / max_occupancy agents, whether or not some
        of that load gives up. None or 1: no such goal.
    max_asa_s : longest mean wait of the answered in seconds. None or 0: no such goal.
    max_abandonment : highest share that gives up, above 0 to 1. None or 1: no such goal.
    definition : of the service level; see `service_level`.
    minimum : agents in any case, whole, 0 or more.
    short_abandon_s : see `service_level`.

    Raises
    ------
    InputError : naming the argument, what was found and what is allowed.
    """
    servers = required_with_binding(
        load,
        aht_s,
        target,
        within_s,
        patience_s,
        max_occupancy,
        max_asa_s,
        max_abandonment,
        definition,
        minimum,
        short_abandon_s,
    ).servers
    return arguments.shaped(servers.reshape(-1), servers.shape)


def required_with_binding(
    load: ArrayLike,
    aht_s: ArrayLike,
    target: ArrayLike,
    within_s: ArrayLike,
    patience_s: ArrayLike | None = None,
    max_occupancy: ArrayLike | None = None,
    max_asa_s: ArrayLike | None = None,
    max_abandonment: ArrayLike | None = None,
    definition: str = "virtual",
    minimum: ArrayLike = 0,
    short_abandon_s: ArrayLike | None = None,
) -> Required:
    """As `required_servers`, always arrays, and for each the binding goal's place in GOALS."""
    number = arguments.definition_number(definition, short_abandon_s)
    shape, (a, aht, goal, within, patience, asa, short, gone, busy, floor) = arguments.broadcast(
        arguments.at_least_0("load", load),
        arguments.above_0("aht_s", aht_s),
        arguments.share("target", target),
        arguments.at_least_0("within_s", within_s),
        arguments.patience(patience_s),
        arguments.at_least_0("max_asa_s", 0.0 if max_asa_s is None else max_asa_s),
        arguments.at_least_0("short_abandon_s", 0.0 if short_abandon_s is None else short_abandon_s),
        arguments.share_above_0("max_abandonment", 1.0 if max_abandonment is None else max_abandonment),
        arguments.share_above_0("max_occupancy", 1.0 if max_occupancy is None else max_occupancy),
        arguments.whole("minimum", minimum),
    )
    servers = np.empty(a.size, dtype=np.int64)
    binding = np.empty(a.size, dtype=np.int8)

    def fill(part: slice) -> None:
        unit = aht[part]
        search(
            a[part],
            patience[part] / unit,
            within[part] / unit,
            goal[part],
            number,
            short[part] / unit,
            asa[part] / unit,
            gone[part],
            busy[part],
            floor[part],
            servers[part],
            binding[part],
            *empty_edges(part.stop - part.start),
        )

    _in_parts(fill, a.size)
    return Required(servers.reshape(shape), binding.reshape(shape))


def gross_staff(net: ArrayLike, shrinkage: ArrayLike) -> Answer:
    """Agents to roster so that `net` are there: ceil(net / (1 - shrinkage)), and 14 / (1 - 0.3) is 20, not 21.

    Parameters
    ----------
    net : agents needed on contacts, 0 or more; fractional ones are rounded up too.
    shrinkage : share of rostered time that is not available, 0 to below 1.

    An int for plain numbers, else an int64 array of the common shape. Raises InputError for wrong numbers.
    """
    shape, (need, missing) = arguments.broadcast(
        arguments.at_least_0("net", net), arguments.share("shrinkage", shrinkage)
    )
    gross = need / (1.0 - missing)
    return arguments.shaped(np.ceil(gross * (1.0 - 1e-12)).astype(np.int64), shape)


def _in_parts(fill: Callable[[slice], None], size: int) -> None:
    """Call `fill` for all of 0..size, on every core where that pays (the kernels hold no interpreter lock)."""
    parts = min(os.cpu_count() or 1, size // _WORTH_A_THREAD)
    if parts < 2:
        fill(slice(0, size))
        return
    edges = np.linspace(0, size, parts + 1).astype(int)
    with ThreadPoolExecutor(parts) as pool:
        list(pool.map(fill, [slice(i, j) for i, j in pairwise(edges)]))
