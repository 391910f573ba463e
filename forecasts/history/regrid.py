"""From rows on any grid that divides a day to the site's grid: finer is summed, coarser is spread."""

from math import gcd

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

DAY_MINUTES = 1440


def source_minutes(seconds: IntArray) -> int:
    """The grid on which sorted starts lie: the commonest step, if a day is a multiple of it; otherwise 1440."""
    steps = np.diff(seconds) // 60
    steps = steps[(steps > 0) & (steps <= DAY_MINUTES)]
    if not len(steps):
        return DAY_MINUTES
    step = int(np.bincount(steps).argmax())
    return step if DAY_MINUTES % step == 0 else gcd(step, DAY_MINUTES)


def regrid(
    table: pd.DataFrame, begin: int, count: int, minutes: int, source: int
) -> tuple[dict[str, FloatArray], FloatArray]:
    """Bring one queue's rows to the grid of `count` intervals of `minutes` from `begin`.

    Parameters
    ----------
    table : start (UTC seconds, sorted, unique) and the value columns.
    begin : UTC second of the grid's start, a local midnight.
    source : minutes of the rows' own grid.

    Returns
    -------
    values : by column, shape [count], NaN where nothing is known. `rows` tells where there is a row; `aht_s` is the
        mean weighted by the answered (by the offered where the answered are not given), `aht_weight` its weight.
    seen : share of each interval that rows cover, shape [count].
    """
    fine = gcd(source, minutes)
    joined = minutes // fine
    starts = table["start"].to_numpy()
    first = (starts - begin) // (fine * 60)
    pieces = _lengths(starts, source) // fine
    size = count * joined
    within = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    place = np.repeat(first, pieces) + within
    inside = (place >= 0) & (place < size)
    place = place[inside]

    def spread(values: FloatArray, as_count: bool) -> FloatArray:
        laid = np.full(size, np.nan)
        parts = np.repeat(values, pieces)
        if as_count:
            parts = parts * _shares(first, values, pieces, within)
        laid[place] = parts[inside]
        return laid

    def total(laid: FloatArray) -> FloatArray:
        blocks = laid.reshape(count, joined)
        known = ~np.isnan(blocks)
        sums: FloatArray = np.where(known, blocks, 0.0).sum(axis=1)
        sums[~known.any(axis=1)] = np.nan
        return sums

    offered = spread(table["offered"].to_numpy(), True)
    values = {"offered": total(offered)}
    for column in ("answered", "abandoned", "answered_within", "wait_s"):
        values[column] = total(spread(table[column].to_numpy(), True))
    weight = spread(table["answered"].fillna(table["offered"]).to_numpy(), True)
    handle = spread(table["aht_s"].to_numpy(), False)
    weight[np.isnan(handle)] = np.nan
    work = total(handle * weight)
    weights = total(weight)
    values["aht_weight"] = weights
    values["aht_s"] = np.divide(work, weights, out=np.full(count, np.nan), where=weights > 0)
    for column in ("agents", "rostered"):
        laid = spread(table[column].to_numpy(), False)
        number = (~np.isnan(laid)).reshape(count, joined).sum(axis=1)
        values[column] = total(laid) / np.maximum(number, 1)
    values["rows"] = total(spread(np.ones(len(first)), False))
    seen: FloatArray = (~np.isnan(offered)).reshape(count, joined).mean(axis=1)
    return values, seen


def _lengths(starts: IntArray, source: int) -> IntArray:
    """Minutes that each row covers: the rows' grid, and an hour more or less where the clock changes within one."""
    lengths = np.full(len(starts), source, dtype=np.int64)
    if source > 60:
        steps = np.diff(starts) // 60
        changed = np.abs(steps - source) == 60
        lengths[:-1][changed] = steps[changed]
    return lengths


def _shares(first: IntArray, values: FloatArray, pieces: IntArray, within: IntArray) -> FloatArray:
    """Share of its row that each piece gets: along the line to the row's neighbours, never negative, summing to one."""
    each = np.repeat(pieces, pieces)
    if len(values) < 3 or int(pieces.max()) == 1:
        return 1.0 / each
    joined = np.diff(first) == pieces[:-1]
    before = np.where(np.r_[False, joined], np.r_[values[:1], values[:-1]], values)
    after = np.where(np.r_[joined, False], np.r_[values[1:], values[-1:]], values)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.clip(np.nan_to_num((after - before) / 2 / values, nan=0.0, posinf=0.0, neginf=0.0), -1.0, 1.0)
    position = (within + 0.5) / each - 0.5
    shares: FloatArray = (1.0 + np.repeat(slope, pieces) * position) / each
    return shares
