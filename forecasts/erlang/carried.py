"""Service and required staff when an interval begins where the one before has ended: overload is carried over."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from centre.compiled import compiled
from centre.errors import InputError
from centre.said import Said
from forecasts.erlang import arguments
from forecasts.erlang.arguments import Floats
from forecasts.erlang.search import ABANDONMENT, ASA, MINIMUM, OCCUPANCY, SERVICE_LEVEL, least_by_occupancy
from forecasts.erlang.transient import (
    ABANDONED,
    ANSWERED,
    BUSY,
    WAIT_OF_ANSWERED,
    advance,
    at_border,
    figures,
    finishing,
    level_of,
)

Ints = NDArray[np.int64]


class CarriedOver(NamedTuple):
    """What comes of a staffing, interval by interval; arrays [intervals].

    Attributes
    ----------
    service_level : of the contacts that arrive in the interval, by the definition asked for; NaN without any.
    average_speed_of_answer : seconds, of those who are answered in the end; infinite where nobody is.
    abandonment : share of them that gives up.
    busy : mean number of contacts being handled: of busy agents, where each has one at a time.
    left_waiting : mean number that waits at the end of the interval: the backlog carried over.
    """

    service_level: Floats
    average_speed_of_answer: Floats
    abandonment: Floats
    busy: Floats
    left_waiting: Floats


@compiled
def _waiting(share: Floats, n: int) -> float:
    total = 0.0
    for x in range(n + 1, share.size):
        total += share[x] * (x - n)
    return total


@compiled
def _speed(handle: Floats) -> Floats:
    """Contacts an agent with 1, 2, ... in hand finishes in the handle time of one with all places taken, [places]."""
    out = np.empty(handle.size)
    for k in range(handle.size):
        out[k] = (k + 1) * handle[handle.size - 1] / handle[k]
    return out


@compiled
def _live(
    volume: Floats, handle: Floats, patience: float, servers: Ints, fresh: NDArray[np.bool_], length: float,
    within: float, definition: int, short: float,
) -> Floats:  # fmt: skip
    out = np.full((5, volume.size), np.nan)
    share = np.zeros(8)
    before, places = 0, handle.shape[1]
    for i in range(volume.size):
        agents, unit = servers[i], handle[i, places - 1]
        if fresh[i]:
            share = np.zeros(8)
            share[0] = 1.0
            before = agents
        share = at_border(share, before, agents, places)
        before, n = agents, agents * places
        leaving = unit / patience if patience > 0.0 else 0.0
        finish = finishing(agents, _speed(handle[i]))
        share, mean = advance(share, volume[i] * unit / length, finish, leaving, length / unit)
        f = figures(mean, n, patience / unit, within / unit, short / unit)
        out[3, i], out[4, i] = f[BUSY], _waiting(share, n)
        if volume[i] > 0.0:
            out[0, i] = level_of(f, patience / unit, within / unit, definition, short / unit)
            out[1, i] = f[WAIT_OF_ANSWERED] / f[ANSWERED] * unit if f[ANSWERED] > 0.0 else np.inf
            out[2, i] = f[ABANDONED]
    return out


def carried_over(
    volume: ArrayLike,
    aht_s: ArrayLike,
    servers: ArrayLike,
    start_s: ArrayLike,
    interval_minutes: float,
    within_s: float,
    patience_s: float | None = None,
    definition: str = "of_offered",
    short_abandon_s: float | None = None,
    closed: ArrayLike = False,
) -> CarriedOver:
    """What a staffing gives when every interval begins with what the one before has left.

    Parameters
    ----------
    volume, aht_s, servers : expected contacts, mean handle time in seconds and agents of each interval, [intervals];
        for agents with several contacts at a time the handle time with 1, 2, ... in hand, [intervals, places].
    start_s : UTC second at which each begins, rising; after a gap the floor is empty, as it is before the first.
    interval_minutes : length of an interval.
    within_s, patience_s, definition, short_abandon_s : see `service_level`.
    closed : intervals in which nobody is there to be served: who waits when they begin is lost, [intervals].

    Raises
    ------
    InputError : for a wrong number, naming the argument.

    Source: Kolmogorov's forward equations of M(t)/M/n(t)+M; exact but for what busy agents who leave do at a border.
    """
    number = arguments.definition_number(definition, short_abandon_s)
    shape, (v, n) = arguments.broadcast(
        np.atleast_1d(arguments.at_least_0("volume", volume)), arguments.whole("servers", servers)
    )
    handle = _handle(aht_s, shape)
    length, patience = _of_all(interval_minutes, patience_s, within_s)
    begins = _fresh(start_s, closed, length, shape)
    out = _live(
        v, handle, patience, n.astype(np.int64), begins, length, float(within_s), number, float(short_abandon_s or 0.0)
    )
    return CarriedOver(*out)


def _handle(aht_s: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """Handle times with 1, 2, ... contacts in hand, [intervals, places]."""
    aht = np.asarray(arguments.above_0("aht_s", aht_s), dtype=np.float64)
    by_place = aht if aht.ndim == 2 else np.broadcast_to(aht, shape)[:, None]
    if by_place.shape[0] != shape[0]:
        raise InputError(
            Said(
                "aht_s: found handle times of {found} intervals; allowed: {wanted}, as all else",
                found=by_place.shape[0],
                wanted=shape[0],
            )
        )
    return np.ascontiguousarray(by_place)


def _of_all(interval_minutes: float, patience_s: float | None, within_s: float) -> tuple[float, float]:
    arguments.at_least_0("within_s", within_s)
    length = 60.0 * float(arguments.above_0("interval_minutes", interval_minutes))
    return length, float(arguments.patience(patience_s))


def _fresh(start_s: ArrayLike, closed: ArrayLike, length: float, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Intervals that begin with nobody there: after a gap, and after one that is closed."""
    start = np.asarray(start_s, dtype=np.float64)
    if start.shape != shape or len(shape) != 1 or np.any(np.diff(start) < length):
        raise InputError(Said("start_s: the second of each interval, rising, no two closer than interval_minutes"))
    shut = np.broadcast_to(np.asarray(closed, dtype=bool), shape)
    fresh = np.ones(shape, dtype=bool)
    fresh[1:] = (np.diff(start) > length) | shut[1:] | shut[:-1]
    return fresh


