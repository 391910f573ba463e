"""Several rosters at once: sites, teams or scenarios on any executor of `concurrent.futures`.

The same on a cluster by handing in its executor, such as `dask.distributed.Client(...).get_executor()`: problems and
results go over the wire as they are.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import TypeVar

from centre.errors import PaibanError
from scheduler.problem import Problem
from scheduler.solve import Result, solve

Key = TypeVar("Key")


def solve_many(
    problems: Mapping[Key, Problem],
    *,
    seconds: float,
    seed: int = 0,
    workers: int = 1,
    rounds: int | None = None,
    executor: Executor | None = None,
    on_done: Callable[[Key, Result | PaibanError], None] | None = None,
) -> dict[Key, Result | PaibanError]:
    """Make the rosters of several problems; each gets the time limit for itself.

    Parameters
    ----------
    problems : by any key: the site's name, the scenario.
    seconds, seed, workers, rounds : of each (see `solve`); `workers` are threads within each.
    executor : where they run; by default as many processes as there are cores (and problems). It is not shut down.
    on_done : called with each result as it comes.

    Returns
    -------
    By key, in the order given: the result, or the error that its input was answered with. One that fails does not keep
    the others from being made.
    """
    with _executor(executor, len(problems)) as pool:
        running: dict[Future[Result | PaibanError], Key] = {
            pool.submit(_solved, problem, seconds, seed, workers, rounds): key for key, problem in problems.items()
        }
        found: dict[Key, Result | PaibanError] = {}
        for future in as_completed(running):
            key = running[future]
            found[key] = future.result()
            if on_done is not None:
                on_done(key, found[key])
    return {key: found[key] for key in problems}


def _solved(problem: Problem, seconds: float, seed: int, workers: int, rounds: int | None) -> Result | PaibanError:
    try:
        return solve(problem, seconds=seconds, seed=seed, workers=workers, rounds=rounds)
    except PaibanError as error:
        return error


@contextmanager
def _executor(given: Executor | None, jobs: int) -> Iterator[Executor]:
    if given is not None:
        yield given
        return
    # A forked process would inherit threads of the solver; a spawned one begins clean.
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max(1, min(jobs, os.cpu_count() or 1)), mp_context=spawned) as pool:
        yield pool
