"""A legal line by which days are worked alone: quick, and sure where the bounds of a long horizon are tight.

Exact over runs, days worked and weekends worked, whatever the kinds: one length of duty is chosen, and each run of work
gets one kind (or several that may follow one another) with room left under its maximum. What `Table.excused` would
allow is not used: a line that is found is legal, where none is found one may still exist.
"""

import numpy as np
from numpy.typing import NDArray

from centre.compiled import compiled
from scheduler.linewise.tables import Bools, Floats, Ints, Table

DEAR = 1e15


def steady_line(table: Table, price: Floats) -> tuple[Ints, float] | None:
    """A legal line of the whole horizon with its cost at the prices [days, kinds]; None where none is found.

    Of the days worked it is the cheapest at each day's cheapest kind; the kinds are then chosen run by run.
    """
    kinds = _kinds(table)
    if not kinds.size:
        return None
    unit = int(table.kinds.units[kinds[0]])
    least, most = -(-table.limits[0] // unit), table.limits[1] // unit
    weekends = table.weekends
    if weekends < 0 or most < 0:
        return None
    allowed = table.allowed[:, 1 + kinds]
    cost = np.where(allowed, price[:, kinds], DEAR).min(axis=1)
    days = table.person.days
    longest, rest = table.longest, max(table.person.min_off, 1)
    chosen = np.zeros(days, dtype=np.bool_)
    shape = (days, longest + rest, min(most, days) + 1, weekends + 1)
    came = np.full(shape, -1, dtype=np.int8)
    total = walk(
        cost, np.ascontiguousarray(table.allowed[:, 0]), table.kinds.weekend, longest, table.person.min_run, rest,
        least, came, chosen,
    )  # fmt: skip
    if total >= DEAR:
        return None
    line = _with_kinds(table, chosen, kinds, price)
    if line is None:
        return None
    worked = np.flatnonzero(line >= 0)
    return line, float(price[worked, line[worked]].sum())


def _kinds(table: Table) -> Ints:
    """The kinds of the length that may be worked most often."""
    caps = np.where(table.allowed[:, 1:].any(axis=0), table.caps, 0)
    lengths = np.unique(table.kinds.units[caps > 0])
    if not lengths.size:
        return np.zeros(0, dtype=np.int64)
    room = [int(caps[table.kinds.units == length].sum()) for length in lengths]
    found: Ints = np.flatnonzero((table.kinds.units == lengths[int(np.argmax(room))]) & (caps > 0))
    return found


def _with_kinds(table: Table, chosen: Bools, kinds: Ints, price: Floats) -> Ints | None:
    """A kind for each worked day: one a run where one has room for it, the cheapest such; else day by day."""
    line = np.full(chosen.size, -1, dtype=np.int64)
    room = {int(kind): int(table.caps[kind]) for kind in kinds}
    edges = np.flatnonzero(np.diff(np.concatenate([[0], chosen.astype(np.int64), [0]])))
    runs = [range(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    for run in sorted(runs, key=len, reverse=True):
        able = [kind for kind in room if room[kind] >= len(run) and table.allowed[run.start : run.stop, kind + 1].all()]
        able = [kind for kind in able if table.kinds.after[kind, kind] or len(run) == 1]
        if able:
            best = min(able, key=lambda kind: float(price[run.start : run.stop, kind].sum()))
            line[run.start : run.stop] = best
            room[best] -= len(run)
        elif not _day_by_day(table, line, run, room, price):
            return None
    return line


def _day_by_day(table: Table, line: Ints, run: range, room: dict[int, int], price: Floats) -> bool:
    """Fill a run with kinds that may follow one another, those with the most room first."""
    for day in run:
        before = int(line[day - 1]) if day > run.start else -1
        able = [
            kind
            for kind, left in room.items()
            if left > 0 and table.allowed[day, kind + 1] and (before < 0 or table.kinds.after[before, kind])
        ]
        if not able:
            return False
        # A kind after which few may follow is kept for the run's end.
        best = max(able, key=lambda kind: (int(table.kinds.after[kind].sum()), room[kind], -float(price[day, kind])))
        line[day] = best
        room[best] -= 1
    return True


@compiled
def walk(
    cost: Floats, may_rest: Bools, weekend: Ints, longest: int, least_run: int, rest: int, least: int,
    came: NDArray[np.int8], chosen: Bools,
) -> float:  # fmt: skip
    """Fill `chosen` with the cheapest days to work and return their cost; DEAR or more where none are legal.

    States: 0 .. longest - 1 are runs of work of one day and more; the `rest` states after them days off, the last of
    them "as many as are wanted, or more". `came[day, state, worked, weekends]` is the state of the day before.
    """
    days, states, most, busy = came.shape
    before = np.full((states, most, busy), DEAR)
    before[states - 1, 0, 0] = 0.0
    for day in range(days):
        now = np.full((states, most, busy), DEAR)
        for s in range(states):
            for n in range(most):
                for w in range(busy):
                    total = before[s, n, w]
                    if total >= DEAR:
                        continue
                    if may_rest[day]:
                        following = -1
                        if s >= longest:
                            following = min(s + 1, states - 1)
                        elif s + 1 >= least_run:
                            following = longest
                        if following >= 0 and total < now[following, n, w]:
                            now[following, n, w] = total
                            came[day, following, n, w] = s
                    if cost[day] < DEAR and n + 1 < most:
                        following = -1
                        if s < longest - 1:
                            following = s + 1
                        elif s == states - 1:
                            following = 0
                        more = weekend[day] == 1 or (weekend[day] == 2 and following == 0)
                        if following >= 0 and w + more < busy and total + cost[day] < now[following, n + 1, w + more]:
                            now[following, n + 1, w + more] = total + cost[day]
                            came[day, following, n + 1, w + more] = s
        before = now
    best, state, worked, weekends = DEAR, -1, 0, 0
    for s in range(states):
        for n in range(least, most):
            for w in range(busy):
                if before[s, n, w] < best:
                    best, state, worked, weekends = before[s, n, w], s, n, w
    if state < 0:
        return best
    for day in range(days - 1, -1, -1):
        earlier = came[day, state, worked, weekends]
        chosen[day] = state < longest
        if chosen[day]:
            worked -= 1
            if weekend[day] == 1 or (weekend[day] == 2 and state == 0):
                weekends -= 1
        state = earlier
    return best
