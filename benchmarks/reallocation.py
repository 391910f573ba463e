"""How quickly the floor gets its proposal: from the sight of the floor to the confirmed set of moves.

    python -m benchmarks.reallocation [--agents 50,200,500,1000] [--again 3]

A made floor of three queues and seven skill groups, shifts of nine hours with a meal and a break, a load that the floor
just carries and a tenth of it absent; moves are chosen over the nine hours to the end of the last shift. Printed in CPU
seconds, all threads, and wall-clock seconds, each by stage; the peer in the same run is the plain rules: contacts won
by simulation on fresh futures (won, plain), by the curves less prices (worth, plain_worth) against the most that could
be (bound).
"""

import argparse
import time
from collections.abc import Sequence

import numpy as np

from centre.people import Contract
from centre.queues import Queue
from centre.reallocation import Reallocation
from centre.roster import Segment
from centre.shifts import Pause, Shift
from centre.site import Settings, Site
from streams.reallocation.choose import choose
from streams.reallocation.curves import read_curves
from streams.reallocation.effects import rows_after
from streams.reallocation.fallback import plain_rules
from streams.reallocation.finders import Ask
from streams.reallocation.paint import Line
from streams.reallocation.projection import draw, project
from streams.reallocation.propose import find_moves
from streams.reallocation.sight import STEP_S, Present, Sight

QUEUES = tuple(Queue(name=name, patience_s=150, aht_s=240, priority=n + 1) for n, name in enumerate("abc"))
SKILLS = ("a", "b", "c", "ab", "bc", "ac", "abc")
BEGIN = 1_796_000_400


def line(agent: str, number: int, queue: str) -> Line:
    """Nine hours, beginning within two hours before now, with a meal and a break ahead."""
    start = BEGIN - 900 * (number % 9)
    meal, rest = start + 3600 * 3 + 900 * (number % 5), start + 3600 * 6
    cuts = (start, meal, meal + 3600, rest, rest + 900, start + 9 * 3600)
    kinds = ("work", "meal", "work", "break", "work")
    return tuple(
        Segment(agent, a, b, kind, queue if kind == "work" else "")
        for a, b, kind in zip(cuts, cuts[1:], kinds, strict=False)
        if a < b
    )


def floor(agents: int) -> tuple[Sight, Site]:
    """So many agents on the floor, and the site they belong to."""
    people = []
    for number in range(agents):
        skills = SKILLS[number % len(SKILLS)]
        name = f"a{number:05}"
        gone = number % 10 == 3
        people.append(
            Present(name, "agent", "full", dict.fromkeys(skills, 1.0), line(name, number, skills[0]),
                    chance=0.0 if gone else 1.0, out="absent" if gone else "")
        )  # fmt: skip
    steps = 108
    ends = np.array([person.line[-1].end for person in people])
    left = (ends[:, None] > BEGIN + np.arange(steps) * STEP_S).mean(axis=0)
    course = left * (1 + 0.15 * np.sin(np.arange(steps) / 8))
    erlangs = agents * 0.72 / 3
    volume = np.tile(erlangs * STEP_S / 240 * course, (3, 1))
    sight = Sight(BEGIN, BEGIN, QUEUES, tuple(people), volume, np.full((3, steps), 240.0), np.full(3, 0.05),
                  np.array([3, 2, 1]), np.full(3, round(erlangs * 0.9), dtype=np.int64))  # fmt: skip
    pauses = (
        Pause(activity="meal", minutes=60, after_minutes=(120, 330)),
        Pause(activity="break", minutes=15, after_minutes=(300, 480)),
    )
    site = Site(
        Settings(format=1, name="made", zone="UTC"),
        {queue.name: queue for queue in QUEUES},
        {"day": Shift(name="day", start=(0, 1440), minutes=(540, 540), step_minutes=15, pauses=pauses)},
        {"full": Contract(name="full", shifts=("day",))},
        {},
    )
    return sight, site


def once(sight: Sight, site: Site, policy: Reallocation) -> dict[str, float]:
    """One proposal, by stage."""
    marks = [(time.perf_counter(), time.process_time())]

    def mark() -> None:
        marks.append((time.perf_counter(), time.process_time()))

    near = sight.near(policy.project_minutes)
    project(near, draw(near, 1))
    mark()
    draws = draw(sight, 1)
    curves = read_curves(sight, draws)
    mark()
    moves = find_moves(Ask(sight, curves, policy, site))
    mark()
    choice = choose(sight, curves, moves, policy)
    mark()
    fresh = draw(sight, 2)
    before, after = project(sight, fresh), project(sight, fresh, rows_after(sight, choice.moves))
    mark()
    plain = plain_rules(sight, curves, moves, policy)
    won = after.total() - before.total()
    other = project(sight, fresh, rows_after(sight, plain.moves)).total() - before.total()
    spans = np.diff(np.array(marks), axis=0)
    return {
        "project": spans[0, 1], "curves": spans[1, 1], "find": spans[2, 1], "choose": spans[3, 1],
        "confirm": spans[4, 1], "cpu": float(spans[:, 1].sum()), "wall": float(spans[:, 0].sum()), "moves": len(moves),
        "chosen": len(choice.moves), "optimal": float(choice.optimal), "won": won, "plain": other,
        "by_model": float(choice.method == "model"), "worth": choice.worth, "plain_worth": plain.worth,
        "bound": choice.bound,
    }  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", default="50,200,500,1000")
    parser.add_argument("--again", type=int, default=3)
    given = parser.parse_args(arguments)
    policy = Reallocation()
    once(*floor(30), policy)  # compiled before the clock starts
    for agents in map(int, given.agents.split(",")):
        runs = [once(*floor(agents), policy) for _ in range(given.again)]
        best = min(runs, key=lambda run: run["cpu"])
        print(f"{agents} agents: " + ", ".join(f"{name} {value:.2f}" for name, value in best.items()), flush=True)


if __name__ == "__main__":
    main()
