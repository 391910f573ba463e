"""What the history teaches about each queue's staffing figures, and which of them the staffing uses."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from centre.grid import Horizon
from centre.queues import Queue
from centre.roster import ANSWERING
from centre.said import Said
from desk.wiring import Place
from forecasts.calibration import DAYS, Calibration, Estimate, calibrate, figures_used
from forecasts.history import Record
from forecasts.history.walls import walls

FloatArray = NDArray[np.float64]


def calibrate_queues(place: Place, records: Mapping[str, Record]) -> dict[str, Calibration]:
    """The figures of every queue with a history; published rosters stand in where it says nothing of the rostered."""
    return {
        name: calibrate(record, place.site.queues[name], _rostered(place, record))
        for name, record in records.items()
        if name in place.site.queues
    }


def _rostered(place: Place, record: Record) -> FloatArray | None:
    """Agents of the published rosters on a queue, by day and slot of its record; NaN on days without a roster.

    None where the history counts no agents: there is nothing to hold the roster against.
    """
    came = record.outcomes
    if came is None or np.isnan(came.agents).all() or not np.isnan(came.rostered).all():
        return None
    days = min(DAYS, record.days)
    grid = Horizon(place.site.settings.zone, record.grid_minutes, record.day(record.days - days), days)
    agent_seconds = np.zeros(grid.count)
    for segment in place.plans.published_roster(grid.begin, grid.end).segments:
        if segment.activity in ANSWERING and segment.queue == record.queue:
            first, last = max(grid.index(segment.start), 0), min(grid.index(segment.end - 1), grid.count - 1)
            within = grid.starts[first : last + 1]
            over = np.minimum(segment.end, within + grid.step) - np.maximum(segment.start, within)
            agent_seconds[first : last + 1] += over
    by_day = walls(grid).matrix(agent_seconds / grid.step)
    by_day[np.nansum(by_day, axis=1) == 0] = np.nan
    everything = np.full((record.days, record.slots), np.nan)
    everything[record.days - days :] = by_day
    return everything


def figure_rows(queue: Queue, found: Calibration) -> dict[str, Any]:
    """For --json: each figure with its value in use, where from, and the history's estimate beside it."""
    rows = {
        name: {"used": used.value, "source": used.source, **_estimate(used.estimate)}
        for name, used in figures_used(queue, found).items()
    }
    return {**rows, "service_level_error": _estimate(found.level_error)}


def _estimate(estimate: Estimate) -> dict[str, Any]:
    return {
        "estimate": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "rests_on": estimate.rests_on,
    }


def figure_words(rows: Mapping[str, Any]) -> Said:
    """For people, on one line."""
    parts = {
        "handle_time": _words(rows["aht_s"], "{:.0f} s"),
        "patience": _words(rows["patience_s"], "{:.0f} s", endless=True),
        "shrinkage": _words(rows["unplanned_shrinkage"], "{:.1%}"),
    }
    error = rows["service_level_error"]
    if not np.isfinite(error["estimate"]):
        return Said("handle time {handle_time}; patience {patience}; unplanned shrinkage {shrinkage}", **parts)
    return Said(
        "handle time {handle_time}; patience {patience}; unplanned shrinkage {shrinkage}; worth of an agent {worth}; "
        "formulas off by {error:+.1%} of service level",
        **parts,
        worth=_words(rows["agent_worth"], "{:.2f}"),
        error=error["estimate"],
    )


def _words(row: Mapping[str, Any], form: str, endless: bool = False) -> Said:
    """Value and source; where the planner's own figure is used, the history's beside it."""
    used = Said("for ever") if endless and row["used"] == 0 else form.format(row["used"])
    if not np.isfinite(row["estimate"]):
        if row["source"] == "default":
            return Said("{value} (default)", value=used)
        return Said("{value} ({source})", value=used, source=row["source"])
    known = {"low": form.format(row["low"]), "high": form.format(row["high"])}
    if row["source"] == "history":
        return Said("{value} (history: {low} to {high})", value=used, **known)
    known["estimate"] = form.format(row["estimate"])
    return Said("{value} ({source}; history {estimate}: {low} to {high})", value=used, source=row["source"], **known)
