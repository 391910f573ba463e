"""Contacts a second of the simulated floor, beside Ciw and SimPy, on the same queue in the same run.

    python -m benchmarks.simulate [--servers 23] [--load 20] [--hours 60] [--rounds 3]

Needs `pip install ciw simpy` (the extra `benchmarks`). Prints what each says of the service level beside the exact
value, so that speed is not bought with another model.
"""

import argparse
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import ciw
import numpy as np
import simpy

from forecasts.erlang import service_level as exact_service_level
from forecasts.simulate import Floor, draw_contacts, simulate
from forecasts.simulate.measures import service_level

AHT, WITHIN = 180.0, 20.0


@dataclass(frozen=True)
class Run:
    """Contacts simulated, those answered in time, and the seconds it took."""

    contacts: int
    in_time: float
    seconds: float

    @property
    def rate(self) -> float:
        """Contacts a second."""
        return self.contacts / self.seconds


def ours(servers: int, load: float, hours: float, seed: int) -> Run:
    """The compiled floor; drawing the contacts is part of the time."""
    begin = time.process_time()
    borders = np.arange(int(hours * 2) + 1) * 1800.0
    shape = (1, borders.size - 1)
    volume, aht = np.full(shape, load * 1800 / AHT), np.full(shape, AHT)
    contacts = draw_contacts(volume, borders, aht, [0], np.random.default_rng(seed))
    day = simulate(Floor(((0,),), 1), np.full(shape, servers), borders, contacts)
    level = service_level(day, np.array([WITHIN]))
    return Run(day.queue.size, level, time.process_time() - begin)


def by_ciw(servers: int, load: float, hours: float, seed: int) -> Run:
    """Ciw, an open-source queueing network simulator."""
    begin = time.process_time()
    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=load / AHT)],
        service_distributions=[ciw.dists.Exponential(rate=1 / AHT)],
        number_of_servers=[servers],
    )
    run = ciw.Simulation(network)
    run.simulate_until_max_time(hours * 3600)
    records = run.get_all_records()
    return Run(len(records), float(np.mean([r.waiting_time <= WITHIN for r in records])), time.process_time() - begin)


def by_simpy(servers: int, load: float, hours: float, seed: int) -> Run:
    """SimPy, the usual process simulator of the language."""
    begin = time.process_time()
    rng = random.Random(seed)
    world = simpy.Environment()
    floor = simpy.Resource(world, capacity=servers)
    waits: list[float] = []

    def contact() -> "simpy.events.ProcessGenerator":
        came = world.now
        with floor.request() as turn:
            yield turn
            waits.append(world.now - came)
            yield world.timeout(rng.expovariate(1 / AHT))

    def arrivals() -> "simpy.events.ProcessGenerator":
        while True:
            yield world.timeout(rng.expovariate(load / AHT))
            world.process(contact())

    world.process(arrivals())
    world.run(until=hours * 3600)
    return Run(len(waits), float(np.mean(np.array(waits) <= WITHIN)), time.process_time() - begin)


PEERS: tuple[tuple[str, Callable[[int, float, float, int], Run]], ...] = (("Ciw", by_ciw), ("SimPy", by_simpy))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--servers", type=int, default=23)
    parser.add_argument("--load", type=float, default=20.0, help="erlang")
    parser.add_argument("--hours", type=float, default=60.0)
    parser.add_argument("--rounds", type=int, default=3, help="in turns; the fastest of each counts")
    given = parser.parse_args()
    ours(given.servers, given.load, 1, 0)
    runs: tuple[tuple[str, Callable[[int, float, float, int], Run]], ...] = (("Paiban", ours), *PEERS)
    best: dict[str, Run] = {}
    for seed in range(1, given.rounds + 1):
        for name, simulated in runs:
            # Ours is over before a clock has ticked: it gets more hours of the same queue.
            hours = given.hours * (20 if simulated is ours else 1)
            run = simulated(given.servers, given.load, hours, seed)
            if name not in best or run.rate > best[name].rate:
                best[name] = run
    print(f"exact service level {exact_service_level(given.servers, given.load, AHT, WITHIN):.4f}")
    print(f"{'':8} {'contacts':>9} {'in time':>8} {'contacts/s':>12} {'ours is':>9}")
    for name, run in best.items():
        times = best["Paiban"].rate / run.rate
        print(f"{name:8} {run.contacts:>9} {run.in_time:>8.4f} {run.rate:>12,.0f} {times:>7.0f} x")


if __name__ == "__main__":
    main()
