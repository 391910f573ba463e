"""The planner's steps before the roster: which days, what is expected, how many are needed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from centre.errors import InputError, Problem
from centre.grid import Horizon
from centre.queues import Queue
from centre.requirement import Requirement
from centre.said import Said
from centre.site import Site, StaffingRule
from centre.words import WEEKDAYS
from desk.actions.calibrating import calibrate_queues, figure_rows, figure_words
from desk.outputs import write_forecast, write_requirement
from desk.wiring import Place
from forecasts import arrivals
from forecasts.calibration import Calibration, calibrated
from forecasts.history import read_history
from forecasts.staffing import required_staff

HISTORY_KINDS = (".csv", ".parquet")


def horizon(place: Place, from_day: date | None, weeks: int) -> Horizon:
    """The days to plan: from a day, or from the next start of a week."""
    settings = place.site.settings
    first = from_day or next_week(place.today, settings.week_starts)
    return Horizon(settings.zone, settings.grid_minutes, first, 7 * weeks)


def next_week(day: date, week_starts: str) -> date:
    """The first start of a week after a day."""
    return day + timedelta(days=(WEEKDAYS.index(week_starts) - day.weekday() - 1) % 7 + 1)


@dataclass(frozen=True)
class MadeForecast:
    """A forecast that was made and kept.

    Attributes
    ----------
    run : its number.
    queues : of the site, by name.
    figures : what the staffing takes for each.
    left_out : queues that the history has rows of and queues.toml does not know.
    """

    run: int
    forecast: arrivals.Forecast
    queues: Mapping[str, Queue]
    figures: Mapping[str, Calibration]
    left_out: tuple[str, ...] = ()

    @property
    def without_history(self) -> list[str]:
        """Queues of the site that nothing is known of, and so nothing forecast."""
        return [name for name in self.queues if name not in self.forecast.queues]

    def summary(self) -> dict[str, Any]:
        """For --json: contacts, models and accuracy by queue, and what was found in the history."""
        table = self.forecast.table
        volumes = table.groupby("queue")["mean"].sum()
        return {
            "run": self.run,
            "from": str(self.forecast.horizon.first_day),
            "days": self.forecast.horizon.days,
            "queues": {
                name: {
                    "contacts": float(volumes[name]),
                    "models": [
                        Said("{model}: {why}", model=Said.term("model", choice.model), why=choice.why)
                        for choice in queue.choices
                    ],
                    "accuracy": dict(queue.accuracy),
                    "figures": figure_rows(self.queues[name], self.figures[name]),
                }
                for name, queue in self.forecast.queues.items()
            },
            "without_history": self.without_history,
            "left_out": list(self.left_out),
            "history": self.forecast.report.summary(),
            "findings": self.forecast.report.rows(self.forecast.horizon.zone),
        }

    def words(self) -> Iterable[str]:
        """For people: one line a queue, then what was found in the history."""
        for name, queue in self.summary()["queues"].items():
            accuracy = queue["accuracy"]
            known = {"queue": name, "contacts": queue["contacts"], "model": queue["models"][0]}
            if "wape" in accuracy:
                yield Said(
                    "{queue}: {contacts:,.0f} contacts, {model}, WAPE {wape:.1%} (day {day:.1%})",
                    **known,
                    wape=accuracy["wape"],
                    day=accuracy["wape_day"],
                )
            else:
                yield Said("{queue}: {contacts:,.0f} contacts, {model}", **known)
            yield Said("  {figures}", figures=figure_words(queue["figures"]))
        for name in self.without_history:
            yield Said("{queue}: no rows in history/: nothing is forecast for it, and nobody staffed", queue=name)
        for name in self.left_out:
            yield Said("{queue}: has rows in history/ and is not in queues.toml: left out", queue=name)
        yield from self.forecast.report.words(self.forecast.horizon.zone)


def forecast(place: Place, days: Horizon, *, write: bool = True) -> MadeForecast:
    """Forecast every queue over some days and keep the run.

    Parameters
    ----------
    write : out/forecast.csv, at once. A roster made from it brings it along with all its other files instead: until
        then, and for ever where it stays a draft, out/ speaks of what is published.

    Raises
    ------
    InputError : a history that is missing or cannot be read.
    """
    site = place.site
    settings = site.settings
    history = read_history(history_files(place.folder), settings.zone)
    known = history["queue"].isin(list(site.queues))
    left_out = tuple(sorted(str(name) for name in history["queue"][~known].unique()))
    made = arrivals.forecast(
        history[known],
        zone=settings.zone,
        grid_minutes=settings.grid_minutes,
        from_day=days.first_day,
        days=days.days,
        holidays=settings.holidays,
        special_days=site.special_days,
        opening=settings.opening or None,
        default_aht_s={name: queue.aht_s for name, queue in site.queues.items()},
    )
    run = place.plans.save_forecast(made.table, days, models=_models(made), at=place.now)
    if write:
        write_forecast(place.out, made.table, settings.zone, made.report)
    return MadeForecast(run, made, site.queues, calibrate_queues(place, made.records), left_out)


def history_files(folder: Path) -> list[Path]:
    """The history files of a site folder, in order of name.

    Raises
    ------
    InputError : there is none.
    """
    files = sorted(path for path in (folder / "history").glob("*") if path.suffix in HISTORY_KINDS)
    if not files:
        raise InputError(
            [Problem("history/", Said("folder"), Said("no file"), Said("at least one .csv or .parquet file"))]
        )
    return files


def _models(made: arrivals.Forecast) -> Mapping[str, str]:
    named = {name: dict.fromkeys(choice.model for choice in queue.choices) for name, queue in made.queues.items()}
    return {name: "; ".join(models) for name, models in named.items()}


def queues_used(site: Site, made: MadeForecast) -> dict[str, Queue]:
    """The queues that have a forecast, with patience, shrinkage and worth of an agent as the staffing takes them."""
    return {name: calibrated(queue, made.figures[name]) for name, queue in site.queues.items() if name in made.figures}


def shared_queues(site: Site) -> dict[str, tuple[str, ...]]:
    """For each queue without callers who wait, the queues with such callers whose agents also do its work."""
    waiting = {name for name, queue in site.queues.items() if queue.channel in ("voice", "chat")}
    found: dict[str, set[str]] = {name: set() for name in site.queues if name not in waiting}
    for agent in site.agents.values():
        for name in found.keys() & agent.skills.keys():
            found[name] |= waiting & agent.skills.keys()
    return {name: tuple(sorted(names)) for name, names in found.items()}


@dataclass(frozen=True)
class MadeRequirement:
    """A requirement that was made and kept."""

    version: int
    requirement: Requirement
    table: pd.DataFrame
    rule: StaffingRule
    saved_hours: Mapping[str, float]
    figures: Mapping[str, Mapping[str, Any]]

    def summary(self) -> dict[str, Any]:
        """For --json: agent-hours, the peak, and which goal binds how often, by queue."""
        need = self.requirement
        hours = need.horizon.minutes / 60
        needed = self.table[self.table["required"] > 0]
        binding = Counter(zip(needed["queue"].tolist(), needed["binding"].tolist(), strict=True))
        return {
            "version": self.version,
            "from": str(need.horizon.first_day),
            "days": need.horizon.days,
            "rule": self.rule.rule,
            "chance": self.rule.chance if self.rule.rule == "chance" else None,
            "target_over": self.rule.over,
            "queues": {
                queue: {
                    "required_hours": float(need.required[row].sum() * hours),
                    "gross_hours": float(need.gross[row].sum() * hours),
                    "peak": int(need.gross[row].max(initial=0)),
                    "saved_hours": self.saved_hours.get(queue, 0.0),
                    "binding": {goal: count for (name, goal), count in binding.most_common() if name == queue},
                    "figures": self.figures[queue],
                }
                for row, queue in enumerate(need.queues)
            },
        }

    def words(self) -> Iterable[str]:
        """For people: one line a queue."""
        for name, queue in self.summary()["queues"].items():
            goals = [
                Said("{goal} in {count}", goal=Said.term("goal", goal), count=count)
                for goal, count in queue["binding"].items()
            ]
            yield Said(
                "{queue}: {required:,.0f} agent-hours, {gross:,.0f} with unplanned shrinkage, at most {peak} at once; "
                "binding intervals: {goals}",
                queue=name,
                required=queue["required_hours"],
                gross=queue["gross_hours"],
                peak=queue["peak"],
                goals=goals or Said("none"),
            )
            if self.rule.over != "interval":
                yield Said(
                    "  {hours:,.0f} hours fewer than with the target reached in every interval",
                    hours=queue["saved_hours"],
                )
            yield Said("  {figures}", figures=figure_words(queue["figures"]))


def staff(
    place: Place,
    days: Horizon,
    made: MadeForecast | None = None,
    rule: StaffingRule | None = None,
    *,
    write: bool = True,
) -> MadeRequirement:
    """Required staff over some days from a forecast (made now if none is given), kept.

    Patience, unplanned shrinkage and the worth of an agent are the history's where queues.toml does not give them.

    Parameters
    ----------
    rule : what to staff on; the site's own by default.
    write : out/requirement.csv and the service curves, at once; as `forecast` does.
    """
    by = rule or place.site.settings.staffing
    expected = made or forecast(place, days, write=write)
    site = place.site
    staffing = required_staff(
        expected.forecast.staffing_table(),
        queues_used(site, expected).values(),
        interval_minutes=site.settings.grid_minutes,
        rule=by.rule,
        chance=by.chance,
        target_over=by.over,
        lagged=by.load == "lagged",
        carried=by.load == "carried",
        shared=shared_queues(site),
    )
    requirement = staffing.requirement(days)
    version = place.plans.save_requirement(requirement, forecast_run=expected.run, at=place.now)
    if write:
        write_requirement(place.out, requirement)
    return MadeRequirement(
        version=version,
        requirement=requirement,
        table=staffing.table,
        rule=by,
        saved_hours=staffing.saved_hours,
        figures={name: figure_rows(site.queues[name], expected.figures[name]) for name in requirement.queues},
    )
