"""Priorities, routing orders, callbacks, retrials and staffing that changes, against theory that is exact.

Every comparison is a 99.9 % confidence interval over independent simulated days, with a fixed seed.
"""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.stats import poisson
from scipy.stats import t as student

from forecasts.simulate import Contacts, DayRun, Floor, Manners, Measured, draw_contacts, replicate, simulate
from forecasts.simulate.kernel import ABANDONED, ANSWERED, CALLED_BACK

AHT = 180.0
BORDERS = np.arange(0, 161) * 1800.0
WARM = BORDERS[10]


def estimated(days: list[DayRun], figure: Callable[[DayRun], float]) -> Measured:
    """The 99.9 % interval of a figure of each day."""
    measured = Measured.of([figure(day) for day in days])
    wider = student.ppf(0.9995, len(days) - 1) / student.ppf(0.975, len(days) - 1)
    return Measured(measured.mean, measured.half_width * float(wider))


def steady(floor: Floor, staff: list[int], loads: list[float], manners: Manners | None = None, patience: float = 0.0):
    """Days of a constant load; patience below 0 means that nobody waits at all."""

    def day(rng: np.random.Generator) -> DayRun:
        shape = (len(loads), BORDERS.size - 1)
        volume = np.repeat(np.array(loads)[:, None] * 1800 / AHT, shape[1], axis=1)
        contacts = draw_contacts(volume, BORDERS, np.full(shape, AHT), [max(patience, 0)] * len(loads), rng, manners)
        if patience < 0:
            none = np.zeros(contacts.arrival.size)
            contacts = Contacts(contacts.arrival, contacts.queue, contacts.handle_s, none, contacts.returns_after_s)
        plan = np.repeat(np.array(staff)[:, None], shape[1], axis=1)
        return simulate(floor, plan, BORDERS, contacts)

    return day


def erlang_b(n: int, load: float) -> float:
    return float(poisson.pmf(n, load) / poisson.cdf(n, load))


def erlang_c(n: int, load: float) -> float:
    terms = poisson.pmf(np.arange(n), load).sum()
    last = poisson.pmf(n, load) * n / (n - load)
    return float(last / (terms + last))


def mean_wait(day: DayRun, queue: int) -> float:
    late = day.since(WARM)
    mine = (late.queue == queue) & (late.outcome == ANSWERED)
    return float(late.wait_s[mine].mean())


def test_waits_by_priority_are_cobhams():
    """Cobham 1954, M/M/n without pre-emption: W1 = W0 / (1 - r1), W2 = W0 / ((1 - r1)(1 - r1 - r2))."""
    n, first, second = 10, 5.0, 3.5
    days = replicate(steady(Floor(((0, 1),), 2, priority=(1, 2)), [n], [first, second]), 40, seed=1)
    whole = erlang_c(n, first + second) * AHT / n
    r1, r2 = first / n, second / n
    assert estimated(days, lambda day: mean_wait(day, 0)).covers(whole / (1 - r1))
    assert estimated(days, lambda day: mean_wait(day, 1)).covers(whole / ((1 - r1) * (1 - r1 - r2)))


def test_the_given_order_is_an_ordered_hunt():
    """Nobody waits: the k-th agent of an ordered hunt carries a (B(k - 1, a) - B(k, a)) erlangs."""
    load, agents = 2.0, 4
    floor = Floor(((0,),) * agents, 1, routing="given_order", order=((2, 0, 3, 1),))
    days = replicate(steady(floor, [1] * agents, [load], patience=-1), 40, seed=2)
    for place, agent in enumerate((2, 0, 3, 1), start=1):
        carried = load * (erlang_b(place - 1, load) - erlang_b(place, load))
        busy = estimated(days, lambda day, agent=agent: float(day.busy_s[agent, 10:-1].mean() / 1800))
        assert busy.covers(carried)


def test_most_specialised_first_sends_only_the_overflow_to_generalists():
    """Nobody waits and only queue 0 calls: generalists carry what n specialists lose, less what they lose together."""
    load, special, general = 5.0, 4, 3
    floor = Floor(((0, 1), (0,)), 2, routing="most_specialised")
    days = replicate(steady(floor, [general, special], [load, 0.0], patience=-1), 40, seed=3)
    carried = load * (erlang_b(special, load) - erlang_b(special + general, load))
    assert estimated(days, lambda day: float(day.busy_s[0, 10:-1].mean() / 1800)).covers(carried)


