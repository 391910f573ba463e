"""The shift catalogue: one table of shifts.toml each, and the activities a segment can have."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from centre.said import Said
from centre.words import WEEKDAYS, Clock, Minutes, Name, Shape, Weekday, WrongKey

Activity = Literal["work", "break", "meal", "briefing", "training", "meeting", "leave", "overtime", "standby", "off"]
ACTIVITIES: tuple[Activity, ...] = (
    "work", "break", "meal", "briefing", "training", "meeting", "leave", "overtime", "standby", "off",
)  # fmt: skip


class Pause(Shape):
    """A meal or break inside a shift.

    Exactly one of `window` (local wall-clock times between which it lies whole) and `after_minutes` (it starts that
    many minutes after the shift's start) says where it may lie.
    """

    activity: Literal["meal", "break"]
    minutes: int = Field(gt=0)
    window: tuple[Clock, Clock] | None = None
    after_minutes: tuple[Minutes, Minutes] | None = None
    paid: bool = False

    @model_validator(mode="after")
    def _place(self) -> "Pause":
        if (self.window is None) == (self.after_minutes is None):
            raise ValueError(Said("exactly one of window and after_minutes"))
        if self.after_minutes is not None and self.after_minutes[0] > self.after_minutes[1]:
            raise WrongKey("after_minutes", Said("[earliest, latest], earliest not above latest"))
        if self.window is not None:
            length = (self.window[1] - self.window[0]) % 1440 or 1440
            if length < self.minutes:
                raise WrongKey("window", Said("at least as long as the pause, {minutes} minutes", minutes=self.minutes))
        return self


class Shift(Shape):
    """A shift type: when it may start, how long it may last, its pauses.

    `start` holds the earliest and latest local start in minutes after midnight (equal when fixed), `minutes` the
    shortest and longest span from start to end, pauses included; both move in steps of `step_minutes` (0: one grid
    interval for a span of lengths or starts). `not_followed_by` names shifts that may not be worked on the next day. An
    `on_call` shift is standby from start to end: it answers nothing by itself; `paid_share` of it is paid.
    """

    name: Name
    start: tuple[Clock, Clock] = Field(
        description=Said('a local time "HH:MM", or a list of the earliest and the latest')
    )
    minutes: tuple[int, int] = Field(
        description=Said("a whole number of minutes, or a list of the shortest and the longest")
    )
    step_minutes: Minutes = 0
    days: tuple[Weekday, ...] = WEEKDAYS
    night: bool = False
    pauses: tuple[Pause, ...] = ()
    not_followed_by: tuple[Name, ...] = ()
    on_call: bool = False
    paid_share: float = Field(1.0, ge=0, le=1)

    @field_validator("start", "minutes", mode="before")
    @classmethod
    def _pair(cls, value: object) -> object:
        return value if isinstance(value, list | tuple) else (value, value)

    @model_validator(mode="after")
    def _order(self) -> "Shift":
        if self.start[0] > self.start[1]:
            raise WrongKey("start", Said("[earliest, latest], earliest not above latest"))
        if not 0 < self.minutes[0] <= self.minutes[1] <= 1440:
            raise WrongKey("minutes", Said("[shortest, longest] from 1 to 1440, shortest not above longest"))
        if sum(pause.minutes for pause in self.pauses) >= self.minutes[0]:
            raise WrongKey("pauses", Said("together shorter than the shift"))
        if self.on_call and self.pauses:
            raise WrongKey("pauses", Said("none in an on_call shift"))
        if self.paid_share < 1 and not self.on_call:
            raise WrongKey("paid_share", Said("1 unless on_call = true"))
        return self

    @property
    def unpaid_minutes(self) -> int:
        """Minutes of the span that are not paid."""
        return sum(pause.minutes for pause in self.pauses if not pause.paid)

    def paid_minutes(self, span: int) -> int:
        """Paid minutes of a duty of so many minutes from start to end."""
        return int(span * self.paid_share) if self.on_call else span - self.unpaid_minutes
