"""Overload carried over: the steady state where there is one, else the forward equations, and the simulated floor."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import solve_ivp

from centre.errors import InputError
from centre.queues import Queue
from forecasts.erlang import (
    DEFINITIONS,
    abandonment,
    average_speed_of_answer,
    carried_over,
    modified_load,
    required_carried,
    required_servers,
    service_level,
)
from forecasts.simulate import Floor, draw_contacts, simulate
from forecasts.staffing import required_staff

STARTS = np.arange(96) * 900 + 1_700_000_000
STEEP = 10 + 80 * np.exp(-(((np.arange(96) / 96 - 0.3) / 0.05) ** 2))


@pytest.mark.parametrize(("n", "load", "patience"), [(23, 20.0, 0.0), (18, 20.0, 120.0), (5, 3.0, 60.0)])
def test_constant_load_becomes_the_stationary_formulas(n: int, load: float, patience: float) -> None:
    volume = np.full(96, load * 900 / 180)
    for definition in DEFINITIONS:
        short = 5.0 if "short" in definition else None
        late = carried_over(volume, 180, n, STARTS, 15, 20, patience, definition, short)
        expected = service_level(n, load, 180, 20, patience, definition, short)
        assert late.service_level[-1] == pytest.approx(expected, abs=1e-7)
    assert late.average_speed_of_answer[-1] == pytest.approx(average_speed_of_answer(n, load, 180, patience), rel=1e-6)
    assert late.abandonment[-1] == pytest.approx(abandonment(n, load, 180, patience), abs=1e-8)


def a_quarter(share: np.ndarray, away: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Chances of so many inside by the forward equations: their mean over a quarter of an hour, and at its end."""

    def slope(_: float, p: np.ndarray) -> np.ndarray:
        up, down = rate * p[:-1], away[1:] * p[1:]
        return np.append(down, 0) - np.append(0, down) + np.append(0, up) - np.append(up, 0)

    run = solve_ivp(slope, (0, 900), share, rtol=1e-10, atol=1e-13, t_eval=np.linspace(0, 900, 901))
    return np.trapezoid(run.y, run.t, axis=1) / 900, run.y[:, -1]


def test_it_solves_the_forward_equations_through_overload_and_back() -> None:
    volume, servers, aht, patience = np.array([40.0, 70.0, 20.0, 20.0]), np.array([12, 10, 10, 11]), 240.0, 500.0
    found = carried_over(volume, aht, servers, STARTS[:4], 15, 20, patience)
    inside, share, before = np.arange(200), np.eye(200)[0], 12
    for i in range(4):
        gone = np.maximum(0, np.minimum(inside, before) - servers[i])
        share = np.bincount(inside - gone, share, 200)
        busy = np.minimum(inside, servers[i])
        away, rate = busy / aht + (inside - busy) / patience, volume[i] / 900
        mean, share = a_quarter(share, away, rate)
        before = servers[i]
        assert found.busy[i] == pytest.approx(busy @ mean, rel=1e-4)
        assert found.left_waiting[i] == pytest.approx((inside - busy) @ share, rel=1e-6)