def test_longest_idle_shares_the_work_alike():
    """Nobody waits: all agents are alike to the rule, so each carries a (1 - B(n, a)) / n, whatever his group."""
    load, sizes = 6.0, [5, 2, 1]
    days = replicate(steady(Floor(((0,),) * 3, 1), sizes, [load], patience=-1), 40, seed=4)
    each = load * (1 - erlang_b(8, load)) / 8
    for group, size in enumerate(sizes):
        busy = estimated(days, lambda day, group=group, size=size: float(day.busy_s[group, 10:-1].mean() / 1800 / size))
        assert busy.covers(each)


def test_callbacks_that_keep_their_turn_wait_as_erlang_c_says():
    """All who find nobody idle take a callback at once; called back first come first served it is M/M/n."""
    n, load = 12, 10.0
    floor = Floor(((0, 1),), 2, callback_queue=(1, 1))
    manners = Manners(callback_share=1.0, callback_after_s=0.0)
    days = replicate(steady(floor, [n], [load, 0.0], manners), 40, seed=5)
    wait = erlang_c(n, load)

    def promised(day: DayRun) -> float:
        late = day.since(WARM)
        return float(np.sum(late.outcome == CALLED_BACK) / np.sum(late.queue == 0))

    assert estimated(days, promised).covers(wait)
    assert estimated(days, lambda day: mean_wait(day, 1)).covers(AHT / (n - load))
    for day in days:
        called = np.sum(day.queue == 1)
        assert called == np.sum(day.outcome == CALLED_BACK)


def test_callbacks_of_low_priority_wait_as_the_second_class_does():
    """A share p takes callbacks that yield to waiting callers: Cobham's two classes of load (1 - p) a and p a."""
    n, load, share = 10, 8.5, 0.4
    floor = Floor(((0, 1),), 2, priority=(1, 2), callback_queue=(1, 1))
    days = replicate(steady(floor, [n], [load, 0.0], Manners(callback_share=share)), 40, seed=6)
    whole = erlang_c(n, load) * AHT / n
    r1 = (1 - share) * load / n
    second = whole / ((1 - r1) * (1 - load / n))

    def over_all_who_accept(day: DayRun) -> float:
        """Those whom somebody idle answers at once wait 0; they are a share of all, accepting or not."""
        late = day.since(WARM)
        first_tries = np.sum(late.queue == 0)
        return float(late.wait_s[(late.queue == 1) & (late.outcome == ANSWERED)].sum() / (share * first_tries))

    assert estimated(days, over_all_who_accept).covers(second)


def test_retrials_are_those_of_the_single_server_orbit():
    """M/M/1 with retrials (Falin & Templeton 1997, section 1.2): mean orbit r (l + r v) / (v (1 - r)) by Little."""
    load, after = 0.5, 240.0
    rate, again = load / AHT, 1 / after
    orbit = load * (rate + load * again) / (again * (1 - load))
    manners = Manners(retry_share=1.0, retry_after_s=after)
    days = replicate(steady(Floor(((0,),), 1), [1], [load], manners, patience=-1), 60, seed=7)

    def mean_orbit(day: DayRun) -> float:
        """Each failed try is followed by a stay of mean `after` in the orbit."""
        return float(np.sum(day.since(WARM).outcome == ABANDONED) * after / (BORDERS[-1] - WARM))

    assert estimated(days, mean_orbit).covers(orbit)


def test_who_tries_again_is_as_patient_as_others_of_the_queue():
    manners = Manners(retry_share=1.0, retry_after_s=60.0)
    day = steady(Floor(((0,), (1,)), 2), [0, 0], [1.0, 1.0], manners, patience=90.0)(np.random.default_rng(8))
    back = day.arrival.size - int(np.argmax(np.diff(day.arrival) < 0)) - 1
    waits = day.wait_s[-back:][day.outcome[-back:] == ABANDONED]
    assert waits.mean() == pytest.approx(90.0, rel=0.05)


def test_staffing_that_falls_and_rises_is_the_chain_whose_leavers_finish():
    """Transient chain: at a border those who leave take the contact in hand along, and end it at the same rate."""
    plan, load, patience = (6, 2, 7), 4.0, 300.0
    borders = np.arange(4) * 900.0
    expected = _mean_busy(plan, load, patience)

    def day(rng: np.random.Generator) -> DayRun:
        shape = (1, 3)
        contacts = draw_contacts(np.full(shape, load * 900 / AHT), borders, np.full(shape, AHT), [patience], rng)
        run = simulate(Floor(((0,),), 1), np.array([plan]), borders, contacts)
        assert np.all(run.outcome > 0)
        assert run.outcome.size == contacts.arrival.size
        return run

    days = replicate(day, 8000, seed=9)
    for interval in range(2):  # what runs on after the end counts to the last interval
        assert estimated(days, lambda d, i=interval: float(d.busy_s[0, i] / 900)).covers(expected[interval])


