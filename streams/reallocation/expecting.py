"""What is expected of the time ahead: the forecast, moved by what came today, at the pace of the present hour.

The day's level comes from the intraday reforecast where the site has a history to learn it from (`Reforecaster`), else
from the day's own counts. What departs from that lately fades ahead (`streams.reallocation.pace`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from centre.grid import aware
from centre.queues import Queue
from centre.requirement import Requirement
from centre.said import Said
from centre.site import Site
from streams.floor_policy import SECOND
from streams.queue_line import QueueLine
from streams.reallocation.outage import Outage, as_usual, find_outages, returning
from streams.reallocation.pace import BLOCK_S, Pace, common_sd, handle_factor, pace_of
from streams.reallocation.sight import STEP_S, Floats
from streams.service_level import NOT_KNOWN
from streams.state import State

HANDLED_S = 7200
"""Over so long handle times are read."""

NOT_SURE = 0.5
"""How little is known of how many call again after an outage, relative standard deviation."""

HANDLE_DRIFT = 0.045
"""By how much the handle time of the hours ahead is not known, relative standard deviation."""


class Reforecaster(Protocol):
    """Moves a day's forecast by what has come."""

    def factors(self, now: int, counts: "Counts") -> dict[str, tuple[Floats, Floats]] | None:
        """By queue: starts of the day's intervals, UTC seconds, and contacts now expected over those first forecast."""
        ...


class Counts(Protocol):
    """Contacts offered to a queue over [start, end), UTC seconds; None where nothing is known of the queue."""

    def __call__(self, queue: str, start: int, end: int) -> float | None: ...


@dataclass(frozen=True)
class Expected:
    """The time ahead, in steps.

    Attributes
    ----------
    volume, aht_s : [queues, steps].
    sd : relative standard deviation of each queue's own level, [queues].
    common_sd, aht_sd : of the level of all queues, of handle times.
    degraded : what is not known.
    """

    volume: Floats
    aht_s: Floats
    sd: Floats
    common_sd: float
    aht_sd: float
    degraded: tuple[Said, ...] = ()


