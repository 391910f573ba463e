"""The CSV tables of the site format: plain UTF-8 without a byte order mark, times in the site's zone with offset."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from centre.grid import Horizon
from centre.requirement import Requirement
from centre.roster import Roster
from desk.outputs.moments import Moments
from desk.outputs.service import predicted_service_level
from forecasts.simulate import SimulatedService
from scheduler.checks import Coverage

HISTORY = ("queue", "from", "to", "kind", "what", "done")
FORECAST = ("queue", "start", "mean", "q10", "q50", "q90", "aht_s")
REQUIREMENT = ("queue", "start", "required", "gross", "binding")
REFORECAST = (
    "queue", "start", "actual", "first_mean", "mean", "q10", "q50", "q90", "aht_s", "first_required", "required",
)  # fmt: skip
ROSTER = ("agent", "start", "end", "activity", "queue", "version")
COVERAGE = (
    "queue", "start", "required", "rostered", "predicted_service_level", "simulated_service_level",
    "simulated_half_width",
)  # fmt: skip


def write_forecast_csv(path: Path, table: pd.DataFrame, zone: str) -> None:
    """Write forecast.csv.

    Parameters
    ----------
    table : queue, start, mean, q10, q50, q90 (contacts in the interval) and aht_s; `start` as UTC seconds or as aware
        datetimes.
    zone : IANA name of the zone in which times are written.
    """
    starts = Moments(zone).isos(seconds(table["start"]).tolist())
    figures = [_decimals(table[name].to_numpy(dtype=float), 4) for name in FORECAST[2:]]
    _write(path, FORECAST, zip(table["queue"].tolist(), starts, *figures, strict=True))


def write_history_csv(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Write history.csv: HISTORY's columns, a row for each thing found in the history."""
    _write(path, HISTORY, ([row[name] for name in HISTORY] for row in rows))


def write_reforecast_csv(path: Path, table: pd.DataFrame, zone: str) -> None:
    """Write reforecast.csv: REFORECAST's columns; an interval that has not ended has no actual."""
    starts = Moments(zone).isos(seconds(table["start"]).tolist())
    figures = [_decimals(table[name].to_numpy(dtype=float), 4) for name in REFORECAST[2:-2]]
    agents = [table[name].tolist() for name in REFORECAST[-2:]]
    _write(path, REFORECAST, zip(table["queue"].tolist(), starts, *figures, *agents, strict=True))


def write_requirement_csv(path: Path, requirement: Requirement) -> None:
    """Write requirement.csv: the net agents that reach the goals, those to roster so that they are there, and the goal
    that asks for so many (empty where nobody is needed or it is not known).
    """
    figures = [_whole(requirement.required), _whole(requirement.gross)]
    unknown = [[""] * requirement.horizon.count] * len(requirement.queues)
    figures.append(unknown if requirement.binding is None else requirement.binding.tolist())
    _write(path, REQUIREMENT, _grid(requirement.horizon, requirement.queues, figures))


def write_roster_csv(path: Path, roster: Roster, zone: str) -> None:
    """Write roster.csv, one row a segment; `read_roster_csv` gives the same roster back."""
    iso, version = Moments(zone).iso, roster.version
    rows = ((s.agent, iso(s.start), iso(s.end), s.activity, s.queue, version) for s in roster.segments)
    _write(path, ROSTER, rows)


def write_coverage_csv(path: Path, coverage: Coverage, simulated: SimulatedService | None = None) -> None:
    """Write coverage.csv.

    `required` is the gross requirement, what had to be rostered; `rostered` counts people with their speed; the
    predicted service level is empty where no contact is expected. Beside it stand the simulated one and half the width
    of its 95 % confidence interval, empty where nothing was simulated.
    """
    requirement = coverage.requirement
    nothing = np.full(requirement.volume.shape, np.nan)
    lived = (nothing, nothing) if simulated is None else (simulated.level, simulated.half_width)
    figures = [
        _whole(requirement.gross),
        [_decimals(row, 4) for row in coverage.rostered],
        [_decimals(row, 6) for row in predicted_service_level(coverage)],
        *([_decimals(row, 6) for row in part] for part in lived),
    ]
    _write(path, COVERAGE, _grid(requirement.horizon, requirement.queues, figures))


def seconds(starts: "pd.Series[pd.Timestamp]") -> NDArray[np.int64]:
    """UTC seconds of a column of instants: whole seconds already, or aware datetimes."""
    if isinstance(starts.dtype, pd.DatetimeTZDtype):
        starts = starts.dt.tz_convert("UTC").dt.tz_localize(None)
        return starts.to_numpy(dtype="datetime64[s]").astype(np.int64)
    return starts.to_numpy(dtype=np.int64)


def _grid(horizon: Horizon, queues: tuple[str, ...], figures: list[list[list[str]]]) -> Iterable[tuple[str, ...]]:
    starts = Moments(horizon.zone).isos(horizon.starts.tolist())
    for number, queue in enumerate(queues):
        for row in zip(starts, *(figure[number] for figure in figures), strict=True):
            yield (queue, *row)


def _whole(values: NDArray[np.int64]) -> list[list[str]]:
    return [list(map(str, row)) for row in values.tolist()]


def _decimals(values: NDArray[np.float64], digits: int) -> list[str]:
    """At most so many decimals, no trailing zeros; nothing for a value that is undefined."""
    rounded = np.round(np.asarray(values, dtype=float), digits) + 0.0
    return ["" if value != value else f"{value:.{digits}f}".rstrip("0").rstrip(".") for value in rounded.tolist()]


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
