"""Service level as the formulas predict it beside a simulated floor, when arrivals rise and fall through the day.

    python -m benchmarks.staffing_lag [--days 200]

Each interval is staffed for 80 % in 20 s, once with the stationary load and once with the modified one, and then lived
through. Prints the agents used, the service level of the day, and how far that of the intervals is from its prediction.
"""

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from forecasts.erlang import modified_load, required_servers, service_level
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


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--days", type=int, default=200)
    chosen = options.parse_args()
    loads: dict[str, Callable[[Floats, float], Floats]] = {"stationary": stationary, "modified": modified}
    print(
        "| day | AHT | patience | load | agents | predicted | simulated | mean error | worst interval |\n|" + "---|" * 9
    )
    for shape, volume in DAYS.items():
        for aht_s in (180.0, 420.0, 900.0):
            for patience_s in (0.0, 180.0):
                for name, load_of in loads.items():
                    load = load_of(volume, aht_s)
                    staff = required_servers(load, aht_s, 0.8, 20, patience_s, definition="of_offered")
                    level = service_level(staff, load, aht_s, 20, patience_s, "of_offered")
                    offered, met = lived(volume, aht_s, patience_s, staff, chosen.days)
                    weight, found = offered / offered.sum(), met / offered
                    print(
                        f"| {shape} | {aht_s:g} s | {f'{patience_s:g} s' if patience_s else 'endless'} | {name} | "
                        f"{staff.sum()} | {weight @ level:.1%} | {weight @ found:.1%} | "
                        f"{weight @ np.abs(found - level):.1%} | {found.min():.1%} |"
                    )


if __name__ == "__main__":
    main()