def expect(
    state: State,
    site: Site,
    queues: tuple[Queue, ...],
    forecast: Requirement | None,
    window: tuple[int, int, int],
    speed: Floats,
    reforecaster: Reforecaster | None,
    again: tuple[float, int],
) -> Expected:
    """What to expect of the steps ahead.

    Parameters
    ----------
    window : start of the local day, now, and number of steps from the one in which now lies; UTC seconds.
    speed : mean speed with which each queue is served, [queues]: handle times heard are those of real people.
    again : the share of those whom an outage kept away that calls again, and over how many seconds after it.
    """
    day, now, steps = window
    begin = now // STEP_S * STEP_S
    handled, handle = _handled(state, site, queues, day, now, speed)
    usual = np.array([queue.aht_s for queue in queues])
    if forecast is None:
        return _the_last_hour_goes_on(state, site, queues, now, steps, usual * handle_factor(handled, handle, usual))
    ahead, aht = demand_between(forecast, queues, begin, steps)
    first = max(day, int(forecast.horizon.begin))
    blocks = max((now // BLOCK_S * BLOCK_S - first) // BLOCK_S, 0)
    names = [queue.name for queue in queues]
    said, _ = demand_between(forecast, queues, first, blocks * (BLOCK_S // STEP_S))
    said = said.reshape(len(queues), blocks, BLOCK_S // STEP_S).sum(axis=2)
    seen = np.zeros((len(queues), blocks))
    for number, queue in enumerate(queues):
        for block in range(blocks):
            at = first + block * BLOCK_S
            seen[number, block] = _offered(state, site, queue.name, at, at + BLOCK_S) if said[number, block] > 0 else 0
    near = np.where(aht[:, :1] > 0, aht[:, :1], usual[:, None])[:, 0] if steps else usual
    aht = aht * handle_factor(handled, handle, near)[:, None]
    if not seen.any() and said.sum() > 30:
        told = (Said("no word of the queues: contacts are taken to come as forecast"),)
        none = Pace(np.ones(len(queues)), np.ones(len(queues)), np.full(len(queues), 0.05), common_sd(0))
        return Expected(ahead * none.ahead(steps), aht, none.sd, none.common_sd, HANDLE_DRIFT, told)

    ended = first + blocks * BLOCK_S
    part, _ = demand_between(forecast, queues, ended, max(now - ended, 0) // STEP_S)
    lately = [
        (_offered(state, site, q.name, ended, now // 60 * 60), float(part[n].sum())) for n, q in enumerate(queues)
    ]
    outages = find_outages(seen, said, first, now, lately)
    seen = as_usual(outages, seen, said, first, *again)
    back = returning(outages, len(queues), begin + STEP_S * np.arange(steps, dtype=np.float64), STEP_S, *again)

    def counts(queue: str, start: int, end: int) -> float | None:
        if queue not in state.queues or queue not in names:  # deferred work is in no projection
            return None
        number, blocks_in = names.index(queue), ((start - first) // BLOCK_S, (end - first) // BLOCK_S)
        if (start - first) % BLOCK_S == (end - first) % BLOCK_S == 0 <= blocks_in[0] and blocks_in[1] <= blocks:
            return float(seen[number, blocks_in[0] : blocks_in[1]].sum())
        return float(_offered(state, site, queue, start, end))

    moved = _moved(queues, reforecaster, counts, begin, steps, now)
    if moved is None:
        pace = pace_of(seen, said)
    else:
        ahead = ahead * moved
        pace = pace_of(seen, said * moved[:, :1], 1.0)
    usual_ahead = ahead * pace.ahead(steps)
    soon = slice(0, 7200 // STEP_S)
    doubt = NOT_SURE * back[:, soon].sum(axis=1) / np.maximum((usual_ahead + back)[:, soon].sum(axis=1), 1.0)
    degraded = tuple(_told(out, queues, site) for out in outages if out.lasts or back[out.queue].any())
    return Expected(usual_ahead + back, aht, np.hypot(pace.sd, doubt), pace.common_sd, HANDLE_DRIFT, degraded)


def _told(out: Outage, queues: Sequence[Queue], site: Site) -> Said:
    start, end = (f"{aware(second, site.settings.zone):%H:%M}" for second in (out.start, out.end))
    if out.lasts:
        return Said("nobody has got through to {queue} since {start}: it is taken to end, and many to call again",
                    queue=queues[out.queue].name, start=start)  # fmt: skip
    return Said("nobody got through to {queue} from {start} to {end}: many are taken to call again",
                queue=queues[out.queue].name, start=start, end=end)  # fmt: skip


def demand_between(expected: Requirement, queues: Sequence[Queue], begin: int, steps: int) -> tuple[Floats, Floats]:
    """Contacts and handle time forecast for steps from an instant on, [queues, steps] each."""
    places = (begin + np.arange(steps) * STEP_S - expected.horizon.begin) // expected.horizon.step
    inside = (places >= 0) & (places < expected.horizon.count)
    volume, aht = np.zeros((len(queues), steps)), np.zeros((len(queues), steps))
    for number, queue in enumerate(queues):
        aht[number] = queue.aht_s
        if queue.name in expected.queues:
            row = expected.queues.index(queue.name)
            at = np.clip(places, 0, expected.horizon.count - 1)
            share = STEP_S / expected.horizon.step
            volume[number] = np.where(inside, np.nan_to_num(expected.volume[row, at]) * share, 0.0)
            known = np.nan_to_num(expected.aht_s[row, at])
            aht[number] = np.where(inside & (known > 0), known, queue.aht_s)
    return volume, aht


def _moved(
    queues: tuple[Queue, ...], reforecaster: Reforecaster | None, counts: Counts, begin: int, steps: int, now: int
) -> Floats | None:  # fmt: skip
    """By what the reforecast moves each step ahead, [queues, steps]; None where there is none."""
    if reforecaster is None or not steps:
        return None
    found = reforecaster.factors(now, counts)
    if found is None:
        return None
    at = begin + np.arange(steps) * STEP_S
    moved = np.ones((len(queues), steps))
    for number, queue in enumerate(queues):
        if queue.name in found:
            starts, factors = found[queue.name]
            moved[number] = factors[np.clip(np.searchsorted(starts, at, side="right") - 1, 0, len(factors) - 1)]
    return moved


def _offered(state: State, site: Site, queue: str, start: int, end: int) -> int:
    line = state.queues.get(queue) or QueueLine()
    return line.between(start, end, site.settings.zone, site.settings.grid_minutes * 60).offered


def _handled(
    state: State, site: Site, queues: tuple[Queue, ...], day: int, now: int, speed: Floats
) -> tuple[Floats, Floats]:
    """Contacts handled lately and the seconds they would have taken people of speed 1, [queues] each."""
    zone, grid, minute = site.settings.zone, site.settings.grid_minutes * 60, now // 60 * 60
    handled, handle = np.zeros(len(queues)), np.zeros(len(queues))
    for number, queue in enumerate(queues):
        counts = (state.queues.get(queue.name) or QueueLine()).between(max(minute - HANDLED_S, day), minute, zone, grid)
        if NOT_KNOWN not in (counts.handled, counts.handle):
            handled[number], handle[number] = counts.handled, counts.handle / SECOND * speed[number]
    return handled, handle


def _the_last_hour_goes_on(
    state: State, site: Site, queues: tuple[Queue, ...], now: int, steps: int, aht: Floats
) -> Expected:
    minute = now // 60 * 60
    hour = np.array([_offered(state, site, q.name, minute - 3600, minute) for q in queues], dtype=np.float64)
    flat = np.repeat(hour[:, None] / (3600 / STEP_S), steps, axis=1)
    told = (Said("no forecast is known for these hours: the last hour is taken to go on"),)
    return Expected(flat, np.repeat(aht[:, None], steps, axis=1), np.full(len(queues), 0.15), 0.1, HANDLE_DRIFT, told)
