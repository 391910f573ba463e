"""Service level as the formulas predict it beside a simulated floor, when arrivals rise and fall through the day.

    python -m benchmarks.staffing_lag [--days 200]

Each interval is staffed for 80 % in 20 s, with the stationary load, with the modified one, and with overload carried
over from interval to interval, and then lived through. Prints the agents used, the service level of the day, and how
far that of the intervals is from its prediction. The second table does the same for a staffing that is short in the
morning peak: what is left waiting there falls on the intervals behind.
"""

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from forecasts.erlang import carried_over, modified_load, required_carried, required_servers, service_level
from forecasts.simulate import Floor, draw_contacts, simulate

Floats = NDArray[np.float64]
MINUTES = 15
PLACE = (np.arange(56) + 0.5) / 56  # of each interval in a day of 14 hours
DAYS = {
    "smooth": 25 + 35 * np.sin(np.pi * PLACE) ** 2,
    "steep": 10 + 80 * np.exp(-(((PLACE - 0.25) / 0.06) ** 2)) + 50 * np.exp(-(((PLACE - 0.7) / 0.1) ** 2)),
}


def stationary(volume: Floats, aht_s: float) -> Floats:
    """Arrival rate times handle time, interval by interval."""
    return volume * aht_s / (60 * MINUTES)


def modified(volume: Floats, aht_s: float) -> Floats:
    """The load that follows its arrivals."""
    return modified_load(volume, aht_s, np.arange(volume.size) * 60 * MINUTES, MINUTES)


def lived(
    volume: Floats, aht_s: float, patience_s: float, staff: NDArray[np.int64], days: int
) -> tuple[Floats, Floats]:
    """Contacts offered and answered within 20 s in each interval, over all simulated days."""
    borders = np.arange(volume.size + 1) * 60.0 * MINUTES
    rng = np.random.default_rng(1)
    offered, met = np.zeros(volume.size), np.zeros(volume.size)
    for _ in range(days):
        contacts = draw_contacts(volume[None], borders, np.full((1, volume.size), aht_s), [patience_s], rng)
        day = simulate(Floor(((0,),), 1), staff[None], borders, contacts)
        place = np.minimum((day.arrival // (60 * MINUTES)).astype(np.int64), volume.size - 1)
        offered += np.bincount(place, minlength=volume.size)
        met += np.bincount(place[(day.outcome == 1) & (day.wait_s <= 20)], minlength=volume.size)
    return offered, met


Plan = tuple[NDArray[np.int64], Floats]


def by_formula(load_of: Callable[[Floats, float], Floats], volume: Floats, aht_s: float, patience_s: float) -> Plan:
    """Agents of each interval by the stationary formulas on a load, and the service level they predict."""
    load = load_of(volume, aht_s)
    staff = required_servers(load, aht_s, 0.8, 20, patience_s, definition="of_offered")
    return staff, service_level(staff, load, aht_s, 20, patience_s, "of_offered")


def by_chain(volume: Floats, aht_s: float, patience_s: float) -> Plan:
    """The same with every interval beginning where the one before has ended."""
    starts = np.arange(volume.size) * 60 * MINUTES
    guess, _ = by_formula(modified, volume, aht_s, patience_s)
    staff, _ = required_carried(volume, [1.0], aht_s, starts, MINUTES, 0.8, 20, patience_s, guess=guess)
    return staff, carried_over(volume, aht_s, staff, starts, MINUTES, 20, patience_s).service_level


def row(shape: str, aht_s: float, patience_s: float, name: str, volume: Floats, plan: Plan, days: int) -> None:
    """Live through a plan and print a line."""
    staff, level = plan
    offered, met = lived(volume, aht_s, patience_s, staff, days)
    weight, found = offered / offered.sum(), met / offered
    print(
        f"| {shape} | {aht_s:g} s | {f'{patience_s:g} s' if patience_s else 'endless'} | {name} | {staff.sum()} | "
        f"{weight @ level:.1%} | {weight @ found:.1%} | {weight @ np.abs(found - level):.1%} | {found.min():.1%} |"
    )


def main() -> None:
    """Print both tables."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--days", type=int, default=200)
    days = options.parse_args().days
    head = (
        "| day | AHT | patience | load | agents | predicted | simulated | mean error | worst interval |\n|" + "---|" * 9
    )
    cases = [(s, v, aht, p) for s, v in DAYS.items() for aht in (180.0, 420.0, 900.0) for p in (0.0, 180.0)]
    print("Staffed for 80 % in 20 s:\n\n" + head)
    for shape, volume, aht_s, patience_s in cases:
        case = (volume, aht_s, patience_s)
        row(shape, aht_s, patience_s, "stationary", volume, by_formula(stationary, *case), days)
        row(shape, aht_s, patience_s, "modified", volume, by_formula(modified, *case), days)
        row(shape, aht_s, patience_s, "carried over", volume, by_chain(*case), days)
    print("\nShort in the morning (a fifth of the agents missing for an hour and a half):\n\n" + head)
    for shape, volume, aht_s, patience_s in cases:
        staff, _ = by_formula(modified, volume, aht_s, patience_s)
        staff[12:18] = staff[12:18] * 4 // 5
        starts = np.arange(volume.size) * 60 * MINUTES
        for name, load_of in (("stationary", stationary), ("modified", modified)):
            level = service_level(staff, load_of(volume, aht_s), aht_s, 20, patience_s, "of_offered")
            row(shape, aht_s, patience_s, name, volume, (staff, level), days)
        level = carried_over(volume, aht_s, staff, starts, MINUTES, 20, patience_s).service_level
        row(shape, aht_s, patience_s, "carried over", volume, (staff, level), days)


if __name__ == "__main__":
    main()
