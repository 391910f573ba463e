"""A backtest scores what would have been said then, and finds bands that cover what they say."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from forecasts.backtest import backtest
from forecasts.bands import fit_bands
from forecasts.choice import best
from forecasts.models import CalendarRegression, MeanOfWeeks, SeasonalNaive
from forecasts.trials import Trials, origins_of

FIRST = date(2025, 1, 6)


def history(values):
    times = pd.date_range(
        FIRST.isoformat(), periods=values.size, freq=f"{1440 // values.shape[1]}min", tz="Asia/Shanghai"
    )
    return pd.DataFrame({"queue": "a", "start": times, "offered": values.ravel()})


@pytest.fixture(scope="module")
def noisy():
    """A year of hours: a level that differs by day, Poisson noise on top."""
    rng = np.random.default_rng(1)
    level = rng.lognormal(0, 0.08, (364, 1))
    rate = 30 * (1 + 0.6 * np.sin(np.arange(24) / 24 * 2 * np.pi)) * level
    return history(rng.poisson(rate).astype(float))


def run(frame, **kwargs):
    return backtest(frame, zone="Asia/Shanghai", grid_minutes=60, **kwargs)


def test_the_naive_models_error_is_the_distance_between_weeks():
    rng = np.random.default_rng(2)
    values = rng.poisson(20, (140, 24)).astype(float)
    result = run(history(values), models=(SeasonalNaive(),), origins=5, horizons=(7,))
    weeks = values[-42:].reshape(6, -1)
    expected = np.abs(np.diff(weeks, axis=0)).sum() / weeks[1:].sum()
    row = result.table[result.table["model"] == "seasonal naive"].iloc[0]
    assert row["origins"] == 5
    assert row["wape"] == pytest.approx(expected)


def test_bands_cover_what_they_say_at_every_horizon(noisy):
    table = run(noisy, origins=20).table
    chosen = table[table["model"] == "chosen"].set_index("horizon_days")
    assert list(chosen.index) == [1, 7, 28]
    assert chosen["coverage_80"].between(0.75, 0.84).all()
    assert chosen["coverage_95"].between(0.92, 0.98).all()  # a day ahead rests on 20 day levels
    assert (chosen["bias"].abs() < 0.02).all()


def test_the_excess_is_what_the_day_factor_leaves(noisy):
    table = run(noisy, origins=20, horizons=(7,)).table
    row = table[table["model"] == "chosen"].iloc[0]
    # Days off by 8 %: the mean deviation of sqrt(1 / V + 0.08^2) against that of sqrt(1 / V).
    volume = 30 * (1 + 0.6 * np.sin(np.arange(24) / 24 * 2 * np.pi))
    known = np.sqrt(2 / np.pi) * (np.sqrt(volume + (0.08 * volume) ** 2) - np.sqrt(volume)).sum() / volume.sum()
    assert row["excess"] == pytest.approx(known, abs=0.012)


def test_an_origin_knows_nothing_of_what_came_after_it(noisy):
    changed = noisy.copy()
    later = changed["start"].dt.date >= FIRST + timedelta(days=330)
    changed.loc[later, "offered"] = changed.loc[later, "offered"] + 7
    plain, wild = (run(frame, origins=8, models=(MeanOfWeeks(),)).queues["a"] for frame in (noisy, changed))
    before = [place for place, origin in enumerate(plain.origins) if origin <= FIRST + timedelta(days=330)]
    assert before
    np.testing.assert_array_equal(plain.mean[before], wild.mean[before])
    np.testing.assert_array_equal(plain.quantiles[0.9][before], wild.quantiles[0.9][before])


def test_only_origins_with_the_whole_horizon_are_scored(noisy):
    table = run(noisy, origins=10).table
    counts = table[table["model"] == "chosen"].set_index("horizon_days")["origins"]
    assert counts.to_dict() == {1: 10, 7: 10, 28: 7}


def test_every_model_is_shown_beside_the_chosen(noisy):
    models = (CalendarRegression(), MeanOfWeeks())
    table = run(noisy, origins=4, models=models, horizons=(7,)).table
    assert table["model"].tolist() == ["chosen", "calendar regression", "mean of six weeks"]


def test_origins_end_a_step_before_the_last_day():
    assert origins_of(100, 28, 7, 3).tolist() == [79, 86, 93]
    assert origins_of(40, 28, 7, 10).tolist() == [33]
    assert len(origins_of(20, 28, 7, 10)) == 0


def trial(first, second):
    """Trials of two models, whose errors by origin are given."""
    number = len(first)
    actual = np.full((number, 7, 1), 100.0)
    said = np.stack([actual + np.array(errors, dtype=float)[:, None, None] for errors in (first, second)])
    weekday = np.broadcast_to(np.arange(7), (number, 7))
    return Trials(("first", "second"), np.arange(number) * 7, weekday, said, actual)


def test_another_model_has_to_beat_the_first_by_more_than_chance():
    rng = np.random.default_rng(3)
    noise = rng.normal(0, 5, 20)
    assert best(trial(10 + noise, 9.9 - noise), 1, 7)[0] == "first"
    assert best(trial(10 + 0.1 * noise, 8 + 0.1 * noise), 1, 7)[0] == "second"
    assert "too few" in best(trial([10, 10], [1, 1]), 1, 7)[1]


def test_bands_of_poisson_counts_are_those_of_poisson_counts():
    rng = np.random.default_rng(4)
    mean = rng.uniform(5, 60, (26, 7, 48))
    bands = fit_bands(rng.poisson(mean).astype(float), mean)
    fresh = rng.uniform(5, 60, 200_000)
    came = rng.poisson(fresh)
    day = replace(bands, scale=np.ones(1))
    inside = (came >= day.quantile(fresh, 0.1)) & (came <= day.quantile(fresh, 0.9))
    assert inside.mean() == pytest.approx(0.80, abs=0.02)


def test_without_errors_the_bands_are_a_poisson_guess():
    empty = np.zeros((0, 7, 24))
    bands = fit_bands(empty, empty)
    assert bands.at(3).quantile(np.full(24, 100.0), 0.5) == pytest.approx(100.0)
    assert 80 < bands.at(3).quantile(np.full(24, 100.0), 0.1)[0] < 90


def test_an_hour_that_is_hard_on_one_weekday_has_wider_bands_on_that_weekday():
    rng = np.random.default_rng(5)
    said = np.full((26, 7, 24), 50.0)
    weekday = np.broadcast_to(np.arange(7), (26, 7))
    wild = np.ones_like(said)
    wild[:, 5, 20:] = rng.lognormal(0, 0.5, (26, 4))
    bands = fit_bands(rng.poisson(said * wild).astype(float), said, weekday)
    width = [bands.at(day).quantile(said[0, 0], 0.9) - bands.at(day).quantile(said[0, 0], 0.1) for day in (2, 5)]
    assert (width[1][20:] / width[0][20:]).mean() > 1.5
    assert (width[1][:20] / width[0][:20]).mean() == pytest.approx(1, abs=0.1)
