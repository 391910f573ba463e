"""Handle time by time of day, weekday and trend, each shrunk to the queue's mean as far as data are few."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecasts.history import Record

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

HALF_LIFE_DAYS = 84.0
SHRINK = 100.0
"""Answered contacts behind a slot (a weekday) for its own mean to count half."""

TREND_HALF_LIFE_DAYS = 14.0


def handle_time(record: Record, weekday: IntArray, default_s: float) -> FloatArray:
    """Expected mean handle time in seconds of each slot of each weekday given, shape [days, slots].

    Parameters
    ----------
    record : the queue's history; the mean of an interval weighs as many contacts as were answered.
    weekday : Monday 0, of each day wanted, shape [days].
    default_s : what is taken where the history has no handle time at all.
    """
    known = ~np.isnan(record.aht_s) & (np.nan_to_num(record.answered) > 0)
    if not known.any():
        return np.full((len(weekday), record.slots), default_s)
    age = (record.days - 1 - np.arange(record.days))[:, None]
    answered = np.where(known, record.answered, 0.0)
    weight = answered * 0.5 ** (age / HALF_LIFE_DAYS)
    seconds = np.where(known, record.aht_s, 0.0)
    # One interval with a forgotten call of hours must not become the queue's afternoon.
    centre, apart = _robust(seconds[known], answered[known])
    seconds = np.minimum(seconds, centre + max(6 * apart, 4 * centre))
    mean = float((weight * seconds).sum() / weight.sum())
    slot = _smooth(_shrunk((weight * (seconds - mean)).sum(axis=0), weight.sum(axis=0)))
    left = seconds - mean - slot
    days = np.array([(record.first_day.weekday() + row) % 7 for row in range(record.days)])
    by_day = _shrunk(np.bincount(days, (weight * left).sum(axis=1), 7), np.bincount(days, weight.sum(axis=1), 7))
    left = left - by_day[days][:, None]
    recent = answered * 0.5 ** (age / TREND_HALF_LIFE_DAYS)
    trend = float((recent * left).sum() / (recent.sum() + SHRINK))
    result: FloatArray = np.maximum(mean + trend + slot + by_day[weekday][:, None], 1.0)
    return result


def _robust(seconds: FloatArray, weight: FloatArray) -> tuple[float, float]:
    order = np.argsort(seconds)
    ranks = np.cumsum(weight[order]) / weight.sum()
    low, middle, high = np.interp([0.25, 0.5, 0.75], ranks, seconds[order])
    return float(middle), float(high - low) / 1.349


def _shrunk(total: NDArray[Any], weight: NDArray[Any]) -> FloatArray:
    shrunk: FloatArray = total / (weight + SHRINK)
    return shrunk


def _smooth(values: FloatArray) -> FloatArray:
    """A light moving mean: neighbouring slots tell of one another."""
    if len(values) < 3:
        return values
    padded = np.concatenate([values[:1], values, values[-1:]])
    smooth: FloatArray = 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]
    return smooth
