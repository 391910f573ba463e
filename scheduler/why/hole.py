"""A hole in coverage: who could be there and which rule keeps them away, and what one more person would close."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from centre.people import Agent
from centre.roster import ANSWERING, ON_DUTY
from scheduler.checks import Line, coverage
from scheduler.checks.catalogue import PAUSES
from scheduler.frame import Person
from scheduler.framing import Known, options_on
from scheduler.judging import Floor
from scheduler.objective import cost_by_term
from scheduler.repair.board import Board, board_of
from scheduler.repair.whole import place_pauses, segments_of_option
from scheduler.tours.engine import Course, Engine
from scheduler.tours.floor import Floor as Tours
from scheduler.tours.published import floor_with
from scheduler.why.alternatives import Asked

ONE_MORE = "one-more"

MOST_TRIED = 8
"""Options of a person that are put to the checks before it is said what keeps them away."""


@dataclass(frozen=True)
class Closing:
    """One more person of a contract: the agent-hours of shortage that go, over the whole roster and in the hole.

    `shifts` counts the duties of the best line such a person has, `example` is the one that covers the hole:
    shift, start, end (UTC seconds).
    """

    contract: str
    saved_hours: float
    in_hole: float
    cost: float
    shifts: tuple[tuple[str, int], ...]
    example: tuple[str, int, int]


@dataclass(frozen=True)
class Hole:
    """A stretch of time in which a queue is short.

    Attributes
    ----------
    start, end : UTC seconds.
    short : the greatest shortage in agents; `hours` agent-hours over the stretch.
    worst : the moment at which it is shortest, UTC second.
    there : how many with the skill then answer it, answer other queues, or are at a pause or activity.
    kept_away : those who are not there, by the rule that keeps them from every duty over that moment.
    could : those whom no rule keeps away, with the shift that would cover it and what the roster costs more with it.
    closing : what one more person of each contract would close, best first.
    """

    queue: str
    start: int
    end: int
    worst: int
    short: float
    hours: float
    there: dict[str, int]
    kept_away: dict[str, tuple[str, ...]]
    could: tuple[tuple[str, str, int, int, float], ...]
    closing: tuple[Closing, ...]


def holes(floor: Floor, day: int, minute: int | None = None, queue: str = "") -> list[tuple[str, int, int]]:
    """The stretches of a day (or those that hold a moment) in which a queue is short: queue, start, end; worst first.

    Parameters
    ----------
    minute : local minutes after midnight.
    """
    need = floor.problem.requirement
    horizon = need.horizon
    under = np.asarray(coverage(floor.roster, floor.problem).under)
    first, stop = int(horizon.day_offsets[day]), int(horizon.day_offsets[day + 1])
    found = []
    for row, name in enumerate(need.queues):
        if queue and name != queue:
            continue
        short = under[row, first:stop] > 1e-6
        edges = np.flatnonzero(np.diff(np.concatenate([[False], short, [False]]).astype(int)))
        for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            start, end = int(horizon.starts[first + a]), int(horizon.starts[first + b - 1]) + horizon.step
            if minute is None or start <= horizon.at(day, minute) < end:
                found.append((float(under[row, first + a : first + b].sum()), name, start, end))
    return [(name, start, end) for _, name, start, end in sorted(found, reverse=True)]


def look_into(floor: Floor, queue: str, start: int, end: int, seed: int = 0) -> Hole:
    """Why a queue is short over [start, end), UTC seconds, and what would close it."""
    need = floor.problem.requirement
    horizon, row = need.horizon, need.queues.index(queue)
    first, stop = horizon.index(start), horizon.index(end - 1) + 1
    under = np.asarray(coverage(floor.roster, floor.problem).under)[row, first:stop]
    worst = int(horizon.starts[first + int(np.argmax(under))])
    there: Counter[str] = Counter()
    absent: list[Line] = []
    for line in floor.seen.lines:
        if queue not in line.agent.skills or line.agent.role != "agent":
            continue
        now = next((row for row in line.segments if row.start <= worst < row.end and row.activity in ON_DUTY), None)
        if now is None:
            absent.append(line)
        elif now.activity in ANSWERING:
            there["here" if now.queue == queue else "other queue"] += 1
        else:
            there["pause" if now.activity in PAUSES else now.activity] += 1
    kept, could = _kept_away(floor, absent, worst, start, end)
    return Hole(
        queue=queue,
        start=start,
        end=end,
        worst=worst,
        short=float(under.max(initial=0.0)),
        hours=float(under.sum()) * horizon.minutes / 60,
        there=dict(there),
        kept_away=kept,
        could=tuple(could),
        closing=tuple(_closing(floor, queue, worst, start, end, seed)),
    )


def _kept_away(
    floor: Floor, absent: list[Line], worst: int, start: int, end: int
) -> tuple[dict[str, tuple[str, ...]], list[tuple[str, str, int, int, float]]]:
    """By rule those it keeps away, and those whom none does."""
    board = board_of(floor, start - 6 * 3600, end + 12 * 3600, [(start, end)])
    known: Known = {}
    kept: dict[str, list[str]] = {}
    could: list[tuple[str, str, int, int]] = []
    for line in absent:
        rule, found = _of_person(floor, board, line, worst, known)
        if found is not None:
            could.append((line.agent.agent, *found))
        else:
            kept.setdefault(rule, []).append(line.agent.agent)
    priced = _priced(floor, could[:12]) if could else []
    ordered = sorted(kept.items(), key=lambda item: (-len(item[1]), item[0]))
    return {rule: tuple(names) for rule, names in ordered}, priced


def _of_person(
    floor: Floor, board: Board, line: Line, worst: int, known: Known
) -> tuple[str, tuple[str, int, int] | None]:
    """The rule that keeps a person from every duty over a moment, or such a duty that no rule forbids."""
    calendar, name = line.calendar, line.agent.agent
    day = calendar.day_of(worst)
    if any(left <= worst < right for left, right in line.leave):
        return "leave", None
    if not line.agent.employed(calendar.date(day)):
        return "employment", None
    if any(duty.day == day for duty in line.duties):
        return "on duty at another time", None
    group = board.groups.get(name)
    options = [
        option
        for near in (day, day - 1)
        if near >= 0
        for option in options_on(floor.seen, line, near, known)
        if option.start <= worst < option.end
    ]
    if not options or group is None:
        return "shifts", None
    more, _ = board.worth(group)
    rules: Counter[str] = Counter()
    for option in sorted(options, key=lambda option: -option.paid)[:MOST_TRIED]:
        _, pauses = place_pauses(floor.seen, board, group, option, more)
        rows = segments_of_option(name, option, pauses, next(iter(line.agent.skills), ""))
        broken = floor.newly_broken({name: tuple(sorted([*floor.segments.get(name, ()), *rows]))})
        if not broken:
            return "", (option.kind, option.start, option.end)
        rules[broken[0].rule] += 1
    return rules.most_common(1)[0][0], None


def _priced(floor: Floor, could: list[tuple[str, str, int, int]]) -> list[tuple[str, str, int, int, float]]:
    asked = Asked(floor)
    found = []
    for name, kind, start, end in could:
        day = floor.seen.calendar.day_of(start)
        best = next((a for a in asked.alternatives(name, day) if a.what == kind and a.cost is not None), None)
        if best is not None and best.cost is not None:
            found.append((name, kind, best.start or start, best.end or end, best.cost))
    return sorted(found, key=lambda row: row[4])


def _closing(floor: Floor, queue: str, worst: int, start: int, end: int, seed: int) -> Iterator[Closing]:
    """What one more person who serves the queue would do, contract by contract, best first."""
    found = [_one_more(floor, queue, name, worst, start, end, seed) for name in floor.problem.site.contracts]
    used = {agent.contract for agent in floor.agents.values() if agent.role == "agent"}
    yield from sorted((row for row in found if row and row.contract in used), key=lambda row: row.cost)


def _one_more(floor: Floor, queue: str, contract: str, worst: int, start: int, end: int, seed: int) -> Closing | None:
    site = floor.problem.site
    agent = Agent(agent=ONE_MORE, name=ONE_MORE, contract=contract, skills={queue: 1.0})
    problem = replace(floor.problem, site=replace(site, agents={**site.agents, ONE_MORE: agent}))
    tours = floor_with(problem, floor.roster, {ONE_MORE: lambda person: _over(person, worst)})
    engine = Engine(tours, seed, 1)
    p = next(p for p, member in enumerate(tours.members) if member.lines.line.agent.agent == ONE_MORE)
    engine.share_burdens()
    engine.write_back()
    before, terms = _short(tours, start, end), cost_by_term(tours)
    for _ in range(2):
        for window in engine.weeks:
            engine.ruin(window, np.array([p]), Course(1, slack=np.inf))
    engine.share_burdens()
    engine.write_back()
    after, now = _short(tours, start, end), cost_by_term(tours)
    lines, clock = tours.members[p].lines, tours.clock
    taken = [int(o) for o in tours.chosen[p] if o >= 0]
    spans = [(lines.kind[o], clock.second(int(lines.start[o])), clock.second(int(lines.end[o]))) for o in taken]
    over = [span for span in spans if span[1] <= worst < span[2]]
    if not over:
        return None
    cost = sum(now[name] - terms[name] for name in ("shortage", "surplus", "paid hours", "overtime", "leaders"))
    shifts = Counter(lines.kind[o] for o in taken)
    saved = before[0] - after[0], before[1] - after[1]
    return Closing(contract, *saved, cost, tuple(shifts.most_common()), over[0])


def _over(person: Person, worst: int) -> Person:
    """Somebody who has to be on duty at a moment."""
    options = list(person.options)
    days = [day for day, some in enumerate(options) if any(o.start <= worst < o.end for o in some)]
    if not days:
        return person
    options[days[-1]] = tuple(o for o in options[days[-1]] if o.start <= worst < o.end)
    return replace(person, options=tuple(options), must=person.must | {days[-1]})


def _short(tours: Tours, start: int, end: int) -> tuple[float, float]:
    """Agent-hours short over everything, and over [start, end)."""
    clock, total, inside = tours.clock, 0.0, 0.0
    for number, component in enumerate(tours.components):
        if number != tours.leaders:
            short, _ = component.short_and_spare(tours.last)
            total += float(short.sum()) * clock.hours
            inside += float(short[max(0, clock.to(start)) : clock.to(end)].sum()) * clock.hours
    return total, inside
