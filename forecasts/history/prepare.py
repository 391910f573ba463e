"""From checked rows to each queue's record, with a finding for everything that was not plain."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import gcd

import numpy as np
import pandas as pd

from centre.errors import InputError, Problem
from centre.grid import Horizon, instant, local_day
from centre.said import Said
from centre.site import Span, SpecialDay
from forecasts.calendar import Calendar, calendar
from forecasts.history.clean import closed_days, learnable
from forecasts.history.opening import given_slots, open_slots
from forecasts.history.record import FloatArray, Outcomes, Record
from forecasts.history.regrid import regrid, source_minutes
from forecasts.history.report import Finding, HistoryReport, report
from forecasts.history.rows import plain_rows, stretches
from forecasts.history.table import history_table
from forecasts.history.walls import Walls, walls


@dataclass(frozen=True)
class History:
    """Every queue's record on the site's grid, and the report of what was found on the way.

    Attributes
    ----------
    records : by queue.
    calendars : of the same days, by queue.
    report : the findings.
    """

    zone: str
    grid_minutes: int
    records: Mapping[str, Record]
    calendars: Mapping[str, Calendar]
    report: HistoryReport


def prepare(
    history: pd.DataFrame,
    *,
    zone: str,
    grid_minutes: int,
    before: date | None = None,
    holidays: str = "",
    special_days: Iterable[SpecialDay] = (),
    opening: Mapping[str, tuple[Span, ...]] | None = None,
) -> History:
    """Bring a history to the site's grid, find what is wrong in it and say what was done about each.

    Parameters
    ----------
    history : the table contract, as `read_history` or `history_table` return it or as the user gave it.
    before : rows of this local day and later are not looked at.
    opening : opening hours, or None to learn them. Hours at which contacts are seen all the same count as open.

    Raises
    ------
    InputError : rows that cannot be read, or no rows at all before `before`.
    """
    table = history if _checked(history) else history_table(history, zone)
    if before is not None:
        table = table[table["start"].to_numpy() < Horizon(zone, grid_minutes, before, 1).begin]
    if table.empty:
        raise InputError(
            [
                Problem(
                    "history/",
                    Said("rows"),
                    Said("none before the forecast begins"),
                    Said("at least one day of history"),
                )
            ]
        )
    specials = tuple(special_days)
    records: dict[str, Record] = {}
    calendars: dict[str, Calendar] = {}
    findings: list[Finding] = []
    for name, rows in table.groupby("queue", sort=True):
        queue = str(name)
        first, last = (local_day(int(edge), zone) for edge in (rows["start"].min(), rows["start"].max()))
        days = (last - first).days + 1
        if before is not None:
            days = max(days, (before - first).days)
        grid = Horizon(zone, grid_minutes, first, days)
        known = calendar(first, days, holidays=holidays, special_days=specials, queue=queue)
        records[queue] = _record(queue, rows, grid, known, opening, findings)
        calendars[queue] = known
    # Days between the last row of any queue and the forecast are not over yet, or not exported: they are no gaps.
    after = instant(local_day(int(table["start"].max()), zone) + timedelta(days=1), 0, zone)
    return History(zone, grid_minutes, records, calendars, report(f for f in findings if f.begin < after))


def _checked(table: pd.DataFrame) -> bool:
    return "clock" in table.columns and table["start"].dtype == np.int64


def _record(
    queue: str,
    rows: pd.DataFrame,
    grid: Horizon,
    known: Calendar,
    opening: Mapping[str, tuple[Span, ...]] | None,
    findings: list[Finding],
) -> Record:
    source = source_minutes(np.unique(rows["start"].to_numpy()))
    plain = plain_rows(queue, rows, source, findings)
    values, seen = regrid(plain, grid.begin, grid.count, grid.minutes, source)
    wall = walls(grid)
    _say_grid(queue, plain, source, grid, findings)
    offered = wall.matrix(values["offered"])
    _partial(queue, offered, wall, seen, findings)
    given = given_slots(opening, grid.minutes) if opening is not None else None
    open_now = open_slots(queue, offered, known, given, wall, findings)
    closed = closed_days(queue, offered, open_now, known, wall, findings)
    rowless = np.isnan(wall.matrix(values["rows"]))
    counts, offered = learnable(queue, offered, rowless, open_now, closed, known, wall, findings)
    return Record(
        queue=queue,
        first_day=grid.first_day,
        grid_minutes=grid.minutes,
        offered=offered,
        counts=counts,
        answered=wall.matrix(values["aht_weight"]),
        aht_s=wall.matrix(values["aht_s"]),
        closed=closed,
        open=open_now,
        outcomes=Outcomes(**{name: wall.matrix(values[name]) for name in Outcomes.__dataclass_fields__}),
    )


def _say_grid(queue: str, rows: pd.DataFrame, source: int, grid: Horizon, findings: list[Finding]) -> None:
    starts = rows["start"].to_numpy()
    off = starts[(starts - grid.begin) % (gcd(source, grid.minutes) * 60) != 0]
    what = Said("rows that do not begin on a grid of {minutes} minutes", minutes=gcd(source, grid.minutes))
    findings += stretches(queue, off, source, "regridded", what, Said("counted where they begin"))
    if source == grid.minutes:
        return
    how = Said("counts split and summed, AHT weighted by answered")
    if grid.minutes % source == 0:
        how = Said("counts summed, AHT weighted by answered")
    elif source % grid.minutes == 0:
        how = Said("counts spread over the parts of each row, AHT weighted by answered")
    what = Said("rows of {source} minutes for a grid of {grid}", source=source, grid=grid.minutes)
    findings.append(Finding(queue, grid.begin, grid.end, "regridded", what, how))


def _partial(queue: str, offered: FloatArray, wall: Walls, seen: FloatArray, findings: list[Finding]) -> None:
    """Intervals of which rows cover only a part: as usual for that slot (closing time), or with a hole."""
    cover = wall.matrix(seen)
    some = ~np.isnan(offered)
    if np.all(cover[some] > 0.999):
        return
    usual = np.array(
        [np.median(column[mask]) if mask.any() else 1.0 for column, mask in zip(cover.T, some.T, strict=True)]
    )
    holes = some & (cover < usual - 1e-6)
    offered[holes] = np.nan
    findings += wall.findings(
        queue, holes, "partial interval", Said("only a part of the interval has rows"), Said("left out as unknown")
    )
    for slot in np.flatnonzero((usual < 0.999) & (usual > 0)):
        begin = int(slot) * wall.grid.minutes
        findings.append(
            Finding(
                queue, wall.grid.begin, wall.grid.end, "partial interval",
                Said("rows cover {share:.0%} of the interval at {at} on every day", share=float(usual[slot]),
                     at=f"{begin // 60:02d}:{begin % 60:02d}"),
                Said("taken as it is: the rest counts as closed"),
            )
        )  # fmt: skip
