"""Arrivals + goals + shrinkage -> required staff, and what each agent more is worth."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from centre.errors import InputError
from centre.grid import Horizon
from centre.queues import Queue
from centre.requirement import Requirement
from centre.said import Said
from forecasts.channels import CHANNELS, Beside, Channel
from forecasts.demand import checked_arrivals, demand_of, seconds_of
from forecasts.erlang import gross_staff
from forecasts.periods import groups_of, need_over

_LATER = {"outbound": 1, "deferred": 2}
"""Channels that are staffed around those with callers who wait."""

_HEADROOM = 1.3
"""How far beyond the largest need the service curves reach: nobody rosters more than that against one interval."""


@dataclass(frozen=True)
class Staffing:
    """Required staff of every queue.

    Attributes
    ----------
    table : queue, start, required (net), gross (to roster), binding (the goal that asks for so many: service_level,
        asa, abandonment, occupancy, minimum or deadline; "" where nobody is needed); rows in order of queue and start.
    volume, aht_s : expected contacts and handle time in seconds of the same rows.
    curve : for the same rows, expected contacts that count as served in time with n = 0..N rostered agents,
        [rows, N + 1], before shrinkage is taken off; never falls with n.
    minutes : length of an interval.
    saved_hours : net agent-hours, by queue, that a goal over days or the period takes fewer than one in every interval.
    """

    table: pd.DataFrame
    volume: NDArray[np.float64]
    aht_s: NDArray[np.float64]
    curve: NDArray[np.float32]
    minutes: int
    saved_hours: Mapping[str, float] = field(default_factory=dict)

    def requirement(self, horizon: Horizon) -> Requirement:
        """The same on the grid of a horizon; an interval without a row needs nobody.

        Raises
        ------
        InputError : when the horizon's grid is another, or a row lies outside it.
        """
        if horizon.minutes != self.minutes:
            raise InputError(
                Said(
                    "requirement: made for intervals of {minutes} minutes, asked for {asked}",
                    minutes=self.minutes,
                    asked=horizon.minutes,
                )
            )
        names, row = np.unique(self.table["queue"].to_numpy(dtype=str), return_inverse=True)
        seconds = seconds_of(self.table["start"])
        place, off = np.divmod(seconds - horizon.begin, horizon.step)
        wrong = (place < 0) | (place >= horizon.count) | (off != 0)
        if wrong.any():
            start = self.table["start"].iloc[int(np.argmax(wrong))]
            raise InputError(Said("requirement: {start} is not the start of an interval of the horizon", start=start))
        grid = (names.size, horizon.count)

        def on_grid(values: NDArray[Any]) -> NDArray[Any]:
            out = np.zeros((*grid, *values.shape[1:]), dtype=values.dtype)
            out[row, place] = values
            return out

        binding = self.table["binding"].to_numpy(dtype=object)
        return Requirement(
            horizon=horizon,
            queues=tuple(str(name) for name in names),
            volume=on_grid(self.volume),
            aht_s=on_grid(self.aht_s),
            required=on_grid(self.table["required"].to_numpy(dtype=np.int64)),
            gross=on_grid(self.table["gross"].to_numpy(dtype=np.int64)),
            curve=on_grid(self.curve),
            binding=np.where(on_grid(self.table["required"].to_numpy()) > 0, on_grid(binding), ""),
        )


def required_staff(
    arrivals: pd.DataFrame,
    queues: Iterable[Queue],
    *,
    interval_minutes: int,
    rule: str = "mean",
    chance: float = 0.9,
    target_over: str = "interval",
    least_level: float = 0.0,
    lagged: bool = False,
    carried: bool = False,
    shared: Mapping[str, Iterable[str]] | None = None,
    short_abandon_s: float = 5.0,
    channels: Iterable[Channel] = CHANNELS,
) -> Staffing:
    """Required staff and service curves for a forecast.

    Parameters
    ----------
    arrivals : queue, start (aware), mean, aht_s (seconds), and q10, q90 unless `rule` is "mean"; one row a queue and
        interval. Missing handle times are the queue's `aht_s`. A column `open` (bool), where there is one, says when
        agents serve the queue: then nobody is needed outside, and `minimum_staff` holds inside. Without it a queue
        counts as open where contacts are expected, deferred work where any other queue is open (alone: always). Columns
        day_mean, day_q10, day_q90 tell of each row's whole local day (`Forecast.staffing_table`).
    queues : the queues of the table, with their goals; others are not looked at.
    interval_minutes : length of an interval.
    rule : what to staff on, one of RULES: "mean", the forecast itself; "expected", so that the service level expected
        over the forecast's distribution reaches the target; "chance", so that it is reached with probability `chance`
        in each interval, or with `target_over` "day" on each day, where the table tells of days. Goals other than the
        service level are kept at the mean ("chance": at that rate too).
    chance : for rule "chance", above 0, below 1.
    target_over : where the service level has to reach its target, one of SPANS: in every "interval"; over each local
        "day"; over the whole "period". Over more than an interval, voice and chat get the cheapest staffing that
        does, their other goals holding in every interval all the same; `saved_hours` says what that saves.
    least_level : with a target over more than an interval, the service level that every single one keeps.
    lagged : whether the load of voice and chat follows its arrivals with the lag of the handle time (`modified_load`),
        which is right where arrivals change fast or contacts take long. By default every interval is stationary.
    carried : whether voice and chat also begin each interval with what the one before has left, backlog and lag (the
        exact chain: slower, a second or so for a month of a queue of 100 erlangs).
    shared : for a deferred queue, the queues whose agents also do its work: it is laid into the valleys of their need.
        For an outbound queue likewise: its calls fill the pauses of the largest voice queue among them.
    short_abandon_s : which abandons are short, for the service levels that treat them apart.
    channels : how each channel is staffed; CHANNELS by default.

    Raises
    ------
    InputError : a missing column, a queue that is not defined, a wrong number, a queue and interval twice.
    """
    by_name = {queue.name: queue for queue in queues}
    by_channel = {channel.name: channel for channel in channels}
    table = checked_arrivals(arrivals, by_name, rule)
    rows = {str(name): np.asarray(part) for name, part in table.groupby("queue", sort=True).indices.items()}
    demand = partial(
        demand_of,
        table,
        minutes=interval_minutes,
        chance=chance,
        short_abandon_s=short_abandon_s,
        lagged=lagged,
        carried=carried,
        over_days=target_over == "day",
    )
    required = np.zeros(len(table), dtype=np.int64)
    gross = np.zeros(len(table), dtype=np.int64)
    binding = np.full(len(table), "", dtype=object)
    saved: dict[str, float] = {}
    bases = {}
    beside: dict[str, Beside | None] = {}
    # Outbound fills the pauses of callers' queues, and deferred work is laid around what all others need.
    for name in sorted(rows, key=lambda name: _LATER.get(by_name[name].channel, 0)):
        queue, at = by_name[name], rows[name]
        others = tuple((shared or {}).get(name, ()))
        bases[name] = _base(table, required, rows, at, others)
        taken = {other.queue.name for other in beside.values() if other is not None}
        if queue.channel == "outbound":
            voice = [by_name[o] for o in others if o in rows and by_name[o].channel == "voice" and o not in taken]
            beside[name] = _beside(table, required, rows, at, voice, interval_minutes)
        group = groups_of(table["start"].iloc[at], target_over)
        asked = replace(demand(at, queue, rule, bases[name]), beside=beside.get(name))
        freed = need_over(by_channel[queue.channel], asked, queue, group, least_level)
        need, saved[name] = freed.need, freed.saved * interval_minutes / 60
        required[at], binding[at] = need.required, need.binding
        gross[at] = gross_staff(need.required, queue.unplanned_shrinkage)
    most = int(np.ceil(gross.max(initial=0) * _HEADROOM)) + 2
    curve = np.zeros((len(table), most + 1), dtype=np.float32)
    for name, at in rows.items():
        # What an agent is worth is an expectation, also where the number of them is chosen on a chance.
        expected = demand(at, by_name[name], "expected" if rule == "chance" else rule, bases[name])
        expected = replace(expected, beside=beside.get(name))
        curve[at] = by_channel[by_name[name].channel].curve(expected, by_name[name], most)
    out = table[["queue", "start"]].assign(required=required, gross=gross, binding=binding)
    return Staffing(out, table["mean"].to_numpy(), table["aht_s"].to_numpy(), curve, interval_minutes, saved)


def _beside(
    table: pd.DataFrame,
    required: NDArray[np.int64],
    rows: Mapping[str, NDArray[np.int64]],
    at: NDArray[np.int64],
    queues: Iterable[Queue],
    minutes: int,
) -> Beside | None:
    """The largest of some voice queues in the intervals of the rows `at`; None without any."""
    best = max(queues, key=lambda queue: float(table["mean"].iloc[rows[queue.name]].sum()), default=None)
    if best is None:
        return None
    there = table.iloc[rows[best.name]].assign(required=required[rows[best.name]]).set_index("start")
    there = there.reindex(pd.Index(table["start"].iloc[at]))
    aht_s = there["aht_s"].fillna(best.aht_s).to_numpy(dtype=float)
    load = there["mean"].fillna(0.0).to_numpy(dtype=float) * aht_s / (60 * minutes)
    return Beside(best, load, aht_s, there["required"].fillna(0).to_numpy(dtype=np.int64))


def _base(
    table: pd.DataFrame,
    required: NDArray[np.int64],
    rows: Mapping[str, NDArray[np.int64]],
    at: NDArray[np.int64],
    names: Iterable[str],
) -> NDArray[np.float64]:
    """What the named queues need in the intervals of the rows `at`."""
    starts = pd.Index(table["start"])
    total = pd.Series(0.0, index=starts[at])
    for name in names:
        if name in rows:
            there = pd.Series(required[rows[name]], index=starts[rows[name]], dtype=float)
            total = total.add(there.reindex(total.index, fill_value=0.0))
    return np.asarray(total, dtype=np.float64)
