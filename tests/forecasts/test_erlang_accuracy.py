"""Every figure of the calculator against the textbook sums over the states of the queue, in high precision.

The oracle shares nothing with the code it judges: it adds up the stationary probabilities, and what a caller meets who
finds i others waiting (the death process in front of him), where the code uses incomplete gamma functions.
"""

from collections.abc import Iterator

import pytest
from mpmath import mp, mpf

from forecasts.erlang import (
    abandonment,
    average_speed_of_answer,
    average_wait,
    erlang_b,
    erlang_c,
    occupancy,
    probability_of_wait,
    service_level,
)

AHT = 180.0
RELATIVE = 1e-11  # the promise is 1e-9


@pytest.fixture(autouse=True)
def _digits() -> Iterator[None]:
    before, mp.dps = mp.dps, 50
    yield
    mp.dps = before


def weights(n: int, a: mpf) -> mpf:
    """Probability of fewer than n in the system, relative to that of exactly n."""
    total = term = mpf(1)
    for k in range(1, n + 1):
        term *= a / k
        total += term
    return (total - term) / term


def erlang_b_by_sum(n: int, load: float) -> mpf:
    return 1 / (1 + weights(n, mpf(load)))


def erlang_c_by_sum(n: int, load: float) -> mpf:
    waiting = n / (n - mpf(load))
    return waiting / (weights(n, mpf(load)) + waiting)


class ErlangA:
    """M/M/n+M by its states; times in seconds, AHT as above."""

    def __init__(self, n: int, load: float, patience_s: float) -> None:
        self.n, self.load, self.patience = n, mpf(load), mpf(patience_s)
        self.x = n * self.patience / mpf(AHT)
        y = self.load * self.patience / mpf(AHT)
        self.on = [mpf(1)]
        total, i = mpf(1), 0
        while True:
            i += 1
            self.on.append(self.on[-1] * y / (self.x + i))
            total += self.on[-1]
            if self.x + i > y and self.on[-1] * (self.x + i) < mpf(10) ** (5 - mp.dps) * total:
                break
        below = weights(n, self.load)
        self.total = below + total
        self.at_once = below / self.total
        self.served = self.at_once + sum(p * self._stays(i) for i, p in enumerate(self.on)) / self.total

    def _stays(self, i: int) -> mpf:
        """Chance that he is served who finds i waiting: each of i + 1 departures before he gives up."""
        return self.x / (self.x + i + 1)

    def passed(self, t: float) -> tuple[mpf, mpf]:
        """P(V > t), and P(V > t, served): i + 1 departures take longer than t (negative binomial sums)."""
        u = mp.exp(-mpf(t) / self.patience)
        p, p_served = u**self.x, u ** (self.x + 1)
        tail, tail_served = mpf(0), mpf(0)
        late, late_served = mpf(0), mpf(0)
        for i, weight in enumerate(self.on):
            tail, tail_served = tail + p, tail_served + p_served
            late += weight * tail
            late_served += weight * self._stays(i) * tail_served
            p *= (self.x + i) / (i + 1) * (1 - u)
            p_served *= (self.x + 1 + i) / (i + 1) * (1 - u)
        return late / self.total, late_served / self.total

    def mean_wait_of_served(self) -> mpf:
        wait, total = mpf(0), mpf(0)
        for i, weight in enumerate(self.on):
            wait += self.patience / (self.x + i + 1)
            total += weight * self._stays(i) * wait
        return total / self.total / self.served

    def gone_by(self, t: float) -> mpf:
        """P(abandons within t): gone or served by t, less served by t."""
        late, late_served = self.passed(t)
        return 1 - late * mp.exp(-mpf(t) / self.patience) - (self.served - late_served)

    def service_levels(self, t: float, short: float) -> dict[str, mpf]:
        late, late_served = self.passed(t)
        met, gone, gone_short = self.served - late_served, self.gone_by(t), self.gone_by(short)
        return {
            "answered_within_or_abandoned_within": met + gone,
            "of_answered": met / self.served,
            "of_offered": met,
            "excluding_abandoned_within": met / (1 - gone),
            "short_abandons_as_met": met + gone_short,
            "excluding_short_abandons": met / (1 - gone_short),
            "virtual": 1 - late,
        }


LOADS_AND_SERVERS = [
    (0.01, 1), (0.01, 4), (0.3, 1), (0.3, 2), (0.999, 1), (2.5, 3), (10.0, 11), (10.0, 14), (10.0, 40), (23.7, 24),
    (99.99, 100), (100.0, 110), (500.0, 505), (500.0, 1000), (1000.0, 1030), (2400.0, 2500), (5000.0, 5001),
    (5000.0, 5100), (5000.0, 6500),
]  # fmt: skip


@pytest.mark.parametrize(("load", "servers"), LOADS_AND_SERVERS)
def test_erlang_b_and_c_equal_the_sums(load: float, servers: int) -> None:
    blocking, waiting = erlang_b_by_sum(servers, load), erlang_c_by_sum(servers, load)
    assert erlang_b(servers, load) == pytest.approx(float(blocking), rel=RELATIVE, abs=0)
    assert erlang_c(servers, load) == pytest.approx(float(waiting), rel=RELATIVE, abs=0)
    spare = servers - mpf(load)
    for within in (0.0, 1.0, 20.0, 600.0):
        late = waiting * mp.exp(-spare * mpf(within) / mpf(AHT))
        assert service_level(servers, load, AHT, within) == pytest.approx(float(1 - late), rel=RELATIVE, abs=0)
        if late > 1e-290:
            assert probability_of_wait(servers, load, AHT, within) == pytest.approx(float(late), rel=RELATIVE, abs=0)
    assert average_speed_of_answer(servers, load, AHT) == pytest.approx(
        float(waiting * mpf(AHT) / spare), rel=RELATIVE, abs=0
    )
    assert occupancy(servers, load, AHT) == pytest.approx(load / servers, rel=1e-15)


