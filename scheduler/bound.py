"""A bound below which no roster's cost can lie, from the Lagrangian relaxation of coverage.

Shortage of an instant is the largest, over sets of queues, of what is wanted less who can serve it. With prices u on
the sets, none negative and together U, the cost of an instant is at least

    over x (staffed - wanted, all) + sum of u x (wanted - staffed, set) - (U - under - over)+ ^2 / (4 under steep)

where the last term comes from minimising over the shortage, whose price is steep. That is linear in who works when, so
each person's best tours can be found alone, by the same exact search, and their sum is a bound for any u. The prices
are moved along a running mean of where tours and wants disagree (the volume algorithm of Barahona & Anbil, 2000).

What links people or weeks otherwise is left out (leaders, fairness, rest and runs over a week's border, free weekends,
bounds of the month), which can only lower the bound: it is honest, not tight.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scheduler.tours.coverage import STEEP, Component
from scheduler.tours.floor import Floor, Member
from scheduler.tours.run import own_cost
from scheduler.tours.search import Search, windows_of

Floats = NDArray[np.float64]

ROUNDS = 400
PATIENCE = 8
BLEND = 0.15
"""Weight of the newest disagreement in the running mean along which prices move."""


@dataclass(frozen=True)
class Bound:
    """The best bound found, and after how many rounds of prices."""

    value: float
    rounds: int


def lower_bound(floor: Floor, objective: float, more: Callable[[], bool], rounds: int = ROUNDS) -> Bound:
    """Raise the bound until `more` says no, it meets the objective, or prices no longer move it.

    Parameters
    ----------
    floor : a solved floor; it is not changed.
    objective : cost of the best roster known, in the terms that the relaxation keeps.
    more : whether to go on; asked between rounds.
    """
    search = Search(_relaxed(floor), seed=0)
    starts = [[_first_prices(floor, number, bold) for number in range(len(floor.components))] for bold in (False, True)]
    values = [_value(search, prices) for prices in starts]
    prices, (best, course) = max(zip(starts, values, strict=True), key=lambda start: start[1][0])
    pace, idle, done = 1.0, 0, len(starts)
    while done < rounds and more() and best < objective * (1 - 1e-4) and pace > 1e-4:
        norm = sum(float((slope**2).sum()) for slope in course)
        if norm == 0:
            break
        step = pace * (1.05 * objective - best) / norm
        tried = [np.maximum(price + step * slope, 0.0) for price, slope in zip(prices, course, strict=True)]
        value, slopes = _value(search, tried)
        done += 1
        course = [BLEND * new + (1 - BLEND) * old for new, old in zip(slopes, course, strict=True)]
        if value > best:
            best, prices, idle, pace = value, tried, 0, pace * 1.1
        else:
            idle += 1
            if idle == PATIENCE:
                pace, idle = pace * 0.66, 0
    return Bound(max(0.0, best), done)


def _relaxed(floor: Floor) -> Floor:
    """The same people with the rules inside a window only, and nobody rostered."""
    return replace(
        floor,
        members=[_loose(member) for member in floor.members],
        components=[replace(part, staffed=np.zeros_like(part.staffed)) for part in floor.components],
        chosen=[np.full_like(chosen, -1) for chosen in floor.chosen],
        places=[places.copy() for places in floor.places],
    )


def _loose(member: Member) -> Member:
    person = member.lines.person
    inside = tuple(
        bound
        for bound in person.bounds
        if any(bound.days.start == first and bound.days.stop == last for first, last in member.windows)
    )
    loose = replace(person, past=(), bounds=inside, free_weekends=0)
    return replace(member, lines=replace(member.lines, person=loose))


def _first_prices(floor: Floor, number: int, bold: bool) -> Floats:
    """Nothing anywhere; or, bold, at each tick where staff is short the full price on the set that lacks most."""
    component = floor.components[number]
    prices = np.zeros_like(component.wanted)
    if bold and number != floor.leaders:
        lack = (component.wanted - component.staffed)[:, : floor.last]
        full = np.where(lack.max(axis=0) > 0, component.under + component.over, 0.0)
        prices[lack.argmax(axis=0), np.arange(floor.last)] = full
    return prices


def _value(search: Search, prices: list[Floats]) -> tuple[float, list[Floats]]:
    """The bound at these prices, and the direction in which it rises."""
    floor = search.floor
    total = 0.0
    gains: dict[tuple[int, bytes], Floats] = {}
    search.gains = [_gain(floor, member, prices, gains, search.no_loss) for member in floor.members]
    for number, component in enumerate(floor.components):
        component.staffed[:] = 0.0
        if number != floor.leaders:
            wanted = component.wanted[:, : floor.last]
            total += float((prices[number][:, : floor.last] * wanted).sum() - component.over * wanted[-1].sum())
            total -= float((component.under * STEEP * _depth(prices[number], component) ** 2).sum())
    for p, window in windows_of(search, range(len(floor.members))):
        move = search.best(p, window)
        if move is None:
            continue
        search.floor.chosen[p][window[0] : window[1]] = -1
        search.put_in(p, window, move)
        search.assigned[p] = False
        total += min(move.price, own_cost(search, p, window) - _gained(search, p, window))
        search.floor.chosen[p][window[0] : window[1]] = -1
    slopes = []
    for number, component in enumerate(floor.components):
        slope = component.wanted - component.staffed - _depth(prices[number], component)
        slope[:, floor.last :] = 0.0
        slopes.append(np.zeros_like(slope) if number == floor.leaders else slope)
    return total, slopes


def _depth(prices: Floats, component: Component) -> Floats:
    """The shortage at which its steep price has the slope of the sets' prices together, at each tick."""
    beyond = prices.sum(axis=0) - component.under - component.over
    return np.maximum(beyond, 0.0) / (2 * STEEP * component.under) if component.under else np.zeros_like(beyond)


def _gain(
    floor: Floor, member: Member, prices: list[Floats], known: dict[tuple[int, bytes], Floats], none: Floats
) -> Floats:
    """Running sum of what a person's presence earns at the prices."""
    if member.component < 0 or member.component == floor.leaders:
        return none
    key = (member.component, member.touched.tobytes())
    if key not in known:
        component = floor.components[member.component]
        known[key] = member.touched.astype(float) @ prices[member.component] - component.over
    worth = known[key] * member.weight * member.lines.present[: known[key].size]
    worth[floor.last :] = 0.0
    return np.concatenate([[0.0], np.cumsum(worth), [0.0]])


def _gained(search: Search, p: int, window: tuple[int, int]) -> float:
    """What a person's chosen tour earns at the prices."""
    assert search.gains is not None
    gain, lines = search.gains[p], search.floor.members[p].lines
    total = 0.0
    for o in search.floor.chosen[p][window[0] : window[1]]:
        if o >= 0:
            total += float(gain[lines.end[o]] - gain[lines.start[o]])
            for k in range(lines.pause_first[o], lines.pause_first[o + 1]):
                at = int(search.floor.places[p][k])
                total -= float(gain[at + lines.length[k]] - gain[at])
    return total
