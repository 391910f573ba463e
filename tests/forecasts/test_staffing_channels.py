"""Chat, deferred work and outbound: each against a slower and plainer account of the same work."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from benchmarks.chat_lag import followed
from centre.queues import Queue
from forecasts.channels import CHANNELS, Demand
from forecasts.channels.deferred import bounds, follow
from forecasts.channels.even import evenly
from forecasts.erlang import required_servers, service_level

BY_NAME = {channel.name: channel for channel in CHANNELS}


def demand(volume: np.ndarray, aht_s: float = 300.0, open_: np.ndarray | None = None, minutes: int = 15) -> Demand:
    everywhere = np.full(volume.size, True) if open_ is None else open_
    aht = np.full(volume.size, aht_s)
    return Demand(volume[None, :], np.ones(1), aht, everywhere, minutes, np.zeros(volume.size))


def test_every_channel_of_queues_toml_has_its_staffing() -> None:
    assert sorted(BY_NAME) == ["chat", "deferred", "outbound", "voice"]


@pytest.mark.parametrize("patience", [0, 150])
def test_chat_with_one_contact_at_a_time_is_erlang(patience: float) -> None:
    volume = np.linspace(0, 60, 40)
    queue = Queue(
        name="chat", channel="chat", patience_s=patience, max_asa_s=12, max_abandonment=0.03, definition="of_offered"
    )
    found = BY_NAME["chat"].need(demand(volume), queue).required
    right = required_servers(volume / 3, 300, 0.8, 20, patience, 0.9, 12, 0.03, "of_offered")
    assert found.tolist() == right.tolist()


def test_chat_with_one_contact_at_a_time_follows_its_arrivals_as_voice_does() -> None:
    volume = np.array([5.0, 5.0, 60.0, 60.0, 60.0, 5.0, 0.0, 0.0])
    lagged = replace(demand(volume, aht_s=900.0), starts=np.arange(8) * 900)
    queue = {name: Queue(name=name, channel=name, patience_s=150, max_occupancy=1) for name in ("voice", "chat")}
    needs = {name: BY_NAME[name].need(lagged, queue[name]).required for name in ("voice", "chat")}
    assert needs["chat"].tolist() == needs["voice"].tolist()
    still = BY_NAME["chat"].need(demand(volume, aht_s=900.0), queue["chat"]).required
    assert needs["chat"][2] < still[2]  # the rush has not filled the agents yet
    assert needs["chat"][5] > still[5]  # and is not over when no more come


def test_staffed_on_the_lagged_load_chats_are_served_as_the_chain_followed_through_the_day_says() -> None:
    """Kolmogorov's equations in steps of a second, on a day that rises fourfold within an hour."""
    volume = 10 + 40 * np.exp(-(((np.arange(24) - 8.0) / 3.0) ** 2))
    handle = np.array([300.0, 450.0, 600.0])
    queue = Queue(
        name="chat", channel="chat", aht_by_concurrency_s=tuple(handle), patience_s=180, within_s=0, max_occupancy=1,
        definition="virtual", unplanned_shrinkage=0,
    )  # fmt: skip
    errors = []
    for known in (demand(volume, aht_s=600.0), replace(demand(volume, aht_s=600.0), starts=np.arange(24) * 900)):
        agents = BY_NAME["chat"].need(known, queue).required
        said = BY_NAME["chat"].curve(known, queue, int(agents.max()))[np.arange(24), agents] / volume
        errors.append(float(volume @ np.abs(followed(volume, agents, handle) - said) / volume.sum()))
    stationary, lagged = errors
    assert lagged < 0.03
    assert stationary > 2 * lagged


