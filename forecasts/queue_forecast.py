"""One queue's forecast: the models tried on its past, one chosen, its bands measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecasts.accuracy import bias, coverage, poisson_floor, wape
from forecasts.bands import Bands
from forecasts.bands_ahead import NEAREST, Ahead, bands_ahead, by_day, day_by_day
from forecasts.calendar import Calendar
from forecasts.choice import FEWEST_ORIGINS, Choice, choices, trial_of
from forecasts.components import Components, find_components
from forecasts.handle_time import handle_time
from forecasts.history import Record
from forecasts.intraday import IntradayModel, learn
from forecasts.models import MODELS, Model, Past
from forecasts.paths import sample_paths
from forecasts.trials import Trials, open_ahead, origins_of, run_trials

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

DEFAULT_AHT_S = 240.0

ORIGINS, STEP_DAYS = 26, 7
"""Past origins that models are tried from, and the days between them."""

FIRST_ORIGIN = 28
FARTHEST = 35
"""Days ahead that are tried at most."""


@dataclass(frozen=True)
class QueueForecast:
    """One queue's forecast by day and wall-clock slot.

    Attributes
    ----------
    mean : expected contacts, 0 where closed, shape [days, slots].
    aht_s : expected handle time, shape [days, slots].
    bands : of each day's intervals, length days.
    day_bands : of each day's total, length days.
    components : what each day's forecast is off by, length days.
    tried : what came and what was said on past days up to a week ahead, shape [2, origins, days ahead, slots], NaN
        where unknown: what an intraday model learns from.
    choices : which model for which days ahead, and why.
    accuracy : of the chosen models from past origins: "wape", "wape_day", "bias", "coverage_80", "coverage_95",
        "poisson_floor", "excess" (shares of 1); empty when the history is too short to tell.
    notes : what the planner should know of single days.
    """

    queue: str
    mean: FloatArray
    aht_s: FloatArray
    bands: tuple[Bands, ...]
    day_bands: tuple[Bands, ...]
    components: tuple[Components, ...]
    tried: FloatArray
    grid_minutes: int
    choices: tuple[Choice, ...]
    accuracy: Mapping[str, float]
    notes: tuple[str, ...] = ()

    def quantile(self, level: float) -> FloatArray:
        """Quantile of the contacts of each interval, shape [days, slots]."""
        return np.stack([band.quantile(row, level) for band, row in zip(self.bands, self.mean, strict=True)])

    def day_quantile(self, level: float) -> FloatArray:
        """Quantile of the contacts of each whole day, shape [days]: narrower than the sum of its intervals'."""
        totals = self.mean.sum(axis=1, keepdims=True)
        return np.concatenate([band.quantile(total, level) for band, total in zip(self.day_bands, totals, strict=True)])

    def paths(self, number: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Possible courses of all days, shape [number, days, slots]."""
        return sample_paths(self.mean, self.components, self.day_bands, self.grid_minutes, number, rng)

    def intraday(self) -> IntradayModel:
        """What past days teach about the rest of a day, once its morning is known."""
        actual, said = self.tried
        return learn(actual, said, self.grid_minutes)


def forecast_queue(
    record: Record,
    known: Calendar,
    days: int,
    models: Sequence[Model] = MODELS,
    default_aht_s: float = DEFAULT_AHT_S,
) -> QueueForecast:
    """Forecast one queue for the `days` days after its record.

    Parameters
    ----------
    known : calendar of the record's days and of the horizon.
    """
    past = up_to_last_known(past_of(record, known))
    gap = record.days - past.days
    reach = gap + days
    ready = [model for model in models if past.span >= model.needs_days()] or [models[-1]]
    origins = origins_of(past.days, past.days - past.span + FIRST_ORIGIN, STEP_DAYS, ORIGINS)
    ahead = min(max(reach, NEAREST), FARTHEST)
    trials = run_trials(past, record.offered[: past.days], ready, origins, ahead)
    chosen = choices(past, trials, gap + 1, reach)
    mean = np.where(open_ahead(past, reach), _mean(past, chosen, ready, reach), 0.0)[gap:]
    bands = [ahead for choice in chosen for ahead in bands_ahead(trials, choice)]
    day_bands = [ahead for choice in chosen for ahead in bands_ahead(by_day(trials), choice)]
    parts = [components_of(trials, choice, record.grid_minutes) for choice in chosen]
    each = [place for place, choice in enumerate(chosen) for _ in range(choice.first, choice.last + 1)]
    weekdays = known.weekday[record.days : record.days + days]
    kinds = known.kind[record.days : record.days + days]
    return QueueForecast(
        queue=record.queue,
        mean=mean,
        aht_s=handle_time(record, weekdays, default_aht_s),
        bands=day_by_day(bands, kinds),
        day_bands=day_by_day(day_bands, kinds),
        components=tuple(parts[place] for place in each),
        tried=np.stack(trial_of(trials, replace(chosen[0], first=1, last=NEAREST))),
        grid_minutes=record.grid_minutes,
        choices=chosen,
        accuracy=accuracy_of(trials, chosen, bands),
        notes=_notes(past, gap, days),
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


def up_to_last_known(past: Past) -> Past:
    """The past up to the last day anything is known of: rows may end long before the horizon begins."""
    seen = np.flatnonzero((~np.isnan(past.counts) & past.open[past.weekday]).any(axis=1) | past.closed)
    return past.before(int(seen[-1]) + 1 if len(seen) else past.days)


def _mean(past: Past, chosen: Sequence[Choice], ready: Sequence[Model], reach: int) -> FloatArray:
    by_name = {model.name: model for model in ready}
    said = {name: by_name[name].forecast(past, reach) for name in {choice.model for choice in chosen}}
    mean = np.zeros((reach, past.counts.shape[1]))
    for choice in chosen:
        rows = slice(choice.first - 1, choice.last)
        mean[rows] = said[choice.model][rows]
    return mean


def components_of(trials: Trials, choice: Choice, grid_minutes: int) -> Components:
    """What a choice was off by in the past, at its days ahead where there are any, else at all."""
    actual, said = trial_of(trials, choice)
    if (~np.isnan(actual)).any(axis=(1, 2)).sum() < FEWEST_ORIGINS:
        actual, said = trials.actual, trials.forecasts[trials.models.index(choice.model)]
    return find_components(actual, said, grid_minutes)


def accuracy_of(trials: Trials, chosen: Sequence[Choice], bands: Sequence[Ahead]) -> dict[str, float]:
    """Figures of the chosen models on their past origins; coverage of the bands as they would have been there."""
    came, said, edges = [], [], []
    for stretch in bands:
        choice = next(choice for choice in chosen if choice.first <= stretch.first <= choice.last)
        actual, mean = trial_of(trials, replace(choice, first=stretch.first, last=stretch.last))
        known = ~np.isnan(actual) & ~np.isnan(mean)
        mean = np.where(known, mean, np.nan)
        came.append(np.where(known, actual, np.nan).reshape(-1, actual.shape[-1]))
        said.append(mean.reshape(-1, actual.shape[-1]))
        kinds = trials.kind[:, stretch.first - 1 : stretch.last]
        edges.append(_edges(stretch, kinds, mean).reshape(4, -1, actual.shape[-1]))
    actual, mean, edge = np.concatenate(came), np.concatenate(said), np.concatenate(edges, axis=1)
    if np.isnan(actual).all():
        return {}
    whole, floor = wape(actual, mean), poisson_floor(actual, mean)
    return {
        "wape": whole,
        "wape_day": wape(np.nansum(actual, axis=1), np.nansum(mean, axis=1)),
        "bias": bias(actual, mean),
        "coverage_80": coverage(actual, edge[1], edge[2]),
        "coverage_95": coverage(actual, edge[0], edge[3]),
        "poisson_floor": floor,
        "excess": whole - floor,
    }


def _edges(stretch: Ahead, kinds: IntArray, mean: FloatArray) -> FloatArray:
    """Edges of the 80 % and 95 % bands at each past origin, NaN where it had none, [4, origins, days, slots].

    Where no origin had any yet, those of the bands as they are now.
    """
    levels = (0.025, 0.1, 0.9, 0.975)
    before = stretch.before if any(stretch.before) else (stretch.bands,) * len(mean)
    edges = np.full((len(levels), *mean.shape), np.nan)
    for place, (bands, kind) in enumerate(zip(before, kinds, strict=True)):
        if bands is not None:
            edges[:, place] = np.stack([bands.at(kind).quantile(mean[place], level) for level in levels])
    return edges


def _notes(past: Past, gap: int, days: int) -> tuple[str, ...]:
    """Days ahead for which the history has nothing to go by."""
    known = past.calendar
    seen = known.holiday[: past.days] & (past.closed | past.running)
    notes = []
    shut = past.shut(gap + days)
    for row in range(past.days + gap, past.days + gap + days):
        if not known.holiday[row]:
            continue
        if not seen.any():
            what = "no holiday in the history; give a special day with its factor, 0 when closed"
        elif shut[row - past.days]:
            what = "forecast as closed, as on holidays before; give a special day with its factor otherwise"
        else:
            continue
        notes.append(f"{known.day(row)} {known.names[row]}: {what}")
    return tuple(notes)
