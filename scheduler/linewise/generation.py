"""Generate lines for a master until none is missing, and prove a bound on the way."""

from dataclasses import dataclass

import numpy as np

from scheduler.linewise.descent import SMALL, Stop
from scheduler.linewise.lines import Line, Scratch, best_line
from scheduler.linewise.master import Master
from scheduler.linewise.tables import Floats, Table


@dataclass(frozen=True)
class Relaxation:
    """What generation came to: the linear programme's cost and a bound that nothing can be below."""

    cost: float
    bound: float
    complete: bool


def generate(
    master: Master,
    tables: list[Table],
    scratch: Scratch,
    stop: Stop,
    hopeless: float = np.inf,
    begin: Floats | None = None,
) -> Relaxation:
    """Price lines with smoothed duals until the bound meets the linear programme.

    Stops early when the bound passes `hopeless`: then nothing better than that is left to be found here. `begin` are
    good prices of the covers, where some are known: lines are looked for at these first.
    """
    best, centre = -np.inf, None
    if begin is not None:
        every = dict.fromkeys(master.people, np.inf)
        _, best = _round(master, tables, scratch, begin, begin, every, stop)
        centre = begin if best > -np.inf else None
    while True:
        cost = master.solve()
        if not np.isfinite(cost):
            return Relaxation(cost, best, False)
        cover, one = master.prices, master.ones
        if best > cost - SMALL * max(1.0, abs(cost)) or best > hopeless or stop():
            return Relaxation(cost, best, best > cost - SMALL * max(1.0, abs(cost)))
        smoothed = cover if centre is None else (cover + centre) / 2
        added, bound = _round(master, tables, scratch, smoothed, cover, one, stop)
        if bound > best:
            best, centre = bound, smoothed
        if not added:
            if centre is None or smoothed is cover:
                return Relaxation(cost, max(best, bound), True)
            centre = None


def _round(
    master: Master,
    tables: list[Table],
    scratch: Scratch,
    smoothed: Floats,
    cover: Floats,
    one: dict[int, float],
    stop: Stop,
) -> tuple[int, float]:
    """Add each person's cheapest line at the smoothed prices; how many lower the cost, and the bound proved."""
    added, bound = 0, float((smoothed * master.residual).sum())
    for person in master.people:
        found = None if stop() else _line(master, tables[person], person, smoothed, scratch)
        if found is None:
            return added, -np.inf
        bound += found.cost + tables[person].unmet
        days = np.flatnonzero(found.days >= 0)
        inside = days[(days >= master.days.start) & (days < master.days.stop)]
        value = master.board.line_cost(person, found.days) - cover[inside, found.days[inside]].sum()
        if value < one[person] - SMALL and master.add(person, found.days):
            added += 1
    return added, bound


def _line(
    master: Master, table: Table, person: int, cover: Floats, scratch: Scratch, limit: float = np.inf
) -> Line | None:
    current = master.board.lines[person]
    whole = len(master.days) == table.person.days
    limit = min(limit, 1e17)
    return best_line(table, table.wishes - cover, scratch, limit, master.days, None if whole else current)


def improve_master(master: Master, tables: list[Table], scratch: Scratch, rounds: int, stop: Stop) -> float:
    """A few rounds without a bound: only lines that lower the cost are looked for."""
    cost = master.solve()
    for _ in range(rounds):
        cover, one = master.prices, master.ones
        added = 0
        for person in master.people:
            if stop():
                return cost
            limit = one[person] - tables[person].unmet - SMALL
            found = _line(master, tables[person], person, cover, scratch, limit)
            added += found is not None and master.add(person, found.days)
        if not added:
            break
        cost = master.solve()
    return cost
