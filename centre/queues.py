"""Queues and what they promise: one table of queues.toml each."""

from typing import Literal

from pydantic import Field, model_validator

from centre.said import Said
from centre.words import Minutes, Name, Shape, Share, WrongKey

Channel = Literal["voice", "chat", "deferred", "outbound"]

Definition = Literal[
    "answered_within_or_abandoned_within",
    "of_answered",
    "of_offered",
    "excluding_abandoned_within",
    "short_abandons_as_met",
    "excluding_short_abandons",
    "virtual",
]
"""The service-level definitions of the field, numbered 1 to 7 in docs/formulas.md."""


class Queue(Shape):
    """A queue, its goals and what is known of its contacts.

    Times are seconds; `patience_s` 0 means callers wait for ever (Erlang C); a goal of 0 (or 1 for a share) is none.
    """

    name: Name
    channel: Channel = "voice"
    target: float = Field(0.80, gt=0.0, lt=1.0)
    within_s: float = Field(20, ge=0)
    definition: Definition = "of_offered"
    max_asa_s: float = Field(0, ge=0)
    max_abandonment: Share = 1.0
    max_occupancy: float = Field(0.90, gt=0.0, le=1.0)
    patience_s: float = Field(0, ge=0)
    aht_s: float = Field(240, gt=0)
    concurrency: int = Field(1, ge=1, le=20)
    aht_by_concurrency_s: tuple[float, ...] = ()
    deadline_minutes: Minutes = 0
    unplanned_shrinkage: float = Field(0.08, ge=0.0, lt=1.0)
    agent_worth: float = Field(1.0, gt=0.0, le=1.5)
    priority: int = Field(1, ge=1)
    minimum_staff: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _levels(self) -> "Queue":
        if self.aht_by_concurrency_s and any(level <= 0 for level in self.aht_by_concurrency_s):
            raise WrongKey("aht_by_concurrency_s", Said("seconds above 0, one for each level of concurrency from 1"))
        if self.channel == "deferred" and self.deadline_minutes == 0:
            raise WrongKey("deadline_minutes", Said("above 0 for a deferred queue"))
        return self
