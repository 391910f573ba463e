"""How true the live floor's word is: false alarms, projected against realised service, promises against what came.

    python -m benchmarks.floor_truth SITE --date D [--seeds 8] [--disruptions none,absent] [--promises]

Every seed is a day lived by the closed-loop rehearsal (`paiban rehearse --with-proposals`). Without --promises nothing
is accepted: what is projected is what the floor would do by itself, and what became of it is known. An alarm is false
where over the time looked ahead neither a queue nor all together came to lie the trigger's `drop` under what it is held
against. With --promises every proposal is accepted, and each is held against the same floor lived on without it: the
peer is the promise itself.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from desk.actions.closed_loop import named_disruption, setting_of
from desk.wiring import open_place
from streams.rehearsal.closed_loop import Setting, live_day
from streams.rehearsal.measure import DayFigures, projection_quality


def watched(setting: Setting, seeds: Sequence[int]) -> str:
    """Nothing accepted: alarms and projections."""
    days = [live_day(setting, "watch", seed) for seed in seeds]
    quality = projection_quality([row for day in days for row in day.projections])
    alarms, false = sum(d.alarms for d in days), sum(d.false_alarms for d in days)
    return (
        f"looks {sum(d.looks for d in days):5}  alarms {alarms / len(days):5.2f} a day  false {false / len(days):5.2f} "
        f"a day  projection bias {quality['bias']:+.4f}  80 % band covers {quality['coverage']:.3f}"
    )


def promised(setting: Setting, seeds: Sequence[int]) -> str:
    """Everything accepted: what was promised and what came of it, by move type."""
    days = [live_day(replace(setting, promises=True), "accept", seed) for seed in seeds]
    return f"{totals(days)}\n{by_type(days)}"


def totals(days: Sequence[DayFigures]) -> str:
    """Contacts in time promised and realised a day, and how often the band held what came."""
    kept = [row for day in days for row in day.kept if row.kind == "trouble"]
    if not kept:
        return "nothing was proposed"
    said, came = sum(row.promised[0] for row in kept), sum(row.realised for row in kept)
    inside = np.mean([row.promised[1] <= row.realised <= row.promised[2] for row in kept])
    return (
        f"proposals {len(kept) / len(days):5.1f} a day  promised {said / len(days):6.1f}  "
        f"came {came / len(days):6.1f}  ratio {came / max(said, 1e-9):.2f}  80 % band holds {inside:.2f}"
    )


def by_type(days: Sequence[DayFigures]) -> str:
    """Of proposals weighted by how much of their promise each type makes: what came over what was promised."""
    said: dict[str, float] = {}
    came: dict[str, float] = {}
    for row in (row for day in days for row in day.kept if row.kind == "trouble"):
        whole = sum(max(won, 0.0) for won in row.by_type.values())
        for kind, won in row.by_type.items():
            share = max(won, 0.0) / whole if whole > 0 else 0.0
            said[kind] = said.get(kind, 0.0) + share * row.promised[0]
            came[kind] = came.get(kind, 0.0) + share * row.realised
    rows = sorted(said, key=lambda kind: -said[kind])
    return "\n".join(
        f"    {kind:20} promised {said[kind] / len(days):6.1f}  came {came[kind] / len(days):6.1f}" for kind in rows
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line a disruption."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("--date", type=date.fromisoformat, required=True)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--first", type=int, default=1001)
    parser.add_argument("--disruptions", default="none")
    parser.add_argument("--promises", action="store_true")
    given = parser.parse_args(arguments)
    seeds = range(given.first, given.first + given.seeds)
    with open_place(given.site) as place:
        for name in given.disruptions.split(","):
            wrong = named_disruption(place, None if name == "none" else name)
            setting = setting_of(place, given.date, wrong, None, overtime=False, recorded=False)
            began = time.process_time()
            told = promised(setting, seeds) if given.promises else watched(setting, seeds)
            print(f"{name:18} {told}  CPU {(time.process_time() - began) / len(seeds):.1f} s a day", flush=True)


if __name__ == "__main__":
    main()
