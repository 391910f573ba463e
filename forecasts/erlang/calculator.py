"""The calculator: what a number of agents gives at a load. Everything broadcasts as numpy does.

Common to all functions
-----------------------
servers : agents on contacts, 0 or more. Fractional numbers are allowed and mean the continuous extension of the
    formulas (through the incomplete gamma function): 12.5 agents lie between 12 and 13.
load : offered load in erlangs, arrival rate times handle time, 0 or more.
aht_s : mean handle time in seconds, above 0 (talk, hold and after-call work).
patience_s : mean patience in seconds of callers with exponential patience (Erlang A, M/M/n+M). None, 0 or infinity:
    they wait for ever (Erlang C, M/M/n), which has no steady state at servers <= load: service level 0, speed of
    answer infinite, occupancy 1; no exception.

Load 0 is the limit of small loads: with an agent there the rare caller is served at once, with none never.
Plain numbers give a float, arrays an array of the common shape. Every figure is within 1e-9 relative of the exact value
(in tests mostly 1e-13), very small ones included, down to 1e-300. A service level so close to 1 that only its distance
from 1 matters is better asked for as `probability_of_wait`.

Raises InputError for a negative, infinite or missing (NaN) number, naming argument and place.
"""

from numpy.typing import ArrayLike

from forecasts.erlang import arguments, metrics
from forecasts.erlang.arguments import Answer

__all__ = [
    "abandonment",
    "average_speed_of_answer",
    "average_wait",
    "erlang_b",
    "erlang_c",
    "occupancy",
    "probability_of_wait",
    "service_level",
]


def _figure(
    what: int,
    servers: ArrayLike,
    load: ArrayLike,
    aht_s: ArrayLike = 1.0,
    patience_s: ArrayLike | None = None,
    within_s: ArrayLike = 0.0,
    definition: str = "virtual",
    short_abandon_s: ArrayLike | None = None,
) -> tuple[arguments.Floats, tuple[int, ...], arguments.Floats]:
    """One figure over broadcast arguments, flat and in handle times; the shape; and the handle times."""
    number = arguments.definition_number(definition, short_abandon_s)
    shape, (n, a, aht, patience, within, short) = arguments.broadcast(
        arguments.at_least_0("servers", servers),
        arguments.at_least_0("load", load),
        arguments.above_0("aht_s", aht_s),
        arguments.patience(patience_s),
        arguments.at_least_0("within_s", within_s),
        arguments.at_least_0("short_abandon_s", 0.0 if short_abandon_s is None else short_abandon_s),
    )
    return metrics.figures(what, n, a, patience / aht, within / aht, number, short / aht), shape, aht


def erlang_b(servers: ArrayLike, load: ArrayLike) -> Answer:
    """Chance that a contact finds all of `servers` lines busy and is lost (M/M/n/n).

    Source: Erlang 1917; B(0) = 1, 1 / B(n) = 1 + (n / load) / B(n - 1).
    """
    flat, shape, _ = _figure(metrics.BLOCKING, servers, load)
    return arguments.shaped(flat, shape)


def erlang_c(servers: ArrayLike, load: ArrayLike) -> Answer:
    """Chance that a caller who never hangs up has to wait (M/M/n); 1 at servers <= load.

    Source: Erlang 1917; C = B / (1 - (load / n) (1 - B)).
    """
    flat, shape, _ = _figure(metrics.LATE, servers, load)
    return arguments.shaped(flat, shape)


def probability_of_wait(
    servers: ArrayLike,
    load: ArrayLike,
    aht_s: ArrayLike,
    longer_than_s: ArrayLike = 0.0,
    patience_s: ArrayLike | None = None,
) -> Answer:
    """Chance that an infinitely patient caller among the others would wait longer than `longer_than_s`.

    One minus the `virtual` service level, with its own relative precision where that is close to 1.
    """
    flat, shape, _ = _figure(metrics.LATE, servers, load, aht_s, patience_s, longer_than_s)
    return arguments.shaped(flat, shape)


def service_level(
    servers: ArrayLike,
    load: ArrayLike,
    aht_s: ArrayLike,
    within_s: ArrayLike,
    patience_s: ArrayLike | None = None,
    definition: str = "virtual",
    short_abandon_s: ArrayLike | None = None,
) -> Answer:
    """Share of contacts that count as served within `within_s` seconds.

    Parameters
    ----------
    within_s : threshold T in seconds, 0 or more.
    definition : one of DEFINITIONS. With endless patience nobody abandons and all of them are the same figure. With
        patience, V the wait of an infinitely patient caller, W the wait until served or gone, shares of the offered:
        `virtual` P(V <= T); `answered_within_or_abandoned_within` P(W <= T); `of_offered` At = P(served, W <= T);
        `of_answered` At / P(served); `excluding_abandoned_within` At / (1 - P(abandons, W <= T));
        `short_abandons_as_met` At + Bs; `excluding_short_abandons` At / (1 - Bs), Bs = P(abandons, W <= short).
        Flow-outs to other queues are no part of the model.
    short_abandon_s : which abandons are short, in seconds; asked for by the two definitions that name them.

    Source: Erlang 1917; Baccelli & Hebuterne 1981; Zeltyn & Mandelbaum 2005, sections 5 and 6.
    """
    flat, shape, _ = _figure(
        metrics.SERVICE_LEVEL, servers, load, aht_s, patience_s, within_s, definition, short_abandon_s
    )
    return arguments.shaped(flat, shape)


def average_speed_of_answer(
    servers: ArrayLike, load: ArrayLike, aht_s: ArrayLike, patience_s: ArrayLike | None = None
) -> Answer:
    """Mean wait in seconds of the contacts that are answered, those answered at once included.

    Infinite at servers <= load with endless patience, and where nobody is there to answer. The mean over all who call,
    those who give up included, is `average_wait`.
    """
    flat, shape, aht = _figure(metrics.SPEED_OF_ANSWER, servers, load, aht_s, patience_s)
    return arguments.shaped(flat * aht, shape)


def average_wait(servers: ArrayLike, load: ArrayLike, aht_s: ArrayLike, patience_s: ArrayLike | None = None) -> Answer:
    """Mean wait in seconds over all who call, until they are served or give up: abandonment times patience.

    Times the arrival rate it is the mean number waiting (Little 1961).
    """
    flat, shape, aht = _figure(metrics.MEAN_WAIT, servers, load, aht_s, patience_s)
    return arguments.shaped(flat * aht, shape)


def abandonment(servers: ArrayLike, load: ArrayLike, aht_s: ArrayLike, patience_s: ArrayLike | None = None) -> Answer:
    """Share of the offered contacts that give up before they are served; 0 with endless patience.

    Source: Palm 1957; Garnett, Mandelbaum & Reiman 2002.
    """
    flat, shape, _ = _figure(metrics.ABANDONMENT, servers, load, aht_s, patience_s)
    return arguments.shaped(flat, shape)


def occupancy(servers: ArrayLike, load: ArrayLike, aht_s: ArrayLike, patience_s: ArrayLike | None = None) -> Answer:
    """Share of their time on queue that agents spend on contacts: load (1 - abandonment) / servers, at most 1."""
    flat, shape, _ = _figure(metrics.OCCUPANCY, servers, load, aht_s, patience_s)
    return arguments.shaped(flat, shape)
