"""What may still change inside duties: pauses and activities that have not begun, and overtime at either end."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise

from centre.activities import PlannedActivity
from centre.policy import RepairPolicy
from centre.roster import ON_DUTY, Segment
from centre.shifts import Pause
from scheduler.checks import Duty, Line, View
from scheduler.checks.catalogue import PAUSES
from scheduler.checks.reading import without_overtime
from scheduler.framing import pause_windows
from scheduler.repair.board import Board, Group, Span
from scheduler.repair.happened import Happened
from scheduler.tours.lines import concerned

FINE_S = 300
"""Seconds between the places of a pause that is no multiple of the grid."""


@dataclass
class Item:
    """A pause or activity that may lie elsewhere in its duty.

    Attributes
    ----------
    at : the tick at which it starts now; the published one is `origin`.
    places : ticks at which it may start, the published one among them.
    length : ticks.
    price : of moving it.
    crowd : its activity and team, where only `at_once` of a team may be away at a time.
    """

    segment: Segment
    origin: int
    at: int
    places: tuple[int, ...]
    length: int
    price: float
    crowd: tuple[str, str] | None = None
    at_once: int = 0

    @property
    def moved(self) -> bool:
        """Whether it lies elsewhere than published."""
        return self.at != self.origin

    @property
    def span(self) -> Span:
        """Ticks that it takes."""
        return self.at, self.at + self.length


@dataclass
class Played:
    """A duty in play: its items (those that may not move too), and ticks of overtime before and after it.

    `most` holds the longest overtime before and after, in ticks; `overtime_price` is for a tick.
    """

    agent: str
    group: Group
    duty: Duty
    first: int
    stop: int
    items: list[Item]
    most: tuple[int, int]
    overtime_price: float
    before: int = 0
    after: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything of it differs from the published roster."""
        return bool(self.before or self.after) or any(item.moved for item in self.items)

    def free(self, item: Item, at: int) -> bool:
        """Whether an item could start at a tick as far as the other items of the duty go."""
        end = at + item.length
        return all(other is item or end <= other.at or other.at + other.length <= at for other in self.items)


@dataclass
class Play:
    """All duties in play, with what changes cost people by people."""

    board: Board
    policy: RepairPolicy
    duties: list[Played]
    whole: frozenset[str] = frozenset()
    """Those of whom whole duties were changed: they are paid for already."""

    crowds: dict[tuple[str, str], Counter[int]] = field(default_factory=dict)

    def fixed_price(self, duty: Played) -> float:
        """What it costs beside the change itself if this duty changes, nothing if it has changed already."""
        if duty.changed:
            return 0.0
        others = any(other.changed for other in self.of(duty.agent)) or duty.agent in self.whole
        return self.policy.changed_day + (0.0 if others else self.policy.changed_person)

    def of(self, agent: str) -> list[Played]:
        """A person's duties."""
        return self._by_agent.get(agent, [])

    def __post_init__(self) -> None:
        self._by_agent: dict[str, list[Played]] = {}
        for duty in self.duties:
            self._by_agent.setdefault(duty.agent, []).append(duty)
            for item in duty.items:
                self.crowd(item, 1)

    def crowd(self, item: Item, sign: int) -> None:
        """Count an item among those of its team that are away at once."""
        if item.crowd is not None:
            here = self.crowds.setdefault(item.crowd, Counter())
            for tick in range(*item.span):
                here[tick] += sign

    def roomy(self, item: Item, at: int) -> bool:
        """Whether a team can spare one more at a tick."""
        if item.crowd is None:
            return True
        here = self.crowds[item.crowd]
        own = range(*item.span)
        return all(here[tick] - (tick in own) < item.at_once for tick in range(at, at + item.length))

    def move(self, duty: Played, item: Item, at: int) -> None:
        """Move an item; the board follows."""
        self.crowd(item, -1)
        self.board.add(duty.group, [item.span], 1.0)
        item.at = at
        self.board.add(duty.group, [item.span], -1.0)
        self.crowd(item, 1)

    def extend(self, duty: Played, before: int, after: int) -> None:
        """Set a duty's overtime; the board follows."""
        self.board.add(duty.group, extended(duty), -1.0)
        duty.before, duty.after = before, after
        self.board.add(duty.group, extended(duty), 1.0)

    def prices(self) -> float:
        """What all changes cost."""
        days, people, total = 0, set(), 0.0
        for duty in self.duties:
            if duty.changed:
                days += 1
                people.add(duty.agent)
                total += sum(item.price for item in duty.items if item.moved)
                total += (duty.before + duty.after) * duty.overtime_price
        people = {agent for agent in people if agent not in self.whole}
        return total + days * self.policy.changed_day + len(people) * self.policy.changed_person


