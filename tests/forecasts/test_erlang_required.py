"""Required agents are the fewest that reach every goal: proved by trying all smaller numbers with plain arithmetic."""

import math
from itertools import count

import numpy as np
import pytest

from centre.errors import InputError
from forecasts.erlang import (
    DEFINITIONS,
    GOALS,
    abandonment,
    average_speed_of_answer,
    gross_staff,
    occupancy,
    required_servers,
    required_with_binding,
    service_level,
)

RNG = np.random.default_rng(20240707)


def erlang_c_level(n: int, load: float, aht: float, within: float) -> float:
    """The textbook recursion, one server at a time."""
    if n <= load:
        return 0.0
    blocking = 1.0
    for k in range(1, n + 1):
        blocking = load * blocking / (k + load * blocking)
    waiting = blocking / (1 - load / n * (1 - blocking))
    return 1 - waiting * math.exp(-(n - load) * within / aht)


def test_erlang_c_needs_exactly_the_fewest_agents_that_reach_the_target() -> None:
    size = 400
    load, aht = 10 ** RNG.uniform(-2, 3, size), 10 ** RNG.uniform(1, 3.5, size)
    target, within = RNG.choice([0.05, 0.5, 0.8, 0.9, 0.999], size), RNG.choice([0.0, 10.0, 20.0, 300.0], size)
    found = required_servers(load, aht, target, within)
    for i in range(size):
        fewest = next(
            n for n in count(max(0, int(load[i]))) if erlang_c_level(n, load[i], aht[i], within[i]) >= target[i]
        )
        assert found[i] == fewest


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_erlang_a_needs_exactly_the_fewest_agents_that_reach_the_target(definition: str) -> None:
    size = 300
    load, aht = 10 ** RNG.uniform(-2, 2, size), 10 ** RNG.uniform(1, 3.5, size)
    target, within = RNG.choice([0.05, 0.5, 0.8, 0.9, 0.999], size), RNG.choice([0.0, 10.0, 20.0, 300.0], size)
    patience = aht * 10 ** RNG.uniform(-1.5, 1.5, size)
    found = required_servers(load, aht, target, within, patience, definition=definition, short_abandon_s=5)
    every = np.arange(found.max() + 1)[:, None]
    levels = service_level(every, load, aht, within, patience, definition, 5)
    assert (np.argmax(levels >= target, axis=0) == found).all()


def test_every_goal_holds_and_one_agent_fewer_breaks_the_binding_one() -> None:
    size = 500
    load, aht = 10 ** RNG.uniform(-1, 2.5, size), 10 ** RNG.uniform(1.5, 3, size)
    patience = aht * 10 ** RNG.uniform(-1, 1, size)
    goals = {"max_occupancy": 0.88, "max_asa_s": 15.0, "max_abandonment": 0.03, "minimum": 2}
    n, binding = required_with_binding(load, aht, 0.8, 20, patience, definition="of_offered", **goals)  # type: ignore[arg-type]

    def reached(servers: np.ndarray) -> dict[str, np.ndarray]:
        return {
            "service_level": service_level(servers, load, aht, 20, patience, "of_offered") >= 0.8,
            "asa": average_speed_of_answer(servers, load, aht, patience) <= 15,
            "abandonment": abandonment(servers, load, aht, patience) <= 0.03,
            "occupancy": load <= 0.88 * servers,
            "minimum": servers >= 2,
        }

    for name, holds in reached(n).items():
        assert holds.all(), name
    fewer = reached(n - 1)
    for i, goal in enumerate(binding):
        assert not fewer[GOALS[goal]][i]
    assert set(binding) == set(range(len(GOALS)))  # each binds somewhere


def test_the_occupancy_cap_is_not_fooled_by_floating_point() -> None:
    """14 / 0.7 is 20.000000000000004 to a computer."""
    assert required_servers(14, 180, 0, 20, max_occupancy=0.7) == 20
    assert required_servers([0.3, 2.1, 6.3], 180, 0, 20, max_occupancy=[0.1, 0.7, 0.9]).tolist() == [3, 3, 7]


def test_a_target_met_exactly_is_met() -> None:
    """One server, no waiting time allowed: the level is 1 - load, to the last digit or not."""
    loads = np.arange(1, 100) / 100
    assert (required_servers(loads, 180, 1 - loads, 0) == 1).all()


def test_what_is_known_beforehand() -> None:
    assert required_servers(0, 180, 0.8, 20) == 0
    assert required_servers(0, 180, 0.8, 20, minimum=3) == 3
    assert required_servers(0.2, 60, 0.8, 20) == 1
    assert required_servers(10, 180, 0, 20) == 0
    assert required_servers(10, 180, 0, 20, max_asa_s=1e9) == 11
    assert required_servers(10, 180, 0.8, 20, max_abandonment=0.001) == 14  # nobody gives up


def test_more_load_a_higher_target_or_less_time_never_need_fewer() -> None:
    loads = np.linspace(0.1, 300, 700)
    for patience in (None, 150.0):
        staff = required_servers(loads[:, None], 240, [0.5, 0.8, 0.95], 20, patience, definition="of_offered")
        assert (np.diff(staff, axis=0) >= 0).all()
        assert (np.diff(staff, axis=1) >= 0).all()
        assert (
            required_servers(loads, 240, 0.8, 10, patience) >= required_servers(loads, 240, 0.8, 30, patience)
        ).all()


def test_many_elements_at_once_equal_each_alone() -> None:
    """Large arrays are split over the cores, and each answer is the next one's first guess: neither may show."""
    load, patience = 10 ** RNG.uniform(-1, 2, 60_000), RNG.choice([0.0, 90.0], 60_000)
    together = required_servers(load, 200, 0.8, 20, patience)
    for i in range(0, load.size, 2003):
        assert together[i] == required_servers(load[i], 200, 0.8, 20, patience[i])


def test_thousands_of_agents() -> None:
    n = required_servers(5000, 300, 0.9, 10, [0, 120])
    assert (service_level(n, 5000, 300, 10, [0, 120]) >= 0.9).all()
    assert (service_level(n - 1, 5000, 300, 10, [0, 120]) < 0.9).all()
    assert occupancy(n[1], 5000, 300, 120) > 0.95


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("target", 1.0),
        ("target", 80),
        ("max_occupancy", 0),
        ("max_occupancy", 1.2),
        ("max_abandonment", 0),
        ("max_asa_s", -1),
        ("minimum", 1.5),
        ("load", math.nan),
    ],
)
def test_a_goal_that_cannot_be_reached_or_meant_is_refused(name: str, wrong: float) -> None:
    arguments: dict[str, float] = {"load": 10, "aht_s": 180, "target": 0.8, "within_s": 20}
    with pytest.raises(InputError, match=f"^{name}: found"):
        required_servers(**{**arguments, name: wrong})  # type: ignore[arg-type]


def test_gross_staff_divides_by_what_is_present_and_rounds_up_safely() -> None:
    assert gross_staff(14, 0.3) == 20  # 14 / 0.7 is 20.000000000000004 to a computer
    assert gross_staff([0, 1, 9, 63], [0.5, 0.08, 0.1, 0.1]).tolist() == [0, 2, 10, 70]
    every = np.arange(2000)
    assert (gross_staff(every, 0.2) == -(-every * 10 // 8)).all()
    with pytest.raises(InputError, match=r"^shrinkage: found 1"):
        gross_staff(5, 1)
