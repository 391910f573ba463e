"""The compiled search behind plain verbs: construct, pass, ruin and recreate, in slices short enough to be stopped.

Ruin and recreate works on lines of a week or more, and more often on single days: there a round takes at most a tenth
of the time and several people together, and what is left to better late in a search lies mostly within days.

Several threads work at once on different people in different weeks with at least one week between them: then no two
of them touch the same person or the same instant, and what comes out does not depend on who was faster.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from scheduler.tours import moves, prices
from scheduler.tours import tables as t
from scheduler.tours.floor import Floor
from scheduler.tours.one_day import days_anew
from scheduler.tours.relaxed import lines_at_prices
from scheduler.tours.tables import Ints, Scratch, Seeds, scratch_of
from scheduler.tours.tabulate import tables_of

Stop = Callable[[], bool]
Days = tuple[int, int]

PASS = 200
"""People of a pass that are done before anybody is asked whether to stop."""

ROUNDS, DAY_ROUNDS = 100, 4000
"""Rounds of ruin and recreate on weeks, and on single days, that a thread does before people and weeks are dealt anew:
most of the time goes to days."""

NOISE = (0.15, 0.03)
"""Widest noise on the price of a duty in ruin and recreate, in agent-hours of shortage, when the search begins and when
it ends: the better the roster, the smaller the changes that still better it. With 0.3 throughout and two to four people
at a time it took half as long again to come as far (docs/roster-benchmarks.md)."""

AT_ONCE, OF_A_DAY = 2, (2, 6)
"""People of a round on weeks, and people drawn for a round on a single day."""

TWO_WEEKS, WHOLE = 0.15, 0.03
"""How often a window is two weeks, and how often everything is left to one thread that moves whole lines."""


@dataclass
class Hand:
    """What one thread needs for itself."""

    scratch: Scratch
    rng: Seeds


@dataclass(frozen=True)
class Course:
    """How to ruin and recreate: rounds, people at a time, noise on prices, what may be kept, leaders reckoned with."""

    rounds: int
    smallest: int = 1
    largest: int = 1
    noise: float = 0.0
    slack: float = 1e-9
    led: bool = True


class Engine:
    """One search over a floor. What it finds goes back into the floor with `write_back`."""

    def __init__(self, floor: Floor, seed: int, workers: int = 2) -> None:
        self.floor = floor
        self.tables, self.state = tables_of(floor)
        self.rng = np.random.default_rng(seed)
        self.hands = [
            Hand(scratch_of(self.tables), self.rng.integers(1, 1 << 62, 1, dtype=np.uint64))
            for _ in range(max(1, workers))
        ]
        self.threads = ThreadPoolExecutor(len(self.hands))
        for p in range(self.people):
            moves.count_in(self.tables, self.state, p, 0, self.tables.days, 1.0)

    @property
    def people(self) -> int:
        """How many people there are."""
        return int(self.tables.today.shape[0])

    @property
    def whole(self) -> Days:
        """All days."""
        return 0, self.tables.days

    @property
    def weeks(self) -> list[Days]:
        """First day of each week, and the day after its last."""
        first = self.tables.week_first
        return [(int(a), int(b)) for a, b in pairwise(first)]

    def warm_up(self) -> None:
        """Have everything compiled: once a machine this takes a while, and is no part of anybody's time limit."""
        nobody = np.zeros(0, np.int64)
        self._ruin(self.hands[0], self.whole, nobody, Course(0))
        self._days(self.hands[0], self.whole, nobody, Course(0))
        hand, worth = self.hands[0], np.zeros_like(self.tables.wanted)
        lines_at_prices(self.tables, self.state, hand.scratch, hand.rng, nobody, nobody, worth)

    def construct(self, stop: Stop) -> bool:
        """Give everybody a first line: agents, fewest options first, then those who lead them."""
        people = self.tables
        order = np.lexsort((people.today[:, :, t.COUNT].sum(axis=1), people.person[:, t.ROLE]))
        for role in (t.AGENT, t.LEADER, t.NEITHER):
            some = order[people.person[order, t.ROLE] == role]
            for part in np.array_split(some, 1 + some.size // PASS):
                if stop():
                    return False
                self._ruin(self.hands[0], self.whole, part, Course(part.size, led=role != t.AGENT, slack=np.inf))
        return True

    def one_pass(self, stop: Stop) -> float:
        """Everybody's weeks once more, each at the prices of all others; the change of the cost."""
        self.share_burdens()
        hand, total = self.hands[0], 0.0
        for number in self.rng.permutation(len(self.weeks)):
            for some in np.array_split(self.rng.permutation(self.people), 1 + self.people // PASS):
                if stop():
                    return total
                total += self._ruin(hand, self.weeks[number], some, Course(some.size))
        return total

    def ruin_and_recreate(self, spent: float = 0.0) -> float:
        """One round of dealing people and weeks to the threads, `spent` of the search gone; the change of the cost."""
        noise = NOISE[0] * (NOISE[1] / NOISE[0]) ** spent
        if self.rng.random() < WHOLE:
            few = Course(ROUNDS // 5, 1, AT_ONCE, noise)
            return self._ruin(self.hands[0], self.whole, self.rng.permutation(self.people), few)
        windows = self._windows()
        deal = np.array_split(self.rng.permutation(self.people), len(windows))
        jobs = [job for job in zip(self.hands, windows, deal, strict=False) if job[2].size]
        running = [self.threads.submit(self._weeks_and_days, *job, noise) for job in jobs]
        return sum(each.result() for each in running)

    def share_burdens(self) -> None:
        """Work out anew what a fair share of late, night and weekend duties is: the mean of one's peers."""
        peers = np.array([member.peers for member in self.floor.members])
        for group in np.unique(peers):
            self.state.share[peers == group] = self.state.burdens[peers == group].mean(axis=0)

    def cost(self) -> float:
        """Price of everything as it stands."""
        tables, state = self.tables, self.state
        total = sum(
            prices.coverage_cost(tables, state, number, 0, tables.last) for number in range(tables.price.shape[0])
        )
        total += sum(prices.post_cost(tables, state, j, 0, tables.last) for j in range(len(tables.post_kind)))
        total += sum(prices.team_cost(tables, state, k, 0, tables.days) for k in range(len(tables.apart)))
        own = sum(prices.own_cost(tables, state, p) for p in range(self.people))
        return float(total + own + self.floor.constant)

    def write_back(self) -> None:
        """Put what was found into the floor."""
        tables, state, floor = self.tables, self.state, self.floor
        for p, member in enumerate(floor.members):
            floor.chosen[p][:] = np.where(state.chosen[p] >= 0, tables.today[p, :, t.LOCAL] + state.chosen[p], -1)
            for day in range(tables.days):
                o = int(floor.chosen[p][day])
                if o >= 0:
                    first, stop = int(member.lines.pause_first[o]), int(member.lines.pause_first[o + 1])
                    floor.places[p][first:stop] = state.places[p, day, : stop - first]
        for number, component in enumerate(floor.components):
            first, stop = int(tables.set_first[number]), int(tables.set_first[number + 1])
            component.staffed[:] = state.staffed[first:stop]
            if number == floor.leaders:
                component.staffed[0] = state.floor[t.LEADING]

    def _windows(self) -> list[Days]:
        """Windows of a week or two with a week between them, at most one for each thread."""
        weeks = self.weeks
        free = set(range(len(weeks)))
        found: list[Days] = []
        for number in self.rng.permutation(len(weeks)):
            if len(found) == len(self.hands) or number not in free:
                continue
            last = number + 1 if number + 1 in free and self.rng.random() < TWO_WEEKS else number
            found.append((weeks[number][0], weeks[last][1]))
            free -= set(range(number - 1, last + 2))
        return found

    def ruin(self, window: Days, some: Ints, course: Course) -> float:
        """Some people's days of a window taken out and put back, by one thread; the change of the cost."""
        return self._ruin(self.hands[0], window, some, course)

    def days(self, window: Days, some: Ints, course: Course) -> float:
        """Some people's single days of a window chosen anew, by one thread; the change of the cost."""
        return self._days(self.hands[0], window, some, course)

    def _weeks_and_days(self, hand: Hand, window: Days, some: Ints, noise: float) -> float:
        """What one thread does with its deal: some rounds on the whole window, more on its days."""
        at_least = AT_ONCE if window[1] - window[0] <= 7 else 1
        change = self._ruin(hand, window, some, Course(ROUNDS, at_least, AT_ONCE, noise))
        return change + self._days(hand, window, some, Course(DAY_ROUNDS, *OF_A_DAY, noise))

    def _ruin(self, hand: Hand, window: Days, some: Ints, course: Course) -> float:
        """Let a thread do its rounds on a window; people in the order given, but component by component."""
        return self._anew(moves.ruin_and_recreate, hand, window, some, course)

    def _days(self, hand: Hand, window: Days, some: Ints, course: Course) -> float:
        """Let a thread do its rounds on single days of a window."""
        return self._anew(days_anew, hand, window, some, course)

    def _anew(self, kernel: Callable[..., float], hand: Hand, window: Days, some: Ints, course: Course) -> float:
        component = self.tables.person[some, t.COMPONENT]
        last = self.tables.price.shape[0]
        component = np.where(component < 0, last, component)
        pool = some[np.argsort(component, kind="stable")]
        first = np.searchsorted(np.sort(component), np.arange(last + 2))
        change = kernel(
            self.tables, self.state, hand.scratch, hand.rng, course.rounds, *window, course.smallest, course.largest,
            first, pool, course.noise, course.slack, course.led,
        )  # fmt: skip
        return float(change)
