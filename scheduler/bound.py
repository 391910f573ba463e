"""A bound below which no roster's cost can lie, from the Lagrangian relaxation of coverage.

Shortage of an instant is the largest, over sets of queues, of what is wanted less who can serve it. With prices u on
the sets, not negative, the cost of an instant is at least

    over x (staffed - wanted, all queues) + sum of u x (wanted - staffed, set) - penalty(sum of u)

where the penalty is 0 up to the plain price of shortage plus surplus, and beyond it what the squared part of the
shortage price allows (its convex conjugate). Leaders wanted are at least agents on the floor / span of control, and
likewise priced. All that is linear in who works when, so everybody's cheapest whole line can be found by itself, by
the same exact search, and the sum is a bound for any u. Even prices are tried first, then they are moved along wants
less coverage, each at its own pace (Kingma and Ba, 2015), more and more slowly; the mean of the prices lately tried is
tried now and then (Polyak and Juditsky, 1992).

Left out are what else links people (fairness, whole leaders, posts, teams), the bounds of the month and averages: that
can only lower the bound. Activities beside the pauses may lie in surplus, and are allowed for at the same prices
(`scheduler.relief`). Where the objective is one of service, one price stands for the staff of a whole component. It is
honest, and weak where what is left out costs much.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.relief import Relief
from scheduler.tours import tables as t
from scheduler.tours.coverage import STEEP
from scheduler.tours.floor import Floor
from scheduler.tours.relaxed import alike, lines_at_prices
from scheduler.tours.tables import State, Tables, scratch_of
from scheduler.tours.tabulate import tables_of

Floats = NDArray[np.float64]

NEAR, FAR = 0.015, 0.05
"""First step, in parts of the plain price of shortage and surplus: from even prices, and from those of the roster. It
falls to nothing as the time is used up."""

MEMORY, SQUARE_MEMORY = 0.9, 0.99

LEVELS = (1.5, 1.0, 2.0, 0.5, 0.0)
"""Even prices that are tried first: surplus, and so many times what an hour of an agent costs."""

AVERAGE_EVERY = 12
"""Every so many rounds the mean of the prices lately tried is tried: it lies nearer to the best than the last one."""


@dataclass(frozen=True)
class Bound:
    """The best bound found, after how many rounds of prices, and the prices that gave it, [sets, ticks]."""

    value: float
    rounds: int
    prices: Floats


def lower_bound(floor: Floor, objective: float, spent: Callable[[], float], workers: int = 1) -> Bound:
    """Raise the bound until all is spent, or it meets the objective.

    Parameters
    ----------
    floor : a solved floor; it is not changed. Its coverage gives some of the first prices.
    objective : cost of the best roster known.
    spent : share of the time or rounds that is used up; asked before each round, it ends at 1.
    workers : threads.
    """
    ascent = Ascent(floor, workers)
    while (used := spent()) < 1.0 and not ascent.meets(objective):
        ascent.round(used)
    return ascent.found(objective)


class Ascent:
    """Prices that rise round by round; stopped and gone on with at will.

    The first rounds try whole guesses: even prices at which an hour of staff is just worth what it costs (where the
    people fit what is asked, hardly anything is better), and prices as the roster found suggests.
    """

    def __init__(self, floor: Floor, workers: int) -> None:
        self.relaxation = Relaxation(floor, workers)
        self.guesses = [self.relaxation.first_prices(floor), *reversed(self.relaxation.even_prices(floor))]
        self.prices = self.at_best = self.average = self.guesses[-1]
        self.mean, self.square = np.zeros_like(self.prices), np.zeros_like(self.prices)
        self.best, self.rounds, self.steps = 0.0, 0, 0
        self.highest, self.first_step = -np.inf, NEAR

    def meets(self, objective: float) -> bool:
        """Whether nothing is left to prove."""
        return self.best >= objective * (1 - 1e-4)

    def found(self, objective: float) -> Bound:
        """The bound so far; what is above the objective is rounding."""
        return Bound(min(self.best, objective), self.rounds, self.at_best)

    def round(self, used: float) -> None:
        """One more set of prices; `used` is the share of the time used up: the later, the shorter the step."""
        self.rounds += 1
        if self.guesses:
            guess = self.guesses.pop()
            self._try(guess)
            if not self.guesses:
                self.first_step = FAR if self.at_best is guess else NEAR
                self.prices = self.average = self.at_best
        elif self.rounds % AVERAGE_EVERY == 0:
            self._try(self.average)
        else:
            self._step(self._try(self.prices), used)

    def _try(self, prices: Floats) -> Floats:
        """Value prices and return the direction in which the bound rises."""
        value, slope = self.relaxation.value(prices)
        if value > self.highest:
            self.highest, self.at_best = value, prices
        self.best = max(self.best, value)
        return slope

    def _step(self, slope: Floats, used: float) -> None:
        self.steps += 1
        self.mean = MEMORY * self.mean + (1 - MEMORY) * slope
        self.square = SQUARE_MEMORY * self.square + (1 - SQUARE_MEMORY) * slope**2
        pace = self.first_step * (1.0 - used) / (1 - MEMORY**self.steps)
        step = self.mean / (np.sqrt(self.square / (1 - SQUARE_MEMORY**self.steps)) + 1e-3)
        self.prices = np.maximum(self.prices + pace * self.relaxation.scale[:, None] * step, 0.0)
        weight = max(1 / (self.steps + 1), 2 / (0.3 * self.steps + 10))
        self.average = (1 - weight) * self.average + weight * self.prices


class Relaxation:
    """Everybody by themselves at prices of coverage."""

    def __init__(self, floor: Floor, workers: int) -> None:
        tables, state = tables_of(floor, beyond=False)
        self.tables = _without_links(tables)
        people, copies = alike(self.tables)
        parts = [part for part in np.array_split(np.arange(people.size), max(1, workers)) if part.size]
        self.parts = [(people[part], copies[part]) for part in parts]
        # Lines of different people in the same arrays, but everybody's coverage in arrays of their own.
        self.states = [_own_coverage(state) for _ in self.parts]
        self.scratches = [scratch_of(self.tables) for _ in self.parts]
        self.threads = ThreadPoolExecutor(max(1, len(self.parts)))
        self.first = self.tables.set_first
        self.wholes = self.first[1:-1] - 1
        self.under, self.over = self.tables.price[:, t.UNDER], self.tables.price[:, t.OVER].copy()
        self.over[floor.leaders] = 0.0
        self.constant = floor.constant
        self.relief = Relief(floor, self.first)
        self.service = [_Service(floor, number) for number in range(floor.leaders)] if self.tables.serving else []
        if self.service:
            self.over[:] = 0.0
            self.tables.price[:-1, t.OVER] = 0.0
        self.steep = np.maximum(self.under, 1e-9)
        self.scale = np.repeat(self.under + self.over, np.diff(self.first))

    def first_prices(self, floor: Floor) -> Floats:
        """Half the price where the roster is short, none where it has somebody to spare, a quarter in between.

        Full prices call everybody to the same hours: it took twenty rounds to mend that.
        """
        prices = np.zeros_like(self.tables.wanted)
        last = self.tables.last
        for service, whole in zip(self.service, self.wholes, strict=False):
            prices[whole, :last] = service.first_prices(floor)
        if self.service:
            return prices
        for number, component in enumerate(floor.components[: floor.leaders]):
            lack = (component.wanted - component.staffed)[:, :last]
            most, which = lack.max(axis=0), lack.argmax(axis=0)
            share = np.where(most > 0.5, 0.5, np.where(most > -0.5, 0.25, 0.0))
            prices[int(self.first[number]) + which, np.arange(last)] = component.over / 2 + share * component.under
        return prices

    def even_prices(self, floor: Floor) -> list[Floats]:
        """One price wherever anybody is wanted: what surplus costs, and LEVELS of an hour's wages."""
        if self.service:
            return []
        contracts = [member.lines.line.contract for member in floor.members if 0 <= member.component < floor.leaders]
        wages = float(np.mean([contract.cost_per_hour for contract in contracts])) if contracts else 0.0
        hour = wages * floor.weights.paid_hour * floor.clock.hours
        last, found = self.tables.last, []
        for level in LEVELS if hour > 0 else (0.0,):
            prices = np.zeros_like(self.tables.wanted)
            for whole, over in zip(self.wholes, self.over[:-1], strict=True):
                prices[whole, :last] = np.where(self.tables.wanted[whole, :last] > 0, over + level * hour, 0.0)
            found.append(prices)
        return found

    def value(self, prices: Floats) -> tuple[float, Floats]:
        """The bound at these prices, and the direction in which it rises."""
        tables, last = self.tables, self.tables.last
        running = [self.threads.submit(self._lines, number, prices) for number in range(len(self.parts))]
        total = sum(each.result() for each in running)
        staffed = np.sum([state.staffed for state in self.states], axis=0)
        here = np.sum([state.floor for state in self.states], axis=0)
        slope = tables.wanted - staffed
        slope[-1] = here[t.AGENTS] / tables.span - here[t.LEADING] if tables.always else 0.0
        slope[:, last:] = 0.0
        total += self.constant + self.relief.at(prices, slope)
        for service, whole, first in zip(self.service, self.wholes, self.first, strict=False):
            value, staff = service.least(prices[whole, :last])
            total += value
            slope[first:whole] = 0.0
            slope[whole, :last] = staff - staffed[whole, :last]
        if self.service:
            beyond = np.maximum(prices[-1, :last] - self.under[-1], 0.0)
            slope[-1, :last] -= beyond / (2 * STEEP * self.steep[-1])
            return total - float((beyond**2 / (4 * STEEP * self.steep[-1])).sum()), slope
        sums = np.add.reduceat(prices[:, :last], self.first[:-1], axis=0)
        beyond = np.maximum(sums - (self.under + self.over)[:, None], 0.0)
        total += float((prices[:-1, :last] * tables.wanted[:-1, :last]).sum())
        total -= float((self.over[:-1, None] * tables.wanted[self.wholes, :last]).sum())
        total -= float((beyond**2 / (4 * STEEP * self.steep[:, None])).sum())
        slope[:, :last] -= np.repeat(beyond / (2 * STEEP * self.steep[:, None]), np.diff(self.first), axis=0)
        return total, slope

    def _lines(self, number: int, prices: Floats) -> float:
        people, copies = self.parts[number]
        state = self.states[number]
        state.staffed[:] = 0.0
        state.floor[:] = 0.0
        rng = np.array([1], dtype=np.uint64)
        return float(lines_at_prices(self.tables, state, self.scratches[number], rng, people, copies, prices))


