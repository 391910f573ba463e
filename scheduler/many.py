"""Several rosters at once: sites, teams or scenarios on any executor of `concurrent.futures`.

The same on a cluster by handing in its executor, such as `dask.distributed.Client(...).get_executor()`: problems and
results go over the wire as they are.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event
from typing import Generic, TypeVar

from centre.errors import PaibanError, TimeRanOutError, WorkerLostError
from centre.said import Said
from scheduler.problem import Problem
from scheduler.progress import Progress
from scheduler.solve import Result, Stop, solve

Key = TypeVar("Key")
Answer = Result | PaibanError

BEAT_S = 0.5
"""How often the searches that run elsewhere are looked after."""


@dataclass(frozen=True)
class Watch(Generic[Key]):
    """Who is told how the searches go, and who may end them.

    Attributes
    ----------
    on_done : called with each answer as it comes.
    on_progress : called now and then with the state of one search, where it runs on this machine.
    stop : asked often; True ends every search with the best so far. On an executor handed in those that run go on to
        their time limit, and those that wait are not begun.
    """

    on_done: Callable[[Key, Answer], None] = lambda key, answer: None
    on_progress: Callable[[Key, Progress], None] = lambda key, progress: None
    stop: Stop = lambda: False


def solve_many(
    problems: Mapping[Key, Problem],
    *,
    seconds: float,
    seed: int = 0,
    workers: int = 1,
    rounds: int | None = None,
    executor: Executor | None = None,
    watch: Watch[Key] | None = None,
) -> dict[Key, Answer]:
    """Make the rosters of several problems; each gets the time limit for itself.

    Parameters
    ----------
    problems : by any key: the site's name, the scenario.
    seconds, seed, workers, rounds : of each (see `solve`); `workers` are threads within each.
    executor : where they run; by default as many processes as there are cores (and problems). It is not shut down.

    Returns
    -------
    By key, in the order given: the result, or the error that it was answered with. One that fails does not keep the
    others from being made. Where one takes its process with it, those that ran beside it are made again by themselves.
    """
    how, eye = partial(solve, seconds=seconds, seed=seed, workers=workers, rounds=rounds), watch or Watch[Key]()
    if executor is not None:
        return _Running(executor, eye).all({key: partial(_answered, how, each) for key, each in problems.items()})
    found = _on_processes(problems, how, eye)
    lost = [key for key, answer in found.items() if isinstance(answer, WorkerLostError)]
    for key in lost if len(problems) > 1 else []:
        found |= _on_processes({key: problems[key]}, how, eye)
    return found


def _answered(how: Callable[..., Result], problem: Problem) -> Answer:
    try:
        return how(problem)
    except PaibanError as error:
        return error


class _Running(Generic[Key]):
    """Work given to an executor, waited for and looked after."""

    def __init__(self, pool: Executor, watch: Watch[Key], tie: "_Tie | None" = None) -> None:
        self.pool, self.watch, self.tie = pool, watch, tie

    def all(self, work: Mapping[Key, Callable[[], Answer]]) -> dict[Key, Answer]:
        """The answer of each."""
        running: dict[Future[Answer], Key] = {self.pool.submit(do): key for key, do in work.items()}
        found: dict[Key, Answer] = {}
        while running:
            done, _ = wait(running, BEAT_S, FIRST_COMPLETED)
            if self.watch.stop():
                self._end(running)
            self._tell(list(work))
            for future in done:
                key = running.pop(future)
                found[key] = _of(future)
                self.watch.on_done(key, found[key])
        return {key: found[key] for key in work}

    def _end(self, running: Mapping[Future[Answer], Key]) -> None:
        if self.tie is not None:
            self.tie.ended.set()
        for future in running:
            future.cancel()

    def _tell(self, keys: list[Key]) -> None:
        while self.tie is not None and not self.tie.told.empty():
            number, progress = self.tie.told.get()
            self.watch.on_progress(keys[number], progress)


def _of(future: Future[Answer]) -> Answer:
    """What became of one search; whatever kept it from an answer is its answer."""
    try:
        return future.result()
    except CancelledError:
        return TimeRanOutError(Said("stopped before everybody had a first line; nothing was kept"))
    except Exception as error:
        lost = WorkerLostError(Said("the search ended without an answer: {error!r}", error=error))
        lost.__cause__ = error
        return lost


@dataclass(frozen=True)
class _Tie:
    """What joins this process with those that search for it: the wish to end, and how far each is."""

    ended: Event
    told: "SimpleQueue[tuple[int, Progress]]"


_mine: list[_Tie] = []
"""In a process that searches: its tie to the one that asked."""


def _bind(tie: _Tie) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of a terminal; one of them answers
    _mine.append(tie)


def _tied(how: Callable[..., Result], problem: Problem, number: int) -> Answer:
    (tie,) = _mine
    return _answered(
        partial(how, stop=tie.ended.is_set, on_progress=lambda progress: tie.told.put((number, progress))), problem
    )


def _on_processes(problems: Mapping[Key, Problem], how: Callable[..., Result], watch: Watch[Key]) -> dict[Key, Answer]:
    # A forked process would inherit threads of the solver; a spawned one begins clean.
    spawned = multiprocessing.get_context("spawn")
    tie = _Tie(spawned.Event(), spawned.SimpleQueue())
    count = max(1, min(len(problems), os.cpu_count() or 1))
    work = {key: partial(_tied, how, problem, number) for number, (key, problem) in enumerate(problems.items())}
    with ProcessPoolExecutor(count, mp_context=spawned, initializer=_bind, initargs=(tie,)) as pool:
        return _Running(pool, watch, tie).all(work)
