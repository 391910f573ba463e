"""A roster lived through: Erlang where it is exact, queues pooled by routing, who is missing, and closing time."""

from datetime import date

import numpy as np
import pytest

from centre.grid import Horizon
from centre.people import Agent
from centre.queues import Queue
from centre.requirement import Requirement
from centre.roster import Roster, Segment
from forecasts.erlang import service_level
from forecasts.simulate import SimulatedService, simulate_roster

AT = Horizon("Asia/Shanghai", 15, date(2026, 3, 2), 7)
OPEN = (AT.local_minutes >= 480) & (AT.local_minutes < 1200)


def need(**loads: float) -> Requirement:
    shape = (len(loads), AT.count)
    load = np.array(list(loads.values()))[:, None] * OPEN
    gross = np.ceil(load).astype(np.int64)
    curve = np.zeros((*shape, 1), np.float32)
    return Requirement(AT, tuple(loads), load * 900 / 180, np.full(shape, 180.0), gross, gross, curve)


def on(queue: str, count: int, first: int = 0, speed: float = 1.0, **others: float) -> tuple[dict, list]:
    agents, segments = {}, []
    for number in range(first, first + count):
        name = f"a{number}"
        skills = {queue: speed, **others}
        agents[name] = Agent(agent=name, name=name, team="t", contract="c", skills=skills)
        segments += [Segment(name, AT.at(day, 480), AT.at(day, 1200), "work", queue) for day in range(AT.days)]
    return agents, segments


def lived(parts: list[tuple[dict, list]], requirement: Requirement, queues: list[Queue], **options) -> SimulatedService:
    agents = {name: agent for people, _ in parts for name, agent in people.items()}
    roster = Roster.of([segment for _, segments in parts for segment in segments])
    return simulate_roster(roster, agents, {queue.name: queue for queue in queues}, requirement, **options)


def steady(found: SimulatedService, row: int = 0) -> tuple[float, float]:
    """Mean level of the hours after the first of each day, and how far chance may have moved it."""
    late = OPEN & (AT.local_minutes >= 600)
    return float(found.level[row][late].mean()), 4 * float(
        np.sqrt((found.half_width[row][late] ** 2).sum())
    ) / late.sum()


def test_one_queue_with_everybody_there_is_erlang():
    queue = Queue(name="billing", unplanned_shrinkage=0.0, patience_s=120)
    found = lived([on("billing", 12)], need(billing=10.0), [queue], runs=60)
    level, noise = steady(found)
    assert level == pytest.approx(service_level(12, 10.0, 180, 20, 120, "of_offered"), abs=max(noise, 0.004))
    assert np.isnan(found.level[0][~OPEN]).all()
    assert found.runs == 60


def test_a_slow_agent_and_a_missing_one_count_for_less():
    slow = lived([on("billing", 12, speed=0.8)], need(billing=8.0), [Queue(name="billing", unplanned_shrinkage=0.0)])
    level, noise = steady(slow)
    assert level == pytest.approx(service_level(12, 10.0, 225, 20), abs=max(noise, 0.006))
    missing = lived([on("billing", 12)], need(billing=8.0), [Queue(name="billing", unplanned_shrinkage=0.25)])
    level, noise = steady(missing)
    assert level == pytest.approx(service_level(9, 8.0, 180, 20), abs=max(noise, 0.03))


def test_routing_that_pools_gives_what_one_large_queue_gives():
    """Two queues of 5 erlangs with 6 agents each who can do both: with one queue's rules it is M/M/12 at 10 erlangs."""
    parts = [on("billing", 6, sales=1.0), on("sales", 6, first=6, billing=1.0)]
    queues = [Queue(name=name, unplanned_shrinkage=0.0) for name in ("billing", "sales")]
    apart = lived(parts, need(billing=5.0, sales=5.0), queues)
    pooled = lived(parts, need(billing=5.0, sales=5.0), queues, pooled=True)
    for row in (0, 1):
        level, noise = steady(apart, row)
        assert level == pytest.approx(service_level(6, 5.0, 180, 20), abs=max(noise, 0.02))
        level, noise = steady(pooled, row)
        assert level == pytest.approx(service_level(12, 10.0, 180, 20), abs=max(noise, 0.02))


def test_who_waits_at_closing_is_lost_and_nobody_waits_through_the_night():
    queue = Queue(name="billing", unplanned_shrinkage=0.0)
    found = lived([on("billing", 9)], need(billing=9.5), [queue])  # more work than people: the line grows all day
    mornings = OPEN & (AT.local_minutes < 495)
    assert found.level[0][mornings].min() > 0.5
    assert found.level[0][OPEN & (AT.local_minutes > 900)].max() < 0.3


def test_work_without_callers_is_left_out_and_the_same_seed_gives_the_same():
    queues = [Queue(name="billing"), Queue(name="mail", channel="deferred", deadline_minutes=600)]
    parts = [on("billing", 7), on("mail", 2, first=7)]
    first, again = (lived(parts, need(billing=5.0, mail=1.0), queues, seed=3) for _ in range(2))
    assert np.isnan(first.queue_level[1])
    assert first.queue_level[0] == again.queue_level[0]
    assert 0 < first.queue_half_width[0] < 0.06
