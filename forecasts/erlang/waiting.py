"""How long a caller waits: M/M/n (Erlang C) and M/M/n+M (Erlang A) at one point, time counted in handle times.

n servers (fractional allowed), a offered load, g mean patience over mean handle time (0: endless), t = T / handle time.
V is the wait of a caller who never hangs up; its density beyond 0 is proportional to
exp(a g (1 - exp(-s/g)) - n s) (Baccelli & Hebuterne 1981; Zeltyn & Mandelbaum 2005, section 5), so that with x = n g,
y = a g, z = y exp(-t/g) its tail is a ratio of incomplete gamma functions:

    P(V > t | V > 0)              = P(x, z) / P(x, y)
    P(V > t, served | V > 0)      = (x / y) P(x + 1, z) / P(x, y)

Palm's (1957) chance of waiting, P(V > 0) = 1 / (1 + low / (1 + beyond(x, y))), joins the two sides; `low` is the chance
of somebody being free relative to that of all being just busy: below(n, a) of the Poisson distribution, unless service
goes otherwise while somebody is free (chat).
"""

import math

import numpy as np

from centre.compiled import compiled
from forecasts.erlang.poisson import below, beyond, mean_beyond, sum_beyond, sum_beyond_twice, weight


@compiled
def odds_of_no_wait(low: float, n: float, a: float, g: float) -> float:
    """P(V = 0) / P(V > 0), for a > 0. 0 where endlessly patient callers find no steady state."""
    if g == 0.0:
        return low * (n - a) / n if n > a else 0.0
    return low / (1.0 + beyond(n * g, a * g))


@compiled
def late_and_soon(low: float, n: float, a: float, g: float, t: float) -> tuple[float, float, float, float]:
    """P(V > t), P(V <= t), P(V > t and served), P(V <= t and served), of all who call; a > 0.

    All four keep their relative precision in both tails.
    """
    if g == 0.0 and n <= a:
        return 1.0, 0.0, 1.0, 0.0
    if n == 0.0:
        return 1.0, 0.0, 0.0, 0.0
    if low == math.inf:
        return 0.0, 1.0, 0.0, 1.0
    if g == 0.0:
        waits = 1.0 / (1.0 + low * (n - a) / n)
        at_once = low * (n - a) / n * waits
        late, soon = math.exp(-(n - a) * t), -math.expm1(-(n - a) * t)
        late_served, soon_served = late, soon
    else:
        stays = math.exp(-t / g)
        here, there = sum_beyond_twice(n * g, a * g, stays) if n >= a else (beyond(n * g, a * g), 0.0)
        waits = 1.0 / (1.0 + low / (1.0 + here))
        at_once = low / (1.0 + here) * waits
        if n >= a:
            late, soon, late_served, soon_served = _tail_underload(n, a, g, t, here, there)
        else:
            late, soon, late_served, soon_served = _tail_overload(n * g, a * g, t / g)
    return waits * late, at_once + waits * soon, waits * late_served, at_once + waits * soon_served


@compiled
def _tail_underload(
    n: float, a: float, g: float, t: float, here: float, there: float
) -> tuple[float, float, float, float]:
    """The four shares given V > 0, by the lower side: the ratio of beyond(x, z) to beyond(x, y) times an exponential.

    The second and fourth lose precision where they are small, but then P(V = 0), to which they are added, is larger.
    """
    factor = math.exp(-(n - a) * t - a * g * _slack(t / g)) / (1.0 + here)
    late = factor * (1.0 + there)
    late_served = factor * there * n / a
    return late, 1.0 - late, late_served, here / (1.0 + here) * n / a - late_served


@compiled
def _slack(s: float) -> float:
    """s - 1 + exp(-s) for s >= 0, without cancellation near 0."""
    if s > 0.5:
        return s + math.expm1(-s)
    total = 0.0
    term = -s
    for k in range(2, 30):
        term *= -s / k
        total += term
        if abs(term) <= 1e-17 * total:
            break
    return total


@compiled
def _tail_overload(x: float, y: float, s: float) -> tuple[float, float, float, float]:
    """The four shares given V > 0, by the upper side: differences of Q(x, .), small where V is surely long."""
    p_y, p_next_y, q_y, q_next_y = _gamma_shares(x, y)
    ratio = x / y / p_y
    z = y * math.exp(-s)
    if z <= 0.0:
        return 0.0, 1.0, 0.0, ratio * p_next_y
    p_z, p_next_z, q_z, q_next_z = _gamma_shares(x, z)
    return p_z / p_y, (q_z - q_y) / p_y, ratio * p_next_z, ratio * (q_next_z - q_next_y)


