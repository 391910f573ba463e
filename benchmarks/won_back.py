"""How much of the lost service comes back: the shipped disruptions over many days; it may be stopped and gone on with.

    python -m benchmarks.won_back SITE --date D --to days.jsonl [--seeds 20] [--disruptions absent,surge]
    python -m benchmarks.won_back SITE --date D --to days.jsonl --told     # what is in the file so far

Every day is one of `paiban rehearse --with-proposals accept` (`--no-overtime` with it, unless --overtime), but the
undisturbed day of a seed is lived once for all disruptions (`none`: with proposals too), and a day that stands in the
file is not lived again.
Differences are told of the same days in pairs: their confidence intervals are far narrower than those of the levels.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from centre.grid import Horizon
from desk.actions.closed_loop import named_disruption, setting_of, shipped_names
from desk.wiring import Place, open_place
from forecasts.simulate.measures import Measured
from streams.rehearsal.closed_loop import Arm, Setting, live_day
from streams.rehearsal.disruption import UNDISTURBED
from streams.rehearsal.measure import DayFigures, summary

Key = tuple[str, bool, Arm, int]
"""Disruption, whether overtime is allowed, arm, seed."""

DRAWS = 2000
"""Samples of the days with replacement, for the spread of the share won back."""


def read(file: Path) -> dict[Key, DayFigures]:
    """The days lived so far."""
    found: dict[Key, DayFigures] = {}
    for line in file.read_text("utf-8").splitlines() if file.exists() else []:
        row = json.loads(line)
        arrays = {name: np.array(row["day"].pop(name)) for name in ("offered", "in_time", "abandoned")}
        projections = tuple(map(tuple, row["day"].pop("projections")))
        day = DayFigures(**arrays, **row["day"], projections=projections)
        found[(row["disruption"], row["overtime"], row["arm"], row["seed"])] = day
    return found


def row_of(key: Key, day: DayFigures, cpu_s: float) -> str:
    """A lived day as a line of the file."""
    figures = {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in asdict(day).items()}
    figures.pop("kept")
    disruption, overtime, arm, seed = key
    row = {"disruption": disruption, "overtime": overtime, "arm": arm, "seed": seed, "cpu_s": round(cpu_s, 2)}
    return json.dumps({**row, "day": figures}) + "\n"


def wanted(disruptions: Sequence[str], overtime: bool, arms: Sequence[Arm], seeds: Sequence[int]) -> Iterator[Key]:
    """Days to live, seed by seed: whenever it is stopped, all disruptions have about as many."""
    for seed in seeds:
        yield "", False, "ignore", seed
        for name in disruptions:
            for arm in arms:
                # Whoever ignores proposals does no overtime either.
                yield name, overtime and arm != "ignore", arm, seed


def live(place: Place, day: date, keys: Sequence[Key], file: Path) -> None:
    """Live what does not stand in the file yet, and write each day down as it is over."""
    done = read(file)
    settings: dict[tuple[str, bool], Setting] = {}
    for key in keys:
        if key in done:
            continue
        name, overtime, arm, seed = key
        if (name, overtime) not in settings:
            wrong = named_disruption(place, name) if name else UNDISTURBED
            settings[name, overtime] = setting_of(place, day, wrong, None, overtime, recorded=False)
        began = time.process_time()
        lived = live_day(settings[name, overtime], arm, seed)
        with file.open("a", encoding="utf-8") as kept:
            kept.write(row_of(key, lived, time.process_time() - began))


def told(days: dict[Key, DayFigures], disruptions: Sequence[str], overtime: bool, grid: Horizon) -> Iterator[str]:
    """What the days came to, a few lines a disruption: over the seeds of who accepts, then those of the clairvoyant."""
    for name in disruptions:
        keys = {"undisturbed": ("", False, "ignore"), "ignore": (name, False, "ignore")}
        keys |= {arm: (name, overtime, arm) for arm in ("accept", "clairvoyant")}
        seeds = {arm: {key[3] for key in days if key[:3] == mine} for arm, mine in keys.items()}
        for last in ("accept", "clairvoyant"):
            have = tuple(keys)[: tuple(keys).index(last) + 1]
            shared = sorted(set.intersection(*(seeds[arm] for arm in have)))
            if not shared:
                continue
            arms = {arm: [days[(*keys[arm], seed)] for seed in shared] for arm in have}
            yield f"{name or 'undisturbed'}{' with overtime' if overtime else ''}: {len(shared)} days"
            for arm, lived in arms.items():
                yield f"    {arm:12}" + _arm(summary(lived, grid)) + _against(arms, arm)


def _arm(figures: dict[str, Any]) -> str:
    shown = {
        "offered": "offered", "answered_in_time": "in time", "minutes_moved": "min moved",
        "overtime_minutes": "min overtime", "hours_given_back": "h back", "proposals": "proposals",
    }  # fmt: skip
    level = figures["service_level"]
    parts = [f"{level['mean']:.2%} ± {level['half_width'] or np.nan:.2%}"]
    parts.append(f"occupancy {figures['occupancy']['mean']:.1%}")
    return "  ".join([*parts, *(f"{words} {figures[name]['mean']:.1f}" for name, words in shown.items())])


def _against(arms: dict[str, list[DayFigures]], arm: str) -> str:
    """Contacts in time against ignoring, day by day, and the share of the lost service that comes back."""
    if arm not in ("accept", "clairvoyant"):
        return ""
    more = Measured.of([a.in_time.sum() - b.in_time.sum() for a, b in zip(arms[arm], arms["ignore"], strict=True)])
    found = f"  against ignored {more.mean:+.1f} ± {more.half_width:.1f} contacts"
    back, low, high = won_back(arms["undisturbed"], arms["ignore"], arms[arm])
    return found if back is None else f"{found}, won back {back:.0%} (95 %: {low:.0%} to {high:.0%})"


def won_back(
    undisturbed: Sequence[DayFigures], ignored: Sequence[DayFigures], accepted: Sequence[DayFigures]
) -> tuple[float | None, float, float]:
    """The share of the lost service level that comes back over all contacts, with its 95 % interval (the days drawn
    anew with replacement); None where less than half a point was lost."""
    counts = np.array(
        [[(d.in_time.sum(), d.offered.sum()) for d in arm] for arm in (undisturbed, ignored, accepted)], dtype=float
    )

    def share(days: np.ndarray[Any, Any]) -> tuple[float, float]:
        level = counts[:, days].sum(axis=1)
        whole, without, with_them = level[:, 0] / level[:, 1]
        return float(whole - without), float((with_them - without) / max(whole - without, 1e-9))

    lost, back = share(np.arange(counts.shape[1]))
    rng = np.random.default_rng(1)
    spread = [share(rng.integers(0, counts.shape[1], counts.shape[1]))[1] for _ in range(DRAWS)]
    low, high = np.quantile(spread, (0.025, 0.975))
    return (back if lost >= 0.005 else None), float(low), float(high)


def main(arguments: Sequence[str] | None = None) -> None:
    """Live the days, and say what they came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("--date", type=date.fromisoformat, required=True)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--disruptions", default=",".join(shipped_names()))
    parser.add_argument("--arms", default="ignore,accept,clairvoyant")
    parser.add_argument("--overtime", action="store_true")
    parser.add_argument("--told", action="store_true")
    given = parser.parse_args(arguments)
    names = ["" if name == "none" else name for name in given.disruptions.split(",")]
    seeds = range(given.first, given.first + given.seeds)
    with open_place(given.site) as place:
        if not given.told:
            live(place, given.date, list(wanted(names, given.overtime, given.arms.split(","), seeds)), given.to)
        settings = place.site.settings
        grid = Horizon(settings.zone, settings.grid_minutes, given.date, 1)
    for line in told(read(given.to), names, given.overtime, grid):
        print(line)


if __name__ == "__main__":
    main()
