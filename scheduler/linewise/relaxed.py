"""A bound for any size, and prices: covers, minutes, weekends and maxima are paid for instead of kept.

Lagrange's relaxation (Geoffrion, 1974): what is left of a roster is each person's cheapest line by the run rules, which
a walk over the days finds at once, so that a year of 150 people is priced in a tenth of a second. Prices follow the
subgradient, each at a pace of its own (as Kingma and Ba, 2015, do); whatever they are, the bound holds.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from scheduler.linewise.board import Board
from scheduler.linewise.descent import Stop
from scheduler.linewise.free_kernel import free_line
from scheduler.linewise.kernel import INFINITE
from scheduler.linewise.tables import Floats, Ints, Table

FIRST_STEP, LAST_STEP = 0.1, 0.002
"""Steps at the start and the end, as shares of the dearest cover."""

MEMORY, SQUARES = 0.85, 0.95
"""How much of the direction, and of its squares, is carried from one step to the next."""


@dataclass(frozen=True)
class Tolls:
    """Prices of what whole lines use up.

    Attributes
    ----------
    covers : [days, kinds], worth of one more person.
    units : [people], price of a paid unit (below 0 where units are wanted).
    weekends : [people], price of a weekend worked.
    counts : [people, kinds], price of a duty of a kind with a maximum.
    """

    covers: Floats
    units: Floats
    weekends: Floats
    counts: Floats


@dataclass(frozen=True)
class Relaxed:
    """The best that the relaxation came to: the bound, the prices it was found at, and the lines there."""

    bound: float
    tolls: Tolls
    lines: Ints


@dataclass
class _Pace:
    """A block of prices with the memory of its steps."""

    value: Floats
    lowest: Floats
    highest: Floats
    mean: Floats = field(init=False)
    square: Floats = field(init=False)
    steps: int = 0

    def __post_init__(self) -> None:
        self.mean, self.square = np.zeros_like(self.value), np.zeros_like(self.value)

    def move(self, slope: Floats, size: float) -> None:
        """Step along the slope, uphill."""
        self.steps += 1
        self.mean = MEMORY * self.mean + (1 - MEMORY) * slope
        self.square = SQUARES * self.square + (1 - SQUARES) * slope**2
        mean, square = self.mean / (1 - MEMORY**self.steps), self.square / (1 - SQUARES**self.steps)
        self.value = np.clip(self.value + size * mean / (np.sqrt(square) + 1e-9), self.lowest, self.highest)


def relaxed(
    board: Board, rounds: int, stop: Stop, seconds: Callable[[], float] = lambda: 0.0, late: float = np.inf
) -> Relaxed | None:  # fmt: skip
    """Price the whole board for so many rounds; None when somebody has no line.

    `seconds` tells the time; where the rounds would last beyond `late`, fewer are made, and the steps shrink faster.
    """
    tables, demand = board.tables, board.demand
    people, (days, kinds) = len(tables), demand.required.shape
    scale = float(demand.under.max(initial=1.0))
    capped = np.array([table.caps < days for table in tables])
    covers = _Pace(np.zeros((days, kinds)), -demand.over, demand.under)
    units = _Pace(np.zeros(people), np.full(people, -np.inf), np.full(people, np.inf))
    weekends = _Pace(np.zeros(people), np.zeros(people), np.full(people, np.inf))
    counts = _Pace(np.zeros((people, kinds)), np.zeros((people, kinds)), np.where(capped, np.inf, 0.0))
    best: Relaxed | None = None
    begin = seconds()
    for number in range(rounds):
        gone = max(number / rounds, (seconds() - begin) / max(late - begin, 1e-9))
        if best is not None and (stop() or gone >= 1):
            break
        tolls = Tolls(covers.value, units.value, weekends.value, counts.value)
        lines, bound = _priced(board, tolls)
        if lines is None:
            return None
        if best is None or bound > best.bound:
            best = Relaxed(bound, tolls, lines)
        size = scale * FIRST_STEP * (LAST_STEP / FIRST_STEP) ** gone
        used, busy, taken = _use(board, lines)
        wanted = np.array([_nearest(table, toll, n) for table, toll, n in zip(tables, units.value, used, strict=True)])
        covers.move(demand.required - taken.sum(axis=0), size)
        units.move(used - wanted, size)
        weekends.move(busy - np.array([table.weekends for table in tables]), size)
        counts.move(taken.sum(axis=1) - np.array([table.caps for table in tables]), size)
    return best


def _nearest(table: Table, toll: float, used: int) -> int:
    """The bound of the units that a toll speaks of; what is used where it speaks of none."""
    least, most = table.limits
    if toll:
        return most if toll > 0 else least
    return min(max(used, least), most)


def _use(board: Board, lines: Ints) -> tuple[Floats, Floats, Floats]:
    """Units and weekends [people] and duties [people, days, kinds] of some lines."""
    kinds = board.kinds
    taken = (lines[:, :, None] == np.arange(len(kinds.names))).astype(np.float64)
    used = (taken * kinds.units).sum(axis=(1, 2))
    busy = sum((lines[:, w.start : w.stop] >= 0).any(axis=1) for w in board.frame.people[0].weekends)
    return used, np.asarray(busy, dtype=np.float64) + np.zeros(len(lines)), taken


def _priced(board: Board, tolls: Tolls) -> tuple[Ints | None, float]:
    """Everybody's cheapest line at the prices, and the bound that they prove."""
    lines = np.empty_like(board.lines)
    bound = float((tolls.covers * board.demand.required).sum())
    for person, table in enumerate(board.tables):
        cost = _line(table, tolls, person, lines[person])
        if cost >= INFINITE:
            return None, -np.inf
        least, most = table.limits
        toll = float(tolls.units[person])
        bound += cost + table.unmet - toll * (most if toll > 0 else least)
        bound -= float(tolls.weekends[person]) * table.weekends + float(tolls.counts[person] @ table.caps)
    return lines, bound


def _line(table: Table, tolls: Tolls, person: int, line: Ints) -> float:
    """A person's cheapest line at the prices, written to `line`."""
    kinds, rules = table.kinds, table.person
    groups = kinds.groups()
    price = table.wishes - tolls.covers + tolls.units[person] * kinds.units + tolls.counts[person]
    allowed, prices, which = groups.narrowed(table.allowed, price)
    width = table.longest + rules.min_run - 1
    states = len(groups.units) * width + rules.min_off
    behind = np.empty((rules.days + 1, states + 1))
    cost = free_line(
        allowed, prices, table.excused, kinds.weekend, groups.after, table.longest, rules.min_run, rules.min_off,
        float(tolls.weekends[person]), states - 1, behind, line,
    )  # fmt: skip
    worked = np.flatnonzero(line >= 0)
    if cost < INFINITE:
        line[worked] = which[worked, line[worked]]
    return cost
