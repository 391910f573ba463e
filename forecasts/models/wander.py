"""Courses that wander: what the last few days of one weekday say of its course, as far as they have told before.

A course learned over months is late where the day itself moves: a Sabbath that ends later every week, a Friday that
closes earlier since a fortnight. For each weekday, corrections of the long course with several short memories are
weighed by how well they would have said the days that came (the prequential likelihood of Dawid 1984), tempered by how
much noisier than chance these days are. Where a course stands still, its long memory wins and nothing moves.
"""

import numpy as np
from numpy.typing import NDArray

from centre.compiled import compiled
from forecasts.models.past import Past

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

HALF_LIVES = np.array([1.0, 2.0, 4.0, 8.0])
"""Memories that are tried, in days of the same weekday."""

LONG_HALF_LIFE = 26.0
"""Of the course they correct, in days of the same weekday."""

TRUST_HALF_LIFE = 8.0
"""Days of the same weekday after which what a memory has said well or badly counts half."""

SHRINK = 5.0
"""Contacts of a slot for which a correction is halved."""

HEAD_START = 3.0
"""Of the long memory, in units of likelihood."""

LAST_DAYS = 224
"""Days looked at: older ones would hardly count."""

ALL_HALF_LIFE_DAYS = 14.0
ALL_SHRINK = 100.0
"""Of what all weekdays have drifted by together (`profile`), which is no merit of one weekday's memory."""

FIRST = 3
"""Days of a weekday before its memories are judged."""

CUT = 16.0
"""Squared deviations at which a count stops making days look noisier."""


def wandered(past: Past, use: BoolArray, courses: FloatArray) -> FloatArray:
    """The courses, each moved by what the last days of its weekday tell; shape [7, slots].

    Parameters
    ----------
    use : days to learn from, shape [days].
    courses : shares by slot, shape [7, slots].
    """
    if courses.shape[1] < 3 or not use.any():
        return courses
    begin = max(past.days - LAST_DAYS, int(np.flatnonzero(use)[0]))
    counts = np.ascontiguousarray(past.counts[begin:])
    judged = _judge(counts, use[begin:], past.weekday[begin:], past.open, HALF_LIVES)
    return _mixed(courses, *judged)


def _mixed(courses: FloatArray, merit: FloatArray, noise: FloatArray, came: FloatArray, due: FloatArray) -> FloatArray:
    """The long courses and their corrections, weighed by their merits."""
    result = courses.copy()
    for day in np.flatnonzero(~np.isnan(noise)):
        tempered = merit[day] / max(float(noise[day]), 1.0)
        tempered[0] += HEAD_START
        weight = np.exp(tempered - tempered.max())
        weight /= weight.sum()
        moved = courses[day] * (came[day] + SHRINK) / (due[day] + SHRINK)
        total = moved.sum(axis=1, keepdims=True)
        moved = np.where(total > 0, moved / np.where(total > 0, total, 1.0), courses[day])
        result[day] = weight[0] * courses[day] + weight[1:] @ moved
    return result