@compiled
def _try(
    shares: list[Floats], before: int, agents: int, volumes: Floats, weights: Floats, handle: Floats, length: float,
    patience: float, within: float, definition: int, short: float,
) -> tuple[list[Floats], float, float, float]:  # fmt: skip
    """The next probabilities with so many agents; service level, wait of the answered, abandonment over scenarios."""
    after = [shares[0]]
    after.clear()
    places = handle.size
    unit, n = handle[places - 1], agents * places
    finish = finishing(agents, _speed(handle))
    leaving = unit / patience if patience > 0.0 else 0.0
    offered = level = wait = answered = gone = 0.0
    for s in range(weights.size):
        share = at_border(shares[s], before, agents, places)
        share, mean = advance(share, volumes[s] * unit / length, finish, leaving, length / unit)
        f = figures(mean, n, patience / unit, within / unit, short / unit)
        mass = weights[s] * volumes[s]
        offered += mass
        level += mass * level_of(f, patience / unit, within / unit, definition, short / unit)
        wait += mass * f[WAIT_OF_ANSWERED] * unit
        answered += mass * f[ANSWERED]
        gone += mass * f[ABANDONED]
        after.append(share)
    if offered == 0.0:
        return after, 1.0, 0.0, 0.0
    asa = wait / answered if answered > 0.0 else np.inf
    return after, level / offered, asa, gone / offered


