"""What the history teaches of patience, shrinkage and the formulas' error is what the history was made with."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from centre.grid import Horizon
from centre.queues import Queue
from forecasts.calibration import calibrate, calibrated, figures_used
from forecasts.history import prepare
from forecasts.regret import Came, serve
from forecasts.shrinkage import Attended, from_attendance

FIRST = date(2025, 1, 6)
ZONE = "Asia/Shanghai"
DAYS = 84
PATIENCE_S = 150.0
QUEUE = Queue(name="a", within_s=20)


@pytest.fixture(scope="module")
def floor():
    """Twelve weeks of hours on a simulated floor of ten agents: callers wait 150 s on average before they give up."""
    grid = Horizon(ZONE, 60, FIRST, DAYS)
    rng = np.random.default_rng(7)
    rate = 110 * (1 + 0.3 * np.sin(np.arange(grid.count) * 2 * np.pi / 24))
    every = np.ones(grid.count, dtype=bool)
    came = Came(grid, rng.poisson(rate).astype(float), np.full(grid.count, 270.0), every, every)
    staff = np.full(grid.count, 10)
    run = serve(came, staff, QUEUE.model_copy(update={"patience_s": PATIENCE_S}), 1, 3)
    waited = run.wait_s + waits_of_those_who_left(came, staff)
    return pd.DataFrame(
        {
            "queue": "a",
            "start": pd.date_range(FIRST.isoformat(), periods=grid.count, freq="h", tz=ZONE),
            "offered": run.offered[0],
            "answered": run.answered[0],
            "abandoned": run.abandoned[0],
            "answered_within": run.within[0],
            "aht_s": 270.0,
            "wait_s": waited[0],
            "agents": 10.0,
            "rostered": 12.5,
        }
    )


def waits_of_those_who_left(came, staff):
    """Total wait of the abandoned: `serve` sums that of the answered only."""
    from forecasts.simulate import Floor, simulate
    from forecasts.simulate.kernel import ABANDONED

    contacts = came.draw(PATIENCE_S, np.random.default_rng([3, 0]))
    run = simulate(Floor(skills=((0,),), queues=1), staff[None, :], came.borders, contacts)
    gone = run.outcome == ABANDONED
    return np.bincount((run.arrival[gone] // 3600).astype(int), run.wait_s[gone], came.grid.count)


def found(frame, queue=QUEUE, rostered=None):
    record = prepare(frame, zone=ZONE, grid_minutes=60).records["a"]
    return calibrate(record, queue, rostered)


def test_patience_is_the_one_that_callers_had(floor):
    patience = found(floor).patience_s
    assert patience.value == pytest.approx(PATIENCE_S, rel=0.05)
    assert patience.low < PATIENCE_S < patience.high


def test_the_formulas_say_what_the_floor_did_when_its_agents_are_told(floor):
    calibration = found(floor)
    assert calibration.level_error.value == pytest.approx(0.0, abs=0.02)
    assert calibration.agent_worth.value == pytest.approx(1.0, abs=0.03)


def test_agents_who_are_counted_but_not_there_are_worth_less(floor):
    """Twelve counted where ten served: each is worth 10 / 12."""
    calibration = found(floor.assign(agents=12.0))
    assert calibration.level_error.value < -0.05
    assert calibration.agent_worth.value == pytest.approx(10 / 12, abs=0.03)
    assert calibration.agent_worth.high < 1.0


def test_shrinkage_is_what_was_rostered_and_not_there(floor):
    assert found(floor).unplanned_shrinkage.value == pytest.approx(0.2)
    from_published = np.full((DAYS, 24), 11.0)
    without = floor.drop(columns="rostered")
    assert found(without, rostered=from_published).unplanned_shrinkage.value == pytest.approx(1 - 10 / 11)
    assert not found(without).unplanned_shrinkage.known


def test_where_the_history_counts_no_agents_the_floors_attendance_tells_the_shrinkage(floor):
    attended = Attended(np.array([200.0, 300.0, 0.0, 300.0]), np.array([180.0, 255.0, 0.0, 285.0]))

    def shrinkage(frame):
        record = prepare(frame, zone=ZONE, grid_minutes=60).records["a"]
        return calibrate(record, QUEUE, None, attended).unplanned_shrinkage

    told = shrinkage(floor.drop(columns=["agents", "rostered"]))
    assert told.value == pytest.approx(0.1)
    assert told.low < 0.1 < told.high
    assert "800 hours on duty" in told.rests_on
    assert shrinkage(floor[["queue", "start", "offered"]]).value == pytest.approx(0.1)
    assert shrinkage(floor).value == pytest.approx(0.2)  # the history's own count goes first


def test_a_few_hours_of_attendance_tell_nothing():
    assert not from_attendance(Attended(np.array([30.0]), np.array([20.0]))).known


def test_the_planners_own_figures_are_never_replaced(floor):
    own = Queue(name="a", within_s=20, patience_s=60, unplanned_shrinkage=0.05, agent_worth=0.9)
    used = figures_used(own, found(floor, own))
    assert {name: figure.source for name, figure in used.items()} == {
        "patience_s": "queues.toml",
        "unplanned_shrinkage": "queues.toml",
        "agent_worth": "queues.toml",
        "aht_s": "history",
    }
    assert used["patience_s"].value == 60
    assert used["patience_s"].estimate.value == pytest.approx(PATIENCE_S, rel=0.05)


def test_what_the_history_tells_goes_into_the_staffing(floor):
    queue = calibrated(QUEUE, found(floor.assign(agents=12.0, rostered=15.0)))
    assert queue.patience_s == pytest.approx(PATIENCE_S, rel=0.05)
    # A fifth of the rostered is not there, and those who are count for 10 / 12.
    assert queue.unplanned_shrinkage == pytest.approx(1 - 0.8 * 10 / 12, abs=0.03)


def test_an_error_no_larger_than_chance_is_not_fed_back(floor):
    assert figures_used(QUEUE, found(floor))["agent_worth"].value == 1.0


def test_a_history_of_contacts_only_leaves_the_defaults(floor):
    calibration = found(floor[["queue", "start", "offered"]])
    assert calibrated(QUEUE, calibration).model_dump() == QUEUE.model_dump()
    assert {figure.source for figure in figures_used(QUEUE, calibration).values()} == {"default"}
    assert "abandoned" in calibration.patience_s.rests_on


def test_few_abandons_tell_nothing(floor):
    few = floor.assign(abandoned=np.where(np.arange(len(floor)) < 20, 1.0, 0.0))
    assert not found(few).patience_s.known