@compiled
def _judge(
    counts: FloatArray, use: BoolArray, weekday: IntArray, is_open: BoolArray, half_lives: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Walk through the days: what each memory would have said of each, and where they stand in the end.

    Returns
    -------
    merit : discounted log likelihood of each memory against the long one's, which stands first, [7, memories + 1].
    noise : squared deviation of a count from the long course in units of chance; NaN where nothing is known, shape [7].
    came, due : discounted contacts that came and that the long course expected, neighbouring slots taken together a
        little; shape [7, memories, slots].
    """
    days, slots = counts.shape
    memories = len(half_lives)
    forget = 0.5 ** (1.0 / half_lives)
    long, seen = np.zeros((7, slots)), np.zeros(7)
    came, due = np.zeros((7, memories, slots)), np.zeros((7, memories, slots))
    all_came, all_due = np.zeros(slots), np.zeros(slots)
    merit, squares, number = np.zeros((7, memories + 1)), np.zeros(7), np.zeros(7)
    expected, ratio = np.empty(slots), np.empty(slots)
    for day in range(days):
        all_came *= 0.5 ** (1.0 / ALL_HALF_LIFE_DAYS)
        all_due *= 0.5 ** (1.0 / ALL_HALF_LIFE_DAYS)
        if not use[day]:
            continue
        own = weekday[day]
        _expect(expected, long[own], all_came, all_due, is_open[own], counts[day])
        if np.isnan(expected[0]):
            continue
        if seen[own] >= FIRST:
            keep = 0.5 ** (1.0 / TRUST_HALF_LIFE)
            merit[own] *= keep
            squares[own] *= keep
            number[own] *= keep
            for slot in range(slots):
                count = counts[day, slot]
                if not np.isnan(count) and expected[slot] > 0.0:
                    squares[own] += min((count - expected[slot]) ** 2 / (expected[slot] + 0.5), CUT)
                    number[own] += 1.0
            for memory in range(memories):
                _ratio(ratio, came[own, memory], due[own, memory], SHRINK)
                merit[own, memory + 1] += _gain(counts[day], expected, ratio)
        for memory in range(memories):
            _learn(came[own, memory], due[own, memory], counts[day], expected, forget[memory])
        _learn(all_came, all_due, counts[day], expected, 1.0)
        for slot in range(slots):
            count = counts[day, slot]
            long[own, slot] = long[own, slot] * 0.5 ** (1.0 / LONG_HALF_LIFE)
            long[own, slot] += expected[slot] if np.isnan(count) else count
        seen[own] += 1.0
    noise = np.full(7, np.nan)
    for own in range(7):
        if number[own] > 0.0:
            noise[own] = squares[own] / number[own]
        for memory in range(memories):
            came[own, memory] = _smooth(came[own, memory])
            due[own, memory] = _smooth(due[own, memory])
    return merit, noise, came, due


@compiled
def _expect(
    expected: FloatArray,
    long: FloatArray,
    all_came: FloatArray,
    all_due: FloatArray,
    is_open: BoolArray,
    counts: FloatArray,
) -> None:
    """Fill in what the long course expects of a day of that size; NaN first when too little is known of the day."""
    _ratio(expected, all_came, all_due, ALL_SHRINK)
    whole = known = total = 0.0
    for slot in range(len(expected)):
        expected[slot] = expected[slot] * (long[slot] + 0.06) if is_open[slot] else 0.0
        whole += expected[slot]
        if not np.isnan(counts[slot]):
            known += expected[slot]
            total += counts[slot]
    if known <= 0.3 * whole or total <= 0.0:
        expected[0] = np.nan
        return
    for slot in range(len(expected)):
        expected[slot] *= total / known


@compiled
def _ratio(ratio: FloatArray, came: FloatArray, due: FloatArray, shrink: float) -> None:
    """Fill in what came over what was due, neighbouring slots taken together a little."""
    last = len(ratio) - 1
    for slot in range(last + 1):
        before, after = max(slot - 1, 0), min(slot + 1, last)
        above = 0.25 * came[before] + 0.5 * came[slot] + 0.25 * came[after]
        below = 0.25 * due[before] + 0.5 * due[slot] + 0.25 * due[after]
        ratio[slot] = (above + shrink) / (below + shrink)


@compiled
def _smooth(values: FloatArray) -> FloatArray:
    last = len(values) - 1
    result = np.empty(last + 1)
    for slot in range(last + 1):
        result[slot] = 0.25 * values[max(slot - 1, 0)] + 0.5 * values[slot] + 0.25 * values[min(slot + 1, last)]
    return result


@compiled
def _gain(counts: FloatArray, expected: FloatArray, ratio: FloatArray) -> float:
    """Log likelihood of how a day spread over its slots by the moved course, less that by the course itself."""
    gain = total = before = after = 0.0
    for slot in range(len(counts)):
        count = counts[slot]
        if np.isnan(count) or expected[slot] <= 0.0:
            continue
        before += expected[slot]
        after += expected[slot] * ratio[slot]
        if count > 0.0:
            total += count
            gain += count * np.log(ratio[slot])
    return gain - total * np.log(after / before) if total > 0.0 else 0.0


@compiled
def _learn(came: FloatArray, due: FloatArray, counts: FloatArray, expected: FloatArray, forget: float) -> None:
    for slot in range(len(counts)):
        came[slot] *= forget
        due[slot] *= forget
        if not np.isnan(counts[slot]):
            came[slot] += counts[slot]
            due[slot] += expected[slot]
