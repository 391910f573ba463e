"""The Erlang formulas beside high precision, and beside pyworkforce and a plain recursion for speed, in the same run.

    python -m benchmarks.erlang [--sample 2000]

Needs `pip install -e '.[benchmarks]'` (mpmath, pyworkforce); without pyworkforce that line is left out and it says so.
"""

import argparse
import math
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import numpy as np
from mpmath import mp, mpf
from numpy.typing import NDArray

from forecasts.erlang import (
    abandonment,
    average_speed_of_answer,
    erlang_b,
    erlang_c,
    probability_of_wait,
    required_servers,
    service_level,
)

AHT, WITHIN, PATIENCE, TARGET = 240.0, 20.0, 180.0, 0.8
Floats = NDArray[np.float64]
Answer = TypeVar("Answer")


def below(n: int, a: mpf) -> mpf:
    """P(fewer than n) / P(n) of the Poisson distribution, term by term."""
    total = term = mpf(1)
    for k in range(1, n + 1):
        term *= a / k
        total += term
    return (total - term) / term


def exact(n: int, load: float) -> dict[str, mpf]:
    """All figures by sums over the states, independent of the code under test."""
    a, low = mpf(load), below(n, mpf(load))
    figures = {"Erlang B": 1 / (1 + low)}
    if n > a:
        wait = n / (n - a) / (low + n / (n - a))
        late = wait * mp.exp(-(n - a) * mpf(WITHIN) / mpf(AHT))
        figures |= {"Erlang C": wait, "SL": 1 - late, "1 - SL": late, "ASA": wait * mpf(AHT) / (n - a)}
    g = mpf(PATIENCE) / mpf(AHT)
    x, u = n * g, mp.exp(-mpf(WITHIN) / mpf(PATIENCE))
    weight, i = mpf(1), 0
    tail, term, total, late, served, wait = mpf(0), u**x, mpf(0), mpf(0), mpf(0), mpf(0)
    mean = mpf(0)
    while i < 5 or weight * (x + i) > mpf(10) ** (5 - mp.dps) * total:
        tail += term
        mean += mpf(PATIENCE) / (x + i + 1)
        total += weight
        late += weight * tail
        served += weight * x / (x + i + 1)
        wait += weight * x / (x + i + 1) * mean
        term *= (x + i) / (i + 1) * (1 - u)
        i += 1
        weight *= a * g / (x + i)
    answered = low + served
    return figures | {
        "A: SL": 1 - late / (low + total),
        "A: 1 - SL": late / (low + total),
        "A: abandoned": 1 - answered / (low + total),
        "A: ASA": wait / answered,
    }


def ours(n: int, load: float) -> dict[str, float]:
    """The same figures by the engine."""
    return {
        "Erlang B": erlang_b(n, load),
        "Erlang C": erlang_c(n, load),
        "SL": service_level(n, load, AHT, WITHIN),
        "1 - SL": probability_of_wait(n, load, AHT, WITHIN),
        "ASA": average_speed_of_answer(n, load, AHT),
        "A: SL": service_level(n, load, AHT, WITHIN, PATIENCE),
        "A: 1 - SL": probability_of_wait(n, load, AHT, WITHIN, PATIENCE),
        "A: abandoned": abandonment(n, load, AHT, PATIENCE),
        "A: ASA": average_speed_of_answer(n, load, AHT, PATIENCE),
    }