def extended(duty: Played) -> list[Span]:
    """The ticks of a duty's overtime."""
    spans = (duty.first - duty.before, duty.first), (duty.stop, duty.stop + duty.after)
    return [span for span in spans if span[0] < span[1]]


def in_play(
    view: View, board: Board, happened: Happened, suffering: Sequence[Span], now: int, overtime: bool
) -> list[Played]:
    """The duties near the time that suffers, of those who are there; nothing fixed, and nothing that has begun, moves.

    Only who is away in that time, or might be there longer, can help.
    """
    reach = 60 * view.problem.policy.repair.longest_overtime_minutes
    maker = _Maker(view, board, now, overtime)
    found = []
    for line in view.lines:
        group = board.groups.get(line.agent.agent)
        if group is None or line.agent.agent in happened.people:
            continue
        for duty in line.duties:
            if duty.end <= now or duty.start >= board.end or duty.day < 0:
                continue
            if any(duty.start - reach < end and start < duty.end + reach for start, end in suffering):
                made = maker.duty(line, group, duty)
                if made is not None:
                    found.append(made)
    return found


class _Maker:
    """What is the same for everybody while duties are read one by one."""

    def __init__(self, view: View, board: Board, now: int, overtime: bool) -> None:
        problem = view.problem
        self.view, self.board, self.policy, self.overtime = view, board, problem.policy.repair, overtime
        self.pause_from = now + 60 * max(self.policy.pause_notice_minutes, self.policy.freeze_minutes)
        self.overtime_from = now + 60 * max(self.policy.overtime_notice_minutes, self.policy.freeze_minutes)
        self.weights = problem.policy.roster
        self.windows = cache(lambda pause, start: pause_windows(view, pause, start))

    def duty(self, line: Line, group: Group, duty: Duty) -> Played | None:
        """A duty in play; None where it may not change at all."""
        if duty.fixed or duty.shift is None or any(row.activity == "leave" for row in duty.segments):
            return None
        core = without_overtime(list(duty.segments))
        start, end = core[0].start, max(row.end for row in core)
        items = [] if group.whole else list(self._items(line, duty, start, end))
        most = self._most(line, duty, start, end)
        if most == (0, 0) and all(len(item.places) == 1 for item in items):
            return None
        contract = line.contract
        hour = contract.cost_per_hour * (contract.overtime_factor * self.weights.overtime_hour + self.weights.paid_hour)
        tick = self.board.tick
        first, stop = (start - self.board.begin) // tick, self.board.at(end)
        return Played(line.agent.agent, group, duty, first, stop, items, most, hour * tick / 3600)

    def _items(self, line: Line, duty: Duty, start: int, end: int) -> Iterator[Item]:
        assert duty.shift is not None
        pauses = [row for row in duty.segments if row.activity in PAUSES]
        matched = _matched(self.view, duty.shift.pauses, pauses, start)
        for row in duty.segments:
            if row.activity not in ON_DUTY or row.activity in ("work", "overtime"):
                continue
            pinned = row.start < self.pause_from or row in line.fixed
            if row in matched:
                spans = [] if pinned else self.windows(matched[row], start)
                yield self._item(row, spans, start, end, self.policy.moved_pause)
                continue
            planned = None if pinned else self._planned(line, row)
            if planned is None:
                yield self._item(row, [], start, end, 0.0)
            else:
                at = self.view.calendar.horizon.at
                day = self.view.calendar.day_of(row.start)
                window = (at(day, planned.window[0]), at(day, planned.window[1]))
                item = self._item(row, [window], start, end, self.policy.moved_activity)
                yield replace(item, crowd=(planned.name, line.agent.team), at_once=planned.at_once)

    def _planned(self, line: Line, row: Segment) -> PlannedActivity | None:
        """The staggered activity that a segment is; those that many attend together stay where they are."""
        for planned in self.view.problem.site.activities:
            same = planned.activity == row.activity and planned.minutes * 60 == row.end - row.start
            if same and planned.together == "staggered" and concerned(line.agent, planned.who):
                return planned
        return None

    def _item(self, row: Segment, spans: Sequence[Span], start: int, end: int, price: float) -> Item:
        board, length = self.board, row.end - row.start
        step = self.view.calendar.horizon.step
        step = step if length % step == 0 else FINE_S
        places = set()
        for left, right in spans:
            for place in range(max(left, start), min(right, end) - length + 1, step):
                if place >= self.pause_from and (place - board.begin) % board.tick == 0 and place + length <= board.end:
                    places.add((place - board.begin) // board.tick)
        origin = (row.start - board.begin) // board.tick
        places = places | {origin} if row.start >= board.begin else {origin}
        return Item(row, origin, origin, tuple(sorted(places)), length // board.tick, price)

    def _most(self, line: Line, duty: Duty, start: int, end: int) -> Span:
        """The longest overtime before and after a duty, in ticks: bounded by policy, week, rest and neighbours."""
        limit = self.policy.longest_overtime_minutes
        over = any(row.activity == "overtime" for row in duty.segments)
        if not self.overtime or over or limit == 0:
            return (0, 0)
        room = min(limit, overtime_room(line, duty)) * 60
        rest = max(line.contract.rest_minutes * 60, 1)
        before, after = _neighbours(line, duty)
        early = min(room, start - self.overtime_from, start - before - rest)
        late = min(room, after - rest - end, self.board.end - end) if end >= self.overtime_from else 0
        step = self.view.calendar.horizon.step
        ticks = [max(0, most) // step * step // self.board.tick for most in (early, late)]
        return ticks[0], ticks[1]


def overtime_room(line: Line, duty: Duty) -> int:
    """Paid minutes that the week of a duty still has room for."""
    contract = line.contract
    if contract.week_minutes == (0, 0):
        return 1440
    week = next(week for week in line.calendar.weeks if duty.day in week)
    highest = max(0, contract.week_minutes[1] - len(line.credited(week)) * line.credit_minutes)
    paid = sum(other.paid for other in line.duties if other.day in week)
    return max(0, highest + contract.max_overtime_minutes_per_week - paid)


def _neighbours(line: Line, duty: Duty) -> Span:
    """When the duty before ends and the one after starts."""
    before, after = -(1 << 40), 1 << 40
    for one, other in pairwise(line.duties):
        if other is duty:
            before = one.end
        if one is duty:
            after = other.start
    return before, after


def _matched(view: View, wanted: Sequence[Pause], found: Sequence[Segment], start: int) -> Mapping[Segment, Pause]:
    """Which pause of the shift each pause of the duty is; nothing where they are not the shift's."""
    if not wanted or len(wanted) != len(found):
        return {}
    for segment in found:
        if view.catalogue.allowed(wanted[0], segment, start):
            rest = [row for row in found if row is not segment]
            if len(wanted) == 1:
                return {segment: wanted[0]}
            if others := _matched(view, wanted[1:], rest, start):
                return {segment: wanted[0], **others}
    return {}


def segments_of(board: Board, played: Played) -> list[Segment]:
    """The segments of a duty as it is in play, work on the queue it had at that time or nearest to it."""
    duty = played.duty
    core = without_overtime(list(duty.segments))
    over = [row for row in duty.segments if row not in core]
    cuts = [
        replace(item.segment, start=board.second(item.at), end=board.second(item.at + item.length))
        if item.moved
        else item.segment
        for item in played.items
    ]
    if not played.items:
        cuts = [row for row in core if row.activity != "work"]
    work = [row for row in core if row.activity in ("work", "overtime")]
    start, end = core[0].start, max(row.end for row in core)
    made = [*over, *cuts, *_filled(played.agent, start, end, sorted(cuts), work)]
    queue = work[-1].queue if work else ""
    if played.before:
        first = start - played.before * board.tick
        made.append(Segment(played.agent, first, start, "overtime", work[0].queue if work else ""))
    if played.after:
        made.append(Segment(played.agent, end, end + played.after * board.tick, "overtime", queue))
    return sorted(made)


def _filled(agent: str, start: int, end: int, cuts: Iterable[Segment], work: Sequence[Segment]) -> Iterator[Segment]:
    at = start
    for cut in (*cuts, Segment(agent, end, end, "off")):
        if at < cut.start:
            yield from _work(agent, at, cut.start, work)
        at = max(at, cut.end)


def _work(agent: str, start: int, end: int, work: Sequence[Segment]) -> Iterator[Segment]:
    """Work over [start, end) cut where the queue of the published duty changes."""
    edges = sorted({start, end, *(row.start for row in work if start < row.start < end)})
    pieces: list[Segment] = []
    for left, right in pairwise(edges):
        over = [row for row in work if row.start < right and left < row.end]
        near = over or sorted(work, key=lambda row: min(abs(row.start - left), abs(row.end - left)))
        queue = near[0].queue if near else ""
        if pieces and pieces[-1].queue == queue and pieces[-1].end == left:
            pieces[-1] = replace(pieces[-1], end=right)
        else:
            pieces.append(Segment(agent, left, right, "work", queue))
    yield from pieces
