"""What a roster's coverage promises: service level by interval, and each queue's figures of a day."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.checks import Coverage

FloatArray = NDArray[np.float64]


def answered_within(coverage: Coverage) -> FloatArray:
    """Expected contacts answered within the queue's time, [queues, intervals].

    The service curve knows whole agents; between them (an agent of speed 0.8, half an interval) it is read linearly.
    """
    curve = coverage.requirement.curve
    highest = curve.shape[2] - 1
    level = np.clip(coverage.rostered, 0, highest)
    below = np.minimum(np.floor(level).astype(np.int64), max(highest - 1, 0))
    above = np.minimum(below + 1, highest)
    low = np.take_along_axis(curve, below[..., None], axis=2)[..., 0].astype(float)
    high = np.take_along_axis(curve, above[..., None], axis=2)[..., 0].astype(float)
    between: FloatArray = low + (high - low) * (level - below)
    return between


def predicted_service_level(coverage: Coverage) -> FloatArray:
    """Share of the expected contacts answered within the queue's time, [queues, intervals]; NaN without contacts."""
    return share(answered_within(coverage), coverage.requirement.volume)


def share(part: FloatArray, whole: FloatArray) -> FloatArray:
    """part / whole, at most 1 (the curve is float32); NaN where there is nothing to have a share of."""
    shares: FloatArray = np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
    return np.minimum(shares, 1.0)


@dataclass(frozen=True, slots=True)
class DayFigures:
    """A queue's coverage of one local day. Hours are agent-hours; `service_level` is NaN without contacts."""

    queue: str
    day: int
    volume: float
    required_hours: float
    rostered_hours: float
    short_hours: float
    surplus_hours: float
    service_level: float


def by_day(coverage: Coverage) -> Iterator[DayFigures]:
    """Each queue's figures of each day, queue by queue."""
    requirement = coverage.requirement
    horizon, hours = requirement.horizon, requirement.horizon.minutes / 60

    def summed(values: FloatArray) -> FloatArray:
        return np.add.reduceat(np.asarray(values, dtype=float), horizon.day_offsets[:-1], axis=1)

    volume = summed(requirement.volume)
    parts = (requirement.gross, coverage.rostered, coverage.under, coverage.over)
    staff = [summed(np.asarray(part, dtype=float)) * hours for part in parts]
    level = share(summed(answered_within(coverage)), volume)
    for row, queue in enumerate(requirement.queues):
        for day in range(horizon.days):
            required, rostered, short, surplus = (float(part[row, day]) for part in staff)
            sl = float(level[row, day])
            yield DayFigures(queue, day, float(volume[row, day]), required, rostered, short, surplus, sl)


def over_horizon(coverage: Coverage) -> dict[str, float]:
    """Predicted service level of each queue over the whole horizon; NaN without contacts."""
    volume = coverage.requirement.volume.sum(axis=1)
    level = share(answered_within(coverage).sum(axis=1), volume)
    return dict(zip(coverage.requirement.queues, level.tolist(), strict=True))


def predicted_service_by_queue(coverage: Coverage) -> dict[str, float | None]:
    """The same with None where it is undefined, for JSON and for words."""
    return {queue: None if level != level else level for queue, level in over_horizon(coverage).items()}
