"""Everybody's options as arrays: each day's duties, where their pauses may lie, which burdens they bring.

Days that offer the same are expanded once (`Block`) and shared by everybody who has them. Staggered daily activities
(a briefing of ten minutes) are placed like pauses: the search prices them where they hurt least; `scheduler.activities`
settles who goes when.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from centre.activities import PlannedActivity
from centre.people import Agent
from centre.posts import names
from centre.roster import ANSWERING, Segment
from scheduler.checks import View
from scheduler.checks.line import Line
from scheduler.frame import Option, Person
from scheduler.framing import pause_windows
from scheduler.sequences.day import word_of
from scheduler.tours.clock import Clock
from scheduler.tours.walk import State, Walk, runs_of, state_before, walk_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

BURDENS = ("late", "night", "weekend", "holiday")
LATE_FROM = 20 * 60
"""A duty that ends after this wall-clock minute is late."""

FINE = 300
"""Seconds between the places of a pause that is no multiple of the grid."""

MOST_ORDERS = 6


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pause may lie: earliest and latest start, length, step between starts (all seconds), what it is."""

    low: int
    high: int
    length: int
    step: int
    activity: str


@dataclass(frozen=True, eq=False)
class Block:
    """What a day offers; times in ticks.

    Attributes
    ----------
    start, end, paid, wall, night : by option; paid and wall in minutes.
    kind : name of the shift, or "fixed"; `word` what a sequence reads of it.
    on_call : 1 where the option is standby from start to end.
    burden : [burdens, options], 1 where the option is late, a night, on a weekend, on a public holiday.
    pause_first : the pauses of option k are pause_first[k] to pause_first[k + 1].
    pauses : low, high, length, stride, [pauses, 4].
    orders : for each option the orders in which its pauses can follow one another.
    """

    number: int
    start: Ints
    end: Ints
    paid: Ints
    wall: Ints
    night: Ints
    kind: tuple[str, ...]
    word: tuple[str, ...]
    on_call: Ints
    burden: Floats
    pause_first: Ints
    pauses: Ints
    activity: tuple[str, ...]
    orders: tuple[tuple[tuple[int, ...], ...], ...]


@dataclass(frozen=True, eq=False)
class Lines:
    """Options of one person, day after day: the blocks of the days, and their columns end to end.

    `present` is 0 at ticks of part-day leave, else 1; `unit` the greatest common divisor of all paid minutes; `before`
    is the state of the walk that the tail leaves behind.
    """

    person: Person
    line: Line
    walk: Walk
    before: State
    blocks: tuple[Block, ...]
    present: Floats
    unit: int

    @cached_property
    def options(self) -> Ints:
        """Number of each day's first option, [days + 1]."""
        return np.cumsum([0, *(block.start.size for block in self.blocks)])

    @cached_property
    def start(self) -> Ints:
        """First tick of each option."""
        return np.concatenate([block.start for block in self.blocks])

    @cached_property
    def end(self) -> Ints:
        """Tick at which each option ends."""
        return np.concatenate([block.end for block in self.blocks])

    @cached_property
    def paid(self) -> Ints:
        """Paid minutes of each option."""
        return np.concatenate([block.paid for block in self.blocks])

    @cached_property
    def wall(self) -> Ints:
        """Start of each option in minutes after local midnight."""
        return np.concatenate([block.wall for block in self.blocks])

    @cached_property
    def night(self) -> Ints:
        """1 where an option is a night."""
        return np.concatenate([block.night for block in self.blocks])

    @cached_property
    def kind(self) -> tuple[str, ...]:
        """Name of each option's shift."""
        return tuple(kind for block in self.blocks for kind in block.kind)

    @cached_property
    def on_call(self) -> Ints:
        """1 where an option is on call."""
        return np.concatenate([block.on_call for block in self.blocks])

    @cached_property
    def burden(self) -> Floats:
        """[burdens, options]."""
        return np.concatenate([block.burden for block in self.blocks], axis=1)

    @cached_property
    def pause_first(self) -> Ints:
        """First pause of each option, [options + 1]."""
        counts = [np.diff(block.pause_first) for block in self.blocks]
        return np.concatenate([[0], np.cumsum(np.concatenate(counts))]).astype(np.int64)

    @cached_property
    def length(self) -> Ints:
        """Length of each pause in ticks."""
        return np.concatenate([block.pauses[:, 2] for block in self.blocks])

    @cached_property
    def activity(self) -> tuple[str, ...]:
        """What each pause is."""
        return tuple(activity for block in self.blocks for activity in block.activity)


