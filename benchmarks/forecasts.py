"""Forecast accuracy on public data, beside named peers from the same origins in the same run.

    python -m benchmarks.forecasts --data FOLDER [--write docs/forecast-accuracy.md] [--origins 84] [--no-peers]

The folder holds the files named in benchmarks/forecast_sets.py. Peers take part when their packages are installed
(`pip install statsforecast prophet lightgbm`); they take most of the time.
"""

import argparse
import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.forecast_peers import peers
from benchmarks.forecast_sets import DataSet, data_sets
from forecasts.accuracy import bias, coverage, poisson_floor, wape
from forecasts.arrivals import forecast
from forecasts.backtest import CHOSEN, Tested, backtest
from forecasts.bands import fit_bands
from forecasts.example_history import EXAMPLE_QUEUES, example_history
from forecasts.history import prepare
from forecasts.intraday import learn, reforecast
from forecasts.models import MODELS, Model
from forecasts.queue_forecast import past_of
from forecasts.trials import run_trials

FloatArray = NDArray[np.float64]
Measure = Callable[[FloatArray, FloatArray], float]

HORIZONS = (1, 7, 28)
HOURS = (9, 10, 11, 12, 13, 14, 15, 17)
SIMPLE = ("seasonal naive", "mean of six weeks")
PEERS_EVERY = 4
"""Days between the origins that peers forecast from: some take seconds for each."""

DAILY_ORIGINS = 182
"""Days that forecasts of daily series are made from."""

LEARNING_DAYS = 28
FROM = date(2026, 1, 1)


def main() -> None:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("PAIBAN_DATA"), help="folder of the data sets")
    parser.add_argument("--write", type=Path, help="write the tables into this Markdown file")
    parser.add_argument("--origins", type=int, default=84, help="days from which forecasts are made, the last ones")
    parser.add_argument("--no-peers", action="store_true", help="only our own models")
    given = parser.parse_args()
    if given.data is None or not given.data.is_dir():
        parser.error("--data (or PAIBAN_DATA): the folder of the data sets")
    lines = []
    for line in _document(given.data, given.origins, [] if given.no_peers else peers()):
        print(line, flush=True)  # peers take minutes: what is known is shown
        lines.append(line)
    if given.write:
        given.write.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _document(folder: Path, origins: int, others: list[Model]) -> Iterator[str]:
    yield HEAD.format(origins=origins)
    intraday: list[str] = []
    for data in data_sets(folder):
        own = _tested(data, origins)
        yield f"\n## {data.name}\n"
        yield from _accuracy_table(own)
        if others and data.grid_minutes == 30 and len(own) == 1:
            yield from _beside_table(data, own["all"], others)
        if data.grid_minutes < 1440:
            intraday += [line for queue in own.values() for line in _intraday_row(data, queue)]
    yield INTRADAY + "".join(f" {hour}:00 |" for hour in HOURS)
    yield "| --- | --- |" + " --- |" * len(HOURS)
    yield from intraday
    yield from _speed()


def _tested(data: DataSet, origins: int) -> dict[str, Tested]:
    result = backtest(
        data.history,
        zone=data.zone,
        grid_minutes=data.grid_minutes,
        holidays=data.holidays,
        origins=origins if data.grid_minutes < 1440 else DAILY_ORIGINS,
        every_days=1,
        horizons=HORIZONS,
        models=MODELS,
    )
    return dict(result.queues)


