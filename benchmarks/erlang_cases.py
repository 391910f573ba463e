"""Published Erlang cases from a file beside the engine's figures.

    python -m benchmarks.erlang_cases cases.csv

Without an argument: erlang_reference_handout.csv in the folder that the environment variable PAIBAN_DATA names.
The file has one case a row: id, model, metric, n_agents, offered_erlangs, aht_s, threshold_s, mean_patience_s, target,
exact_value. Prints the cases that differ by more than 1e-9 relative, then how many agree.
"""

import csv
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path

from forecasts.erlang import (
    abandonment,
    average_wait,
    erlang_b,
    gross_staff,
    load_for_blocking,
    occupancy,
    probability_of_wait,
    required_lines,
    required_servers,
    service_level,
    state_probability,
)

Case = dict[str, float]


def in_system(c: Case) -> float:
    """Mean number in service and waiting."""
    n, a, aht, patience = c["n"], c["a"], c["aht"], c["patience"]
    return float(average_wait(n, a, aht, patience) * a / aht + a * (1 - abandonment(n, a, aht, patience)))


def wait_quantile(c: Case, share: float) -> float:
    """The wait, until served or gone, that the share `share` of all who call stays below; by halving."""
    low, high = 0.0, 1e6
    while high - low > 1e-13 * high:
        middle = (low + high) / 2
        stays = math.exp(-middle / c["patience"]) if c["patience"] else 1.0
        late = probability_of_wait(c["n"], c["a"], c["aht"], middle, c["patience"]) * stays
        low, high = (middle, high) if late > 1 - share else (low, middle)
    return low


def staff(c: Case) -> int:
    """Fewest agents for the target."""
    return int(required_servers(c["a"], c["aht"], c["target"], c["within"], c["patience"], definition="of_offered"))


def with_in_system(c: Case, number: int) -> float:
    """Chance that so many are in the system."""
    return float(state_probability(number, c["n"], c["a"], c["aht"], c["patience"]))


METRICS: dict[str, Callable[[Case], float]] = {
    "max_offered_load_for_blocking": lambda c: load_for_blocking(c["n"], c["target"]),
    "channels_for_blocking": lambda c: required_lines(c["a"], c["target"]),
    "blocking": lambda c: erlang_b(c["n"], c["a"]),
    "p_wait": lambda c: probability_of_wait(c["n"], c["a"], c["aht"] or 1, 0, c["patience"]),
    "p_wait_longer_than_T": lambda c: probability_of_wait(c["n"], c["a"], c["aht"], c["within"], c["patience"]),
    "service_level": lambda c: service_level(c["n"], c["a"], c["aht"], c["within"], c["patience"], "of_offered"),
    "asa_s": lambda c: average_wait(c["n"], c["a"], c["aht"], c["patience"]),  # the file's: over all who call
    "p_abandon": lambda c: abandonment(c["n"], c["a"], c["aht"], c["patience"]),
    "occupancy": lambda c: occupancy(c["n"], c["a"], c["aht"], c["patience"]),
    "agents_for_sl": staff,
    "agents_with_shrinkage_30pct": lambda c: gross_staff(staff(c | {"target": c["target"] or 0.8}), 0.3),
    "wait_p90_s": lambda c: wait_quantile(c, 0.9),
    "avg_queue": lambda c: average_wait(c["n"], c["a"], c["aht"], c["patience"]) * c["a"] / c["aht"],
    "avg_in_system": in_system,
    "p_30_in_system": lambda c: with_in_system(c, 30),
    "avg_time_in_system_s": lambda c: in_system(c) * c["aht"] / c["a"],
}

_COLUMNS = {
    "n": "n_agents",
    "a": "offered_erlangs",
    "aht": "aht_s",
    "within": "threshold_s",
    "patience": "mean_patience_s",
    "target": "target",
}


def exactly(text: str) -> float:
    """The number meant: files print 2/3 as 0.666666666667 and 1000/33 as 30.303030303."""
    value = float(text or 0)
    for divisor in (3, 33):
        if len(text) > 9 and abs(value * divisor - round(value * divisor)) < 1e-7:
            return round(value * divisor) / divisor
    return value


def main() -> None:
    """Compare every case of the file."""
    folder = os.environ.get("PAIBAN_DATA", ".")
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "erlang_reference_handout.csv"
    agree = unknown = 0
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["metric"] not in METRICS:
            unknown += 1
            print(f"{row['id']}: no figure for {row['metric']}")
            continue
        case = {name: exactly(row[column]) for name, column in _COLUMNS.items()}
        found, right = METRICS[row["metric"]](case), float(row["exact_value"])
        if abs(found - right) <= 1e-9 * abs(right):
            agree += 1
        else:
            print(f"{row['id']} {row['model']} {row['metric']}: {found!r}, exact {right!r} ({row['status']})")
    print(f"{agree} of {len(rows)} agree to 1e-9 relative, {unknown} not asked")


if __name__ == "__main__":
    main()
