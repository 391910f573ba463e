"""The simulated floor agrees with queueing theory where theory is exact, and keeps its own rules where it is not."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import poisson

from centre.errors import InputError
from forecasts.simulate import (
    Contacts,
    DayRun,
    Floor,
    Futures,
    Measured,
    draw_contacts,
    replicate,
    simulate,
    simulate_futures,
)
from forecasts.simulate.kernel import ABANDONED, ANSWERED, LEFT_WAITING
from forecasts.simulate.measures import abandonment, service_level, speed_of_answer

BORDERS = np.arange(0, 121) * 1800.0
WARM = BORDERS[8]


def erlang_c(n: int, load: float) -> float:
    """Probability of waiting from the textbook sums, written apart from the engine's."""
    terms = poisson.pmf(np.arange(n), load).sum()
    last = poisson.pmf(n, load) * n / (n - load)
    return float(last / (terms + last))


def one_queue(n: int, volume: float, aht_s: float, patience_s: float = 0.0):
    def day(rng: np.random.Generator) -> DayRun:
        shape = (1, BORDERS.size - 1)
        contacts = draw_contacts(np.full(shape, volume), BORDERS, np.full(shape, aht_s), [patience_s], rng)
        return simulate(Floor(((0,),), 1), np.full(shape, n), BORDERS, contacts).since(WARM)

    return day


def wide(measured: Measured) -> Measured:
    """A 99.9 % interval from the 95 % one: a test that runs for years must not cry wolf."""
    return Measured(measured.mean, measured.half_width * 1.9)


def test_waiting_and_speed_of_answer_are_erlang_c():
    n, load, aht = 23, 20.0, 180.0
    days = replicate(one_queue(n, load * 1800 / aht, aht), 40, seed=7)
    wait = erlang_c(n, load)
    level = 1 - wait * np.exp(-(n - load) * 20 / aht)
    assert wide(Measured.of([service_level(day, np.array([20.0])) for day in days])).covers(level)
    assert wide(Measured.of([speed_of_answer(day) for day in days])).covers(wait * aht / (n - load))


def test_abandonment_is_erlang_a():
    """Oracle: the balance equations of M/M/n+M, solved as they stand: abandoned = theta x mean queue / lambda."""
    n, load, aht, patience = 18, 20.0, 180.0, 120.0
    rate, service, giving_up = load / aht, 1 / aht, 1 / patience
    states = np.arange(400)
    death = np.minimum(states[1:], n) * service + np.maximum(states[1:] - n, 0) * giving_up
    log_weight = np.concatenate([[0.0], np.cumsum(np.log(rate) - np.log(death))])
    share = np.exp(log_weight - log_weight.max())
    share /= share.sum()
    expected = float(giving_up * np.sum(np.maximum(states - n, 0) * share) / rate)
    days = replicate(one_queue(n, load * 1800 / aht, aht, patience), 40, seed=3)
    assert wide(Measured.of([abandonment(day) for day in days])).covers(expected)


def test_nobody_waiting_means_erlang_b():
    """With no patience at all a contact that finds nobody idle is lost: blocking B(n, a)."""
    n, load, aht = 12, 10.0, 120.0

    def day(rng: np.random.Generator) -> DayRun:
        shape = (1, BORDERS.size - 1)
        drawn = draw_contacts(np.full(shape, load * 1800 / aht), BORDERS, np.full(shape, aht), [0], rng)
        contacts = Contacts.of(drawn.arrival, drawn.queue, drawn.handle_s, np.zeros(drawn.arrival.size))
        return simulate(Floor(((0,),), 1), np.full(shape, n), BORDERS, contacts).since(WARM)

    blocked = poisson.pmf(n, load) / poisson.cdf(n, load)
    assert wide(Measured.of([abandonment(day) for day in replicate(day, 40, seed=5)])).covers(float(blocked))


def hand_made(*rows: tuple[float, int, float], patience: float = np.inf) -> Contacts:
    table = np.array(rows)
    return Contacts.of(table[:, 0], table[:, 1].astype(np.int64), table[:, 2], np.full(len(rows), patience))


def test_priority_goes_first_and_the_longest_wait_within_it():
    contacts = hand_made((0, 0, 100), (10, 1, 50), (20, 0, 50), (30, 0, 50))
    day = simulate(Floor(((0, 1),), 2, priority=(1, 2)), np.array([[1]]), np.array([0.0, 1000.0]), contacts)
    assert day.began.tolist() == [0, 200, 100, 150]


def test_the_most_specialised_group_answers_first():
    contacts = hand_made((0, 0, 100))
    floor = Floor(((0, 1), (0,)), 2, routing="most_specialised")
    day = simulate(floor, np.array([[1], [1]]), np.array([0.0, 500.0]), contacts)
    assert day.group.tolist() == [1]


