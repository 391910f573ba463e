"""A proposal: why, the moves, what they will do, what they cost, what was not chosen and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from centre.grid import aware
from centre.said import Said
from streams.reallocation.move import Move
from streams.reallocation.trigger import Reading


@dataclass(frozen=True)
class Effect:
    """The service level of a queue ("" all together) before and after, each as (mean, low, high): an 80 % band."""

    queue: str
    before: tuple[float, float, float]
    after: tuple[float, float, float]

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {"queue": self.queue, "before": _band(self.before), "after": _band(self.after)}


@dataclass(frozen=True)
class Proposal:
    """A joint set of moves for the shift leader to accept, in whole or in part.

    Attributes
    ----------
    id : equal for the same set made at the same moment.
    kind : "trouble" or "spare".
    at, until, expires : when it was made, the end of the time its effects are stated for, when it falls; UTC seconds.
    version : the roster version it changes.
    why : what was read of the queues that are in trouble (all together first).
    moves : in order of time.
    effects : service level before and after.
    won : contacts in time won: mean, low, high (80 %).
    simulated : contacts in time won by queue as simulated, before what promises have come to is taken off.
    won_by_move : of each move by the curves, alone, in the order of `moves`.
    not_chosen : move type -> why not: "off", "none", "price", "rule", "refused", "others", or "answered":
        of lending, where everybody is offered the contacts of all his skills anyway.
    minutes_moved : person-minutes that change.
    degraded : what was not known and replaced by a plain rule.
    method : "model", or "rules" where plain rules chose and the model found nothing better in time.
    optimal : whether nothing better exists by the curves.
    """

    id: str
    kind: str
    at: int
    until: int
    expires: int
    version: int
    why: tuple[Reading, ...]
    moves: tuple[Move, ...]
    effects: tuple[Effect, ...]
    won: tuple[float, float, float]
    won_by_move: tuple[float, ...] = ()
    simulated: Mapping[str, float] = field(default_factory=dict)
    not_chosen: Mapping[str, str] = field(default_factory=dict)
    minutes_moved: float = 0.0
    degraded: tuple[Said, ...] = ()
    method: str = "model"
    optimal: bool = False

    @property
    def people(self) -> tuple[str, ...]:
        """Who is concerned."""
        return tuple(sorted({agent for move in self.moves for agent in move.agents}))

    @property
    def cost(self) -> float:
        """Of the paid time, in units of the contracts' cost of an hour."""
        return sum(move.cost for move in self.moves)

    def to_json(self, zone: str) -> dict[str, Any]:
        """For --json, the topic and the store."""
        return {
            "id": self.id,
            "type": "proposal",
            "kind": self.kind,
            "at": aware(self.at, zone).isoformat(),
            "until": aware(self.until, zone).isoformat(),
            "expires": aware(self.expires, zone).isoformat(),
            "roster_version": self.version,
            "why": [reading.to_json() for reading in self.why],
            "moves": [
                {**move.to_json(zone), "won": round(won, 2)}
                for move, won in zip(self.moves, self.won_by_move or (0.0,) * len(self.moves), strict=True)
            ],
            "effects": [effect.to_json() for effect in self.effects],
            "won": _band(self.won, 2),
            "simulated": {queue: round(won, 3) for queue, won in self.simulated.items()},
            "cost": round(self.cost, 2),
            "overtime_minutes": round(sum(move.overtime_minutes for move in self.moves), 1),
            "paid_minutes": round(sum(move.paid_minutes for move in self.moves), 1),
            "minutes_moved": round(self.minutes_moved, 1),
            "people": list(self.people),
            "not_chosen": dict(self.not_chosen),
            "degraded": list(self.degraded),
            "not_known": [what.to_json() for what in self.degraded],
            "method": self.method,
            "optimal": self.optimal,
        }


def _band(values: tuple[float, float, float], digits: int = 4) -> dict[str, float]:
    return dict(zip(("mean", "low", "high"), (round(value, digits) for value in values), strict=True))
