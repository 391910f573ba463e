"""Many rehearsed days, in one process or side by side in several: the same figures, for every day has its own seed."""

import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor

from streams.rehearsal.closed_loop import Arm, Setting, live_day
from streams.rehearsal.measure import DayFigures

Day = tuple[str, int]
"""The name of an arm, and a seed."""


def live_days(
    arms: Mapping[str, tuple[Arm, Setting]],
    seeds: Sequence[int],
    workers: int = 1,
    on_day: Callable[[str, int], None] = lambda name, seed: None,
) -> dict[str, list[DayFigures]]:
    """Live the days of every seed in every arm.

    Parameters
    ----------
    arms : by name.
    workers : processes; the settings go to them as they are.
    on_day : told of each day as it is over, in the order of arms and seeds.

    Returns
    -------
    By name of the arm, in the order of the seeds.
    """
    found: dict[str, list[DayFigures]] = {name: [] for name in arms}
    jobs = [(name, seed) for name in arms for seed in seeds]
    for (name, seed), figures in zip(jobs, _lived(arms, jobs, workers), strict=True):
        found[name].append(figures)
        on_day(name, seed)
    return found


def _lived(arms: Mapping[str, tuple[Arm, Setting]], jobs: Sequence[Day], workers: int) -> Iterator[DayFigures]:
    if min(workers, len(jobs)) < 2:
        for name, seed in jobs:
            arm, setting = arms[name]
            yield live_day(setting, arm, seed)
        return
    # A forked process would inherit threads of the solver; a spawned one begins clean.
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(jobs)), mp_context=spawned) as pool:
        running = [pool.submit(live_day, arms[name][1], arms[name][0], seed) for name, seed in jobs]
        try:
            for future in running:
                yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
