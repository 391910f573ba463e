"""Start the search from a roster that is published already: what need not change does not."""

import numpy as np

from centre.roster import Roster, Segment
from scheduler.checks import Duty, check, view
from scheduler.problem import Problem
from scheduler.tours.floor import Floor
from scheduler.tours.lines import Lines


def start_from(floor: Floor, roster: Roster, problem: Problem) -> int:
    """Give everybody the duties of a roster whose line in it is legal and in today's catalogue; how many they are."""
    if not roster.segments:
        return 0
    faulty = {violation.agent for violation in check(roster, problem) if violation.hard}
    count = 0
    for p, line in enumerate(view(roster, problem).lines):
        if line.agent.agent in faulty:
            continue
        duties = {duty.day: duty for duty in line.duties if duty.day >= 0}
        count += _take(floor, p, duties)
    return count


def _take(floor: Floor, p: int, duties: dict[int, Duty]) -> bool:
    """Take over one person's duties and pauses, or nothing."""
    lines = floor.members[p].lines
    chosen, places = np.full_like(floor.chosen[p], -1), floor.places[p].copy()
    for day, duty in duties.items():
        option = _option(floor, lines, day, duty)
        if option is None or not _pauses(floor, lines, option, list(duty.segments), places):
            return False
        chosen[day] = option
    if any(day in lines.person.must and chosen[day] < 0 for day in range(chosen.size)):
        return False
    floor.chosen[p][:], floor.places[p][:] = chosen, places
    return True


def _option(floor: Floor, lines: Lines, day: int, duty: Duty) -> int | None:
    kind = duty.shift.name if duty.shift else "fixed"
    start, end = floor.clock.to(duty.start), floor.clock.to(duty.end)
    for option in range(int(lines.options[day]), int(lines.options[day + 1])):
        if (lines.kind[option], lines.start[option], lines.end[option]) == (kind, start, end):
            return option
    return None


def _pauses(floor: Floor, lines: Lines, option: int, segments: list[Segment], places: np.ndarray) -> bool:
    """Put an option's pauses where the duty has segments that can be them."""
    clock, block = floor.clock, np.concatenate([block.pauses for block in lines.blocks])
    for k in range(int(lines.pause_first[option]), int(lines.pause_first[option + 1])):
        low, high, length, stride = (int(value) for value in block[k])
        wanted = lines.activity[k].partition(":")[0]
        for segment in segments:
            at = clock.to(segment.start)
            fits = low <= at <= high and (at - low) % stride == 0 and clock.to(segment.end) - at == length
            if segment.activity == wanted and fits:
                places[k] = at
                segments.remove(segment)
                break
        else:
            return False
    return True
