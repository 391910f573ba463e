"""Where the bound leaves room: the gap taken apart by complementary slackness, no part below 0.

The bound (see `scheduler.bound`) is the cost of everybody's cheapest line at prices of coverage, and what coverage at
those prices costs at least. A roster costs more in three ways: coverage of an instant is dearer than its price supports
(by day here); a person's line is dearer at the prices than that person's cheapest (by person); and terms the bound
knows nothing of (fairness). Together they are the gap. Where a part is large the roster may still be improved there, or
the bound is weak there; where all are small it cannot be.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.activities import Placed, cover
from scheduler.bound import Relaxation, lower_bound
from scheduler.judging import Floor
from scheduler.objective import cost_by_term, of_periods, on_the_floor
from scheduler.tours.coverage import STEEP
from scheduler.tours.engine import Engine
from scheduler.tours.floor import Floor as Tours
from scheduler.tours.published import besides, floor_with
from scheduler.tours.relaxed import kinds

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


UNKNOWN = ("unfairness", "posts", "teams", "activities")
"""Terms that link people and that the bound knows nothing of."""


@dataclass(frozen=True)
class Gap:
    """The gap in parts.

    Attributes
    ----------
    objective, bound : their difference is the gap.
    cost_by_term : the objective by term.
    coverage_by_day : of each day, what coverage costs beyond what its price supports.
    people : of each person, what their line costs beyond their cheapest, largest first.
    left_out : terms that the bound does not know, with their whole cost.
    open : what the search of cheapest lines left open.
    rounds : of prices.
    """

    objective: float
    bound: float
    cost_by_term: Mapping[str, float]
    coverage_by_day: tuple[float, ...]
    people: tuple[tuple[str, float], ...]
    left_out: Mapping[str, float]
    open: float
    rounds: int


def gap_of(floor: Floor, seconds: float = 20.0, workers: int = 2, rounds: int | None = None) -> Gap:
    """Bound a published roster anew, by time or by rounds of prices, and take the gap apart."""
    tours = floor_with(floor.problem, floor.roster)
    engine = Engine(tours, 0, workers)
    engine.share_burdens()
    engine.write_back()
    placed = besides(tours, floor.roster)
    for each in placed:
        cover(tours, each.member, each.start, each.end, -1.0)
    terms = cost_by_term(tours, placed)
    total = sum(terms.values())
    relaxation = Relaxation(tours, workers)
    relaxation.value(relaxation.first_prices(tours))  # compiled before the clock starts
    begin, done = time.monotonic(), -1

    def spent() -> float:
        nonlocal done
        done += 1
        return done / rounds if rounds is not None else min(1.0, (time.monotonic() - begin) / seconds)

    found = lower_bound(tours, total, spent, workers)
    bound, _ = relaxation.value(found.prices)
    by_tick = _leaders_cost(tours) - _leaders_supported(tours, relaxation, found.prices)
    if relaxation.service:
        by_tick += _service_slack(tours, relaxation, found.prices)
    else:
        by_tick += _coverage_cost(tours) - _supported(tours, relaxation, found.prices)
    midnights = [tours.clock.to(tours.view.calendar.midnight(day)) for day in range(tours.problem.horizon.days)]
    by_day = np.add.reduceat(by_tick, midnights)
    people = _people(tours, relaxation, found.prices)
    left_out = {name: terms[name] for name in ("unfairness", "posts", "teams") if terms[name] or name == "unfairness"}
    gone = -relaxation.relief.at(found.prices, np.zeros_like(found.prices))
    if gone or placed:
        worth = _Worth(tours, relaxation, found.prices)
        left_out["activities"] = terms["activities"] + gone + sum(worth.of(each) for each in placed)
    rest = total - bound - float(by_day.sum()) - float(people.sum()) - sum(left_out.values())
    names = [member.lines.line.agent.agent for member in tours.members]
    ranked = sorted(zip(names, people.tolist(), strict=True), key=lambda row: -row[1])
    return Gap(total, bound, terms, tuple(by_day.tolist()), tuple(ranked), left_out, rest, found.rounds)


def _coverage_cost(tours: Tours) -> Floats:
    """What shortage and surplus cost at each tick."""
    by_tick = np.zeros(tours.last)
    for component in tours.components[: tours.leaders]:
        short, spare = component.short_and_spare(tours.last)
        by_tick += component.under * (short + STEEP * short * short) + component.over * spare
    return by_tick


def _supported(tours: Tours, relaxation: Relaxation, prices: Floats) -> Floats:
    """What the prices say shortage and surplus as they are cost at least, at each tick."""
    last, first = tours.last, relaxation.first
    queues = tours.components[: tours.leaders]
    lack = np.concatenate([part.wanted[:, :last] - part.staffed[:, :last] for part in queues])
    by_tick = (prices[:-1, :last] * lack).sum(axis=0)
    by_tick -= (relaxation.over[:-1, None] * lack[relaxation.wholes]).sum(axis=0)
    sums = np.add.reduceat(prices[:, :last], first[:-1], axis=0)[:-1]
    beyond = np.maximum(sums - (relaxation.under + relaxation.over)[:-1, None], 0.0)
    return np.asarray(by_tick - (beyond**2 / (4 * STEEP * relaxation.steep[:-1, None])).sum(axis=0))


def _service_slack(tours: Tours, relaxation: Relaxation, prices: Floats) -> Floats:
    """What contacts not answered in time cost beyond what the price of staff supports, at each tick."""
    by_tick = np.zeros(tours.last)
    for service, whole, component in zip(relaxation.service, relaxation.wholes, tours.components, strict=False):
        price, staffed = prices[whole, : tours.last], component.staffed[-1, : tours.last]
        highest = service.cost.shape[1] - 1
        level = np.clip(staffed, 0, highest)
        below = np.minimum(level.astype(int), max(highest - 1, 0))
        rows = np.arange(tours.last)
        low, high = service.cost[rows, below], service.cost[rows, np.minimum(below + 1, highest)]
        least = (service.cost + price[:, None] * service.staff).min(axis=1)
        by_tick += low + (high - low) * (level - below) - (least - price * staffed)
    return by_tick


def _leaders_cost(tours: Tours) -> Floats:
    """What leaders missing and to spare cost at each tick."""
    organisation = tours.problem.policy.organisation
    agents, leading = on_the_floor(tours, "agent"), on_the_floor(tours, "leader")
    span = organisation.span_of_control[1]
    wanted = np.ceil(agents / span) if organisation.leader_whenever_agents else np.floor(agents / span)
    lack, spare = np.maximum(wanted - leading, 0.0), np.maximum(leading - wanted, 0.0)
    component = tours.components[tours.leaders]
    return np.asarray(component.under * (lack + STEEP * lack**2) + component.over * spare)


def _leaders_supported(tours: Tours, relaxation: Relaxation, prices: Floats) -> Floats:
    """What the price of leaders says they cost at least, at each tick."""
    price = prices[-1, : tours.last]
    beyond = np.maximum(price - relaxation.under[-1] - relaxation.over[-1], 0.0)
    by_tick = -(beyond**2) / (4 * STEEP * relaxation.steep[-1])
    if relaxation.tables.always:
        agents, leading = on_the_floor(tours, "agent"), on_the_floor(tours, "leader")
        by_tick = by_tick + price * (agents / relaxation.tables.span - leading)
    return np.asarray(by_tick)


def _people(tours: Tours, relaxation: Relaxation, prices: Floats) -> Floats:
    """What each line costs at the prices beyond the person's cheapest."""
    worth = _Worth(tours, relaxation, prices)
    state = relaxation.states[0]
    found = np.zeros(len(tours.members))
    for kind in kinds(relaxation.tables):
        p = kind[0]
        lines = tours.members[p].lines
        chosen = np.where(state.chosen[p] >= 0, lines.options[:-1] + state.chosen[p], -1)
        places = np.zeros_like(tours.places[p])
        for day in np.flatnonzero(chosen >= 0):
            first, stop = int(lines.pause_first[chosen[day]]), int(lines.pause_first[chosen[day] + 1])
            places[first:stop] = state.places[p, day, : stop - first]
        cheapest = worth.cost(p, chosen, places)
        for q in kind:
            found[q] = worth.cost(q, tours.chosen[q], tours.places[q]) - cheapest
    return found


