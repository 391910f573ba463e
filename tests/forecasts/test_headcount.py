"""Hires are the cheapest there are, and what they lead to is what people and volume do."""

from datetime import date
from itertools import product

import numpy as np
import pandas as pd
import pytest

from centre.headcount import Headcount, Hiring, Scenario
from centre.queues import Queue
from forecasts.headcount import Kind, MonthlyHours, Months, headcount_plan, monthly_hours, required_paths
from forecasts.headcount.demand import FACTORS
from forecasts.headcount.optimise import POINTS, best_hires
from forecasts.headcount.workforce import drawn_hours, expected_heads, expected_hired, hours_of
from forecasts.staffing import required_staff

ONE = (Scenario(name="one"),)
HIRING = Hiring(contract="full", lead_months=1, class_size=(2, 4), ramp=(0.2, 0.6), cost_per_hire=90, cost_per_class=50)


def months(number):
    return Months(np.full(number, 30.4375 / 7), on_queue=0.8, turnover_per_year=0.3)


def kind(number, heads=10.0, hiring=HIRING, hours=40.0, name="full"):
    return Kind(name, hours, 1.0, np.full(number, heads), hiring)


def steady(hours, number):
    """Required hours proportional to the volume."""
    return MonthlyHours(np.outer(np.full(number, hours), FACTORS))


def test_the_hires_are_those_of_every_combination_tried_by_hand():
    """Three months, classes of none or two to four: 1 x 4 x 4 plans, each costed in plain arithmetic."""
    number, plan = (
        3,
        Headcount(months=3, scenario=ONE, max_overtime=0.1, overtime_factor=1.5, missing_hour_cost=9.0, max_risk=1.0),
    )
    rng = np.random.default_rng(5)
    required = rng.normal(1500, 120, (400, number))
    people, time = kind(number), months(number)
    found = best_hires([people], time, required, plan)
    points = np.quantile(required, (np.arange(POINTS) + 0.5) / POINTS, axis=0)

    def cost(hires):
        stays, early = (1 - 0.3) ** (1 / 12), (1 - HIRING.ramp_turnover_per_year) ** (1 / 12)
        total = 0.0
        for month in range(number):
            heads = worth = 10 * stays ** (month + 0.5)
            for hired, count in enumerate(hires[: month + 1]):
                age = month - hired
                left = count * early ** min(age, 2) * stays ** max(age - 2, 0) * (early if age < 2 else stays) ** 0.5
                heads += left
                worth += left * (0.2, 0.6, 1.0)[age]
            weeks = 30.4375 / 7
            have = worth * 40 * weeks * 0.8
            short = np.maximum(points[:, month] - have, 0)
            over = np.minimum(short, 0.1 * have)
            total += heads * 40 * weeks + (over * 1.5 / 0.8 + (short - over) * 9.0).mean()
            total += hires[month] * 90 + (50 if hires[month] else 0)
        return total

    plans = [(0, *rest) for rest in product((0, 2, 3, 4), repeat=2)]
    best = min(plans, key=cost)
    assert found.cost == pytest.approx(cost(best), rel=5e-3)
    assert cost(tuple(found.hires[0])) == pytest.approx(found.cost, rel=1e-6)
    assert sum(best) > 0


def test_enough_people_who_stay_need_nobody_more():
    plan = Headcount(months=6, scenario=ONE, turnover_per_year=0.0)
    time = Months(np.full(6, 4.3), 0.8, 0.0)
    found = headcount_plan([kind(6)], time, steady(900, 6), plan, 0.0, seed=1)
    assert all(month.hires == {"full": 0} and month.risk == 0.0 for month in found.months)
    assert found.months[5].heads["full"] == pytest.approx(10)
    assert found.months[0].available == pytest.approx(10 * 40 * 4.3 * 0.8)


