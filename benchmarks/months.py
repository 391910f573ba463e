"""Contact-centre months out of a seed: first legal roster, quality at given seconds, memory; beside others.

    python -m benchmarks.months [--agents 50 200 500 1000] [--around-the-clock] [--queues 3] [--peers]

Each size is solved in a process of its own, so that its memory is its own. The first legal roster is one that was made
and checked whole in a run that stops there, everything before it included. Under and over are agent-intervals missing
and to spare, as shares of the requirement. The gap to the bound stands as it was after 60, 300 and 900 seconds and at
the end. CPU seconds are printed beside the seconds of the clock: on a machine that does other work too the search gets
less than two cores, and the CPU seconds say how much less. What the objective is made of follows on a line of its own.

`--peers` gives what they can do to pyworkforce (staff each day's shifts for one queue, `MinAbsDifference`) in the same
run: it has no pauses, contracts, weeks or several skills.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.centres import Centre, make
from scheduler.progress import Progress
from scheduler.solve import solve

SECONDS = {50: 240.0, 200: 300.0, 500: 600.0, 1000: 900.0}
GOAL = {50: 0.02, 200: 0.01, 500: 0.006, 1000: 0.004}


MARKS = (60.0, 300.0, 900.0)


def one(centre: Centre, seconds: float) -> dict[str, Any]:
    """Solve a month and measure."""
    problem = make(centre)
    solve(make(replace(centre, agents=8, weeks=1)), seconds=0.0)  # compiled before any clock starts
    begin = time.perf_counter()
    first = solve(problem, seconds=0.0)
    first_s = time.perf_counter() - begin
    seen: list[Progress] = []
    cpu = time.process_time()
    result = solve(problem, seconds=seconds, on_progress=seen.append)
    required = float(problem.requirement.gross.sum())
    return {
        "agents": centre.agents,
        "required": required,
        "first_s": first_s,
        "first_hard": len(first.hard_violations),
        "seconds": result.seconds,
        "cpu_s": time.process_time() - cpu,
        "under": float(result.coverage.under.sum()) / required,
        "over": float(result.coverage.over.sum()) / required,
        "objective": result.objective,
        "bound": result.bound,
        "gap": result.gap,
        "gaps": {mark: _gap_at(seen, mark) for mark in MARKS if mark < seconds},
        "terms": {name: cost for name, cost in result.cost_by_term.items() if cost},
        "hard": len(result.hard_violations),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _gap_at(seen: list[Progress], mark: float) -> float | None:
    """The gap that was shown at a moment."""
    before = [progress.gap for progress in seen if progress.seconds <= mark]
    return before[-1] if before else None


def by_pyworkforce(centre: Centre, seconds: float) -> tuple[float, float, float]:
    """Under and over as shares of the requirement, and the seconds it took: the first day of the first queue alone."""
    from pyworkforce.scheduling import MinAbsDifference

    need = make(centre).requirement
    gross = need.gross[0, : 24 * 60 // need.horizon.minutes]
    shifts = {f"from {start}": [int(start <= i < start + 34) for i in range(gross.size)] for start in range(0, 63, 2)}
    begin = time.perf_counter()
    found = MinAbsDifference(
        num_days=1, periods=gross.size, shifts_coverage=shifts, required_resources=[gross.tolist()],
        max_period_concurrency=int(gross.max()) * 2, max_shift_concurrency=int(gross.max()) * 2,
        max_search_time=seconds, num_search_workers=2,
    ).solve()  # fmt: skip
    there = np.zeros(gross.size)
    for row in found["resources_shifts"]:
        there += np.array(shifts[row["shift"]]) * row["resources"]
    total = float(gross.sum())
    return (
        float(np.maximum(gross - there, 0).sum()) / total,
        float(np.maximum(there - gross, 0).sum()) / total,
        time.perf_counter() - begin,
    )


def ours_on_that_day(centre: Centre) -> str:
    """A line for the table of peers."""
    try:
        under, over, seconds = by_pyworkforce(centre, 60)
    except ImportError:
        return "pyworkforce: not installed"
    what = "pyworkforce, one day of one queue, no pauses or contracts"
    return f"{what}: under {under:.1%}, over {over:.1%}, {seconds:.0f} s"


def _row(found: dict[str, Any]) -> str:
    """A line of the table, and one of what the objective is made of."""
    goal = f"{GOAL[found['agents']]:.1%}" if found["agents"] in GOAL else "-"
    gaps = ", ".join("-" if gap is None else f"{gap:.1%}" for gap in found["gaps"].values()) or "-"
    terms = ", ".join(f"{name} {cost:,.1f}" for name, cost in found["terms"].items())
    hard = found["hard"] + found["first_hard"]
    return (
        f"| {found['agents']} | {found['required']:,.0f} | {found['first_s']:.1f} s | {found['seconds']:.0f} "
        f"({found['cpu_s']:.0f}) | {found['under']:.2%} + {found['over']:.2%} | {goal} | {found['objective']:,.1f} | "
        f"{found['bound']:,.1f} | {gaps} | {found['gap']:.1%} | {found['megabytes']:.0f} |"
        + ("" if hard == 0 else f" {hard} HARD VIOLATIONS")
        + f"\n  {terms}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, nargs="+", default=list(SECONDS))
    parser.add_argument("--seconds", type=float, help="instead of 240, 300, 600 and 900")
    parser.add_argument("--around-the-clock", action="store_true")
    parser.add_argument("--queues", type=int, default=3)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    flags = ["--queues", str(given.queues), *(["--around-the-clock"] if given.around_the_clock else [])]
    if given.one:
        centre = Centre(given.agents[0], given.around_the_clock, given.queues)
        print(json.dumps(one(centre, given.seconds)))
        return
    print(
        "| agents | required | first legal roster | seconds (CPU) | under + over | goal | objective | bound "
        "| gap at 60, 300, 900 s | gap | MB |\n|" + "---|" * 11
    )
    for agents in given.agents:
        seconds = given.seconds or SECONDS.get(agents, 300.0)
        command = [sys.executable, "-m", "benchmarks.months", "--one", "--agents", str(agents)]
        answer = subprocess.run(
            [*command, "--seconds", str(seconds), *flags], capture_output=True, text=True, check=True
        )
        print(_row(json.loads(answer.stdout.splitlines()[-1])), flush=True)
        if given.peers:
            print(f"  {ours_on_that_day(Centre(agents, given.around_the_clock, given.queues))}", flush=True)


if __name__ == "__main__":
    main()
