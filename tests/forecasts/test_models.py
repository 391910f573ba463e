"""What every arrival model keeps to, and what each is for."""

from datetime import date

import numpy as np
import pytest

from centre.site import SpecialDay
from forecasts.calendar import calendar
from forecasts.history import Record
from forecasts.models import MODELS, CalendarRegression, MeanOfWeeks, Pooled, SeasonalNaive, Smoothing
from forecasts.models.profile import weekday_profiles
from forecasts.queue_forecast import past_of

MONDAY = date(2024, 1, 1)
COURSE = np.array([1.0, 3.0, 6.0, 4.0, 5.0, 2.0])
WEEK = np.array([1.1, 1.0, 0.97, 0.96, 0.97, 0.7, 0.6])


def past(days=300, horizon=28, level=None, rng=None, holidays="", specials=(), change=None, first=MONDAY):
    """Six slots a day, a week's shape, a level by day, Poisson if there is an rng."""
    known = calendar(first, days + horizon, holidays=holidays, special_days=specials, queue="q")
    level = np.full(days, 600.0) if level is None else level
    rate = (level * WEEK[known.weekday[:days]])[:, None] * (COURSE / COURSE.sum())
    counts = rate if rng is None else rng.poisson(rate).astype(float)
    if change is not None:
        counts = change(counts, known)
    record = Record(
        "q", first, 240, counts, counts, counts, counts * np.nan, np.zeros(days, bool), np.ones((7, 6), bool)
    )
    return past_of(record, known)


@pytest.fixture(params=MODELS, ids=lambda model: model.name)
def model(request):
    return request.param


# The contract


def test_a_forecast_has_a_value_for_every_slot_and_none_below_zero(model):
    said = model.forecast(past(rng=np.random.default_rng(1), days=200), 28)
    assert said.shape == (28, 6)
    assert np.isfinite(said).all()
    assert (said >= 0).all()


def test_the_shortest_past_a_model_asks_for_is_enough(model):
    said = model.forecast(past(days=model.needs_days()), 14)
    assert np.isfinite(said).all()
    assert said.sum() > 0


def test_what_lies_after_the_origin_is_not_looked_at(model):
    rng = np.random.default_rng(2)
    quiet = past(days=200, rng=rng)
    loud = quiet.counts.copy()
    loud[150:] *= 10
    other = type(quiet)(loud, quiet.totals.copy(), quiet.closed, quiet.open, quiet.calendar)
    other.totals[150:] *= 10
    np.testing.assert_array_equal(model.forecast(quiet.before(150), 14), model.forecast(other.before(150), 14))


def test_a_week_that_repeats_is_forecast_as_it_is(model):
    # The pooled mean shrinks weekdays, and a day's half contact in the logarithm is left: hence 3 %.
    known = past(days=210)
    said = model.forecast(known, 14)
    true = (600 * WEEK[known.calendar.weekday[210:224]])[:, None] * (COURSE / COURSE.sum())
    np.testing.assert_allclose(said, true, rtol=0.10 if isinstance(model, Pooled) else 0.01)


def test_unknown_days_and_slots_are_no_hindrance(model):
    def holes(counts, known):
        counts = counts.copy()
        counts[40:47] = np.nan
        counts[60, 2:4] = np.nan
        counts[-1] = np.nan
        return counts

    known = past(days=120, change=holes)
    said = model.forecast(known, 7)
    assert np.isfinite(said).all()
    true = 600 * WEEK[known.calendar.weekday[120:127]]
    np.testing.assert_allclose(said.sum(axis=1), true, rtol=0.12)


def test_a_queue_without_contacts_is_forecast_as_nothing(model):
    assert model.forecast(past(days=100, level=np.zeros(100)), 7).sum() == 0


# What each is for


def test_the_naive_model_repeats_the_last_week():
    known = past(days=70, rng=np.random.default_rng(3))
    np.testing.assert_array_equal(SeasonalNaive().forecast(known, 7), known.counts[-7:])


def test_the_mean_of_weeks_is_the_mean_of_the_last_six():
    known = past(days=70, rng=np.random.default_rng(4))
    expected = known.counts[-42:].reshape(6, 7, 6).mean(axis=0)
    np.testing.assert_allclose(MeanOfWeeks().forecast(known, 7), expected)


def test_the_regression_learns_a_holiday_from_those_before_it():
    def halve(counts, known):
        return np.where(known.holiday[: len(counts), None], counts * 0.4, counts)

    # Until after the first of May; the Dragon Boat Festival of 2025 is 31 May to 2 June.
    known = past(days=515, holidays="CN", change=halve, rng=np.random.default_rng(5))
    assert known.calendar.day(515) == date(2025, 5, 30)
    said = CalendarRegression().forecast(known, 7).sum(axis=1)
    ratio = said / (600 * WEEK[known.calendar.weekday[515:522]])
    holiday = known.calendar.holiday[515:522]
    assert ratio[holiday] == pytest.approx(0.4, abs=0.1)
    assert ratio[~holiday] == pytest.approx(1.0, abs=0.1)