def concerned(agent: Agent, who: Iterable[str]) -> bool:
    """Whether an activity's `who` names a person."""
    return names(agent, tuple(who))


def placed_like_pauses(planned: PlannedActivity) -> bool:
    """Whether the search places an activity inside each duty by itself."""
    return planned.often == "daily" and planned.together == "staggered"


def label_of(planned: PlannedActivity) -> str:
    """How a planned activity is called among the pauses: what it is, and which one."""
    return f"{planned.segment}:{planned.name}"


def places_of(view: View, line: Line, day: int, option: Option) -> tuple[Place, ...]:
    """Where each pause (and daily activity) of an option may lie; pinned rows have one place."""
    pinned = [row for row in line.fixed if option.start <= row.start and row.end <= option.end]
    fixed = [_pinned(row) for row in sorted(pinned) if row.activity not in ANSWERING and row.activity != "leave"]
    if option.kind == "fixed" or any(row.activity == "work" for row in pinned):
        return tuple(fixed)
    if view.problem.site.shifts[option.kind].on_call:
        return tuple(fixed)
    blocked = fixed + [_pinned(Segment("", left, right, "leave")) for left, right in line.part_day_leave]
    places = list(fixed)
    for pause in view.problem.site.shifts[option.kind].pauses:
        spans = pause_windows(view, pause, option.start)
        free = _widest(option, spans, pause.minutes * 60, blocked) or _widest(option, spans, pause.minutes * 60, fixed)
        if free is not None:
            places.append(_loose(view, free, pause.minutes * 60, pause.activity))
    for planned in view.problem.site.activities:
        if placed_like_pauses(planned) and concerned(line.agent, planned.who):
            if view.calendar.weekday(day) not in planned.days:
                continue
            window = tuple(view.calendar.horizon.at(day, minute) for minute in planned.window)
            free = _widest(option, [(window[0], window[1])], planned.minutes * 60, blocked)
            if free is not None:
                trial = [*places, _loose(view, free, planned.minutes * 60, label_of(planned))]
                places = trial if orders_of(trial) else places
    return tuple(places)


def orders_of(places: Sequence[Place]) -> tuple[tuple[int, ...], ...]:
    """Orders in which pauses can follow one another and find room, at most MOST_ORDERS."""
    numbers = range(len(places))
    before = {(i, j) for i in numbers for j in numbers if i != j and places[j].low + places[j].length > places[i].high}
    # i has to come before j where j cannot be over before i starts at its latest.
    if len(places) > 6:
        by_start = tuple(sorted(numbers, key=lambda k: (places[k].low, places[k].high)))
        return (by_start,) if _room([places[k] for k in by_start]) else ()
    found = []
    for order in permutations(numbers):
        rank = {k: at for at, k in enumerate(order)}
        if all(rank[i] < rank[j] for i, j in before if (j, i) not in before) and _room([places[k] for k in order]):
            found.append(order)
            if len(found) == MOST_ORDERS:
                break
    return tuple(found)


def _pinned(row: Segment) -> Place:
    return Place(row.start, row.start, row.end - row.start, 1, row.activity)


