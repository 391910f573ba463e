"""What the history teaches about each queue's staffing figures, and which of them the staffing uses."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from centre.grid import Horizon, instant
from centre.queues import Queue
from centre.roster import ANSWERING
from centre.said import Said
from desk.wiring import Place, logbook_of
from forecasts.calibration import DAYS, Calibration, calibrate, figures_used
from forecasts.estimates import Estimate
from forecasts.history import Record
from forecasts.history.walls import walls
from forecasts.shrinkage import Attended
from streams.kpi import DayFigures

FloatArray = NDArray[np.float64]

FIGURES = "figures"
"""Kind of the logbook's lines that hold a day's key figures."""


def calibrate_queues(place: Place, records: Mapping[str, Record]) -> dict[str, Calibration]:
    """The figures of every queue with a history; published rosters stand in where it says nothing of the rostered, and
    what the floor's journal says of attendance where it counts no agents."""
    seen = days_seen(place)
    return {
        name: calibrate(record, place.site.queues[name], _rostered(place, record), attended(place, seen, name))
        for name, record in records.items()
        if name in place.site.queues
    }


def days_seen(place: Place) -> dict[date, DayFigures]:
    """The last days whose figures were kept from the floor's journal (`desk.actions.figures`)."""
    first = place.today - timedelta(days=DAYS)
    begin = instant(first, 0, place.site.settings.zone)
    lines = logbook_of(place).lines(FIGURES, begin=begin)
    seen = {date.fromisoformat(line.about): DayFigures.of_json(line.content) for line in lines}
    return {day: figures for day, figures in seen.items() if first <= day < place.today}


def attended(place: Place, seen: Mapping[date, DayFigures], queue: str) -> Attended | None:
    """Hours due and attended of the agents who serve a queue, by week; None where the floor was not watched."""
    serves = {name for name, agent in place.site.agents.items() if queue in agent.skills}
    due, came = np.zeros(DAYS // 7 + 1), np.zeros(DAYS // 7 + 1)
    for day, figures in seen.items():
        week = (place.today - day).days // 7
        for name, sums in figures.agents.items():
            if name in serves:
                due[week] += sums.due_s / 3600
                came[week] += sums.attended_s / 3600
    return Attended(due, came) if due.any() else None


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
