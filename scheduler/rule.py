"""What a rule is: a name, and what it adds to a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ortools.sat.python import cp_model

if TYPE_CHECKING:
    from scheduler.frame import Frame
    from scheduler.model import RosterModel


@dataclass(frozen=True)
class CostTerm:
    """One line of the objective.

    Attributes
    ----------
    name : the rule that charges it, and what for: "cover, too few".
    weight : price of one unit.
    amount : how many units, an expression over the model's variables that is never below 0.
    agent, day, kind : where it is charged; "" and -1 where it is the floor's or the whole line's.
    """

    name: str
    weight: int
    amount: cp_model.LinearExprT
    agent: str = ""
    day: int = -1
    kind: str = ""


class Rule(Protocol):
    """A rule of the roster as constraints and costs."""

    name: str
    """As docs/rules.md and the board show it."""

    def applies(self, frame: Frame) -> bool:
        """Whether there is anything to say about these people."""
        ...

    def add(self, model: RosterModel) -> list[CostTerm]:
        """Add the rule to a model; return what it charges."""
        ...
