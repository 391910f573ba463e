"""The search: build everybody's tours at the price of coverage, then take some out and put better ones back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from scheduler.frame import Bound
from scheduler.tours import kernel
from scheduler.tours.coverage import Component
from scheduler.tours.floor import SHORT_DAY, SHORT_MINUTE, Floor, Member, fair_shares
from scheduler.tours.kernel import FREE_OFF, NOTHING, OFF, WORK

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LABELS, HASH = 40_000, 1 << 17
NO_BOUND = 1 << 30


@dataclass
class Scratch:
    """Memory that every call of the kernel uses again."""

    days: int
    options: int
    pauses: int
    ticks: int
    key_table: Ints = field(init=False)
    slot_table: Ints = field(init=False)
    label_key: Ints = field(init=False)
    label_cost: Floats = field(init=False)
    label_parent: Ints = field(init=False)
    label_option: Ints = field(init=False)
    starts: Ints = field(init=False)
    trial: Ints = field(init=False)
    chosen: Ints = field(init=False)
    base: Floats = field(init=False)
    price: Floats = field(init=False)
    table: Floats = field(init=False)
    spots: Ints = field(init=False)
    gain: Floats = field(init=False)
    loss: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.key_table = np.full(HASH, -1, np.int64)
        self.slot_table = np.zeros(HASH, np.int64)
        self.label_key = np.zeros((9, LABELS), np.int64)
        self.label_cost = np.zeros((9, LABELS))
        self.label_parent = np.zeros((9, LABELS), np.int64)
        self.label_option = np.zeros((9, LABELS), np.int64)
        self.starts = np.zeros(self.options + 2, np.int64)
        self.trial = np.zeros(self.days, np.int64)
        self.chosen = np.zeros(self.days, np.int64)
        self.base = np.zeros(self.options + 1)
        self.price = np.zeros(self.options + 1)
        self.table = np.zeros((12, 400))
        self.spots = np.zeros(self.pauses + 1, np.int64)
        self.gain = np.zeros(self.ticks + 2)
        self.loss = np.zeros(self.ticks + 2)


@dataclass
class Move:
    """A tour for one person in one window, and what it costs at the prices it was found at."""

    price: float
    chosen: Ints
    places: list[tuple[int, int]]
    """(number of the pause, tick)."""


class Search:
    """Holds the floor and changes it, one person and one window at a time."""

    def __init__(self, floor: Floor, seed: int) -> None:
        self.floor = floor
        self.rng = np.random.default_rng(seed)
        sizes = [member.lines for member in floor.members]
        self.scratch = Scratch(
            floor.problem.horizon.days,
            max((lines.start.size for lines in sizes), default=0),
            max((lines.low.size for lines in sizes), default=0),
            floor.clock.count,
        )
        self.counts, self.fair = fair_shares(floor)
        self.fairly = False
        self.assigned = np.zeros((len(floor.members), floor.problem.horizon.days), bool)
        self.no_loss = np.zeros(floor.clock.count + 2)
        self.gains: list[Floats] | None = None

    def warm_up(self) -> None:
        """Compile the kernels, so that a time limit is not spent on it; leaves the roster as empty as it was."""
        for p, member in enumerate(self.floor.members):
            if member.component >= 0 and member.lines.start.size and member.windows:
                self.improve(p, member.windows[0])
                self.floor.components[member.component].cost(self.floor.last)
                self.take_out(p, member.windows[0])
                self.assigned[p] = False
                return

    # -- the current roster -------------------------------------------------------------------------------------

    def take_out(self, p: int, window: tuple[int, int]) -> None:
        """Remove a person's duties of a window from the coverage."""
        self._presence(p, window, -1.0)
        self.counts[p] -= self._burdens(p, window)
        self.floor.chosen[p][window[0] : window[1]] = -1

    def put_in(self, p: int, window: tuple[int, int], move: Move) -> None:
        """Set a person's duties of a window (taken out before) and count them."""
        self.floor.chosen[p][window[0] : window[1]] = move.chosen
        for pause, tick in move.places:
            self.floor.places[p][pause] = tick
        self.assigned[p, window[0] : window[1]] = True
        self.counts[p] += self._burdens(p, window)
        self._presence(p, window, 1.0)

    def current(self, p: int, window: tuple[int, int]) -> Move:
        """What a person has in a window now."""
        chosen = self.floor.chosen[p][window[0] : window[1]].copy()
        lines = self.floor.members[p].lines
        pauses = [k for o in chosen if o >= 0 for k in range(lines.pause_first[o], lines.pause_first[o + 1])]
        return Move(0.0, chosen, [(k, int(self.floor.places[p][k])) for k in pauses])

    def _burdens(self, p: int, window: tuple[int, int]) -> Floats:
        chosen = self.floor.chosen[p][window[0] : window[1]]
        return np.asarray(self.floor.members[p].lines.burden[:, chosen[chosen >= 0]].sum(axis=1), dtype=float)

    def _presence(self, p: int, window: tuple[int, int], sign: float) -> None:
        member = self.floor.members[p]
        if member.component < 0:
            return
        staffed = self.floor.components[member.component].staffed
        lines, weight = member.lines, sign * member.weight
        for o in self.floor.chosen[p][window[0] : window[1]]:
            if o < 0:
                continue
            kernel.add_presence(lines.start[o], lines.end[o], weight, member.touched, lines.present, staffed)
            if member.leads:
                continue
            for k in range(lines.pause_first[o], lines.pause_first[o + 1]):
                at = self.floor.places[p][k]
                kernel.add_presence(at, at + lines.length[k], -weight, member.touched, lines.present, staffed)

    def load(self, chosen: Sequence[Ints], places: Sequence[Ints]) -> None:
        """Put a whole roster in the place of the present one."""
        for component in self.floor.components:
            component.staffed[:] = 0.0
        whole = (0, self.floor.problem.horizon.days)
        for p in range(len(self.floor.members)):
            self.floor.chosen[p][:] = chosen[p]
            self.floor.places[p][:] = places[p]
            self._presence(p, whole, 1.0)
        self.counts, _ = fair_shares(self.floor)
        self.lead()

    # -- the best tour ------------------------------------------------------------------------------------------

    def best(self, p: int, window: tuple[int, int], noise: float = 0.0) -> Move | None:
        """The best tour of a person (taken out of the window before) at present prices; None if there is none."""
        member, scratch = self.floor.members[p], self.scratch
        lines = member.lines
        first, last = int(lines.options[window[0]]), int(lines.options[window[1]])
        self._price(p, member, first, last)
        if noise and last > first:
            scratch.base[first:last] += self.rng.normal(0.0, noise, last - first)
        return self._tour(p, member, window)

    def _price(self, p: int, member: Member, first: int, last: int) -> None:
        scratch, lines = self.scratch, member.lines
        gain = loss = self.no_loss
        if last == first:
            return
        if self.gains is not None:
            gain = loss = self.gains[p]
        elif member.component >= 0:
            begin, stop = int(lines.start[first:last].min()), int(lines.end[first:last].max())
            begin, stop = max(0, begin), min(stop, self.floor.clock.count)
            scratch.gain[begin] = 0.0
            component: Component = self.floor.components[member.component]
            component.gain(begin, stop, member.weight, member.touched, lines.present, scratch.gain)
            gain = scratch.gain
            loss = self.no_loss if member.leads else gain
        extra = member.fixed_cost
        if self.fairly:
            # One more of a burden costs what it adds to the square of the distance from the fair share.
            extra = extra + self.floor.weights.unfair * (2 * (self.counts[p] - self.fair[p]) + 1) @ lines.burden
        kernel.price_options(
            first, last, lines.start, lines.end, extra, lines.pause_first, lines.low, lines.high, lines.length,
            lines.stride, gain, loss, scratch.spots, scratch.table, scratch.base,
        )  # fmt: skip

    def _tour(self, p: int, member: Member, window: tuple[int, int]) -> Move | None:
        scratch, lines, person = self.scratch, member.lines, member.lines.person
        before, after = self._state_before(p, window), self._after(p, window)
        limits = self.limits(p, window)
        walls = self._walls(p, window)
        contract = lines.line.contract
        rest = -(-person.rest_s // self.floor.clock.tick)
        rest_after_nights = -(-person.rest_after_nights_s // self.floor.clock.tick)
        off_kind = np.array([FREE_OFF if self._excused(p, day) else OFF for day in range(person.days)], dtype=np.int64)
        must = np.zeros(person.days, np.int64)
        must[[day for day in person.must if lines.options[day] < lines.options[day + 1]]] = 1
        price = kernel.best_window(
            window[0], window[1], lines.options, lines.start, lines.end, lines.paid, lines.wall, lines.night,
            scratch.base, must, off_kind, lines.runs.table, before.state, after.accepted, before.nights, before.ready,
            before.ready_day, after.start, after.night, after.nights,
            NO_BOUND if person.max_nights is None else min(person.max_nights, 15), rest, rest_after_nights,
            limits.days_low, limits.days_high, limits.minutes_low, limits.minutes_high, limits.overtime_from,
            lines.unit, contract.cost_per_hour * self.floor.weights.overtime_hour * contract.overtime_factor / 60,
            SHORT_DAY, SHORT_MINUTE, person.spread or 0, walls[0], walls[1], self._barred(p, window), scratch.price,
            scratch.key_table, scratch.slot_table, scratch.label_key, scratch.label_cost, scratch.label_parent,
            scratch.label_option, scratch.starts, scratch.trial, scratch.chosen,
        )  # fmt: skip
        if price >= NOTHING / 2:
            return None
        chosen = scratch.chosen[window[0] : window[1]].copy()
        return Move(float(price), chosen, self._places(p, member, chosen))

    def _places(self, p: int, member: Member, chosen: Ints) -> list[tuple[int, int]]:
        """Where the pauses of chosen options lie (at the prices of the last `_price`)."""
        scratch, lines = self.scratch, member.lines
        loss = scratch.gain if member.component >= 0 and not member.leads else self.no_loss
        if self.gains is not None:
            loss = self.gains[p]
        found: list[tuple[int, int]] = []
        for o in chosen[chosen >= 0]:
            first, last = int(lines.pause_first[o]), int(lines.pause_first[o + 1])
            kernel.place_pauses(
                first, last, lines.low, lines.high, lines.length, lines.stride, loss, scratch.spots, scratch.table
            )
            found += [(k, int(scratch.spots[k])) for k in range(first, last)]
        return found

    # -- what stands around a window ----------------------------------------------------------------------------

    def _excused(self, p: int, day: int) -> bool:
        person = self.floor.members[p].lines.person
        return day in person.leave or not person.known(day)

    def _symbol(self, p: int, day: int) -> int:
        """What a day outside the window is: days not decided yet are unknown."""
        person = self.floor.members[p].lines.person
        if day < 0:
            if not person.known(day):
                return FREE_OFF
            worked = person.before(day) is not None
        else:
            worked = bool(self.floor.chosen[p][day] >= 0)
            if not worked and not self.assigned[p, day]:
                return FREE_OFF
        return WORK if worked else FREE_OFF if self._excused(p, day) else OFF

    def _state_before(self, p: int, window: tuple[int, int]) -> "_Before":
        lines = self.floor.members[p].lines
        person = lines.person
        state = lines.runs.after([self._symbol(p, day) for day in range(-len(person.past), window[0])])
        nights, ready, ready_day = 0, -NO_BOUND, -NO_BOUND
        clock = self.floor.clock
        counting = True
        for day in range(window[0] - 1, -len(person.past) - 1, -1):
            duty = self._duty(p, day)
            if duty is None:
                counting = False
                continue
            end, night = duty[1], duty[2]
            if ready == -NO_BOUND:
                ready = end + -(-person.rest_s // clock.tick)
                ready_day = max(ready, end + -(-person.rest_after_nights_s // clock.tick)) if night else ready
            if counting and night:
                nights += 1
            else:
                break
        return _Before(state, min(nights, 15), ready, ready_day)

    def _duty(self, p: int, day: int) -> tuple[int, int, bool] | None:
        """Start, end (ticks) and whether it is a night, of a duty outside the window."""
        lines = self.floor.members[p].lines
        if day < 0:
            past = lines.person.before(day)
            clock = self.floor.clock
            return (clock.to(past.start), -(-(past.end - clock.begin) // clock.tick), past.night) if past else None
        o = self.floor.chosen[p][day]
        return (int(lines.start[o]), int(lines.end[o]), bool(lines.night[o])) if o >= 0 else None

    def _after(self, p: int, window: tuple[int, int]) -> "_After":
        lines = self.floor.members[p].lines
        days = lines.person.days
        table = lines.runs.table
        reach = min(days, window[1] + len(table))
        symbols = [self._symbol(p, day) for day in range(window[1], reach)]
        accepted = np.array([lines.runs.accepts(state, symbols) for state in range(len(table))], dtype=np.int64)
        start, night, nights = -1, 0, 0
        for day in range(window[1], days):
            duty = self._duty(p, day)
            if duty is None:
                if start >= 0 or day > window[1] + 7:
                    break
                continue
            if start < 0:
                start, night = duty[0], int(duty[2])
                if not (duty[2] and day == window[1]):
                    break
            if duty[2]:
                nights += 1
            else:
                break
        return _After(accepted, start, night, nights)

    def limits(self, p: int, window: tuple[int, int]) -> "_Limits":
        found = _Limits()
        member = self.floor.members[p]
        for bound in member.lines.person.bounds:
            if bound.days.start <= window[0] and window[1] <= bound.days.stop:
                self._apply(p, member, bound, window, found)
        return found

    def _apply(self, p: int, member: Member, bound: Bound, window: tuple[int, int], found: "_Limits") -> None:
        lines = member.lines
        others = [day for day in bound.days if not window[0] <= day < window[1]]
        taken = [int(self.floor.chosen[p][day]) for day in others]
        open_days = sum(1 for day in others if not self.assigned[p, day])
        contract = lines.line.contract
        if bound.of == "days":
            done = sum(o >= 0 for o in taken)
            if bound.lowest is not None:
                found.days_low = max(found.days_low, bound.lowest - done - open_days)
            if bound.highest is not None:
                found.days_high = min(found.days_high, max(0, bound.highest - done))
            return
        done = sum(int(lines.paid[o]) for o in taken if o >= 0)
        low, high = contract.week_minutes
        if bound.lowest is not None:
            found.minutes_low = max(found.minutes_low, int(bound.lowest - done - open_days * high / 7))
        if bound.highest is not None:
            left = max(0, int(bound.highest - done - open_days * low / 7))
            found.minutes_high = min(found.minutes_high, left)
            if bound.rule == "week minutes":
                found.overtime_from = min(found.overtime_from, left - contract.max_overtime_minutes_per_week)

    def _walls(self, p: int, window: tuple[int, int]) -> tuple[int, int]:
        lines = self.floor.members[p].lines
        person = lines.person
        if person.spread is None:
            return 0, NO_BOUND
        week = next((week for week in person.weeks if week.start <= window[0] < week.stop), range(*window))
        walls = [
            wall
            for day in week
            if not window[0] <= day < window[1] and -len(person.past) <= day < person.days
            for wall in [self._wall(p, day)]
            if wall is not None
        ]
        return (max(walls) - person.spread, min(walls) + person.spread) if walls else (0, NO_BOUND)

    def _wall(self, p: int, day: int) -> int | None:
        """Wall-clock start of a duty outside the window."""
        lines = self.floor.members[p].lines
        if day < 0:
            past = lines.person.before(day)
            return past.wall if past else None
        o = self.floor.chosen[p][day]
        return int(lines.wall[o]) if o >= 0 else None

    def _barred(self, p: int, window: tuple[int, int]) -> Ints:
        """Which days must stay free for the sake of free weekends: one row for each way to choose them."""
        person = self.floor.members[p].lines.person
        days = person.days
        chosen = self.floor.chosen[p]

        def worked(weekend: range) -> bool:
            return any(chosen[day] >= 0 for day in weekend if not window[0] <= day < window[1])

        here = [weekend for weekend in person.weekends if weekend.start < window[1] and weekend.stop > window[0]]
        spoilt = sum(worked(weekend) for weekend in person.weekends)
        pure = [weekend for weekend in here if not worked(weekend)]
        allowed = len(person.weekends) - person.free_weekends - spoilt
        rows = []
        for kept in combinations(pure, max(0, len(pure) - max(0, allowed))):
            row = np.zeros(days, np.int64)
            for weekend in kept:
                row[[day for day in weekend if window[0] <= day < window[1]]] = 1
            rows.append(row)
        return np.stack(rows)

    # -- search moves -------------------------------------------------------------------------------------------

    def improve(self, p: int, window: tuple[int, int], noise: float = 0.0) -> bool:
        """Take a person's window out and put the best back; whether anything was found to put."""
        old = self.current(p, window)
        self.take_out(p, window)
        move = self.best(p, window, noise)
        self.put_in(p, window, move or old)
        return move is not None

    def share_burdens(self) -> None:
        """Settle what the fair share of late, night and weekend duties is, by what peers carry now."""
        self.counts, self.fair = fair_shares(self.floor)
        self.fairly = True

    def unfairness(self, p: int) -> float:
        """Price of how far a person's burdens are from the fair share."""
        return float(self.floor.weights.unfair * ((self.counts[p] - self.fair[p]) ** 2).sum()) if self.fairly else 0.0

    def lead(self) -> None:
        """Want as many leaders as the agents on the floor make necessary."""
        floor = self.floor
        organisation = floor.problem.policy.organisation
        present = np.zeros(floor.clock.count + 1)
        for member, chosen in zip(floor.members, floor.chosen, strict=True):
            if member.lines.line.agent.role == "agent":
                taken = chosen[chosen >= 0]
                np.add.at(present, member.lines.start[taken], 1.0)
                np.add.at(present, member.lines.end[taken], -1.0)
        here = np.cumsum(present)[: floor.clock.count]
        needed = np.ceil(here / organisation.span_of_control[1])
        floor.components[floor.leaders].wanted[0] = needed if organisation.leader_whenever_agents else 0.0


@dataclass
class _Before:
    state: int
    nights: int
    ready: int
    ready_day: int


@dataclass
class _After:
    accepted: Ints
    start: int
    night: int
    nights: int


@dataclass
class _Limits:
    days_low: int = 0
    days_high: int = 15
    minutes_low: int = 0
    minutes_high: int = NO_BOUND
    overtime_from: int = NO_BOUND


def windows_of(search: Search, people: Sequence[int]) -> list[tuple[int, tuple[int, int]]]:
    """Every person and window, in order of time."""
    pairs = [(p, window) for p in people for window in search.floor.members[p].windows]
    return sorted(pairs, key=lambda pair: (pair[1][0], pair[0]))
