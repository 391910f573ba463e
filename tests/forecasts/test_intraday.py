"""The rest of a day is moved by what has come exactly as far as past days say that it tells."""

import numpy as np
import pytest

from forecasts.bands import fit_bands
from forecasts.components import find_components
from forecasts.intraday import IntradayModel, learn, reforecast

COURSE = 1 + 0.6 * np.sin(np.arange(48) / 48 * 2 * np.pi)


def days(number, volume, rng, day=0.0, wave=0.0, memory=8.0):
    """Past days of 48 half hours and what was forecast of them, shape [origins, 7, 48] both."""
    said = np.broadcast_to(volume * COURSE, (number, 7, 48))
    common = rng.normal(0, np.sqrt(day), (number, 7, 1))
    waves = np.zeros((number, 7, 48))
    if wave:
        apart = np.abs(np.subtract.outer(np.arange(48), np.arange(48)))
        root = np.linalg.cholesky(wave * np.exp(-apart / memory) + 1e-9 * np.eye(48))
        waves = rng.standard_normal((number, 7, 48)) @ root.T
    return rng.poisson(said * np.maximum(1 + common + waves, 0.05)).astype(float), said.copy()


def test_components_are_found_as_they_were_put_in():
    rng = np.random.default_rng(1)
    found = find_components(*days(120, 60, rng, day=0.01, wave=0.02, memory=4.0), 30)
    assert found.day + found.level == pytest.approx(0.01, abs=0.003)
    assert found.wave == pytest.approx(0.02, abs=0.004)
    assert found.memory_minutes == 120
    assert found.interval < 0.003


def test_poisson_counts_have_no_components():
    found = find_components(*days(60, 40, np.random.default_rng(2)), 30)
    assert found.rate < 0.001


def test_one_incident_does_not_become_the_queues_nature():
    actual, said = days(26, 40, np.random.default_rng(3))
    actual[5, 2, 20:24] = 900
    assert find_components(actual, said, 30).rate < 0.01


def test_a_day_that_runs_high_is_expected_to_go_on_and_its_bands_narrow():
    rng = np.random.default_rng(4)
    actual, said = days(26, 200, rng, day=0.01)
    model, bands = learn(actual, said, 30), fit_bands(actual, said).at(0)
    seen = np.where(np.arange(48) < 24, said[0, 0] * 1.2, np.nan)
    result = reforecast(model, said[0, 0], seen, bands)
    assert result.factor == pytest.approx(1.2, abs=0.04)  # half a day of 200 an interval leaves no doubt
    before = bands.quantile(said[0, 0], 0.9) - bands.quantile(said[0, 0], 0.1)
    after = result.quantiles[0.9] - result.quantiles[0.1]
    # What remains is Poisson noise: 1/4 of 1/4 + 0.01 / 4 times the volume, on the square-root scale.
    remains = np.sqrt(0.25 / (0.25 + 0.0025 * said[0, 0, 24:]))
    np.testing.assert_allclose(after[24:] / before[24:], remains * np.sqrt(1.2), rtol=0.15)
    np.testing.assert_array_equal(result.mean[:24], said[0, 0, :24])


def test_the_error_of_the_afternoon_falls_where_mornings_tell():
    rng = np.random.default_rng(5)
    actual, said = days(40, 100, rng, day=0.02)
    model, bands = learn(actual[:26], said[:26], 30), fit_bands(actual[:26], said[:26]).at(0)
    kept = moved = 0.0
    for came, mean in zip(actual[26:].reshape(-1, 48), said[26:].reshape(-1, 48), strict=True):
        result = reforecast(model, mean, np.where(np.arange(48) < 20, came, np.nan), bands)
        kept += np.abs(came - mean)[20:].sum()
        moved += np.abs(came - result.mean)[20:].sum()
    assert moved < 0.7 * kept


@pytest.mark.parametrize("volume", [0.5, 3.0, 30.0])
def test_where_mornings_tell_nothing_next_to_nothing_is_moved(volume):
    rng = np.random.default_rng(6)
    actual, said = days(40, volume, rng)
    model, bands = learn(actual[:26], said[:26], 30), fit_bands(actual[:26], said[:26]).at(0)
    kept = moved = 0.0
    for came, mean in zip(actual[26:].reshape(-1, 48), said[26:].reshape(-1, 48), strict=True):
        result = reforecast(model, mean, np.where(np.arange(48) < 20, came, np.nan), bands)
        kept += np.abs(came - mean)[20:].sum()
        moved += np.abs(came - result.mean)[20:].sum()
    assert moved < 1.005 * kept


def test_a_wave_is_expected_to_fade():
    rng = np.random.default_rng(7)
    actual, said = days(60, 400, rng, wave=0.02, memory=4.0)
    model, bands = learn(actual, said, 30), fit_bands(actual, said).at(0)
    seen = said[0, 0].copy()
    seen[18:24] *= 1.25
    seen[24:] = np.nan
    moves = reforecast(model, said[0, 0], seen, bands).mean[24:] / said[0, 0, 24:] - 1
    assert moves[0] > 0.05
    assert moves[12] < moves[0] / 3


def test_before_anything_is_seen_and_without_a_past_the_forecast_stands():
    actual, said = days(26, 50, np.random.default_rng(8), day=0.02)
    bands = fit_bands(actual, said).at(0)
    nothing = np.full(48, np.nan)
    for model in (learn(actual, said, 30), learn(actual[:0], said[:0], 30)):
        result = reforecast(model, said[0, 0], nothing, bands)
        np.testing.assert_array_equal(result.mean, said[0, 0])
        assert result.factor == 1.0


def test_holes_in_the_morning_are_no_hindrance():
    actual, said = days(26, 200, np.random.default_rng(9), day=0.01)
    model, bands = learn(actual, said, 30), fit_bands(actual, said).at(0)
    seen = np.where(np.arange(48) < 24, said[0, 0] * 0.8, np.nan)
    seen[10:14] = np.nan
    assert reforecast(model, said[0, 0], seen, bands).factor == pytest.approx(0.8, abs=0.05)


def test_a_model_has_a_gain_for_every_slot():
    actual, said = days(26, 50, np.random.default_rng(10), day=0.02)
    model = learn(actual, said, 30)
    assert isinstance(model, IntradayModel)
    assert len(model.gains) == 49
    assert all(0 <= gain <= 1 for gain in model.gains)
    assert model.gains[0] == 0
