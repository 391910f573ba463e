"""The plan that would have been made a week ahead, the plan of somebody who had known, and what lies between them.

Every week of the tested stretch is planned from the forecast of its first day's eve: required staff by the same
function and rule as `paiban staff`. Both plans are simulated on what really came. The clairvoyant's requirement is made
from the recorded contacts and handle times; its target is moved until it serves the whole stretch as well as the plan
did, so that the hours between the two are the price of not having known, and nothing else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from centre.grid import aware
from centre.queues import Queue
from forecasts.backtest import Tested
from forecasts.demand import DAY_COLUMNS
from forecasts.handle_time import handle_time
from forecasts.history import Record
from forecasts.history.walls import walls
from forecasts.regret.came import Came, what_came
from forecasts.regret.served import Served, serve
from forecasts.staffing import required_staff

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Staffed = Callable[[float], tuple[Ints, Ints]]
"""Net and gross agents for a target, [intervals] both."""

SIMULATED = ("voice", "chat")
"""Channels whose contacts wait for an agent; deferred and outbound work is compared in hours alone."""

TARGETS = np.r_[np.linspace(0.02, 0.96, 48), 0.97, 0.98, 0.985, 0.99, 0.995]
"""Targets that the clairvoyant's may be; between two of them hours are read off the line."""

COURSES = 8


@dataclass(frozen=True)
class WeekOfPlan:
    """One week: hours are of agents present (net)."""

    first_day: date
    contacts: float
    expected: float
    planned_hours: float
    clairvoyant_hours: float
    service_level: float


@dataclass(frozen=True)
class QueueRegret:
    """One queue over the tested weeks.

    Attributes
    ----------
    planned_hours, clairvoyant_hours : agents present; `gross` ones to roster, so that they are there.
    service_level, half_width : of the plan on what came, with its 95 % confidence over the courses simulated; NaN for
        work that does not wait in line.
    clairvoyant_level, clairvoyant_target : what the clairvoyant plan reached, and the target it took for that.
    on_target_hours : hours of the clairvoyant who keeps to the queue's own target (net).
    on_target_level : the service level that gives.
    days_on_target : share of days (of all courses) on which the plan reached the queue's target.
    abandonment, asa_s : of the plan.
    weeks : one by one.
    """

    queue: str
    contacts: float
    planned_hours: float
    planned_gross_hours: float
    clairvoyant_hours: float
    clairvoyant_gross_hours: float
    service_level: float
    half_width: float
    clairvoyant_level: float
    clairvoyant_target: float
    on_target_hours: float
    on_target_level: float
    days_on_target: float
    abandonment: float
    asa_s: float
    weeks: tuple[WeekOfPlan, ...]

    @property
    def hours(self) -> float:
        """Gross hours that not knowing cost; below 0 where the plan was luckily lean."""
        return self.planned_gross_hours - self.clairvoyant_gross_hours


def regret(
    record: Record,
    tested: Tested,
    queue: Queue,
    *,
    zone: str,
    weeks: int,
    rule: str = "mean",
    chance: float = 0.9,
    target_over: str = "interval",
    load: str = "stationary",
    courses: int = COURSES,
    seed: int = 0,
) -> QueueRegret | None:
    """Compare one queue's plans over the last `weeks` weeks of its record; None when it is too young for one.

    Parameters
    ----------
    tested : forecasts from origins that hold the first day of every week compared.
    rule, chance, target_over : as in `required_staff`; for both plans, save that the clairvoyant knows the rate.
    load : "stationary", "lagged" or "carried", as in `required_staff`.
    """
    firsts = [tested.end - timedelta(days=7 * number) for number in range(weeks, 0, -1)]
    firsts = [day for day in firsts if day in tested.origins]
    if not firsts:
        return None
    expected, aht_s = _expected(record, tested, queue, firsts, zone)
    came = what_came(record, zone, firsts[0], 7 * len(firsts)).with_handle_time(aht_s)
    # Where the telephone rang, handle time may be short of a second: hang-ups.
    came = replace(came, aht_s=np.maximum(came.aht_s, 1.0))

    def staffed(table: pd.DataFrame, by: str, target: float) -> tuple[Ints, Ints]:
        wanted = queue.model_copy(update={"target": target})
        made = required_staff(
            table,
            [wanted],
            interval_minutes=record.grid_minutes,
            rule=by,
            chance=chance,
            target_over=target_over,
            lagged=load == "lagged",
            carried=load == "carried",
        )
        net, gross = (made.table[name].to_numpy(dtype=np.int64) for name in ("required", "gross"))
        return np.where(came.known, net, 0), np.where(came.known, gross, 0)

    known = _table(queue.name, came, {"mean": came.contacts, "aht_s": came.aht_s, "open": came.open})
    plan, plan_gross = staffed(_table(queue.name, came, {**expected, "aht_s": aht_s}), rule, queue.target)
    hours = record.grid_minutes / 60
    if queue.channel in SIMULATED:
        mine = serve(came, plan, queue, courses, seed)
        level = mine.service_level(queue.definition)
        other = _equal(
            lambda target: staffed(known, "mean", target), came, queue, float(np.nanmean(level)), courses, seed
        )
    else:
        mine, level = _nobody(came), np.full(courses, np.nan)
        other = _Equal.of(staffed(known, "mean", queue.target), queue.target, float("nan"))
    on_target = staffed(known, "mean", queue.target)[0]
    on_target_level = (
        float(np.nanmean(serve(came, on_target, queue, courses, seed).service_level(queue.definition)))
        if queue.channel in SIMULATED
        else float("nan")
    )
    each = 7 * np.arange(len(firsts) + 1)
    edges = came.grid.day_offsets[each]
    rows = [slice(int(a), int(b)) for a, b in pairwise(edges)]
    return QueueRegret(
        queue=queue.name,
        contacts=float(came.contacts[came.known].sum()),
        planned_hours=float(plan.sum() * hours),
        planned_gross_hours=float(plan_gross.sum() * hours),
        clairvoyant_hours=float(other.net.sum() * hours),
        clairvoyant_gross_hours=float(other.gross.sum() * hours),
        service_level=float(np.nanmean(level)) if np.isfinite(level).any() else float("nan"),
        half_width=_half_width(level),
        clairvoyant_level=other.level,
        clairvoyant_target=other.target,
        on_target_hours=float(on_target.sum() * hours),
        on_target_level=on_target_level,
        days_on_target=_days_on_target(mine, came, queue),
        abandonment=mine.abandonment(),
        asa_s=mine.speed_of_answer(),
        weeks=tuple(
            WeekOfPlan(
                first_day=first,
                contacts=float(came.contacts[row].sum()),
                expected=float(expected["mean"][row].sum()),
                planned_hours=float(plan[row].sum() * hours),
                clairvoyant_hours=float(other.net[row].sum() * hours),
                service_level=_mean(mine.service_level(queue.definition, row)),
            )
            for first, row in zip(firsts, rows, strict=True)
        ),
    )


