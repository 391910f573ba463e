"""What a hand does: build a roster, relax and dive, then free parts of the best roster again and again.

It spreads whole lines evenly first. Over a long horizon, where whole lines are not searched exactly, it then cools them
for most of the time instead of diving.
"""

from dataclasses import dataclass, field

import numpy as np

from scheduler.linewise.board import Board
from scheduler.linewise.descent import construct, descend
from scheduler.linewise.dive import Manner
from scheduler.linewise.evenly import FIRST_PULLS, LAST_PULLS, cool, spread
from scheduler.linewise.generation import Relaxation
from scheduler.linewise.joint import choose
from scheduler.linewise.lines import EXACT_DAYS, Scratch
from scheduler.linewise.master import Master
from scheduler.linewise.part import Pool, part_cost, relax, settle
from scheduler.linewise.parts_by_rules import improve_part, whole_by_rules
from scheduler.linewise.relaxed import relaxed
from scheduler.linewise.shared import Shared
from scheduler.linewise.tables import Floats

WINDOW_DAYS = (10, 22)
"""Days of a part of a long horizon: at least, and less than."""

LONG_PART_CELLS = 700
PART_CELLS = 1700
"""Person-days that one part may hold; larger boards are relaxed in parts only."""

WHOLE_CELLS = 4000
"""Up to so many person-days the whole board is relaxed at once."""

PRICE_ROUNDS, PRICE_SHARE = 1000, 0.12
"""Rounds that the whole is priced for, and the share of the time that they may take."""

COOL_SHARE = 0.85
"""Share of the time that a long horizon cools for."""

ROOT_SHARE = 0.4
"""Share of the time that the relaxation of the whole may take; a dive from an unfinished one is better than none."""

ROOT_MANNERS = (
    Manner(0.7, 0.1, 1),
    Manner(0.85, 0.04),
    Manner(),
    Manner(0.95, 0.005, 3, 0.01),
    Manner(0.8, 0.01, 3, 0.02),
)
"""How the whole is dived from, the quickest first: a fine dive of a large board takes minutes."""

RULE_CELLS = 600
"""Up to so many person-days the second hand gives the whole to CP-SAT, which may prove what the relaxation cannot."""

JOINTLY, JOINT_SECONDS = 0.25, 5.0
"""Share of the parts whose lines are first chosen jointly, and how long that may take."""

SLACK = 200.0
"""How much dearer than the part it began with a dive may become before it is given up."""