def _loose(view: View, span: tuple[int, int], length: int, activity: str) -> Place:
    """A pause within a span of starts, on the grid where its length is."""
    grid, begin = view.calendar.horizon.step, view.calendar.horizon.begin
    step = grid if length % grid == 0 else FINE
    low = begin + -(-(span[0] - begin) // step) * step
    return Place(low, span[1], length, step, activity) if low <= span[1] else Place(*span, length, step, activity)


def _widest(
    option: Option, spans: Iterable[tuple[int, int]], length: int, blocked: Sequence[Place]
) -> tuple[int, int] | None:
    """The widest span of starts inside a duty that keeps clear of what is blocked."""
    pieces = [(max(left, option.start), min(right, option.end) - length) for left, right in spans]
    for block in blocked:
        pieces = [
            cut
            for low, high in pieces
            for cut in ((low, min(high, block.low - length)), (max(low, block.low + block.length), high))
        ]
    pieces = [piece for piece in pieces if piece[0] <= piece[1]]
    return max(pieces, key=lambda piece: piece[1] - piece[0]) if pieces else None


def _room(places: Sequence[Place]) -> bool:
    reached = 0
    for place in places:
        at = place.low if reached <= place.low else place.low + -(-(reached - place.low) // place.step) * place.step
        if at > place.high:
            return False
        reached = at + place.length
    return True


class Expansion:
    """Expands days once for all who are offered the same; `clock` is known only when all places are."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.places: dict[tuple[int, object], tuple[Place, ...]] = {}
        self.blocks: dict[object, Block] = {}
        self.starts: dict[str, dict[State, None]] = {}
        self.walks: dict[str, Walk] = {}

    def prepare(self, line: Line, person: Person) -> None:
        """Work out the places of everything a person may do."""
        who = self._who(line)
        starts = self.starts.setdefault(line.contract.name, {})
        starts[state_before(person, runs_of(person))] = None
        for day, options in enumerate(person.options):
            for option in options:
                if (id(option), who) not in self.places:
                    self.places[id(option), who] = places_of(self.view, line, day, option)

    def lines(self, line: Line, person: Person, clock: Clock, everywhere: Floats) -> Lines:
        """The arrays of one person; `everywhere` is 1 at each tick."""
        present = everywhere
        if line.part_day_leave:
            present = everywhere.copy()
            for left, right in line.part_day_leave:
                present[max(0, clock.to(left)) : max(0, clock.to(right))] = 0
        blocks = tuple(self._block(line, day, options, clock) for day, options in enumerate(person.options))
        paid = {int(minutes) for block in blocks for minutes in block.paid}
        return Lines(
            person=person,
            line=line,
            walk=self._walk(line, person),
            before=state_before(person, runs_of(person)),
            blocks=blocks,
            present=present,
            unit=int(np.gcd.reduce(list(paid))) or 1 if paid else 1,
        )

    def _walk(self, line: Line, person: Person) -> Walk:
        """What may follow what under the person's contract."""
        name = line.contract.name
        if name not in self.walks:
            self.walks[name] = walk_of(person, runs_of(person), list(self.starts[name]))
        return self.walks[name]

    def _who(self, line: Line) -> object:
        """What the places of a person's pauses depend on, beside the duty."""
        if line.fixed or line.part_day_leave:
            return line.agent.agent
        activities = self.view.problem.site.activities
        return tuple(placed_like_pauses(a) and concerned(line.agent, a.who) for a in activities)

    def _block(self, line: Line, day: int, options: Sequence[Option], clock: Clock) -> Block:
        who = self._who(line)
        key = (day, who, tuple(map(id, options)))
        if key not in self.blocks:
            places = [self.places[id(option), who] for option in options]
            calendar, problem = self.view.calendar, self.view.problem
            weekend = calendar.weekday(day) in ("sat", "sun")
            holiday = calendar.date(day) in problem.holidays
            standby = [o.kind in problem.site.shifts and problem.site.shifts[o.kind].on_call for o in options]
            self.blocks[key] = _block(len(self.blocks), options, places, (weekend, holiday), standby, clock)
        return self.blocks[key]


def _block(
    number: int,
    options: Sequence[Option],
    places: Sequence[Sequence[Place]],
    free_days: tuple[bool, bool],
    standby: Sequence[bool],
    clock: Clock,
) -> Block:
    weekend, holiday = free_days
    flat = [place for where in places for place in where]
    rows = [(clock.to(p.low), clock.to(p.high), p.length // clock.tick, max(1, p.step // clock.tick)) for p in flat]
    late = [not o.night and o.wall + (o.end - o.start) // 60 > LATE_FROM for o in options]
    return Block(
        number=number,
        start=_ints(clock.to(option.start) for option in options),
        end=_ints(clock.to(option.end) for option in options),
        paid=_ints(option.paid for option in options),
        wall=_ints(option.wall for option in options),
        night=_ints(option.night for option in options),
        kind=tuple(option.kind for option in options),
        word=tuple(word_of(option, False) for option in options),
        on_call=_ints(standby),
        burden=np.array(
            [late, [o.night for o in options], [weekend] * len(options), [holiday] * len(options)], dtype=float
        ),
        pause_first=np.cumsum([0, *(len(where) for where in places)]),
        pauses=np.array(rows, dtype=np.int64).reshape(-1, 4),
        activity=tuple(place.activity for place in flat),
        orders=tuple(orders_of(where) for where in places),
    )


def _ints(values: Iterable[int | bool]) -> Ints:
    return np.fromiter(values, dtype=np.int64)
