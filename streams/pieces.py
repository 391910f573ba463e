"""An agent's time cut into pieces within which neither the state nor the plan changes.

Everything that is reckoned of adherence is a sum over these pieces, in whole microseconds: exact, and the same
however the sum is cut up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.floor_policy import SECOND, FloorPolicy
from streams.matrix import IN, OUT, STATE_COUNT, UNHEARD
from streams.plan import NOTHING, Plan
from streams.timeline import UNKNOWN, Timeline

Ints = NDArray[np.int64]
Codes = NDArray[np.uint8]
Flags = NDArray[np.bool_]


class Excuse(NamedTuple):
    """An exception as the floor knows it: [start, end) UTC seconds; a revoked one holds nothing."""

    id: str
    start: int
    end: int
    revoked: bool


@dataclass(frozen=True)
class Pieces:
    """Pieces of one agent's time without gaps, in order; arrays of shape [pieces].

    Attributes
    ----------
    starts, ends : UTC microseconds.
    activities, states : codes of the plan's activity and of the state.
    classes : code of the matrix, after grace.
    exempt : whether an exception holds.
    """

    starts: Ints
    ends: Ints
    activities: Codes
    states: Codes
    classes: Codes
    exempt: Flags

    @property
    def lengths(self) -> Ints:
        """Microseconds of each piece."""
        lengths: Ints = self.ends - self.starts
        return lengths

    def within(self, start: int, end: int) -> "Pieces":
        """The pieces clipped to [start, end), UTC microseconds."""
        inside = (self.starts < end) & (self.ends > start)
        return Pieces(
            np.maximum(self.starts[inside], start),
            np.minimum(self.ends[inside], end),
            self.activities[inside],
            self.states[inside],
            self.classes[inside],
            self.exempt[inside],
        )


def pieces(
    timeline: Timeline,
    plan: Plan,
    excuses: Sequence[Excuse],
    floor: FloorPolicy,
    window: tuple[int, int],
    cuts: Sequence[int] | Ints = (),
) -> Pieces:
    """Cut [start, end), UTC microseconds, wherever the state, the plan or an exception changes, and at `cuts`.

    Grace looks beyond the window's start: a departure that began before it is as long as it is, not as long as the
    window shows. The end of the window is the end of what is known.
    """
    start, end = window
    ats = np.frombuffer(timeline.ats, dtype=np.int64)
    starts = np.frombuffer(plan.starts, dtype=np.int64) * SECOND
    ends = np.frombuffer(plan.ends, dtype=np.int64) * SECOND
    excused = [(excuse.start * SECOND, excuse.end * SECOND) for excuse in excuses if not excuse.revoked]
    origin = min([start, *ats[:1].tolist(), *starts[:1].tolist()]) if floor.grace else start
    edges = np.concatenate(
        [ats, starts, ends, np.array(excused, dtype=np.int64).ravel(), np.array(cuts, dtype=np.int64), (start,)]
    )
    edges = np.unique(np.append(edges[(edges > origin) & (edges < end)], (origin, end)))
    begins = edges[:-1]
    activities = _planned(begins, starts, ends, plan)
    states = _in_force(begins, ats, timeline)
    classes = np.frombuffer(floor.matrix, dtype=np.uint8)[activities.astype(np.intp) * STATE_COUNT + states]
    exempt = np.zeros(len(begins), dtype=bool)
    for first, last in excused:
        exempt |= (begins >= first) & (begins < last)
    if floor.grace:
        classes = _after_grace(classes, begins, edges[1:], floor.grace)
    return Pieces(begins, edges[1:], activities, states, classes, exempt).within(start, end)


def _planned(begins: Ints, starts: Ints, ends: Ints, plan: Plan) -> Codes:
    if not len(starts):
        return np.full(len(begins), NOTHING, dtype=np.uint8)
    index = np.searchsorted(starts, begins, side="right") - 1
    planned = np.frombuffer(plan.activities, dtype=np.uint8)[index]
    inside = (index >= 0) & (begins < ends[index])
    return np.where(inside, planned, np.uint8(NOTHING))


def _in_force(begins: Ints, ats: Ints, timeline: Timeline) -> Codes:
    if not len(ats):
        return np.full(len(begins), UNKNOWN, dtype=np.uint8)
    index = np.searchsorted(ats, begins, side="right") - 1
    codes = np.frombuffer(timeline.codes, dtype=np.uint8)[index]
    return np.where(index >= 0, codes, np.uint8(UNKNOWN))


def _after_grace(classes: Codes, starts: Ints, ends: Ints, grace: int) -> Codes:
    """Departures shorter than the grace count as kept: a run of them is measured whole, across states and segments."""
    departed = (classes == OUT) | (classes == UNHEARD)
    change = np.flatnonzero(np.diff(departed.astype(np.int8))) + 1
    firsts = np.concatenate([[0], change]) if len(departed) else change
    run = np.zeros(len(departed), dtype=np.intp)
    run[change] = 1
    run = np.cumsum(run)
    lengths = np.add.reduceat(ends - starts, firsts) if len(firsts) else ends - starts
    return np.where(departed & (lengths[run] < grace), np.uint8(IN), classes)
