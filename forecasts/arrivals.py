"""From a history to a forecast: prepare, try the models on the past, choose, forecast, put bands around it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from centre.grid import Horizon
from centre.site import Span, SpecialDay
from forecasts.accuracy import bias, coverage, poisson_floor, wape
from forecasts.bands import Bands, fit_bands
from forecasts.calendar import Calendar, calendar
from forecasts.choice import Choice, choose
from forecasts.handle_time import handle_time
from forecasts.history import HistoryReport, Record, prepare
from forecasts.history.walls import Walls, walls
from forecasts.models import MODELS, Model, Past
from forecasts.trials import Trials, origins_of, run_trials

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

DEFAULT_AHT_S = 240.0
STRETCHES = ((1, 7), (8, 10_000))
"""Days ahead for which models are chosen, and bands measured, apart."""

ORIGINS, STEP = 26, 7
YOUNG_DAYS = 35
TINY_A_DAY = 1.0


@dataclass(frozen=True)
class QueueForecast:
    """One queue's forecast by day and wall-clock slot.

    Attributes
    ----------
    mean : expected contacts, 0 where closed, shape [days, slots].
    aht_s : expected handle time, shape [days, slots].
    bands : by day ahead, shape [days] of Bands.
    choices : which model for which days ahead, and why.
    accuracy : of the chosen models on past origins: "wape", "wape_day", "bias", "coverage_80", "coverage_95",
        "poisson_floor", "excess"; empty when the history is too short to tell.
    """

    queue: str
    mean: FloatArray
    aht_s: FloatArray
    bands: tuple[Bands, ...]
    choices: tuple[Choice, ...]
    accuracy: Mapping[str, float]

    def quantile(self, level: float) -> FloatArray:
        """Quantile of the contacts, shape [days, slots]."""
        return np.stack([band.quantile(row, level) for band, row in zip(self.bands, self.mean, strict=True)])


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
    """

    horizon: Horizon
    table: pd.DataFrame
    queues: Mapping[str, QueueForecast]
    report: HistoryReport

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
        raise ValueError("give one of weeks and days")
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
    return Forecast(grid, table, queues, prepared.report)


def forecast_queue(
    record: Record, known: Calendar, days: int, models: Sequence[Model] = MODELS, default_aht_s: float = DEFAULT_AHT_S
) -> QueueForecast:
    """Forecast one queue `days` days past its record.

    Parameters
    ----------
    known : calendar of the record's days and of the horizon.
    """
    past = past_of(record, known)
    ahead = known.weekday[record.days : record.days + days]
    is_open = record.open[ahead] & (known.factor[record.days : record.days + days] > 0)[:, None]
    # Rows may end before the horizon begins: the models see the last day with rows as their last.
    seen = np.flatnonzero(~np.isnan(past.counts).all(axis=1) | past.closed)
    end = int(seen[-1]) + 1 if len(seen) else record.days
    gap = record.days - end
    past = past.before(end)
    reach = gap + days
    ready = [model for model in models if end >= model.needs_days()] or [models[-1]]
    trials = run_trials(
        past, record.offered[:end], ready, origins_of(end, min(YOUNG_DAYS, end), STEP, ORIGINS), min(reach, 35)
    )
    choices = _choices(past, trials, gap, reach, ready)
    mean = np.zeros((days, record.slots))
    by_name = {model.name: model for model in ready}
    said: dict[str, FloatArray] = {}
    for choice in choices:
        if choice.model not in said:
            said[choice.model] = by_name[choice.model].forecast(past, reach)
        rows = slice(max(choice.first - 1 - gap, 0), max(choice.last - gap, 0))
        mean[rows] = said[choice.model][gap:][rows]
    mean = np.where(is_open, mean, 0.0)
    bands = [_bands(trials, choice) for choice in choices]
    by_day = tuple(
        next(band for band, choice in zip(bands, choices, strict=True) if gap + day + 1 <= choice.last)
        for day in range(days)
    )
    return QueueForecast(
        queue=record.queue,
        mean=mean,
        aht_s=handle_time(record, ahead, default_aht_s),
        bands=by_day,
        choices=choices,
        accuracy=_accuracy(trials, choices, bands),
    )


