"""Rolling-origin backtest: what would have been forecast, with what was known then, beside what came.

At every origin the models are chosen, and the bands measured, from earlier origins only. (What a slot's opening
hours are and which values are outliers is settled once, on the whole history.)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from centre.site import Span, SpecialDay
from forecasts.accuracy import bias, coverage, excess, pinball, poisson_floor, wape
from forecasts.bands_ahead import bands_ahead, by_day
from forecasts.calendar import Calendar
from forecasts.choice import choices
from forecasts.history import Record, prepare
from forecasts.models import MODELS, Model, Past
from forecasts.queue_forecast import FIRST_ORIGIN, ORIGINS, STEP_DAYS, past_of
from forecasts.trials import Trials, origins_of, run_trials

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

HORIZONS = (1, 7, 28)
LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
CHOSEN = "chosen"


@dataclass(frozen=True)
class Tested:
    """One queue's forecasts from past origins.

    Attributes
    ----------
    origins : first forecast day of each.
    end : the day after the last known one.
    actual : what came, NaN where unknown or not there, shape [origins, days, slots].
    mean : what the chosen models said, same shape.
    quantiles : by level, same shape.
    day_quantiles : of whole days, by level, shape [origins, days].
    models : what each model alone would have said, by name, same shape (NaN where it was not tried).
    chosen : the model taken for the first days ahead at each origin.
    """

    queue: str
    origins: tuple[date, ...]
    end: date
    actual: FloatArray
    mean: FloatArray
    quantiles: Mapping[float, FloatArray]
    day_quantiles: Mapping[float, FloatArray]
    models: Mapping[str, FloatArray]
    chosen: tuple[str, ...]


@dataclass(frozen=True)
class Backtest:
    """The accuracy by queue and horizon, and the forecasts it rests on.

    Attributes
    ----------
    table : queue, model ("chosen", then each model alone), horizon_days, origins, contacts, wape, wape_day, bias,
        coverage_80, coverage_95, pinball (mean over the levels, in contacts), poisson_floor, excess. Shares of 1.
    queues : the forecasts, by queue.
    records : what the history knows, by queue.
    """

    table: pd.DataFrame
    queues: Mapping[str, Tested]
    records: Mapping[str, Record]


def backtest(
    history: pd.DataFrame,
    *,
    zone: str,
    grid_minutes: int,
    origins: int = ORIGINS,
    every_days: int = STEP_DAYS,
    horizons: Sequence[int] = HORIZONS,
    before: date | None = None,
    holidays: str = "",
    special_days: Iterable[SpecialDay] = (),
    opening: Mapping[str, tuple[Span, ...]] | None = None,
    models: Sequence[Model] = MODELS,
    score: int | None = None,
) -> Backtest:
    """Test the forecasts of every queue of a history.

    Parameters
    ----------
    origins : at most so many origins are scored; those before them teach.
    every_days : days between origins.
    horizons : days ahead to score, each over all days up to it; only origins with the whole horizon count.
    before : rows of this local day and later are not looked at.
    score : at most so many origins of each horizon, the last whose whole horizon is known; None for all.

    Raises
    ------
    InputError : as `forecasts.arrivals.forecast`.
    """
    prepared = prepare(
        history,
        zone=zone,
        grid_minutes=grid_minutes,
        before=before,
        holidays=holidays,
        special_days=special_days,
        opening=opening,
    )
    tested = {
        name: backtest_queue(record, prepared.calendars[name], origins, every_days, max(horizons), models)
        for name, record in prepared.records.items()
    }
    rows = [row for queue in tested.values() for row in _rows(queue, horizons, score)]
    return Backtest(pd.DataFrame(rows), tested, prepared.records)


def backtest_queue(
    record: Record, known: Calendar, origins: int, every_days: int, days: int, models: Sequence[Model] = MODELS
) -> Tested:
    """Test one queue; `known` is the calendar of its record's days."""
    past = past_of(record, known)
    first = past.days - past.span + FIRST_ORIGIN
    places = origins_of(past.days, first, every_days, origins + -(-ORIGINS * STEP_DAYS // every_days))
    trials = run_trials(past, record.offered, models, places, days)
    scored = places[-origins:] if len(places) else places
    mean = np.full((len(scored), days, record.slots), np.nan)
    quantiles = {level: mean.copy() for level in LEVELS}
    whole = {level: np.full((len(scored), days), np.nan) for level in LEVELS}
    taken = []
    for number, origin in enumerate(scored):
        into = {level: (quantiles[level][number], whole[level][number]) for level in LEVELS}
        chosen = _forecast_at(past, trials, int(origin), mean[number], into)
        taken.append(chosen)
    rows = slice(len(places) - len(scored), len(places))
    return Tested(
        queue=record.queue,
        origins=tuple(record.day(int(origin)) for origin in scored),
        end=record.day(record.days),
        actual=trials.actual[rows],
        mean=mean,
        quantiles=quantiles,
        day_quantiles=whole,
        models={name: trials.forecasts[place, rows] for place, name in enumerate(trials.models)},
        chosen=tuple(taken),
    )


def _forecast_at(
    past: Past, trials: Trials, origin: int, mean: FloatArray, quantiles: Mapping[float, tuple[FloatArray, FloatArray]]
) -> str:
    """Fill in what would have been forecast at one origin, by interval [days, slots] and of whole days [days].

    Returns
    -------
    The first model taken.
    """
    known = past.before(origin)
    now = int(np.flatnonzero(trials.origins == origin)[0])
    ready = [place for place in range(len(trials.models)) if not np.isnan(trials.forecasts[place, now]).all()]
    earlier = trials.known_before(origin)
    recent = np.flatnonzero((origin - earlier.origins) % STEP_DAYS == 0)[-ORIGINS:]
    usable = Trials(
        tuple(trials.models[place] for place in ready),
        earlier.origins[recent],
        earlier.kind[recent],
        earlier.forecasts[ready][:, recent],
        earlier.actual[recent],
    )
    chosen = choices(known, usable, 1, len(mean))
    for choice in chosen:
        said = trials.forecasts[trials.models.index(choice.model), now]
        mean[choice.first - 1 : choice.last] = said[choice.first - 1 : choice.last]
        total = said.sum(axis=1, keepdims=True)
        for ahead, whole_days in zip(bands_ahead(usable, choice), bands_ahead(by_day(usable), choice), strict=True):
            days = slice(ahead.first - 1, ahead.last)
            band, day_band = (found.bands.at(trials.kind[now, days]) for found in (ahead, whole_days))
            for level, (quantile, whole) in quantiles.items():
                quantile[days] = band.quantile(said[days], level)
                whole[days] = day_band.quantile(total[days], level)[:, 0]
    return chosen[0].model


def _rows(queue: Tested, horizons: Sequence[int], score: int | None) -> list[dict[str, object]]:
    rows = []
    for model, said in {CHOSEN: queue.mean, **queue.models}.items():
        for days in horizons:
            actual, mean, quantiles = _scored(queue, said, days, score)
            if not len(actual):
                continue
            row: dict[str, object] = {
                "queue": queue.queue,
                "model": model,
                "horizon_days": days,
                "origins": len(actual),
                "contacts": float(np.nansum(actual)),
                "wape": wape(actual, mean),
                "wape_day": wape(np.nansum(actual, axis=2), np.nansum(mean, axis=2)),
                "bias": bias(actual, mean),
            }
            if model == CHOSEN:
                row["coverage_80"] = coverage(actual, quantiles[0.1], quantiles[0.9])
                row["coverage_95"] = coverage(actual, quantiles[0.025], quantiles[0.975])
                row["pinball"] = float(np.mean([pinball(actual, quantiles[level], level) for level in LEVELS]))
            row["poisson_floor"] = poisson_floor(actual, mean)
            row["excess"] = excess(actual, mean)
            rows.append(row)
    return rows


def _scored(
    queue: Tested, said: FloatArray, days: int, score: int | None
) -> tuple[FloatArray, FloatArray, dict[float, FloatArray]]:
    """What is scored over the first `days` days ahead: origins with the whole horizon behind them."""
    whole = np.array([origin + timedelta(days=days) <= queue.end for origin in queue.origins], dtype=bool)
    if score is not None:
        whole[: max(0, int(whole.sum()) - score)] = False
    known = ~np.isnan(queue.actual[whole, :days]) & ~np.isnan(said[whole, :days])

    def masked(values: FloatArray) -> FloatArray:
        return np.where(known, values[whole, :days], np.nan)

    return masked(queue.actual), masked(said), {level: masked(q) for level, q in queue.quantiles.items()}
