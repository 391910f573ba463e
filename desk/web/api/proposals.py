"""Moves that the live floor proposes: look for some, list, accept, refuse."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, Field

from desk.actions.promises import promise_record
from desk.actions.proposals import accept, list_proposals, proposal_row, propose, refuse
from desk.web.api.problem import ANSWERS
from desk.web.ask import Ask, Asked

router = APIRouter(prefix="/proposals", tags=["floor"], responses=ANSWERS)
Number = Annotated[int, Path(ge=1, le=2**62)]
Moves = Annotated[list[str], Field(max_length=100, description="Ids of moves; none: all that may be decided.")]


class AcceptIn(BaseModel):
    """What is accepted. `by` is heeded on the open local board only."""

    moves: Moves = []
    edits: dict[str, AwareDatetime] = Field(default_factory=dict, description="Other times for moves, by id.")
    by: str = Field("", max_length=200)


class RefuseIn(BaseModel):
    """What is refused, and why."""

    reason: str = Field(min_length=1, max_length=500)
    moves: Moves = []
    by: str = Field("", max_length=200)


def _by(ask: Ask, by: str) -> str:
    if not ask.who.local:
        return ask.who.acts_as
    heads = ask.place.policy.approvals.people.get("head", ())
    return by or (heads[0] if heads else ask.who.acts_as)


@router.get("")
def proposals(ask: Asked) -> dict[str, Any]:
    """Every proposal, newest first, with what was done of it."""
    ask.require("proposals")
    now = int(ask.place.now.timestamp())
    return {"proposals": [proposal_row(kept, now) for kept in list_proposals(ask.place)]}


@router.get("/promises")
def promises(ask: Asked) -> dict[str, Any]:
    """What accepted proposals came to, against what they promised, in all and by move type."""
    ask.require("proposals")
    return promise_record(ask.place, int(ask.place.now.timestamp()))


@router.post("")
def look(ask: Asked) -> dict[str, Any]:
    """Look at the floor now and propose the moves that win most service, if any does."""
    ask.require("proposals")
    found = propose(ask.place, ask.place.now)
    ask.changed("look for moves", f"proposal/{found.number or 0}")
    return found.to_json()


@router.post("/{number}/accept")
def yes(ask: Asked, number: Number, wanted: AcceptIn) -> dict[str, Any]:
    """Accept it, some of its moves, or with other times: a new roster version that holds at once."""
    ask.require("proposals")
    edits: dict[str, datetime] = dict(wanted.edits)
    now, by = ask.place.now, _by(ask, wanted.by)
    return accept(ask.place, number, by=by, at=now, made=now, moves=wanted.moves, edits=edits or None).to_json()


@router.post("/{number}/refuse")
def no(ask: Asked, number: Number, wanted: RefuseIn) -> dict[str, Any]:
    """Refuse it or some of its moves; the next choice respects it."""
    ask.require("proposals")
    now, by = ask.place.now, _by(ask, wanted.by)
    return refuse(ask.place, number, by=by, reason=wanted.reason, at=now, made=now, moves=wanted.moves).to_json()
