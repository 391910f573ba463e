"""From a forecast's table to what each queue has to cope with."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from centre.errors import InputError
from centre.queues import Queue
from centre.said import Said
from forecasts.channels import Demand
from forecasts.spread import RULES, day_volumes, volumes_for

DAY_COLUMNS = ("day_mean", "day_q10", "day_q90")
"""What the whole local day of a row is expected to bring, where the table tells it."""


def checked_arrivals(arrivals: pd.DataFrame, queues: Mapping[str, Queue], rule: str) -> pd.DataFrame:
    """The table in order of queue and start, complete and plausible.

    Raises
    ------
    InputError : an unknown rule, a missing column, an undefined queue, a wrong number, a queue and interval twice.
    """
    if rule not in RULES:
        raise InputError(Said("rule: found {rule!r}; allowed: {names}", rule=rule, names=list(RULES)))
    wanted = ["queue", "start", "mean", "aht_s", *(() if rule == "mean" else ("q10", "q90"))]
    missing = [column for column in wanted if column not in arrivals.columns]
    if missing:
        raise InputError(Said("arrivals: no column {names}; the forecast's table has them", names=list(missing)))
    unknown = sorted(set(arrivals["queue"]) - set(queues))
    if unknown:
        raise InputError(
            Said("arrivals: queue {names} is not defined; add it to queues.toml", names=list(map(str, unknown)))
        )
    columns = [*wanted, *(name for name in ("open", *DAY_COLUMNS) if name in arrivals.columns)]
    table = arrivals[columns].sort_values(["queue", "start"], kind="stable", ignore_index=True)
    own = table["queue"].map({name: queue.aht_s for name, queue in queues.items()})
    table["aht_s"] = table["aht_s"].astype(float).fillna(own.astype(float))
    table["mean"] = table["mean"].astype(float)
    for column, fine in (("mean", table["mean"] >= 0), ("aht_s", table["aht_s"] > 0)):
        wrong = ~(fine & np.isfinite(table[column]))
        if wrong.any():
            row = table[wrong].iloc[0]
            raise InputError(
                Said(
                    "arrivals: {column} of {queue} at {start}: found {value}; allowed: {allowed}",
                    column=column,
                    queue=row["queue"],
                    start=row["start"],
                    value=row[column],
                    allowed=Said("a number above 0") if column == "aht_s" else Said("a number, 0 or more"),
                )
            )
    twice = table.duplicated(["queue", "start"])
    if twice.any():
        row = table[twice].iloc[0]
        raise InputError(
            Said("arrivals: {queue} at {start} stands there twice", queue=row["queue"], start=row["start"])
        )
    if "open" not in table.columns:
        table["open"] = _guessed_open(table, queues)
    return table


def _guessed_open(table: pd.DataFrame, queues: Mapping[str, Queue]) -> NDArray[np.bool_]:
    """Open where contacts are expected; deferred work where any other queue is open, alone at all times."""
    waits = table["queue"].map({name: queue.channel == "deferred" for name, queue in queues.items()}).to_numpy(bool)
    expected = (table["mean"] > 0).to_numpy()
    served = table["start"].isin(table["start"][expected & ~waits]).to_numpy()
    return np.where(waits, served | waits.all(), expected)


def demand_of(
    table: pd.DataFrame,
    rows: NDArray[np.int64],
    queue: Queue,
    rule: str,
    base: NDArray[np.float64],
    *,
    minutes: int,
    chance: float,
    short_abandon_s: float,
    lagged: bool,
    carried: bool = False,
    over_days: bool = False,
) -> Demand:
    """The demand of one queue from its rows of the table, by a rule of `forecasts.spread`.

    A chance `over_days` is one of whole days where the table tells of them, else of each interval.
    """
    part = table.iloc[rows]
    mean = part["mean"].to_numpy(dtype=float)
    if rule == "mean" or queue.channel == "deferred":  # a backlog evens the noise out
        weights, volumes = np.ones(1), mean[None, :]
    elif rule == "chance" and over_days and set(DAY_COLUMNS) <= set(part.columns):
        whole, low, high = (part[column].to_numpy(dtype=float) for column in DAY_COLUMNS)
        weights, volumes = np.ones(1), day_volumes(mean, whole, low, high, chance)
    else:
        low, high = part["q10"].to_numpy(dtype=float), part["q90"].to_numpy(dtype=float)
        weights, volumes = volumes_for(rule, mean, low, high, chance)
    aht_s, open_ = part["aht_s"].to_numpy(dtype=float), part["open"].to_numpy(dtype=bool)
    starts = seconds_of(part["start"]) if lagged or carried else None
    return Demand(volumes, weights, aht_s, open_, minutes, base, short_abandon_s, starts, carried)


def seconds_of(start: "pd.Series[pd.Timestamp]") -> NDArray[np.int64]:
    """UTC seconds of aware datetimes.

    Raises
    ------
    InputError : for times without a zone.
    """
    stamps = pd.DatetimeIndex(start)
    if stamps.tz is None:
        raise InputError(Said("start: found times without a zone; allowed: aware ones"))
    return stamps.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[s]").astype(np.int64)
