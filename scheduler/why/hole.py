"""A hole in coverage: who could be there and which rule keeps them away, and what one more person would close."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from centre.roster import ANSWERING, ON_DUTY
from scheduler.checks import Line, coverage
from scheduler.checks.catalogue import PAUSES
from scheduler.framing import Known, options_on
from scheduler.judging import Floor
from scheduler.repair.board import Board, board_of
from scheduler.repair.whole import place_pauses, segments_of_option
from scheduler.why.alternatives import Asked
from scheduler.why.closing import WORTH_TELLING, Stretch, Way, figures, legal_duty, ways
from scheduler.why.one_more import Closing, Newcomers

MOST_TRIED = 8
"""Options of a person that are put to the checks before it is said what keeps them away."""


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
    pooled : agent-hours that stay short, in all queues that share people with it, if each could answer several of them
        at a time. Where it is nothing, nobody is missing: only that people answer one queue at a time holds the hole
        open, and nothing is looked for that would close it.
    ways : the cheapest duties that would close some of it, first those that touch no rule.
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
    pooled: float
    ways: tuple[Way, ...]
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


def look_into(
    floor: Floor, queue: str, start: int, end: int, asked: Asked | None = None, newcomers: Newcomers | None = None
) -> Hole:
    """Why a queue is short over [start, end), UTC seconds, and what would close it.

    `asked` and `newcomers` are the floor loaded to be asked about, where several holes are looked into.
    """
    asked, newcomers = asked or Asked(floor), newcomers or Newcomers(floor, [queue])
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
    kept, free = _kept_away(floor, absent, worst, start, end)
    stretch = Stretch(start, end, worst)
    pooled = figures(asked, stretch).inside
    some = pooled >= WORTH_TELLING
    return Hole(
        queue=queue,
        start=start,
        end=end,
        worst=worst,
        short=float(under.max(initial=0.0)),
        hours=float(under.sum()) * horizon.minutes / 60,
        there=dict(there),
        kept_away=kept,
        could=tuple(_priced(asked, free, worst)),
        pooled=pooled,
        ways=tuple(ways(asked, stretch, kept, free)) if some else (),
        closing=tuple(newcomers.closing(queue, stretch)) if some else (),
    )


def _kept_away(
    floor: Floor, absent: list[Line], worst: int, start: int, end: int
) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """By rule those it keeps away, and those whom none does."""
    board = board_of(floor, start - 6 * 3600, end + 12 * 3600, [(start, end)])
    known: Known = {}
    kept: dict[str, list[str]] = {}
    could: list[str] = []
    for line in absent:
        rule = _of_person(floor, board, line, worst, known)
        if rule:
            kept.setdefault(rule, []).append(line.agent.agent)
        else:
            could.append(line.agent.agent)
    ordered = sorted(kept.items(), key=lambda item: (-len(item[1]), item[0]))
    return {rule: tuple(names) for rule, names in ordered}, could


def _of_person(floor: Floor, board: Board, line: Line, worst: int, known: Known) -> str:
    """The rule that keeps a person from every duty over a moment; "" where there is one that no rule forbids."""
    calendar, name = line.calendar, line.agent.agent
    day = calendar.day_of(worst)
    if any(left <= worst < right for left, right in line.leave):
        return "leave"
    if not line.agent.employed(calendar.date(day)):
        return "employment"
    if any(duty.day == day for duty in line.duties):
        return "on duty at another time"
    group = board.groups.get(name)
    options = [
        option
        for near in (day, day - 1)
        if near >= 0
        for option in options_on(floor.seen, line, near, known)
        if option.start <= worst < option.end
    ]
    if not options or group is None:
        return "shifts"
    more, _ = board.worth(group)
    rules: Counter[str] = Counter()
    for option in sorted(options, key=lambda option: -option.paid)[:MOST_TRIED]:
        _, pauses = place_pauses(floor.seen, board, group, option, more)
        rows = segments_of_option(name, option, pauses, next(iter(line.agent.skills), ""))
        broken = floor.newly_broken({name: tuple(sorted([*floor.segments.get(name, ()), *rows]))})
        if not broken:
            return ""
        rules[broken[0].rule] += 1
    return rules.most_common(1)[0][0]


def _priced(asked: Asked, could: list[str], worst: int) -> Iterator[tuple[str, str, int, int, float]]:
    """The cheapest duty over the worst moment that no rule forbids, of each of some people, the cheapest first."""
    found = [duty for name in could if (duty := legal_duty(asked, name, worst)) is not None]
    yield from sorted(found, key=lambda row: (row[4], row[0]))
