"""history/: header and cells, looked at column by column. What is odd but readable is the forecast's to clean.

Gaps, duplicates, negative counts and outliers are reported and treated where the history is used; here only what
cannot be read at all is complained of.
"""

import io
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet
from numpy.typing import NDArray

from centre.library_words import library_words
from centre.said import Said
from store.site_folder.csv_rows import FIRST
from store.site_folder.door import Door, as_written, one_of
from store.site_folder.moments import MOMENT

FOLDER = "history"
NEEDED = ("queue", "start", "offered")
NUMBERS = ("offered", "answered", "abandoned", "answered_within", "aht_s", "wait_s", "agents", "rostered")
COLUMNS = ("queue", "start", *NUMBERS)


@dataclass(frozen=True)
class _Table:
    """One file: what stands in it, as text from CSV and with its types from Parquet."""

    door: Door
    file: str
    frame: pd.DataFrame

    def complain(self, column: str, wrong: NDArray[np.bool_], allowed: str) -> None:
        """One line a column: the first wrong cell, and how many there are."""
        rows = np.flatnonzero(wrong)
        if not len(rows):
            return
        cell = self.frame[column].iloc[rows[0]]
        found = Said("nothing") if pd.isna(cell) or cell == "" else as_written(str(cell))
        if len(rows) > 1:
            found = Said("{found} (and {count:,} more rows)", found=found, count=len(rows) - 1)
        self.door.complain(
            self.file, Said("row {row}, column {column}", row=rows[0] + 2, column=column), found, allowed
        )


def check_history(door: Door, queues: Collection[str] | None, zone: str) -> None:
    """Tell the door of history files that cannot be read, column by column."""
    folder = door.folder / FOLDER
    paths = sorted(path for path in folder.glob("*") if path.suffix in (".csv", ".parquet"))
    if not paths:
        allowed = Said("history/*.csv or *.parquet with the columns {names}", names=list(NEEDED))
        door.complain(f"{FOLDER}/", Said("folder"), Said("no history"), allowed)
    for path in paths:
        name = f"{FOLDER}/{path.name}"
        frame = _parquet(door, name, path) if path.suffix == ".parquet" else _csv(door, name)
        if frame is None or not _header_holds(door, name, list(frame.columns)):
            continue
        table = _Table(door, name, frame)
        _check_queues(table, queues)
        _check_starts(table)
        for column in NUMBERS:
            if column in frame:
                _check_numbers(table, column)


def _csv(door: Door, name: str) -> pd.DataFrame | None:
    text = door.text(name, needed=True)
    if text is None:
        return None
    try:
        with warnings.catch_warnings():
            # Without index_col=False a comma at the end of every row would push all cells one column to the left.
            warnings.simplefilter("ignore", pd.errors.ParserWarning)
            return pd.read_csv(
                io.StringIO(text), dtype=str, keep_default_na=False, skipinitialspace=True, index_col=False
            )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        found = library_words(str(error).removeprefix("Error tokenizing data. C error: ").strip())
        door.complain(name, Said("file"), found, Said('a header, then rows with as many cells, separated by ","'))
        return None


def _parquet(door: Door, name: str, path: Path) -> pd.DataFrame | None:
    try:
        return pyarrow.parquet.read_table(path).to_pandas()  # type: ignore[no-any-return]
    except (pyarrow.ArrowException, OSError) as error:
        door.complain(name, Said("file"), as_written(str(error)), Said("a Parquet file"))
        return None


def _header_holds(door: Door, name: str, header: list[str]) -> bool:
    for column in header:
        if column not in COLUMNS:
            door.complain(
                name,
                FIRST,
                Said('a column "{column}"', column=column),
                one_of(column, COLUMNS, Said("the columns are")),
            )
    missing = [column for column in NEEDED if column not in header]
    for column in missing:
        door.complain(
            name,
            FIRST,
            Said('no column "{column}"', column=column),
            Said("the columns {names}", names=list(NEEDED)),
        )
    return not missing


def _check_queues(table: _Table, queues: Collection[str] | None) -> None:
    if queues is None:
        return
    names = table.frame["queue"].astype(str).str.strip()
    for name in names[~names.isin(list(queues))].unique():
        table.complain("queue", (names == name).to_numpy(), one_of(name, queues, Said("a queue of queues.toml")))


def _check_starts(table: _Table) -> None:
    column = table.frame["start"]
    if pd.api.types.is_datetime64_any_dtype(column):
        table.complain("start", column.isna().to_numpy(), MOMENT)
        return
    distinct = pd.Series(column.astype(str).str.strip().unique())
    # utc=True: rows of one file may have different offsets (summer, winter); local ones are read as they stand.
    read = pd.to_datetime(distinct, format="ISO8601", errors="coerce", utc=True)
    bad = set(distinct[read.isna() | (distinct.str.len() < 10)])
    table.complain("start", column.astype(str).str.strip().isin(bad).to_numpy(), MOMENT)


def _check_numbers(table: _Table, column: str) -> None:
    cells = table.frame[column]
    if pd.api.types.is_numeric_dtype(cells):
        return
    blank = cells.isna() | (cells.astype(str).str.strip() == "")
    wrong = pd.to_numeric(cells, errors="coerce").isna() & ~blank
    if column == "offered":
        wrong |= blank
    table.complain(column, wrong.to_numpy(), Said("a number") if column == "offered" else Said("a number, or nothing"))
