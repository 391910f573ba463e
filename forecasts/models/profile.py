"""The course of a day: shares of its total by slot, for each weekday."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from forecasts.models.past import Past
from forecasts.models.wander import wandered

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

OWN_DAYS = 1.5
"""Special days of a kind after which their own course counts as much as that of the weekday they are like."""

HALF_LIFE = 26.0
"""Same weekdays after which a day weighs half."""

DRIFT_HALF_LIFE_DAYS = 14.0
DRIFT_SHRINK = 100.0
"""Weighted contacts around a slot after which what it has drifted by counts half."""

DRIFT_FEWEST_DAYS = 10


def weekday_profiles(past: Past, half_life: float = HALF_LIFE) -> FloatArray:
    """Shares by slot for each weekday, shape [7, slots]; each open weekday's sum to one.

    Days are discounted exponentially, special days left out; weekdays borrow from one another as far as their
    courses differ by no more than noise. What a slot has lately drifted by on all weekdays together (summer time,
    evenings that grow longer) is then laid on all of them: the last weeks hold too few days of one weekday to tell.
    A weekday whose own course wanders is followed (`wander`).
    """
    use = past.plain
    if use.sum() < 2:
        use = past.running
    counts, weights = _sums(past, use, half_life)
    courses = _pooled(counts, weights, past.open)
    moved = courses * _drift(past, use, courses)
    total = moved.sum(axis=1, keepdims=True)
    return wandered(past, use, np.where(total > 0, moved / np.where(total > 0, total, 1.0), courses))


@lru_cache(maxsize=1)
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


def _drift(past: Past, use: BoolArray, courses: FloatArray) -> FloatArray:
    """Contacts of the last weeks over those expected by the weekdays' courses, shrunk towards 1, shape [slots].

    Neighbouring slots are taken together a little. Days count with their own totals, so that this is of the course
    alone.
    """
    rows = np.flatnonzero(use)
    if len(rows) < DRIFT_FEWEST_DAYS or courses.shape[1] < 3:
        return np.ones(courses.shape[1])
    weight = 0.5 ** ((past.days - 1 - rows) / DRIFT_HALF_LIFE_DAYS)
    known = ~np.isnan(past.counts[rows])
    expected = courses[past.weekday[rows]] * past.totals[rows][:, None]
    came = _with_neighbours(weight @ np.where(known, past.counts[rows], 0.0))
    due = _with_neighbours(weight @ np.where(known, expected, 0.0))
    drift: FloatArray = (came + DRIFT_SHRINK) / (due + DRIFT_SHRINK)
    return drift


def _with_neighbours(values: FloatArray) -> FloatArray:
    smooth: FloatArray = 0.25 * np.roll(values, 1) + 0.5 * values + 0.25 * np.roll(values, -1)
    return smooth


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
    own = np.divide(counts, weights, out=np.zeros_like(counts), where=weights > 0)
    lend = _likeness(own, weights.max(axis=1))
    behind = lend @ weights
    share = np.divide(lend @ counts, behind, out=np.zeros_like(counts), where=behind > 0)
    share = np.where(is_open, share, 0.0)
    total = share.sum(axis=1, keepdims=True)
    flat = is_open / np.maximum(is_open.sum(axis=1, keepdims=True), 1)
    result: FloatArray = np.where(total > 0, share / np.where(total > 0, total, 1.0), flat)
    return result


def _likeness(own: FloatArray, size: FloatArray) -> FloatArray:
    """How much each weekday may borrow of each other's course, shape [7, 7]: all when they differ by noise only.

    Parameters
    ----------
    own : courses, shape [7, slots].
    size : contacts behind each, shape [7].
    """
    seen = size > 0
    each = np.where(seen, size, 1.0)
    noise = own.sum(axis=1) / each
    apart = ((own[:, None] - own[None]) ** 2).sum(axis=2)
    by_chance = ((own[:, None] + own[None]) / 2).sum(axis=2) * (1 / each[:, None] + 1 / each[None])
    truly = np.maximum(apart - by_chance, 0.0)
    likeness = noise[:, None] / (noise[:, None] + truly + 1e-12)
    likeness = np.where(seen[:, None], likeness, 1.0)
    np.fill_diagonal(likeness, 1.0)
    result: FloatArray = np.where(seen[None], likeness, 0.0)
    return result
