"""How far the solver is, for a living line on the terminal and for the log of the result."""

from collections.abc import Callable
from dataclasses import dataclass

from centre.said import Said


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
        phase = Said(self.phase)
        if self.objective is None:
            return Said("{seconds:6.1f} s  no roster yet  {phase}", seconds=self.seconds, phase=phase)
        known = {"seconds": self.seconds, "best": self.objective, "phase": phase}
        if self.bound is None:
            return Said("{seconds:6.1f} s  best {best:,.1f}  {phase}", **known)
        return Said(
            "{seconds:6.1f} s  best {best:,.1f}  bound {bound:,.1f}  gap {gap:.1%}  {phase}",
            **known,
            bound=self.bound,
            gap=gap(self.objective, self.bound),
        )


OnProgress = Callable[[Progress], None]


def gap(objective: float, bound: float) -> float:
    """(objective - bound) / objective, 0 where both are 0."""
    return max(0.0, objective - bound) / objective if objective > 0 else 0.0
