"""When to propose: on the projection, with hysteresis, so that it neither flaps nor fires on noise.

Trouble is a service level that will, with the certainty asked for, lie so many points below what was planned (or below
the target, where the plan is above it), at so many looks running. It is over when the projection is back within the
calm margin. It is trouble too where the rolling service level has fallen further below plan and target than chance
explains, whatever is projected. Spare is the opposite: surely so many points above every target.
"""

from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

import numpy as np

from centre.reallocation import Reallocation
from streams.reallocation.projection import Projection
from streams.reallocation.sight import Floats, Sight

SURE = 0.8
"""How sure it must be that there are people to spare."""

FALLEN = 2.33
"""Standard deviations that a rolling level lies low before it is taken as a fact: one half hour in a hundred."""

RUNS = 4.0
"""Contacts wait in runs: the variance of a share of them against that of as many independent ones."""

BEST = 0.995
"""A level that is not asked to be passed."""

HALF_HOUR_BLOCKS = 2

MIN_CONTACTS = 8.0
"""A queue of which fewer contacts are expected says nothing."""


@dataclass(frozen=True)
class Watch:
    """What the trigger remembers.

    Attributes
    ----------
    looks : how many looks running the floor was below, above 0, or had people to spare, below 0.
    trouble, spare : whether either holds.
    """

    looks: int = 0
    trouble: bool = False
    spare: bool = False


@dataclass(frozen=True)
class Reading:
    """What was projected of one queue (or of "" all together) over the time looked ahead.

    Attributes
    ----------
    now : rolling service level, None where too little came.
    projected, low, high : mean and 80 % band.
    planned : what the plan, with everybody there and the contacts forecast, would give.
    target : the queue's goal.
    below : probability that it lies `drop` under the lower of plan and target, or under the plan.
    above : probability that it lies `spare` over the target.
    fallen : whether the rolling level is further below the lower of plan and target than chance explains.
    """

    queue: str
    now: float | None
    projected: float
    low: float
    high: float
    planned: float
    target: float
    below: float
    above: float
    fallen: bool = False

    @property
    def bar(self) -> float:
        """What it is held against: all queues together the plan, each one its promise where the plan keeps it."""
        return self.planned if not self.queue else min(self.planned, self.target)

    def to_json(self) -> dict[str, Any]:
        """For --json and the topic."""
        return {
            "queue": self.queue,
            "now": None if self.now is None else round(self.now, 4),
            "projected": round(self.projected, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
            "planned": round(self.planned, 4),
            "target": round(self.target, 4),
        }


def read(
    sight: Sight, ahead: Projection, plan: Projection | None, policy: Reallocation, rolling: dict[str, float | None]
) -> list[Reading]:
    """Read a projection: all queues together first, then each."""
    blocks = max(policy.project_minutes // 15, 1)
    found = []
    offered = ahead.offered[:, :, :blocks].mean(axis=0).sum(axis=1)
    for number in (None, *range(len(sight.queues))):
        weight = offered if number is None else offered[number : number + 1]
        if weight.sum() < MIN_CONTACTS:
            continue
        levels = ahead.level(blocks, number)
        levels = levels[~np.isnan(levels)]
        queues = sight.queues if number is None else (sight.queues[number],)
        target = float(np.average([queue.target for queue in queues], weights=weight))
        planned = _mean(plan.level(blocks, number), target) if plan else target
        # All queues together are held against the plan; each one against its promise, where the plan keeps it.
        bar = planned if number is None else min(planned, target)
        low, high = band(levels)
        recent = rolling.get("" if number is None else sight.names[number])
        found.append(
            Reading(
                "" if number is None else sight.names[number],
                recent,
                float(levels.mean()),
                low,
                high,
                planned,
                target,
                float(np.mean(levels < bar - policy.drop)),
                float(np.mean(levels > target + policy.spare)),
                has_fallen(recent, min(planned, target) - policy.drop, float(weight.sum()) / blocks * HALF_HOUR_BLOCKS),
            )
        )
    return found


def band(values: Floats) -> tuple[float, float]:
    """The 80 % band of so few values: the places between which a further value lies with that chance (Weibull 1939)."""
    low, high = np.quantile(values, [0.1, 0.9], method="weibull")
    return float(low), float(high)


def has_fallen(recent: float | None, bar: float, contacts: float) -> bool:
    """Whether a rolling level over about so many contacts lies lower under a bar than chance explains."""
    if recent is None or contacts < MIN_CONTACTS:
        return False
    share = min(max(bar, 0.02), 0.98)
    return recent < bar - FALLEN * sqrt(RUNS * share * (1 - share) / contacts)


def look(watch: Watch, readings: list[Reading], policy: Reallocation) -> Watch:
    """What the trigger makes of one more look."""
    if not readings:
        return Watch()
    bad = any(reading.below >= policy.certainty or reading.fallen for reading in readings)
    good = all(reading.above >= SURE and (reading.queue or _better(reading, policy)) for reading in readings)
    looks = max(watch.looks, 0) + 1 if bad else min(watch.looks, 0) - 1 if good else 0
    over = all(_calm(reading, policy) and not reading.fallen for reading in readings)
    return replace(
        watch,
        looks=looks,
        trouble=looks >= policy.looks or (watch.trouble and not over),
        spare=-looks >= policy.looks,
    )


def _mean(levels: Floats, otherwise: float) -> float:
    known = levels[~np.isnan(levels)]
    return float(known.mean()) if known.size else otherwise


def _calm(reading: Reading, policy: Reallocation) -> bool:
    return reading.projected >= reading.bar - policy.calm


def _better(reading: Reading, policy: Reallocation) -> bool:
    """Whether it goes better than planned: hours are given back on quiet days, not on those that only go well."""
    return reading.projected >= min(reading.planned + policy.calm, BEST)
