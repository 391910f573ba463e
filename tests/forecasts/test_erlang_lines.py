"""Finite lines against the stationary distribution of the chain, and against Erlang B, C and A at their limits."""

import pytest
from mpmath import exp, factorial, mp, mpf, rf

from forecasts.erlang import (
    abandonment,
    average_speed_of_answer,
    erlang_b,
    finite_lines,
    load_for_blocking,
    required_lines,
    service_level,
)


def by_states(n: int, load: float, aht: float, lines: int, within: float, patience: float | None) -> list[float]:
    """Blocked, answered, abandoned, waited, answered within, wait of the answered: from the balance equations."""
    with mp.workdps(200):
        mu, theta, t = 1 / mpf(aht), 1 / mpf(patience) if patience else mpf(0), mpf(within)
        arrivals = mpf(load) * mu
        p = [mpf(1)]
        for j in range(1, lines + 1):
            p.append(p[-1] * arrivals / (min(j, n) * mu + max(0, j - n) * theta))
        total = sum(p)
        p = [each / total for each in p]
        answered = sum(min(j, n) * mu * each for j, each in enumerate(p)) / arrivals
        abandoned = sum(max(0, j - n) * theta * each for j, each in enumerate(p)) / arrivals
        in_time, wait, mean = sum(p[:n]), mpf(0), mpf(0)
        for i in range(lines - n):
            leaving = n * mu + (i + 1) * theta
            mean += 1 / leaving
            if theta:
                x, u = n * mu / theta + 1, exp(-theta * t)
                late = u**x * sum(rf(x, k) / factorial(k) * (1 - u) ** k for k in range(i + 1))
            else:
                late = exp(-n * mu * t) * sum((n * mu * t) ** k / factorial(k) for k in range(i + 1))
            in_time += p[n + i] * n * mu / leaving * (1 - late)
            wait += p[n + i] * n * mu / leaving * mean
        figures = [p[lines], answered, abandoned, sum(p[n:lines]), in_time, wait / answered]
        return [float(figure) for figure in figures]


@pytest.mark.parametrize(
    "case",
    [
        (1, 0.5, 100.0, 1, 20.0, None),
        (1, 3.0, 100.0, 4, 20.0, 60.0),
        (10, 8.0, 180.0, 15, 20.0, None),
        (10, 14.0, 180.0, 60, 20.0, None),
        (10, 14.0, 180.0, 60, 0.0, 90.0),
        (14, 67.5, 39.0, 16, 950.0, 17.6),
        (40, 20.0, 300.0, 70, 10.0, 600.0),
        (51, 262.7, 35.0, 110, 10.0, 292.0),
        (60, 66.0, 240.0, 140, 60.0, 30.0),
    ],
)
def test_finite_lines_equal_the_balance_equations(case: tuple[int, float, float, int, float, float | None]) -> None:
    found = finite_lines(*case)
    for name, figure, right in zip(found._fields, found, by_states(*case), strict=False):
        assert figure == pytest.approx(right, rel=1e-10, abs=0), name
    assert found.blocked + found.answered + found.abandoned == pytest.approx(1, abs=1e-13)
    assert found.occupancy == pytest.approx(case[1] * found.answered / case[0], rel=1e-12)


def test_as_many_lines_as_servers_are_erlang_b() -> None:
    found = finite_lines([1, 14, 190], [0.5, 8, 200], 180, [1, 14, 190], 20, 60)
    assert found.blocked == pytest.approx(erlang_b([1, 14, 190], [0.5, 8, 200]), rel=1e-12)
    assert found.waited == pytest.approx(0, abs=0)
    assert found.answered_within == pytest.approx(found.answered, rel=1e-12)


@pytest.mark.parametrize("patience", [None, 200.0])
def test_very_many_lines_are_erlang_c_and_a(patience: float | None) -> None:
    found = finite_lines(14, 10, 180, 2000, 20, patience)
    assert found.answered_within == pytest.approx(service_level(14, 10, 180, 20, patience, "of_offered"), rel=1e-10)
    assert found.abandoned == pytest.approx(abandonment(14, 10, 180, patience), rel=1e-10)
    assert found.average_speed_of_answer == pytest.approx(average_speed_of_answer(14, 10, 180, patience), rel=1e-10)
    assert found.blocked < 1e-100


def test_overload_with_endless_patience_blocks_what_cannot_be_served() -> None:
    found = finite_lines(100, 1000, 180, 4000, 20)
    assert found.answered == pytest.approx(0.1, rel=1e-12)
    assert found.blocked == pytest.approx(0.9, rel=1e-12)
    assert found.occupancy == pytest.approx(1, rel=1e-12)


def test_nothing_offered_and_nobody_there() -> None:
    idle = finite_lines([3, 0, 0], 0, 180, [5, 5, 0], 20, 60)
    assert idle.answered.tolist() == [1, 0, 0]
    assert idle.abandoned.tolist() == [0, 1, 0]
    assert idle.blocked.tolist() == [0, 0, 1]
    empty = finite_lines(0, 4, 180, 3, 20, [60, 0])
    assert empty.answered.tolist() == [0, 0]
    assert empty.blocked[1] == 1
    assert empty.blocked[0] + empty.abandoned[0] == pytest.approx(1)


def test_lines_for_a_load_and_load_for_the_lines_are_each_others_inverse() -> None:
    loads = load_for_blocking([1, 5, 45, 300], [0.3, 0.001, 0.02, 1e-6])
    assert erlang_b([1, 5, 45, 300], loads) == pytest.approx([0.3, 0.001, 0.02, 1e-6], rel=1e-12)
    assert required_lines(loads, [0.3, 0.001, 0.02, 1e-6]).tolist() == [1, 5, 45, 300]
    assert required_lines(loads * (1 + 1e-9), [0.3, 0.001, 0.02, 1e-6]).tolist() == [2, 6, 46, 301]
    assert required_lines(0, 0.1) == 0
    assert load_for_blocking(0, 0.1) == 0
