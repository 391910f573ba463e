"""What people do with a roster: come late, stay away, rest too long, leave early, forget a button.

Every habit is a chance a duty (or a pause), times how much of it this person has: some are always late, most never.
What is drawn here is written down as the truth, so that what the live floor found can be compared with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from centre.roster import Segment

MINUTE = 60


@dataclass(frozen=True)
class Habits:
    """Chances by duty, by pause where it says so, and how long things last: median minutes of a lognormal.

    Attributes
    ----------
    absent : chance not to come at all.
    late, late_minutes : chance to come late, and by how much.
    early_leave, early_minutes : chance to leave before the end, and how long before.
    long_break, break_minutes : chance a pause to overstay, and by how much.
    wrong_state, wrong_minutes : chance to sit in not-ready at work, and for how long.
    wrong_queue, queue_minutes : chance to log in to another queue than the rostered one, and for how long.
    unreported : chance that a duty's states never reach us, though the person works.
    spread : how unlike people are: shape of the gamma by which each one's chances are multiplied; larger is more alike.
    """

    absent: float = 0.02
    late: float = 0.12
    late_minutes: float = 9.0
    early_leave: float = 0.05
    early_minutes: float = 18.0
    long_break: float = 0.10
    break_minutes: float = 6.0
    wrong_state: float = 0.08
    wrong_minutes: float = 7.0
    wrong_queue: float = 0.03
    queue_minutes: float = 25.0
    unreported: float = 0.01
    spread: float = 2.0


FAULTLESS = Habits(absent=0, late=0, early_leave=0, long_break=0, wrong_state=0, wrong_queue=0, unreported=0)
"""Everybody where the roster says, give or take a call that has to be finished."""


@dataclass(frozen=True)
class Intent:
    """How one person lives one duty.

    Attributes
    ----------
    duty : its segments, on end.
    absent, unreported : does not come; comes, but is not heard of.
    come, leave : UTC seconds.
    overstay : for each pause, by its place in the duty, seconds beyond its end.
    idle : [start, end) in not-ready, UTC seconds; None for never.
    strange : [start, end) logged in to another queue, and which; None for never.
    """

    duty: tuple[Segment, ...]
    absent: bool
    unreported: bool
    come: int
    leave: int
    overstay: Mapping[int, int] = field(default_factory=dict)
    idle: tuple[int, int] | None = None
    strange: tuple[int, int, str] | None = None

    @property
    def start(self) -> int:
        """When the duty begins, UTC seconds."""
        return self.duty[0].start

    @property
    def end(self) -> int:
        """When the duty ends, UTC seconds."""
        return self.duty[-1].end


def intend(
    duty: tuple[Segment, ...], queues: tuple[str, ...], habits: Habits, nature: float, rng: np.random.Generator
) -> Intent:
    """Draw how a person lives a duty.

    Parameters
    ----------
    duty : segments on end.
    queues : all queues of the site, for those who log in to a wrong one.
    habits : the chances.
    nature : what this person's chances are multiplied by.
    rng : the person's own random numbers: nobody's day depends on who else is there.
    """
    start, end = duty[0].start, duty[-1].end
    length = end - start
    lot = rng.random(6)

    def chance(probability: float, draw: float) -> bool:
        return draw < min(probability * nature, 0.9)

    def minutes(median: float, low: float, high: float) -> int:
        return round(float(np.clip(median * np.exp(rng.normal(0.0, 0.6)), low, high)) * MINUTE)

    absent = chance(habits.absent, lot[0])
    late = minutes(habits.late_minutes, 2.0, 90.0)
    early = minutes(habits.early_minutes, 3.0, 120.0)
    come = start + (min(late, length // 2) if chance(habits.late, lot[1]) else -int(rng.integers(0, 240)))
    leave = end - (min(early, length // 4) if chance(habits.early_leave, lot[2]) else 0)
    overstay = {
        place: minutes(habits.break_minutes, 2.0, 40.0)
        if chance(habits.long_break, float(rng.random()))
        else -int(rng.integers(0, 30))
        for place, segment in enumerate(duty)
        if segment.activity in ("break", "meal")
    }
    others = [queue for queue in queues if queue not in {segment.queue for segment in duty}]
    idle_length, strange_length = minutes(habits.wrong_minutes, 2.0, 60.0), minutes(habits.queue_minutes, 5.0, 120.0)
    idle_start = come + int(rng.integers(600, max(601, leave - come - 600)))
    strange_start = come + int(rng.integers(600, max(601, leave - come - 600)))
    strange = None
    if chance(habits.wrong_queue, lot[4]) and others and any(segment.queue for segment in duty):
        other = others[int(rng.integers(len(others)))]
        strange = (strange_start, min(strange_start + strange_length, leave), other)
    return Intent(
        duty=duty,
        absent=absent,
        unreported=not absent and chance(habits.unreported, lot[5]),
        come=come,
        leave=leave,
        overstay=overstay,
        idle=(idle_start, min(idle_start + idle_length, leave)) if chance(habits.wrong_state, lot[3]) else None,
        strange=strange,
    )