def accuracy() -> None:
    """Largest relative error of each figure at each load, over servers from half the load to twice."""
    mp.dps = 60
    print(f"Largest relative error against sums in {mp.dps} digits")
    print(f"(AHT {AHT:g} s, T {WITHIN:g} s, patience {PATIENCE:g} s)\n")
    names = list(ours(1, 0.5))
    print("| load | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
    for load in (0.01, 0.1, 1.0, 10.0, 50.0, 200.0, 1000.0, 5000.0):
        root = math.sqrt(load)
        servers = {max(1, round(load + k * root)) for k in (-2, -0.5, 0.3, 0.8, 1.5, 3, 5)} | {max(1, round(load / 2))}
        worst = dict.fromkeys(names, 0.0)
        for n in servers:
            right, found = exact(n, load), ours(n, load)
            for name, value in right.items():
                if value > mpf(10) ** (15 - mp.dps):
                    worst[name] = max(worst[name], float(abs(found[name] / value - 1)))
        print(f"| {load:g} | " + " | ".join(f"{worst[name]:.0e}" for name in names) + " |")


def by_recursion(load: float) -> int:
    """Required servers in plain Python: the recursion of Erlang B from one server up, stopping at the target."""
    blocking, n = 1.0, 0
    while True:
        n += 1
        blocking = load * blocking / (n + load * blocking)
        if n > load:
            wait = blocking / (1 - load / n * (1 - blocking))
            if 1 - wait * math.exp(-(n - load) * WITHIN / AHT) >= TARGET:
                return n


def by_pyworkforce(load: float) -> int:
    """The same question to pyworkforce (times in minutes)."""
    from pyworkforce.queuing import ErlangC

    asked = ErlangC(transactions=load * 1800 / AHT, aht=AHT / 60, asa=WITHIN / 60, interval=30, shrinkage=0.0)
    return int(asked.required_positions(service_level=TARGET, max_occupancy=1.0)["raw_positions"])


def a_year(queues: int = 50) -> Floats:
    """Loads of 50 queues, 365 days of 96 quarter hours: peaks of 2 to 200 erlangs, a day's shape, gamma noise."""
    rng = np.random.default_rng(1)
    shape = np.sin(np.linspace(0, np.pi, 96)) ** 2 * 0.95 + 0.05
    peaks = 10 ** rng.uniform(0.3, 2.3, queues)
    return np.asarray(peaks[:, None, None] * shape * rng.gamma(50, 1 / 50, (queues, 365, 96))).reshape(-1)


def timed(function: Callable[[], Answer]) -> tuple[float, Answer]:
    """Seconds of the fastest of three calls (the first compiles or reads the cache), and what it gave."""
    best = math.inf
    for _ in range(3):
        begin = time.perf_counter()
        answer = function()
        best = min(best, time.perf_counter() - begin)
    return best, answer


def answer_all(one: Callable[[float], int], loads: Floats) -> list[int]:
    """The answers for each load, one by one."""
    return [one(float(load)) for load in loads]


def speed(sample: int) -> None:
    """Seconds for a year of 50 queues, and microseconds an interval beside others' on a sample of it."""
    loads = a_year()
    few = loads[:: loads.size // sample][:sample]
    found = required_servers(few, AHT, TARGET, WITHIN)
    print(f"\nRequired servers, {TARGET:.0%} in {WITHIN:g} s, {loads.size:,} intervals (mean load {loads.mean():.0f}):")
    of_c, _ = timed(lambda: required_servers(loads, AHT, TARGET, WITHIN))
    of_a, _ = timed(lambda: required_servers(loads, AHT, TARGET, WITHIN, PATIENCE, definition="of_offered"))
    print(f"  Erlang C {of_c:.2f} s, Erlang A {of_a:.2f} s of wall clock, the fastest of three")
    for name, patience in (("C", None), ("A", PATIENCE)):
        begin = time.process_time()
        required_servers(loads, AHT, TARGET, WITHIN, patience, definition="of_offered")
        print(f"  Erlang {name}: {time.process_time() - begin:.2f} s of CPU, all threads together")
    here = of_c / loads.size
    print(f"Erlang C, an interval, beside others on {few.size:,} of them (their time / ours; same answers):")
    print(f"  ours                {1e6 * here:10.2f} us")
    for name, other in (("plain recursion", by_recursion), ("pyworkforce", by_pyworkforce)):
        try:
            seconds, answers = timed(partial(answer_all, other, few))
        except ImportError:
            print(f"  {name:20}{'not installed':>13}")
            continue
        same = np.mean(np.array(answers) == found)
        print(
            f"  {name:20}{1e6 * seconds / few.size:10.2f} us  ratio {seconds / few.size / here:8.0f}  same {same:.1%}"
        )


def main() -> None:
    """Print both tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sample", type=int, default=2000, help="intervals given to the slower ones")
    chosen = options.parse_args()
    accuracy()
    speed(chosen.sample)


if __name__ == "__main__":
    main()
