"""Curtois' shift scheduling instances, read into the engine's own model, rules and search.

    python -m benchmarks.curtois INSTANCE --seconds 300 --out FILE

INSTANCE is a file in the published format (T. Curtois and R. Qu, 2014), or its number below the folder that PAIBAN_DATA
names. FILE becomes {"assignments": [[employee, day, shift], ...]}. What is written was judged by the plain checker.
Every better roster is written at once, whole, so that whatever ends the run (Ctrl-C, SIGTERM, a kill) leaves the best.
"""

import json
import os
import resource
import signal
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from scheduler.checks.curtois import faults, penalty
from scheduler.curtois import Instance, frame_of, read
from scheduler.linewise.search import search
from scheduler.model import Choice, Outcome
from scheduler.progress import Progress

BEST_KNOWN = {
    1: 607, 2: 828, 3: 1001, 4: 1716, 5: 1143, 6: 1950, 7: 1056, 8: 1308, 9: 439, 10: 4631, 11: 3443, 12: 4040,
    13: 1905, 14: 1279, 15: 3928, 16: 3225, 17: 5750, 18: 4650, 19: 3218,
}  # fmt: skip
"""Best published within 60 minutes, collected in ORProjects/NRP, ComputationalResults. 20 to 24 are open."""


KEEP_EVERY_S = 5.0

RESERVE_S = 3.0
"""Of the time asked for: starting, a last look at the clock in a long line, and writing count too."""


def main() -> int:
    """Solve one instance, judge the solution, write it, and print what it came to."""
    arguments = _arguments()
    path = _path(arguments.instance)
    begin = time.monotonic()
    instance = read(path.read_text(encoding="utf-8"))
    frame = frame_of(instance)
    stopped = _stopped()
    report = None if arguments.quiet else _print
    outcome = search(
        frame,
        seconds=arguments.seconds - RESERVE_S - (time.monotonic() - begin),
        clock=time.monotonic,
        workers=arguments.workers,
        seed=arguments.seed,
        report=report or (lambda _: None),
        stop=stopped,
        kept=_keeper(arguments.out, instance),
    )
    return _finish(arguments, path, instance, outcome, time.monotonic() - begin)


def _stopped() -> Callable[[], bool]:
    """Whether Ctrl-C or SIGTERM asked to end with the best so far."""
    asked: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda signum, frame: asked.append(signum))
    return lambda: bool(asked)


def _keeper(out: Path | None, instance: Instance) -> Callable[[Choice], None] | None:
    """Write each better legal roster at once, but no more often than KEEP_EVERY_S."""
    if out is None:
        return None
    last = -KEEP_EVERY_S

    def keep(choice: Choice) -> None:
        nonlocal last
        if time.monotonic() - last < KEEP_EVERY_S:
            return
        assignments = _assignments(choice)
        if not faults(instance, assignments):
            _write(out, assignments)
            last = time.monotonic()

    return keep


def _assignments(choice: Choice) -> list[tuple[str, int, str]]:
    return [(agent, day, option.kind) for (agent, day), option in sorted(choice.items())]


def _write(out: Path, assignments: list[tuple[str, int, str]]) -> None:
    """Write the solution whole: a reader sees the one before, or this one."""
    beside = out.with_name(out.name + ".part")
    beside.write_text(json.dumps({"assignments": assignments}) + "\n", encoding="utf-8")
    beside.replace(out)


def _peak_mb() -> float:
    """The most memory this process and its helper had, MB."""
    return sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m benchmarks.curtois", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("instance", help="a file in the published format, or a number below PAIBAN_DATA")
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--out", type=Path, default=None)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quiet", action="store_true", help="only the last line")
    return parser.parse_args()


def _path(instance: str) -> Path:
    if not instance.isdigit():
        return Path(instance)
    return Path(os.environ.get("PAIBAN_DATA", "")) / "curtois" / f"Instance{instance}.txt"


def _print(progress: Progress) -> None:
    print(progress, file=sys.stderr, flush=True)


def _finish(arguments: Namespace, path: Path, instance: Instance, outcome: Outcome, seconds: float) -> int:
    assignments = _assignments(outcome.choice)
    if not assignments:
        print(f"{path.stem}: no roster in {seconds:.0f} s, bound {outcome.bound:.0f}")
        return 1
    broken = faults(instance, assignments)
    judged = penalty(instance, assignments)
    digits = "".join(filter(str.isdigit, path.stem))
    known = BEST_KNOWN.get(int(digits)) if digits else None
    print(
        f"{path.stem}: objective {judged}, bound {outcome.bound:.0f}, best known {known or 'open'}, "
        f"{outcome.status}, {len(broken)} faults, {seconds:.0f} s, {_peak_mb():.0f} MB"
    )
    for fault in broken[:10]:
        print(f"  {fault}")
    if arguments.out is not None:
        _write(arguments.out, assignments)
    return 1 if broken or judged != round(outcome.objective) else 0


if __name__ == "__main__":
    sys.exit(main())
