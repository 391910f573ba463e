"""A forecast covers its horizon whole, says what it rests on, and is as good as its own bands say."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from centre.site import SpecialDay
from centre.words import WEEKDAYS
from forecasts.accuracy import coverage, wape
from forecasts.arrivals import forecast, quantile_column
from forecasts.example_history import ExampleQueue, example_history, example_special_days
from forecasts.intraday_plan import intraday_plans, plan_from_json

DAILY = dict.fromkeys(WEEKDAYS, ((510, 1320),))
SHANGHAI = "Asia/Shanghai"


@pytest.fixture(scope="module")
def site():
    first, days = date(2024, 7, 1), 393
    specials = example_special_days(first, days, 7)
    return example_history(first_day=first, days=days, seed=7, special_days=specials), specials


@pytest.fixture(scope="module")
def july(site):
    history, specials = site
    return forecast(
        history,
        zone=SHANGHAI,
        grid_minutes=15,
        from_day=date(2025, 7, 1),
        weeks=4,
        holidays="CN",
        special_days=specials,
        opening=DAILY,
        quantiles=(0.025, 0.1, 0.5, 0.9, 0.975),
    )


def flat(days, per_slot, zone=SHANGHAI, minutes=60, start="2026-01-05"):
    times = pd.date_range(start, periods=days * 1440 // minutes, freq=f"{minutes}min", tz=zone)
    return pd.DataFrame({"queue": "a", "start": times, "offered": per_slot})


def quick(history, from_day, zone=SHANGHAI, minutes=60, **kwargs):
    return forecast(history, zone=zone, grid_minutes=minutes, from_day=from_day, **{"days": 7, **kwargs})


def test_every_interval_of_the_horizon_has_a_row_for_every_queue(july):
    assert len(july.table) == 3 * 28 * 96
    assert list(july.table.columns) == ["queue", "start", "mean", "q2.5", "q10", "q50", "q90", "q97.5", "aht_s"]
    assert not july.table.isna().any().any()
    starts = july.table[july.table["queue"] == "sales"]["start"]
    assert str(starts.iloc[0]) == "2025-07-01 00:00:00+08:00"
    assert (starts.diff().dropna() == pd.Timedelta(minutes=15)).all()


def test_quantiles_are_in_order_and_closed_hours_expect_nobody(july):
    values = july.table[["q2.5", "q10", "q50", "q90", "q97.5"]].to_numpy()
    assert (np.diff(values, axis=1) >= 0).all()
    hour = july.table["start"].dt.hour
    night = (hour < 8) | (hour >= 22)
    assert (july.table.loc[night, ["mean", "q90"]] == 0).all().all()
    assert (july.table.loc[(hour >= 9) & (hour < 22), "mean"] > 0).all()


def test_the_four_weeks_that_came_lie_in_the_bands_as_promised(site, july):
    history, _ = site
    both = history.merge(july.table, on=["queue", "start"])
    assert len(both) == 3 * 28 * 54
    assert coverage(both["offered"], both["q10"], both["q90"]) == pytest.approx(0.80, abs=0.04)
    assert coverage(both["offered"], both["q2.5"], both["q97.5"]) == pytest.approx(0.95, abs=0.03)
    days = both.groupby(["queue", both["start"].dt.date])[["offered", "mean"]].sum()
    assert wape(days["offered"], days["mean"]) < 0.09  # days vary by 5 %, waves and Poisson noise on top


def test_each_queue_says_which_model_and_why(july):
    choices = july.choices()
    assert set(choices["queue"]) == {"billing", "sales", "service"}
    assert choices["why"].str.contains("past origins").all()
    figures = july.accuracy()
    assert (figures["excess"] > 0).all()
    assert (figures["wape"] < 0.4).all()
    assert figures["coverage_80"].between(0.77, 0.83).all()


def test_whole_days_have_bands_of_their_own_and_paths_to_go_with_them(site, july):
    history, _ = site
    came = history.groupby(["queue", history["start"].dt.date])["offered"].sum()
    inside = [
        low <= came[name, date(2025, 7, 1 + day)] <= high
        for name, queue in july.queues.items()
        for day, (low, high) in enumerate(zip(queue.day_quantile(0.025), queue.day_quantile(0.975), strict=True))
    ]
    assert np.mean(inside) > 0.85
    sales = july.queues["sales"]
    summed = sales.quantile(0.9).sum(axis=1)
    assert (sales.day_quantile(0.9) < summed).all()
    paths = sales.paths(200, np.random.default_rng(1))
    assert paths.shape == (200, 28, 96)
    np.testing.assert_allclose(paths.sum(axis=2).mean(axis=0), sales.mean.sum(axis=1), rtol=0.05)


def test_a_day_can_be_reforecast_from_its_plan_and_from_the_plans_text(july):
    day = date(2025, 7, 3)
    plan = intraday_plans(july, day)["billing"]
    assert len(plan.model.gains) == 97
    assert max(plan.model.gains) > 0.3  # the example's days are 5 % off as a whole, and wave
    seen = np.where(np.arange(96) < 52, plan.mean * 1.3, np.nan)
    said, read = plan.now(seen), plan_from_json(plan.to_json()).now(seen)
    assert 1.02 < said.factor < 1.3
    np.testing.assert_array_equal(said.mean, read.mean)
    np.testing.assert_array_equal(said.quantiles[0.9], read.quantiles[0.9])
    assert (said.quantiles[0.9][:52] == july.queues["billing"].quantile(0.9)[2, :52]).all()


def test_handle_times_are_those_of_the_queue(site, july):
    history, _ = site
    means = history.groupby("queue")["aht_s"].mean()
    said = july.table.groupby("queue")["aht_s"].mean()
    np.testing.assert_allclose(said, means, rtol=0.05)


def test_what_comes_on_the_first_day_or_later_changes_nothing(site):
    history, specials = site
    short = history[(history["queue"] == "sales") & (history["start"] >= "2025-03-01")]
    cut = short[short["start"] < "2025-07-01"]
    tables = [quick(h, date(2025, 7, 1), minutes=15, special_days=specials, holidays="CN").table for h in (short, cut)]
    pd.testing.assert_frame_equal(*tables)


@pytest.mark.parametrize(
    ("from_day", "intervals"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_a_day_has_as_many_intervals_as_it_has_time(from_day, intervals):
    history = flat(330, 10.0, zone="Europe/Berlin", start="2025-12-01")
    table = quick(history, from_day, zone="Europe/Berlin", days=1).table
    assert len(table) == intervals
    np.testing.assert_allclose(table["mean"], 10.0, rtol=0.01)


def test_after_a_clock_change_the_day_still_begins_at_eight():
    times = pd.date_range("2026-01-05", "2026-04-06", freq="h", tz="Europe/Berlin", inclusive="left")
    history = pd.DataFrame({"queue": "a", "start": times, "offered": np.where(times.hour >= 8, 20.0, 0.0)})
    table = quick(history, date(2026, 4, 6), zone="Europe/Berlin").table
    assert (table["mean"].gt(5) == (table["start"].dt.hour >= 8)).all()


def test_a_young_queue_gets_the_simple_model_and_says_so():
    result = quick(flat(20, 10.0), date(2026, 1, 25))
    (choice,) = result.queues["a"].choices
    assert choice.model == "pooled mean"
    assert "young queue, 20 days" in choice.why
    np.testing.assert_allclose(result.table["mean"], 10.0, rtol=0.02)


def test_a_single_day_of_history_is_enough_for_a_forecast():
    table = quick(flat(1, 10.0), date(2026, 1, 6)).table
    np.testing.assert_allclose(table["mean"], 10.0, rtol=0.05)


def test_a_tiny_queue_gets_the_simple_model_and_its_mean():
    rng = np.random.default_rng(1)
    history = flat(200, 0.0)
    history["offered"] = rng.poisson(0.02, len(history))
    result = quick(history, date(2026, 7, 24))
    assert "tiny queue" in result.queues["a"].choices[0].why
    assert result.table["mean"].sum() == pytest.approx(7 * 24 * 0.02, rel=0.5)


def test_a_queue_whose_contacts_ended_is_forecast_as_closed():
    history = flat(120, 10.0)
    history.loc[24 * 80 :, "offered"] = 0.0
    result = quick(history, date(2026, 5, 5))
    assert result.table["mean"].sum() == 0
    assert any(finding.kind == "queue closed" for finding in result.report.findings)


def test_a_hole_between_the_last_row_and_the_horizon_is_bridged():
    history = flat(120, 10.0)
    table = quick(history, date(2026, 5, 25)).table  # the rows end on 4 May
    np.testing.assert_allclose(table["mean"], 10.0, rtol=0.03)


def test_holidays_without_any_example_are_pointed_out():
    history = flat(60, 10.0, start="2026-03-02")
    notes = quick(history, date(2026, 5, 1), holidays="US", days=31).queues["a"].notes
    assert len(notes) == 1
    assert notes[0].startswith("2026-05-25 Memorial Day: no holiday in the history")


def test_a_centre_that_closed_on_holidays_is_expected_to_close_again():
    history = flat(150, 10.0, start="2026-01-05")
    day = history["start"].dt.date
    history = history[~day.isin([date(2026, 1, 19), date(2026, 2, 16), date(2026, 5, 25)])]
    result = quick(history, date(2026, 6, 15), holidays="US")
    days = result.table.groupby(result.table["start"].dt.date)["mean"].sum()
    assert days[date(2026, 6, 19)] == 0
    assert (days.drop(date(2026, 6, 19)) > 200).all()


def test_a_special_day_of_factor_zero_closes_and_one_of_two_doubles():
    specials = [SpecialDay(date=date(2026, 5, 6), factor=0), SpecialDay(date=date(2026, 5, 7), factor=2, queue="a")]
    result = quick(flat(120, 10.0), date(2026, 5, 5), special_days=specials)
    days = result.table.groupby(result.table["start"].dt.date)["mean"].sum()
    np.testing.assert_allclose(days.iloc[:3], [240, 0, 480], rtol=0.02)


def test_handle_time_falls_back_to_what_is_given():
    table = quick(flat(60, 10.0), date(2026, 3, 6), default_aht_s={"a": 321.0}).table
    assert (table["aht_s"] == 321.0).all()


def test_a_queue_of_the_history_without_weekend_rows_is_closed_on_weekends():
    queue = {"q": ExampleQueue(daily=500)}
    weekdays = dict.fromkeys(WEEKDAYS[:5], ((480, 1200),))
    history = example_history(queue, opening=weekdays, first_day=date(2025, 1, 6), days=120, seed=1, holidays="")
    table = quick(history, date(2025, 5, 6), minutes=15).table
    weekend = table["start"].dt.day_of_week >= 5
    assert table.loc[weekend, "mean"].sum() == 0
    assert table.loc[~weekend, "mean"].sum() > 1000


def test_the_length_is_given_once():
    with pytest.raises(ValueError, match="one of weeks and days"):
        forecast(flat(30, 1.0), zone=SHANGHAI, grid_minutes=60, from_day=date(2026, 2, 4))


def test_quantile_columns_are_named_by_percent():
    assert [quantile_column(level) for level in (0.1, 0.025, 0.5)] == ["q10", "q2.5", "q50"]


def a_year_with(days, seed=0):
    """A year of half-hours, fewer at weekends, some days times a factor."""
    rng = np.random.default_rng(seed)
    first, number = date(2025, 1, 6), 350
    daily = np.array([1000 * (0.6 if n % 7 >= 5 else 1.0) for n in range(number)]) * rng.lognormal(0, 0.04, number)
    for day, factor in days.items():
        daily[day] *= factor
    course = np.zeros(48)
    course[16:40] = 1 / 24
    times = pd.date_range(first.isoformat(), periods=number * 48, freq="30min")
    offered = rng.poisson(np.outer(daily, course)).ravel()
    return first, pd.DataFrame({"queue": "a", "start": times.strftime("%Y-%m-%dT%H:%M"), "offered": offered})


def days_ahead(history, first, specials):
    made = forecast(
        history, zone="Asia/Shanghai", grid_minutes=30, from_day=first + timedelta(days=350), weeks=2,
        special_days=[SpecialDay(date=first + timedelta(days=day), factor=f, note=note) for day, f, note in specials],
    )  # fmt: skip
    return made.queues["a"].mean.sum(axis=1)


def test_demand_carried_over_a_closure_is_learned_from_closures_before():
    closures = (40, 75, 110, 160, 200, 250, 300, 330)
    changes = {}
    for day in closures:
        changes |= {day: 0.0, day + 1: 1.35}
    first, history = a_year_with(changes)
    said = days_ahead(history, first, [(day, 0.0, "closed") for day in (*closures, 352)])
    plain = days_ahead(history, first, [(day, 0.0, "closed") for day in closures])
    assert said[2] == 0.0
    assert said[3] / plain[3] == pytest.approx(1.35, abs=0.08)
    assert said[8] / plain[8] == pytest.approx(1.0, abs=0.02)


def test_a_campaign_without_a_factor_is_learned_from_those_of_its_note():
    campaigns = (50, 90, 140, 190, 230, 280, 320)
    first, history = a_year_with(dict.fromkeys(campaigns, 1.5))
    said = days_ahead(history, first, [(day, 1.0, "campaign") for day in (*campaigns, 359)])
    assert said[9] / said[2] == pytest.approx(1.5, abs=0.08)


def test_an_intermittent_queue_is_forecast_by_its_mean_and_it_says_so():
    """Bursts of five on a fifth of the days: a contact a day or so, though the usual day has none."""
    rng = np.random.default_rng(2)
    first, number = date(2025, 1, 6), 300
    times = pd.date_range(first.isoformat(), periods=number * 24, freq="h")
    offered = np.where(rng.random(number * 24) < 0.012, rng.poisson(5, number * 24), 0)
    rows = pd.DataFrame({"queue": "a", "start": times.strftime("%Y-%m-%dT%H:%M"), "offered": offered})
    made = forecast(rows, zone=SHANGHAI, grid_minutes=60, from_day=first + timedelta(days=number), weeks=2)
    queue = made.queues["a"]
    assert "intermittent" in queue.choices[0].why
    assert queue.mean.sum(axis=1).mean() == pytest.approx(offered.sum() / number, rel=0.35)
