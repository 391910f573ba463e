"""What the history teaches about the staffing model's own figures: patience, shrinkage, handle time, its error.

Each figure comes with a 95 % confidence interval from how its weeks differ, and with what it rests on. A value that a
planner wrote into queues.toml is never replaced: the estimate then stands beside it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from centre.queues import Queue
from centre.said import Said
from forecasts.erlang import service_curve
from forecasts.estimates import NORMAL_95, Estimate, by_week, ratio, unknown
from forecasts.history import Outcomes, Record
from forecasts.shrinkage import Attended, from_attendance, shrinkage

FloatArray = NDArray[np.float64]

DAYS = 182
"""Days before the end of the history that figures are estimated from."""

FEWEST_ABANDONS = 50.0
FEWEST_WEEKS = 4

WORTH = (0.5, 1.5)
"""Between these an agent's worth is looked for."""


@dataclass(frozen=True)
class Calibration:
    """The figures of one queue.

    Attributes
    ----------
    patience_s : mean patience in seconds.
    unplanned_shrinkage : share of the rostered who were not there.
    aht_s : mean handle time in seconds.
    level_error : measured service level minus what the formulas say of the same contacts and agents (points, 0.01 is
        one of a hundred).
    agent_worth : how many agents of the formula one agent was worth, so that its service level is the measured one.
    """

    patience_s: Estimate
    unplanned_shrinkage: Estimate
    aht_s: Estimate
    level_error: Estimate
    agent_worth: Estimate


@dataclass(frozen=True)
class Used:
    """A figure as it goes into the staffing: its value, where from ("queues.toml", "history", "default"), and the
    estimate beside it."""

    value: float
    source: str
    estimate: Estimate


def calibrate(
    record: Record, queue: Queue, rostered: FloatArray | None = None, attended: Attended | None = None
) -> Calibration:
    """Estimate a queue's figures from the last DAYS days of its record.

    Parameters
    ----------
    queue : its goals, and the patience that is taken for the model's error where the history tells none.
    rostered : agents rostered to the queue, NaN where not known, shape [days, slots]; taken where the history has no
        such column.
    attended : attendance on the floor, taken for the shrinkage where agents and rostered do not tell it.
    """
    came = record.outcomes
    if came is None:
        nothing = unknown(Said("the history has contacts only"))
        missing = nothing if attended is None else from_attendance(attended)
        return Calibration(nothing, missing, nothing, nothing, nothing)
    rows = slice(max(0, record.days - DAYS), None)
    weeks = np.arange(record.days)[rows] // 7
    usable = ~np.isnan(record.counts[rows])
    recent = Outcomes(**{name: getattr(came, name)[rows] for name in Outcomes.__dataclass_fields__})
    put = recent.rostered if rostered is None or ~np.isnan(recent.rostered).all() else rostered[rows]
    patience = _patience(recent, usable, weeks)
    given = "patience_s" in queue.model_fields_set or not patience.known
    error, worth = _model_error(
        record, rows, recent, usable, weeks, queue, queue.patience_s if given else patience.value
    )
    return Calibration(
        patience_s=patience,
        unplanned_shrinkage=shrinkage(recent.agents, put, weeks, record.grid_minutes / 60, attended),
        aht_s=_handle_time(record, rows, weeks),
        level_error=error,
        agent_worth=worth,
    )


def figures_used(queue: Queue, found: Calibration) -> dict[str, Used]:
    """What goes into the staffing of a queue: the planner's own figures, else the history's, else the default's."""
    return {
        name: _used(queue, name, getattr(found, name), name != "aht_s")
        for name in ("patience_s", "unplanned_shrinkage", "agent_worth", "aht_s")
    }


def calibrated(queue: Queue, found: Calibration) -> Queue:
    """The queue as the staffing takes it.

    An agent who is worth less (more) than the formula's counts as shrinkage, so that gross requirement and service
    curves, which know of the rostered, both follow: 1 - shrinkage = (1 - unplanned shrinkage) x worth.
    """
    used = figures_used(queue, found)
    absent, worth = used["unplanned_shrinkage"].value, used["agent_worth"].value
    missing = absent if worth == 1.0 else 1.0 - (1.0 - absent) * worth
    return queue.model_copy(
        update={
            "patience_s": used["patience_s"].value,
            "unplanned_shrinkage": min(max(missing, 0.0), 0.95),
        }
    )


def _used(queue: Queue, name: str, estimate: Estimate, planner_first: bool) -> Used:
    own = float(getattr(queue, name))
    if planner_first and name in queue.model_fields_set:
        return Used(own, "queues.toml", estimate)
    if not estimate.known:
        return Used(own, "queues.toml" if name in queue.model_fields_set else "default", estimate)
    if name == "agent_worth" and estimate.low <= 1.0 <= estimate.high:
        return Used(own, "default", estimate)  # no more than chance
    return Used(estimate.value, "history", estimate)


def _patience(came: Outcomes, usable: NDArray[np.bool_], weeks: NDArray[np.int64]) -> Estimate:
    """Total wait of all over abandons.

    For exponential patience this is the maximum-likelihood estimate with the answered as censored observations: each
    caller is watched for as long as he waits, and gives up at a constant rate while he does.
    """
    known = usable & ~np.isnan(came.wait_s) & ~np.isnan(came.abandoned)
    if not known.any():
        return unknown(Said("the history has no abandoned and wait_s"))
    waited, gone = by_week(came.wait_s, known, weeks), by_week(came.abandoned, known, weeks)
    if gone.sum() < FEWEST_ABANDONS:
        return unknown(Said("{n:.0f} abandons; {fewest:.0f} are needed", n=float(gone.sum()), fewest=FEWEST_ABANDONS))
    return ratio(waited, gone, f"{gone.sum():,.0f} abandons")


