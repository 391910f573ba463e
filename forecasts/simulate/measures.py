"""What many simulated days say, with confidence intervals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from forecasts.simulate.day import DayRun
from forecasts.simulate.kernel import ABANDONED, ANSWERED

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """A mean over days and the half-width of its 95 % confidence interval (infinite for a single day)."""

    mean: float
    half_width: float

    def covers(self, value: float) -> bool:
        """Whether a value lies in the confidence interval."""
        return abs(value - self.mean) <= self.half_width

    @classmethod
    def of(cls, values: Sequence[float] | Floats) -> "Measured":
        """Of one value a day; days without one (NaN) are left out."""
        known = np.asarray(values, dtype=float)
        known = known[~np.isnan(known)]
        if known.size == 0:
            return cls(np.nan, np.inf)
        if known.size == 1:
            return cls(float(known[0]), np.inf)
        error = float(known.std(ddof=1)) / np.sqrt(known.size)
        return cls(float(known.mean()), float(stdtrit(known.size - 1, 0.975)) * error)


def service_level(day: DayRun, within_s: Floats, *, queue: int | None = None, definition: str = "of_offered") -> float:
    """Service level of a day by contact counts; NaN where it is undefined.

    Those still waiting at the end count as offered and as not answered. Definitions 1 to 4 of docs/formulas.md.
    """
    mine = np.ones(day.queue.size, bool) if queue is None else day.queue == queue
    limit = within_s[day.queue]
    answered = mine & (day.outcome == ANSWERED)
    within = np.sum(answered & (day.wait_s <= limit))
    given_up = np.sum(mine & (day.outcome == ABANDONED) & (day.wait_s <= limit))
    offered = np.sum(mine)
    parts = {
        "answered_within_or_abandoned_within": (within + given_up, offered),
        "of_answered": (within, np.sum(answered)),
        "of_offered": (within, offered),
        "excluding_abandoned_within": (within, offered - given_up),
    }
    met, all_ = parts[definition]
    return float(met / all_) if all_ else np.nan


def abandonment(day: DayRun) -> float:
    """Share of the day's contacts that gave up."""
    return float(np.mean(day.outcome == ABANDONED)) if day.outcome.size else np.nan


def speed_of_answer(day: DayRun) -> float:
    """Mean wait in seconds of the answered."""
    answered = day.outcome == ANSWERED
    return float(day.wait_s[answered].mean()) if answered.any() else np.nan


def replicate(run: Callable[[np.random.Generator], DayRun], days: int, seed: int) -> list[DayRun]:
    """Simulate independent days. The same seed gives the same contacts to every floor they are tried on."""
    return [run(np.random.default_rng([seed, number])) for number in range(days)]
