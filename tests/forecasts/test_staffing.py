"""Required staff of a forecast: goals, closed hours, shrinkage, scenarios, and what is handed to the roster."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from centre.errors import InputError
from centre.grid import Horizon
from centre.queues import Queue
from forecasts.erlang import required_servers, service_level
from forecasts.spread import root_deviation, scenarios
from forecasts.staffing import Staffing, required_staff

HORIZON = Horizon("Europe/Berlin", 30, date(2024, 3, 30), 2)  # the second day has 23 hours
DAY = np.where((HORIZON.local_minutes >= 480) & (HORIZON.local_minutes < 1200), 1.0, 0.0)
VOLUME = DAY * (40 + 30 * np.sin(HORIZON.local_minutes / 180))


def arrivals(name: str, volume: np.ndarray = VOLUME, aht_s: float = 240.0, **columns: object) -> pd.DataFrame:
    start = pd.DatetimeIndex(pd.to_datetime(HORIZON.starts, unit="s", utc=True)).tz_convert(HORIZON.zone)
    return pd.DataFrame({"queue": name, "start": start, "mean": volume, "aht_s": aht_s, **columns})


def staff(table: pd.DataFrame, *queues: Queue, **options: object) -> Staffing:
    return required_staff(table, queues, interval_minutes=30, **options)  # type: ignore[arg-type]


def test_voice_is_staffed_by_the_formulas_with_every_goal_of_its_queue() -> None:
    queue = Queue(
        name="billing", target=0.85, within_s=15, patience_s=150, max_asa_s=8, max_abandonment=0.02, max_occupancy=0.8
    )
    found = staff(arrivals("billing"), queue).table
    load = VOLUME * 240 / 1800
    right = required_servers(load, 240, 0.85, 15, 150, 0.8, 8, 0.02, "of_offered")
    assert found["required"].tolist() == np.where(VOLUME > 0, right, 0).tolist()
    assert found["gross"].tolist() == np.ceil(found["required"] / 0.92 - 1e-9).astype(int).tolist()
    assert set(found["binding"]) <= {"", "service_level", "asa", "abandonment", "occupancy"}
    assert (found["required"][found["binding"] == ""] == 0).all()


def test_gross_is_exact_where_the_division_is() -> None:
    queue = Queue(name="billing", minimum_staff=14, unplanned_shrinkage=0.3)
    assert staff(arrivals("billing", DAY * 0.01), queue).table["gross"].max() == 20


def test_minimum_staff_holds_while_open_and_nobody_is_needed_while_closed() -> None:
    open_ = (HORIZON.local_minutes >= 420) & (HORIZON.local_minutes < 1200)
    queue = Queue(name="billing", minimum_staff=3)
    volume = np.full(HORIZON.count, 0.5)  # some call at night, too
    found = staff(arrivals("billing", volume, open=open_), queue).table
    assert found["required"].tolist() == np.where(open_, 3, 0).tolist()
    assert set(found["binding"][open_]) == {"minimum"}


def test_the_curve_says_what_rostered_agents_serve() -> None:
    """Gross staff reach the target on average although some of them are missing; curves never fall."""
    for patience in (0, 200):
        queue = Queue(name="billing", patience_s=patience, unplanned_shrinkage=0.11, max_occupancy=1)
        found = staff(arrivals("billing"), queue)
        rows = np.arange(len(found.table))
        served = found.curve[rows, found.table["gross"]]
        assert (served >= 0.8 * VOLUME * (1 - 1e-6)).all()
        assert (np.diff(found.curve, axis=1) >= 0).all()
        level = service_level(7 * 0.89, VOLUME * 240 / 1800, 240, 20, patience, "of_offered")
        assert found.curve[:, 7] == pytest.approx(VOLUME * level, rel=1e-6)


def test_queues_of_all_channels_stand_side_by_side_in_order() -> None:
    queues = [
        Queue(name="voice"),
        Queue(name="chat", channel="chat", concurrency=3),
        Queue(name="mail", channel="deferred", deadline_minutes=240),
        Queue(name="calls", channel="outbound"),
        Queue(name="unused"),
    ]
    table = pd.concat([arrivals(name) for name in ("voice", "mail", "chat", "calls")]).sample(frac=1, random_state=1)
    found = staff(table, *queues)
    assert found.table["queue"].unique().tolist() == ["calls", "chat", "mail", "voice"]
    assert found.table.groupby("queue")["start"].is_monotonic_increasing.all()
    assert list(found.table.columns) == ["queue", "start", "required", "gross", "binding"]
    assert (found.table.groupby("queue")["required"].sum() > 0).all()
    assert found.curve.shape[0] == len(found.table)
    assert (np.diff(found.curve, axis=1) >= 0).all()


def test_the_requirement_on_the_grid_keeps_every_row_in_its_place() -> None:
    table = pd.concat([arrivals("b"), arrivals("a", VOLUME / 2).iloc[20:60]])
    found = staff(table, Queue(name="a"), Queue(name="b"))
    grid = found.requirement(HORIZON)
    assert grid.queues == ("a", "b")
    assert grid.required.shape == (2, 94)
    assert (grid.volume[1] == VOLUME).all()
    assert (grid.volume[0, 20:60] == VOLUME[20:60] / 2).all()
    assert grid.volume[0, :20].sum() == grid.volume[0, 60:].sum() == grid.curve[0, :20].sum() == 0
    assert grid.gross.sum() == found.table["gross"].sum()
    assert (grid.curve[1] == found.curve[40:]).all()


def test_another_grid_or_horizon_is_refused() -> None:
    found = staff(arrivals("a"), Queue(name="a"))
    with pytest.raises(InputError, match="intervals of 30 minutes, asked for 15"):
        found.requirement(Horizon("Europe/Berlin", 15, date(2024, 3, 30), 2))
    with pytest.raises(InputError, match="2024-03-31"):
        found.requirement(Horizon("Europe/Berlin", 30, date(2024, 3, 30), 1))


def poisson_like(mean: np.ndarray, rate_deviation: float) -> dict[str, np.ndarray]:
    """Quantiles of counts whose root deviates by Poisson noise and by the rate's own part (a share of its root)."""
    root = np.sqrt(mean)
    spread = 1.2815515655 * np.sqrt(0.25 + (rate_deviation * root) ** 2)
    return {"q10": np.maximum(root - spread, 0) ** 2 * (mean > 0), "q90": (root + spread) ** 2 * (mean > 0)}


