"""Who works here and under which contract: agents.csv and contracts.toml."""

from datetime import date
from typing import Literal

from pydantic import Field, field_validator, model_validator

from centre.said import Said
from centre.words import Clock, Minutes, Name, Shape, WrongKey

Role = Literal["agent", "leader", "manager", "inspector", "trainer", "head", "director"]
ROLES: tuple[Role, ...] = ("agent", "leader", "manager", "inspector", "trainer", "head", "director")

Bounds = tuple[Minutes, Minutes]
Words = tuple[Name, ...]
"""What a day may be: names of shifts, and "off"; in a forbidden sequence also "work", any duty."""


class Contract(Shape):
    """One table of contracts.toml. Minutes are paid minutes; bounds are [lowest, highest], (0, 0) is no bound.

    What each key asks for stands in docs/rules.md.
    """

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
    forbidden_sequences: tuple[Words, ...] = ()
    rotation: tuple[Words, ...] = ()
    rotation_every: Literal["day", "week"] = "week"
    rotation_from: date | None = None
    whole_weekends: bool = False
    days_off_in_a_row_per_week: int = Field(0, ge=0, le=7)
    min_nights_in_a_row: int = Field(1, ge=1, le=14)
    days_off_after_nights: int = Field(0, ge=0, le=14)
    max_shifts_per_week: dict[Name, int] = Field(default_factory=dict)
    max_shifts_per_month: dict[Name, int] = Field(default_factory=dict)
    short_rests: int = Field(0, ge=0, le=3)
    short_rest_minutes: Minutes = 0
    short_rests_every: Literal["week", "month"] = "week"
    average_weeks: int = Field(0, ge=0, le=26)
    average_week_minutes: Minutes = 0
    earliest_start: Clock | None = None
    latest_end: Clock | None = None
    max_minutes_per_day: Minutes = 0

    @model_validator(mode="after")
    def _ordered(self) -> "Contract":
        for key in ("week_minutes", "month_minutes", "days_per_week"):
            low, high = getattr(self, key)
            if low > high:
                raise WrongKey(key, Said("[lowest, highest], lowest not above highest"))
        if not 0 <= self.days_per_week[0] <= self.days_per_week[1] <= 7:
            raise WrongKey("days_per_week", Said("whole numbers from 0 to 7"))
        if self.min_consecutive_days > self.max_consecutive_days:
            raise WrongKey("min_consecutive_days", Said("not above max_consecutive_days"))
        if 0 < self.max_nights_in_a_row < self.min_nights_in_a_row:
            raise WrongKey("min_nights_in_a_row", Said("not above max_nights_in_a_row"))
        return self

    @model_validator(mode="after")
    def _whole(self) -> "Contract":
        if any(len(words) < 2 for words in self.forbidden_sequences):
            raise WrongKey("forbidden_sequences", Said("lists of at least two days each"))
        if any(not words for words in self.rotation) or len(self.rotation) == 1:
            raise WrongKey("rotation", Said("at least two turns, each a list of at least one shift or off"))
        if any(most < 0 for table in (self.max_shifts_per_week, self.max_shifts_per_month) for most in table.values()):
            raise ValueError(Said("max_shifts_per_week, max_shifts_per_month: whole numbers from 0"))
        if self.short_rests and self.short_rest_minutes >= self.rest_minutes:
            raise WrongKey("short_rest_minutes", Said("below rest_minutes"))
        if bool(self.average_weeks) != bool(self.average_week_minutes):
            raise WrongKey("average_weeks", Said("set together with average_week_minutes, both or neither"))
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
    attributes: tuple[Name, ...] = ()
    """What a post may ask for beside a role: senior, first_aid, ..."""

    @field_validator("skills")
    @classmethod
    def _speeds(cls, skills: dict[str, float]) -> dict[str, float]:
        for queue, speed in skills.items():
            if not 0 < speed <= 5:
                raise ValueError(Said("{queue}: a speed above 0 and at most 5", queue=queue))
        return skills

    def employed(self, day: date) -> bool:
        """Whether the person belongs to the centre on a local day (both ends included)."""
        return (self.hired is None or self.hired <= day) and (self.left is None or day <= self.left)
