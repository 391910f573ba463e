"""Paths are drawn from the joint distribution: right on average, right by day, together within a day."""

import numpy as np
import pytest

from forecasts.bands import fit_bands
from forecasts.components import Components
from forecasts.paths import sample_paths

MEAN = np.broadcast_to(40 * (1 + 0.5 * np.sin(np.arange(48) / 48 * 2 * np.pi)), (3, 48))
PARTS = Components(level=0.004, day=0.006, wave=0.01, memory_minutes=120.0, interval=0.002)


@pytest.fixture(scope="module")
def bands():
    """Day bands measured on days whose totals vary by 10 %."""
    rng = np.random.default_rng(1)
    said = np.full((200, 7, 1), MEAN[0].sum())
    return fit_bands(rng.poisson(said * rng.lognormal(-0.005, 0.1, said.shape)).astype(float), said).at(0)


@pytest.fixture(scope="module")
def paths(bands):
    return sample_paths(MEAN, [PARTS] * 3, [bands] * 3, 30, 4000, np.random.default_rng(2))


def test_paths_have_the_forecast_for_their_mean(paths):
    assert paths.shape == (4000, 3, 48)
    np.testing.assert_allclose(paths.mean(axis=0), MEAN, rtol=0.03)


def test_days_have_the_quantiles_of_their_bands(paths, bands):
    totals = paths.sum(axis=2)
    for level in (0.1, 0.5, 0.9):
        wanted = bands.quantile(MEAN.sum(axis=1), level)
        np.testing.assert_allclose(np.quantile(totals, level, axis=0), wanted, rtol=0.01)


def test_a_busy_morning_goes_with_a_busy_afternoon_and_with_a_busy_tomorrow(paths):
    morning, afternoon = paths[:, 0, 12:20].sum(axis=1), paths[:, 0, 30:38].sum(axis=1)
    assert np.corrcoef(morning, afternoon)[0, 1] > 0.3
    today, tomorrow = paths[:, 0].sum(axis=1), paths[:, 1].sum(axis=1)
    share = PARTS.level / (PARTS.level + PARTS.day)
    assert 0.1 < np.corrcoef(today, tomorrow)[0, 1] < share + 0.1


def test_near_intervals_go_together_more_than_far_ones(paths):
    near = np.corrcoef(paths[:, 0, 12], paths[:, 0, 13])[0, 1]
    far = np.corrcoef(paths[:, 0, 12], paths[:, 0, 40])[0, 1]
    assert near > far + 0.05


def test_a_closed_day_has_no_contacts_and_the_seed_decides(bands):
    mean = MEAN.copy()
    mean[1] = 0
    first, again = (sample_paths(mean, [PARTS] * 3, [bands] * 3, 30, 5, np.random.default_rng(3)) for _ in range(2))
    assert first[:, 1].sum() == 0
    np.testing.assert_array_equal(first, again)
