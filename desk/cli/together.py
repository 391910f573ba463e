"""`paiban erlang --beside`: how many agents several queues need when the same people may serve them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.table import Table

from centre.errors import InputError
from centre.said import Said
from desk.terminal import out, say, say_json, told
from forecasts import erlang as formulas

MOST_QUEUES = 4
"""Queues that a search by simulation is asked for here: more take minutes."""


@dataclass(frozen=True)
class Goals:
    """What every queue promises: `target` within `within_s`; patience 0: callers wait for ever."""

    interval_minutes: float
    target: float
    within_s: float
    patience_s: float
    shrinkage: float


def show_together(queues: Sequence[tuple[float, float]], goals: Goals, others: Sequence[str], json: bool) -> None:
    """Print the agents of each queue alone, of a few flexible ones among them, and of agents who all serve all.

    Parameters
    ----------
    queues : contacts in an interval and handle time in seconds of each.
    others : options given that a simulated search does not look at.

    Raises
    ------
    InputError : for such an option, too many queues, or a target out of reach.
    """
    if others:
        raise InputError(
            Said(
                "--beside: found together with {others}; leave that out: queues that share agents are searched for "
                "their service level of the offered alone (with a patience --definition of_offered)",
                others=list(others),
            )
        )
    if len(queues) > MOST_QUEUES:
        raise InputError(
            Said("--beside: found {found} queues; allowed: at most {most}", found=len(queues), most=MOST_QUEUES)
        )
    from desk.analyst import pooled_and_apart  # the simulator takes a moment to load
    from forecasts.simulate import SharedNeed

    size = len(queues)
    calls, aht = (np.array([queue[place] for queue in queues]) for place in (0, 1))
    hourly = calls * 60 / goals.interval_minutes
    need = SharedNeed(
        hourly, aht, np.full(size, goals.patience_s), np.full(size, goals.target), np.full(size, goals.within_s)
    )
    alone = [
        int(formulas.required_servers(load, handle, goals.target, goals.within_s, goals.patience_s or None,
                                      definition="of_offered"))
        for load, handle in zip(hourly * aht / 3600, aht, strict=True)
    ]  # fmt: skip
    names = [str(place + 1) for place in range(size)]
    found = pooled_and_apart(need, names, hours=40, days=10)
    ways = [
        {
            "way": row["way"],
            "agents": int(row["agents"]),
            "gross": int(formulas.gross_staff(int(row["agents"]), goals.shrinkage)),
            "flexible": int(row["flexible"]),
            "service_level": [float(row[name]) for name in names],
        }
        for _, row in found.iterrows()
    ]
    if json:
        say_json({"load": (hourly * aht / 3600).tolist(), "required_alone": alone, "ways": ways})
        return
    say(
        Said(
            "Each queue by itself needs {alone} agents, {total} in all; served by the same people, by simulation:",
            alone=" + ".join(map(str, alone)),
            total=sum(alone),
        )
    )
    heads = (Said("way"), Said("agents"), Said("with shrinkage"), Said("of them flexible"), Said("service level"))
    table = Table(*map(told, heads))
    for way in ways:
        levels = " / ".join(f"{100 * level:.1f} %" for level in way["service_level"])
        table.add_row(told(WAYS[way["way"]]), str(way["agents"]), str(way["gross"]), str(way["flexible"]), levels)
    out.print(table)


WAYS = {
    "apart": Said("apart"),
    "some flexible": Said("some flexible"),
    "all pooled": Said("all serve all"),
}