def _handle_time(record: Record, rows: slice, weeks: NDArray[np.int64]) -> Estimate:
    seconds, answered = record.aht_s[rows], record.answered[rows]
    known = ~np.isnan(seconds) & (np.nan_to_num(answered) > 0)
    if not known.any():
        return unknown(Said("the history has no aht_s"))
    work = by_week(seconds * answered, known, weeks)
    contacts = by_week(answered, known, weeks)
    return ratio(work, contacts, f"{contacts.sum():,.0f} answered contacts")


def _model_error(
    record: Record,
    rows: slice,
    came: Outcomes,
    usable: NDArray[np.bool_],
    weeks: NDArray[np.int64],
    queue: Queue,
    patience_s: float,
) -> tuple[Estimate, Estimate]:
    """Measured minus modelled service level (of offered), and the worth of an agent that closes the gap."""
    if queue.channel != "voice":
        reason = unknown(Said("measured for voice only"))
        return reason, reason
    known = usable & ~np.isnan(came.answered_within) & ~np.isnan(came.agents) & (came.agents > 0)
    opened = by_week(np.ones_like(came.agents), known, weeks) > 0
    if opened.sum() < FEWEST_WEEKS:
        reason = unknown(Said("needs answered_within and agents in the history, four weeks of both"))
        return reason, reason
    offered = np.where(known, record.counts[rows], 0.0)
    measured = by_week(came.answered_within, known, weeks)
    total = by_week(offered, known, weeks)
    modelled = _modelled(record, rows, offered, known, came.agents, queue, patience_s)
    expected = by_week(modelled(1.0), known, weeks)
    error = ratio(measured - expected, total, f"{total.sum():,.0f} contacts")
    return error, _worth(modelled, known, weeks, measured)


def _modelled(
    record: Record,
    rows: slice,
    offered: FloatArray,
    known: NDArray[np.bool_],
    agents: FloatArray,
    queue: Queue,
    patience_s: float,
) -> Callable[[float], FloatArray]:
    """Contacts the formulas expect to be answered in time, [days, slots], with each agent counted as so many.

    The rate of an interval is the day's volume in the usual course of its weekday: the formulas know the Poisson noise
    around a rate, not a rate that jumps with it. Handle time is smoothed alike.
    """
    weekday = (record.first_day.weekday() + np.arange(record.days)[rows]) % 7
    rate = _smoothed(offered, known, weekday) * offered.sum(axis=1, keepdims=True)
    answered = np.nan_to_num(record.answered[rows])
    work = np.where(known, np.nan_to_num(record.aht_s[rows]) * answered, 0.0)
    contacts = np.where(known, answered, 0.0)
    mean = work.sum() / max(contacts.sum(), 1.0) if work.sum() > 0 else queue.aht_s
    aht_s = (work.sum(axis=0) + 50.0 * mean) / (contacts.sum(axis=0) + 50.0)
    aht_s = np.broadcast_to(np.maximum(aht_s, 1.0), rate.shape)[known]
    volume = rate[known]
    most = int(np.ceil(float(agents[known].max()) * WORTH[1])) + 1
    load = volume * aht_s / (60.0 * record.grid_minutes)
    curve = service_curve(volume, load, aht_s, queue.within_s, patience_s, most, "of_offered")

    def with_worth(worth: float) -> FloatArray:
        there = np.clip(agents[known] * worth, 0.0, most)
        lower = np.minimum(there.astype(np.int64), most - 1)
        each = np.arange(len(there))
        part = there - lower
        result = np.zeros(rate.shape)
        result[known] = (1 - part) * curve[each, lower] + part * curve[each, lower + 1]
        return result

    return with_worth


def _smoothed(offered: FloatArray, known: NDArray[np.bool_], weekday: NDArray[np.int64]) -> FloatArray:
    """Share of each slot in its day's known contacts, by weekday's usual course, [days, slots]."""
    course = np.zeros((7, offered.shape[1]))
    for day in range(7):
        mine = weekday == day
        course[day] = offered[mine].sum(axis=0) / np.maximum(known[mine].sum(axis=0), 1)
    usual = np.where(known, course[weekday], 0.0)
    whole = usual.sum(axis=1, keepdims=True)
    shares: FloatArray = np.divide(usual, whole, out=np.zeros_like(usual), where=whole > 0)
    return shares


def _worth(
    modelled: Callable[[float], FloatArray],
    known: NDArray[np.bool_],
    weeks: NDArray[np.int64],
    measured: FloatArray,
) -> Estimate:
    def shortfall(worth: float) -> FloatArray:
        return by_week(modelled(worth), known, weeks) - measured

    low, high = WORTH
    if shortfall(low).sum() > 0 or shortfall(high).sum() < 0:
        return unknown(
            Said(
                "outside {low:g} to {high:g}: agents, answered_within or within_s do not fit each other",
                low=low,
                high=high,
            )
        )
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if shortfall(middle).sum() < 0 else (low, middle)
    worth = (low + high) / 2
    step = 0.01
    slope = float((shortfall(worth + step) - shortfall(worth - step)).sum()) / (2 * step)
    off = shortfall(worth)
    number = int((measured > 0).sum())
    spread = float(np.sqrt((off**2).sum() * number / max(number - 1, 1)))
    half = NORMAL_95 * spread / max(slope, 1e-9)
    return Estimate(worth, worth - half, worth + half, f"{number} weeks")
