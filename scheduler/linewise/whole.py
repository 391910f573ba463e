"""A person's whole line of a long horizon in one go: weekends exact, minutes and maxima by tolls that are searched.

Windows cannot move a weekend from December to January; this can, and a year takes some milliseconds. Of the lines that
the tolls lead to the cheapest legal one is returned; it need not be the cheapest there is.
"""

from dataclasses import dataclass

import numpy as np

from scheduler.linewise.free_kernel import line_of_weekends
from scheduler.linewise.kernel import INFINITE
from scheduler.linewise.tables import Floats, Ints, Table

HALVINGS, RAISES = 9, 6
"""How often the toll of the units is halved in, and how often the charges of maxima are raised."""

FIRST_CHARGE = 2.0


@dataclass
class _Best:
    """The cheapest legal line so far, at the prices without tolls."""

    line: Ints | None = None
    cost: float = np.inf


def whole_line(table: Table, price: Floats, limit: float) -> Ints | None:
    """A legal line that costs less than `limit` at the prices [days, kinds]; None where none was met."""
    if table.weekends < 0:
        return None
    best = _Best(cost=limit)
    charges = np.zeros(len(table.caps))
    line = np.empty(table.person.days, dtype=np.int64)
    toll, width = 0.0, max(1.0, float(np.abs(price).max(initial=1.0)) / float(table.kinds.units.max(initial=1)))
    for _ in range(RAISES):
        toll, excess = _toll_searched(table, price, charges, toll, width, line, best)
        if excess is None or not excess.any():
            return best.line
        charges += np.where(excess > 0, np.maximum(FIRST_CHARGE, charges / 2), 0.0)
        width = max(1.0, abs(toll) / 4)
    return best.line


def _toll_searched(
    table: Table, price: Floats, charges: Floats, near: float, width: float, line: Ints, best: _Best
) -> tuple[float, Ints | None]:
    """Search the toll at which the units fit; the toll, and what the line there takes above the maxima (None: none)."""
    least, most = table.limits
    low, high = -np.inf, np.inf
    toll, excess = near, None
    for _ in range(HALVINGS):
        if _line(table, price + toll * table.kinds.units + charges, line) >= INFINITE:
            return toll, None
        worked = np.flatnonzero(line >= 0)
        used = int(table.kinds.units[line[worked]].sum())
        if least <= used <= most:
            excess = np.maximum(np.bincount(line[worked], minlength=len(table.caps)) - table.caps, 0)
            cost = float(price[worked, line[worked]].sum())
            if not excess.any() and cost < best.cost:
                best.line, best.cost = line.copy(), cost
            if toll == 0 or used == (most if toll > 0 else least):
                break
        if used > most or (used >= least and toll < 0):
            low = toll
        else:
            high = toll
        toll = _between(low, high, width)
    return toll, excess


def _between(low: float, high: float, width: float) -> float:
    if np.isinf(low):
        return high - width if high <= 0 else (0.0 if high > width else -width)
    if np.isinf(high):
        return low + width if low >= 0 else (0.0 if low < -width else width)
    return (low + high) / 2


def _line(table: Table, price: Floats, line: Ints) -> float:
    """The cheapest line by runs and weekends, written to `line`."""
    kinds, rules = table.kinds, table.person
    groups = kinds.groups()
    allowed, prices, which = groups.narrowed(table.allowed, price)
    states = len(groups.units) * (table.longest + rules.min_run - 1) + rules.min_off
    behind = np.empty((rules.days + 1, states + 1, table.weekends + 1))
    cost = line_of_weekends(
        allowed, prices, table.excused, kinds.weekend, groups.after, table.longest, rules.min_run, rules.min_off,
        table.weekends, states - 1, behind, line,
    )  # fmt: skip
    if cost < INFINITE:
        worked = np.flatnonzero(line >= 0)
        line[worked] = which[worked, line[worked]]
    return float(cost)