@compiled
def _gamma_shares(x: float, v: float) -> tuple[float, float, float, float]:
    """P(x, v), P(x + 1, v), Q(x, v), Q(x + 1, v) of the incomplete gamma function, each from the side that is small."""
    heavy = weight(x, v)
    if heavy == math.inf:
        return (1.0, 1.0, 0.0, 0.0) if v > x else (0.0, 0.0, 1.0, 1.0)
    if v > x and v > 40.0:
        q = below(x, v) / heavy
        q_next = q + 1.0 / heavy
        return 1.0 - q, 1.0 - q_next, q, q_next
    onward = sum_beyond(x, v)
    q = below(x, v) / heavy
    return (1.0 + onward) / heavy, onward / heavy, q, q + 1.0 / heavy


@compiled
def served_share(low: float, n: float, a: float, g: float) -> tuple[float, float]:
    """P(served), P(gives up), of all who call; a > 0. They add up to 1 and each keeps its relative precision."""
    if g == 0.0:
        return 1.0, 0.0
    if n == 0.0:
        return 0.0, 1.0
    x = n * g
    y = a * g
    odds = odds_of_no_wait(low, n, a, g)
    waits = 1.0 / (1.0 + odds)
    at_once = odds * waits if odds < math.inf else 1.0
    onward = beyond(x, y)
    kept = 1.0 if onward == math.inf else onward / (1.0 + onward)
    return at_once + waits * kept * x / y, waits * mean_beyond(x, y) / y


@compiled
def busy_share(low: float, n: float, a: float, g: float) -> float:
    """Occupancy: a P(served) / n, continued to 1 as n goes to 0; a > 0."""
    if n == 0.0 or (g == 0.0 and n <= a):
        return 1.0
    if g == 0.0:
        return a / n
    return min(1.0, a * served_share(low, n, a, g)[0] / n)


@compiled
def wait_of_served(low: float, n: float, a: float, g: float) -> float:
    """E[V | served] in handle times; infinite where nobody is served or there is no steady state; a > 0."""
    if n == 0.0 or (g == 0.0 and n <= a):
        return math.inf
    waits = 1.0 / (1.0 + odds_of_no_wait(low, n, a, g))
    if g == 0.0:
        return waits / (n - a)
    x = n * g
    y = a * g
    onward = beyond(x, y)
    kept = 1.0 if onward == math.inf else onward / (1.0 + onward)
    return waits * kept * x / y * g * _mean_harmonic(x, y) / served_share(low, n, a, g)[0]


@compiled
def _mean_harmonic(x: float, y: float) -> float:
    """Mean of h_i = 1/(x+1) + ... + 1/(x+i) over i >= 1 with weights w_i = y^i / ((x+1)...(x+i)).

    A caller who finds i - 1 others waiting and stays to be served waits g h_i handle times on average: each departure
    from the line in front of him, by service or by giving up, is exponential. Summed outwards from the heaviest weight.
    """
    middle = max(1.0, float(np.floor(y - x)))
    harmonic = _harmonic(x, middle)
    total = 1.0
    moment = harmonic
    term = 1.0
    h = harmonic
    i = middle
    while True:
        i += 1.0
        term *= y / (x + i)
        h += 1.0 / (x + i)
        total += term
        moment += term * h
        if term * h <= 1e-17 * moment:
            break
    term = 1.0
    h = harmonic
    i = middle
    while i > 1.0:
        term *= (x + i) / y
        h -= 1.0 / (x + i)
        i -= 1.0
        total += term
        moment += term * h
        if term <= 1e-17 * total:
            break
    return moment / total


@compiled
def _harmonic(x: float, i: float) -> float:
    """1/(x+1) + ... + 1/(x+i): the first terms one by one, the rest by the expansion of the digamma function."""
    total = 0.0
    k = 1.0
    while k <= i and (k <= 64.0 or x + k < 16.0):
        total += 1.0 / (x + k)
        k += 1.0
    if k > i:
        return total
    low = x + k - 0.5
    high = x + i + 0.5
    return total + math.log1p((high - low) / low) + _digamma_rest(high) - _digamma_rest(low)


@compiled
def _digamma_rest(q: float) -> float:
    """digamma(q + 1/2) - log(q), for q >= 15."""
    s = 1.0 / (q * q)
    return s * (1.0 / 24.0 - s * (7.0 / 960.0 - s * (31.0 / 8064.0 - s * (127.0 / 30720.0 - s * 511.0 / 67584.0))))
