"""A year of a made-up hotline, drawn from a seed: what `paiban init` puts into a new site.

The draws follow what real centres show: trend, week, season, public holidays with a rush after them, the place in
the month, campaigns, a double peak, days that are all busier or quieter than planned, waves within the day, Poisson
noise on top; and waits and abandons as the Erlang A approximation of Garnett, Mandelbaum & Reiman (2002) gives them
under a staffing made for the expected volume.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import erfcx

from centre.grid import Horizon
from centre.site import Span, SpecialDay
from centre.words import WEEKDAYS
from forecasts.calendar import Calendar, calendar

FloatArray = NDArray[np.float64]

HOURS = np.array([0, 7, 8.5, 9, 10, 11, 12, 12.75, 13.5, 14.5, 15.5, 17, 18, 19, 20, 21, 22, 24])
LEVEL = np.array([2, 5, 34, 62, 96, 100, 80, 64, 70, 88, 91, 78, 60, 57, 60, 46, 26, 2]) / 100
"""The day's course as shares of its peak: a high late morning, a lower afternoon, an evening shoulder."""

PLACE_EFFECT = {
    "first": 0.08, "start": 0.05, "end": 0.05, "middle": 0.04,
    "holiday": -0.50, "holiday_weekend": -0.25, "eve": -0.06, "after": 0.20, "second_after": 0.07,
    "worked_weekend": 0.12,
}  # fmt: skip
"""Effects on the logarithm of the day's volume, by column of the calendar."""


@dataclass(frozen=True)
class ExampleQueue:
    """What one queue of the example is like.

    Attributes
    ----------
    daily : contacts on a plain Monday over a whole day's course; shorter opening hours cut it.
    aht_s : mean handle time in seconds.
    week : share of Monday's volume, Monday to Sunday.
    trend : growth a year.
    season : height of the yearly wave.
    patience_s : mean patience in seconds.
    day_noise, wave_noise : standard deviation of the day's common factor and of the waves within it.
    """

    daily: float
    aht_s: float = 240.0
    week: Sequence[float] = (1.0, 0.95, 0.92, 0.90, 0.93, 0.74, 0.68)
    trend: float = 0.06
    season: float = 0.07
    patience_s: float = 150.0
    day_noise: float = 0.05
    wave_noise: float = 0.07


EXAMPLE_QUEUES: Mapping[str, ExampleQueue] = {
    "billing": ExampleQueue(daily=1330, aht_s=230),
    "service": ExampleQueue(daily=930, aht_s=270, week=(1.0, 0.97, 0.95, 0.94, 0.93, 0.80, 0.76)),
    "sales": ExampleQueue(daily=520, aht_s=330, week=(1.0, 0.96, 0.94, 0.95, 0.98, 0.86, 0.80), trend=0.10),
}
"""Three voice queues that keep about 25 to 30 agents busy at the peak of a weekday."""

DAILY_0830_2200: Mapping[str, tuple[Span, ...]] = dict.fromkeys(WEEKDAYS, ((510, 1320),))


def example_special_days(first_day: date, days: int, seed: int) -> tuple[SpecialDay, ...]:
    """About one campaign of two days every seven weeks, the second day weaker; known beforehand to the planner."""
    rng = np.random.default_rng([seed, 1])
    found = []
    row = int(rng.integers(20, 40))
    while row + 1 < days:
        day = first_day + timedelta(days=row)
        factor = round(float(rng.uniform(1.25, 1.5)), 2)
        found.append(SpecialDay(date=day, factor=factor, note="campaign"))
        found.append(
            SpecialDay(date=day + timedelta(days=1), factor=round(1 + (factor - 1) / 2, 2), note="campaign, day 2")
        )
        row += int(rng.integers(35, 63))
    return tuple(found)


def example_history(
    queues: Mapping[str, ExampleQueue] = EXAMPLE_QUEUES,
    *,
    zone: str = "Asia/Shanghai",
    opening: Mapping[str, tuple[Span, ...]] = DAILY_0830_2200,
    first_day: date,
    days: int,
    seed: int,
    grid_minutes: int = 15,
    holidays: str = "CN",
    special_days: Iterable[SpecialDay] = (),
) -> pd.DataFrame:
    """Draw a history in the form of the table contract, open intervals only.

    The same seed gives the same rows; a queue's rows do not depend on which other queues are drawn.

    Returns
    -------
    DataFrame with queue, start (aware, in `zone`), offered, answered, abandoned, answered_within (20 s), aht_s
    (mean of the answered, NaN where none), wait_s (total over all offered).
    """
    grid = Horizon(zone, grid_minutes, first_day, days)
    open_now = open_intervals(grid, opening)
    specials = tuple(special_days)
    frames = []
    for name, queue in queues.items():
        rng = np.random.default_rng([seed, crc32(name.encode())])
        plan = calendar(first_day, days, holidays=holidays, special_days=specials, queue=name)
        frames.append(_draw(name, queue, grid, plan, rng)[open_now])
    table = pd.concat(frames, ignore_index=True)
    table["start"] = pd.to_datetime(table["start"], unit="s", utc=True).dt.tz_convert(zone)
    return table


