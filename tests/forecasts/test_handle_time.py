"""Handle time is learned by time of day and weekday, and shrunk to the queue's mean where little is known."""

from datetime import date

import numpy as np
import pytest

from forecasts.handle_time import handle_time
from forecasts.history import Record

MONDAY = date(2025, 1, 6)


def record(aht, answered):
    days, slots = aht.shape
    zeros = np.zeros((days, slots))
    return Record("a", MONDAY, 60, answered, answered, answered, aht, np.zeros(days, bool), zeros[:7] > -1)


def test_the_course_of_the_day_is_found():
    rng = np.random.default_rng(1)
    course = 240 + 40 * np.sin(np.arange(24) / 24 * 2 * np.pi)
    answered = np.full((90, 24), 40.0)
    aht = course * rng.lognormal(0, 0.1, (90, 24))
    said = handle_time(record(aht, answered), np.arange(7), 300)
    np.testing.assert_allclose(said, np.broadcast_to(course, (7, 24)), rtol=0.05)


def test_a_slow_weekday_is_found():
    answered = np.full((84, 24), 40.0)
    aht = np.full((84, 24), 200.0)
    aht[np.arange(84) % 7 == 0] = 230.0
    said = handle_time(record(aht, answered), np.arange(7), 300).mean(axis=1)
    np.testing.assert_allclose(said, [230, 200, 200, 200, 200, 200, 200], rtol=0.02)


def test_a_slot_seen_once_stays_near_the_mean():
    answered = np.zeros((90, 24))
    aht = np.full((90, 24), np.nan)
    answered[:, 10:14], aht[:, 10:14] = 40, 240
    answered[5, 3], aht[5, 3] = 1, 900
    said = handle_time(record(aht, answered), np.arange(7), 300)
    assert said[:, 3] == pytest.approx(240, rel=0.03)


def test_the_mean_weighs_by_the_answered():
    answered = np.array([[900.0, 100.0]] * 30)
    aht = np.array([[100.0, 400.0]] * 30)
    said = handle_time(record(aht, answered), np.array([0]), 300)[0]
    assert (said * [0.9, 0.1]).sum() == pytest.approx(130, rel=0.03)


def test_a_trend_is_followed():
    answered = np.full((180, 24), 40.0)
    aht = np.repeat(200 + np.arange(180.0)[:, None] / 3, 24, axis=1)
    said = handle_time(record(aht, answered), np.arange(7), 300).mean()
    assert said == pytest.approx(260, rel=0.04)


def test_one_call_of_hours_does_not_become_the_afternoon():
    answered = np.full((90, 24), 5.0)
    aht = np.full((90, 24), 240.0) * np.random.default_rng(2).lognormal(0, 0.2, (90, 24))
    aht[80, 14] = 20_000
    said = handle_time(record(aht, answered), np.arange(7), 300)
    assert said.max() < 300


def test_without_any_handle_time_the_default_holds():
    nothing = np.full((10, 24), np.nan)
    assert (handle_time(record(nothing, np.ones((10, 24))), np.arange(3), 280) == 280).all()
