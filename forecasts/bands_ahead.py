"""Bands of the days ahead, widened or narrowed as they have covered before.

Each stretch of the horizon has bands of its own. What they are fitted to is past errors; whether they still cover what
they promise is seen by going through the past once more: the bands as they would have been at each origin, beside
what came. Where less came inside than promised all later bands are widened by a share of what is missing, where more,
narrowed: adaptive conformal inference (Gibbs & Candès 2021), on the width itself as in the quantile tracking of
Angelopoulos, Candès & Tibshirani (2023). A queue that begins to drift widens its own bands within weeks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecasts.bands import Bands, fit_bands
from forecasts.choice import FEWEST_ORIGINS, Choice, trial_of
from forecasts.trials import Trials

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NEAREST = 7
STRETCHES = ((1, NEAREST), (8, 14), (15, 10_000))
"""Days ahead whose bands are fitted, and followed, apart."""

FARTHER = 1.5
"""Growth of the level's variance past the first week, for queues too young to show it."""

PROMISED = np.array([0.8, 0.95])
"""Shares that are followed; other quantiles go with the nearest, or lie between."""

GAIN = np.array([0.7, 1.4])
"""Growth of the logarithm of the width for a whole week outside: near the Newton step of a normal distribution, less
for a stretch whose days become known later."""

KEEP = 0.97
"""Of a widening, from one origin to the next: without new misses it fades."""

FOLLOWED = 13
"""Origins gone through once more: what lies before them has faded."""

MOST = 0.5
"""A width's logarithm is moved by no more."""


@dataclass(frozen=True, eq=False)
class Ahead:
    """The bands of a stretch of days ahead.

    Attributes
    ----------
    first, last : days ahead.
    bands : as they are now.
    before : as they would have been at each past origin, None where too little was known, length origins.
    """

    first: int
    last: int
    bands: Bands
    before: tuple[Bands | None, ...] = ()


def bands_ahead(trials: Trials, choice: Choice) -> tuple[Ahead, ...]:
    """Bands of a choice, stretch by stretch; where too few origins reach that far, from nearer ones, widened."""
    found = []
    for begin, end in STRETCHES:
        first, last = max(begin, choice.first), min(end, choice.last)
        if first <= last:
            found.append(_of_stretch(trials, replace(choice, first=first, last=last)))
    return tuple(found)


def day_by_day(stretches: Sequence[Ahead], kinds: IntArray) -> tuple[Bands, ...]:
    """The bands of each day ahead from the first of the stretches on.

    Parameters
    ----------
    kinds : of each of those days (`Calendar.kind`), shape [days].
    """
    each = [stretch.bands for stretch in stretches for _ in range(stretch.first, stretch.last + 1)]
    return tuple(bands.at(int(kind)) for bands, kind in zip(each, kinds, strict=True))


def by_day(trials: Trials) -> Trials:
    """Trials of whole days: one slot, what is known of each day summed."""
    known = ~np.isnan(trials.actual)
    some = known.any(axis=2, keepdims=True)

    def total(values: FloatArray) -> FloatArray:
        return np.where(some, np.where(known, values, 0.0).sum(axis=-1, keepdims=True), np.nan)

    return Trials(trials.models, trials.origins, trials.kind, total(trials.forecasts), total(trials.actual))


def _of_stretch(trials: Trials, choice: Choice) -> Ahead:
    actual, said = trial_of(trials, choice)
    if _reaching(actual, said) < FEWEST_ORIGINS:
        near = fit_bands(trials.actual, trials.forecasts[trials.models.index(choice.model)], trials.kind)
        wide = replace(near, factor=near.factor * FARTHER) if choice.first > NEAREST else near
        return Ahead(choice.first, choice.last, wide, (None,) * len(actual))
    kind = trials.kind[:, choice.first - 1 : choice.last]
    rows = trials.origins[:, None] + choice.first - 1 + np.arange(actual.shape[1])
    before = [_fitted_before(place, trials.origins, rows, actual, said, kind) for place in range(len(actual))]
    wider = _widths(before, trials.origins, rows, actual, said, kind)
    bands = tuple(None if old is None else widened(old, *width) for old, width in zip(before, wider, strict=False))
    return Ahead(choice.first, choice.last, widened(fit_bands(actual, said, kind), *wider[-1]), bands)


