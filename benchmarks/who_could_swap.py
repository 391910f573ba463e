"""How long "who could swap with me?" takes among many people, beside putting every pair through the checks.

    python benchmarks/who_could_swap.py --agents 1000

The roster is legal and laid by hand: each person works five days on and two off, staggered, one shift of three. The
peer in the same run is the plain way: every shift of everybody who is free through the whole verdict, of which a part
is timed and scaled up. Read the ratio.
"""

import argparse
from dataclasses import replace
from time import process_time

import numpy as np

from benchmarks.centres import FIRST_DAY, Centre, make
from centre.policy import Policy
from centre.requests import Handing, SwapRequest
from centre.roster import Roster, Segment
from scheduler.checks import check
from scheduler.judging import Floor
from scheduler.problem import Problem
from scheduler.swap import swap_holds
from scheduler.swap_partners import who_could_swap

STARTS = (8 * 60, 9 * 60, 11 * 60)


def laid(agents: int, weeks: int) -> Floor:
    """A floor of so many people with a roster laid by hand."""
    problem = make(Centre(agents=agents, weeks=weeks, leaders=False, wishes=False))
    site = problem.site
    shift = next(iter(site.shifts.values())).model_copy(
        update={"start": (8 * 60, 11 * 60), "minutes": (480, 480), "pauses": (), "step_minutes": 60, "name": "day"}
    )
    contract = next(iter(site.contracts.values())).model_copy(
        update={"shifts": ("day",), "week_minutes": (0, 0), "month_minutes": (0, 0), "weekends_off": 0, "name": "c",
                "days_per_week": (0, 7), "start_spread_minutes": 0}
    )  # fmt: skip
    people = {name: person.model_copy(update={"contract": "c"}) for name, person in site.agents.items()}
    settings = site.settings.model_copy(update={"opening": {}})
    site = replace(site, shifts={"day": shift}, contracts={"c": contract}, agents=people, leave=(), settings=settings,
                   activities=(), fixed=())  # fmt: skip
    horizon = problem.horizon
    segments = [
        Segment(name, horizon.at(day, STARTS[number % 3]), horizon.at(day, STARTS[number % 3] + 480), "work",
                next(iter(person.skills), ""))
        for number, (name, person) in enumerate(people.items())
        for day in range(horizon.days)
        if (day + number) % 7 < 5
    ]  # fmt: skip
    return Floor(Problem(site, horizon, problem.requirement, Policy()), Roster.of(segments))


def main() -> None:
    """Time it for a few people, each anew."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--agents", type=int, default=1000)
    options.add_argument("--weeks", type=int, default=4)
    options.add_argument("--people", type=int, default=5)
    chosen = options.parse_args()
    floor = laid(chosen.agents, chosen.weeks)
    hard = [found for found in check(floor.roster, floor.problem) if found.hard]
    assert not hard, hard[0]
    at = floor.problem.horizon.begin
    began = process_time()
    lines = floor.lines
    read = process_time() - began
    names = list(lines)[:: max(1, len(lines) // chosen.people)][: chosen.people]
    times = []
    for name in names:
        duty = lines[name].duties[6]
        began = process_time()
        offers = who_could_swap(name, duty.start, at, floor, Policy(), frozenset(), (), 10)
        times.append(process_time() - began)
        print(f"{name}: {len(offers)} partners in {times[-1]:.3f} s of processor time")
    name = names[0]
    duty = lines[name].duties[6]
    pairs = [
        (other, held.start)
        for other, line in lines.items()
        for held in line.duties
        if other != name and held.start > at and held.start != duty.start
    ]
    rng = np.random.default_rng(1)
    sample = [pairs[index] for index in rng.choice(len(pairs), min(300, len(pairs)), replace=False)]
    began = process_time()
    for other, start in sample:
        hands = (Handing(giver=name, taker=other, start=duty.start), Handing(giver=other, taker=name, start=start))
        swap_holds(SwapRequest(agent=name, hands=hands, at=at), floor, Policy(), frozenset(), ())
    plain = (process_time() - began) / len(sample) * len(pairs)
    print(f"first day {FIRST_DAY}, {len(lines)} people, {len(floor.roster.segments)} shifts")
    print(f"reading the roster once: {read:.2f} s; answer: median {np.median(times):.3f} s, worst {max(times):.3f} s")
    print(f"every pair through the verdict: {plain:.1f} s; {plain / np.median(times):.0f} times as long")


if __name__ == "__main__":
    main()
