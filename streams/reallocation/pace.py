"""How the day runs against its forecast: faster or slower than expected, lately and in all.

Counts are Poisson, so a level is a gamma variable: what was expected of a stretch counts as so many contacts seen. A
common level for all queues first (a storm reaches all of them), then each queue's own. Lately means an exponentially
fading memory; what is far ahead follows the level of the whole day, which moves slowly. A departure lately is believed
as far as it exceeds what chance makes of so few contacts (the positive part of James and Stein's estimate, 1961): noise
is passed over, a storm is taken nearly whole.
"""

from dataclasses import dataclass

import numpy as np

from streams.reallocation.sight import STEP_S, Floats

BLOCK_S = 900
OWN, DAY = 150.0, 300.0
"""Contacts expected that speak against a departure: of one queue, of the whole day."""

MEMORY_S = 2700.0
"""Half-life of what was seen lately."""

FADES_S = 5400.0
"""Half-life, ahead, of what is special about the present hour."""

DRIFT = 0.05
"""By how much a level changes over the time looked ahead, relative standard deviation, however well it is known."""

HANDLED, HANDLED_OWN = 120.0, 250.0
"""Contacts handled that speak for the handle time expected: of all queues together, of one."""


@dataclass(frozen=True)
class Pace:
    """Levels against the forecast.

    Attributes
    ----------
    lately, day : factor of each queue, [queues].
    sd : relative standard deviation of each queue's own level, [queues].
    common_sd : of the level of all of them.
    """

    lately: Floats
    day: Floats
    sd: Floats
    common_sd: float

    def ahead(self, steps: int) -> Floats:
        """The factor of each queue in each step ahead, [queues, steps]."""
        fades = 0.5 ** (np.arange(steps) * STEP_S / FADES_S)
        return self.day[:, None] + (self.lately - self.day)[:, None] * fades[None, :]


def pace_of(seen: Floats, expected: Floats, day: float | None = None) -> Pace:
    """Read the pace off the blocks of the day that have passed, the last one newest.

    Parameters
    ----------
    seen, expected : contacts of each queue and block of a quarter of an hour, [queues, blocks].
    day : the level of the whole day where something else tells it (1: the forecast has taken it in already).
    """
    blocks = seen.shape[1]
    weight = 0.5 ** (np.arange(blocks)[::-1] * BLOCK_S / MEMORY_S)
    level = (DAY + seen.sum()) / (DAY + expected.sum()) if day is None else day
    came, said = (seen * weight).sum(axis=1), (expected * weight).sum(axis=1) * level
    noise = float((expected.sum(axis=0) * weight**2).sum()) * level
    common = level * (1 + believed(float(came.sum() - said.sum()), float(said.sum()), noise))
    lately = common * (OWN + came) / (OWN + common / level * said)
    own = 1 / np.sqrt(OWN + said)
    return Pace(lately, np.full(len(seen), level), np.hypot(own / 2, DRIFT), float(common_sd(expected.sum())))


def common_sd(seen: float) -> float:
    """How well the level of the day is known after so many contacts expected, relative standard deviation."""
    return float(np.hypot(1 / np.sqrt(DAY + seen), DRIFT))


def believed(more: float, expected: float, variance: float) -> float:
    """The share by which contacts depart from so many expected, less what chance explains."""
    if expected <= 0 or variance <= 0 or more == 0:
        return 0.0
    return more / expected * max(1 - variance / more**2, 0.0)


def handle_factor(handled: Floats, handle_s: Floats, expected_s: Floats) -> Floats:
    """Handle time against the expected, of each queue, [queues].

    Parameters
    ----------
    handled, handle_s : contacts handled lately and the seconds they took, as of people of speed 1, [queues].
    expected_s : mean handle time expected of them, [queues].
    """
    common = (HANDLED + (handle_s / expected_s).sum()) / (HANDLED + handled.sum())
    factor: Floats = common * (HANDLED_OWN + handle_s / expected_s) / (HANDLED_OWN + common * handled)
    return factor