def _accuracy_table(queues: dict[str, Tested]) -> Iterator[str]:
    heads = " | ".join(f"{_days(days)} | day total" for days in HORIZONS)
    yield f"| queue | forecast | {heads} | bias | 80 % | 95 % |"
    yield "| --- | --- |" + " --- | --- |" * len(HORIZONS) + " --- | --- | --- |"
    for name, queue in queues.items():
        if np.nansum(queue.actual) < 100:
            continue
        alone = {model: values for model, values in queue.models.items() if len(queues) == 1 or model in SIMPLE}
        said = {f"**{CHOSEN}**": queue.mean, **alone}
        common = _common(queue.actual, said.values())
        floor = _by_horizon(queue.actual, common, poisson_floor, queue.mean)
        yield f"| {name} | Poisson floor |" + "".join(f" {value:.1%} | |" for value in floor) + " | | |"
        for model, values in sorted(said.items(), key=lambda item: _week(queue.actual, common, item[1])):
            yield f"| {name} | {model} |" + _cells(queue, common, values, bands=values is queue.mean)


def _beside_table(data: DataSet, own: Tested, others: Sequence[Model]) -> Iterator[str]:
    """All from every few of our own origins, on the same past."""
    prepared = prepare(data.history, zone=data.zone, grid_minutes=data.grid_minutes, holidays=data.holidays)
    record = prepared.records[own.queue]
    ours = list(range(len(own.origins) - 1, -1, -PEERS_EVERY))[::-1]
    origins = np.array([(own.origins[place] - record.first_day).days for place in ours])
    past = past_of(record, prepared.calendars[own.queue])
    trials = run_trials(past, record.offered, others, origins, max(HORIZONS))
    actual = own.actual[ours]
    said = {f"**{CHOSEN}**": own.mean[ours]}
    said |= {model: values[ours] for model, values in own.models.items() if model in SIMPLE}
    said |= dict(zip(trials.models, trials.forecasts, strict=True))
    common = _common(actual, said.values())
    yield f"\nBeside peers, from every {PEERS_EVERY}th of these days ({len(ours)} origins):\n"
    yield "| forecast | " + " | ".join(_days(days) for days in HORIZONS) + " |"
    yield "| --- |" + " --- |" * len(HORIZONS)
    for model, values in sorted(said.items(), key=lambda item: _week(actual, common, item[1])):
        yield f"| {model} |" + "".join(f" {value:.1%} |" for value in _by_horizon(actual, common, wape, values))


def _common(actual: FloatArray, said: Iterable[FloatArray]) -> NDArray[np.bool_]:
    """Intervals that came and that all have forecast: all are scored on the same."""
    common = ~np.isnan(actual)
    for values in said:
        common = common & ~np.isnan(values)
    return common


def _days(days: int) -> str:
    return {1: "day ahead", 7: "week", 28: "4 weeks"}[days]


def _by_horizon(actual: FloatArray, common: NDArray[np.bool_], measure: Measure, values: FloatArray) -> list[float]:
    came = np.where(common, actual, np.nan)
    return [measure(came[:, :days], values[:, :days]) for days in HORIZONS]


def _week(actual: FloatArray, common: NDArray[np.bool_], values: FloatArray) -> float:
    return wape(np.where(common, actual, np.nan)[:, :7], values[:, :7])


def _cells(queue: Tested, common: NDArray[np.bool_], values: FloatArray, bands: bool) -> str:
    actual, mean = np.where(common, queue.actual, np.nan), np.where(common, values, np.nan)
    cells = []
    for days in HORIZONS:
        came, said = actual[:, :days], mean[:, :days]
        cells += [f" {wape(came, said):.1%} |", f" {wape(np.nansum(came, axis=2), np.nansum(said, axis=2)):.1%} |"]
    cells.append(f" {bias(actual[:, :7], mean[:, :7]):+.1%} |")
    for low, high in ((0.1, 0.9), (0.025, 0.975)):
        edges = queue.quantiles[low][:, :7], queue.quantiles[high][:, :7]
        cells.append(f" {coverage(actual[:, :7], *edges):.1%} |" if bands else " |")
    return "".join(cells)


