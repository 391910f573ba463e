"""Planned activities inside shifts: one table of activities.toml each."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from centre.said import Said
from centre.words import WEEKDAYS, Clock, Name, Shape, Weekday, WrongKey


class PlannedActivity(Shape):
    """A briefing, meeting or training: who, how long, where it may lie, how often, together or staggered.

    Attributes
    ----------
    activity : what it is; coaching, and quality slots (KPI-4), are training in the roster.
    who : "all", "team:NAME", "role:NAME", "agent:ID", "skill:QUEUE"; several are joined.
    minutes : its length.
    window : local wall-clock times between which it lies whole.
    often : each working day, once a week, or once a month.
    times : how many times a week or month, such as quality slots twice a month; spread over its days.
    days : weekdays on which it may lie.
    together : "team" (one time a team), "all" (one time for everyone), or "staggered" (each alone, at most
        `at_once` of a team at a time).
    before_day : for monthly ones, the last day of the month on which it may lie is the day before; 0: any.
    """

    name: Name
    activity: Literal["briefing", "meeting", "training", "coaching", "quality"]
    who: tuple[str, ...] = ("all",)
    minutes: int = Field(gt=0, le=600)
    window: tuple[Clock, Clock]
    often: Literal["daily", "weekly", "monthly"] = "daily"
    times: int = Field(1, ge=1, le=10)
    days: tuple[Weekday, ...] = WEEKDAYS
    together: Literal["team", "all", "staggered"] = "staggered"
    at_once: int = Field(1, ge=1)
    before_day: int = Field(0, ge=0, le=31)

    @property
    def segment(self) -> Literal["briefing", "meeting", "training"]:
        """What its segments are called in the roster."""
        return "training" if self.activity == "coaching" or self.activity == "quality" else self.activity

    @field_validator("who", mode="before")
    @classmethod
    def _several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _fits(self) -> "PlannedActivity":
        if self.window[1] - self.window[0] < self.minutes:
            raise WrongKey("window", Said("at least as long as the activity, {minutes} minutes", minutes=self.minutes))
        if self.times > 1 and self.often == "daily":
            raise WrongKey("times", Said("1 for a daily activity"))
        return self
