"""One person's line as arrays that the kernel reads: options, where their pauses may lie, what they cost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from centre.roster import ANSWERING, Segment
from scheduler.checks import View
from scheduler.checks.line import Line
from scheduler.frame import Option, Person
from scheduler.framing import pause_windows
from scheduler.tours.clock import Clock
from scheduler.tours.runs import Runs, run_automaton

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Place = tuple[int, int, int, int, str]
"""Of a pause: earliest and latest start, length, stride (seconds), activity."""

BURDENS = ("late", "night", "weekend")
LATE_FROM = 20 * 60
"""A duty that ends after this wall-clock minute is late."""


@dataclass(frozen=True)
class Lines:
    """Options of one person, day after day; times in ticks.

    Attributes
    ----------
    options : number of each day's first option, [days + 1].
    start, end, paid, wall, night : by option; paid and wall in minutes.
    kind : name of the shift, or "fixed".
    burden : [burdens, options], 1 where the option is late, a night, on a weekend.
    pause_first, low, high, length, stride, activity : the pauses of option o are pause_first[o] to pause_first[o + 1].
    present : 0 at ticks of part-day leave, else 1.
    unit : greatest common divisor of all paid minutes.
    """

    person: Person
    line: Line
    runs: Runs
    options: Ints
    start: Ints
    end: Ints
    paid: Ints
    wall: Ints
    night: Ints
    kind: tuple[str, ...]
    burden: Floats
    pause_first: Ints
    low: Ints
    high: Ints
    length: Ints
    stride: Ints
    activity: tuple[str, ...]
    present: Floats
    unit: int


def places_of(view: View, line: Line, day: int, option: Option) -> list[Place]:
    """Where each pause of an option may lie, in an order in which they find room; pinned rows have one place."""
    pinned = sorted(row for row in line.fixed if option.start <= row.start and row.end <= option.end)
    fixed = [_pinned(row) for row in pinned if row.activity not in ANSWERING and row.activity != "leave"]
    if option.kind == "fixed" or any(row.activity == "work" for row in pinned):
        return fixed
    shift = view.problem.site.shifts[option.kind]
    grid = view.calendar.horizon.step
    loose = []
    for pause in shift.pauses:
        length = pause.minutes * 60
        spans = [
            (max(left, option.start), min(right, option.end) - length)
            for left, right in pause_windows(view, pause, option.start)
        ]
        pieces = [piece for span in spans for piece in _around(span, length, fixed)]
        step = grid if length % grid == 0 else 300
        loose.append((max(pieces, key=lambda piece: piece[1] - piece[0]), length, step, pause.activity))
    best: list[Place] = []
    for order in permutations(loose):
        places = sorted([*fixed, *((low, high, length, step, what) for (low, high), length, step, what in order)])
        if _room(places):
            return places
        best = places
    return best


def _pinned(row: Segment) -> Place:
    return (row.start, row.start, row.end - row.start, 1, row.activity)


def _around(span: tuple[int, int], length: int, blocked: Sequence[Place]) -> list[tuple[int, int]]:
    """Pieces of a span of starts that keep a pause clear of what is pinned."""
    pieces = [span]
    for begin, _, lasts, _, _ in blocked:
        pieces = [
            cut
            for low, high in pieces
            for cut in ((low, min(high, begin - length)), (max(low, begin + lasts), high))
            if cut[0] <= cut[1]
        ]
    return [piece for piece in pieces if piece[0] <= piece[1]] or [span]


def _room(places: Sequence[Place]) -> bool:
    reached = 0
    for low, high, length, stride, _ in places:
        at = low if reached <= low else low + -(-(reached - low) // stride) * stride
        if at > high:
            return False
        reached = at + length
    return True


def lines_of(
    view: View, line: Line, person: Person, clock: Clock, places: Sequence[Sequence[Sequence[Place]]]
) -> Lines:
    """The arrays of one person. `places[day][k]` belongs to the day's option number k."""
    flat = [
        (day, option, where)
        for day in range(person.days)
        for option, where in zip(person.options[day], places[day], strict=True)
    ]
    pauses = [place for _, _, where in flat for place in where]
    weekend = {day for span in view.calendar.weekends for day in span}
    present = np.ones(clock.count + 1)
    for left, right in line.part_day_leave:
        present[max(0, clock.to(left)) : max(0, clock.to(right))] = 0
    paid = np.array([option.paid for _, option, _ in flat], dtype=np.int64)
    return Lines(
        person=person,
        line=line,
        runs=run_automaton(person.max_run or person.days, person.min_run, person.min_off),
        options=np.cumsum([0, *(len(day) for day in person.options)]),
        start=_ints(clock.to(option.start) for _, option, _ in flat),
        end=_ints(clock.to(option.end) for _, option, _ in flat),
        paid=paid,
        wall=_ints(option.wall for _, option, _ in flat),
        night=_ints(option.night for _, option, _ in flat),
        kind=tuple(option.kind for _, option, _ in flat),
        burden=np.array(
            [
                [not o.night and o.wall + (o.end - o.start) // 60 > LATE_FROM for _, o, _ in flat],
                [o.night for _, o, _ in flat],
                [day in weekend for day, _, _ in flat],
            ],
            dtype=float,
        ),
        pause_first=np.cumsum([0, *(len(where) for _, _, where in flat)]),
        low=_ints(clock.to(place[0]) for place in pauses),
        high=_ints(clock.to(place[1]) for place in pauses),
        length=_ints(place[2] // clock.tick for place in pauses),
        stride=_ints(max(1, place[3] // clock.tick) for place in pauses),
        activity=tuple(place[4] for place in pauses),
        present=present,
        unit=int(np.gcd.reduce(paid)) or 1 if paid.size else 1,
    )


def _ints(values: Iterable[int | bool]) -> Ints:
    return np.fromiter(values, dtype=np.int64)
