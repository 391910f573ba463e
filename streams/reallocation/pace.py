"""How the day runs against its forecast: faster or slower than expected, lately and in all.

Counts are Poisson, so the level is a gamma variable: what was expected of a stretch counts as so many contacts seen.
A common level for all queues first (a storm reaches all of them), then each queue's own. Lately means an exponentially
fading memory; what is far ahead follows the level of the whole day, which moves slowly.
"""

from dataclasses import dataclass

import numpy as np

from streams.reallocation.sight import STEP_S, Floats

BLOCK_S = 900
COMMON, OWN, DAY = 60.0, 90.0, 400.0
"""Contacts expected that speak against a departure: of all queues together, of one, of the whole day."""

MEMORY_S = 2700.0
"""Half-life of what was seen lately."""

FADES_S = 5400.0
"""Half-life, ahead, of what is special about the present hour."""

HANDLED = 60.0
"""Contacts handled that speak for the handle time expected."""


@dataclass(frozen=True)
class Pace:
    """Levels against the forecast.

    Attributes
    ----------
    lately, day : factor of each queue, [queues].
    sd : relative standard deviation of the level lately, [queues].
    """

    lately: Floats
    day: Floats
    sd: Floats

    def ahead(self, steps: int) -> Floats:
        """The factor of each queue in each step ahead, [queues, steps]."""
        fades = 0.5 ** (np.arange(steps) * STEP_S / FADES_S)
        return self.day[:, None] + (self.lately - self.day)[:, None] * fades[None, :]


def pace_of(seen: Floats, expected: Floats) -> Pace:
    """Read the pace off the blocks of the day that have passed, the last one newest.

    Parameters
    ----------
    seen, expected : contacts of each queue and block of a quarter of an hour, [queues, blocks].
    """
    blocks = seen.shape[1]
    weight = 0.5 ** (np.arange(blocks)[::-1] * BLOCK_S / MEMORY_S)
    came, said = (seen * weight).sum(axis=1), (expected * weight).sum(axis=1)
    common = (COMMON + came.sum()) / (COMMON + said.sum())
    lately = common * (OWN + came) / (OWN + common * said)
    sd = 1 / np.sqrt(OWN + COMMON + said)
    day = np.full(len(seen), (DAY + seen.sum()) / (DAY + expected.sum()))
    return Pace(lately, day, sd)


def handle_factor(handled: Floats, handle_s: Floats, expected_s: Floats) -> Floats:
    """Handle time against the expected, of each queue, [queues].

    Parameters
    ----------
    handled, handle_s : contacts handled lately and the seconds they took, [queues].
    expected_s : mean handle time expected of them, [queues].
    """
    common = (HANDLED + (handle_s / expected_s).sum()) / (HANDLED + handled.sum())
    factor: Floats = common * (HANDLED + handle_s / expected_s) / (HANDLED + common * handled)
    return factor