def past_of(record: Record, known: Calendar) -> Past:
    """What the models may know: a record with its days' totals, partly known days filled by their usual course."""
    weekday = known.weekday[: record.days]
    seen = ~np.isnan(record.counts)
    filled = np.where(seen, record.counts, 0.0)
    course = np.zeros((7, record.slots))
    for day in range(7):
        mine = weekday == day
        course[day] = filled[mine].sum(axis=0) / np.maximum(seen[mine].sum(axis=0), 1)
    usual = course[weekday]
    whole = usual.sum(axis=1)
    share = np.divide(np.where(seen, usual, 0.0).sum(axis=1), whole, out=seen.mean(axis=1), where=whole > 0)
    totals = np.full(record.days, np.nan)
    enough = share >= 0.5
    totals[enough] = filled.sum(axis=1)[enough] / share[enough]
    totals[record.closed] = np.nan
    return Past(record.counts, totals, record.closed, record.open, known)


def _choices(past: Past, trials: Trials, gap: int, reach: int, ready: Sequence[Model]) -> tuple[Choice, ...]:
    daily = float(np.nanmean(past.totals)) if (~np.isnan(past.totals)).any() else 0.0
    rule = ""
    if past.days < YOUNG_DAYS:
        rule = f"young queue, {past.days} days of history: pooled mean by rule"
    elif daily < TINY_A_DAY:
        rule = f"tiny queue, {daily:.2f} contacts a day: pooled mean by rule"
    simple = next((model.name for model in ready if model.name == "pooled mean"), ready[-1].name)
    if rule:
        return (Choice(1, reach, simple, rule, {}),)
    found: list[Choice] = []
    for first, last in STRETCHES:
        if first > reach or last <= gap:
            continue
        choice = choose(trials, first, min(last, trials.actual.shape[1]))
        if choice is None:
            choice = found[-1] if found else Choice(first, last, ready[0].name, "too few past origins to compare", {})
        found.append(Choice(first, min(last, reach), choice.model, choice.why, choice.wapes))
    return tuple(found)


def _bands(trials: Trials, choice: Choice) -> Bands:
    actual, said = _of(trials, choice)
    if (~np.isnan(actual)).sum() < 20:
        actual, said = trials.actual, trials.forecasts[trials.models.index(choice.model)]
    return fit_bands(actual, said)


def _of(trials: Trials, choice: Choice) -> tuple[FloatArray, FloatArray]:
    days = slice(choice.first - 1, choice.last)
    return trials.actual[:, days], trials.forecasts[trials.models.index(choice.model)][:, days]


def _accuracy(trials: Trials, choices: Sequence[Choice], bands: Sequence[Bands]) -> dict[str, float]:
    parts = [_of(trials, choice) for choice in choices]
    if not any((~np.isnan(actual)).any() for actual, _ in parts):
        return {}
    actual = np.concatenate([part[0].reshape(-1, part[0].shape[-1]) for part in parts])
    said = np.concatenate([part[1].reshape(-1, part[1].shape[-1]) for part in parts])
    said = np.where(np.isnan(actual), np.nan, said)
    actual = np.where(np.isnan(said), np.nan, actual)

    def quantile(level: float) -> FloatArray:
        return np.concatenate(
            [
                band.quantile(part[1], level).reshape(-1, part[1].shape[-1])
                for part, band in zip(parts, bands, strict=True)
            ]
        )

    floor = poisson_floor(actual, said)
    whole = wape(actual, said)
    return {
        "wape": whole,
        "wape_day": wape(np.nansum(actual, axis=1), np.nansum(said, axis=1)),
        "bias": bias(actual, said),
        "coverage_80": coverage(actual, quantile(0.1), quantile(0.9)),
        "coverage_95": coverage(actual, quantile(0.025), quantile(0.975)),
        "poisson_floor": floor,
        "excess": whole - floor,
    }


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