@dataclass(frozen=True)
class _Equal:
    """The clairvoyant's agents (between two targets: in parts), [intervals]; the target and level they stand for."""

    net: Floats
    gross: Floats
    target: float
    level: float

    @classmethod
    def of(cls, staff: tuple[Ints, Ints], target: float, level: float) -> "_Equal":
        return cls(staff[0].astype(float), staff[1].astype(float), target, level)


def _equal(staffed: Staffed, came: Came, queue: Queue, wanted: float, courses: int, seed: int) -> _Equal:
    """The clairvoyant plan that serves as well as `wanted`: bisection over TARGETS, then the line between two."""
    found: dict[int, _Equal] = {}

    def at(place: int) -> _Equal:
        if place not in found:
            staff = staffed(float(TARGETS[place]))
            level = serve(came, staff[0], queue, courses, seed).service_level(queue.definition)
            found[place] = _Equal.of(staff, float(TARGETS[place]), _mean(level))
        return found[place]

    low, high = 0, len(TARGETS) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if at(middle).level < wanted else (low, middle)
    below, above = at(low), at(high)
    gap = above.level - below.level
    share = float(np.clip((wanted - below.level) / gap, 0.0, 1.0)) if gap > 0 else 0.0
    return _Equal(
        net=(1 - share) * below.net + share * above.net,
        gross=(1 - share) * below.gross + share * above.gross,
        target=(1 - share) * below.target + share * above.target,
        level=(1 - share) * below.level + share * above.level,
    )


def _expected(
    record: Record, tested: Tested, queue: Queue, firsts: Sequence[date], zone: str
) -> tuple[dict[str, Floats], Floats]:
    """What was forecast of each week on its eve, by interval and whole day, by name; handle time; [intervals]."""
    parts: dict[str, list[Floats]] = {name: [] for name in ("mean", "q10", "q90", *DAY_COLUMNS)}
    seconds = []
    for first in firsts:
        place, row = tested.origins.index(first), (first - record.first_day).days
        wall = walls(what_came(record, zone, first, 7).grid)
        said = {"mean": tested.mean, "q10": tested.quantiles[0.1], "q90": tested.quantiles[0.9]}
        for name, values in said.items():
            parts[name].append(np.nan_to_num(wall.vector(values[place, :7])))
        days = (np.nansum(tested.mean[place, :7], axis=1), *(tested.day_quantiles[q][place, :7] for q in (0.1, 0.9)))
        for name, whole in zip(DAY_COLUMNS, days, strict=True):
            parts[name].append(np.nan_to_num(whole)[wall.day])
        weekday = (first.weekday() + np.arange(7)) % 7
        seconds.append(wall.vector(handle_time(_before(record, row), weekday, queue.aht_s)))
    return {name: np.concatenate(values) for name, values in parts.items()}, np.concatenate(seconds)


def _before(record: Record, row: int) -> Record:
    """What the record knew of handle times before a day."""
    return replace(record, offered=record.offered[:row], answered=record.answered[:row], aht_s=record.aht_s[:row])


def _table(queue: str, came: Came, columns: Mapping[str, NDArray[Any]]) -> pd.DataFrame:
    starts = [aware(int(second), came.grid.zone) for second in came.grid.starts]
    return pd.DataFrame({"queue": queue, "start": pd.DatetimeIndex(starts), **columns})


def _days_on_target(served: Served, came: Came, queue: Queue) -> float:
    edges = came.grid.day_offsets
    levels = [served.service_level(queue.definition, slice(int(a), int(b))) for a, b in pairwise(edges)]
    known = np.stack(levels)[np.isfinite(levels)]
    return float((known >= queue.target).mean()) if known.size else float("nan")


def _nobody(came: Came) -> Served:
    none = np.zeros((1, came.grid.count))
    return Served(none, none, none, none, none, none, none)


def _mean(values: Floats) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def _half_width(levels: Floats) -> float:
    known = levels[np.isfinite(levels)]
    if known.size < 2:
        return float("nan")
    return float(stdtrit(known.size - 1, 0.975) * known.std(ddof=1) / np.sqrt(known.size))