def test_a_forecast_that_is_only_poisson_noise_is_staffed_as_its_mean() -> None:
    table = arrivals("a", **poisson_like(VOLUME, 0.0))
    mean, expected, chance = (staff(table, Queue(name="a"), rule=rule).table for rule in ("mean", "expected", "chance"))
    assert expected["required"].tolist() == mean["required"].tolist() == chance["required"].tolist()


def test_staff_on_the_expected_service_level_is_the_fewest_that_reach_it() -> None:
    table = arrivals("a", **poisson_like(VOLUME, 0.12))
    queue = Queue(name="a", patience_s=120, max_occupancy=1)
    found = staff(table, queue, rule="expected").table["required"].to_numpy()
    rng = np.random.default_rng(11)
    for i in np.flatnonzero(VOLUME)[::5]:
        root = np.sqrt(VOLUME[i])
        own = 0.12 * root
        rates = np.maximum(np.sqrt(VOLUME[i] - own**2) + own * rng.normal(size=200_000), 0) ** 2
        loads = rates * 240 / 1800
        levels = [
            (rates * service_level(n, loads, 240, 20, 120, "of_offered")).sum() / rates.sum()
            for n in (found[i] - 1, found[i])
        ]
        assert levels[0] < 0.8 + 0.002
        assert levels[1] >= 0.8 - 0.002


def test_staff_on_a_chance_reach_the_target_in_that_share_of_the_scenarios() -> None:
    table = arrivals("a", **poisson_like(VOLUME, 0.12))
    queue = Queue(name="a", max_occupancy=1)
    found = staff(table, queue, rule="chance", chance=0.9).table["required"].to_numpy()
    normal = np.random.default_rng(12).normal(size=100_000)
    for i in np.flatnonzero(VOLUME)[::5]:
        root = np.sqrt(VOLUME[i])
        rates = np.maximum(root * np.sqrt(1 - 0.12**2) + 0.12 * root * normal, 0) ** 2
        reached = [(service_level(n, rates * 240 / 1800, 240, 20) >= 0.8).mean() for n in (found[i] - 1, found[i])]
        assert reached[0] < 0.9 + 0.005
        assert reached[1] >= 0.9 - 0.005


def test_scenarios_keep_mean_and_spread() -> None:
    mean = np.array([0.0, 0.3, 4.0, 60.0, 900.0])
    quantiles = poisson_like(mean, 0.1)
    deviation = root_deviation(quantiles["q10"], quantiles["q90"], 0.8)
    assert deviation[2:] == pytest.approx(0.1 * np.sqrt(mean[2:]), rel=1e-6)
    weights, rates = scenarios(mean, deviation)
    assert weights @ rates == pytest.approx(mean, rel=1e-12)
    variance = weights @ (rates - mean) ** 2
    own = 0.1 * np.sqrt(mean)
    assert variance[2:] == pytest.approx((4 * (mean - own**2) * own**2 + 2 * own**4)[2:], rel=0.01)


def test_missing_handle_times_are_the_queues_own() -> None:
    table = arrivals("a")
    table["aht_s"] = np.nan
    assert (
        staff(table, Queue(name="a", aht_s=300)).table["required"].tolist()
        == staff(arrivals("a", aht_s=300), Queue(name="a")).table["required"].tolist()
    )


def test_wrong_tables_are_refused_with_the_place() -> None:
    queue = Queue(name="a")
    wrong = arrivals("a")
    wrong.loc[5, "mean"] = -1.0
    with pytest.raises(InputError, match=r"mean of a at 2024-03-30 02:30:00\+01:00: found -1"):
        staff(wrong, queue)
    with pytest.raises(InputError, match="queue b is not defined"):
        staff(arrivals("b"), queue)
    with pytest.raises(InputError, match="no column q10, q90"):
        staff(arrivals("a"), queue, rule="expected")
    with pytest.raises(InputError, match="stands there twice"):
        staff(pd.concat([arrivals("a"), arrivals("a").iloc[:1]]), queue)
    with pytest.raises(InputError, match="rule: found 'hope'"):
        staff(arrivals("a"), queue, rule="hope")
    with pytest.raises(InputError, match=r"chance: found 1\.5"):
        staff(arrivals("a", **poisson_like(VOLUME, 0.1)), queue, rule="chance", chance=1.5)


def test_a_load_that_lags_needs_fewer_while_it_rises_and_more_while_it_falls() -> None:
    found = staff(arrivals("a", aht_s=1200.0), Queue(name="a"), lagged=True)
    stationary = staff(arrivals("a", aht_s=1200.0), Queue(name="a")).table["required"].to_numpy()
    lagged = found.table["required"].to_numpy()
    opening = int(np.argmax(VOLUME > 0))
    assert lagged[opening] < stationary[opening]
    afternoon = (VOLUME > 0) & (HORIZON.local_minutes >= 600)  # the peak is at 09:30
    falling = np.flatnonzero(afternoon & (HORIZON.local_minutes <= 840))
    assert (lagged[falling] >= stationary[falling]).all()
    assert (lagged[VOLUME == 0] == 0).all()
