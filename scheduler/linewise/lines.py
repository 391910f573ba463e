"""Ask the compiled search for one person's cheapest line, over the whole horizon or a window of it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scheduler.linewise.groups import Groups
from scheduler.linewise.kernel import INFINITE, bounds_from_behind, cheapest, excuse, step
from scheduler.linewise.steady import steady_line
from scheduler.linewise.tables import Bools, Floats, Ints, Table

TOLLS = (0.0, 0.2, -0.2, 1.0, -1.0, 5.0, -5.0, 20.0, -20.0, 100.0, -100.0)
"""Trial prices of a paid unit for the bound that prunes; the best of them at the start of the line is taken."""

FREE = 1e16
"""A limit above it asks for any legal line."""

NEAR = (1.0, 1.6, 0.6)
"""How far from a person's last toll the next is looked for."""

EXACT_DAYS = 100
"""Over longer spans a line keeps pace: its units and weekends stay near their share of the days gone by."""

ATTEMPTS = 25
"""How often charges are raised before the kinds that are still taken too often are left out."""

CHEAPEST = 5
"""Kinds of a day that a line at a pace may choose from."""

STEP = 5.0
"""The least by which a charge is raised."""

FORBIDDEN = 1e9

PACES = (2, 4, 7)
"""Shifts (and a third as many weekends) that a line may be off its pace; where none is found, the next, then any."""


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
    tolls: dict[str, float] = field(default_factory=dict)
    charges: dict[str, Floats] = field(default_factory=dict)

    typical: Floats | None = None

    def charges_of(self, person: str, caps: Ints, days: int) -> Floats:
        """A person's charges; at first those that others ended with, for kinds that have a maximum."""
        if person not in self.charges:
            self.charges[person] = np.where(caps < days, typical_of(self, caps), 0.0)
        return self.charges[person]

    def __post_init__(self) -> None:
        self.slots = np.full(self.slots_size, -1, dtype=np.int32)
        self.keys = np.zeros(self.labels, dtype=np.int64)
        self.costs = np.zeros(self.labels)
        self.parents = np.zeros(self.labels, dtype=np.int32)
        self.choices = np.zeros(self.labels, dtype=np.int8)


def typical_of(scratch: Scratch, caps: Ints) -> Floats:
    """The charges that the last person ended with; none before the first."""
    return np.zeros(len(caps)) if scratch.typical is None else scratch.typical


