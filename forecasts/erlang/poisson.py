"""The Poisson distribution seen from one of its points: the one special function behind Erlang B, C and A.

With p(k) = exp(-a) a^k / k! and n the point we stand at (k! is the gamma function, so n may be fractional):

    weight(n, a)  = 1 / p(n)
    below(n, a)   = P(N <= n - 1) / p(n) = n/a + n(n-1)/a^2 + ...
    beyond(n, a)  = P(N >= n + 1) / p(n) = a/(n+1) + a^2/((n+1)(n+2)) + ...
    weight = below + 1 + beyond

so that Erlang B = 1 / (1 + below), Erlang C = 1 / (1 + below (n - a) / n), and Erlang A takes the part above n with
`beyond` of (n, a) scaled by patience over handle time. Every branch adds positive terms only, or subtracts a quantity
at most about half as large, which is why the results keep full relative precision in both tails (Loader 2000 for the
weight; Gautschi 1979 for choosing the side to sum).
"""

import math

from centre.compiled import compiled

_NEGLIGIBLE = 1e-17
_SHORT = 40.0  # sums of so few terms cost less than a logarithm and an exponential
_LOG_HUGE = 709.0


@compiled
def log_weight(n: float, a: float) -> float:
    """-log p(n) for n >= 0, a > 0, by Loader's saddle-point form: relative error of p about 1e-16 times -log p."""
    if n < 16.0:
        return math.lgamma(n + 1.0) + a - (n * math.log(a) if n > 0.0 else 0.0)
    square = n * n
    stirling = (
        1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / square) / square) / square) / square
    ) / n
    return 0.5 * math.log(2.0 * math.pi * n) + stirling + deviance(n, a)


@compiled
def deviance(n: float, a: float) -> float:
    """n log(n / a) + a - n without the cancellation that plain evaluation has near n = a (Loader's bd0)."""
    if abs(n - a) >= 0.1 * (n + a):
        return n * math.log(n / a) + a - n
    v = (n - a) / (n + a)
    total = (n - a) * v
    power = 2.0 * n * v
    for k in range(1, 1000):
        power *= v * v
        following = total + power / (2 * k + 1)
        if following == total:
            break
        total = following
    return total


@compiled
def weight(n: float, a: float) -> float:
    """1 / p(n); infinite where that passes the largest float."""
    exponent = log_weight(n, a)
    return math.exp(exponent) if exponent < _LOG_HUGE else math.inf


@compiled
def below(n: float, a: float) -> float:
    """P(N <= n - 1) / p(n) for n >= 0, a > 0; continued to fractional n through the incomplete gamma function."""
    if n > a and n > _SHORT:
        return weight(n, a) - 1.0 - sum_beyond(n, a)
    total = 0.0
    term = 1.0
    factor = 1.0 / a
    k = n
    while k >= 1.0:
        term *= k * factor
        total += term
        if term <= _NEGLIGIBLE * total:
            return total
        k -= 1.0
    return total + term * _below_fraction(k, a) if k > 0.0 else total


@compiled
def _below_fraction(n: float, a: float) -> float:
    """`below` for 0 < n < 1: by difference for small a, else n times Legendre's continued fraction (Lentz)."""
    if a < 2.0:
        return weight(n, a) - 1.0 - sum_beyond(n, a)
    b = a + 1.0 - n
    c = 1e300
    d = 1.0 / b
    value = d
    for k in range(1, 10000):
        numerator = -k * (k - n)
        b += 2.0
        d = 1.0 / (numerator * d + b)
        c = b + numerator / c
        value *= c * d
        if abs(c * d - 1.0) < 2e-16:
            break
    return n * value


@compiled
def sum_beyond(n: float, a: float) -> float:
    """P(N >= n + 1) / p(n) by adding its terms: at most some 8.6 sqrt(a) of them when a <= n."""
    total = 0.0
    term = 1.0
    k = n
    while True:
        k += 1.0
        term *= a / k
        total += term
        if term <= _NEGLIGIBLE * total and k > a:
            return total


@compiled
def sum_beyond_twice(n: float, a: float, share: float) -> tuple[float, float]:
    """`sum_beyond` at a and at a * share for one price, share at most 1."""
    total = 0.0
    smaller = 0.0
    term = 1.0
    power = 1.0
    k = n
    while True:
        k += 1.0
        factor = a / k
        term *= factor
        power *= factor * share
        total += term
        smaller += power
        if term <= _NEGLIGIBLE * total and k > a:
            return total, smaller


@compiled
def beyond(n: float, a: float) -> float:
    """P(N >= n + 1) / p(n) for n >= 0, a > 0, by whichever side is shorter."""
    if a > n and a > _SHORT:
        return weight(n, a) - 1.0 - below(n, a)
    return sum_beyond(n, a)


@compiled
def mean_beyond(n: float, a: float) -> float:
    """Mean of N - n over N >= n: sum of j w_j / (1 + sum of w_j), with w_j the terms of `beyond`."""
    if a > n and a > _SHORT:
        return (a - n) + n / (1.0 + beyond(n, a))
    total = 0.0
    moment = 0.0
    term = 1.0
    j = 0.0
    while True:
        j += 1.0
        term *= a / (n + j)
        total += term
        moment += j * term
        if j * term <= _NEGLIGIBLE * moment and n + j > a:
            return moment / (1.0 + total)
