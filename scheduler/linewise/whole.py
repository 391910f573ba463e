"""A person's whole line of a long horizon in one go: weekends exact, minutes and maxima by tolls that are searched.

Windows cannot move a weekend from December to January; this can, and a year takes some milliseconds. Of the lines that
the tolls lead to the cheapest legal one is returned; it need not be the cheapest there is.
"""

from dataclasses import dataclass

import numpy as np

from scheduler.linewise.crossing import crossed
from scheduler.linewise.free_kernel import line_of_weekends
from scheduler.linewise.kernel import INFINITE
from scheduler.linewise.tables import Floats, Ints, Table

TRIALS, RAISES = 12, 6
"""How often a toll of the units is tried, and how often the charges of maxima are raised."""

FIRST_CHARGE = 2.0

FINE, STEP = 0.003, 0.01
"""Between tolls so near each other lines are crossed, and the first step from a toll that is remembered; both as shares
of the dearest price."""


@dataclass
class _Best:
    """The cheapest legal line so far, at the prices without tolls."""

    line: Ints | None = None
    cost: float = np.inf

    def offer(self, table: Table, price: Floats, line: Ints) -> Ints:
        """Keep a line if it is legal, or becomes so by trades, and is cheaper; what it takes above the maxima."""
        traded = line.copy()
        excess = within_maxima(table, price, traded)
        worked = np.flatnonzero(traded >= 0)
        cost = float(price[worked, traded[worked]].sum())
        if not excess.any() and cost < self.cost:
            self.line, self.cost = traded, cost
        return excess


def whole_line(table: Table, price: Floats, limit: float, tolls: dict[str, float] | None = None) -> Ints | None:
    """A legal line that costs less than `limit` at the prices [days, kinds]; None where none was met.

    `tolls` remembers each person's toll of a unit from one call to the next, where prices change little.
    """
    if table.weekends < 0:
        return None
    best = _Best(cost=limit)
    charges = np.zeros(len(table.caps))
    dearest = max(1.0, float(np.abs(price).max(initial=1.0)))
    toll, width = 0.0, dearest / float(table.kinds.units.max(initial=1))
    if tolls is not None and table.person.name in tolls:
        toll, width = tolls[table.person.name], STEP * dearest
    search = _Search(table, price, FINE * dearest, best)
    for number in range(RAISES):
        toll, excess = search.toll(charges, toll, width)
        if tolls is not None and number == 0:
            tolls[table.person.name] = toll
        if excess is None or not excess.any():
            break
        charges += np.where(excess > 0, np.maximum(FIRST_CHARGE, charges / 2), 0.0)
        width = max(1.0, abs(toll) / 4)
    return best.line


@dataclass
class _Search:
    """The search of the toll at which the units fit; `fine` is how near two tolls are that lead to nothing between."""

    table: Table
    price: Floats
    fine: float
    best: _Best

    def toll(self, charges: Floats, near: float, width: float) -> tuple[float, Ints | None]:
        """The toll, and what the line there takes above the maxima; None where there is no line.

        Tolls often lead from too many units to too few at one step: then the two lines are crossed.
        """
        table, units = self.table, self.table.kinds.units
        least, most = table.limits
        low, high = -np.inf, np.inf
        over, short = None, None
        toll, excess = near, None
        line = np.empty(table.person.days, dtype=np.int64)
        for _ in range(TRIALS):
            if _line(table, self.price + toll * units + charges, line) >= INFINITE:
                return toll, None
            used = int(units[line[line >= 0]].sum())
            if least <= used <= most:
                excess = self.best.offer(table, self.price, line)
                if toll == 0 or used == (most if toll > 0 else least):
                    return toll, excess
            if used > most or (used >= least and toll < 0):
                low, over = toll, line.copy()
            else:
                high, short = toll, line.copy()
            if high - low < self.fine:
                break
            toll, width = _between(low, high, width)
        if over is not None and short is not None:
            between = crossed(table, self.price + charges, over, short)
            if between is not None:
                excess = self.best.offer(table, self.price, between)
        return toll, excess


def within_maxima(table: Table, price: Floats, line: Ints) -> Ints:
    """Trade kinds that the line takes too often for others of their group, where that costs least; what stays above.

    Kinds of a group stand for one another, so that the line stays as legal as it was.
    """
    worked = np.flatnonzero(line >= 0)
    room = table.caps - np.bincount(line[worked], minlength=len(table.caps))
    groups = table.kinds.groups()
    for kind in np.flatnonzero(room < 0):
        days = worked[line[worked] == kind]
        others = groups.members[int(groups.of[kind])]
        others = others[others != kind]
        dearer = np.where(table.allowed[np.ix_(days, others + 1)], price[np.ix_(days, others)], np.inf)
        dearer -= price[days, kind][:, None]
        for place in np.argsort(dearer, axis=None):
            day, other = days[place // others.size], others[place % others.size]
            if room[kind] >= 0 or np.isinf(dearer.flat[place]):
                break
            if room[other] > 0 and line[day] == kind:
                line[day] = other
                room[other] -= 1
                room[kind] += 1
    above: Ints = np.maximum(-room, 0)
    return above


def _between(low: float, high: float, width: float) -> tuple[float, float]:
    """The next toll to try, by way of 0, and how far the one after it may step: twice as far with one side only."""
    if np.isinf(low):
        return (high - width if high <= 0 or high > width else 0.0), 2 * width
    if np.isinf(high):
        return (low + width if low >= 0 or low < -width else 0.0), 2 * width
    return (low + high) / 2, width


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
