"""A flexible agent counts once: staffing of shared skills, found by simulation."""

import numpy as np

from forecasts.erlang import required_servers
from forecasts.simulate import Floor, SharedNeed, required_shared

AHT = 180.0


def need(*loads: float) -> SharedNeed:
    """Queues of these loads in erlang at 80 % within 20 s, callers wait for ever."""
    size = len(loads)
    volume = np.array(loads) * 3600 / AHT
    return SharedNeed(volume, np.full(size, AHT), np.zeros(size), np.full(size, 0.8), np.full(size, 20.0))


def test_needs_of_five_and_three_pooled_take_seven():
    """docs/formulas.md: not 5, as a published package says, and not 8."""
    loads = (2.95, 1.35)
    assert [int(required_servers(load, AHT, 0.8, 20)) for load in loads] == [5, 3]
    pooled = required_shared(Floor(((0, 1),), 2), need(*loads))
    assert pooled.staff == (7,)
    assert int(required_servers(sum(loads), AHT, 0.8, 20)) == 7


def test_apart_each_queue_takes_what_erlang_says():
    apart = required_shared(Floor(((0,), (1,)), 2), need(2.7, 1.2))
    assert apart.staff == tuple(int(required_servers(load, AHT, 0.8, 20)) for load in (2.7, 1.2))


def test_a_dear_generalist_is_used_no_more_than_needed():
    floor = Floor(((0,), (1,), (0, 1)), 2, routing="most_specialised")
    mixed = required_shared(floor, need(2.95, 1.35), cost=(1.0, 1.0, 1.4))
    assert sum(mixed.staff) <= 8
    assert mixed.staff[2] <= 2
    assert all(level.mean >= 0.8 for level in mixed.service_level)


def test_where_flexible_agents_cost_little_more_fewer_of_them_are_found_though_no_single_trade_leads_there():
    floor = Floor(((0,), (1,), (0, 1)), 2, routing="most_specialised")
    mixed = required_shared(floor, need(2.95, 1.35), cost=(1.0, 1.0, 1.1))
    assert sum(mixed.staff) == 7
    assert np.dot(mixed.staff, (1.0, 1.0, 1.1)) <= 7.7
