"""Edges in the load: looked up, required staff is what trying servers one after another finds."""

import numpy as np
import pytest

from forecasts.erlang import required_servers, service_level
from forecasts.erlang.arguments import DEFINITIONS
from forecasts.erlang.edges import MOST_SERVERS, WORTH_KEEPING, least_by_edges, place_of


def smallest(load: float, definition: str) -> int:
    """From no server upwards, in the goals of these tests."""
    servers = 0
    while service_level(servers, load, 240.0, 20.0, 180.0, definition, 5.0) < 0.8:
        servers += 1
    return servers


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_many_loads_at_once_need_what_each_needs_alone(definition: str) -> None:
    rng = np.random.default_rng(3)
    loads = np.concatenate([rng.uniform(0.01, 60.0, 2 * WORTH_KEEPING), 10 ** rng.uniform(-3, 2, WORTH_KEEPING)])
    found = required_servers(loads, 240.0, 0.8, 20.0, 180.0, definition=definition, short_abandon_s=5.0)
    together = np.asarray(found)
    for place in range(0, len(loads), 97):
        assert together[place] == smallest(float(loads[place]), definition)


def test_goals_that_change_from_row_to_row_are_kept_apart() -> None:
    rng = np.random.default_rng(4)
    size = 3 * WORTH_KEEPING
    loads, target = rng.uniform(1, 40, size), rng.choice([0.5, 0.8, 0.95], size)
    aht, patience = rng.choice([120.0, 300.0], size), rng.choice([60.0, 600.0], size)
    together = np.asarray(required_servers(loads, aht, target, 20.0, patience))
    few = [
        np.asarray(required_servers(loads[at], aht[at], target[at], 20.0, patience[at]))
        for at in np.array_split(np.arange(size), 10)
    ]
    assert np.array_equal(together, np.concatenate(few))


def test_goals_all_of_which_differ_and_crowds_past_the_table_are_searched_as_before() -> None:
    rng = np.random.default_rng(5)
    loads, aht = rng.uniform(1, 30, WORTH_KEEPING), rng.uniform(100, 400, WORTH_KEEPING)
    together = np.asarray(required_servers(loads, aht, 0.8, 20.0, 180.0))
    one_by_one = [required_servers(float(a), float(h), 0.8, 20.0, 180.0) for a, h in zip(loads, aht, strict=True)]
    assert together.tolist() == one_by_one
    crowds = np.full(WORTH_KEEPING, 1.5 * MOST_SERVERS)
    alone = required_servers(float(crowds[0]), 240.0, 0.8, 20.0, 180.0)
    assert set(np.asarray(required_servers(crowds, 240.0, 0.8, 20.0, 180.0)).tolist()) == {alone}


def test_a_load_within_an_edges_bracket_is_tried_itself() -> None:
    low, high = np.full(50, -1.0), np.empty(50)
    loads = np.linspace(8.9, 11.1, 4001)
    found = [least_by_edges(low, high, 12.0, float(load), 0.75, 1 / 12, 0, 0.0, 0.8) for load in loads]
    assert found == [
        required_servers(float(load), 240.0, 0.8, 20.0, 180.0, definition=DEFINITIONS[0]) for load in loads
    ]
    known = low >= 0
    assert np.all(high[known] - low[known] < 0.01)


def test_goals_that_take_anothers_place_find_no_edges_of_it() -> None:
    keys, counts, low = np.zeros((1, 4)), np.zeros(1), np.zeros((1, 8))
    for _ in range(6):
        place_of(keys, counts, low, 0.75, 0.1, 0.0, 0.8)
    low[0] = 3.0
    assert place_of(keys, counts, low, 0.75, 0.1, 0.0, 0.9) == 0
    assert counts[0] == 1.0
    assert np.all(low < 0)
