"""A goal over a day or a period: reached, with as few agents as can be, never with more than interval by interval."""

from datetime import date
from itertools import product

import numpy as np
import pandas as pd
import pytest

from centre.errors import InputError
from centre.grid import Horizon
from centre.queues import Queue
from forecasts.allocation import cheapest
from forecasts.erlang import service_curve, service_level
from forecasts.staffing import required_staff

HORIZON = Horizon("America/New_York", 30, date(2024, 3, 9), 3)  # the clocks change in it
VOLUME = np.where(
    (HORIZON.local_minutes >= 420) & (HORIZON.local_minutes < 1260), 20 + HORIZON.local_minutes % 400 / 8, 0.0
)


def table() -> pd.DataFrame:
    start = pd.DatetimeIndex(pd.to_datetime(HORIZON.starts, unit="s", utc=True)).tz_convert(HORIZON.zone)
    return pd.DataFrame({"queue": "a", "start": start, "mean": VOLUME, "aht_s": 200.0})


def fewest_by_trying_all(curve: np.ndarray, wanted: float, floor: np.ndarray) -> int:
    best = 10**9
    for agents in product(*(range(least, curve.shape[1]) for least in floor)):
        if sum(curve[i, n] for i, n in enumerate(agents)) >= wanted - 1e-9:
            best = min(best, sum(agents))
    return best


@pytest.mark.parametrize("seed", range(12))
def test_the_cheapest_staffing_is_the_best_of_all_that_there_are(seed: int) -> None:
    """Also where the curves are not concave (Erlang C is 0 up to the load)."""
    rng = np.random.default_rng(seed)
    volume = rng.uniform(3, 25, 4)
    curve = service_curve(volume, volume / 6, 300, 20, None if seed % 2 else 90, 9)
    floor = rng.integers(0, 3, 4)
    target = float(rng.uniform(0.4, 0.9))
    wanted = target * volume.sum()
    if curve[:, -1].sum() < wanted:
        wanted, target = 0.8 * curve[:, -1].sum(), 0.8 * curve[:, -1].sum() / volume.sum()
    found = cheapest(curve, volume, np.zeros(4, dtype=np.int64), target, floor)
    right = fewest_by_trying_all(curve, wanted, floor)
    assert curve[np.arange(4), found.agents].sum() >= wanted * (1 - 1e-9)
    assert (found.agents >= floor).all()
    assert found.bound[0] <= right + 1e-9
    assert found.agents.sum() == right


@pytest.mark.parametrize("over", ["day", "period"])
@pytest.mark.parametrize("patience", [0, 150])
def test_a_daily_goal_is_reached_each_day_and_saves_hours(over: str, patience: float) -> None:
    queue = Queue(name="a", patience_s=patience, max_occupancy=1, unplanned_shrinkage=0)
    each = required_staff(table(), [queue], interval_minutes=30).table
    found = required_staff(table(), [queue], interval_minutes=30, target_over=over, least_level=0.6)
    staff = found.table["required"].to_numpy()
    level = service_level(staff, VOLUME * 200 / 1800, 200, 20, patience, "of_offered")
    served = np.where(VOLUME > 0, level * VOLUME, 0)
    groups = HORIZON.day_of if over == "day" else np.zeros(HORIZON.count, dtype=int)
    assert (np.bincount(groups, served) >= 0.8 * np.bincount(groups, VOLUME) * (1 - 1e-9)).all()
    assert (level[VOLUME > 0] >= 0.6 - 1e-12).all()
    assert found.saved_hours["a"] == (each["required"].sum() - staff.sum()) * 0.5 > 0
    assert level[VOLUME > 0].min() < 0.8  # intervals do differ


def test_other_goals_hold_in_every_interval_all_the_same() -> None:
    queue = Queue(name="a", max_occupancy=0.7, minimum_staff=2)
    staff = required_staff(table(), [queue], interval_minutes=30, target_over="day").table["required"].to_numpy()
    assert (staff[VOLUME > 0] * 0.7 >= VOLUME[VOLUME > 0] * 200 / 1800 * (1 - 1e-12)).all()
    assert (staff[VOLUME > 0] >= 2).all()


def test_unknown_spans_and_levels_are_refused() -> None:
    with pytest.raises(InputError, match="target_over: found 'week'"):
        required_staff(table(), [Queue(name="a")], interval_minutes=30, target_over="week")
    with pytest.raises(InputError, match=r"least_level: found 0\.9"):
        required_staff(table(), [Queue(name="a")], interval_minutes=30, target_over="day", least_level=0.9)