@dataclass(frozen=True)
class Line:
    """A line and what it costs at the prices it was searched with: a kind for each day, -1 a day off."""

    days: Ints
    cost: float

    def taken(self, kinds: int) -> Ints:
        """How often each kind is taken."""
        return np.bincount(self.days[self.days >= 0], minlength=kinds)


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

    Kinds with a maximum are counted only once a line has broken it: most lines never do. Over long spans, and where too
    many would have to be counted, they are charged instead, and the line is legal but need not be the cheapest.
    """
    window = window or range(table.person.days)
    part = _part(table, window, current)
    search = _Search(table, price, scratch, part)
    limit -= (held := _held_cost(price, current, part))
    exact = len(part.span) <= EXACT_DAYS
    found = _counting(search, limit) if exact else _charging(search, limit)
    if found is OVERFLOW:
        found = _charging(search, limit)
    if not isinstance(found, Line) and not exact and limit > FREE and current is None:
        steady = steady_line(table, price)
        found = Line(*steady) if steady is not None else None
    if not isinstance(found, Line):
        return None
    whole = np.full(table.person.days, -1, dtype=np.int64) if current is None else current.copy()
    whole[part.span.start : part.span.stop] = found.days
    return Line(whole, found.cost + held)


OVERFLOW = "more labels than there is room for"


def _counting(search: "_Search", limit: float) -> Line | str | None:
    """Search exactly: count each kind whose maximum the line before has broken."""
    counted: list[int] = []
    while True:
        found = search(search.price, limit, counted, None)
        if not isinstance(found, Line):
            return found
        broken = np.flatnonzero(found.taken(len(search.part.caps)) > search.part.caps)
        if not len(broken):
            return found
        counted += [int(kind) for kind in broken if kind not in counted]


def _charging(search: "_Search", limit: float) -> Line | None:
    """Search at a pace, and raise the price of each kind that is taken too often until none is."""
    caps = search.part.caps
    charges = search.scratch.charges_of(search.table.person.name, caps, len(search.part.span))
    free = limit > FREE
    for _ in range(ATTEMPTS if free else ATTEMPTS // 5):
        found: Line | str | None = None
        for pace in (*PACES, None) if free else PACES[:1]:
            found = search(search.price + charges, limit + float(charges @ caps), [], pace)
            if isinstance(found, Line):
                break
        if not isinstance(found, Line):
            return None
        taken = found.taken(len(caps))
        if (taken <= caps).all():
            cost = found.cost - float(charges @ taken)
            charges[taken < caps] *= 0.8
            search.scratch.typical = np.where(charges > 0, charges, 0.9 * typical_of(search.scratch, caps))
            return Line(found.days, cost) if cost < limit else None
        excess = np.maximum(taken - caps, 0)
        charges += np.where(excess > 0, np.maximum(STEP, 100 * excess / (caps + 1)), 0.0)
    return _without(search) if free else None


def _without(search: "_Search") -> Line | None:
    """A legal line at any cost: kinds that are still taken too often are left out, one after the other."""
    price, caps = search.price.copy(), search.part.caps
    for _ in range(len(caps)):
        found = search(price, FORBIDDEN, [], PACES[-1])
        if not isinstance(found, Line):
            return None
        excess = found.taken(len(caps)) - caps
        if (excess <= 0).all():
            return found
        price[:, int(excess.argmax())] += FORBIDDEN
    return None


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


@dataclass(frozen=True)
class _Search:
    """The compiled search with everything but prices, limit and what is counted."""

    table: Table
    price: Floats
    scratch: Scratch
    part: _Part

    def __call__(self, price: Floats, limit: float, counted: list[int], pace: int | None) -> Line | str | None:
        """The cheapest line of the part below the limit; OVERFLOW where there is no room to find it."""
        table, part, scratch = self.table, self.part, self.scratch
        person, kinds = table.person, table.kinds
        if part.most < 0 or part.weekends < 0:
            return None
        inside = slice(part.span.start, part.span.stop)
        excused = table.excused[inside]
        groups = kinds.groups(tuple(sorted(counted)))
        allowed, prices, which = groups.narrowed(part.allowed, price[inside])
        if pace is not None:
            allowed = _narrowed(allowed, prices)
        width = table.longest + person.min_run - 1
        start = groups.state(part.start, width)
        behind = np.empty((len(part.span) + 1, len(groups.units) * width + person.min_off))
        line = np.empty(len(part.span), dtype=np.int64)
        corridor = _corridor(part, pace, int(kinds.units.max(initial=1)))
        cost = cheapest(
            allowed, prices, excused, kinds.weekend[inside], groups.after, groups.units,
            groups.of[counted] if counted else np.empty(0, dtype=np.int64),
            part.caps[counted] if counted else np.empty(0, dtype=np.int64),
            start, part.start_excused, table.longest, person.min_run, person.min_off,
            part.least, part.most, part.weekends, corridor,
            self._toll(allowed, prices, excused, groups, start, behind), limit,
            behind, scratch.slots, scratch.keys, scratch.costs, scratch.parents, scratch.choices, line,
        )  # fmt: skip
        if cost <= -INFINITE:
            return OVERFLOW
        if cost >= INFINITE:
            return None
        worked = np.flatnonzero(line >= 0)
        line[worked] = which[worked, line[worked]]
        return Line(line, cost)

    def _toll(
        self, allowed: Bools, prices: Floats, excused: Ints, groups: Groups, start: int, behind: Floats
    ) -> float:  # fmt: skip
        """The trial toll whose bound is highest; the next search of the person begins near it."""
        person, part = self.table.person, self.part
        last = self.scratch.tolls.get(person.name)
        best, found = -np.inf, 0.0
        for toll in [last * near for near in NEAR] + [0.0] if last else TOLLS:
            bounds_from_behind(
                allowed, prices, excused, groups.after, len(groups.units), self.table.longest, person.min_run,
                person.min_off, toll, groups.units, behind,
            )  # fmt: skip
            bound = behind[0, start] - toll * (part.most if toll > 0 else part.least)
            if bound > best:
                best, found = bound, toll
        self.scratch.tolls[person.name] = found
        return found


def _narrowed(allowed: Bools, prices: Floats) -> Bools:
    """Only the cheapest few kinds of each day, where more are allowed."""
    if prices.shape[1] <= CHEAPEST:
        return allowed
    ranked = np.where(allowed[:, 1:], prices, INFINITE)
    dearest = np.partition(ranked, CHEAPEST - 1, axis=1)[:, CHEAPEST - 1 : CHEAPEST]
    narrow: Bools = allowed.copy()
    narrow[:, 1:] &= ranked <= np.minimum(dearest, INFINITE / 2)
    return narrow


def _corridor(part: _Part, pace: int | None, unit: int) -> Ints:
    """Least and most units and most weekends after each day of the part."""
    days = len(part.span)
    corridor = np.zeros((3, days), dtype=np.int64)
    corridor[1], corridor[2] = part.most, part.weekends
    if pace is not None:
        open_days = np.cumsum(part.allowed[:, 1:].any(axis=1))
        gone = open_days / max(int(open_days[-1]), 1)
        corridor[0] = np.floor(part.least * gone) - pace * unit
        corridor[1] = np.minimum(part.most, np.ceil(part.most * gone) + pace * unit)
        corridor[2] = np.minimum(part.weekends, np.ceil(part.weekends * gone) + pace // 3)
    return corridor
