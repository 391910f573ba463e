"""Accuracy measures equal what their definitions give by hand."""

import math

import numpy as np
import pytest

from forecasts.accuracy import bias, coverage, excess, pinball, poisson_deviation, poisson_floor, wape

ACTUAL = [10.0, 20.0, np.nan, 30.0]
SAID = [12.0, 15.0, 99.0, 33.0]


def test_measures_by_hand_with_the_unknown_left_out():
    assert wape(ACTUAL, SAID) == pytest.approx((2 + 5 + 3) / 60)
    assert bias(ACTUAL, SAID) == pytest.approx((2 - 5 + 3) / 60)
    assert coverage(ACTUAL, [10, 21, 0, 29], [11, 30, 0, 31]) == pytest.approx(2 / 3)
    assert pinball(ACTUAL, SAID, 0.9) == pytest.approx((0.1 * 2 + 0.9 * 5 + 0.1 * 3) / 3)


def test_measures_take_arrays_of_any_shape():
    assert wape(np.reshape(ACTUAL, (2, 2)), np.reshape(SAID, (2, 2))) == wape(ACTUAL, SAID)


def test_nothing_came_is_undefined_not_zero():
    assert math.isnan(wape([0.0, 0.0], [1.0, 1.0]))
    assert math.isnan(coverage([np.nan], [0.0], [1.0]))


@pytest.mark.parametrize("mean", [0.1, 0.7, 1.0, 3.4, 25.0, 140.5])
def test_the_poisson_deviation_equals_the_sum_over_its_distribution(mean):
    counts = range(int(mean + 20 * math.sqrt(mean) + 30))
    chances = [math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in counts]
    expected = sum(abs(k - mean) * chance for k, chance in zip(counts, chances, strict=True))
    assert poisson_deviation(mean) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("mean", "floor"), [(25, 0.16), (100, 0.08), (250, 0.05)])
def test_the_floor_is_that_of_the_field(mean, floor):
    assert poisson_floor([mean] * 5, [mean] * 5) == pytest.approx(floor, abs=0.003)


def test_somebody_who_knows_the_rate_has_no_excess():
    rng = np.random.default_rng(1)
    rate = rng.uniform(5, 80, 40_000)
    assert excess(rng.poisson(rate), rate) == pytest.approx(0.0, abs=0.002)