@dataclass
class Hand:
    """One hand: a board of its own, memory, luck, and what it shares with the other."""

    board: Board
    shared: Shared
    rng: np.random.Generator
    scratch: Scratch = field(default_factory=Scratch)
    pool: Pool = field(default_factory=Pool)
    size: float = 0.35
    """Share of the people that a part frees; it adapts."""

    @property
    def everybody(self) -> list[int]:
        """All rows of the board."""
        return list(range(len(self.board.tables)))

    @property
    def long(self) -> bool:
        """Whether the horizon is too long for whole lines to be searched exactly."""
        return self.board.frame.days > EXACT_DAYS

    def begin(self) -> bool:
        """Construct and descend; False when there is no roster."""
        if not construct(self.board, self.scratch, self.rng, self.shared.over):
            return False
        self.keep("construction")
        spread(self.board, self.rng, self.shared.over, FIRST_PULLS)
        self.keep("spread")
        if not self.long:
            descend(self.board, self.scratch, self.rng, self.shared.over)
            self.keep("descent")
        return True

    def keep(self, phase: str) -> None:
        """Offer the board as it stands."""
        self.shared.offer(self.board.lines, self.board.cost, phase)

    def price(self) -> Floats | None:
        """Price the whole board and prove a bound of any size quickly; the prices of the covers."""
        if self.shared.over():
            return None
        begin = self.shared.seconds()
        late = begin + PRICE_SHARE * (self.shared.limit - begin)
        found = relaxed(
            self.board, PRICE_ROUNDS, lambda: self.shared.over() or self.shared.seconds() > late, self.shared.seconds,
            late,
        )  # fmt: skip
        if found is None:
            return None
        self.shared.prove(found.bound)
        return found.tolls.covers

    def cool(self) -> None:
        """Cool whole lines for a share of the time, then spread them without luck."""
        begin = self.shared.seconds()
        span = COOL_SHARE * (self.shared.limit - begin)
        cool(self.board, self.rng, self.shared.over, lambda: (self.shared.seconds() - begin) / max(span, 1e-9))
        spread(self.board, self.rng, self.shared.over, LAST_PULLS)
        self.keep("cooling")
        self.shared.meet()

    def dive_from_the_root(self, prices: Floats | None) -> None:
        """Relax the whole board, prove a bound, and dive a few times in different manners."""
        days = self.board.frame.days
        if self.long or days * len(self.everybody) > WHOLE_CELLS:
            return
        late = self.shared.seconds() + ROOT_SHARE * (self.shared.limit - self.shared.seconds())

        def stop() -> bool:
            return self.shared.over() or self.shared.seconds() > late

        master, relaxation = relax(
            self.board, self.everybody, range(days), self.pool, self.scratch, stop, np.inf, prices
        )  # fmt: skip
        self.shared.prove(relaxation.bound)
        self.pool.remember(master)
        for manner in ROOT_MANNERS:
            if self.shared.over():
                return
            if settle(self.board, master, self.scratch, self.rng, manner, self.shared.over, np.inf):
                descend(self.board, self.scratch, self.rng, self.shared.over)
                self.keep("dive")

    def free_parts(self, by_rules: float) -> None:
        """Free part after part until time is up, a share of them by CP-SAT over the rules."""
        while not self.shared.over():
            self.shared.meet()
            if self.shared.lines is None:
                return
            self.board.show(self.shared.lines)
            if self.rng.random() < by_rules:
                if improve_part(self.board, self.rng, self.shared):
                    self.keep("rules")
            else:
                self.free_part()

    def free_part(self) -> None:
        """Relax a part; dive where something may be gained."""
        people, window = self.choose()
        before = part_cost(self.board, people, window)
        enough = before - 1.0 + 1e-4
        master, relaxation = relax(self.board, people, window, self.pool, self.scratch, self.shared.over, enough)
        if relaxation.bound > enough:
            self.size = min(1.0, self.size * 1.1)
            return
        if len(window) == self.board.frame.days:
            self.pool.remember(master)
        if relaxation.complete and self.rng.random() < JOINTLY and self.choose_jointly(master, relaxation, enough):
            return
        manner = Manner(
            sure=self.rng.uniform(0.75, 0.95),
            share=float(self.rng.choice([0.005, 0.01, 0.03])),
            noise=float(self.rng.choice([0.0, 0.02, 0.1])),
        )
        if settle(self.board, master, self.scratch, self.rng, manner, self.shared.over, before + SLACK):
            descend(self.board, self.scratch, self.rng, self.shared.over, people)
            self.keep("part")
        self.size = max(0.15, self.size * 0.97)

    def choose_jointly(self, master: Master, relaxation: Relaxation, enough: float) -> bool:
        """Choose among the lines that were generated; whether something better came of it."""
        seconds = max(0.1, min(JOINT_SECONDS, self.shared.limit - self.shared.seconds()))
        lines = choose(master, relaxation.cost, enough, seconds, self.shared.over)
        for person, line in (lines or {}).items():
            self.board.put(person, line)
        self.keep("joint choice")
        return lines is not None

    def choose(self) -> tuple[list[int], range]:
        """Some people over all days, or as many as a part holds over some."""
        days, people = self.board.frame.days, self.everybody
        if self.long or self.rng.random() < 0.3:
            length = min(days, int(self.rng.integers(*(WINDOW_DAYS if self.long else (7, 15)))))
            window = self.window(length)
            count = min(len(people), max(2, (LONG_PART_CELLS if self.long else PART_CELLS) // length))
        else:
            window = range(days)
            size = self.size if self.rng.random() < 0.7 else self.rng.uniform(self.size, 1.0)
            count = min(max(2, round(size * len(people))), max(2, PART_CELLS // days), len(people))
        return sorted(map(int, self.rng.choice(people, count, replace=False))), window

    def window(self, length: int) -> range:
        """Some days in a row: anywhere, or where covers cost most."""
        days = self.board.frame.days
        if self.long and self.rng.random() < 0.7:
            by_day = self.board.demand.cost(self.board.staffed).sum(axis=1) + 1.0
            middle = int(self.rng.choice(days, p=by_day / by_day.sum()))
            start = min(max(0, middle - length // 2), days - length)
        else:
            start = int(self.rng.integers(-length // 2, days - length // 2))
        return range(max(0, start), min(days, start + length))


def first_hand(hand: Hand) -> None:
    """Build, relax, dive, and free parts."""
    if hand.begin():
        hand.shared.meet()
        prices = hand.price()
        if hand.long:
            hand.cool()
        hand.dive_from_the_root(prices)
        hand.free_parts(by_rules=0.0)


def second_hand(hand: Hand) -> None:
    """Give a small whole to the rules; else build and free parts from another seed."""
    if hand.board.frame.days * len(hand.everybody) <= RULE_CELLS:
        whole_by_rules(hand.board, hand.shared)
        hand.shared.meet()
    elif not hand.begin():
        return
    elif hand.long:
        hand.cool()
    hand.free_parts(by_rules=0.0 if hand.long else 0.15)
