"""Reforecast the rest of a day from what has come so far.

Scaling the rest by actual over expected hurts: a quiet hour is mostly noise. Here every interval seen moves each
interval to come by as much as past errors went together (best linear prediction from `forecasts.components`), so a
small queue moves little and a large one as much as its mornings have told; and hour by hour the move is shrunk to
what it was worth on past days, to nothing where it was worth nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasts.bands import Bands
from forecasts.components import NONE, Components, find_components

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

CAP = 4.0
"""Standard deviations at which an interval's surprise is cut."""

UNKNOWN = 1e9
"""Noise of an interval that was not seen."""

SHRINK_DAYS = 10.0
"""Past days that speak for a move as much as no day at all speaks against it."""

MOST_DAYS = 120
"""Past days that the gains are learned from, the last ones."""

CERTAINTY = 1.0
"""Standard errors by which moves must have helped on past days, else they are switched off."""


@dataclass(frozen=True)
class IntradayModel:
    """What past days have taught about mornings and afternoons of one queue. Plain numbers: easily stored.

    Attributes
    ----------
    components : what forecasts of this lead are off by.
    gains : share of the move that is made, by the number of slots of the day that have passed, length slots + 1.
    grid_minutes : length of a slot.
    """

    components: Components
    gains: tuple[float, ...]
    grid_minutes: int


@dataclass(frozen=True)
class Reforecast:
    """The rest of a day as it looks now.

    Attributes
    ----------
    mean : expected contacts; slots that have passed as first forecast, shape [slots].
    quantiles : by level, shape [slots] each.
    factor : contacts now expected for the rest of the day over those first forecast.
    gain : share of the move that was made; 0 when the model keeps to the first forecast at this hour.
    """

    mean: FloatArray
    quantiles: dict[float, FloatArray]
    factor: float
    gain: float


def learn(actual: FloatArray, forecast: FloatArray, grid_minutes: int) -> IntradayModel:
    """Learn from past days and the forecasts made of them.

    Parameters
    ----------
    actual, forecast : contacts by origin, day ahead and slot, NaN where unknown, shape [origins, days, slots].
    """
    slots = actual.shape[2]
    components = find_components(actual, forecast, grid_minutes)
    if components == NONE:
        return IntradayModel(components, (0.0,) * (slots + 1), grid_minutes)
    came, said = actual.reshape(-1, slots), forecast.reshape(-1, slots)
    usable = (~np.isnan(came) & ~np.isnan(said)).any(axis=1)
    came, said = came[usable][-MOST_DAYS:], np.nan_to_num(said[usable][-MOST_DAYS:])
    step = max(60 // grid_minutes, 1)
    hours = np.arange(0, slots + 1, step)
    gains = [_gain(came, said, int(now), components, grid_minutes) for now in hours]
    # Between two hours the more cautious of them holds.
    later = np.append(gains[1:], 0.0)
    every = np.repeat(np.minimum(gains, later), step)
    every[hours] = gains
    return IntradayModel(components, tuple(float(gain) for gain in every[: slots + 1]), grid_minutes)


def reforecast(
    model: IntradayModel,
    mean: FloatArray,
    seen: FloatArray,
    bands: Bands,
    levels: Sequence[float] = (0.1, 0.5, 0.9),
) -> Reforecast:
    """Reforecast the slots that have not been seen.

    Parameters
    ----------
    mean : the day's forecast as first made, shape [slots].
    seen : contacts of the slots that have passed, NaN for those to come (and for holes), shape [slots].
    bands : the bands of that day as first forecast (`Bands.at`).
    """
    past = ~np.isnan(seen)
    now = int(np.flatnonzero(past)[-1]) + 1 if past.any() else 0
    gain = model.gains[now]
    moves, kept = _predict(mean[None], np.where(past, seen, np.nan)[None], model.components, model.grid_minutes, now)
    rest = np.arange(len(mean)) >= now
    expected = np.where(rest, mean * np.maximum(1 + gain * moves[0], 0.05), mean)
    share = np.where(rest, 1 - gain * (1 - kept), 1.0)
    quantiles = {level: bands.quantile(expected, level, share) for level in levels}
    before = float(mean[rest].sum())
    factor = float(expected[rest].sum()) / before if before > 0 else 1.0
    return Reforecast(expected, quantiles, factor, gain)


def _predict(
    mean: FloatArray, seen: FloatArray, components: Components, grid_minutes: int, now: int
) -> tuple[FloatArray, FloatArray]:
    """Relative moves of the slots from `now` on, shape [days, slots], and the share of the rate's variance that is
    left after seeing the first of the days, shape [slots]. Slots before `now` have neither (0 and 1)."""
    days, slots = mean.shape
    moves, kept = np.zeros((days, slots)), np.ones(slots)
    use = np.flatnonzero((mean[:, :now] > 0).any(axis=0))
    if not len(use) or components.rate <= 0 or now >= slots:
        return moves, kept
    together = components.covariance(slots, grid_minutes)
    cross = together[now:][:, use]
    expected = mean[:, use]
    known = ~np.isnan(seen[:, use]) & (expected > 0)
    expected = np.where(known, expected, 1.0)
    noise = np.where(known, 1 / expected + components.interval, UNKNOWN)
    limit = CAP * np.sqrt(1 / expected + components.rate)
    surprise = np.clip(np.where(known, seen[:, use] / expected - 1.0, 0.0), -limit, limit)
    square = np.broadcast_to(together[np.ix_(use, use)], (days, len(use), len(use))).copy()
    square[:, np.arange(len(use)), np.arange(len(use))] += noise
    moves[:, now:] = np.linalg.solve(square, surprise[:, :, None])[:, :, 0] @ cross.T
    explained = (cross * np.linalg.solve(square[0], cross.T).T).sum(axis=1)
    kept[now:] = np.clip(1 - explained / components.rate, 0.0, 1.0)
    return moves, kept


def _gain(came: FloatArray, said: FloatArray, now: int, components: Components, grid_minutes: int) -> float:
    """What share of the moves at one hour past days would have wanted; 0 when they would not have helped."""
    if not 0 < now < came.shape[1]:
        return 0.0
    moves, _ = _predict(said, came, components, grid_minutes, now)
    rest = slice(now, None)
    known = ~np.isnan(came[:, rest])
    expected = np.where(known, said[:, rest], 0.0)
    off = np.where(known, came[:, rest], 0.0) - expected
    moved = expected * moves[:, rest]
    squares = float((moved.sum(axis=1) ** 2).sum())
    if squares <= 0:
        return 0.0
    days = int(known.any(axis=1).sum())
    gain = float((moved.sum(axis=1) * off.sum(axis=1)).sum()) / squares
    gain = min(max(gain, 0.0), 1.0) * days / (days + SHRINK_DAYS)
    saved = (np.abs(off) - np.abs(off - gain * moved)).sum(axis=1)
    certain = saved.mean() > CERTAINTY * saved.std() / np.sqrt(len(saved))
    return gain if certain else 0.0
