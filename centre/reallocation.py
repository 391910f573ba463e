"""What may be done about service that drops, and what it costs: the policy of reallocation.

The catalogue of move types is a visible list; a site switches each on or off and prices it. A price is in contacts
answered in time that a move has to win before it is worth the disruption: one scale for everything.
"""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator

from centre.said import Said
from centre.words import Shape, Share

Approver = Literal["auto", "leader", "head"]
"""Who lets a move happen: nobody has to, the shift leader, the department head."""


class MovePolicy(Shape):
    """One move type.

    Attributes
    ----------
    on : whether it is proposed at all.
    price : contacts in time it must win, each time.
    price_per_hour : and for each hour it lasts. Below 0 for what is worth having in itself: an hour given back.
    approver : who accepts it.
    notice_minutes : how long before its first change people have to be told.
    """

    on: bool = True
    price: float = Field(0.5, ge=0)
    price_per_hour: float = 0.0
    approver: Approver = "leader"
    notice_minutes: int = Field(10, ge=0)


MOVE_TYPES: Mapping[str, MovePolicy] = {
    "call_back": MovePolicy(price=0.1, approver="auto", notice_minutes=0),
    "move_break": MovePolicy(price=0.4),
    "move_meal": MovePolicy(price=0.8),
    "move_briefing": MovePolicy(price=0.3),
    "move_meeting": MovePolicy(price=0.6, notice_minutes=15),
    "move_training": MovePolicy(price=0.8, notice_minutes=15),
    "postpone_briefing": MovePolicy(price=0.6),
    "postpone_meeting": MovePolicy(price=1.0, notice_minutes=15),
    "postpone_training": MovePolicy(price=2.0, notice_minutes=15),
    "lend": MovePolicy(price=0.3, notice_minutes=5),
    "to_inbound": MovePolicy(price=0.3, price_per_hour=0.3, notice_minutes=5),
    "to_back_office": MovePolicy(price=0.2, price_per_hour=-0.3),
    "leader_to_phones": MovePolicy(price=0.3, price_per_hour=0.6, notice_minutes=5),
    "inspector_to_phones": MovePolicy(price=0.3, price_per_hour=0.5, notice_minutes=5),
    "lengthen": MovePolicy(price=1.0, price_per_hour=2.0, notice_minutes=30),
    "overtime": MovePolicy(on=True, price=1.5, price_per_hour=3.0, approver="head", notice_minutes=30),
    "early_start": MovePolicy(on=True, price=2.5, price_per_hour=3.0, approver="head", notice_minutes=90),
    "standby": MovePolicy(price=2.0, price_per_hour=1.5, notice_minutes=60),
    "time_off": MovePolicy(price=0.05, price_per_hour=-0.25, notice_minutes=15),
}
"""The catalogue: every move type with its defaults. SHF-7 pauses and training by volume; SHF-10 overtime by the head;
ORG-5 any position may be redeployed; FLR-1 in real time."""


class Reallocation(Shape):
    """FLR-1: staff is adjusted in real time to hold the service level.

    Attributes
    ----------
    on : whether proposals are made.
    look_minutes : how often the floor is looked at.
    project_minutes : how far the service level is projected.
    plan_minutes : how far ahead moves are chosen, at most to the end of the day's duties. Nothing is moved beyond it.
    drop : how far, in points of service level, the projection must fall below the plan (or the target) ...
    certainty : ... with which probability, before anything is proposed.
    looks : and at how many looks running.
    calm : half the drop by default: how near it must come back before the trouble counts as over.
    spare : points above the target that the projection must keep, surely, before hours are given back.
    freeze_minutes : nothing that starts sooner is changed, unless that is its point.
    max_changes : at most so many notices a person a day that change when he rests, meets, learns or goes home; one
        notice may move several things. Who only answers other contacts (ORG-5) is not counted, but remembered (FLR-3).
    fairness : what each earlier change of a person, with a half-life of a week, adds to the price of the next (FLR-3).
    keep_leaders : shift leaders on the floor who stay off the phones (ORG-3, FLR-2).
    stand_in : roles that may take calls in need, and at which speed on every queue; 0: not.
    by_roster : whether people are offered the contacts of their rostered queue only, not those of all their skills.
    max_overtime_minutes : at most so much overtime of a person is proposed for a day; each is for the head (SHF-10).
    silence_minutes : after a proposal was refused, the same trouble proposes nothing like it for so long.
    returns, returns_minutes : of those who did not get through to a queue that fell silent so many call again, over so
        long.
    seconds : time limit of the choice.
    moves : the catalogue.
    """

    on: bool = True
    look_minutes: int = Field(5, ge=1)
    project_minutes: int = Field(120, ge=15)
    plan_minutes: int = Field(900, ge=30)
    drop: Share = 0.01
    certainty: Share = 0.5
    looks: int = Field(1, ge=1)
    calm: Share = 0.005
    spare: Share = 0.05
    freeze_minutes: int = Field(10, ge=0)
    max_changes: int = Field(3, ge=1)
    fairness: float = Field(0.2, ge=0)
    keep_leaders: int = Field(1, ge=0)
    stand_in: dict[str, float] = Field(default_factory=lambda: {"leader": 0.8, "inspector": 0.9})
    by_roster: bool = False
    max_overtime_minutes: int = Field(120, ge=0)
    silence_minutes: int = Field(60, ge=0)
    returns: Share = 0.5
    returns_minutes: int = Field(30, ge=5)
    seconds: float = Field(1.0, gt=0)
    moves: dict[str, MovePolicy] = Field(default_factory=lambda: dict(MOVE_TYPES))

    @field_validator("moves", mode="before")
    @classmethod
    def _over_the_catalogue(cls, moves: object) -> object:
        """A site names what it changes; the rest of a move type, and every other type, stays as it ships."""
        if not isinstance(moves, dict):
            return moves
        strangers = sorted(set(moves) - set(MOVE_TYPES))
        if strangers:
            raise ValueError(
                Said(
                    'no such move (not "{name}"): one of {names}',
                    name=strangers[0],
                    names=list(MOVE_TYPES),
                )
            )
        return {name: _changed(default, moves.get(name, {})) for name, default in MOVE_TYPES.items()}

    def of(self, name: str) -> MovePolicy:
        """The policy of a move type."""
        return self.moves[name]


def _changed(default: MovePolicy, change: Any) -> object:
    return {**default.model_dump(), **change} if isinstance(change, dict) else change
