"""From a history to a forecast: prepare it, then forecast queue by queue."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from centre.grid import Horizon
from centre.said import Said
from centre.site import Span, SpecialDay
from forecasts.calendar import calendar
from forecasts.history import HistoryReport, Record, prepare
from forecasts.history.walls import Walls, walls
from forecasts.models import MODELS, Model
from forecasts.queue_forecast import DEFAULT_AHT_S, QueueForecast, forecast_queue

__all__ = ["Forecast", "QueueForecast", "forecast", "quantile_column"]


DAY = (("q10", 0.1), ("q90", 0.9))


@dataclass(frozen=True)
class Forecast:
    """A forecast of every queue over one horizon.

    Attributes
    ----------
    horizon : its intervals.
    table : queue, start (aware, in the site's zone), mean, a column for each quantile (q10, q50, q90, q2.5 ...),
        aht_s; every interval of the horizon for every queue, queues in order of name.
    queues : the forecasts behind it, by queue.
    report : what was found in the history.
    records : what the history knows, by queue.
    """

    horizon: Horizon
    table: pd.DataFrame
    queues: Mapping[str, QueueForecast]
    report: HistoryReport
    records: Mapping[str, Record] = field(default_factory=dict)

    def staffing_table(self) -> pd.DataFrame:
        """`table` with what each row's whole local day is expected to bring: day_mean, day_q10, day_q90 (contacts).

        A goal over days with a chance looks at these (`forecasts.staffing.required_staff`).
        """
        wall = walls(self.horizon)
        parts = []
        for name, rows in self.table.groupby("queue", sort=False):
            queue = self.queues[str(name)]
            days = {"day_mean": queue.mean.sum(axis=1), **{f"day_{q}": queue.day_quantile(level) for q, level in DAY}}
            parts.append(rows.assign(**{column: values[wall.day] for column, values in days.items()}))
        return pd.concat(parts, ignore_index=True)

    def choices(self) -> pd.DataFrame:
        """Which model was taken: queue, first_day, last_day (ahead), model, why."""
        rows = [
            (name, choice.first, choice.last, choice.model, choice.why)
            for name, queue in self.queues.items()
            for choice in queue.choices
        ]
        return pd.DataFrame(rows, columns=["queue", "first_day", "last_day", "model", "why"])

    def accuracy(self) -> pd.DataFrame:
        """Backtest figures of the chosen models, one row a queue."""
        return pd.DataFrame([{"queue": name, **queue.accuracy} for name, queue in self.queues.items()])


def forecast(
    history: pd.DataFrame,
    *,
    zone: str,
    grid_minutes: int,
    from_day: date,
    weeks: int | None = None,
    days: int | None = None,
    holidays: str = "",
    special_days: Iterable[SpecialDay] = (),
    opening: Mapping[str, tuple[Span, ...]] | None = None,
    models: Sequence[Model] = MODELS,
    quantiles: Sequence[float] = (0.1, 0.5, 0.9),
    default_aht_s: Mapping[str, float] | None = None,
) -> Forecast:
    """Forecast contacts and handle time of every queue in a history.

    Parameters
    ----------
    history : the table contract (`forecasts.history`); only what lies before `from_day` is looked at.
    zone : IANA name of the site's zone.
    grid_minutes : the site's grid.
    from_day : first local day of the horizon.
    weeks, days : its length; one of the two.
    holidays : code of the `holidays` package, such as "CN", "US", "CN-XZ"; "" for none.
    special_days : known campaigns and closures, past and to come.
    opening : opening hours by weekday, None to learn them from the history.
    models : what is tried; MODELS by default.
    quantiles : levels of the columns that the table gets.
    default_aht_s : handle time of queues whose history has none.

    Raises
    ------
    InputError : a history that cannot be read, none before `from_day`, an unknown holiday code.
    ValueError : both or neither of `weeks` and `days`.
    """
    if (weeks is None) == (days is None):
        raise ValueError(Said("give one of weeks and days"))
    length = days if days is not None else 7 * (weeks or 0)
    specials = tuple(special_days)
    prepared = prepare(
        history,
        zone=zone,
        grid_minutes=grid_minutes,
        before=from_day,
        holidays=holidays,
        special_days=specials,
        opening=opening,
    )
    grid = Horizon(zone, grid_minutes, from_day, length)
    wall = walls(grid)
    queues: dict[str, QueueForecast] = {}
    for name, record in prepared.records.items():
        known = calendar(record.first_day, record.days + length, holidays=holidays, special_days=specials, queue=name)
        aht = (default_aht_s or {}).get(name, DEFAULT_AHT_S)
        queues[name] = forecast_queue(record, known, length, models, aht)
    table = pd.concat([_rows(queue, wall, quantiles) for queue in queues.values()], ignore_index=True)
    return Forecast(grid, table, queues, prepared.report, prepared.records)


def quantile_column(level: float) -> str:
    """The column's name of a quantile: 0.1 is "q10", 0.025 is "q2.5"."""
    return f"q{level * 100:g}"


def _rows(queue: QueueForecast, wall: Walls, quantiles: Sequence[float]) -> pd.DataFrame:
    starts = pd.to_datetime(wall.grid.starts, unit="s", utc=True).tz_convert(wall.grid.zone)
    columns = {"mean": queue.mean} | {quantile_column(level): queue.quantile(level) for level in quantiles}
    columns["aht_s"] = queue.aht_s
    return pd.DataFrame(
        {"queue": queue.queue, "start": starts} | {name: wall.vector(values) for name, values in columns.items()}
    )
