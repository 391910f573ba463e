"""How many are in the system: the stationary distribution of M/M/n and M/M/n+M."""

import math

import numpy as np
from numpy.typing import ArrayLike

from centre.compiled import compiled
from forecasts.erlang import arguments
from forecasts.erlang.arguments import Answer, Floats
from forecasts.erlang.poisson import below, beyond, log_weight


@compiled
def _log_ratio(k: float, n: float, a: float, g: float) -> float:
    """Logarithm of P(k in the system) / P(n in the system)."""
    if k <= n:
        return log_weight(n, a) - log_weight(k, a)
    if g == 0.0:
        return (k - n) * math.log(a / n)
    return log_weight(n * g, a * g) - log_weight(n * g + k - n, a * g)


@compiled
def _log_total(n: float, a: float, g: float) -> float:
    """Logarithm of 1 / P(n in the system). Where a side's sum has no place in a float that side is all there is."""
    low = below(n, a)
    if low == math.inf:
        return log_weight(n, a)
    more = beyond(n * g, a * g) if g > 0.0 else a / (n - a)
    if more == math.inf:
        return log_weight(n * g, a * g)
    return math.log(low + 1.0 + more)


@compiled
def _probabilities(k: Floats, n: Floats, a: Floats, g: Floats) -> Floats:
    out = np.empty(k.size)
    for i in range(k.size):
        if a[i] == 0.0:
            out[i] = 1.0 if k[i] == 0.0 else 0.0
        elif g[i] == 0.0 and n[i] <= a[i]:
            out[i] = 0.0
        else:
            out[i] = math.exp(_log_ratio(k[i], n[i], a[i], g[i]) - _log_total(n[i], a[i], g[i]))
    return out


def state_probability(
    number: ArrayLike,
    servers: ArrayLike,
    load: ArrayLike,
    aht_s: ArrayLike = 1.0,
    patience_s: ArrayLike | None = None,
) -> Answer:
    """Chance that `number` contacts are in the system, in service and waiting together; all arguments broadcast.

    Parameters
    ----------
    number : contacts, whole, 0 or more.
    servers : agents, whole, 0 or more.
    load : offered load in erlangs, 0 or more.
    aht_s : mean handle time in seconds, above 0; looked at only with patience.
    patience_s : mean patience in seconds; None, 0 or infinity: endless, and then 0 for every number where there is no
        steady state (servers <= load).

    Raises
    ------
    InputError : for a negative, infinite, fractional or missing number.

    Source: Erlang 1917; Palm 1957.
    """
    shape, (k, n, a, aht, patience) = arguments.broadcast(
        arguments.whole("number", number),
        arguments.whole("servers", servers),
        arguments.at_least_0("load", load),
        arguments.above_0("aht_s", aht_s),
        arguments.patience(patience_s),
    )
    return arguments.shaped(_probabilities(k, n, a, patience / aht), shape)