def _reaching(actual: FloatArray, said: FloatArray) -> int:
    """Origins with anything to compare."""
    return int((~np.isnan(actual) & ~np.isnan(said)).any(axis=(1, 2)).sum())


def _fitted_before(
    place: int, origins: IntArray, rows: IntArray, actual: FloatArray, said: FloatArray, kind: IntArray
) -> Bands | None:
    """Bands as they would have been fitted at an origin, from what was known by then."""
    if place < max(FEWEST_ORIGINS, len(origins) - FOLLOWED):
        return None
    came = np.where((rows[:place] < origins[place])[:, :, None], actual[:place], np.nan)
    if _reaching(came, said[:place]) < FEWEST_ORIGINS:
        return None
    return fit_bands(came, said[:place], kind[:place])


def _widths(
    before: Sequence[Bands | None],
    origins: IntArray,
    rows: IntArray,
    actual: FloatArray,
    said: FloatArray,
    kind: IntArray,
) -> FloatArray:
    """Factors of the widths of each promise, at each origin and now, shape [origins + 1, promises].

    Parameters
    ----------
    rows : the day of each forecast, shape [origins, days].
    """
    number = len(origins)
    beyond = [None if old is None else _beyond(old, actual[k], said[k], kind[k]) for k, old in enumerate(before)]
    told = np.searchsorted(origins, rows, side="right")
    gain = GAIN / np.sqrt(max((rows[0, -1] + 1 - origins[0]) / NEAREST, 1.0))
    logs = np.zeros((number + 1, len(PROMISED)))
    for now in range(1, number + 1):
        inside, known = np.zeros(len(PROMISED)), 0.0
        for place in range(now):
            found = beyond[place]
            if found is None:
                continue
            news = found[:, told[place] == now]
            inside += (news <= np.exp(logs[place])[:, None, None]).sum(axis=(1, 2))
            known += float((~np.isnan(news[0])).sum())
        missing = PROMISED - inside / known if known else np.zeros(len(PROMISED))
        logs[now] = np.clip(KEEP * logs[now - 1] + gain * missing, -MOST, MOST)
    return np.exp(logs)


def _beyond(bands: Bands, actual: FloatArray, said: FloatArray, kind: IntArray) -> FloatArray:
    """How far what came lies from the mean, the band's edge on that side being 1; shape [promises, days, slots]."""
    mean = np.where(said > 0, said, np.nan)
    deviation = bands.at(kind).deviation(mean)
    off = np.sqrt(actual) - np.sqrt(mean)
    edges = np.interp([(1 - PROMISED) / 2, (1 + PROMISED) / 2], bands.levels, bands.marks)
    side = np.where(off < 0, edges[0][:, None, None], edges[1][:, None, None]) * deviation
    far: FloatArray = np.where(side * off > 0, off / np.where(side == 0, 1.0, side), np.where(off == 0, 0.0, np.inf))
    return np.where(np.isnan(off), np.nan, far)


def widened(bands: Bands, inner: float, outer: float) -> Bands:
    """Bands whose quantiles lie farther from the mean by a factor: of the 80 % band and within, of the 95 % and beyond.

    The median stays, and quantiles stay in order.
    """
    inside = np.abs(2 * bands.levels - 1)
    factor = np.interp(inside, PROMISED, [inner, outer])
    middle = inside < 1e-9
    marks = np.where(middle, bands.marks, bands.marks * factor)
    half = int(np.flatnonzero(middle)[0])
    marks[half:] = np.maximum.accumulate(marks[half:])
    marks[: half + 1] = np.minimum.accumulate(marks[half::-1])[::-1]
    return replace(bands, marks=marks)
