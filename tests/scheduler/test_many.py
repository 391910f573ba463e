"""Several rosters at once are the rosters made one by one, wherever they run."""

import os
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import fields
from typing import Any

import pytest

from centre.errors import ContradictionError, PaibanError, TimeRanOutError, WorkerLostError
from scheduler.many import Watch, solve_many
from scheduler.problem import Problem
from scheduler.progress import Progress
from scheduler.solve import Result, solve
from tests.scheduler.conftest import Case

ROUNDS = 2


def problems() -> dict[str, Problem]:
    """Two small sites, and one that contradicts itself."""
    some = {
        name: Case(people={"b": {}}, line="." * 7, gross=dict.fromkeys(range(5), gross)).problem
        for name, gross in (("north", 1), ("south", 2))
    }
    clash = Case(line="." * 7, contract={"days_per_week": (0, 0)}, fixed=((0, 510, 1050, "work"),)).problem
    return {"north": some["north"], "nowhere": clash, "south": some["south"]}


def judged(found: dict[str, Result | PaibanError]) -> None:
    assert list(found) == ["north", "nowhere", "south"]
    assert isinstance(found["nowhere"], ContradictionError)
    for name in ("north", "south"):
        alone = solve(problems()[name], seconds=60, rounds=ROUNDS, workers=1)
        other = found[name]
        assert isinstance(other, Result)
        assert (other.roster, other.objective) == (alone.roster, alone.objective)


def test_on_threads_each_gets_what_it_gets_alone_and_an_error_stops_nobody() -> None:
    told: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        found = solve_many(
            problems(),
            seconds=60,
            rounds=ROUNDS,
            executor=pool,
            watch=Watch(lambda name, _: told.append(name)),
        )
    judged(found)
    assert sorted(told) == ["north", "nowhere", "south"]


@pytest.mark.slow
def test_on_processes_of_this_machine_by_default() -> None:
    judged(solve_many(problems(), seconds=60, rounds=ROUNDS))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_on_a_dask_cluster_of_two_workers() -> None:
    distributed: Any = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert len(client.scheduler_info()["workers"]) == 2
        executor: Executor = client.get_executor()
        judged(solve_many(problems(), seconds=60, rounds=ROUNDS, executor=executor))


class Dying(Problem):
    """A problem that takes the process that reads it with it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (3,)


@pytest.mark.slow
def test_a_process_that_dies_costs_its_own_site_alone() -> None:
    asked = problems()
    dying = Dying(**{field.name: getattr(asked["north"], field.name) for field in fields(Problem)})
    found = solve_many({"north": dying, "south": asked["south"]}, seconds=60, rounds=ROUNDS)
    assert isinstance(found["north"], WorkerLostError)
    assert isinstance(found["south"], Result)


@pytest.mark.slow
def test_progress_comes_from_the_processes_and_a_wish_to_end_reaches_them() -> None:
    told: list[tuple[str, Progress]] = []
    watch = Watch[str](on_progress=lambda name, progress: told.append((name, progress)), stop=lambda: bool(told))
    found = solve_many({"south": problems()["south"]}, seconds=3600, watch=watch)
    assert {name for name, _ in told} == {"south"}
    ended = found["south"]
    assert isinstance(ended, TimeRanOutError) or (isinstance(ended, Result) and ended.seconds < 600)


@pytest.mark.parametrize("workers", [1, 2])
def test_rounds_depend_on_the_seed_alone(workers: int) -> None:
    problem = problems()["south"]
    one, other = (solve(problem, seconds=seconds, rounds=3, seed=5, workers=workers) for seconds in (1, 600))
    assert (one.roster, one.objective, one.bound) == (other.roster, other.objective, other.bound)
