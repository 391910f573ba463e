"""The modified offered load solves its equation, and staffing on it keeps its promise where the other fails."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from centre.errors import InputError
from forecasts.erlang import modified_load, required_servers, service_level
from forecasts.simulate import Floor, draw_contacts, simulate

STARTS = np.arange(24) * 900 + 1_700_000_000


def test_it_solves_its_equation() -> None:
    """m' = rate - m / AHT, integrated numerically with the rate constant in each interval."""
    volume = np.random.default_rng(2).gamma(3, 10, 24)
    integral = [0.0]
    busy = 0.0
    for contacts in volume:
        run = solve_ivp(
            lambda _, m, rate=contacts / 900: [rate - m[0] / 500, m[0]], (0, 900), [busy, 0.0], rtol=1e-11, atol=1e-11
        )
        busy = float(run.y[0, -1])
        integral.append(float(run.y[1, -1]))
    assert modified_load(volume, 500, STARTS, 15) == pytest.approx(np.array(integral[1:]) / 900, rel=1e-8)


def test_constant_arrivals_become_the_stationary_load() -> None:
    load = modified_load(np.full(24, 30.0), 300, STARTS, 15)
    assert load[-1] == pytest.approx(10, rel=1e-9)
    assert (np.diff(load) >= 0).all()
    assert modified_load(np.full((2, 24), [[30.0], [60.0]]), 300, STARTS, 15)[1] == pytest.approx(2 * load)


def test_no_work_is_lost_and_a_night_empties_the_floor() -> None:
    volume = np.append(np.random.default_rng(3).gamma(3, 10, 20), np.zeros(40))
    aht = np.full(60, 700.0)
    load = modified_load(volume, aht, np.arange(60) * 900, 15)
    assert load.sum() * 900 == pytest.approx((volume * 700).sum(), rel=1e-9)
    starts = np.concatenate([np.arange(20) * 900, np.arange(4) * 900 + 86400])
    morning = modified_load(np.append(volume[:20], volume[:4]), 700, starts, 15)
    assert morning[20:] == pytest.approx(load[:4], rel=1e-9)


def test_a_steep_day_is_served_as_promised_only_with_the_lag() -> None:
    """Calls of 15 minutes, a morning that fills in an hour: simulated, contact by contact."""
    place = (np.arange(56) + 0.5) / 56
    volume = 10 + 80 * np.exp(-(((place - 0.25) / 0.06) ** 2))
    borders = np.arange(57) * 900.0
    error = {}
    for name, load in {"modified": modified_load(volume, 900, borders[:-1], 15), "stationary": volume}.items():
        staff = required_servers(load, 900, 0.8, 20, 180, definition="of_offered")
        promised = service_level(staff, load, 900, 20, 180, "of_offered")
        offered, met = np.zeros(56), np.zeros(56)
        rng = np.random.default_rng(7)
        for _ in range(60):
            contacts = draw_contacts(volume[None], borders, np.full((1, 56), 900.0), [180.0], rng)
            day = simulate(Floor(((0,),), 1), staff[None], borders, contacts)
            interval = np.minimum((day.arrival // 900).astype(int), 55)
            offered += np.bincount(interval, minlength=56)
            met += np.bincount(interval[(day.outcome == 1) & (day.wait_s <= 20)], minlength=56)
        error[name] = float((offered * np.abs(met / offered - promised)).sum() / offered.sum())
    assert error["modified"] < 0.05
    assert error["stationary"] > 2 * error["modified"]


def test_starts_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="start_s: found 24 starts"):
        modified_load(np.ones(23), 300, STARTS, 15)
    with pytest.raises(InputError, match="rise by at least 30 minutes"):
        modified_load(np.ones(24), 300, STARTS, 30)