def test_before_the_first_holiday_the_day_after_is_expected_to_be_like_a_monday():
    known = past(days=140, holidays="US", first=date(2025, 1, 6), rng=np.random.default_rng(6))
    assert known.calendar.day(140) == date(2025, 5, 26)
    plain = past(days=140, first=date(2025, 1, 6), rng=np.random.default_rng(6))
    after, tuesday = (CalendarRegression().forecast(p, 3)[1].sum() for p in (known, plain))
    assert after / tuesday > 1.05  # a Monday has 10 % more than a Tuesday


def test_a_given_factor_is_applied_and_zero_closes():
    specials = [SpecialDay(date=date(2024, 7, 20), factor=1.5), SpecialDay(date=date(2024, 7, 21), factor=0.0)]
    known = past(days=201, specials=specials)
    plain = past(days=201)
    assert known.calendar.day(201) == date(2024, 7, 20)
    for model in (CalendarRegression(), Smoothing(), Pooled()):
        ratio = model.forecast(known, 3).sum(axis=1) / model.forecast(plain, 3).sum(axis=1)
        np.testing.assert_allclose(ratio, [1.5, 0.0, 1.0], atol=0.02)


def test_a_kind_of_special_day_is_learned_by_its_note():
    days = [date(2024, 2, 13), date(2024, 3, 12), date(2024, 4, 16), date(2024, 5, 14), date(2024, 6, 11)]
    specials = [SpecialDay(date=day, factor=1.0, note="bills") for day in [*days, date(2024, 7, 23)]]

    def busier(counts, known):
        noted = np.array([name == "bills" for name in known.names])[: len(counts)]
        return np.where(noted[:, None], counts * 1.4, counts)

    known = past(days=200, specials=specials, change=busier, rng=np.random.default_rng(7))
    said = CalendarRegression().forecast(known, 7).sum(axis=1)
    bills = known.calendar.day(200 + 4)
    assert bills == date(2024, 7, 23)
    assert said[4] / (600 * WEEK[1]) == pytest.approx(1.4, abs=0.12)


def test_growth_is_followed_where_a_mean_of_weeks_lags_behind():
    days = np.arange(560)
    level = 400 * np.exp(0.7 * days / 365)
    known = past(days=532, level=level[:532], rng=np.random.default_rng(8))
    true = level[532:] * WEEK[known.calendar.weekday[532:560]]

    def off(model):
        return abs(model.forecast(known, 28).sum(axis=1).sum() / true.sum() - 1)

    assert off(CalendarRegression()) < 0.03 < off(MeanOfWeeks())
    assert off(Smoothing()) < 0.03


def test_one_wild_day_moves_a_forecast_by_little():
    def wild(counts, known):
        counts = counts.copy()
        counts[-2] *= 8
        return counts

    known = past(days=150, change=wild, rng=np.random.default_rng(9))
    plain = past(days=150, rng=np.random.default_rng(9))
    ratio = CalendarRegression().forecast(known, 7).sum() / CalendarRegression().forecast(plain, 7).sum()
    assert ratio == pytest.approx(1.0, abs=0.03)


def test_last_years_wave_is_expected_again():
    days = np.arange(1100)
    level = 400 * np.exp(0.4 * np.cos(2 * np.pi * (days - 350) / 364))
    known = past(days=1000, level=level[:1000], rng=np.random.default_rng(10))
    said = CalendarRegression().forecast(known, 28).sum()
    true = (level[1000:1028] * WEEK[known.calendar.weekday[1000:1028]]).sum()
    stays = (level[999] * WEEK[known.calendar.weekday[1000:1028]]).sum()
    assert abs(said / true - 1) < abs(stays / true - 1) / 2


def test_weekdays_with_one_course_borrow_from_each_other_and_others_do_not():
    rng = np.random.default_rng(11)

    def weekend_differs(counts, known):
        weekend = known.weekday[: len(counts)] >= 5
        rate = np.where(weekend[:, None], COURSE[::-1], COURSE) / COURSE.sum() * 40.0
        return rng.poisson(rate).astype(float)

    profiles = weekday_profiles(past(days=84, change=weekend_differs))
    truth = COURSE / COURSE.sum()
    own_noise = np.sqrt((truth / (12 * 40 * 0.75)).sum())
    apart = np.sqrt(((profiles[:5] - truth) ** 2).sum(axis=1))
    assert np.mean(apart) < 0.75 * own_noise  # five weekdays know more than one
    assert np.abs(profiles[5:] - truth[::-1]).max() < 0.06
