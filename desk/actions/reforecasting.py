"""The rest of a day, forecast anew from what has come so far, and whom it needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from centre.errors import InputError
from centre.grid import Horizon, aware, instant, local_day
from centre.said import Said
from centre.site import Site
from desk.actions.calibrating import calibrate_queues
from desk.actions.planning import HISTORY_KINDS, history_files
from desk.actions.recorded import JOURNAL, recorded_events
from desk.outputs.write import write_reforecast
from desk.wiring import Place
from forecasts import arrivals
from forecasts.calibration import calibrated
from forecasts.history import prepare, read_history
from forecasts.history.walls import Walls, walls
from forecasts.intraday import Reforecast
from forecasts.intraday_plan import IntradayPlan, intraday_plans
from forecasts.staffing import required_staff
from streams.arrived import contacts_arrived

FloatArray = NDArray[np.float64]
LEVELS = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Reforecasted:
    """A day reforecast.

    Attributes
    ----------
    at : UTC second.
    source : where the contacts of today come from.
    table : queue, start (aware), actual (NaN where not yet, or not known), first_mean, mean, first_q10, first_q90, q10,
        q50, q90, wide (q90 - q10 if today had told nothing but the mean), aht_s, first_required, required (net); one
        row an interval of the day.
    factors, gains : by queue, contacts now expected for the rest over those first forecast; share of the move made.
    milliseconds : what the update itself took, all queues.
    """

    site: Site
    at: int
    source: str
    table: pd.DataFrame
    factors: Mapping[str, float]
    gains: Mapping[str, float]
    milliseconds: float

    def summary(self) -> dict[str, Any]:
        """For --json: by queue what came, what is expected of the rest, how much bands narrowed, hours needed."""
        zone = self.site.settings.zone
        return {
            "site": self.site.settings.name,
            "at": aware(self.at, zone).isoformat(),
            "source": self.source,
            "update_ms": self.milliseconds,
            "queues": {name: self._queue(name) for name in sorted(self.factors)},
        }

    def _queue(self, name: str) -> dict[str, Any]:
        rows = self.table[self.table["queue"] == name]
        seconds = pd.DatetimeIndex(rows["start"]).tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[s]")
        rest = rows[seconds.astype(np.int64) >= self.at]
        width = float((rest["q90"] - rest["q10"]).sum())
        wide = float(rest["wide"].sum())
        hours = self.site.settings.grid_minutes / 60
        return {
            "came": float(rows["actual"].sum()),
            "expected_by_now": float(rows["first_mean"][rows["actual"].notna()].sum()),
            "rest_first": float(rest["first_mean"].sum()),
            "rest": float(rest["mean"].sum()),
            "factor": self.factors[name],
            "gain": self.gains[name],
            "band_width": width / wide if wide > 0 else None,
            "required_hours_first": float(rest["first_required"].sum() * hours),
            "required_hours": float(rest["required"].sum() * hours),
            "intervals": [
                {"start": start.isoformat(), **figures}
                for start, figures in zip(
                    pd.DatetimeIndex(rest["start"]), rest[list(INTERVAL)].to_dict("records"), strict=True
                )
            ],
        }

    def words(self) -> Iterable[str]:
        """For people: a line a queue."""
        said = self.summary()
        yield Said("{at}, contacts from {source}", at=said["at"], source=said["source"])
        for name, queue in said["queues"].items():
            width = queue["band_width"]
            yield Said(
                "{queue}: {came:,.0f} came, {due:,.0f} were expected; rest of the day {rest:,.0f} instead of "
                "{first:,.0f} ({moved:+.1%}){kept}; {band}; {hours:,.1f} agent-hours instead of {first_hours:,.1f}",
                queue=name,
                came=queue["came"],
                due=queue["expected_by_now"],
                rest=queue["rest"],
                first=queue["rest_first"],
                moved=queue["factor"] - 1,
                kept=Said(" (too little to tell: first forecast kept)") if queue["gain"] == 0 else "",
                band=Said("nothing to come")
                if width is None
                else Said("bands at {width:.0%} of their width", width=width),
                hours=queue["required_hours"],
                first_hours=queue["required_hours_first"],
            )


INTERVAL = ("mean", "q10", "q50", "q90", "first_mean", "aht_s", "required", "first_required")


def reforecast(place: Place, at: datetime, source: str = "") -> Reforecasted:
    """Forecast the rest of a day from what has come by a moment.

    The day's first forecast is made from the history before it, and what mornings tell of afternoons learned from its
    past days; both are then moved by what came. Written to out/reforecast.csv.

    Parameters
    ----------
    source : a file of events; a .csv or .parquet in the history's form with rows of the day; "journal" for what
        `paiban watch` took in; "history" for the day's own rows in history/; "" for the journal, or the history where
        nothing was watched that day.

    Raises
    ------
    InputError : the source knows nothing of the day.
    """
    site, settings = place.site, place.site.settings
    now = int(at.astimezone(UTC).timestamp())
    day = local_day(now, settings.zone)
    history = site_history(place)
    grid = Horizon(settings.zone, settings.grid_minutes, day, 1)
    came, named = _came(place, source, grid, now, history)
    made = first_forecast(place, day, history)
    plans = intraday_plans(made, day)
    wall = walls(grid)
    begin = perf_counter()
    moved = {name: plan.now(_by_slot(wall, came.get(name), grid), LEVELS) for name, plan in plans.items()}
    spent = 1000 * (perf_counter() - begin)
    table = pd.concat(
        [_rows(plans[name], moved[name], wall, came.get(name)) for name in sorted(plans)], ignore_index=True
    )
    figures = calibrate_queues(place, made.records)
    queues = [calibrated(queue, figures[name]) for name, queue in site.queues.items() if name in figures]
    rule = settings.staffing
    for column, first in (("required", ""), ("first_required", "first_")):
        arriving = table[["queue", "start", "aht_s"]].assign(
            **{name: table[f"{first}{name}"] for name in ("mean", "q10", "q90")}
        )
        staffing = required_staff(
            arriving, queues, interval_minutes=settings.grid_minutes, rule=rule.rule, chance=rule.chance
        )
        table[column] = staffing.table["required"].to_numpy()
    write_reforecast(place.out, table, settings.zone)
    return Reforecasted(
        site=site,
        at=now,
        source=named,
        table=table,
        factors={name: each.factor for name, each in moved.items()},
        gains={name: each.gain for name, each in moved.items()},
        milliseconds=spent,
    )


def site_history(place: Place) -> pd.DataFrame:
    """The history of the site's queues.

    Raises
    ------
    InputError : it is missing or cannot be read.
    """
    history = read_history(history_files(place.folder), place.site.settings.zone)
    return history[history["queue"].isin(list(place.site.queues))]


def first_forecast(place: Place, day: date, history: pd.DataFrame) -> arrivals.Forecast:
    """A day as the history before it forecasts it."""
    settings = place.site.settings
    return arrivals.forecast(
        history,
        zone=settings.zone,
        grid_minutes=settings.grid_minutes,
        from_day=day,
        days=1,
        holidays=settings.holidays,
        special_days=place.site.special_days,
        opening=settings.opening or None,
        default_aht_s={name: queue.aht_s for name, queue in place.site.queues.items()},
    )


def _came(
    place: Place, source: str, grid: Horizon, now: int, history: pd.DataFrame
) -> tuple[dict[str, FloatArray], str]:
    """Contacts by interval of the day, by queue, and the name of where they come from."""
    begin = instant(grid.first_day, 0, grid.zone)
    if Path(source).suffix in HISTORY_KINDS:
        came, named = _from_rows(read_history([Path(source)], grid.zone), grid, now), source
    elif source == "history":
        came, named = _from_rows(history, grid, now), "history/"
    else:
        came = contacts_arrived(recorded_events(place, source, begin, now + 1), grid, now)
        named = source or JOURNAL
        if not came and not source:
            came, named = _from_rows(history, grid, now), "history/"
    known = {name: counts for name, counts in came.items() if not np.isnan(counts).all()}
    if not known:
        where = named if source else "what `paiban watch` took in, nor history/"
        raise InputError(
            Said(
                "no contacts of {first_day} before {now:%H:%M} in {where}: name a file of events or of history rows "
                "with --source",
                first_day=grid.first_day,
                now=aware(now, grid.zone),
                where=where,
            )
        )
    return known, named


def _from_rows(rows: pd.DataFrame, grid: Horizon, now: int) -> dict[str, FloatArray]:
    """The day's rows of a history, on the site's grid; intervals that have ended only."""
    starts = rows["start"].to_numpy()
    today = rows[(starts >= grid.begin) & (starts < min(grid.end, now))]
    if today.empty:
        return {}
    prepared = prepare(today, zone=grid.zone, grid_minutes=grid.minutes)
    wall = walls(grid)
    ended = grid.starts + grid.step <= now
    return {
        name: np.where(ended, wall.vector(record.offered[:1]), np.nan)
        for name, record in prepared.records.items()
        if record.first_day == grid.first_day
    }


def _by_slot(wall: Walls, counts: FloatArray | None, grid: Horizon) -> FloatArray:
    everything = np.full(grid.count, np.nan) if counts is None else counts
    by_slot: FloatArray = wall.matrix(everything)[0]
    return by_slot


def _rows(plan: IntradayPlan, moved: Reforecast, wall: Walls, counts: FloatArray | None) -> pd.DataFrame:
    first = {level: plan.bands.quantile(plan.mean, level) for level in LEVELS}

    def spread(values: FloatArray) -> FloatArray:
        return wall.vector(values[None, :])

    grid = wall.grid
    return pd.DataFrame(
        {
            "queue": plan.queue,
            "start": pd.DatetimeIndex([aware(int(second), grid.zone) for second in grid.starts]),
            "actual": np.full(grid.count, np.nan) if counts is None else counts,
            "first_mean": spread(plan.mean),
            "mean": spread(moved.mean),
            "first_q10": spread(first[0.1]),
            "first_q90": spread(first[0.9]),
            **{f"q{100 * level:.0f}": spread(moved.quantiles[level]) for level in LEVELS},
            "wide": spread(plan.bands.quantile(moved.mean, LEVELS[-1]) - plan.bands.quantile(moved.mean, LEVELS[0])),
            "aht_s": spread(plan.aht_s),
        }
    )
