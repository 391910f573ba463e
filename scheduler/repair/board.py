"""Coverage of the days ahead, and what one more or one fewer is worth at each moment of them.

Ticks are the finest step on which duties and pauses lie. Queues that share people are taken together, a flexible
agent counts once (see `scheduler.tours.coverage`). Outside the time that suffers nothing is to be gained: there what
is wanted is lowered to what is rostered, so that a repair mends what happened and leaves the rest of the roster alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import gcd

import numpy as np
from numpy.typing import NDArray

from centre.people import Agent
from centre.roster import ANSWERING, ON_DUTY, Segment
from scheduler.judging import Floor
from scheduler.tours.coverage import STEEP, components, sets_of, wanted_by_sets

Floats = NDArray[np.float64]
Span = tuple[int, int]

FINEST_S = 60


@dataclass(frozen=True)
class Group:
    """People who cover the same: the cover they belong to, the sets they touch, their speed.

    A `whole` group is there for the whole of a duty, pauses included (leaders).
    """

    cover: int
    touched: tuple[bool, ...]
    weight: float
    whole: bool = False


@dataclass
class Cover:
    """Queues that share people; `wanted` and `staffed` in agents, [sets, ticks]; prices of an agent for a tick."""

    sets: tuple[frozenset[str], ...]
    wanted: Floats
    staffed: Floats
    under: float
    over: float
    version: int = 0

    def cost(self, first: int = 0, stop: int | None = None, more: Floats | None = None) -> Floats:
        """Price at each tick of [first, stop), with so many more of each set."""
        lack = self.wanted[:, first:stop] - self.staffed[:, first:stop]
        if more is not None:
            lack = lack - more
        short = np.maximum(lack.max(axis=0), 0.0)
        return np.asarray(self.under * (short + STEEP * short * short) + self.over * (short - lack[-1]))


@dataclass
class Board:
    """The covers over [begin, end), UTC seconds, in ticks of so many seconds, `inside` of them an interval."""

    begin: int
    end: int
    tick: int
    covers: list[Cover]
    groups: dict[str, Group]
    inside: int
    _worth: dict[Group, tuple[int, Floats, Floats]] = field(default_factory=dict, repr=False)

    @cached_property
    def ticks(self) -> int:
        """How many ticks there are."""
        return (self.end - self.begin) // self.tick

    def at(self, second: int) -> int:
        """The tick of a UTC second, cut to the board."""
        return min(max((second - self.begin) // self.tick, 0), self.ticks)

    def second(self, tick: int) -> int:
        """The UTC second of a tick."""
        return self.begin + tick * self.tick

    def worth(self, group: Group) -> tuple[Floats, Floats]:
        """What one more of a group gains, and what one fewer costs, summed up to each tick: [ticks + 1] each."""
        cover = self.covers[group.cover]
        known = self._worth.get(group)
        if known is None or known[0] != cover.version:
            step = group.weight * np.array(group.touched, dtype=float)[:, None]
            now = cover.cost()
            more, fewer = now - cover.cost(more=step), cover.cost(more=-step) - now
            known = (cover.version, _sums(more), _sums(fewer))
            self._worth[group] = known
        return known[1], known[2]

    def add(self, group: Group, spans: Iterable[Span], sign: float) -> None:
        """Put somebody at (or take them from) spans of ticks."""
        cover = self.covers[group.cover]
        rows = np.array(group.touched)
        for first, stop in spans:
            cover.staffed[rows, first:stop] += sign * group.weight
        cover.version += 1

    def gain(self, group: Group, come: Sequence[Span], gone: Sequence[Span]) -> float:
        """What it gains exactly if somebody comes to some spans of ticks and goes from others."""
        ends = [*come, *gone]
        if not ends:
            return 0.0
        first, stop = min(a for a, _ in ends), max(b for _, b in ends)
        change = np.zeros(stop - first)
        for a, b in come:
            change[a - first : b - first] += group.weight
        for a, b in gone:
            change[a - first : b - first] -= group.weight
        cover = self.covers[group.cover]
        more = np.array(group.touched, dtype=float)[:, None] * change[None, :]
        return float((cover.cost(first, stop) - cover.cost(first, stop, more)).sum())

    def cost(self) -> float:
        """Price of everything."""
        return float(sum(cover.cost().sum() for cover in self.covers))


def board_of(floor: Floor, begin: int, end: int, suffering: Iterable[Span]) -> Board:
    """The board of a roster over [begin, end), where service suffers over some spans (UTC seconds)."""
    problem, site = floor.problem, floor.problem.site
    horizon, need = problem.horizon, problem.requirement
    begin = horizon.begin + (begin - horizon.begin) // horizon.step * horizon.step
    tick = _tick(floor, begin)
    count, inside = (end - begin) // tick, horizon.step // tick
    first = horizon.index(begin)
    wanted: dict[str, Floats] = {}
    for number, queue in enumerate(need.queues):
        wanted[queue] = np.zeros(count)
        known = np.repeat(need.gross[number, first : first + -(-count // inside)].astype(float), inside)[:count]
        wanted[queue][: known.size] = known
    skills = [frozenset(agent.skills) for agent in site.agents.values() if agent.role == "agent"]
    parts = components(need.queues, skills)
    weights, hours = problem.policy.roster, tick / 3600
    covers = []
    for part in parts:
        sets = sets_of(sorted(part), skills)
        by_set = wanted_by_sets(sets, wanted)
        covers.append(Cover(sets, by_set, np.zeros_like(by_set), weights.shortage * hours, weights.surplus * hours))
    some = any(agent.role == "leader" for agent in site.agents.values())
    nobody = np.zeros((1, count))
    leading = Cover((frozenset(["leaders"]),), nobody, nobody.copy(), weights.leader_shortage * hours * some, 0.0)
    leading.over = weights.leader_surplus * hours
    covers.append(leading)
    groups = {name: group for name, agent in site.agents.items() if (group := _group(agent, parts, covers)) is not None}
    board = Board(begin, begin + count * tick, tick, covers, groups, inside)
    near = [row for row in floor.roster.segments if row.end > board.begin and row.start < board.end]
    _stand(board, near)
    organisation = problem.policy.organisation
    span, there = organisation.span_of_control[1], _agents_there(board, floor, near)
    leading.wanted[0] = np.ceil(there / span) if organisation.leader_whenever_agents else np.floor(there / span)
    _leave_the_rest(board, suffering)
    return board


def _tick(floor: Floor, begin: int) -> int:
    """The finest step that segments, pauses and activities lie on, seconds."""
    site, horizon = floor.problem.site, floor.problem.horizon
    tick = horizon.step
    for segment in floor.roster.segments:
        if segment.end > begin:
            tick = gcd(tick, segment.start - horizon.begin, segment.end - horizon.begin)
    lengths = [pause.minutes for shift in site.shifts.values() for pause in shift.pauses]
    lengths += [planned.minutes for planned in site.activities]
    return max(gcd(tick, *(minutes * 60 for minutes in lengths)), FINEST_S)


def _group(agent: Agent, parts: Sequence[frozenset[str]], covers: Sequence[Cover]) -> Group | None:
    if agent.role == "leader":
        return Group(len(covers) - 1, (True,), 1.0, whole=True)
    mine = frozenset(agent.skills)
    number = next((number for number, part in enumerate(parts) if part & mine), None)
    if agent.role != "agent" or number is None:
        return None
    speeds = [speed for queue, speed in agent.skills.items() if queue in parts[number]]
    touched = tuple(bool(mine & queues) for queues in covers[number].sets)
    return Group(number, touched, round(sum(speeds) / len(speeds), 2))


def presence(board: Board, group: Group, segments: Iterable[Segment]) -> list[Span]:
    """Spans of ticks at which segments of one of a group count for coverage."""
    counts = ON_DUTY if group.whole else ANSWERING
    spans = [(board.at(row.start), board.at(row.end)) for row in segments if row.activity in counts]
    return [span for span in spans if span[0] < span[1]]


def _stand(board: Board, segments: Iterable[Segment]) -> None:
    """Put everybody where the roster has them."""
    size = max(len(cover.sets) for cover in board.covers)
    steps = np.zeros((len(board.covers), size, board.ticks + 1))
    rows = {group: np.flatnonzero(group.touched) for group in set(board.groups.values())}
    by_group: dict[Group, list[Span]] = {}
    for segment in segments:
        group = board.groups.get(segment.agent)
        if group is not None and segment.activity in (ON_DUTY if group.whole else ANSWERING):
            by_group.setdefault(group, []).append((board.at(segment.start), board.at(segment.end)))
    for group, spans in by_group.items():
        change = np.zeros(board.ticks + 1)
        ticks = np.array(spans)
        np.add.at(change, ticks[:, 0], group.weight)
        np.add.at(change, ticks[:, 1], -group.weight)
        steps[group.cover, rows[group]] += change
    for number, cover in enumerate(board.covers):
        cover.staffed = np.cumsum(steps[number, : len(cover.sets)], axis=1)[:, :-1]


def _agents_there(board: Board, floor: Floor, near: Iterable[Segment]) -> Floats:
    steps = np.zeros(board.ticks + 1)
    for segment in near:
        if segment.activity in ON_DUTY and floor.agents[segment.agent].role == "agent":
            first, stop = board.at(segment.start), board.at(segment.end)
            steps[first] += 1
            steps[stop] -= 1
    return np.cumsum(steps)[:-1]


def _leave_the_rest(board: Board, suffering: Iterable[Span]) -> None:
    """Lower what is wanted to what is there wherever nothing suffers."""
    quiet = np.ones(board.ticks, dtype=bool)
    for start, end in suffering:
        quiet[board.at(start) : board.at(end + board.tick - 1)] = False
    for cover in board.covers:
        cover.wanted[:, quiet] = np.minimum(cover.wanted[:, quiet], cover.staffed[:, quiet])


def _sums(values: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(values)])
