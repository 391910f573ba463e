"""How far promises are to be trusted: what moves of each type have come to, shrunk as far as little is known.

What came of a proposal is one noisy number for several moves together. It is regressed on what was promised of each
type: a factor common to all types and each type's departure from it, both held near what they were by a prior (ridge;
Hoerl & Kennard 1970), each outcome counting by its own noise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

COMMON_SD, TYPE_SD = 0.3, 0.2
"""How far the common factor, and a type's from it, may lie from one by what is known beforehand."""

LEAST, MOST = 0.25, 1.25


@dataclass(frozen=True)
class Outcome:
    """What came of one proposal.

    Attributes
    ----------
    promised : contacts in time by move type.
    won : contacts in time that came of it, all types together.
    noise : standard deviation of that figure.
    """

    promised: Mapping[str, float]
    won: float
    noise: float


@dataclass(frozen=True)
class Trust:
    """What a promised contact is worth.

    Attributes
    ----------
    common : of a type of which nothing is known.
    types : by move type.
    """

    common: float = 1.0
    types: Mapping[str, float] = field(default_factory=dict)

    def of(self, kind: str) -> float:
        """Contacts that come of one promised."""
        return self.types.get(kind, self.common)


FULL = Trust()
"""Every promise taken at its word."""


def learn_trust(outcomes: Sequence[Outcome]) -> Trust:
    """What promises have come to."""
    kinds = sorted({kind for outcome in outcomes for kind in outcome.promised})
    if not kinds:
        return FULL
    rows = np.array([[sum(o.promised.values()), *(o.promised.get(k, 0.0) for k in kinds)] for o in outcomes])
    weight = np.array([1 / max(o.noise, 1e-6) for o in outcomes])
    missed = np.array([o.won for o in outcomes]) - rows[:, 0]
    prior = np.diag([COMMON_SD**-2, *[TYPE_SD**-2] * len(kinds)])
    seen = rows * weight[:, None]
    found = np.linalg.solve(seen.T @ seen + prior, seen.T @ (missed * weight))
    common = float(np.clip(1 + found[0], LEAST, MOST))
    return Trust(
        common,
        {kind: float(np.clip(1 + found[0] + own, LEAST, MOST)) for kind, own in zip(kinds, found[1:], strict=True)},
    )
