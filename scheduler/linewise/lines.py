"""Ask the compiled search for one person's cheapest line, over the whole horizon or a window of it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scheduler.linewise.kernel import INFINITE, bounds_from_behind, cheapest, excuse, step
from scheduler.linewise.tables import Floats, Ints, Table

TOLLS = (0.0, 1.0, -1.0, 5.0, -5.0, 25.0, -25.0, 100.0, -100.0)
"""Trial prices of a paid shift for the bound that prunes; the best of them at the start of the line is taken."""


@dataclass
class Scratch:
    """Memory that every search uses again."""

    slots_size: int = 1 << 22
    labels: int = 3_000_000
    slots: NDArray[np.int32] = field(init=False)
    keys: Ints = field(init=False)
    costs: Floats = field(init=False)
    parents: NDArray[np.int32] = field(init=False)
    choices: NDArray[np.int8] = field(init=False)

    def __post_init__(self) -> None:
        self.slots = np.full(self.slots_size, -1, dtype=np.int32)
        self.keys = np.zeros(self.labels, dtype=np.int64)
        self.costs = np.zeros(self.labels)
        self.parents = np.zeros(self.labels, dtype=np.int32)
        self.choices = np.zeros(self.labels, dtype=np.int8)


@dataclass(frozen=True)
class Line:
    """A line and what it costs at the prices it was searched with: a kind for each day, -1 a day off."""

    days: Ints
    cost: float


def best_line(
    table: Table,
    price: Floats,
    scratch: Scratch,
    limit: float = INFINITE,
    window: range | None = None,
    current: Ints | None = None,
) -> Line | None:
    """The cheapest legal line that costs less than `limit`; None when there is none.

    Parameters
    ----------
    price : [days, kinds], cost of each duty, wishes included.
    window : the days that may change, all by default; `current` says what stands on the others. `limit` and the cost
        returned are those of the whole line.

    Kinds with a maximum are counted only once a line has broken it: most lines never do.
    """
    days = table.person.days
    window = window or range(days)
    part = _part(table, window, current)
    held = _held_cost(price, current, part)
    counted: list[int] = []
    while True:
        line = np.empty(len(part.span), dtype=np.int64)
        cost = _search(table, price, scratch, part, counted, limit - held, line)
        if cost >= INFINITE or cost <= -INFINITE:
            return None
        taken = np.bincount(line[line >= 0], minlength=len(part.caps))
        broken = [int(kind) for kind in np.flatnonzero(taken > part.caps) if kind not in counted]
        if not broken:
            whole = np.full(days, -1, dtype=np.int64) if current is None else current.copy()
            whole[part.span.start : part.span.stop] = line
            return Line(whole, cost + held)
        counted += broken


@dataclass(frozen=True)
class _Part:
    """The days a search walks over: the window, and what follows it until the runs have settled."""

    span: range
    allowed: NDArray[np.bool_]
    start: int
    start_excused: bool
    least: int
    most: int
    weekends: int
    caps: Ints


def _part(table: Table, window: range, current: Ints | None) -> _Part:
    days = table.person.days
    if current is None or len(window) == days:
        least, most = table.limits
        return _Part(range(days), table.allowed, _fresh(table), True, least, most, table.weekends, table.caps)
    span = range(window.start, _settled(table, window.stop, current))
    allowed = table.allowed[span.start : span.stop].copy()
    for day in range(window.stop, span.stop):
        allowed[day - span.start] = False
        allowed[day - span.start, current[day] + 1] = True
    outside = np.ones(days, dtype=np.bool_)
    outside[span.start : span.stop] = False
    kept = current[outside & (current >= 0)]
    spent = int(table.kinds.units[kept].sum())
    free = current.copy()
    free[span.start : span.stop] = -1
    busy = sum(bool((free[weekend.start : weekend.stop] >= 0).any()) for weekend in table.person.weekends)
    least, most = table.limits
    state, excused = state_before(table, current, span.start)
    caps = np.maximum(table.caps - np.bincount(kept, minlength=len(table.caps)), 0)
    return _Part(span, allowed, state, excused, max(least - spent, 0), most - spent, table.weekends - busy, caps)


def _settled(table: Table, stop: int, current: Ints) -> int:
    """Where what follows a window no longer depends on it: one day into the next run, not between two weekend days."""
    days = table.person.days
    day = stop
    while day < days and (current[day] >= 0) == (current[stop] >= 0):
        day += 1
    day = min(day + 1, days)
    while day < days and table.kinds.weekend[day] == 2:
        day += 1
    return day


def state_before(table: Table, current: Ints, day: int) -> tuple[int, bool]:
    """State of the run that stands before a day, and whether the day before excuses what starts on it."""
    state, excused = _fresh(table), True
    person, kinds = table.person, table.kinds
    start = day
    while start > 0 and (start == day or (current[start - 1] >= 0) == (current[day - 1] >= 0)):
        start -= 1
    if start > 0:
        excused = bool(table.excused[start - 1]) and current[start - 1] < 0
        state = _fresh(table) if current[start] >= 0 else _run_of_one(table, int(current[start - 1]))
    for number in range(start, day):
        choice = int(current[number])
        following = step(
            state, choice, int(table.excused[number]), len(kinds.names), table.longest, person.min_run, person.min_off,
            kinds.after,
        )  # fmt: skip
        if choice >= 0 and state >= _first_off(table) and excused:
            following = excuse(following, choice, len(kinds.names), table.longest, person.min_run)
        state = following
        excused = bool(table.excused[number]) and choice < 0
    return state, excused or day == 0


def _first_off(table: Table) -> int:
    return len(table.kinds.names) * (table.longest + table.person.min_run - 1)


def _fresh(table: Table) -> int:
    """The state in which anything may begin: days off, long enough."""
    return _first_off(table) + table.person.min_off - 1


def _run_of_one(table: Table, kind: int) -> int:
    """A run of work that may end: as long as its shortest."""
    return kind * (table.longest + table.person.min_run - 1) + table.person.min_run - 1


def _held_cost(price: Floats, current: Ints | None, part: _Part) -> float:
    if current is None:
        return 0.0
    outside = current.copy()
    outside[part.span.start : part.span.stop] = -1
    days = np.flatnonzero(outside >= 0)
    return float(price[days, outside[days]].sum())


def _search(
    table: Table, price: Floats, scratch: Scratch, part: _Part, counted: list[int], limit: float, line: Ints
) -> float:
    person, kinds = table.person, table.kinds
    inside = slice(part.span.start, part.span.stop)
    prices, excused = np.ascontiguousarray(price[inside]), table.excused[inside]
    states = _first_off(table) + person.min_off
    behind = np.empty((len(part.span) + 1, states))
    if part.most < 0 or part.weekends < 0:
        return INFINITE
    runs = (len(kinds.names), table.longest, person.min_run, person.min_off)
    toll = _toll(part, prices, excused, kinds.after, runs, kinds.units, behind)
    return float(
        cheapest(
            part.allowed, prices, excused, kinds.weekend[inside], kinds.after, kinds.units,
            np.array(counted, dtype=np.int64), part.caps[counted] if counted else np.empty(0, dtype=np.int64),
            part.start, part.start_excused, *runs[1:], part.least, part.most, part.weekends,
            toll, limit, behind, scratch.slots, scratch.keys, scratch.costs, scratch.parents, scratch.choices, line,
        )
    )  # fmt: skip


def _toll(
    part: _Part,
    prices: Floats,
    excused: Ints,
    after: NDArray[np.bool_],
    runs: tuple[int, int, int, int],
    units: Ints,
    behind: Floats,
) -> float:
    """The trial toll whose bound is highest."""
    best, found = -np.inf, 0.0
    longest_shift = max(int(units.max(initial=1)), 1)
    for trial in TOLLS:
        toll = trial / longest_shift
        bounds_from_behind(part.allowed, prices, excused, after, *runs, toll, units, behind)
        bound = behind[0, part.start] - toll * (part.most if toll > 0 else part.least)
        if bound > best:
            best, found = bound, toll
    return found
