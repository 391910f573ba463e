"""Live events: what happened on the floor, once and for all.

Every event has an id (the same id means the same event), a time, and the site it belongs to. `at` is when it
happened by the sender's clock, in UTC microseconds since 1970: integers compare and replay exactly.
"""

from dataclasses import dataclass
from typing import Any, Literal

from msgspec import Struct, field

from centre.roster import Segment

State = Literal[
    "ready", "talking", "wrap_up", "outbound", "case_work", "break", "meal",
    "meeting", "training", "not_ready", "logged_out",
]  # fmt: skip
STATES: tuple[State, ...] = (
    "ready", "talking", "wrap_up", "outbound", "case_work", "break", "meal",
    "meeting", "training", "not_ready", "logged_out",
)  # fmt: skip
"""The native agent states; a telephone system's own are mapped onto them."""


class AgentState(Struct, frozen=True, gc=False, array_like=True):
    """An agent entered a state."""

    id: str
    at: int
    site: str
    agent: str
    state: str
    reason: str = ""
    queue: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    sequence: int = 0
    """The sender's own counting, where it has one: it orders events of the same instant; then the id does."""


class QueueSnapshot(Struct, frozen=True, gc=False, array_like=True):
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


class Contact(Struct, frozen=True, gc=False, array_like=True):
    """A milestone of a contact: offered, answered, abandoned, or ended."""

    id: str
    at: int
    site: str
    contact: str
    milestone: str
    queue: str
    agent: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


class Case(Struct, frozen=True, gc=False, array_like=True):
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
class RosterPublished:
    """A roster version came into force: it replaces what was planned over [start, end), UTC seconds.

    A version that applies from its publication on starts then; one that corrects the past starts earlier. The same
    version always means the same segments; where two versions overlap the higher one holds.
    """

    id: str
    at: int
    site: str
    version: int
    start: int
    end: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class ExceptionGranted:
    """Somebody explained or approved an agent's departure from the roster over [start, end), UTC seconds."""

    id: str
    at: int
    site: str
    agent: str
    start: int
    end: int
    reason: str = ""
    approver: str = ""


@dataclass(frozen=True, slots=True)
class ExceptionRevoked:
    """An exception, named by the id it was granted with, no longer holds."""

    id: str
    at: int
    site: str
    agent: str
    exception: str


class Tick(Struct, frozen=True, gc=False):
    """Time itself: absence sends nothing, so the clock has to."""

    at: int


Event = AgentState | QueueSnapshot | Contact | Case
"""What arrives from outside."""

Input = Event | RosterPublished | ExceptionGranted | ExceptionRevoked | Tick
"""Everything the live engine is a fold of: what arrives, what people decide, and time."""