@pytest.mark.parametrize(("load", "servers"), [(5000.0, 4000), (200.0, 100), (10.0, 1), (40.5, 40), (0.5, 0)])
def test_erlang_b_equals_the_sum_in_overload(load: float, servers: int) -> None:
    assert erlang_b(servers, load) == pytest.approx(float(erlang_b_by_sum(servers, load)), rel=RELATIVE, abs=0)


POINTS = [  # servers, load, patience in seconds, digits the oracle needs
    (1, 0.01, 60.0, 50), (3, 0.01, 600.0, 50), (1, 0.9, 20.0, 50), (1, 3.0, 5.0, 50), (2, 1.5, 4000.0, 50),
    (13, 10.0, 300.0, 50), (14, 10.0, 300.0, 50), (10, 10.0, 180.0, 50), (40, 10.0, 120.0, 60), (28, 24.0, 90.0, 50),
    (5, 30.0, 600.0, 120), (60, 80.0, 45.0, 50), (100, 100.0, 3600.0, 50), (100, 100.0, 1.0, 50),
    (120, 80.0, 240.0, 50), (300, 200.0, 100.0, 120), (150, 300.0, 900.0, 340), (500, 500.0, 120.0, 50),
    (1000, 980.0, 300.0, 50), (1500, 1000.0, 60.0, 100), (5000, 5000.0, 90.0, 50), (4900, 5000.0, 30.0, 50),
    (5100, 5000.0, 300.0, 50),
]  # fmt: skip


@pytest.mark.parametrize(("servers", "load", "patience", "digits"), POINTS)
def test_erlang_a_equals_the_sums(servers: int, load: float, patience: float, digits: int) -> None:
    mp.dps = digits
    exact = ErlangA(servers, load, patience)

    def equal(found: float, right: mpf) -> None:
        if right > mpf(10) ** max(15 - digits, -295):  # what the oracle can tell from its own rounding
            assert found == pytest.approx(float(right), rel=RELATIVE, abs=0)

    equal(abandonment(servers, load, AHT, patience), 1 - exact.served)
    equal(occupancy(servers, load, AHT, patience), exact.load * exact.served / servers)
    equal(average_speed_of_answer(servers, load, AHT, patience), exact.mean_wait_of_served())
    equal(average_wait(servers, load, AHT, patience), (1 - exact.served) * exact.patience)
    for within in (0.0, 10.0, 240.0):
        equal(probability_of_wait(servers, load, AHT, within, patience), exact.passed(within)[0])
        for definition, right in exact.service_levels(within, short=5.0).items():
            equal(service_level(servers, load, AHT, within, patience, definition, 5.0), right)


@pytest.mark.parametrize(("servers", "load"), [(0.5, 0.2), (2.5, 1.9), (12.88, 10.0), (30.25, 45.0), (460.7, 450.0)])
def test_fractional_servers_are_the_incomplete_gamma_continuation(servers: float, load: float) -> None:
    """B(n) = a^n exp(-a) / Gamma(n + 1, a), Jagerman 1974."""
    n, a = mpf(servers), mpf(load)
    blocking = a**n * mp.exp(-a) / mp.gammainc(n + 1, a)
    assert erlang_b(servers, load) == pytest.approx(float(blocking), rel=1e-10, abs=0)


def test_erlang_a_with_fractional_servers_equals_the_integrals_over_the_wait() -> None:
    """The density of the wait, integrated numerically: proportional to exp(a g (1 - exp(-s/g)) - n s)."""
    n, a, g, t = mpf("12.42"), mpf(11), mpf("0.7"), mpf("0.2")
    no_wait = a**n * mp.exp(-a) / mp.gammainc(n + 1, a)
    no_wait = 1 / no_wait - 1

    def density(s: mpf) -> mpf:
        return n * mp.exp(a * g * (1 - mp.exp(-s / g)) - n * s)

    def kept(s: mpf) -> mpf:
        return density(s) * mp.exp(-s / g)

    total = no_wait + mp.quad(density, [0, 1, 4, 20])
    level = (no_wait + mp.quad(density, [0, t])) / total
    met = (no_wait + mp.quad(kept, [0, t])) / total
    served = (no_wait + mp.quad(kept, [0, 1, 4, 20])) / total
    arguments = (float(n), float(a), AHT)
    assert service_level(*arguments, 0.2 * AHT, 0.7 * AHT) == pytest.approx(float(level), rel=1e-10)
    assert service_level(*arguments, 0.2 * AHT, 0.7 * AHT, "of_offered") == pytest.approx(float(met), rel=1e-10)
    assert abandonment(*arguments, 0.7 * AHT) == pytest.approx(float(1 - served), rel=1e-10)


def test_very_patient_callers_are_erlang_c() -> None:
    waits = average_speed_of_answer(14, 10, AHT, [1e7, 1e9])
    assert waits == pytest.approx(average_speed_of_answer(14, 10, AHT), rel=1e-4)
    assert waits[1] == pytest.approx(average_speed_of_answer(14, 10, AHT), rel=1e-6)
    assert service_level(14, 10, AHT, 20, 1e10) == pytest.approx(service_level(14, 10, AHT, 20), rel=1e-7)