class _Worth:
    """Lines at prices."""

    def __init__(self, tours: Tours, relaxation: Relaxation, prices: Floats) -> None:
        self.tours, self.relaxation, self.prices = tours, relaxation, prices
        self.known: dict[tuple[int, bytes, float], Floats] = {}
        leading = prices[-1, : tours.last] if relaxation.tables.always else np.zeros(tours.last)
        self.leading = np.concatenate([[0.0], np.cumsum(leading)])

    def cost(self, p: int, chosen: Ints, places: Ints) -> float:
        """A line's own cost less what its coverage is worth."""
        tours, member = self.tours, self.tours.members[p]
        lines, last = member.lines, tours.last
        total = sum(of_periods(tours, member, chosen)) + float(member.own_cost[chosen[chosen >= 0]].sum())
        answers = self._answers(p)
        role = lines.line.agent.role
        standing = {"leader": 1.0, "agent": -1.0 / self.relaxation.tables.span}.get(role, 0.0)
        partly = bool(lines.line.part_day_leave)
        for o in chosen[chosen >= 0]:
            first, stop = min(int(lines.start[o]), last), min(int(lines.end[o]), last)
            gone = [
                (min(int(places[k]), last), min(int(places[k] + lines.length[k]), last))
                for k in range(int(lines.pause_first[o]), int(lines.pause_first[o + 1]))
            ]
            if partly:
                total -= self._partly(answers, standing, lines.present, first, stop, gone)
                continue
            total -= answers[stop] - answers[first] + standing * (self.leading[stop] - self.leading[first])
            total += sum(float(answers[b] - answers[a]) for a, b in gone)
        return float(total)

    def of(self, placed: Placed) -> float:
        """What the people an activity takes away would be worth there."""
        answers, lines = self._answers(placed.member), self.tours.members[placed.member].lines
        span = slice(min(placed.start, self.tours.last), min(placed.end, self.tours.last))
        return float((np.diff(answers[span.start : span.stop + 1]) * lines.present[span]).sum())

    def _partly(
        self, answers: Floats, standing: float, present: Floats, first: int, stop: int, gone: list[tuple[int, int]]
    ) -> float:
        """The same tick by tick, for those who are on leave for part of it."""
        here = present[first:stop].copy()
        worth = float((np.diff(self.leading[first : stop + 1]) * here).sum()) * standing
        for a, b in gone:
            here[a - first : b - first] = 0.0
        return worth + float((np.diff(answers[first : stop + 1]) * here).sum())

    def _answers(self, p: int) -> Floats:
        """What somebody who answers is worth up to each tick."""
        member, last = self.tours.members[p], self.tours.last
        if member.component < 0 or member.component == self.tours.leaders:
            return np.zeros(last + 1)
        key = (member.component, member.touched.tobytes(), member.weight)
        if key not in self.known:
            first = int(self.relaxation.first[member.component])
            rows = self.prices[first : first + member.touched.size, :last]
            gain = (rows * member.touched[:, None]).sum(axis=0) - self.relaxation.over[member.component]
            self.known[key] = np.concatenate([[0.0], np.cumsum(gain * member.weight)])
        return self.known[key]
