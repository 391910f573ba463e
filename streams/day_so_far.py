"""An agent's day up to a moment, walked piece by piece: what `pieces` and `account` say, for one agent at a time.

Arrays pay for many pieces; the picture of the floor needs a few dozen of each of thousands of agents at once, when a
day begins or a roster is published. Grace and exceptions are left to the arrays.
"""

from bisect import bisect_right

from streams.floor_policy import SECOND, FloorPolicy
from streams.matrix import STATE_COUNT
from streams.plan import NOTHING
from streams.state import Line
from streams.timeline import UNKNOWN

Spent = dict[tuple[int, int, int], int]
"""Microseconds by activity, state and class of the matrix."""

DAY = 86_400 * SECOND


def walked(line: Line, floor: FloorPolicy, day: tuple[int, int], at: int) -> tuple[Spent, int, int]:
    """What was spent within a local day up to `at`; the class at `at`, and since when it holds.

    Parameters
    ----------
    day : [start, end), UTC microseconds; since when is looked for from a day before it on.
    """
    plan, timeline, matrix = line.plan, line.timeline, floor.matrix
    starts, ends, activities = plan.starts, plan.ends, plan.activities
    ats, codes = timeline.ats, timeline.codes
    start, last = day[0], min(at + 1, day[1])
    when = since = start - DAY
    index, segment = bisect_right(ats, when) - 1, bisect_right(ends, when // SECOND)
    before, spent = -1, Spent()
    while when < last:
        until = min(ats[index + 1], last) if index + 1 < len(ats) else last
        activity = NOTHING
        if segment < len(starts):
            edge = starts[segment] * SECOND
            if edge <= when:
                activity, edge = activities[segment], ends[segment] * SECOND
            until = min(until, edge)
        code = codes[index] if index >= 0 else UNKNOWN
        kind = matrix[activity * STATE_COUNT + code]
        if kind != before:
            since, before = when if before >= 0 else since, kind
        length = min(until, at) - max(when, start)
        if length > 0:
            key = (activity, code, kind)
            spent[key] = spent.get(key, 0) + length
        when = until
        while index + 1 < len(ats) and ats[index + 1] <= when:
            index += 1
        if segment < len(ends) and ends[segment] * SECOND <= when:
            segment += 1
    return spent, before, since
