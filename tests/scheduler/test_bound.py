"""The bound: never above what a legal roster costs; useful where people fit what is asked; told early."""

from dataclasses import replace
from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.centres import Centre, make
from scheduler.bound import Ascent, Relaxation
from scheduler.objective import cost_by_term
from scheduler.progress import Progress
from scheduler.solve import solve
from scheduler.tours.engine import Engine
from scheduler.tours.floor import Floor, floor_of

SMALL = Centre(agents=12, weeks=1)


@cache
def solved() -> tuple[Floor, float]:
    """A floor with a roster on it, and what that costs."""
    floor = floor_of(make(SMALL))
    engine = Engine(floor, 0, 1)
    engine.construct(lambda: False)
    for _ in range(3):
        engine.one_pass(lambda: False)
    engine.ruin_and_recreate()
    engine.write_back()
    return floor, sum(cost_by_term(floor).values())


@given(level=st.floats(0, 3), noise=st.floats(0, 1), seed=st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_at_no_prices_is_it_above_the_cost_of_a_legal_roster(level: float, noise: float, seed: int) -> None:
    """Weak duality: the oracle is any roster there is."""
    floor, cost = solved()
    relaxation = Relaxation(floor, 1)
    rng = np.random.default_rng(seed)
    shape = relaxation.tables.wanted.shape
    prices = relaxation.scale[:, None] * (level * 0.3 + noise * rng.random(shape))
    assert relaxation.value(prices)[0] <= cost + 1e-6


def test_it_never_falls_and_its_prices_give_it() -> None:
    floor, cost = solved()
    ascent = Ascent(floor, 1)
    before = 0.0
    for done in range(25):
        ascent.round(done / 25)
        assert ascent.best >= before
        before = ascent.best
    found = ascent.found(cost)
    assert ascent.relaxation.value(found.prices)[0] == found.value
    assert 0.3 * cost < found.value <= cost


def test_the_first_round_proves_the_wages_of_all_hours_required() -> None:
    """People fit what is asked: who leaves hours out pays the shortage, who works them the wages."""
    floor, _ = solved()
    ascent = Ascent(floor, 1)
    ascent.round(0.0)
    hours = float(floor.problem.requirement.gross.sum()) * floor.problem.horizon.minutes / 60
    assert ascent.best >= hours * floor.weights.paid_hour


def test_it_is_told_while_the_search_goes_on() -> None:
    seen: list[Progress] = []
    problem = make(replace(SMALL, agents=6))
    result = solve(problem, seconds=2.5, workers=1, on_progress=seen.append)
    early = [progress for progress in seen[:-1] if progress.bound]
    assert early
    assert all(progress.bound <= result.objective + 1e-6 for progress in early if progress.bound is not None)


def test_without_any_time_there_is_a_roster_and_a_bound() -> None:
    result = solve(make(SMALL), seconds=0.0, workers=1)
    assert not result.hard_violations
    assert 0.0 < result.bound <= result.objective