@compiled
def _search(
    volumes: Floats, weights: Floats, handle: Floats, patience: float, fresh: NDArray[np.bool_], length: float,
    within: float, definition: int, short: float, target: float, max_asa: float, max_gone: float, occupancy: float,
    floor: Ints, guess: Ints,
) -> tuple[Ints, NDArray[np.int8]]:  # fmt: skip
    """Interval by interval the fewest agents that reach every goal, from where the interval before has ended."""
    intervals, places = handle.shape
    servers, binding = np.zeros(intervals, np.int64), np.zeros(intervals, np.int8)
    empty = np.zeros(8)
    empty[0] = 1.0
    shares = [empty.copy() for _ in range(weights.size)]
    before = 0
    busy = 0.0
    for i in range(intervals):
        if fresh[i]:
            shares = [empty.copy() for _ in range(weights.size)]
            before = -1
        volume = np.ascontiguousarray(volumes[:, i])
        unit = handle[i, places - 1]
        offered = (weights * volume).sum()
        low, by_load = floor[i], 0
        if occupancy < 1.0:
            # Of the mean number that would be in service if nobody waited, as in modified_load.
            limit = offered * unit / length / places
            if fresh[i]:
                busy = 0.0
            decay = -np.expm1(-length / unit)
            mean = limit + (busy - limit) * decay * unit / length
            busy += (limit - busy) * decay
            by_load = int(least_by_occupancy(mean, occupancy))
        n = max(low, guess[i])
        best = -1
        kept = shares
        why = MINIMUM
        if offered <= 0.0 or (target <= 0.0 and max_asa <= 0.0 and max_gone >= 1.0):
            n = low
        while True:
            after, level, asa, gone = _try(
                shares, n if before < 0 else before, n, volume, weights, handle[i], length, patience, within,
                definition, short,
            )  # fmt: skip
            missed = -1
            if offered > 0.0:
                if level < target - 1e-12:
                    missed = SERVICE_LEVEL
                elif max_asa > 0.0 and asa > max_asa * (1.0 + 1e-12):
                    missed = ASA
                elif max_gone < 1.0 and gone > max_gone * (1.0 + 1e-12):
                    missed = ABANDONMENT
            if missed < 0:
                best, kept = n, after
                if n <= low or why != MINIMUM:
                    break
                n -= 1
            else:
                why = missed
                if best >= 0:
                    break
                n += 1
        if by_load > best:
            best, why = by_load, OCCUPANCY
            kept, _, _, _ = _try(
                shares, best if before < 0 else before, best, volume, weights, handle[i], length, patience, within,
                definition, short,
            )  # fmt: skip
        servers[i], binding[i] = best, why if best > low else MINIMUM
        shares, before = kept, best
    return servers, binding


def required_carried(
    volumes: ArrayLike,
    weights: ArrayLike,
    aht_s: ArrayLike,
    start_s: ArrayLike,
    interval_minutes: float,
    target: float,
    within_s: float,
    patience_s: float | None = None,
    max_occupancy: float = 1.0,
    max_asa_s: float = 0.0,
    max_abandonment: float = 1.0,
    definition: str = "of_offered",
    minimum: ArrayLike = 0,
    short_abandon_s: float | None = None,
    closed: ArrayLike = False,
    guess: ArrayLike = 0,
) -> tuple[Ints, NDArray[np.int8]]:
    """Fewest agents of each interval that reach every goal, each beginning where the one before has ended.

    Parameters
    ----------
    volumes, weights : contacts of each scenario, [scenarios, intervals], and its probability, [scenarios].
    aht_s, start_s, interval_minutes, closed : see `carried_over`.
    target, within_s, patience_s, max_occupancy, max_asa_s, max_abandonment, definition, minimum, short_abandon_s : see
        `required_servers`; goals hold in every interval, over the scenarios together.
    guess : agents to begin the search at, [intervals]: the stationary answer.

    Returns
    -------
    Agents and the place of the binding goal in GOALS, [intervals] each.

    Raises
    ------
    InputError : for a wrong number, naming the argument.
    """
    number = arguments.definition_number(definition, short_abandon_s)
    rows = np.ascontiguousarray(np.atleast_2d(arguments.at_least_0("volumes", volumes)))
    chances = np.atleast_1d(arguments.at_least_0("weights", weights))
    shape = rows.shape[1:]
    handle = _handle(aht_s, shape)
    floor, first = (np.broadcast_to(arguments.whole(name, of), shape).astype(np.int64)
                    for name, of in (("minimum", minimum), ("guess", guess)))  # fmt: skip
    length, patience = _of_all(interval_minutes, patience_s, within_s)
    found: tuple[Ints, NDArray[np.int8]] = _search(
        rows, chances, handle, patience, _fresh(start_s, closed, length, shape), length, float(within_s), number,
        float(short_abandon_s or 0.0), float(target), float(max_asa_s), float(max_abandonment), float(max_occupancy),
        floor, first,
    )  # fmt: skip
    return found
