"""A weekday whose course moves is followed; courses that stand still are left alone."""

from datetime import date

import numpy as np

from forecasts.calendar import calendar
from forecasts.history import Record
from forecasts.models.wander import wandered
from forecasts.queue_forecast import past_of

SLOTS, SATURDAY = 24, 5
COURSE = np.exp(-(((np.arange(SLOTS) - 12.0) / 4.0) ** 2))
COURSE /= COURSE.sum()


def past(courses, rng, size=400.0):
    """Days from a Monday on; `courses` by day."""
    days = len(courses)
    counts = rng.poisson(size * courses).astype(float)
    known = calendar(date(2024, 1, 1), days, queue="q")
    closed, is_open = np.zeros(days, bool), np.ones((7, SLOTS), bool)
    record = Record("q", date(2024, 1, 1), 60, counts, counts, counts, counts * np.nan, closed, is_open)
    return past_of(record, known)


def apart(one, other):
    """Total variation: the share of contacts that one course has at another time than the other."""
    return float(np.abs(one - other).sum() / 2)


def test_a_weekday_that_moved_some_weeks_ago_is_followed_and_the_others_stay():
    days = np.arange(26 * 7)
    courses = np.tile(COURSE, (len(days), 1))
    courses[(days % 7 == SATURDAY) & (days >= 20 * 7)] = np.roll(COURSE, 3)
    known = past(courses, np.random.default_rng(1))
    long = np.tile(COURSE, (7, 1))
    long[SATURDAY] = 0.75 * COURSE + 0.25 * np.roll(COURSE, 3)
    found = wandered(known, known.plain, long)
    assert apart(found[SATURDAY], np.roll(COURSE, 3)) < 0.1
    assert apart(long[SATURDAY], np.roll(COURSE, 3)) > 0.2
    for day in (0, 1, 2, 3, 4, 6):
        assert apart(found[day], COURSE) < 0.01


def test_courses_that_stand_still_are_not_moved_by_noise():
    for seed in range(5):
        known = past(np.tile(COURSE, (40 * 7, 1)), np.random.default_rng(seed))
        found = wandered(known, known.plain, np.tile(COURSE, (7, 1)))
        assert max(apart(course, COURSE) for course in found) < 0.01


def test_noise_beyond_chance_is_no_reason_to_move():
    rng = np.random.default_rng(7)
    courses = COURSE * rng.gamma(8.0, 1 / 8.0, (40 * 7, SLOTS))
    known = past(courses / courses.sum(axis=1, keepdims=True), rng)
    found = wandered(known, known.plain, np.tile(COURSE, (7, 1)))
    assert max(apart(course, COURSE) for course in found) < 0.03


def test_shares_of_a_day_still_sum_to_one_and_unknown_slots_do_not_matter():
    days = np.arange(26 * 7)
    courses = np.tile(COURSE, (len(days), 1))
    courses[(days % 7 == SATURDAY) & (days >= 20 * 7)] = np.roll(COURSE, 3)
    known = past(courses, np.random.default_rng(2))
    counts = known.counts.copy()
    counts[np.random.default_rng(3).random(counts.shape) < 0.2] = np.nan
    holes = type(known)(counts, known.totals, known.closed, known.open, known.calendar)
    long = np.tile(COURSE, (7, 1))
    long[SATURDAY] = 0.75 * COURSE + 0.25 * np.roll(COURSE, 3)
    found = wandered(holes, holes.plain, long)
    assert np.allclose(found.sum(axis=1), 1.0)
    assert np.isfinite(found).all()
    assert apart(found[SATURDAY], np.roll(COURSE, 3)) < 0.12


def test_a_queue_of_whole_days_has_no_course_to_move():
    known = past(np.tile(COURSE, (60, 1)), np.random.default_rng(4))
    whole = np.ones((7, 1))
    assert wandered(known, known.plain, whole) is whole
