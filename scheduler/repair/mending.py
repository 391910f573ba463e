"""Repair a published roster: the smallest change that restores the most service.

The story is `repair`: the roster when nobody does anything, then whole duties for the days after the notice, then
pauses, activities and overtime inside duties (by descent, then jointly by CP-SAT), then queues; everything through the
checks, and kept only where it serves better than doing nothing.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from centre.grid import local_day
from centre.roster import Roster, Segment
from scheduler.checks import CHECKS, Violation, covered
from scheduler.judging import LINE_CHECKS, Floor
from scheduler.problem import Problem
from scheduler.repair.board import Board, board_of
from scheduler.repair.descent import descend
from scheduler.repair.happened import Happened, Span, affected, nothing_done
from scheduler.repair.joint import place_jointly
from scheduler.repair.measure import Measure, coverage_after, measure
from scheduler.repair.play import Play, Played, in_play, segments_of
from scheduler.repair.queues import mend_queues
from scheduler.repair.steps import Step, steps_of
from scheduler.repair.whole import WholeChange, WholeDuties

Lines = dict[str, tuple[Segment, ...]]

WHOLE_SHARE, JOINT_SHARE = 0.5, 0.6
"""Shares of the time limit: for whole duties, and of what is left then for CP-SAT."""

FLOOR_CHECKS = [rule for rule in CHECKS if rule not in LINE_CHECKS]


@dataclass(frozen=True)
class Repaired:
    """A repaired roster and what it does for service.

    Attributes
    ----------
    roster, problem : the roster, and the problem as it is now (who is away, what is expected).
    published : the roster before, as it was published.
    steps : what changes, person by person; those of `away` come from what happened.
    before, unrepaired, after : how the published roster was to serve, how it serves now that something happened, and
        how the repaired one does, over [begin, end), UTC seconds.
    cost : price of coverage and changes, of doing nothing and of the repair (units of `RosterWeights`).
    violations : hard rules that are broken now and were not when published; what happened may leave no choice.
    """

    roster: Roster
    problem: Problem
    published: Roster
    steps: tuple[Step, ...]
    begin: int
    end: int
    before: Measure
    unrepaired: Measure
    after: Measure
    cost: tuple[float, float]
    violations: tuple[Violation, ...]
    seconds: float


def repair(
    floor: Floor,
    happened: Happened,
    now: int,
    *,
    seconds: float = 20.0,
    seed: int = 0,
    workers: int = 2,
    overtime: bool = True,
    pauses: Span | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Repaired:
    """Find the smallest change of a published roster that restores the most service.

    Parameters
    ----------
    floor : the published roster and its problem.
    happened : who is away, which queues changed, the requirement as it is now.
    now : UTC second. What has begun stays; notice and freezes are those of `problem.policy.repair`.
    seconds : time limit of the search.
    overtime : whether overtime may be proposed (SHF-10: it is reviewed and approved before it holds).
    pauses : a span, UTC seconds, within which pauses and activities are placed anew around the volume as it is now
        (SHF-7), whether it suffers or not; then duties stay as they are, and no overtime is proposed.

    Notes
    -----
    Only time that suffers from what happened is mended; the rest of the roster stays as it is.
    """
    begin = time.monotonic()

    def late(share: float = 1.0) -> bool:
        return stop() or time.monotonic() - begin > share * seconds

    base = nothing_done(floor, happened)
    suffering = [span for span in (*affected(floor, happened, now), *_ahead(pauses, now)) if span[0] < span[1]]
    overtime = overtime and pauses is None
    first, last = _window(base, suffering, now)
    staffed = covered(floor.seen)
    lacking = coverage_after(floor, staffed, base)
    before, unrepaired = measure(floor, staffed, first, last), measure(base, lacking, first, last)
    end = _week_end(base, last)
    idle = board_of(base, now, end, suffering)
    lines: Lines = {}
    banned: set[str] = set()
    changes: list[WholeChange] = []
    plays: list[Played] = []
    cost = nothing = idle.cost()
    if suffering:
        whole = WholeDuties(base, idle, happened, now, last)
        whole.improve(lambda: pauses is not None or late(WHOLE_SHARE))
        changes, lines = whole.changes, dict(whole.lines)
        moved = base.changed(lines)
        played = in_play(moved.seen, idle, happened, suffering, now, overtime)
        play = Play(idle, base.problem.policy.repair, played, frozenset(lines))
        while True:
            descend(play, stop)
            left = seconds - (time.monotonic() - begin)
            place_jointly(play, 0.0 if stop() else JOINT_SHARE * left, workers, seed)
            inside = lines_of(moved, idle, play)
            broken = moved.newly_broken(inside) if inside else []
            culprits = {found.agent for found in broken} - banned
            if not culprits:
                break
            banned |= culprits
            play = without(play, culprits)
        lines |= inside
        plays = [duty for duty in play.duties if duty.changed]
        cost = idle.cost() + play.prices() + sum(change.price for change in changes)
    result = base.changed(lines)
    if suffering:
        result = result.changed(mend_queues(result, _soonest(base, now), last))
    after = measure(result, coverage_after(base, lacking, result), first, last)
    if _worse(after, unrepaired, cost, nothing):
        result, after, changes, plays, cost = base, unrepaired, [], [], nothing
    return Repaired(
        roster=result.roster,
        problem=base.problem,
        published=floor.roster,
        steps=tuple(steps_of(floor, base, result, happened, changes, plays)),
        begin=first,
        end=last,
        before=before,
        unrepaired=unrepaired,
        after=after,
        cost=(nothing, cost),
        violations=tuple(_newly(floor, result)),
        seconds=time.monotonic() - begin,
    )


def _ahead(span: Span | None, now: int) -> Iterator[Span]:
    """What of a span is still to come."""
    if span is not None:
        yield max(span[0], now), span[1]


def _window(floor: Floor, suffering: Sequence[tuple[int, int]], now: int) -> tuple[int, int]:
    """From the first moment that suffers to the last; the rest of the day where none does."""
    horizon = floor.problem.horizon
    if not suffering:
        day = (local_day(now, horizon.zone) - horizon.first_day).days
        return now, max(now + 1, horizon.at(day + 1, 0))
    return min(start for start, _ in suffering), max(end for _, end in suffering)


def _week_end(floor: Floor, last: int) -> int:
    """The end of the week in which something last suffers: what is moved there is taken from its other days."""
    calendar = floor.seen.calendar
    day = calendar.day_of(last - 1)
    week = next((week for week in calendar.weeks if day in week), range(day, day + 1))
    return calendar.midnight(week.stop) + 6 * 3600


def _soonest(floor: Floor, now: int) -> int:
    return now + 60 * floor.problem.policy.repair.freeze_minutes


def lines_of(floor: Floor, board: Board, play: Play) -> Lines:
    """The lines of those whose duties in play changed."""
    lines: Lines = {}
    for duty in play.duties:
        if duty.changed:
            now = lines.get(duty.agent, floor.segments[duty.agent])
            gone = set(duty.duty.segments)
            kept = [row for row in now if row not in gone]
            lines[duty.agent] = tuple(sorted([*kept, *segments_of(board, duty)]))
    return lines


def without(play: Play, people: Iterable[str]) -> Play:
    """The same with some people put back as they were, and left alone."""
    some = set(people)
    for duty in play.duties:
        if duty.agent in some:
            for item in duty.items:
                if item.moved:
                    play.move(duty, item, item.origin)
            if duty.before or duty.after:
                play.extend(duty, 0, 0)
    return Play(play.board, play.policy, [duty for duty in play.duties if duty.agent not in some], play.whole)


def _worse(after: Measure, unrepaired: Measure, cost: float, nothing: float) -> bool:
    """Whether the answer is worse than doing nothing: in price, or in both shortage and contacts answered."""
    less = after.answered_in_time < unrepaired.answered_in_time - 1e-6
    return cost > nothing + 1e-6 or (less and after.short_hours > unrepaired.short_hours - 1e-6)


def _newly(published: Floor, now: Floor) -> list[Violation]:
    """Hard rules that the roster breaks now and the published one did not."""
    lines = {name: now.segments.get(name, ()) for name in published.differing(now)}
    found = published.newly_broken(lines, now.problem) if lines else []
    before = {(row.rule, row.agent, row.day) for rule in FLOOR_CHECKS for row in rule(published.seen) if row.hard}
    whole = [row for rule in FLOOR_CHECKS for row in rule(now.seen) if row.hard]
    return found + [row for row in whole if (row.rule, row.agent, row.day) not in before]
