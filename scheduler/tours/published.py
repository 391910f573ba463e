"""A published roster taken back into the search: each duty as the option it is, each pause in its place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from centre.roster import ANSWERING, ON_DUTY, Roster, Segment
from scheduler.activities import Placed
from scheduler.checks import Duty, view
from scheduler.frame import Person
from scheduler.problem import Problem
from scheduler.tours.floor import Floor, Member, floor_of
from scheduler.tours.lines import Block, concerned

Narrow = Mapping[str, Callable[[Person], Person]]


def floor_with(problem: Problem, roster: Roster, narrow: Narrow | None = None) -> Floor:
    """The floor of a problem with a roster in it.

    A duty that is no option of its day (a hand's edit, overtime, a repair) is taken as fixed, so that it stands as it
    is. For people of `narrow` what is no option any more is left out.
    """
    wanted = view(roster, problem)
    lines = {line.agent.agent: line.duties for line in wanted.lines}
    floor = floor_of(problem, narrow)
    strange = _load(floor, lines)
    odd = {name: duties for name, duties in strange.items() if not narrow or name not in narrow}
    if not odd:
        return floor
    known = set(problem.site.fixed)
    rows = [row for duties in odd.values() for duty in duties for row in duty.segments if row not in known]
    pinned = replace(problem, site=replace(problem.site, fixed=(*problem.site.fixed, *rows)))
    floor = floor_of(pinned, narrow)
    _load(floor, lines)
    return floor


def besides(floor: Floor, roster: Roster) -> list[Placed]:
    """The activities of a roster that stand beside the pauses of the duties as `floor_with` took them back."""
    lines = {line.agent.agent: line.duties for line in view(roster, floor.problem).lines}
    found = []
    for p, member in enumerate(floor.members):
        for duty in lines.get(member.lines.line.agent.agent, ()):
            option = int(floor.chosen[p][duty.day]) if 0 <= duty.day < floor.problem.horizon.days else -1
            if option < 0:
                continue
            first, stop = int(member.lines.pause_first[option]), int(member.lines.pause_first[option + 1])
            paused = {int(at) for at in floor.places[p][first:stop]}
            for row in duty.segments:
                at, end = floor.clock.to(row.start), floor.clock.to(row.end)
                name = "" if at in paused or row.activity in ANSWERING else _planned(floor, p, duty.day, row)
                if name:
                    found.append(Placed(p, at, end, row.activity, name))
    return found


def _planned(floor: Floor, p: int, day: int, row: Segment) -> str:
    """Which of the site's activities a segment is; "" where it is none."""
    horizon, agent = floor.problem.horizon, floor.members[p].lines.line.agent
    for planned in floor.problem.site.activities:
        low, high = (horizon.at(day, minute) for minute in planned.window)
        same = planned.segment == row.activity and planned.minutes * 60 == row.end - row.start
        if same and low <= row.start and row.end <= high and concerned(agent, planned.who):
            return planned.name
    return ""


def _load(floor: Floor, lines: Mapping[str, Sequence[Duty]]) -> dict[str, list[Duty]]:
    """Put duties in; returns those that are no option."""
    strange: dict[str, list[Duty]] = {}
    for p, member in enumerate(floor.members):
        name = member.lines.line.agent.agent
        floor.chosen[p][:] = -1
        for duty in lines.get(name, ()):
            if 0 <= duty.day < floor.problem.horizon.days and not put(floor, p, member, duty):
                strange.setdefault(name, []).append(duty)
    return strange


def put(floor: Floor, p: int, member: Member, duty: Duty) -> bool:
    """Give somebody the option of a day that a duty is, its pauses where they are; False where none is it."""
    lines, clock = member.lines, floor.clock
    first, stop = int(lines.options[duty.day]), int(lines.options[duty.day + 1])
    begin, end = (duty.start - clock.begin) / clock.tick, (duty.end - clock.begin) / clock.tick
    for o in range(first, stop):
        if lines.start[o] != begin or lines.end[o] != end:
            continue
        kind = lines.kind[o]
        if kind != "fixed" and (duty.shift is None or duty.shift.name != kind):
            continue
        places = _places(floor, member, o, duty)
        if places is not None:
            floor.chosen[p][duty.day] = o
            floor.places[p][int(lines.pause_first[o]) : int(lines.pause_first[o + 1])] = places
            return True
    return False


def _places(floor: Floor, member: Member, option: int, duty: Duty) -> np.ndarray[tuple[int], np.dtype[np.int64]] | None:
    """Ticks of the option's pauses as the duty has them; None where they do not fit."""
    lines, clock = member.lines, floor.clock
    block = lines.blocks[duty.day]
    local = option - int(lines.options[duty.day])
    rows = range(int(block.pause_first[local]), int(block.pause_first[local + 1]))
    found = [row for row in duty.segments if row.activity in ON_DUTY and row.activity not in ANSWERING]
    slots = [_slot(block, k) for k in rows]
    spots = [
        (row, (row.start - clock.begin) // clock.tick, (row.end - row.start) // clock.tick) for row in sorted(found)
    ]
    matched = _matched(slots, spots)
    return None if matched is None else np.array(matched, dtype=np.int64)


Slot = tuple[str, int, int, int]


def _slot(block: Block, k: int) -> Slot:
    low, high, length = (int(value) for value in block.pauses[k, :3])
    return block.activity[k].partition(":")[0], low, high, length


def _matched(slots: Sequence[Slot], spots: Sequence[tuple[Segment, int, int]]) -> list[int] | None:
    """A place for each slot among the segments that are there; segments beside (a meeting) may be left over."""
    if not slots:
        return []
    activity, low, high, length = slots[0]
    for number, (row, at, long) in enumerate(spots):
        if row.activity == activity and long == length and low <= at <= high:
            rest = _matched(slots[1:], [*spots[:number], *spots[number + 1 :]])
            if rest is not None:
                return [at, *rest]
    return None
