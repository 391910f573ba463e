"""How a roster serves over some span: hours short and to spare, service level, price."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from scheduler.checks import Coverage, covered
from scheduler.judging import Floor, answered_by


@dataclass(frozen=True)
class Measure:
    """What a roster does over [begin, end), UTC seconds.

    Attributes
    ----------
    short_hours, surplus_hours : agent-hours against the gross requirement, summed over queues and intervals.
    service_level : expected share answered within the queue's time, by queue; None without contacts.
    answered_in_time : expected contacts answered in time.
    """

    short_hours: float
    surplus_hours: float
    service_level: Mapping[str, float | None]
    answered_in_time: float

    def to_json(self) -> dict[str, object]:
        """For --json."""
        return {
            "short_hours": round(self.short_hours, 2),
            "surplus_hours": round(self.surplus_hours, 2),
            "answered_in_time": round(self.answered_in_time, 2),
            "service_level": dict(self.service_level),
        }


def measure(floor: Floor, staffed: Coverage, begin: int, end: int) -> Measure:
    """Measure a roster, whose coverage is `staffed`, over [begin, end), UTC seconds."""
    need = floor.problem.requirement
    horizon = need.horizon
    inside = slice(max(0, horizon.index(begin)), max(0, horizon.index(end - 1) + 1))
    hours = horizon.minutes / 60
    answered = answered_by(staffed, staffed.rostered)[:, inside].sum(axis=1)
    volume = need.volume[:, inside].sum(axis=1)
    level = {
        queue: None if volume[row] <= 0 else round(min(1.0, float(answered[row] / volume[row])), 4)
        for row, queue in enumerate(need.queues)
    }
    short, spare = np.asarray(staffed.under)[:, inside], np.asarray(staffed.over)[:, inside]
    return Measure(float(short.sum()) * hours, float(spare.sum()) * hours, level, float(answered.sum()))


def coverage_after(floor: Floor, staffed: Coverage, changed: Floor) -> Coverage:
    """The coverage of a changed roster from that of the roster before: only lines that differ are counted."""
    names = set(floor.differing(changed))
    before, after = (_of(some, names) for some in (floor, changed))
    rostered = np.maximum(staffed.rostered + after.rostered - before.rostered, 0.0)
    return Coverage(changed.problem.requirement, staffed.heads + after.heads - before.heads, rostered)


def _of(floor: Floor, names: set[str]) -> Coverage:
    lines = tuple(line for line in floor.seen.lines if line.agent.agent in names)
    return covered(replace(floor.seen, problem=floor.problem, lines=lines))
