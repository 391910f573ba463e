"""What the history and the floor say of the staffing's own figures, beside those in use: `paiban calibrate`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite
from typing import Any

from centre.grid import local_day
from centre.said import Said
from centre.site import Site
from desk.actions.calibrating import calibrate_queues, figure_rows, figure_words
from desk.actions.planning import history_files
from desk.wiring import Place
from forecasts.calibration import DAYS, Calibration
from forecasts.history import prepare, read_history

FIGURES = ("patience_s", "unplanned_shrinkage", "agent_worth", "aht_s")


@dataclass(frozen=True)
class Calibrated:
    """The figures of every queue with a history."""

    site: Site
    last_day: date
    figures: Mapping[str, Calibration]

    def summary(self) -> dict[str, Any]:
        """For --json; docs/calibration.md says what each figure means."""
        return {
            "site": self.site.settings.name,
            "to": str(self.last_day),
            "days": DAYS,
            "queues": {name: figure_rows(self.site.queues[name], found) for name, found in self.figures.items()},
        }

    def words(self) -> Iterable[str]:
        """For people: the figures by queue, then what would have to be known for those that cannot be told."""
        for name, rows in self.summary()["queues"].items():
            yield Said("{queue}: {figures}", queue=name, figures=figure_words(rows))
            for figure in FIGURES:
                row = rows[figure]
                if _outside(row):
                    yield Said(
                        "  {figure} of queues.toml lies outside what the history says; without that line the history's "
                        "is used",
                        figure=figure,
                    )
                elif not isfinite(row["estimate"]):
                    yield Said("  {figure}: {why}", figure=figure, why=row["rests_on"])


def _outside(row: Mapping[str, Any]) -> bool:
    """Whether the planner's own figure lies outside the estimate's confidence."""
    return row["source"] == "queues.toml" and not (row["low"] <= row["used"] <= row["high"] or not isfinite(row["low"]))


def calibrate(place: Place) -> Calibrated:
    """Estimate every queue's figures from the days before today, up to the last one with rows.

    Raises
    ------
    InputError : a history that is missing or cannot be read.
    """
    site, settings = place.site, place.site.settings
    history = read_history(history_files(place.folder), settings.zone)
    history = history[history["queue"].isin(list(site.queues))]
    after = local_day(int(history["start"].max()), settings.zone) + timedelta(days=1) if len(history) else place.today
    prepared = prepare(
        history,
        zone=settings.zone,
        grid_minutes=settings.grid_minutes,
        before=min(place.today, after),
        holidays=settings.holidays,
        special_days=site.special_days,
        opening=settings.opening or None,
    )
    last = max(record.day(record.days - 1) for record in prepared.records.values())
    return Calibrated(site, last, calibrate_queues(place, prepared.records))
