"""What came of a rehearsed day, in figures; and of many of them, with confidence intervals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from centre.grid import Horizon, aware
from forecasts.simulate.measures import Measured
from streams.rehearsal.floor import Floor
from streams.rehearsal.people import SECOND
from streams.rehearsal.promise import Kept

BUSY = frozenset({"talking", "wrap_up"})


@dataclass(frozen=True)
class DayFigures:
    """One rehearsed day.

    Attributes
    ----------
    offered, in_time, abandoned : contacts by the interval in which they came, all queues together, [intervals].
    busy_s, idle_s : seconds in which people handled contacts, and waited for them.
    minutes_moved, overtime_minutes, paid_minutes : what accepted moves changed.
    looks, alarms, proposals, accepted : how often the floor was looked at, trouble began, was proposed and agreed to.
    moves : accepted moves by type.
    promised : contacts in time that accepted proposals promised, in all.
    projections : of each look, service projected over the time ahead (mean, low, high) and what it became.
    false_alarms : of the alarms, those after which no level came to lie under its bar.
    kept : of each accepted proposal, what it promised and what came of it, where that was measured.
    """

    offered: NDArray[np.float64]
    in_time: NDArray[np.float64]
    abandoned: NDArray[np.float64]
    busy_s: float
    idle_s: float
    minutes_moved: float = 0.0
    overtime_minutes: float = 0.0
    paid_minutes: float = 0.0
    looks: int = 0
    alarms: int = 0
    proposals: int = 0
    accepted: int = 0
    moves: dict[str, int] = field(default_factory=dict)
    promised: float = 0.0
    projections: tuple[tuple[float, float, float, float], ...] = ()
    kept: tuple[Kept, ...] = ()
    false_alarms: int = 0

    @property
    def level(self) -> float:
        """Service level of the day, all queues together, of contacts offered."""
        return float(self.in_time.sum() / max(self.offered.sum(), 1))


def contacts_of(floor: Floor, grid: Horizon) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Offered, answered in time and abandoned by interval of arrival, [intervals] each."""
    place = np.array([grid.index(caller.at // SECOND) for caller in floor.callers], dtype=np.int64)
    met = np.array(
        [
            bool(c.answered) and (c.answered - c.at) / SECOND <= floor.lines[c.queue].queue.within_s
            for c in floor.callers
        ],
        dtype=np.float64,
    )
    gone = np.array([not c.answered and not c.waiting for c in floor.callers], dtype=np.float64)
    inside = (place >= 0) & (place < grid.count)
    offered, in_time, abandoned = (
        np.bincount(place[inside], weights=w, minlength=grid.count).astype(np.float64)
        for w in (np.ones(int(inside.sum())), met[inside], gone[inside])
    )
    return offered, in_time, abandoned


def occupied(floor: Floor) -> tuple[float, float]:
    """Seconds in which people handled contacts, and in which they waited for them."""
    busy = idle = 0
    for person in floor.people:
        for (at, state, _), (until, _, _) in pairwise(person.heard):
            busy += until - at if state in BUSY else 0
            idle += until - at if state == "ready" else 0
    return busy / SECOND, idle / SECOND


def summary(days: Sequence[DayFigures], grid: Horizon) -> dict[str, Any]:
    """Means over days, each with the half-width of its 95 % confidence interval."""

    def over(value: Callable[[DayFigures], float]) -> dict[str, float | None]:
        return as_json(Measured.of([value(day) for day in days]))

    kinds = sorted({kind for day in days for kind in day.moves})
    return {
        "service_level": over(lambda d: d.level),
        "offered": over(lambda d: float(d.offered.sum())),
        "answered_in_time": over(lambda d: float(d.in_time.sum())),
        "abandoned": over(lambda d: float(d.abandoned.sum())),
        "occupancy": over(lambda d: d.busy_s / max(d.busy_s + d.idle_s, 1)),
        "minutes_moved": over(lambda d: d.minutes_moved),
        "overtime_minutes": over(lambda d: d.overtime_minutes),
        "paid_minutes": over(lambda d: d.paid_minutes),
        "hours_given_back": over(lambda d: max(-d.paid_minutes, 0.0) / 60 + 0.0),
        "looks": over(lambda d: d.looks),
        "alarms": over(lambda d: d.alarms),
        "false_alarms": over(lambda d: d.false_alarms),
        "proposals": over(lambda d: d.proposals),
        "accepted": over(lambda d: d.accepted),
        "promised": over(lambda d: d.promised),
        "moves": {kind: over(lambda d, kind=kind: d.moves.get(kind, 0)) for kind in kinds},  # type: ignore[misc]
        "projection": projection_quality([row for day in days for row in day.projections]),
        "intervals": [_interval(days, grid, at) for at in range(grid.count) if any(d.offered[at] for d in days)],
    }


def projection_quality(rows: Sequence[tuple[float, float, float, float]]) -> dict[str, Any]:
    """Projected service against what came: bias in points, coverage of the 80 % band."""
    if not rows:
        return {"looks": 0, "bias": None, "coverage": None}
    table = np.array(rows)
    inside = (table[:, 1] <= table[:, 3]) & (table[:, 3] <= table[:, 2])
    return {
        "looks": len(rows),
        "bias": round(float((table[:, 0] - table[:, 3]).mean()), 4),
        "coverage": round(float(inside.mean()), 3),
    }


def as_json(value: Measured) -> dict[str, float | None]:
    """A mean with its half-width; None where there is none."""
    return {
        "mean": round(value.mean, 4) if np.isfinite(value.mean) else None,
        "half_width": round(value.half_width, 4) if np.isfinite(value.half_width) else None,
    }


def _interval(days: Sequence[DayFigures], grid: Horizon, at: int) -> dict[str, Any]:
    levels = [d.in_time[at] / d.offered[at] if d.offered[at] else np.nan for d in days]
    return {
        "start": aware(int(grid.starts[at]), grid.zone).isoformat(),
        "offered": round(float(np.mean([d.offered[at] for d in days])), 2),
        "answered_in_time": round(float(np.mean([d.in_time[at] for d in days])), 2),
        "service_level": as_json(Measured.of(levels)),
    }
