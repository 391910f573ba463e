"""What the roster's objective charges for each thing: the policy's [roster], and its levels."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from centre.said import Said
from centre.words import Shape, WrongKey

LEVEL = 300.0
"""How many hours of a level weigh as much as one of the level above."""

PRICES: Mapping[str, tuple[str, ...]] = {
    "shortage": ("shortage",),
    "surplus": ("surplus",),
    "service": ("late_contact",),
    "leaders": ("leader_shortage", "leader_surplus"),
    "teams": ("apart",),
    "activities": ("missed_activity_hour",),
    "paid hours": ("paid_hour",),
    "overtime": ("overtime_hour",),
    "wishes": ("wish",),
    "unfairness": ("unfair",),
    "changes": ("unstable",),
}
"""The prices of each term of the objective."""

FIRST = ("activities",)
"""Terms that belong to the first level where none is named for them: an activity is placed whatever it costs."""


class RosterWeights(Shape):
    """What the roster's objective charges for each thing, in units of one agent short for one hour."""

    shortage: float = Field(1.0, ge=0)
    surplus: float = Field(0.25, ge=0)
    leader_shortage: float = Field(3.0, ge=0)
    wish: float = Field(0.1, ge=0)
    """For each point of a wish's weight that is not granted."""

    paid_hour: float = Field(0.02, ge=0)
    overtime_hour: float = Field(0.5, ge=0)
    unfair: float = Field(0.02, ge=0)
    """For each shift of a disliked kind (late, night, weekend, holiday) above the fair share, squared."""

    unstable: float = Field(0.5, ge=0)
    """For each agent-day that differs from the published roster, where there is one."""

    apart: float = Field(0.0, ge=0)
    """For a person's day on which all who work in the team are on another shift than theirs; halves for some."""

    missed_activity_hour: float = Field(3.0, ge=0)
    """For each hour of a planned activity that somebody on duty finds no place for."""

    objective: Literal["staff", "service", "daily_goal"] = "staff"
    """What coverage is judged by: staff short and to spare against the requirement; contacts not answered in time by
    the service curves; or those beyond what the queues' targets allow in a day."""

    late_contact: float = Field(0.1, ge=0)
    """For each expected contact not answered in time, where the objective is one of service."""

    goal_met: float = Field(0.1, ge=0, le=1)
    """Share of that price for contacts within a daily goal, so that a goal that is met is not all."""

    leader_surplus: float = Field(0.02, ge=0)
    """For each hour of a shift leader beyond those that are needed."""

    levels: tuple[tuple[str, ...], ...] = Field((), max_length=3)
    """Names of terms (see PRICES), the most important first: whatever a level costs goes before all below it. Terms
    that are not named belong to the last one; lower bounds, posts and (unless named) activities to the first."""

    @model_validator(mode="after")
    def _each_once(self) -> "RosterWeights":
        named = [name for level in self.levels for name in level]
        if not set(named) <= PRICES.keys() or len(set(named)) < len(named):
            raise WrongKey("levels", Said("each of these at most once: {names}", names=list(PRICES)))
        return self

    def level_of(self, term: str) -> int:
        """The level of a term, from 0."""
        if term not in PRICES or not self.levels:
            return 0
        last = 0 if term in FIRST else len(self.levels) - 1
        return next((k for k, level in enumerate(self.levels) if term in level), last)

    def own(self, term: str, cost: float) -> float:
        """What a term of a roster made by `leveled` prices costs by its own price."""
        return cost * LEVEL ** self.level_of(term)

    def leveled(self) -> "RosterWeights":
        """The prices by which a roster is made: of each level LEVEL times those of the one below.

        Not to be applied twice.
        """
        lower = {term: LEVEL ** -self.level_of(term) for term in PRICES}
        return self.model_copy(
            update={key: getattr(self, key) * lower[term] for term, keys in PRICES.items() for key in keys}
        )

    def by_level(self, cost_by_term: Mapping[str, float]) -> list[dict[str, float]]:
        """What a roster made by `leveled` prices costs, level by level, each term by its own price."""
        found: list[dict[str, float]] = [{} for _ in self.levels]
        for term, cost in cost_by_term.items():
            if found:
                found[self.level_of(term)][term] = self.own(term, cost)
        return found