def test_classes_keep_their_sizes_their_lead_and_the_share_of_the_part_timers():
    plan = Headcount(months=9, scenario=ONE)
    late = Hiring(contract="full", lead_months=3, class_size=(3, 5))
    part = Hiring(contract="part", lead_months=1, class_size=(2, 8), max_share=0.25)
    people = [kind(9, hiring=late), Kind("part", 20.0, 0.7, np.full(9, 2.0), part)]
    time = months(9)
    required = np.full((50, 9), 2200.0)
    hires = best_hires(people, time, required, plan).hires
    assert (hires[0, :3] == 0).all()
    assert set(hires[0]) <= {0, 3, 4, 5}
    assert hires.sum() > 0
    each = hours_of(people, time)
    heads = np.stack(
        [expected_heads(k, time) + hires[row] @ expected_hired(k, time)[0] for row, k in enumerate(people)]
    )
    hours = heads * each
    assert (hours[1] <= 0.25 * hours.sum(axis=0) + 1e-6).all()


def test_more_turnover_asks_for_more_hires_and_hiring_lowers_the_risk():
    base, number = steady(1350, 16), 16
    hired = []
    for turnover in (0.1, 0.5):
        plan = Headcount(months=12, scenario=ONE, turnover_per_year=turnover)
        time = Months(np.full(number, 4.35), 0.8, turnover)
        found = headcount_plan(
            [kind(number, hiring=Hiring(contract="full", class_size=(1, 8)))], time, base, plan, 0.05, 1
        )
        hired.append(sum(month.hires["full"] for month in found.months))
        assert all(month.risk <= month.risk_without_hiring for month in found.months)
        assert max(month.risk for month in found.months[6:]) < 0.3 < found.months[11].risk_without_hiring + 0.3
    assert hired[1] > hired[0]


def test_people_drawn_at_random_give_what_is_expected_of_them():
    number, people = 8, [kind(8, heads=200.0)]
    hires = np.zeros((1, number), dtype=np.int64)
    hires[0, 2] = 100
    drawn = drawn_hours(people, months(number), hires, 4000, np.random.default_rng(2)).mean(axis=0)
    each = hours_of(people, months(number))[0]
    _, worth = expected_hired(people[0], months(number))
    expected = (expected_heads(people[0], months(number)) + hires[0] @ worth) * each
    assert drawn == pytest.approx(expected, rel=0.005)


def test_the_volume_walks_with_the_deviation_asked_for_and_scenarios_get_their_share():
    two = (
        Scenario(name="a", chance=0.75),
        Scenario(name="b", chance=0.25, growth_per_year=0.2, factor=1.5, from_month=7),
    )
    hours, which = required_paths(steady(1000, 12), two, 0.1, 4000, np.random.default_rng(3))
    assert np.bincount(which).tolist() == [3000, 1000]
    plain = hours[which == 0]
    assert np.log(plain[:, 11]).std() == pytest.approx(0.1, rel=0.05)
    assert plain.mean(axis=0) == pytest.approx(np.full(12, 1000), rel=0.01)
    grown = hours[which == 1].mean(axis=0)
    assert grown[11] == pytest.approx(1000 * 1.2 ** (11.5 / 12) * 1.5, rel=0.02)
    assert grown[0] == pytest.approx(1000 * 1.2 ** (0.5 / 12), rel=0.02)


def test_monthly_hours_are_those_of_the_required_staff():
    start = pd.date_range("2026-03-01", "2026-04-30 23:00", freq="h", tz="Asia/Shanghai")
    mean = 20 + 10 * np.sin(np.arange(len(start)))
    table = pd.DataFrame({"queue": "a", "start": start, "mean": mean, "aht_s": 240.0})
    queue = Queue(name="a")
    base = monthly_hours(table, [queue], [0 if day < date(2026, 4, 1) else 1 for day in start.date], 60)
    for number, factor in enumerate(FACTORS[3:6], start=3):
        gross = required_staff(table.assign(mean=mean * factor), [queue], interval_minutes=60).table["gross"]
        march = gross[(start.month == 3)].sum()
        assert base.hours[:, number].tolist() == [march, gross.sum() - march]
    between = base.at(np.array([1.05, 1.0]))
    assert base.hours[0, 4] < between[0] < base.hours[0, 5]
    assert between[1] == base.hours[1, 4]