def test_chat_without_handle_times_by_level_is_the_crude_divisor() -> None:
    """n agents with three chats each are 3 n servers."""
    volume = np.linspace(1, 60, 30)
    queue = Queue(name="chat", channel="chat", concurrency=3, max_occupancy=1)
    found = BY_NAME["chat"].need(demand(volume), queue).required
    servers = required_servers(volume / 3, 300, 0.8, 20)
    assert found.tolist() == (-(-servers // 3)).tolist()


def two_agents_exactly(arrivals: float, handle: tuple[float, float], within: float, waiting: int = 400) -> float:
    """P(wait <= within) of two agents with up to two chats each: every state of both agents, new chats to the freer."""
    states = [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1)]
    number = {state: i for i, state in enumerate(states)}
    size = len(states) + waiting  # then (2, 2) with 0, 1, ... waiting
    rate = np.zeros((size, size))
    speed = {0: 0.0, 1: 1 / handle[0], 2: 2 / handle[1]}

    def at(a: int, b: int) -> int:
        a, b = max(a, b), min(a, b)
        return len(states) if (a, b) == (2, 2) else number[a, b]

    for a, b in states:
        here = at(a, b)
        rate[here, at(a, b + 1)] += arrivals
        if a:
            rate[here, at(a - 1, b)] += speed[a]
        if b:
            rate[here, at(a, b - 1)] += speed[b]
    full = len(states)
    rate[full, at(2, 1)] += 2 * speed[2]
    for i in range(full, size - 1):
        rate[i, i + 1] += arrivals
        rate[i + 1, i] += 2 * speed[2]
    np.fill_diagonal(rate, -rate.sum(axis=1))
    balance = np.vstack([rate.T[:-1], np.ones(size)])
    p = np.linalg.solve(balance, np.append(np.zeros(size - 1), 1.0))
    late, poisson, term = 0.0, 0.0, np.exp(-2 * speed[2] * within)
    for i in range(waiting):
        poisson += term
        term *= 2 * speed[2] * within / (i + 1)
        late += p[full + i] * poisson
    return float(1 - late)


@pytest.mark.parametrize("handle", [(300.0, 300.0), (300.0, 380.0), (300.0, 500.0)])
def test_chat_with_two_levels_is_close_to_the_chain_of_both_agents(handle: tuple[float, float]) -> None:
    """Taking the agents as evenly loaded costs less than a point of service level."""
    volume = np.array([2.0, 6.0, 9.0])
    queue = Queue(name="chat", channel="chat", aht_by_concurrency_s=handle, unplanned_shrinkage=0)
    curve = BY_NAME["chat"].curve(demand(volume, minutes=30), queue, 2)
    for i, contacts in enumerate(volume):
        right = two_agents_exactly(contacts / 1800, handle, 20)
        assert curve[i, 2] / contacts == pytest.approx(right, abs=0.01 if handle[1] > handle[0] else 1e-9)


def test_chat_slower_at_each_level_needs_more_agents_than_the_divisor_says() -> None:
    volume = np.linspace(5, 80, 20)
    flattered = BY_NAME["chat"].need(demand(volume), Queue(name="c", channel="chat", concurrency=2)).required
    levels = Queue(name="c", channel="chat", aht_by_concurrency_s=(300, 450))
    one = BY_NAME["chat"].need(demand(volume), Queue(name="c", channel="chat")).required
    found = BY_NAME["chat"].need(demand(volume), levels).required
    assert (found >= flattered).all()
    assert (found <= one).all()
    assert found.sum() > flattered.sum()


def test_outbound_is_workload_over_occupancy() -> None:
    queue = Queue(name="out", channel="outbound", max_occupancy=0.7, unplanned_shrinkage=0.1)
    volume = np.array([0.0, 1.0, 42.0, 100.0])  # 42 contacts of 300 s in 15 minutes are 14 agents' time
    found = BY_NAME["outbound"].need(demand(volume), queue)
    assert found.required.tolist() == [0, 1, 20, 48]
    assert found.binding.tolist() == ["", "occupancy", "occupancy", "occupancy"]
    curve = BY_NAME["outbound"].curve(demand(volume), queue, 60)
    assert curve[2, 10] == pytest.approx(10 * 0.9 * 0.7 * 900 / 300)
    assert curve[:, 60].tolist() == volume.tolist()


def office_hours(days: int) -> np.ndarray:
    hour = np.arange(days * 96) % 96 / 4
    return (hour >= 8) & (hour < 20)


def test_deferred_work_is_all_done_by_its_deadline_and_nothing_before_it_came() -> None:
    """Followed contact by contact, first come first served, in whole agents."""
    rng = np.random.default_rng(3)
    open_ = office_hours(3)
    volume = rng.gamma(2, 2, open_.size)
    queue = Queue(name="mail", channel="deferred", deadline_minutes=16 * 60, max_occupancy=0.85)
    agents = BY_NAME["deferred"].need(demand(volume, open_=open_), queue).required
    assert (agents[~open_] == 0).all()
    backlog: list[list[float]] = []
    for t in range(open_.size):
        backlog.append([t, volume[t] * 300])
        room = agents[t] * 900 * 0.85
        while backlog and room > 1e-6:
            done = min(room, backlog[0][1])
            room -= done
            backlog[0][1] -= done
            if backlog[0][1] <= 1e-6:
                backlog.pop(0)
        if open_[t] and backlog:
            assert t < backlog[0][0] + 64  # 16 hours, the interval of arrival included
    assert sum(seconds for came, seconds in backlog if came < 2 * 96 + 80) <= 1e-3


def test_deferred_work_is_spread_thin() -> None:
    """A burst with four hours' time needs no more agents at once than its mean over these hours, rounded up."""
    volume = np.zeros(96)
    volume[36] = 160.0  # of 300 s: 16 intervals of 900 s x 0.9 hold 2.7 contacts an agent each
    queue = Queue(name="mail", channel="deferred", deadline_minutes=240, max_occupancy=0.9)
    agents = BY_NAME["deferred"].need(demand(volume), queue).required
    assert agents.max() == 4
    assert agents.sum() == np.ceil(160 / 2.7)
    assert (agents[:36] == 0).all()
    assert (agents[52:] == 0).all()


def test_little_work_is_collected_until_it_fills_an_agent() -> None:
    volume = np.full(96, 0.3)
    queue = Queue(name="mail", channel="deferred", deadline_minutes=240, max_occupancy=1.0)
    agents = BY_NAME["deferred"].need(demand(volume), queue).required
    assert agents.max() == 1
    assert agents.sum() <= np.ceil(volume.sum() * 300 / 900) + 1


def test_deferred_work_goes_into_the_valleys_of_those_who_share_its_agents() -> None:
    volume = np.full(96, 2.0)
    voice = np.tile([8.0, 8.0, 3.0, 3.0], 24)
    alone = demand(volume)
    beside = Demand(alone.volumes, alone.weights, alone.aht_s, alone.open, 15, voice)
    queue = Queue(name="mail", channel="deferred", deadline_minutes=120, max_occupancy=1.0)
    together = BY_NAME["deferred"].need(beside, queue).required + voice
    apart = BY_NAME["deferred"].need(alone, queue).required + voice
    assert together.max() == 8
    assert apart.max() > 8
    assert together.sum() == pytest.approx(apart.sum(), abs=1)


def test_the_even_plan_has_the_smallest_squares_of_all_plans_within_the_bounds() -> None:
    rng = np.random.default_rng(4)
    for _ in range(25):
        size = int(rng.integers(2, 8))
        upper = np.cumsum(rng.gamma(1, 1, size))
        lower = np.minimum(upper, np.cumsum(rng.gamma(1, 0.8, size)) * rng.random())
        lower[-1] = upper[-1]
        base = rng.gamma(1, 1, size) * rng.choice([0, 1, 2])
        found = np.diff(evenly(lower, upper, base), prepend=0)
        sums = np.tril(np.ones((size, size)))
        assert (sums @ found <= upper + 1e-9).all()
        assert (sums @ found >= lower - 1e-9).all()
        assert (found >= -1e-12).all()
        best = minimize(
            lambda x, b=base: ((b + x) ** 2).sum(),
            np.full(size, upper[-1] / size),
            bounds=[(0, None)] * size,
            constraints=[
                {"type": "ineq", "fun": lambda x, s=sums, low=lower: s @ x - low},
                {"type": "ineq", "fun": lambda x, s=sums, up=upper: up - s @ x},
            ],
            method="SLSQP",
            options={"ftol": 1e-13, "maxiter": 500},
        )
        if best.success:
            assert ((base + found) ** 2).sum() <= best.fun + 1e-5


def test_work_that_comes_in_while_closed_waits_for_the_doors_to_open() -> None:
    open_ = np.array([False, False, True, True, False, True])
    available, due = bounds(np.array([1.0, 1.0, 1.0, 1.0, 1.0, 1.0]), open_, 2)
    assert available.tolist() == [0, 0, 3, 4, 4, 6]
    assert due.tolist() == [0, 0, 2, 4, 4, 6]
    agents, work = follow(due, due, available, 1.0, open_)
    assert agents.tolist() == [0, 0, 2, 2, 0, 2]
    assert work.sum() == 6


def test_scenarios_are_averaged_over_the_contacts_they_bring() -> None:
    volumes = np.array([[20.0], [60.0]])
    both = Demand(volumes, np.array([0.5, 0.5]), np.array([300.0]), np.array([True]), 15, np.zeros(1))
    for name in ("voice", "chat"):
        queue = Queue(name="q", channel=name, unplanned_shrinkage=0, max_occupancy=1)  # type: ignore[arg-type]
        curve = BY_NAME[name].curve(both, queue, 40)
        levels = service_level(np.arange(41)[:, None], volumes[:, 0] / 3, 300, 20)
        assert curve[0] == pytest.approx(levels @ volumes[:, 0] / 2, rel=1e-9)
        n = BY_NAME[name].need(both, queue).required[0]
        assert curve[0, n] >= 0.8 * 40 > curve[0, n - 1]
