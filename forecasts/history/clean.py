"""What one can learn from: gaps, closed days, outages and outliers found, marked and said."""

import numpy as np
from numpy.typing import NDArray

from centre.said import Said
from forecasts.calendar import Calendar
from forecasts.history.report import Finding
from forecasts.history.walls import Walls

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

OUTLIER = 8.0
"""Deviations (on the square-root scale, where a Poisson count has one of 1/2) past which a value is an outlier."""

LEAST_SILENT_DAYS = 21
"""Days of zeros at either end of a history after which a queue counts as not open yet, or closed."""

OUTAGE = 20.0
"""Contacts that should have come in a run of zeros before it is taken for an outage."""


def closed_days(
    queue: str, offered: FloatArray, open_now: BoolArray, known: Calendar, wall: Walls, findings: list[Finding]
) -> BoolArray:
    """Days on which an otherwise open weekday had no contacts at all because it was closed, shape [days].

    A holiday without rows or with zeros only was closed; so was a day with factor 0. A plain day of zeros on a queue
    that always has contacts is closed as well (or an outage of a whole day); a plain day without rows is a gap.
    """
    expected = open_now[known.weekday]
    total = np.nansum(offered, axis=1)
    rows = (~np.isnan(offered) & expected).any(axis=1)
    opens = expected.any(axis=1)
    busy = total[rows & opens]
    steady = len(busy) > 0 and float(np.median(busy)) >= 10.0
    nothing = opens & (total == 0)
    holiday = nothing & (known.holiday | (known.factor == 0))
    alive = np.zeros(len(total), dtype=bool)
    alive[int(np.argmax(total > 0)) : len(total) - int(np.argmax(total[::-1] > 0))] = True
    zeros = nothing & rows & ~holiday & steady & alive
    findings += wall.findings(
        queue, _days(holiday, expected), "closed day", Said("no contacts on a holiday"), Said("learned as closed")
    )
    findings += wall.findings(
        queue, _days(zeros, expected), "closed day", Said("nothing but zeros all day"), Said("left out of learning")
    )
    closed: BoolArray = holiday | zeros
    return closed


def _days(days: BoolArray, expected: BoolArray) -> BoolArray:
    both: BoolArray = days[:, None] & expected
    return both


def learnable(
    queue: str,
    offered: FloatArray,
    rowless: BoolArray,
    open_now: BoolArray,
    closed: BoolArray,
    known: Calendar,
    wall: Walls,
    findings: list[Finding],
) -> tuple[FloatArray, FloatArray]:
    """What to learn from, and what to measure a forecast by; both shape [days, slots].

    Parameters
    ----------
    rowless : where the history has no row (rather than one whose value is unknown), shape [days, slots].

    Returns
    -------
    counts : gaps, outages and closed days NaN, outliers capped; closed slots 0.
    offered : as it came, with rows that were left out because nothing came filled in as 0.
    """
    expected = open_now[known.weekday]
    offered = _gaps(queue, offered, rowless, expected, closed, wall, findings)
    counts = offered.copy()
    counts[~expected] = np.nan_to_num(counts[~expected]) * 0.0
    counts[closed] = np.nan
    if (counts > 0).any():
        _life(queue, counts, expected, wall, findings)
        outage = _outages(counts, expected, known, queue, wall, findings)
        offered = np.where(outage, np.nan, offered)
        counts[outage] = np.nan
        _outliers(queue, counts, expected, known, wall, findings)
        _unusual_days(queue, counts, known, wall, findings)
    return counts, offered


def _gaps(
    queue: str,
    offered: FloatArray,
    rowless: BoolArray,
    expected: BoolArray,
    closed: BoolArray,
    wall: Walls,
    findings: list[Finding],
) -> FloatArray:
    missing: BoolArray = np.isnan(offered) & expected & (wall.times > 0) & ~closed[:, None]
    if not missing.any():
        return offered
    here = ~np.isnan(offered)
    if not (offered[here & expected] == 0).any():
        # An export that leaves empty intervals out: on a day with rows, no row means nobody called. (A stretch too
        # long for that is found with the outages.)
        empty = missing & rowless & np.asarray(here.any(axis=1))[:, None]
        if empty.any():
            offered = np.where(empty, 0.0, offered)
            missing &= ~empty
            what = Said("no zeros in the table: {n} intervals of days with rows have none", n=int(empty.sum()))
            findings.append(Finding(queue, wall.grid.begin, wall.grid.end, "gap", what, Said("read as 0")))
    findings += wall.findings(
        queue, missing, "gap", lambda n: Said("no rows for {n} open intervals", n=n), Said("left out of learning")
    )
    return offered


