"""How a staffing would have served what came: counts by interval of arrival, and the service level they make."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from centre.queues import Queue
from forecasts.regret.came import Came
from forecasts.simulate import Floor, simulate
from forecasts.simulate.kernel import ABANDONED, ANSWERED

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHORT_ABANDON_S = 5.0


@dataclass(frozen=True)
class Served:
    """Contacts by the interval in which they came, summed over the courses simulated; arrays [courses, intervals].

    Attributes
    ----------
    offered, answered, within : contacts; `within` of them answered within the queue's time.
    abandoned, abandoned_within, short : gave up, within the queue's time, within a few seconds.
    wait_s : total wait of the answered.
    """

    offered: Floats
    answered: Floats
    within: Floats
    abandoned: Floats
    abandoned_within: Floats
    short: Floats
    wait_s: Floats

    def service_level(self, definition: str, rows: slice = slice(None)) -> Floats:
        """Service level of each course over some intervals, [courses]; NaN where undefined.

        "virtual" cannot be told from counts: those who gave up within the time are left out of it, as in
        `excluding_abandoned_within`, which is what comes nearest.
        """
        total = {name: getattr(self, name)[:, rows].sum(axis=1) for name in self.__dataclass_fields__}
        early, short = total["abandoned_within"], total["short"]
        met, of = {
            "answered_within_or_abandoned_within": (total["within"] + early, total["offered"]),
            "of_answered": (total["within"], total["answered"]),
            "of_offered": (total["within"], total["offered"]),
            "excluding_abandoned_within": (total["within"], total["offered"] - early),
            "short_abandons_as_met": (total["within"] + short, total["offered"]),
            "excluding_short_abandons": (total["within"], total["offered"] - short),
            "virtual": (total["within"], total["offered"] - early),
        }[definition]
        level: Floats = np.divide(met, of, out=np.full(met.shape, np.nan), where=of > 0)
        return level

    def abandonment(self) -> float:
        """Share that gave up, over all courses; NaN without contacts."""
        offered = float(self.offered.sum())
        return float(self.abandoned.sum()) / offered if offered else float("nan")

    def speed_of_answer(self) -> float:
        """Mean wait in seconds of the answered, over all courses; NaN when nobody was."""
        answered = float(self.answered.sum())
        return float(self.wait_s.sum()) / answered if answered else float("nan")


def serve(came: Came, staff: Ints, queue: Queue, courses: int, seed: int) -> Served:
    """Let so many agents in each interval serve what came.

    Parameters
    ----------
    staff : agents present, [intervals]; of a chat queue each serves its concurrency at a time.
    courses : how often what the record leaves open (moments, single handle times, patience) is drawn.
    seed : the same seed gives the same contacts to every staffing.
    """
    floor = Floor(skills=((0,),), queues=1)
    at_once = len(queue.aht_by_concurrency_s) or queue.concurrency
    plan = (staff * (at_once if queue.channel == "chat" else 1))[None, :]
    sums = [_one(came, floor, plan, queue, np.random.default_rng([seed, course])) for course in range(courses)]
    return Served(*(np.stack(parts) for parts in zip(*sums, strict=True)))


def _one(came: Came, floor: Floor, plan: Ints, queue: Queue, rng: np.random.Generator) -> tuple[Floats, ...]:
    run = simulate(floor, plan, came.borders, came.draw(queue.patience_s, rng))
    interval = np.minimum((run.arrival // came.grid.step).astype(np.int64), came.grid.count - 1)
    answered, gone = run.outcome == ANSWERED, run.outcome == ABANDONED
    in_time = run.wait_s <= queue.within_s

    def count(mask: NDArray[np.bool_], weight: Floats | None = None) -> Floats:
        return np.bincount(interval[mask], None if weight is None else weight[mask], came.grid.count).astype(float)

    return (
        count(np.ones_like(answered)),
        count(answered),
        count(answered & in_time),
        count(gone),
        count(gone & in_time),
        count(gone & (run.wait_s < SHORT_ABANDON_S)),
        count(answered, run.wait_s),
    )