def test_who_is_busy_at_a_border_finishes_and_nobody_is_cut_off():
    contacts = hand_made((0, 0, 100), (60, 0, 10))
    borders = np.array([0.0, 50.0, 120.0, 200.0])
    day = simulate(Floor(((0,),), 1), np.array([[1, 0, 1]]), borders, contacts)
    assert day.outcome.tolist() == [ANSWERED, ANSWERED]
    assert day.began.tolist() == [0, 120]
    assert day.busy_s.tolist() == [[50, 50, 10]]


def test_those_still_waiting_at_the_end_are_neither_answered_nor_abandoned():
    day = simulate(Floor(((0,),), 1), np.array([[0]]), np.array([0.0, 100.0]), hand_made((40, 0, 10)))
    assert day.outcome.tolist() == [LEFT_WAITING]
    assert day.wait_s.tolist() == [60]


def test_a_slower_agent_takes_longer():
    floor = Floor(((0,),), 1, speed=np.array([[0.5]]))
    day = simulate(floor, np.array([[1]]), np.array([0.0, 500.0]), hand_made((0, 0, 100), (1, 0, 10)))
    assert day.began.tolist() == [0, 200]


def test_a_caller_who_gave_up_tries_again():
    contacts = Contacts(np.array([0.0]), np.array([0]), np.array([10.0]), np.array([20.0]), np.array([100.0]))
    day = simulate(Floor(((0,),), 1), np.array([[0, 1]]), np.array([0.0, 110.0, 500.0]), contacts)
    assert day.outcome.tolist() == [ABANDONED, ANSWERED]
    assert day.arrival.tolist() == [0, 120]
    assert day.wait_s.tolist() == [20, 0]


def test_every_contact_is_accounted_for_and_none_twice():
    rng = np.random.default_rng(11)
    volume = rng.uniform(0, 60, (3, 48))
    borders = np.arange(49) * 900.0
    contacts = draw_contacts(volume, borders, np.full((3, 48), 200.0), [90, 0, 200], rng)
    staff: NDArray[np.int64] = rng.integers(0, 9, (2, 48))
    day = simulate(Floor(((0, 1), (1, 2)), 3), staff, borders, contacts)
    assert day.outcome.size == contacts.arrival.size
    assert set(day.outcome.tolist()) <= {ANSWERED, ABANDONED, LEFT_WAITING}
    assert np.array_equal(day.group >= 0, day.outcome == ANSWERED)
    served = (contacts.handle_s[day.outcome == ANSWERED]).sum()
    assert day.busy_s.sum() == pytest.approx(served)
    waits = day.wait_s[day.outcome == ABANDONED]
    assert np.allclose(waits, contacts.patience_s[day.outcome == ABANDONED])


def test_the_same_seed_gives_every_floor_the_same_contacts():
    few, many = (replicate(one_queue(n, 100, 180), 2, seed=1) for n in (9, 12))
    assert all(np.array_equal(a.arrival, b.arrival) for a, b in zip(few, many, strict=True))


def test_futures_simulated_together_are_those_simulated_one_by_one():
    """Staff of its own in each, some futures empty, some busier than the one before: what they share carries nothing
    from one to the next."""
    floor = Floor(skills=((0,), (1,), (0, 1)), queues=2, priority=(1, 2), speed=np.array([[1, 1], [1, 0.8], [0.9, 1]]))
    borders = np.arange(5) * 900.0
    aht = np.full((2, 4), 200.0)
    rng = np.random.default_rng(3)
    days = [draw_contacts(np.full((2, 4), volume), borders, aht, [60.0, 0.0], rng) for volume in (9.0, 0.0, 30.0, 4.0)]
    staff = rng.integers(0, 6, (4, 3, 4))
    outcome, wait = simulate_futures(floor, staff, borders, Futures.of(days))
    alone = [simulate(floor, plan, borders, contacts) for plan, contacts in zip(staff, days, strict=True)]
    assert outcome.tolist() == np.concatenate([day.outcome for day in alone]).tolist()
    assert wait.tolist() == np.concatenate([day.wait_s for day in alone]).tolist()
    assert Futures.of(days).future.tolist() == [n for n, day in enumerate(days) for _ in range(day.arrival.size)]
    with pytest.raises(InputError, match="intervals"):
        simulate_futures(floor, staff[:, :2], borders, Futures.of(days))


def test_wrong_shapes_are_named():
    with pytest.raises(InputError, match="staff is"):
        simulate(Floor(((0,),), 1), np.ones((2, 1), int), np.array([0.0, 1.0]), hand_made((0, 0, 1)))
