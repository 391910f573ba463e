"""A roster under way: who takes which kind when, how many that makes of each, and what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scheduler.frame import Frame
from scheduler.linewise.tables import Floats, Ints, Kinds, Table
from scheduler.model import Choice


@dataclass(frozen=True)
class Demand:
    """Covers of a frame as arrays [days, kinds]; where nothing is asked, any number is free."""

    frame: Frame
    kinds: Kinds

    @cached_property
    def required(self) -> Ints:
        """People wanted."""
        return self._array([cover.required for cover in self.frame.covers]).astype(np.int64)

    @cached_property
    def under(self) -> Floats:
        """Price of one too few."""
        return self._array([cover.under for cover in self.frame.covers])

    @cached_property
    def over(self) -> Floats:
        """Price of one too many."""
        return self._array([cover.over for cover in self.frame.covers])

    def _array(self, values: Sequence[int]) -> Floats:
        array = np.zeros((self.frame.days, len(self.kinds.names)))
        for cover, value in zip(self.frame.covers, values, strict=True):
            array[cover.day, self.kinds.number[cover.kind]] = value
        return array

    def cost(self, staffed: Ints) -> Floats:
        """Cost of each cover at some staff, [days, kinds]."""
        missing = self.required - staffed
        return np.where(missing > 0, missing * self.under, -missing * self.over)

    def price(self, staffed: Ints) -> Floats:
        """What one more person adds to the cost of each cover."""
        return np.where(staffed < self.required, -self.under, self.over)


class Board:
    """Everybody's lines, changed one at a time. `lines` is [people, days], -1 a day off."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.kinds = Kinds(frame)
        self.demand = Demand(frame, self.kinds)
        self.tables = [Table(person, self.kinds) for person in frame.people]
        self.lines = np.full((len(frame.people), frame.days), -1, dtype=np.int64)
        self.staffed = np.zeros((frame.days, len(self.kinds.names)), dtype=np.int64)

    def put(self, person: int, line: Ints) -> None:
        """Replace a person's line."""
        self._count(self.lines[person], -1)
        self.lines[person] = line
        self._count(line, 1)

    def _count(self, line: Ints, sign: int) -> None:
        days = np.flatnonzero(line >= 0)
        self.staffed[days, line[days]] += sign

    def take_out(self, person: int) -> Ints:
        """Empty a person's line and return what it was."""
        line: Ints = self.lines[person].copy()
        self.put(person, np.full_like(line, -1))
        return line

    def show(self, lines: Ints) -> None:
        """Take over everybody's lines."""
        for person, line in enumerate(lines):
            self.put(person, line)

    @property
    def cost(self) -> float:
        """The objective: covers and wishes."""
        wishes = sum(self.line_cost(person, line) for person, line in enumerate(self.lines))
        return float(self.demand.cost(self.staffed).sum()) + wishes

    def line_cost(self, person: int, line: Ints) -> float:
        """What a person's wishes cost on a line."""
        table, days = self.tables[person], np.flatnonzero(line >= 0)
        return table.unmet + float(table.wishes[days, line[days]].sum())

    def price(self, person: int) -> Floats:
        """What each duty would add to the cost, wishes included."""
        return self.demand.price(self.staffed) + self.tables[person].wishes

    def choice(self, lines: Ints | None = None) -> Choice:
        """The roster in the model's words."""
        lines = self.lines if lines is None else lines
        return {
            (person.name, day): option
            for person, line in zip(self.frame.people, lines, strict=True)
            for day, number in enumerate(line)
            if number >= 0
            for option in person.options[day]
            if option.kind == self.kinds.names[number]
        }

    def read(self, choice: Choice) -> Ints:
        """Lines of a roster in the model's words."""
        lines = np.full_like(self.lines, -1)
        for row, person in enumerate(self.frame.people):
            for day in range(person.days):
                if (person.name, day) in choice:
                    lines[row, day] = self.kinds.number[choice[person.name, day].kind]
        return lines
