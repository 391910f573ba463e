"""One queue's rows made plain: one row a start, no impossible values, clock changes settled."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from centre.said import Said
from forecasts.history.report import Finding
from forecasts.history.table import LEVELS, VALUES

BoolArray = NDArray[np.bool_]

LONGEST_AHT_S = 86_400.0


def plain_rows(queue: str, rows: pd.DataFrame, source: int, findings: list[Finding]) -> pd.DataFrame:
    """Rows sorted by start, unique, possible; a finding for each stretch that was not.

    Parameters
    ----------
    rows : one queue's rows as `history_table` returns them.
    source : minutes of their grid.
    """
    table = _impossible(queue, rows.reset_index(drop=True), source, findings)
    table = _clock_changes(queue, table, source, findings)
    table = table.sort_values("start", kind="stable")
    doubled = table.duplicated("start", keep="last").to_numpy()
    if doubled.any():
        values = table[["start", *VALUES]]
        differ = doubled & ~values.duplicated(keep="last").to_numpy()
        same = doubled & ~differ
        starts = table["start"].to_numpy()
        findings += stretches(queue, starts[same], source, "duplicate", Said("the same row again"), Said("kept once"))
        findings += stretches(
            queue,
            starts[differ],
            source,
            "duplicate",
            Said("rows that differ for one start"),
            Said("the last one in the files counts"),
        )
        table = table[~doubled]
    return table


def stretches(queue: str, starts: NDArray[np.int64], source: int, kind: str, what: str, done: str) -> list[Finding]:
    """One finding for each unbroken stretch of starts."""
    starts = np.unique(starts)
    if not len(starts):
        return []
    breaks = np.flatnonzero(np.diff(starts) > source * 60)
    firsts, lasts = np.r_[starts[:1], starts[breaks + 1]], np.r_[starts[breaks], starts[-1:]]
    return [Finding(queue, int(a), int(b) + source * 60, kind, what, done) for a, b in zip(firsts, lasts, strict=True)]


def _impossible(queue: str, table: pd.DataFrame, source: int, findings: list[Finding]) -> pd.DataFrame:
    table = table.copy(deep=False)
    starts = table["start"].to_numpy()

    def settle(mask: "pd.Series[bool]", column: str, value: object, what: str, done: str) -> None:
        wrong = mask.to_numpy(dtype=bool)
        if wrong.any():
            findings.extend(stretches(queue, starts[wrong], source, "impossible value", what, done))
            table[column] = table[column].where(~mask, value)

    for column in ("offered", "answered", "abandoned", "answered_within", "wait_s", "agents", "rostered"):
        settle(table[column] < 0, column, np.nan, Said("{column} below 0", column=column), Said("left out as unknown"))
    settle(
        (table["aht_s"] <= 0) & (table["answered"].fillna(1) > 0),
        "aht_s",
        np.nan,
        Said("aht_s of 0 or less"),
        Said("left out as unknown"),
    )
    settle(table["aht_s"] <= 0, "aht_s", np.nan, Said("aht_s of 0 where none was answered"), Said("read as none"))
    settle(table["aht_s"] > LONGEST_AHT_S, "aht_s", np.nan, Said("aht_s above a day"), Said("left out as unknown"))
    settle(
        table["answered_within"] > table["answered"], "answered_within", table["answered"],
        Said("more answered in time than answered"), Said("answered_within cut to answered"),
    )  # fmt: skip
    return table


def _clock_changes(queue: str, table: pd.DataFrame, source: int, findings: list[Finding]) -> pd.DataFrame:
    clock = table["clock"].to_numpy()
    if not (clock != "").any():
        return table
    counts = [column for column in VALUES if column not in LEVELS]
    starts = table["start"].to_numpy()
    once = clock == "repeated"
    findings += stretches(
        queue,
        starts[once],
        source,
        "clock change",
        Said("an hour that occurs twice, given once without offset"),
        Said("half to each occurrence"),
    )
    half = table[once].copy()
    half[counts] = half[counts] / 2
    later = half.assign(start=half["start"] + 3600)
    skipped = table[clock == "skipped"]
    findings += stretches(
        queue,
        skipped["start"].to_numpy(),
        source,
        "clock change",
        Said("an hour that the clock skips"),
        Said("added to the hour after"),
    )
    table = pd.concat([table[clock == ""], half, later], ignore_index=True)
    if (skipped["offered"] > 0).any():
        extra = skipped.groupby("start")[counts].sum()
        at = table["start"].isin(extra.index)
        table.loc[at, counts] = (
            table.loc[at, counts].to_numpy() + extra.reindex(table.loc[at, "start"])[counts].to_numpy()
        )
        alone = skipped[~skipped["start"].isin(table["start"])]
        table = pd.concat([table, alone], ignore_index=True)
    return table
