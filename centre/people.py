"""Who works here and under which contract: agents.csv and contracts.toml."""

from datetime import date
from typing import Literal

from pydantic import Field, field_validator, model_validator

from centre.words import Minutes, Name, Shape

Role = Literal["agent", "leader", "manager", "inspector", "trainer", "head", "director"]
ROLES: tuple[Role, ...] = ("agent", "leader", "manager", "inspector", "trainer", "head", "director")

Bounds = tuple[Minutes, Minutes]


class Contract(Shape):
    """One table of contracts.toml. Minutes are paid minutes; bounds are [lowest, highest], (0, 0) is no bound."""

    name: Name
    week_minutes: Bounds = (2100, 2400)
    month_minutes: Bounds = (0, 0)
    days_per_week: tuple[int, int] = (4, 5)
    max_consecutive_days: int = Field(6, ge=1)
    min_consecutive_days: int = Field(1, ge=1)
    min_consecutive_days_off: int = Field(1, ge=1)
    rest_minutes: Minutes = 660
    weekends_off: int = Field(1, ge=0, le=5)
    max_nights_in_a_row: int = Field(3, ge=0)
    rest_after_nights_minutes: Minutes = 2880
    start_spread_minutes: Minutes = 0
    shifts: tuple[Name, ...] = ()
    cost_per_hour: float = Field(1.0, ge=0)
    overtime_factor: float = Field(1.5, ge=1)
    max_overtime_minutes_per_week: Minutes = 0

    @model_validator(mode="after")
    def _ordered(self) -> "Contract":
        for key in ("week_minutes", "month_minutes", "days_per_week"):
            low, high = getattr(self, key)
            if low > high:
                raise ValueError(f"{key}: [lowest, highest], lowest not above highest")
        if not 0 <= self.days_per_week[0] <= self.days_per_week[1] <= 7:
            raise ValueError("days_per_week: whole numbers from 0 to 7")
        if self.min_consecutive_days > self.max_consecutive_days:
            raise ValueError("min_consecutive_days: not above max_consecutive_days")
        return self


class Wish(Shape):
    """A wish with its weight from 1 to 10: a shift ("early"), or a day off ("off-sun")."""

    what: str
    weight: int = Field(ge=1, le=10)


class Agent(Shape):
    """A person of the centre. `skills` maps a queue to the speed against its standard handle time."""

    agent: Name
    name: str
    team: str = ""
    role: Role = "agent"
    contract: Name
    skills: dict[str, float] = Field(default_factory=dict)
    email: str = ""
    hired: date | None = None
    left: date | None = None
    wishes: tuple[Wish, ...] = ()

    @field_validator("skills")
    @classmethod
    def _speeds(cls, skills: dict[str, float]) -> dict[str, float]:
        for queue, speed in skills.items():
            if not 0 < speed <= 5:
                raise ValueError(f"{queue}: a speed above 0 and at most 5")
        return skills

    def employed(self, day: date) -> bool:
        """Whether the person belongs to the centre on a local day (both ends included)."""
        return (self.hired is None or self.hired <= day) and (self.left is None or day <= self.left)