def _mean_busy(plan: tuple[int, ...], load: float, patience: float) -> list[float]:
    """Mean number of busy agents in each quarter of an hour, by the Kolmogorov forward equations."""
    inside = np.arange(60)
    arrive = load / AHT
    share = np.zeros(inside.size)
    share[0] = 1
    leavers, before, means = 0.0, plan[0], []
    for staff in plan:
        gone = np.maximum(0, np.minimum(inside, before) - staff)
        leavers += float(gone @ share)
        share = np.bincount(inside - gone, share, inside.size)
        busy = np.minimum(inside, staff)
        away = busy / AHT + (inside - busy) / patience

        def slope(
            _: float, p: NDArray[np.float64], away: NDArray[np.float64] = away, busy: NDArray[np.int64] = busy
        ) -> NDArray[np.float64]:
            up, down = arrive * p[:-2], away[1:] * p[1:-1]
            change = np.append(down, 0.0) - np.append(0.0, down) + np.append(0.0, up) - np.append(up, 0.0)
            return np.append(change, busy @ p[:-1])

        end = solve_ivp(slope, (0, 900), np.append(share, 0.0), rtol=1e-8, atol=1e-10).y[:, -1]
        means.append(float(end[-1] + leavers * AHT * (1 - np.exp(-900 / AHT))) / 900)
        share, before = end[:-1], staff
        leavers *= np.exp(-900 / AHT)
    return means


def test_arrivals_that_rise_and_fall_keep_the_mean_of_the_infinite_server():
    """With somebody always idle the mean busy is the modified offered load: m' = rate - m / AHT."""
    volume = np.array([[10.0, 60.0, 25.0, 80.0, 5.0, 5.0]])
    borders = np.arange(7) * 900.0
    busy = solve_ivp(
        lambda t, m: [volume[0, min(int(t // 900), 5)] / 900 - m[0] / 420, m[0]], (0, 5400), [0, 0], max_step=5,
        t_eval=borders,
    ).y[1]  # fmt: skip
    expected = np.diff(busy) / 900

    def day(rng: np.random.Generator) -> DayRun:
        contacts = draw_contacts(volume, borders, np.full((1, 6), 420.0), [0], rng)
        return simulate(Floor(((0,),), 1), np.full((1, 6), 200), borders, contacts)

    days = replicate(day, 600, seed=10)
    for i in range(5):
        assert estimated(days, lambda d, i=i: float(d.busy_s[0, i] / 900)).covers(expected[i])


def test_common_contacts_make_two_floors_comparable():
    """The spread of the difference on the same contacts is far below that on contacts of their own."""

    def served(n: int, seed: int) -> NDArray[np.float64]:
        days = replicate(steady(Floor(((0,),), 1), [n], [10.0]), 20, seed)
        return np.array([float(np.mean(day.since(WARM).wait_s <= 20)) for day in days])

    paired = (served(13, 1) - served(12, 1)).std()
    apart = (served(13, 2) - served(12, 3)).std()
    assert paired < 0.7 * apart


@pytest.mark.parametrize("deviation", [0.0, 0.5, 2.0])
def test_any_handle_time_waits_as_pollaczek_and_khinchin_say(deviation: float):
    """M/G/1: mean wait of all = a AHT (1 + cv^2) / (2 (1 - a)); the same from a record's sample."""
    load = 0.6
    expected = load * AHT * (1 + deviation**2) / (2 * (1 - load))
    manners = Manners(handle_deviation=deviation)
    days = replicate(steady(Floor(((0,),), 1), [1], [load], manners), 80, seed=11)
    assert estimated(days, lambda day: mean_wait(day, 0)).covers(expected)


def test_handle_times_of_a_record_are_drawn_from_it():
    sample = np.array([60.0, 60.0, 300.0])
    load, ratio = 0.5, float((sample**2).mean() / sample.mean() ** 2)
    days = replicate(steady(Floor(((0,),), 1), [1], [load], Manners(handle_sample=sample)), 80, seed=12)
    assert estimated(days, lambda day: mean_wait(day, 0)).covers(load * AHT * ratio / (2 * (1 - load)))
