"""How far promises are to be trusted: what moves of each type, and on each queue, have come to, shrunk as far as little
is known.

What came of a proposal on a queue is one noisy number for several moves together. It is regressed on what the
simulation said: a factor common to all, each type's and each queue's departure from it, all held near what they were by
a prior (ridge; Hoerl & Kennard 1970), each outcome counting by its own noise. By how much projections without any moves
are wrong on average is found with them, so that no move is praised or blamed for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

COMMON_SD, TYPE_SD, QUEUE_SD = 0.3, 0.2, 0.2
"""How far the common factor, and a type's or a queue's from it, may lie from one by what is known beforehand."""

ASTRAY_SD = 0.01
"""How far projections may be wrong on average, as a share of the contacts."""

LEAST, MOST = 0.25, 1.25


@dataclass(frozen=True)
class Outcome:
    """What came of one proposal on one queue.

    Attributes
    ----------
    simulated : contacts in time that the simulation said, by move type; nothing taken off for what promises came to.
    won : contacts in time that came of it, all types together.
    noise : standard deviation of that figure.
    queue : "" where the queues were not told apart.
    contacts : all that came over that time.
    """

    simulated: Mapping[str, float]
    won: float
    noise: float
    queue: str = ""
    contacts: float = 0.0


@dataclass(frozen=True)
class Trust:
    """What a simulated contact is worth.

    Attributes
    ----------
    common : of a type and on a queue of which nothing is known.
    types : by move type, on a queue like any other.
    queues : by queue, against any other.
    sd : how well that is known: standard deviation for moves as they were proposed so far.
    """

    common: float = 1.0
    types: Mapping[str, float] = field(default_factory=dict)
    queues: Mapping[str, float] = field(default_factory=dict)
    sd: float = float(np.sqrt(COMMON_SD**2 + TYPE_SD**2 + QUEUE_SD**2))

    def of(self, kind: str) -> float:
        """Contacts that come of one simulated, by a move of a type."""
        return self.types.get(kind, self.common)

    def on(self, queue: str) -> float:
        """The same on a queue, against any other."""
        return self.queues.get(queue, 1.0)


FULL = Trust()
"""Every promise taken at its word."""


def learn_trust(outcomes: Sequence[Outcome]) -> Trust:
    """What promises have come to."""
    kinds = sorted({kind for outcome in outcomes for kind in outcome.simulated})
    queues = sorted({outcome.queue for outcome in outcomes} - {""})
    if not kinds:
        return FULL
    whole = np.array([sum(o.simulated.values()) for o in outcomes])
    by_type = [[o.simulated.get(kind, 0.0) for kind in kinds] for o in outcomes]
    of_queue = np.array([[o.queue == queue for queue in queues] for o in outcomes]).reshape(len(outcomes), len(queues))
    rows = np.column_stack([whole, by_type, whole[:, None] * of_queue, [o.contacts for o in outcomes]])
    weight = np.array([1 / max(o.noise, 1e-6) for o in outcomes])
    prior = np.diag([COMMON_SD**-2, *[TYPE_SD**-2] * len(kinds), *[QUEUE_SD**-2] * len(queues), ASTRAY_SD**-2])
    seen = rows * weight[:, None]
    known = seen.T @ seen + prior
    missed = np.array([o.won for o in outcomes]) - whole
    found = np.linalg.solve(known, seen.T @ (missed * weight))
    common = float(np.clip(1 + found[0], LEAST, MOST))
    types, own = found[1 : 1 + len(kinds)], found[1 + len(kinds) : -1]
    # How well the factor of a mix as it was proposed so far is known.
    mix = np.append(np.abs(rows[:, :-1]).sum(axis=0) / max(float(np.abs(whole).sum()), 1e-9), 0.0)
    return Trust(
        common,
        {kind: float(np.clip(1 + found[0] + more, LEAST, MOST)) for kind, more in zip(kinds, types, strict=True)},
        {queue: float(np.clip((common + more) / common, LEAST, MOST)) for queue, more in zip(queues, own, strict=True)},
        float(np.sqrt(mix @ np.linalg.solve(known, mix))),
    )
