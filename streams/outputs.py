"""What the live engine says: alerts and their ends, adherence by agent and day, corrections."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from centre.grid import aware
from centre.roster import Segment
from streams.adherence import Account, figures
from streams.alert_words import words
from streams.floor_policy import SECOND, FloorPolicy


@dataclass(frozen=True, slots=True)
class Alert:
    """Somebody has to know something now.

    Attributes
    ----------
    type : which rule speaks.
    agent, queue : whom it is about; the other one is "".
    thread : the incident; it keeps its name while its type and severity change, until it ends.
    since : when the trouble began, UTC microseconds.
    at : when it became an alert (after grace and alarm delay).
    noticed : when the engine could know of it: later than `at` only where the facts came late.
    severity : "warning" or "severe".
    facts : what it rests on: states, event ids, numbers.
    segment, version : what the roster wanted, and which roster.
    """

    type: str
    agent: str
    queue: str
    thread: str
    since: int
    at: int
    noticed: int
    severity: str
    facts: Mapping[str, Any]
    segment: Segment | None = None
    version: int = 0

    @property
    def key(self) -> str:
        """Equal for the same saying, however often it is said."""
        return f"{self.thread}/{self.type}/{self.severity}"

    def to_json(self, floor: FloorPolicy) -> dict[str, Any]:
        """As one line of `paiban watch --json`."""
        zone = floor.zone
        return {
            "type": self.type,
            **_subject(self.agent, self.queue),
            "at": iso(self.at, zone),
            "severity": self.severity,
            "facts": self.told_facts(zone),
            "thread": self.thread,
            "noticed": iso(self.noticed, zone),
            "text": words(self, zone),
        }

    def told_facts(self, zone: str) -> dict[str, Any]:
        """The facts as they are written: times in ISO 8601, the roster's segment and version among them."""
        facts = {"since": iso(self.since, zone), **self.facts}
        if "duty_end" in facts:
            facts["duty_end"] = aware(facts["duty_end"], zone).isoformat()
        if self.segment is not None:
            facts["segment"] = _segment(self.segment, zone)
            facts["roster_version"] = self.version
        return facts


@dataclass(frozen=True, slots=True)
class Escalated:
    """An incident that is known became severe."""

    alert: Alert

    @property
    def key(self) -> str:
        """Equal for the same saying, however often it is said."""
        return f"{self.alert.thread}/{self.alert.type}/{self.alert.severity}"

    def to_json(self, floor: FloorPolicy) -> dict[str, Any]:
        """As one line of `paiban watch --json`."""
        line = self.alert.to_json(floor)
        return {"type": "escalated", "of": self.alert.type, **{k: v for k, v in line.items() if k != "type"}}


@dataclass(frozen=True, slots=True)
class Ended:
    """An incident is over, or turns out never to have been.

    Attributes
    ----------
    of : type it had last.
    at : when it ended.
    why : "resolved", or "withdrawn" when later facts show that there was nothing to tell.
    """

    of: str
    agent: str
    queue: str
    thread: str
    since: int
    at: int
    noticed: int
    why: str

    @property
    def key(self) -> str:
        """Equal for the same saying, however often it is said."""
        return f"{self.thread}/{self.why}/{self.at}"

    def to_json(self, floor: FloorPolicy) -> dict[str, Any]:
        """As one line of `paiban watch --json`."""
        return {
            "type": "ended",
            "of": self.of,
            **_subject(self.agent, self.queue),
            "at": iso(self.at, floor.zone),
            "severity": "info",
            "facts": {"since": iso(self.since, floor.zone), "why": self.why},
            "thread": self.thread,
            "noticed": iso(self.noticed, floor.zone),
        }


@dataclass(frozen=True, slots=True)
class AdherenceDay:
    """One agent's local day."""

    agent: str
    date: date
    account: Account

    @property
    def key(self) -> str:
        """Equal for the same saying, however often it is said."""
        return f"adherence/{self.agent}/{self.date}"

    def to_json(self, floor: FloorPolicy) -> dict[str, Any]:
        """As one line of `paiban watch --json`."""
        return {
            "type": "adherence",
            "agent": self.agent,
            "date": self.date.isoformat(),
            **figures(self.account, floor),
        }


@dataclass(frozen=True, slots=True)
class Correction:
    """An event came too late to change the live picture: its day has to be reckoned anew from the journal."""

    event: str
    agent: str
    at: int
    noticed: int
    queue: str = ""

    @property
    def key(self) -> str:
        """Equal for the same saying, however often it is said."""
        return f"correction/{self.event}"

    def to_json(self, floor: FloorPolicy) -> dict[str, Any]:
        """As one line of `paiban watch --json`."""
        return {
            "type": "correction",
            **_subject(self.agent, self.queue),
            "at": iso(self.at, floor.zone),
            "severity": "info",
            "facts": {"event": self.event},
            "noticed": iso(self.noticed, floor.zone),
        }


Output = Alert | Escalated | Ended | AdherenceDay | Correction


def iso(microsecond: int, zone: str) -> str:
    """ISO 8601 with offset, local to the zone; with a fraction only where there is one."""
    moment = aware(microsecond // SECOND, zone)
    return moment.replace(microsecond=microsecond % SECOND).isoformat()


def _subject(agent: str, queue: str) -> dict[str, str]:
    return {"agent": agent} if agent else {"queue": queue}


def _segment(segment: Segment, zone: str) -> dict[str, str]:
    return {
        "start": aware(segment.start, zone).isoformat(),
        "end": aware(segment.end, zone).isoformat(),
        "activity": segment.activity,
        "queue": segment.queue,
    }
