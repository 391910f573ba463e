"""What-if: scenarios staffed by the engine's own functions, and the arithmetic of comparing them."""

import pandas as pd
import pytest

from centre.queues import Queue
from desk.what_if import Scenario, compared, summed
from forecasts.erlang import required_servers

QUEUE = Queue(name="billing", max_occupancy=1.0, unplanned_shrinkage=0.1, definition="virtual")


def forecast(contacts: float = 60.0, days: int = 1) -> pd.DataFrame:
    """So many contacts of 240 s in every half hour from 09:00 to 12:00."""
    starts = [
        start
        for day in pd.date_range("2026-03-02", periods=days, tz="Asia/Shanghai")
        for start in pd.date_range(day + pd.Timedelta(hours=9), periods=6, freq="30min")
    ]
    counts = dict.fromkeys(("mean", "q10", "q50", "q90"), contacts)
    return pd.DataFrame({"queue": "billing", "start": starts, **counts, "aht_s": 240.0})


def hours(*scenarios: Scenario) -> list[float]:
    return list(compared(forecast(), [QUEUE], scenarios, 30)["required_hours"])


@pytest.mark.parametrize(
    ("scenario", "load", "aht_s", "target", "within_s"),
    [
        (Scenario("as it is"), 8.0, 240.0, 0.8, 20.0),
        (Scenario("stricter", target=0.9, within_s=10), 8.0, 240.0, 0.9, 10.0),
        (Scenario("more", volume=1.5), 12.0, 240.0, 0.8, 20.0),
        (Scenario("longer", handle_time=1.5), 12.0, 360.0, 0.8, 20.0),
    ],
)
def test_a_scenario_changes_goal_volume_and_handle_time(
    scenario: Scenario, load: float, aht_s: float, target: float, within_s: float
) -> None:
    """60 contacts of 240 s in 1800 s are 8 erlangs; six intervals of half an hour are three hours."""
    agents = int(required_servers(load, aht_s, target, within_s))
    assert hours(scenario) == [3.0 * agents]


def test_impatient_callers_take_fewer_agents_and_absent_agents_more_to_roster() -> None:
    assert hours(Scenario("impatient", patience_s=60))[0] < hours(Scenario("as it is"))[0]
    table = compared(forecast(), [QUEUE], [Scenario("a"), Scenario("b", unplanned_shrinkage=0.3)], 30)
    assert table["required_hours"].nunique() == 1
    assert table["gross_hours"].is_monotonic_increasing
    assert table["gross_hours"].nunique() == 2


def test_the_service_level_shown_reaches_the_goal_that_was_staffed_for() -> None:
    table = compared(forecast(), [QUEUE], [Scenario("80/20"), Scenario("95/20", target=0.95)], 30)
    assert table["service_level"][0] >= 0.8
    assert 0.95 <= table["service_level"][1] <= 1.0


def test_a_goal_over_the_day_never_takes_more_than_one_in_every_interval() -> None:
    table = compared(forecast(7.0, days=2), [QUEUE], [Scenario("each"), Scenario("day", over="day")], 30)
    assert table["required_hours"][1] <= table["required_hours"][0]


def test_sums_stand_against_the_first_scenario() -> None:
    table = compared(forecast(), [QUEUE], [Scenario("z"), Scenario("a", volume=2.0)], 30)
    total = summed(table)
    assert list(total.index) == ["z", "a"]
    assert total.loc["z", "against_first"] == 1.0
    assert 1.0 < float(total["against_first"].iloc[1]) < 2.0  # large queues are cheaper
    assert total.loc["a", "contacts"] == 2 * 360
