"""The example's history is drawn from a seed and behaves as histories of real centres do."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from centre.grid import Horizon
from centre.words import WEEKDAYS
from forecasts.example_history import (
    EXAMPLE_QUEUES,
    ExampleQueue,
    example_history,
    example_special_days,
    open_intervals,
)
from forecasts.history import COLUMNS, prepare

FIRST = date(2024, 7, 1)


@pytest.fixture(scope="module")
def year():
    return example_history(first_day=FIRST, days=365, seed=7)


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(year):
    again = example_history(first_day=FIRST, days=365, seed=7)
    pd.testing.assert_frame_equal(year, again)
    other = example_history(first_day=FIRST, days=365, seed=8)
    assert (year["offered"] != other["offered"]).any()


def test_a_queues_rows_do_not_depend_on_the_other_queues(year):
    alone = example_history({"sales": EXAMPLE_QUEUES["sales"]}, first_day=FIRST, days=365, seed=7)
    both = year[year["queue"] == "sales"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, both)


def test_rows_keep_the_table_contract_and_are_found_to_be_plain(year):
    assert {"queue", "start", "offered", "answered", "answered_within", "aht_s"} <= set(year.columns) <= set(COLUMNS)
    report = prepare(year, zone="Asia/Shanghai", grid_minutes=15, holidays="CN").report
    assert [finding for finding in report.findings if finding.kind not in ("unusual day", "outlier")] == []


def test_columns_agree_with_each_other(year):
    assert (year["answered"] + year["abandoned"] == year["offered"]).all()
    assert (year["answered_within"] <= year["answered"]).all()
    assert (year["aht_s"].isna() == (year["answered"] == 0)).all()
    assert (year.loc[year["offered"] == 0, "wait_s"] == 0).all()


def test_patience_can_be_estimated_from_waits_and_abandons(year):
    sums = year.groupby("queue")[["wait_s", "abandoned"]].sum()
    patience = sums["wait_s"] / sums["abandoned"]
    np.testing.assert_allclose(patience, 150, rtol=0.05)


def test_the_peak_keeps_25_to_30_agents_busy(year):
    load = year["offered"] * year["aht_s"].fillna(0) / 900
    total = load.groupby(year["start"]).sum()
    weekday = total[total.index.day_of_week < 5]
    peak = weekday.groupby(weekday.index.time).mean().max()
    assert 19 < peak < 23  # erlangs; three separate queues at 80/20 take about 7 agents more


def test_contacts_come_in_the_opening_hours_only(year):
    assert year["start"].dt.hour.between(8, 21).all()
    assert len(year) == 3 * 365 * 54


def test_days_are_over_dispersed_and_near_days_alike():
    steady = {"q": ExampleQueue(daily=2000, week=(1,) * 7, trend=0, season=0)}
    rows = example_history(steady, first_day=FIRST, days=360, seed=1, holidays="")
    days = rows.groupby(rows["start"].dt.date)["offered"].sum()
    assert days.var() / days.mean() > 3
    off = (np.log(days) - np.log(days).rolling(30, center=True).mean()).dropna()
    assert off.autocorr(1) > 0.1


def test_a_public_holiday_is_quieter_and_the_day_after_busier(year):
    days = year.groupby(year["start"].dt.date)["offered"].sum()
    holiday = days[date(2025, 5, 1)] / days[date(2025, 5, 15)]
    after = days[date(2025, 5, 6)] / days[date(2025, 5, 20)]
    assert holiday < 0.8
    assert after > 1.02


def test_campaigns_are_known_and_seen():
    specials = example_special_days(FIRST, 365, 3)
    assert len(specials) >= 10
    assert all(special.factor > 1 for special in specials)
    plain = example_history(first_day=FIRST, days=365, seed=3)
    lifted = example_history(first_day=FIRST, days=365, seed=3, special_days=specials)
    days = [frame.groupby(frame["start"].dt.date)["offered"].sum() for frame in (plain, lifted)]
    special = specials[0]
    assert days[1][special.date] / days[0][special.date] == pytest.approx(special.factor, abs=0.1)


def test_opening_hours_past_midnight_are_open_the_next_morning():
    grid = Horizon("Asia/Shanghai", 60, date(2026, 3, 2), 2)  # a Monday
    is_open = open_intervals(grid, {"mon": ((22 * 60, 30 * 60),), WEEKDAYS[6]: ((23 * 60, 25 * 60),)})
    assert np.flatnonzero(is_open).tolist() == [0, 22, 23, 24, 25, 26, 27, 28, 29]
