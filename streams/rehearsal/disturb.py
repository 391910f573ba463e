"""What networks do to events on their way: deliver twice, late, out of order, or spoilt."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from centre.events import Event


@dataclass(frozen=True)
class Disturbance:
    """How often, and how much.

    Attributes
    ----------
    duplicate : chance of an event to come twice.
    delay, delay_s : chance of an event to be held up, and mean seconds for which it is.
    reorder_s : everything is early or late by up to this, so that neighbours change places.
    """

    duplicate: float = 0.0
    delay: float = 0.0
    delay_s: float = 60.0
    reorder_s: float = 0.0


def disturb(events: Iterable[Event], disturbance: Disturbance, seed: int) -> list[tuple[int, Event]]:
    """The events in the order in which they arrive, each with its time of arrival in UTC microseconds."""
    rng = np.random.default_rng([seed, 11])
    arrivals: list[tuple[int, Event]] = []
    for event in events:
        copies = 1 + int(rng.random() < disturbance.duplicate)
        for _ in range(copies):
            late = rng.uniform(0, disturbance.reorder_s) if disturbance.reorder_s else 0.0
            if rng.random() < disturbance.delay:
                late += rng.exponential(disturbance.delay_s)
            arrivals.append((event.at + int(late * 1_000_000), event))
    arrivals.sort(key=lambda arrival: arrival[0])
    return arrivals
