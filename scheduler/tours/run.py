"""Construction, passes, ruin and recreate: the course of the search, until time is up or nothing moves."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scheduler.tours.coverage import STEEP
from scheduler.tours.floor import SHORT_DAY, SHORT_MINUTE, Floor
from scheduler.tours.search import Search, windows_of

Stop = Callable[[], bool]
Window = tuple[int, int]

NOISE = 0.15
"""Deviation of the noise on prices in ruin and recreate, in agent-hours of shortage."""

SHAKE_EVERY = 40


@dataclass(frozen=True)
class Weight:
    """Cost of a roster by term, in agent-hours of shortage."""

    shortage: float
    surplus: float
    leaders: float
    own: float
    short_hours: float

    @property
    def total(self) -> float:
        """What the search minimises, the fairness of the spread apart."""
        return self.shortage + self.surplus + self.leaders + self.own + self.short_hours


def construct(search: Search, stop: Stop) -> bool:
    """Give everybody tours, one after the other, week by week; False when stopped before the end.

    Agents come first, so that the leaders they need are known; the order is by how few options a person has.
    """
    floor = search.floor
    order = sorted(range(len(floor.members)), key=lambda p: (floor.members[p].leads, floor.members[p].lines.start.size))
    for p, window in windows_of(search, [p for p in order if not floor.members[p].leads]):
        if stop():
            return False
        search.improve(p, window)
        search.assigned[p, window[0] : window[1]] = True
    search.lead()
    for p, window in windows_of(search, [p for p in order if floor.members[p].leads]):
        search.improve(p, window)
        search.assigned[p, window[0] : window[1]] = True
    return True


def one_pass(search: Search, stop: Stop) -> bool:
    """Everybody's windows once more, each at the prices of all others; False when stopped before the end."""
    floor = search.floor
    search.share_burdens()
    search.lead()
    order = [int(p) for p in search.rng.permutation(len(floor.members))]
    for leads in (False, True):
        for p, window in windows_of(search, [p for p in order if floor.members[p].leads is leads]):
            if stop():
                return False
            search.improve(p, window)
        search.lead()
    return True


def ruin_and_recreate(search: Search) -> bool:
    """Take two to four people out of one week and put them back at noisy prices; undone unless no worse."""
    floor, rng = search.floor, search.rng
    week = floor.view.calendar.weeks[int(rng.integers(len(floor.view.calendar.weeks)))]
    cluster = _pick_cluster(search)
    people = [p for p, member in enumerate(floor.members) if member.component == cluster]
    if not people:
        return False
    size = min(len(people), int(rng.integers(2, 5)))
    some = [int(p) for p in rng.choice(people, size=size, replace=False)]
    places = [(p, window) for p in some for window in floor.members[p].windows if week.start <= window[0] < week.stop]
    span = _ticks(floor, week)
    before = _local(search, places, cluster, span)
    old = [search.current(p, window) for p, window in places]
    for p, window in places:
        search.take_out(p, window)
    whole = True
    for p, window in places:
        move = search.best(p, window, NOISE)
        if move is None:
            whole = False
            break
        search.put_in(p, window, move)
    if whole:
        for p, window in places[:-1]:
            search.improve(p, window)
    if whole and _local(search, places, cluster, span) <= before + 1e-9:
        return True
    for p, window in places:
        search.take_out(p, window)
    for (p, window), move in zip(places, old, strict=True):
        search.put_in(p, window, move)
    return False


def _pick_cluster(search: Search) -> int:
    """Components by how many people they have; the leaders now and then."""
    counts = np.bincount([m.component for m in search.floor.members if m.component >= 0], minlength=1)
    return int(search.rng.choice(counts.size, p=counts / counts.sum())) if counts.sum() else 0


def _ticks(floor: Floor, week: range) -> tuple[int, int]:
    at = floor.view.calendar.midnight
    first, last = max(0, week.start), min(floor.problem.horizon.days, week.stop)
    return floor.clock.to(at(first)), min(floor.last, floor.clock.to(at(last)) + int(16 / floor.clock.hours))


def _local(search: Search, places: list[tuple[int, Window]], cluster: int, span: tuple[int, int]) -> float:
    component = search.floor.components[cluster]
    short, spare = component.short_and_spare(span[1])
    part = slice(*span)
    cost = component.under * (short[part] + STEEP * short[part] ** 2).sum() + component.over * spare[part].sum()
    return float(cost) + sum(own_cost(search, p, window) for p, window in places)


def own_cost(search: Search, p: int, window: Window) -> float:
    """A person's own price of a window: wages, wishes, burdens (all of them), what is missing to a lower bound."""
    member = search.floor.members[p]
    chosen = search.floor.chosen[p][window[0] : window[1]]
    taken = chosen[chosen >= 0]
    limits = search.limits(p, window)
    minutes = int(member.lines.paid[taken].sum())
    missing = SHORT_DAY * max(0, limits.days_low - taken.size) + SHORT_MINUTE * max(0, limits.minutes_low - minutes)
    return float(member.fixed_cost[taken].sum()) + search.unfairness(p) + missing


def weigh(search: Search) -> Weight:
    """Cost of the present roster by term."""
    floor = search.floor
    costs = [component.cost(floor.last) for component in floor.components]
    own = sum(own_cost(search, p, window) for p, member in enumerate(floor.members) for window in member.windows)
    own -= sum(search.unfairness(p) * len(member.windows) for p, member in enumerate(floor.members))
    wages = sum(
        float(member.fixed_cost[chosen[chosen >= 0]].sum())
        for member, chosen in zip(floor.members, floor.chosen, strict=True)
    )
    leaders = costs[floor.leaders]
    others = [cost for number, cost in enumerate(costs) if number != floor.leaders]
    return Weight(
        shortage=sum(cost[0] for cost in others),
        surplus=sum(cost[1] for cost in others),
        leaders=sum(leaders),
        own=wages,
        short_hours=own - wages,
    )
