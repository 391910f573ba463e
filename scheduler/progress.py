"""How far the solver is, for a living line on the terminal and for the log of the result."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of the search at one moment.

    Attributes
    ----------
    seconds : since the start.
    phase : what is being done.
    objective : of the best roster so far; None before the first.
    bound : no roster can cost less; None while unknown.
    """

    seconds: float
    phase: str
    objective: float | None = None
    bound: float | None = None

    @property
    def gap(self) -> float | None:
        """Share of the objective that is not proven necessary; None while unknown."""
        if self.objective is None or self.bound is None:
            return None
        return gap(self.objective, self.bound)

    def __str__(self) -> str:
        best = "no roster yet" if self.objective is None else f"best {self.objective:,.1f}"
        bound = "" if self.bound is None else f"  bound {self.bound:,.1f}"
        share = "" if self.gap is None else f"  gap {self.gap:.1%}"
        return f"{self.seconds:6.1f} s  {best}{bound}{share}  {self.phase}"


OnProgress = Callable[[Progress], None]


def gap(objective: float, bound: float) -> float:
    """(objective - bound) / objective, 0 where both are 0."""
    return max(0.0, objective - bound) / objective if objective > 0 else 0.0