def _intraday_row(data: DataSet, queue: Tested) -> Iterator[str]:
    """WAPE of the rest of the day: as forecast the evening before, and as reforecast at the hour."""
    actual, mean = queue.actual[:, :1], queue.mean[:, :1]
    if np.nansum(actual) < 1000:
        return
    kept, moved, came = (dict.fromkeys(HOURS, 0.0) for _ in range(3))
    taught = -LEARNING_DAYS
    for day in range(LEARNING_DAYS, len(actual)):
        if np.isnan(actual[day, 0]).all() or np.isnan(mean[day, 0]).all():
            continue
        if day - taught >= 7:
            taught = day
            model = learn(actual[:day], mean[:day], data.grid_minutes)
            bands = fit_bands(actual[:day], mean[:day]).at(0)
        said = np.nan_to_num(mean[day, 0])
        for hour in HOURS:
            now = hour * 60 // data.grid_minutes
            seen = np.where(np.arange(len(said)) < now, actual[day, 0], np.nan)
            again = reforecast(model, said, seen, bands).mean
            rest = (np.arange(len(said)) >= now) & ~np.isnan(actual[day, 0])
            kept[hour] += float(np.abs(actual[day, 0] - said)[rest].sum())
            moved[hour] += float(np.abs(actual[day, 0] - again)[rest].sum())
            came[hour] += float(actual[day, 0][rest].sum())
    label = f"{data.name}: {queue.queue}"
    for what, errors in (("as forecast", kept), ("as reforecast", moved)):
        yield f"| {label} | {what} |" + "".join(f" {errors[hour] / max(came[hour], 1):.1%} |" for hour in HOURS)


def _speed() -> Iterator[str]:
    """Time of the whole road from rows to bands, on histories of the example's generator."""
    names = [f"queue {number:02d}" for number in range(50)]
    kinds = list(EXAMPLE_QUEUES.values())
    queues = {name: kinds[number % len(kinds)] for number, name in enumerate(names)}
    history = example_history(queues, first_day=date(2024, 1, 1), days=731, seed=1)
    yield "\n## Speed\n"
    for number in (1, 50):
        part = history[history["queue"].isin(names[:number])]
        part = part[part["start"] >= "2025-01-01"] if number == 1 else part
        clock, cpu = time.perf_counter(), time.process_time()
        forecast(part, zone="Asia/Shanghai", grid_minutes=15, from_day=FROM, weeks=4, holidays="CN")
        spent, used = time.perf_counter() - clock, time.process_time() - cpu
        years = "1 year" if number == 1 else "2 years"
        what = f"{number} queue{'s' * (number > 1)}, {years} of quarter hours, 4 weeks ahead"
        yield f"- {what}: {spent:.1f} s, {used:.1f} s of CPU."
    yield f"\nMeasured with Python {platform.python_version()} on {os.cpu_count()} cores that other work shared."


HEAD = """# Forecast accuracy on real data

Made by `python -m benchmarks.forecasts --data FOLDER --write docs/forecast-accuracy.md`. How it is done stands in
[forecasts.md](forecasts.md).

Rolling origins: forecasts are made from each of the last {origins} days (daily series: the last 182), each with
what was known then; models are chosen and bands measured on earlier origins only; one setting for all sets. WAPE by
interval and by day, over all open days up to the horizon; bias and coverage of the 80 % and the 95 % band over the
week ahead. Of sets with several queues the chosen and the simple models are shown. The Poisson floor is what somebody
who knows the true rate would still be off by. Peers run on the same past from the same origins, as they come.

Data: calls of a large North American bank (Weinberg, Brown & Stroud 2007, `bank_calls` of the R package fpp3);
"Anonymous Bank", Israel, 1999 (Guedj & Mandelbaum, Technion; Brown et al. 2005); ambulance responses in the South
West of England (MIT licence). None of them is in this repository."""

INTRADAY = """
## The rest of the day, reforecast

WAPE of the rest of the day, as forecast the evening before and as reforecast at the hour from what had come
(learned from earlier days only).

| queue | |"""

if __name__ == "__main__":
    main()