class _Service:
    """Contacts of one component not answered in time, tick by tick: what they cost at least at a price on staff.

    The staff of any set of queues is of no more use than all of the component's, and a daily goal costs at least its
    part beyond the goal at any share of the full price: the full one where the roster found misses the goal, else none.
    """

    def __init__(self, floor: Floor, number: int) -> None:
        weights, clock, component = floor.weights, floor.clock, floor.components[number]
        self.number, self.last = number, floor.last
        late = np.repeat(component.late / clock.in_interval, clock.in_interval, axis=0)[: floor.last]
        share = np.ones(floor.last)
        self.constant = 0.0
        if weights.objective == "daily_goal":
            horizon, allowed = floor.problem.horizon, floor.allowed(component)
            late_now = component.late_by_interval(floor.last, clock.in_interval)
            of_day = np.add.reduceat(late_now, horizon.day_offsets[:-1])[: horizon.days]
            behind = (of_day > allowed).astype(float)
            counts = np.diff(horizon.day_offsets)
            share = np.repeat(np.repeat(behind, counts), clock.in_interval)[: floor.last] + weights.goal_met
            self.constant = -weights.late_contact * float((behind * allowed).sum())
        self.cost = weights.late_contact * share[:, None] * late
        self.staff = np.arange(late.shape[1], dtype=float)

    def first_prices(self, floor: Floor) -> Floats:
        """What the next agent saves, at the staff of the roster found."""
        staffed = floor.components[self.number].staffed[-1, : self.last]
        if self.cost.shape[1] < 2:
            return np.zeros(self.last)
        at = np.clip(staffed.astype(int), 0, self.cost.shape[1] - 2)
        rows = np.arange(self.last)
        return np.asarray(self.cost[rows, at] - self.cost[rows, at + 1])

    def least(self, prices: Floats) -> tuple[float, Floats]:
        """The least cost of contacts and staff at a price, and the staff with which it is reached."""
        total = self.cost + prices[:, None] * self.staff
        best = total.argmin(axis=1)
        return float(total[np.arange(self.last), best].sum()) + self.constant, self.staff[best]


def _own_coverage(state: State) -> State:
    return state._replace(staffed=np.zeros_like(state.staffed), floor=np.zeros_like(state.floor))


def _without_links(tables: Tables) -> Tables:
    """The same people with neither fairness nor bounds of the month."""
    person, money = tables.person.copy(), tables.money.copy()
    person[:, t.MONTHLY] = person[:, t.AVERAGE_WEEKS] = 0
    money[t.UNFAIR] = 0.0
    # A spread whose bands were thinned out would forbid lines that are legal.
    person[person[:, t.BANDS] >= t.MOST_BANDS // 2, t.SPREAD] = 0
    return tables._replace(
        person=person,
        money=money,
        holds=np.zeros_like(tables.holds),
        apart=np.zeros_like(tables.apart),
    )