def baseline(counts: FloatArray, weekday: NDArray[np.int64]) -> FloatArray:
    """The expected course of each day: its weekday's median course, scaled to the day; shape [days, slots]."""
    course = np.zeros((7, counts.shape[1]))
    for day in range(7):
        mine = counts[weekday == day]
        mine = mine[~np.isnan(mine).all(axis=1)]
        if len(mine):
            known = ~np.isnan(mine).all(axis=0)
            course[day, known] = np.nanmedian(mine[:, known], axis=0)
    plain = course[weekday]
    seen = ~np.isnan(counts)
    # The day's level from its typical slot, so that one wild slot does not lift all the others.
    roots = np.where(seen & (plain > 0), np.sqrt(np.where(seen, counts, 0.0) * plain), 0.0).sum(axis=1)
    weight = np.where(seen, plain, 0.0).sum(axis=1)
    level = np.divide(roots, weight, out=np.ones(len(counts)), where=weight > 0) ** 2
    course_of_day: FloatArray = plain * level[:, None]
    return course_of_day


def _life(queue: str, counts: FloatArray, expected: BoolArray, wall: Walls, findings: list[Finding]) -> None:
    """Weeks of zeros before a queue's first contact, or after its last: it was not there yet, or is no more."""
    total = np.nansum(counts, axis=1)
    busy = np.flatnonzero(total > 0)
    first, last = int(busy[0]), int(busy[-1])
    mean = float(total[first : last + 1].mean())
    if first >= LEAST_SILENT_DAYS and first * mean > OUTAGE:
        silent = _days(np.arange(len(counts)) < first, expected & ~np.isnan(counts))
        what = Said("nothing but zeros for the first {days} days", days=first)
        findings += wall.findings(queue, silent, "queue opened", what, Said("left out of learning"))[:1]
        counts[:first] = np.nan
    quiet = _days(np.arange(len(counts)) > last, expected & ~np.isnan(counts))
    days = int(quiet.any(axis=1).sum())
    if days >= LEAST_SILENT_DAYS and days * mean > OUTAGE:
        what = Said("nothing but zeros on the last {days} days", days=days)
        findings += wall.findings(
            queue, quiet, "queue closed", what, Said("forecast as closed until contacts come again")
        )[:1]


def _outages(
    counts: FloatArray, expected: BoolArray, known: Calendar, queue: str, wall: Walls, findings: list[Finding]
) -> BoolArray:
    mean = baseline(counts, known.weekday)
    plain = ~known.special[:, None]
    zero = expected & plain & (counts == 0) & (mean > 0)
    outage: BoolArray = np.zeros(zero.shape, dtype=bool)
    for row in np.flatnonzero(np.where(zero, mean, 0.0).sum(axis=1) > OUTAGE):
        edges = np.flatnonzero(np.diff(np.r_[False, zero[row], False].astype(np.int8)))
        for begin, end in edges.reshape(-1, 2):
            outage[row, begin:end] = mean[row, begin:end].sum() > OUTAGE
    findings += wall.findings(
        queue,
        outage,
        "outage",
        lambda n: Said("{n} intervals without a contact where contacts always come", n=n),
        Said("left out of learning"),
    )
    return outage


def _outliers(
    queue: str, counts: FloatArray, expected: BoolArray, known: Calendar, wall: Walls, findings: list[Finding]
) -> None:
    mean = baseline(counts, known.weekday)
    seen = ~np.isnan(counts) & expected
    apart = 2.0 * (np.sqrt(np.where(seen, counts, 0.0)) - np.sqrt(mean))
    usual = seen & (mean > 1.0)
    spread = 1.4826 * float(np.median(np.abs(apart[usual]))) if usual.any() else 1.0
    limit = OUTLIER * max(spread, 1.0)
    wild = seen & (apart > limit) & (counts > mean + 5.0)
    cap = (np.sqrt(mean) + limit / 4.0) ** 2
    for row, slot in np.argwhere(wild):
        one = np.zeros_like(wild)
        one[row, slot] = True
        what = Said(
            "{came:g} contacts where about {mean:.0f} were to be expected; learned as {cap:.0f}",
            came=float(counts[row, slot]), mean=float(mean[row, slot]), cap=float(cap[row, slot]),
        )  # fmt: skip
        findings += wall.findings(queue, one, "outlier", what, Said("kept in the record, capped in learning"))
    counts[wild] = cap[wild]


def _unusual_days(queue: str, counts: FloatArray, known: Calendar, wall: Walls, findings: list[Finding]) -> None:
    total = np.nansum(counts, axis=1)
    plain = (total > 0) & ~known.special
    apart = np.zeros(len(total))
    for day in range(7):
        rows = np.flatnonzero(plain & (known.weekday == day))
        for place, row in enumerate(rows):
            near = np.r_[rows[max(0, place - 4) : place], rows[place + 1 : place + 5]]
            if len(near) >= 3:
                apart[row] = np.log(total[row] / np.median(total[near]))
    if not plain.any():
        return
    limit = max(0.25, 6 * 1.4826 * float(np.median(np.abs(apart[plain]))))
    expected = ~np.isnan(counts) & (counts > 0)
    for row in np.flatnonzero(np.abs(apart) > limit):
        one = np.zeros_like(expected)
        edge = np.flatnonzero(expected[row])
        one[row, edge[0] : edge[-1] + 1] = True
        what = Said("the day's volume is {share:+.0%} off its weekday's", share=float(np.exp(apart[row]) - 1))
        findings += wall.findings(queue, one, "unusual day", what, Said("weighs less in learning"))