def open_intervals(grid: Horizon, opening: Mapping[str, tuple[Span, ...]]) -> NDArray[np.bool_]:
    """Which intervals of a grid lie within the opening hours, those running past midnight included."""
    open_now = np.zeros(grid.count, dtype=bool)
    for day in range(-1, grid.days):
        for begin, end in opening.get(WEEKDAYS[grid.day(day).weekday()], ()):
            first, last = grid.index(grid.at(day, begin)), grid.index(grid.at(day, end) - 1)
            open_now[max(first, 0) : max(last + 1, 0)] = True
    return open_now


def _draw(name: str, queue: ExampleQueue, grid: Horizon, plan: Calendar, rng: np.random.Generator) -> pd.DataFrame:
    expected = _expected(queue, grid, plan)
    day_factor = np.exp(_correlated(rng, grid.days, 0.5, queue.day_noise))
    waves = np.exp(_correlated(rng, grid.count, 0.9 ** (grid.minutes / 15), queue.wave_noise))
    rate = expected * day_factor[grid.day_of] * waves
    offered = rng.poisson(rate)
    hour = grid.local_minutes / 60
    mean_aht = queue.aht_s * (1 + 0.05 * np.sin((hour - 9) / 12 * np.pi) + 0.06 * (hour >= 20))
    within, abandon, wait = _service(expected, rate, mean_aht, queue.patience_s, grid.step, rng)
    abandoned = rng.binomial(offered, abandon)
    answered = offered - abandoned
    deviation = 0.6 / np.sqrt(np.maximum(answered, 1))
    spread = rng.lognormal(-(deviation**2) / 2, deviation)
    return pd.DataFrame(
        {
            "queue": name,
            "start": grid.starts,
            "offered": offered,
            "answered": answered,
            "abandoned": abandoned,
            "answered_within": rng.binomial(answered, within),
            "aht_s": np.where(answered > 0, np.round(mean_aht * spread, 1), np.nan),
            "wait_s": np.round(rng.gamma(np.maximum(offered, 1), wait) * (offered > 0), 0),
        }
    )


def _expected(queue: ExampleQueue, grid: Horizon, plan: Calendar) -> FloatArray:
    row = np.arange(grid.days)
    year = 2 * np.pi * (np.array([day.timetuple().tm_yday for day in grid]) - 20) / 365.25
    effect = np.array([PLACE_EFFECT.get(column, 0.0) for column in plan.columns])
    log_day = (
        np.log(queue.daily * np.asarray(queue.week)[plan.weekday])
        + queue.trend * (row - grid.days / 2) / 365
        + queue.season * (np.cos(year) + 0.4 * np.sin(2 * year))
        + plan.features @ effect
    )
    hours = grid.local_minutes / 60 + grid.minutes / 120
    course = np.interp(hours, HOURS, LEVEL)
    whole = np.interp(np.arange(0, 24, 0.05), HOURS, LEVEL).mean() * 24 * 60 / grid.minutes
    volume: FloatArray = (np.exp(log_day) * plan.factor)[grid.day_of] * course / whole
    return volume


def _correlated(rng: np.random.Generator, size: int, keep: float, deviation: float) -> FloatArray:
    """A stationary AR(1) series: `keep` of the last value, standard deviation `deviation`."""
    shocks = rng.normal(0.0, deviation * np.sqrt(1 - keep**2), size)
    shocks[:1] /= np.sqrt(1 - keep**2)
    from scipy.signal import lfilter  # takes half a second to load: only who draws waits for it

    series: FloatArray = lfilter([1.0], [1.0, -keep], shocks)
    return series


def _hazard(x: FloatArray) -> FloatArray:
    """Hazard rate of the standard normal distribution."""
    rate: FloatArray = np.sqrt(2 / np.pi) / erfcx(x / np.sqrt(2))
    return rate


def _service(
    expected: FloatArray, rate: FloatArray, aht_s: FloatArray, patience_s: float, step: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Share of the answered within 20 s, share abandoning, mean wait in seconds; one value an interval."""
    planned = expected * aht_s / step
    agents = np.ceil(planned + 0.75 * np.sqrt(planned)) + rng.integers(-1, 2, len(planned))
    agents = np.maximum(agents, 1)
    load = np.maximum(rate * aht_s / step, 1e-9)
    spare = (agents - load) / np.sqrt(agents)
    ratio = np.sqrt(aht_s / patience_s)
    waits = 1 / (1 + ratio * _hazard(spare / ratio) / _hazard(-spare))
    abandons = np.clip(waits * ratio / np.sqrt(agents) * (_hazard(spare / ratio) - spare / ratio), 0.0, 0.9)
    mean_wait = abandons * patience_s
    long_wait = waits * np.exp(-20 / np.maximum(mean_wait / waits, 1e-6))
    within = np.clip((1 - long_wait - 0.3 * abandons) / (1 - abandons), 0.0, 1.0)
    return within, abandons, np.maximum(mean_wait, 1e-6)
