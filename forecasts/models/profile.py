"""The course of a day: shares of its total by slot, for each weekday."""

import numpy as np
from numpy.typing import NDArray

from forecasts.models.past import Past

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

OWN_DAYS = 1.5
"""Special days of a kind after which their own course counts as much as that of the weekday they are like."""

HALF_LIFE = 12.0
"""Same weekdays after which a day weighs half."""


def weekday_profiles(past: Past, half_life: float = HALF_LIFE) -> FloatArray:
    """Shares by slot for each weekday, shape [7, slots]; each open weekday's sum to one.

    Days are discounted exponentially, special days left out; weekdays borrow from one another as far as their
    courses differ by no more than noise.
    """
    use = past.plain
    if use.sum() < 2:
        use = past.running
    counts, weights = _sums(past, use, half_life)
    return _pooled(counts, weights, past.open)


def day_profiles(past: Past, days: int) -> FloatArray:
    """Shares by slot of each of the `days` days after the past, shape [days, slots].

    A holiday begins with the course of the weekday it is like; its own past counts for more with every one seen.
    So do eves, and special days of one note.
    """
    known, ahead = past.calendar, past.horizon(days)
    like = past.like[ahead]
    courses = weekday_profiles(past)
    result = courses[like]
    # A slot open on the day's own weekday only has no course on the weekday it is like.
    own = known.weekday[ahead]
    for row in np.flatnonzero(like != own):
        is_open = past.open[own[row]]
        if result[row][is_open].sum() < 0.5:
            result[row] = courses[own[row]]
    for kind in _kinds(past):
        rows = np.flatnonzero(kind[ahead])
        seen = np.flatnonzero(kind[: past.days] & past.running)
        if len(rows) and len(seen):
            counts = past.counts[seen]
            course = np.nansum(counts, axis=0) / max(float(np.nansum(past.totals[seen])), 1e-9)
            trust = len(seen) / (len(seen) + OWN_DAYS)
            result[rows] = (1 - trust) * result[rows] + trust * course
    return result


def _kinds(past: Past) -> list[BoolArray]:
    known = past.calendar
    noted = np.array([column.startswith("note: ") for column in known.columns])
    return [known.holiday, known.eve, *(known.features[:, noted].T > 0)]


def _sums(past: Past, use: BoolArray, half_life: float) -> tuple[FloatArray, FloatArray]:
    """Discounted contacts and discounted day totals behind each slot, by weekday; shape [7, slots] both."""
    age = (past.days - 1 - np.arange(past.days)) / 7.0
    weight = np.where(use, 0.5 ** (age / half_life), 0.0)
    by_weekday = np.zeros((7, past.days))
    by_weekday[past.weekday, np.arange(past.days)] = weight
    known = ~np.isnan(past.counts)
    total = np.where(use, np.nan_to_num(past.totals), 0.0)
    return by_weekday @ np.where(known, past.counts, 0.0), (by_weekday * total) @ known


def _pooled(counts: FloatArray, weights: FloatArray, is_open: BoolArray) -> FloatArray:
    """Profiles of weekdays, each with what the others can lend it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.where(weights > 0, counts / weights, 0.0)
    size = weights.max(axis=1)
    result = np.zeros_like(own)
    for day in range(7):
        lend = np.zeros(7)
        for other in range(7):
            if size[other] > 0:
                lend[other] = 1.0 if other == day else _likeness(own, size, day, other)
        slots = is_open[day]
        if not slots.any():
            continue
        share = np.zeros(own.shape[1])
        behind = lend @ weights
        lent = behind > 0
        share[lent] = (lend @ counts)[lent] / behind[lent]
        share = np.where(slots, share, 0.0)
        total = share.sum()
        result[day] = share / total if total > 0 else slots / slots.sum()
    return result


def _likeness(own: FloatArray, size: FloatArray, day: int, other: int) -> float:
    """How much of another weekday's course may be lent: 1 when they differ by noise only, towards 0 beyond."""
    if size[day] == 0:
        return 1.0
    mean = (own[day] + own[other]) / 2
    noise = float((mean * (1 / size[day] + 1 / size[other])).sum())
    apart = float(((own[day] - own[other]) ** 2).sum())
    own_noise = float((own[day] / size[day]).sum())
    truly = max(apart - noise, 0.0)
    lent_noise = float((own[other] / size[other]).sum())
    return own_noise / (own_noise + truly + 1e-12) if lent_noise > 0 else 0.0
