"""A site: everything one folder of planner's files says, validated, in one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, Field, field_validator

from centre.activities import PlannedActivity
from centre.events import STATES
from centre.grid import GRID_MINUTES
from centre.headcount import Headcount
from centre.people import Agent, Contract
from centre.posts import Post, Presence
from centre.queues import Queue
from centre.roster import Segment
from centre.said import Said
from centre.shifts import Shift
from centre.words import Name, Shape, Weekday, clock_minutes

Span = tuple[int, int]
"""Opening span in minutes after local midnight; the end may pass 1440 (next day)."""


def opening_span(text: str) -> Span:
    """The span of "08:30-22:00"; "22:00-06:00" runs past midnight, "00:00-24:00" is all day."""
    begin, dash, end = text.partition("-")
    try:
        start, stop = clock_minutes(begin.strip()), clock_minutes(end.strip())
    except ValueError:
        raise ValueError(Said('"HH:MM-HH:MM", local time, such as "08:30-22:00"')) from None
    if not dash or start == stop or start == 1440:
        raise ValueError(Said('"HH:MM-HH:MM" with a start and an end that differ; "00:00-24:00" is all day'))
    return (start, stop if stop > start else stop + 1440)


def _opening_span(value: object) -> object:
    return opening_span(value) if isinstance(value, str) else value


OpeningSpan = Annotated[
    Span, BeforeValidator(_opening_span), Field(description=Said('"HH:MM-HH:MM", local time, such as "08:30-22:00"'))
]


class Broker(Shape):
    """Where live events come from. Secrets come from the environment, never from the file."""

    bootstrap: str
    security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = ""
    ssl_cafile: str = ""
    ssl_certfile: str = ""
    ssl_keyfile: str = ""
    group: str = "paiban"
    agent_states: str = "agent-states"
    queue_events: str = "queue-events"
    adherence: str = "adherence"
    alerts: str = "alerts"
    proposals: str = "proposals"
    dead_letters: str = "dead-letters"
    partitions: int = Field(6, ge=1)
    """Of a topic of events that has to be made; one that is there keeps what it has."""

    adapter: Literal["native", "amazon-connect", "cisco-finesse", "genesys-cloud", "twilio-taskrouter"] = "native"
    """The telephone system whose events these are."""

    states: dict[str, str] = Field(default_factory=dict)
    """Its words for agent states -> native states; they go before the adapter's own table and the policy's."""

    agents: dict[str, str] = Field(default_factory=dict)
    """Its identities of agents -> the site's; one that is missing means itself."""

    queues: dict[str, str] = Field(default_factory=dict)

    @field_validator("states")
    @classmethod
    def _native(cls, states: dict[str, str]) -> dict[str, str]:
        for theirs, ours in states.items():
            if ours not in STATES:
                raise ValueError(
                    Said('the state that "{theirs}" stands for: one of {names}', theirs=theirs, names=list(STATES))
                )
        return states


class StaffingRule(Shape):
    """What required staff is found on; each verb that staffs may be told otherwise.

    `rule`: the mean forecast, the service level expected over its distribution, or a `chance` that it is reached.
    `over`: the target holds in every interval, or over each day or the whole period by the cheapest staffing that does.
    `load`: every interval as if it had always been like that, or with the load of voice and chat following its
    arrivals, or with each interval beginning with what the one before has left.
    """

    rule: Literal["mean", "expected", "chance"] = "mean"
    chance: float = Field(0.9, ge=0.5, le=0.99)
    over: Literal["interval", "day", "period"] = "interval"
    load: Literal["stationary", "lagged", "carried"] = "stationary"


class Settings(Shape):
    """site.toml."""

    format: Literal[1]
    name: str = Field(min_length=1)
    zone: str
    grid_minutes: int = 15
    holidays: str = ""
    policy: str = "operator-cn"
    database: str = "sqlite:///paiban.db"
    week_starts: Weekday = "mon"
    language: Literal["", "en", "zh"] = ""
    """What people of this site read; "" leaves it to the reader's environment."""

    opening: dict[Weekday, tuple[OpeningSpan, ...]] = Field(default_factory=dict)
    staffing: StaffingRule = Field(default_factory=StaffingRule)
    broker: Broker | None = None

    @field_validator("zone")
    @classmethod
    def _zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(Said('an IANA time zone such as "Asia/Shanghai"'))
        return zone

    @field_validator("grid_minutes")
    @classmethod
    def _grid(cls, minutes: int) -> int:
        if minutes not in GRID_MINUTES:
            raise ValueError(Said("one of {names}", names=list(map(str, GRID_MINUTES))))
        return minutes

    @property
    def tz(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.zone)


class Leave(Shape):
    """Approved leave over [start, end), UTC seconds, of a kind (annual, sick, personal, ...).

    `off` are local days of it on which the person was off by the roster it was granted on: they stand for no work.
    """

    agent: Name
    start: int
    end: int
    kind: str = "annual"
    off: tuple[date, ...] = ()


class Overtime(Shape):
    """Approved overtime over [start, end), UTC seconds: the hours of that week may be so many more."""

    agent: Name
    start: int
    end: int


class SpecialDay(Shape):
    """A day on which a queue gets `factor` times its usual volume; 0 is closed; queue "" is every queue."""

    date: date
    queue: str = ""
    factor: float = Field(ge=0)
    note: str = ""


@dataclass(frozen=True)
class Site:
    """Everything a site folder says (its history apart, which is read where it is used)."""

    settings: Settings
    queues: Mapping[str, Queue]
    shifts: Mapping[str, Shift]
    contracts: Mapping[str, Contract]
    agents: Mapping[str, Agent]
    leave: tuple[Leave, ...] = ()
    overtime: tuple[Overtime, ...] = ()
    activities: tuple[PlannedActivity, ...] = ()
    fixed: tuple[Segment, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()
    posts: tuple[Post, ...] = ()
    presence: tuple[Presence, ...] = ()
    headcount: Headcount = field(default_factory=Headcount)
    sources: Mapping[str, str] = field(default_factory=dict)
    """Digest of each file that was read, by its name."""
