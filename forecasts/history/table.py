"""The table contract of a history, checked at the door.

`queue, start, offered` and optionally `answered, abandoned, answered_within, aht_s, wait_s, agents, rostered`, one row
an interval and queue. `start` is ISO 8601, with offset, or local to the site. `offered` ... `answered_within` are
counts, `aht_s` is the mean handle time of the answered, `wait_s` the total wait of the offered, both in seconds.
`agents` is how many agents served the queue on the mean of the interval, `rostered` how many the roster had put there.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from centre.errors import InputError, Problem
from centre.library_words import said_by
from centre.said import Said

COUNTS = ("offered", "answered", "abandoned", "answered_within")
LEVELS = ("aht_s", "agents", "rostered")
"""Means over an interval: they are not added up."""

VALUES = (*COUNTS, "wait_s", *LEVELS)
COLUMNS = ("queue", "start", *VALUES)

_OFFSET = r"(?:[zZ]|[+-]\d\d:?\d\d)$"
_START = Said('ISO 8601, such as "2026-03-01T08:30" (local to the site) or "2026-03-01T08:30+08:00"')
_SHOWN = 200
"""Problems shown of one file: a wrong column would otherwise print a year of rows."""


def read_history(files: Sequence[Path], zone: str) -> pd.DataFrame:
    """Read history files, CSV or Parquet, into one table.

    Returns
    -------
    DataFrame as `history_table` returns it, rows in the order of files: a later file corrects an earlier one.

    Raises
    ------
    InputError : with file and row of every value that cannot be read.
    """
    frames: list[pd.DataFrame] = []
    problems: list[Problem] = []
    for number, file in enumerate(files):
        try:
            frames.append(history_table(_read(file), zone, file=file.name).assign(source=number))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    if not frames:
        raise InputError(
            [Problem("history/", Said("folder"), Said("no file"), Said("at least one .csv or .parquet file"))]
        )
    return pd.concat(frames, ignore_index=True)


def _read(file: Path) -> pd.DataFrame:
    try:
        if file.suffix == ".parquet":
            return pd.read_parquet(file)
        try:
            numbers: dict[str, object] = dict.fromkeys(VALUES, "float64")
            return pd.read_csv(file, dtype={"queue": "str", "start": "str", **numbers}, encoding="utf-8-sig")  # type: ignore[arg-type]
        except ValueError:
            return pd.read_csv(file, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (OSError, ValueError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise InputError(
            [Problem(file.name, Said("file"), said_by(error), Said("a CSV (UTF-8) or Parquet table"))]
        ) from error


def history_table(frame: pd.DataFrame, zone: str, *, file: str = "history") -> pd.DataFrame:
    """Check one table of history and bring its times to UTC.

    Parameters
    ----------
    frame : the columns of the contract; `start` as text, or as datetimes (naive ones are local to `zone`).
    zone : IANA name of the site's zone.
    file : name for the messages.

    Returns
    -------
    DataFrame with queue, start (UTC seconds, int64; what a clock change makes doubtful is marked in `clock`:
    "" plain, "repeated" an hour that occurs twice and was given once, "skipped" an hour that does not exist) and
    every value column as float64, NaN where the input has none.

    Raises
    ------
    InputError : missing or unknown columns; every cell that cannot be read, with its row.
    """
    problems = _columns(frame, file)
    if problems:
        raise InputError(problems)
    table = pd.DataFrame({"queue": frame["queue"].astype("str")})
    for column in VALUES:
        table[column] = _numbers(frame, column, file, problems)
    table["start"], table["clock"] = _starts(frame, table["queue"], zone, file, problems)
    blank = frame["queue"].isna().to_numpy() | (table["queue"].str.strip() == "").to_numpy()
    problems += _cells(file, "queue", np.flatnonzero(blank), frame["queue"], Said("the name of a queue"))
    if problems:
        raise InputError(sorted(problems[:_SHOWN], key=lambda p: int(p.where.split()[1].rstrip(","))))
    return table


def _columns(frame: pd.DataFrame, file: str) -> list[Problem]:
    allowed = ", ".join(COLUMNS)
    missing = [name for name in ("queue", "start", "offered") if name not in frame.columns]
    unknown = [str(name) for name in frame.columns if name not in (*COLUMNS, "source", "clock")]
    return [
        Problem(file, Said("column {column}", column=name), Said("nothing"), Said("the columns {names}", names=allowed))
        for name in missing
    ] + [
        Problem(
            file,
            Said("column {column}", column=name),
            Said("an unknown column"),
            Said("the columns {names}", names=allowed),
        )
        for name in unknown
    ]


def _cells(file: str, column: str, rows: Iterable[int], values: "pd.Series[Any]", allowed: str) -> list[Problem]:
    return [
        Problem(file, Said("row {row}, column {column}", row=row + 2, column=column), repr(values.iloc[row]), allowed)
        for row in rows
    ][:_SHOWN]


def _numbers(frame: pd.DataFrame, column: str, file: str, problems: list[Problem]) -> NDArray[np.float64]:
    if column not in frame.columns:
        return np.full(len(frame), np.nan)
    given = frame[column]
    if pd.api.types.is_numeric_dtype(given):
        numbers = given.to_numpy(dtype=float, na_value=np.nan)
        bad = np.isinf(numbers)
    else:
        text = given.astype("str").str.strip()
        numbers = pd.to_numeric(text, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        empty = given.isna().to_numpy() | text.isin(["", "nan", "NaN", "None", "null", "NULL"]).to_numpy()
        bad = (np.isnan(numbers) & ~empty) | np.isinf(numbers)
    problems += _cells(file, column, np.flatnonzero(bad), given, "a number, or nothing")
    return numbers


def _starts(
    frame: pd.DataFrame, queue: "pd.Series[str]", zone: str, file: str, problems: list[Problem]
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    given = frame["start"]
    if isinstance(given.dtype, pd.DatetimeTZDtype):
        return _seconds(given.dt.tz_convert("UTC").dt.tz_localize(None)), _plain(len(frame))
    if pd.api.types.is_datetime64_any_dtype(given):
        return _local(given.astype("datetime64[s]"), queue, zone)
    codes, unique = pd.factorize(given.astype("str").str.strip())
    words = pd.Series(unique, dtype="str")
    with_offset = words.str.contains(_OFFSET, regex=True).to_numpy(dtype=bool)
    times = np.zeros(len(words), dtype="datetime64[s]")
    known = np.zeros(len(words), dtype=bool)
    for mask, utc in ((with_offset, True), (~with_offset, False)):
        if mask.any():
            parsed = pd.to_datetime(words[mask], format="ISO8601", errors="coerce", utc=utc)
            known[mask] = parsed.notna().to_numpy()
            naive = parsed.dt.tz_localize(None) if utc else parsed
            times[mask] = naive.to_numpy(dtype="datetime64[s]")
    problems += _cells(file, "start", np.flatnonzero(~known[codes]), given, _START)
    if not known.all():
        return np.zeros(len(frame), dtype=np.int64), _plain(len(frame))
    seconds = times.astype(np.int64)[codes]
    clock = _plain(len(frame))
    local = ~with_offset[codes]
    if local.any():
        walls = pd.Series(times[codes][local])
        seconds[local], clock[local] = _local(walls, queue[local].reset_index(drop=True), zone)
    return seconds, clock


def _plain(size: int) -> NDArray[np.object_]:
    return np.full(size, "", dtype=object)


def _seconds(times: "pd.Series[Any]") -> NDArray[np.int64]:
    return times.to_numpy(dtype="datetime64[s]").astype(np.int64)


def _local(
    walls: "pd.Series[Any]", queue: "pd.Series[str]", zone: str
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """UTC seconds of wall-clock times. Of an hour that occurs twice the second row is the second occurrence."""
    early, late = (
        _seconds(
            walls.dt.tz_localize(zone, ambiguous=np.full(len(walls), summer), nonexistent=pd.Timedelta(hours=1))
            .dt.tz_convert("UTC")
            .dt.tz_localize(None)
        )
        for summer in (True, False)
    )
    clock = _plain(len(walls))
    seconds = early.copy()
    twice = early != late
    if twice.any():
        doubtful = pd.DataFrame({"queue": queue[twice].to_numpy(), "second": early[twice]})
        turn = doubtful.groupby(["queue", "second"], sort=False).cumcount().to_numpy()
        size = doubtful.groupby(["queue", "second"], sort=False)["second"].transform("size").to_numpy()
        seconds[twice] = np.where(turn > 0, late[twice], early[twice])
        clock[twice] = np.where(size == 1, "repeated", "")
    back = pd.to_datetime(pd.Series(early), unit="s", utc=True).dt.tz_convert(zone).dt.tz_localize(None)
    clock[(_seconds(back) != _seconds(walls)) & ~twice] = "skipped"
    return seconds, clock
