"""Cross two lines of a person: from one to the other wherever both have come to the same state.

A line at one toll is above what the units may be, a line at the next is below: no toll leads between them. But the two
agree on most days, and where they part and meet again either way may be taken.
"""

import numpy as np
from numpy.typing import NDArray

from centre.compiled import compiled
from scheduler.linewise.free_kernel import following
from scheduler.linewise.kernel import INFINITE
from scheduler.linewise.tables import Floats, Ints, Table


def crossed(table: Table, price: Floats, over: Ints, short: Ints) -> Ints | None:
    """The cheapest line made of stretches of two others whose units and weekends are within bounds; None: none is.

    Parameters
    ----------
    price : [days, kinds].
    over, short : legal lines but for their units, -1 a day off.
    """
    both = np.stack([over, short])
    states, busy = _walked(table, both)
    meets = np.flatnonzero(states[0, 1:] == states[1, 1:]) + 1
    if not meets.size or meets[-1] != over.size:
        meets = np.append(meets, over.size)
    first = np.concatenate([[0], meets[:-1]])
    worked = both >= 0
    units = np.where(worked, table.kinds.units[both], 0)
    costs = np.where(worked, price[np.arange(over.size), both], 0.0)
    least, most = table.limits
    came = np.full((first.size, most + 1, table.weekends + 1), -1, dtype=np.int8)
    taken = np.empty(first.size, dtype=np.int64)
    found = _chosen(
        np.add.reduceat(units, first, axis=1), np.add.reduceat(busy, first, axis=1),
        np.add.reduceat(costs, first, axis=1), least, came, taken,
    )  # fmt: skip
    if not found:
        return None
    which = np.repeat(taken, np.diff(np.append(first, over.size)))
    line: Ints = both[which, np.arange(over.size)]
    return line


def _walked(table: Table, lines: Ints) -> tuple[Ints, Ints]:
    """The state before each day and after the last, [2, days + 1], and whether a day begins a weekend's work."""
    rules, groups, kinds = table.person, table.kinds.groups(), len(table.kinds.groups().units)
    states = np.empty((2, lines.shape[1] + 1), dtype=np.int64)
    busy = np.empty_like(lines)
    ways = following(kinds, table.longest, rules.min_run, rules.min_off, groups.after)
    for line, state, begun in zip(lines, states, busy, strict=True):
        of = np.where(line >= 0, groups.of[line], -1)
        _walk(of, table.excused, table.kinds.weekend, ways, rules.min_off, state, begun)
    return states, busy


@compiled
def _walk(line: Ints, excused: Ints, weekend: Ints, ways: Ints, off: int, states: Ints, busy: Ints) -> None:
    """Fill the states and the weekends begun of a line of groups."""
    last = ways.shape[2]
    state = last - 1
    states[0] = state
    for day in range(line.size):
        begins = weekend[day] == 1 or (weekend[day] == 2 and state >= last - off)
        busy[day] = 1 if line[day] >= 0 and begins else 0
        state = ways[excused[day] + 2 * (day == 0 or excused[day - 1] > 0), line[day] + 1, state]
        states[day + 1] = state


@compiled
def _chosen(units: Ints, busy: Ints, costs: Floats, least: int, came: NDArray[np.int8], taken: Ints) -> bool:
    """Choose one of two for each stretch, the cheapest within the bounds; False where none keeps them.

    `came` [stretches, units + 1, weekends + 1] begins as -1; `units`, `busy` and `costs` are [2, stretches].
    """
    stretches, most, weekends = came.shape
    before = np.full((most, weekends), INFINITE)
    before[0, 0] = 0.0
    low, high = 0, 0
    for stretch in range(stretches):
        now = np.full((most, weekends), INFINITE)
        for way in range(2):
            more, spent, cost = units[way, stretch], busy[way, stretch], costs[way, stretch]
            for n in range(low, min(high, most - 1 - more) + 1):
                for w in range(weekends - spent):
                    total = before[n, w] + cost
                    if before[n, w] < INFINITE and total < now[n + more, w + spent]:
                        now[n + more, w + spent] = total
                        came[stretch, n + more, w + spent] = way
        low += min(units[0, stretch], units[1, stretch])
        high = min(most - 1, high + max(units[0, stretch], units[1, stretch]))
        before = now
    best, n, w = INFINITE, -1, -1
    for number in range(least, most):
        for worked in range(weekends):
            if before[number, worked] < best:
                best, n, w = before[number, worked], number, worked
    if n < 0:
        return False
    for stretch in range(stretches - 1, -1, -1):
        way = came[stretch, n, w]
        taken[stretch] = way
        n -= units[way, stretch]
        w -= busy[way, stretch]
    return True
