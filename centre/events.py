"""Live events: what happened on the floor, once and for all.

Every event has an id (the same id means the same event), a time, and the site it belongs to. `at` is when it
happened by the sender's clock, in UTC microseconds since 1970: integers compare and replay exactly.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal[
    "ready", "talking", "wrap_up", "outbound", "case_work", "break", "meal",
    "meeting", "training", "not_ready", "logged_out",
]  # fmt: skip
STATES: tuple[State, ...] = (
    "ready", "talking", "wrap_up", "outbound", "case_work", "break", "meal",
    "meeting", "training", "not_ready", "logged_out",
)  # fmt: skip
"""The native agent states; a telephone system's own are mapped onto them."""


@dataclass(frozen=True, slots=True)
class AgentState:
    """An agent entered a state."""

    id: str
    at: int
    site: str
    agent: str
    state: str
    reason: str = ""
    queue: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueueSnapshot:
    """A queue as the telephone system saw it; counts are since the interval began, waits in seconds."""

    id: str
    at: int
    site: str
    queue: str
    waiting: int = 0
    oldest_wait_s: float = 0.0
    offered: int = 0
    answered: int = 0
    answered_within: int = 0
    abandoned: int = 0
    wait_s: float = 0.0
    staffed: int = 0
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contact:
    """A milestone of a contact: offered, answered, abandoned, or ended."""

    id: str
    at: int
    site: str
    contact: str
    milestone: str
    queue: str
    agent: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A milestone of a deferred case: arrived, taken, returned, or closed."""

    id: str
    at: int
    site: str
    case: str
    milestone: str
    queue: str = ""
    agent: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tick:
    """Time itself: absence sends nothing, so the clock has to."""

    at: int


Event = AgentState | QueueSnapshot | Contact | Case
"""What arrives from outside. A `Tick` is made inside."""
