"""Required staff of queues that share agents: a search that asks the simulated floor.

Dedicated staff for each queue is always enough and always too much: a flexible agent counts once. The search starts
there, and once more with everybody as flexible as can be; it takes agents away while every goal still holds, then
trades (one or two out, one in) until no trade is left; the cheaper end is taken. All staffings are tried on the same
contacts, so that differences are those of the staffing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from centre.errors import InputError
from centre.said import Said
from forecasts.simulate.contacts import Contacts, draw_contacts
from forecasts.simulate.day import Floor, simulate
from forecasts.simulate.measures import Measured, service_level

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SharedNeed:
    """A steady load of several queues and what each promises; arrays [queues].

    Attributes
    ----------
    volume : contacts an hour.
    aht_s, patience_s : mean handle time; mean patience (0: endless).
    target, within_s : service level (`of_offered`) and its seconds.
    """

    volume: Floats
    aht_s: Floats
    patience_s: Floats
    target: Floats
    within_s: Floats


@dataclass(frozen=True)
class SharedStaff:
    """The staffing found: agents of each group, service level of each queue, and how many staffings were tried."""

    staff: tuple[int, ...]
    service_level: tuple[Measured, ...]
    tried: int


def required_shared(
    floor: Floor, need: SharedNeed, *, cost: Sequence[float] = (), hours: int = 40, days: int = 10, seed: int = 0
) -> SharedStaff:
    """The cheapest staffing found that keeps every queue's goal.

    Parameters
    ----------
    floor : who can serve what.
    need : loads and goals.
    cost : of one agent of each group; 1 by default.
    hours, days : simulated hours a day (one more is for warming up) and days: more is more exact.

    Raises
    ------
    InputError : when a queue with contacts has nobody able to serve it.
    """
    trial = _Trial(floor, need, hours, days, seed)
    prices = np.asarray(cost or [1.0] * len(floor.skills), dtype=float)
    ends = [_search(_start(floor, need, flexible), prices, trial) for flexible in (False, True)]
    staff = min(ends, key=lambda end: float(prices @ end))
    return SharedStaff(tuple(int(n) for n in staff), trial.levels(staff), trial.tried)


class _Trial:
    """Remembers what each staffing gave."""

    def __init__(self, floor: Floor, need: SharedNeed, hours: int, days: int, seed: int) -> None:
        self.floor, self.need = floor, need
        self.borders: Floats = np.arange(hours + 2, dtype=np.float64) * 3600
        self.days = [self._draw(np.random.default_rng([seed, day])) for day in range(days)]
        self.known: dict[tuple[int, ...], tuple[Measured, ...]] = {}

    @property
    def tried(self) -> int:
        return len(self.known)

    def _draw(self, rng: np.random.Generator) -> Contacts:
        shape = (self.need.volume.size, self.borders.size - 1)
        volume = np.broadcast_to(self.need.volume[:, None], shape)
        aht = np.broadcast_to(self.need.aht_s[:, None], shape)
        return draw_contacts(volume, self.borders, aht, self.need.patience_s.tolist(), rng)

    def levels(self, staff: NDArray[np.int64]) -> tuple[Measured, ...]:
        key = tuple(int(n) for n in staff)
        if key not in self.known:
            plan = np.repeat(staff[:, None], self.borders.size - 1, axis=1)
            runs = [simulate(self.floor, plan, self.borders, contacts) for contacts in self.days]
            self.known[key] = tuple(
                Measured.of([service_level(run.since(self.borders[1]), self.need.within_s, queue=q) for run in runs])
                for q in range(self.need.volume.size)
            )
        return self.known[key]

    def holds(self, staff: NDArray[np.int64]) -> bool:
        pairs = zip(self.levels(staff), self.need.target, self.need.volume, strict=True)
        return all(volume == 0 or level.mean >= target for level, target, volume in pairs)


def _search(staff: NDArray[np.int64], prices: Floats, trial: _Trial) -> NDArray[np.int64]:
    """Where nothing can be taken away or traded any more."""
    while not trial.holds(staff):
        staff += 1
    staff = _take_away(staff, prices, trial)
    while (better := _trade(staff, prices, trial)) is not None:
        staff = _take_away(better, prices, trial)
    return staff


def _start(floor: Floor, need: SharedNeed, flexible: bool) -> NDArray[np.int64]:
    """Square-root staffing for each queue alone, given to its most specialised group, or to its most flexible one."""
    staff = np.zeros(len(floor.skills), np.int64)
    for queue in np.flatnonzero(need.volume > 0):
        able = [g for g, skills in enumerate(floor.skills) if queue in skills]
        if not able:
            raise InputError(Said("queue number {queue} has contacts and no group that serves it", queue=queue))
        load = need.volume[queue] * need.aht_s[queue] / 3600
        by_skills = sorted(able, key=lambda g: len(floor.skills[g]))
        staff[by_skills[-1 if flexible else 0]] += int(np.ceil(load + 1.5 * np.sqrt(load) + 1))
    return staff


def _take_away(staff: NDArray[np.int64], prices: Floats, trial: _Trial) -> NDArray[np.int64]:
    for group in np.argsort(-prices, kind="stable"):
        while staff[group] > 0:
            fewer = staff.copy()
            fewer[group] -= 1
            if not trial.holds(fewer):
                break
            staff = fewer
    return staff


def _trade(staff: NDArray[np.int64], prices: Floats, trial: _Trial) -> NDArray[np.int64] | None:
    groups = range(len(staff))
    for out in (*combinations_with_replacement(groups, 2), *((group,) for group in groups)):
        for into in groups:
            other = staff.copy()
            np.subtract.at(other, list(out), 1)
            other[into] += 1
            if other.min() >= 0 and prices @ other < prices @ staff - 1e-9 and trial.holds(other):
                return other
    return None