@pytest.mark.parametrize("patience", [0.0, 180.0])
def test_a_short_morning_is_predicted_as_it_is_lived(patience: float) -> None:
    """A fifth of the agents missing for an hour and a half, contacts of 15 minutes: the day's level within 1 %."""
    aht = 900.0
    load = modified_load(STEEP, aht, STARTS, 15)
    staff = np.asarray(required_servers(load, aht, 0.8, 20, patience, definition="of_offered")).copy()
    staff[26:32] = staff[26:32] * 4 // 5
    predicted = carried_over(STEEP, aht, staff, STARTS, 15, 20, patience).service_level
    stationary = np.asarray(service_level(staff, STEEP * aht / 900, aht, 20, patience, "of_offered"))
    rng, borders = np.random.default_rng(4), np.arange(97) * 900.0
    offered, met = np.zeros(96), np.zeros(96)
    for _ in range(300):
        contacts = draw_contacts(STEEP[None], borders, np.full((1, 96), aht), [patience], rng)
        day = simulate(Floor(((0,),), 1), staff[None], borders, contacts)
        place = (day.arrival // 900).astype(np.int64)
        offered += np.bincount(place, minlength=96)
        met += np.bincount(place[(day.outcome == 1) & (day.wait_s <= 20)], minlength=96)
    lived, weight = met / offered, offered / offered.sum()
    assert weight @ predicted == pytest.approx(weight @ lived, abs=0.01)
    assert weight @ np.abs(predicted - lived) < 0.02
    assert weight @ np.abs(stationary - lived) > 0.05


def test_one_place_is_voice_and_places_of_one_speed_are_that_many_servers() -> None:
    staff = np.array([3, 4, 2, 3])
    volume = np.array([20.0, 60.0, 30.0, 5.0])
    voice = carried_over(volume, 300.0, staff, STARTS[:4], 15, 20, 200.0)
    chat = carried_over(volume, np.full((4, 1), 300.0), staff, STARTS[:4], 15, 20, 200.0)
    assert all(np.array_equal(one, other) for one, other in zip(voice, chat, strict=True))
    steady = carried_over(volume, 300.0, 9, STARTS[:4], 15, 20, 200.0)
    three = carried_over(volume, np.full((4, 3), 300.0), 3, STARTS[:4], 15, 20, 200.0)
    assert three.service_level == pytest.approx(steady.service_level, rel=1e-12)


def test_agents_with_several_chats_follow_the_forward_equations_and_leave_with_those_in_hand() -> None:
    volume, servers, patience = np.array([50.0, 80.0, 15.0]), np.array([8, 6, 7]), 400.0
    handle = np.array([300.0, 420.0, 600.0])
    found = carried_over(volume, np.tile(handle, (3, 1)), servers, STARTS[:3], 15, 0, patience, "virtual")
    inside, share, before = np.arange(200), np.eye(200)[0], 8

    def spread(chats: int, agents: int) -> np.ndarray:
        """Chats of each agent, the fullest first: dealt out one by one."""
        in_hand = np.zeros(agents, int)
        for k in range(min(chats, 3 * agents)):
            in_hand[k % agents] += 1
        return in_hand

    for i in range(3):
        gone = np.array([spread(x, before)[servers[i] :].sum() for x in inside])
        share = np.bincount(inside - gone, share, 200)
        busy = np.minimum(inside, 3 * servers[i])
        finish = np.array([sum(k / handle[k - 1] for k in spread(x, servers[i]) if k) for x in inside])
        away, rate = finish + (inside - busy) / patience, volume[i] / 900
        mean, share = a_quarter(share, away, rate)
        before = servers[i]
        assert found.service_level[i] == pytest.approx(mean[inside < 3 * servers[i]].sum(), rel=1e-4)
        assert found.busy[i] == pytest.approx(busy @ mean, rel=1e-4)
        assert found.left_waiting[i] == pytest.approx((inside - busy) @ share, rel=1e-6)


def test_chats_left_waiting_by_a_short_hour_fall_on_the_hour_behind() -> None:
    """Staffed with what is carried every interval reaches the goal, and one agent fewer would not do."""
    start = pd.to_datetime(STARTS, unit="s", utc=True)
    table = pd.DataFrame({"queue": "chat", "start": start, "mean": STEEP, "aht_s": 600.0})
    handle = (360.0, 480.0, 600.0)
    queue = Queue(
        name="chat", channel="chat", aht_by_concurrency_s=handle, patience_s=1800, within_s=30, max_occupancy=0.9,
        definition="of_offered", unplanned_shrinkage=0,
    )  # fmt: skip
    staffing = required_staff(table, [queue], interval_minutes=15, carried=True)
    need = staffing.table["required"].to_numpy()
    rows = np.tile(handle, (96, 1))
    level = carried_over(STEEP, rows, need, STARTS, 15, 30, 1800.0).service_level
    assert np.all(level >= 0.8 - 1e-9)
    assert set(staffing.table["binding"]) == {"service_level", "occupancy"}
    short = need.copy()
    short[26:30] = short[26:30] * 2 // 3
    after = carried_over(STEEP, rows, short, STARTS, 15, 30, 1800.0)
    assert after.left_waiting[29] > 3
    assert after.service_level[30] < level[30] - 0.1
    bound = int(np.flatnonzero(staffing.table["binding"] == "service_level")[5])
    fewer = need.copy()
    fewer[bound] -= 1
    assert carried_over(STEEP, rows, fewer, STARTS, 15, 30, 1800.0).service_level[bound] < 0.8
    with pytest.raises(InputError, match="aht_s"):
        carried_over(STEEP, rows[:5], need, STARTS, 15, 30, 1800.0)


def test_required_agents_reach_the_goal_and_one_fewer_would_not() -> None:
    goals = {"target": 0.8, "within_s": 20, "patience_s": 240.0}
    staff, _ = required_carried(STEEP, [1.0], 420.0, STARTS, 15, **goals)
    level = carried_over(STEEP, 420.0, staff, STARTS, 15, 20, 240.0).service_level
    assert np.all(level >= 0.8 - 1e-9)
    for i in range(0, 96, 7):
        fewer = staff.copy()
        fewer[i] -= 1
        assert carried_over(STEEP, 420.0, fewer, STARTS, 15, 20, 240.0).service_level[i] < 0.8
    from_above, _ = required_carried(STEEP, [1.0], 420.0, STARTS, 15, **goals, guess=staff + 5)
    assert np.array_equal(staff, from_above)


def test_a_night_or_a_closed_interval_begins_afresh() -> None:
    volume, servers = np.array([90.0, 5.0, 5.0]), np.array([3, 3, 3])
    day = carried_over(volume, 240, servers, [0, 900, 1800], 15, 20)
    night = carried_over(volume, 240, servers, [0, 90_000, 90_900], 15, 20)
    closed = carried_over(np.array([90.0, 0.0, 5.0]), 240, servers, [0, 900, 1800], 15, 20, closed=[False, True, False])
    assert day.service_level[1] < 0.1 < 0.9 < night.service_level[1]
    assert closed.service_level[2] > 0.9
    with pytest.raises(InputError, match="start_s"):
        carried_over(volume, 240, servers, [0, 60, 120], 15, 20)


def test_voice_is_staffed_so_on_request_and_names_the_goal_that_binds() -> None:
    start = pd.to_datetime(STARTS, unit="s", utc=True)
    table = pd.DataFrame({"queue": "billing", "start": start, "mean": STEEP, "aht_s": 420.0})
    queue = Queue(name="billing", patience_s=240, aht_s=420, max_occupancy=0.85, unplanned_shrinkage=0.0)
    staffing = required_staff(table, [queue], interval_minutes=15, carried=True)
    need = staffing.table["required"].to_numpy()
    level = carried_over(STEEP, 420.0, need, STARTS, 15, 20, 240.0).service_level
    assert np.all(level >= 0.8 - 1e-9)
    assert set(staffing.table["binding"]) == {"service_level", "occupancy"}
