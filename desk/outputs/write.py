"""Everything of out/, written to the side and moved into place whole."""

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from filelock import FileLock

from centre.requirement import Requirement
from centre.roster import Roster
from centre.site import Site
from desk.outputs.ics import write_calendars
from desk.outputs.page import write_page
from desk.outputs.plan import plan_of
from desk.outputs.result import write_result
from desk.outputs.service_curve import write_service_curve
from desk.outputs.tables import (
    write_coverage_csv,
    write_forecast_csv,
    write_history_csv,
    write_reforecast_csv,
    write_requirement_csv,
    write_roster_csv,
)
from desk.outputs.workbook import write_workbook
from desk.wording import choose_language, words
from forecasts.history import HistoryReport
from scheduler.problem import Problem
from store.atomic import replace_folder_files, staging_folder, written_aside

if TYPE_CHECKING:
    from desk.verification import Verification
    from scheduler.solve import Result


def write_outputs(
    out: Path,
    *,
    problem: Problem,
    forecast: pd.DataFrame,
    roster: Roster,
    result: "Result",
    versions: Mapping[str, Any],
    language: str,
    at: datetime,
    verification: "Verification | None" = None,
    history: HistoryReport | None = None,
) -> list[Path]:
    """Write every file of the site format; a reader sees the files before, or all of these.

    Calendars of people who are no longer in the roster go; other files in `out` stay as they are.

    Parameters
    ----------
    out : the folder; made if it is not there.
    forecast : queue, start, mean, q10, q50, q90, aht_s.
    roster : the roster with its version; the same segments as `result`'s.
    versions : forecast_run, requirement, roster, seed: what result.json names beside the digests of the site's files.
    language : "en" or "zh", of workbook, page and calendars; "" for the site's own. Tables and result.json are the
        same in both.
    at : aware; when this version was made.
    verification : what simulation says of the roster.
    history : what was found in the history that the forecast was made from; None: history.csv stays as it is.

    Returns
    -------
    The files written, in order of name.

    Raises
    ------
    InputError : a language without words.
    """
    said = words(choose_language(language, problem.site.settings.language))
    requirement = problem.requirement
    plan = plan_of(problem.site, problem.horizon, requirement, roster)
    with staged(out, drop=("ics",)) as folder:
        write_forecast_csv(folder / "forecast.csv", forecast, problem.horizon.zone)
        if history is not None:
            write_history_csv(folder / "history.csv", history.rows(problem.horizon.zone))
        write_requirement_csv(folder / "requirement.csv", requirement)
        write_service_curve(folder / "service_curve.parquet", requirement)
        write_roster_csv(folder / "roster.csv", roster, problem.horizon.zone)
        write_coverage_csv(folder / "coverage.csv", result.coverage, verification.rostered if verification else None)
        write_workbook(folder / "roster.xlsx", plan, result.coverage, said, at)
        write_page(folder / "roster.html", plan, result.coverage, said, at, result.log)
        write_calendars(folder / "ics", plan, said, at)
        write_result(folder / "result.json", problem, result, versions, at, verification)
        names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return [out / name for name in names]


KEPT = ("forecast.csv", "history.csv")
"""Files that a change of the roster leaves as they are."""


def write_outputs_again(
    out: Path,
    *,
    problem: Problem,
    roster: Roster,
    result: "Result",
    versions: Mapping[str, Any],
    language: str,
    at: datetime,
    verification: "Verification | None" = None,
    still_so: Callable[[], bool] = lambda: True,
) -> list[Path]:
    """Write the files that speak of the roster anew, as `write_outputs` does; the forecast stays.

    Raises
    ------
    OvertakenError : it was no longer so when the files were to come into place; nothing is written then.
    """
    said = words(choose_language(language, problem.site.settings.language))
    plan = plan_of(problem.site, problem.horizon, problem.requirement, roster)
    with staged(out, drop=("ics",), still_so=still_so) as folder:
        for name in KEPT:
            if (out / name).is_file():
                shutil.copyfile(out / name, folder / name)
        write_requirement_csv(folder / "requirement.csv", problem.requirement)
        write_service_curve(folder / "service_curve.parquet", problem.requirement)
        write_roster_csv(folder / "roster.csv", roster, problem.horizon.zone)
        write_coverage_csv(folder / "coverage.csv", result.coverage, verification.rostered if verification else None)
        write_workbook(folder / "roster.xlsx", plan, result.coverage, said, at)
        write_page(folder / "roster.html", plan, result.coverage, said, at, result.log)
        write_calendars(folder / "ics", plan, said, at)
        write_result(folder / "result.json", problem, result, versions, at, verification)
        names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return [out / name for name in names]


def write_first_outputs(
    out: Path,
    *,
    site: Site,
    requirement: Requirement,
    roster: Callable[[], Roster],
    people: Collection[str] | None,
    language: str,
    at: datetime,
) -> None:
    """Write roster.csv and the calendars of these people (None: of everybody), each whole; the rest stays as it is.

    Parameters
    ----------
    roster : what is published, asked once nobody else writes.
    """
    said = words(choose_language(language, site.settings.language))
    horizon = requirement.horizon
    with _alone(out):
        now = roster()
        mine = now if people is None else Roster.of((s for s in now.segments if s.agent in people), now.version)
        write_calendars(out / "ics", plan_of(site, horizon, requirement, mine), said, at, people)
        with written_aside(out / "roster.csv") as side:
            write_roster_csv(side, now, horizon.zone)


def write_forecast(out: Path, table: pd.DataFrame, zone: str, found: HistoryReport) -> list[Path]:
    """Write out/forecast.csv, and what was found in the history into out/history.csv, both at once."""
    with staged(out) as folder:
        write_forecast_csv(folder / "forecast.csv", table, zone)
        write_history_csv(folder / "history.csv", found.rows(zone))
    return [out / "forecast.csv", out / "history.csv"]


def write_reforecast(out: Path, table: pd.DataFrame, zone: str) -> list[Path]:
    """Write out/reforecast.csv, whole."""
    with staged(out) as folder:
        write_reforecast_csv(folder / "reforecast.csv", table, zone)
    return [out / "reforecast.csv"]


def write_requirement(out: Path, requirement: Requirement) -> list[Path]:
    """Write out/requirement.csv and the service curves, both at once."""
    with staged(out) as folder:
        write_requirement_csv(folder / "requirement.csv", requirement)
        write_service_curve(folder / "service_curve.parquet", requirement)
    return [out / "requirement.csv", out / "service_curve.parquet"]


class OvertakenError(Exception):
    """What was to be written is no longer what is so."""


@contextmanager
def staged(out: Path, drop: Collection[str] = (), still_so: Callable[[], bool] = lambda: True) -> Iterator[Path]:
    """A folder to write into whose files come into `out` all at once, when and only when nothing went wrong.

    Raises
    ------
    OvertakenError : it is no longer so; asked when nobody else writes any more.
    """
    folder = staging_folder(out)
    try:
        yield folder
        with _alone(out):
            if not still_so():
                raise OvertakenError
            replace_folder_files(folder, out, drop=drop)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _alone(out: Path) -> FileLock:
    """Held by whoever puts files into a folder: the board writes some while its worker, or a night, writes all."""
    target = out.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(target.with_name(f".{target.name}.lock"), timeout=WAIT_S)


WAIT_S = 60.0
