"""A move: strokes of paint on one or several lines, with its type, price and who has to agree."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from centre.grid import aware
from streams.reallocation.paint import Paint

REDEPLOYED = frozenset({"lend", "to_inbound", "to_back_office", "leader_to_phones", "inspector_to_phones"})
"""Moves that change only which work somebody does (ORG-5: at any time), not when anybody rests, eats or goes home."""


@dataclass(frozen=True)
class Move:
    """One change that may be proposed.

    Attributes
    ----------
    type : as the catalogue names it.
    agents : whom it is about.
    strokes : what changes in the roster; empty for a call back, which changes nothing in it.
    place : what may be moved once only: two moves of one place exclude each other.
    start, end : the time it touches, UTC seconds.
    price : contacts in time it has to win.
    approver : "auto", "leader" or "head".
    facts : what its words need (from, to, minutes, queue, ...), times in UTC seconds.
    paid_minutes : paid time more (or, below 0, fewer).
    overtime_minutes : of that, overtime.
    cost : of the paid time, in units of the contracts' cost of an hour.
    """

    type: str
    agents: tuple[str, ...]
    strokes: tuple[Paint, ...]
    place: str
    start: int
    end: int
    price: float
    approver: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    paid_minutes: float = 0.0
    overtime_minutes: float = 0.0
    cost: float = 0.0

    @property
    def told(self) -> tuple[str, ...]:
        """Those whose own day it changes: such notices are counted."""
        return self.agents if self.strokes and self.type not in REDEPLOYED else ()

    @property
    def id(self) -> str:
        """Equal for the same change, whenever it is proposed."""
        at = self.facts.get("to", self.facts.get("until", self.start))
        return f"{self.type}:{self.place}:{at}"

    def to_json(self, zone: str) -> dict[str, Any]:
        """For --json, the topic and the store."""
        return {
            "id": self.id,
            "type": self.type,
            "agents": list(self.agents),
            "start": aware(self.start, zone).isoformat(),
            "end": aware(self.end, zone).isoformat(),
            "facts": {key: _shown(key, value, zone) for key, value in self.facts.items()},
            "changes": [
                {
                    "agent": stroke.agent,
                    "start": aware(stroke.start, zone).isoformat(),
                    "end": aware(stroke.end, zone).isoformat(),
                    "activity": stroke.activity,
                    "queue": stroke.queue,
                }
                for stroke in self.strokes
            ],
            "price": round(self.price, 2),
            "approver": self.approver,
            "paid_minutes": round(self.paid_minutes, 1),
            "overtime_minutes": round(self.overtime_minutes, 1),
            "cost": round(self.cost, 2),
        }


def _shown(key: str, value: Any, zone: str) -> Any:
    return aware(value, zone).isoformat() if key in TIMES else value


TIMES = frozenset({"from", "to", "since", "until"})
"""Facts that are instants."""
