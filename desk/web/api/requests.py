"""Requests: file with a verdict, decide, look at; one's own work."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Query
from pydantic import BaseModel, Field

from centre.approvals import Deed, Open
from centre.errors import InputError
from centre.requests import LeaveRequest
from centre.said import Said
from desk.actions.leave import stop_waiting, waiting_list
from desk.actions.my_work import my_work
from desk.actions.requests import (
    all_requests,
    ask_leave,
    ask_swap,
    decide,
    partners,
    request_row,
    swap_request,
)
from desk.web.api.problem import ANSWERS
from desk.web.ask import Ask, Asked
from store.requests import Filed

router = APIRouter(tags=["requests"], responses=ANSWERS)
Second = Annotated[int, Field(ge=0, le=2**40, description="UTC second.")]
Agent = Annotated[str, Field(min_length=1, max_length=200, description="An id of agents.csv.")]
Number = Annotated[int, Path(ge=1, le=2**62)]


class LeaveIn(BaseModel):
    """Leave over [start, end)."""

    agent: Agent
    start: Second
    end: Second
    kind: str = Field("personal", min_length=1, max_length=60)
    reason: str = Field("", max_length=500)
    file: bool = Field(False, description="File it; else only the verdict.")
    wait: bool = Field(False, description="Where it is filed and its days have no room, go on their waiting list.")


class SwapIn(BaseModel):
    """Shifts that change hands: each person's of the day goes to the next, the last one's to the first.

    With one day fewer than people a shift is given away.
    """

    people: list[Agent] = Field(min_length=2, max_length=8)
    days: list[date] = Field(min_length=1, max_length=8)
    reason: str = Field("", max_length=500)
    file: bool = False


class DecisionIn(BaseModel):
    """What somebody does with a request. `by` is heeded on the open local board only."""

    act: Literal["agree", "refuse", "withdraw", "skip", "tell"]
    reason: str = Field("", max_length=500)
    by: str = Field("", max_length=200)


@router.get("/requests")
def requests(ask: Asked) -> dict[str, Any]:
    """Every request that concerns or reaches whoever asks, oldest first."""
    ask.require("requests.own", "requests.team", "requests.all")
    rows = all_requests(ask.place, int(ask.place.now.timestamp()))
    return {"requests": [request_row(row) for row in rows if _sees(ask, row)]}


def _sees(ask: Ask, row: Filed) -> bool:
    agents = ask.place.site.agents
    decides = isinstance(row.state, Open) and ask.who.acts_as in row.state.deciders()
    return decides or any(ask.who.reaches("requests", name, agents) for name in row.asked.parties)


@router.post("/requests/leave")
def leave(ask: Asked, wanted: LeaveIn) -> dict[str, Any]:
    """The verdict of the rules on leave; files it when asked to."""
    ask.require("requests.own", "requests.team", "requests.all")
    ask.require_reach("requests", wanted.agent)
    if wanted.start >= wanted.end:
        raise InputError(Said("leave ends after it starts"))
    by = ask.who.agent if ask.who.agent != wanted.agent else ""
    asked = LeaveRequest(
        agent=wanted.agent, start=wanted.start, end=wanted.end, kind=wanted.kind, reason=wanted.reason,
        at=int(ask.place.now.timestamp()), asked_by=by,
    )  # fmt: skip
    judged = ask_leave(ask.place, asked, file=wanted.file, wait=wanted.wait, made=ask.place.now)
    if judged.request is not None:
        ask.changed("file request", f"request/{judged.request}", wanted.agent)
    if judged.waiting is not None:
        ask.changed("wait", f"waiting/{judged.waiting}", wanted.agent)
    return judged.summary()


@router.post("/requests/swap")
def swap(ask: Asked, wanted: SwapIn) -> dict[str, Any]:
    """The verdict of the rules on a swap; files it when asked to."""
    ask.require("requests.own", "requests.team", "requests.all")
    ask.require_reach("requests", wanted.people[0])
    asked = swap_request(ask.place, wanted.people, wanted.days, wanted.reason)
    judged = ask_swap(ask.place, asked, file=wanted.file, made=ask.place.now)
    if judged.request is not None:
        ask.changed("file request", f"request/{judged.request}", wanted.people[0])
    return judged.summary()


@router.get("/requests/partners")
def swap_partners(
    ask: Asked,
    agent: Annotated[str, Query(max_length=200)],
    day: Annotated[date, Query(description="The shift's day.")],
) -> dict[str, Any]:
    """Who could swap with a person for the shift of a day, best first."""
    ask.require("requests.own", "requests.team", "requests.all")
    ask.require_reach("requests", agent)
    offers = partners(ask.place, agent, day, int(ask.place.now.timestamp()))
    return {"partners": [{"hands": [hand.model_dump() for hand in offer.hands]} for offer in offers]}


@router.get("/requests/waiting")
def waiting(ask: Asked) -> dict[str, Any]:
    """Who waits for room on the days of a leave, in order: oneself, or whom one leads."""
    ask.require("requests.own", "requests.team", "requests.all")
    agents = ask.place.site.agents
    rows = waiting_list(ask.place).rows
    return {"waiting": [row.to_json() for row in rows if ask.who.reaches("requests", row.asked.agent, agents)]}


@router.delete("/requests/waiting/{number}", status_code=204)
def wait_no_more(ask: Asked, number: Number) -> None:
    """Take oneself off the waiting list."""
    ask.require("requests.own")
    stop_waiting(ask.place, number, waits_as(ask, number), ask.place.now)
    ask.changed("wait no more", f"waiting/{number}")


def waits_as(ask: Ask, number: int) -> str:
    """Who takes a line off the waiting list: whoever asks; on the open local board the person it is about."""
    if not ask.who.local:
        return ask.who.agent
    return next((row.asked.agent for row in waiting_list(ask.place).rows if row.number == number), "")


@router.post("/requests/{number}/decisions")
def decision(ask: Asked, number: Number, wanted: DecisionIn) -> dict[str, Any]:
    """Agree, refuse, withdraw, skip a level in an emergency, or confirm that one was told."""
    ask.require("requests.own", "requests.decide")
    by = wanted.by if ask.who.local and wanted.by else ask.who.acts_as
    deed = Deed(int(ask.place.now.timestamp()), wanted.act, by, wanted.reason)
    return decide(ask.place, number, deed, ask.place.now).summary()


@router.get("/my-work")
def work(ask: Asked, agent: Annotated[str, Query(max_length=200)] = "") -> dict[str, Any]:
    """Shifts, the next change and balances: one's own, or of somebody whom one leads."""
    ask.require("mywork")
    name = agent or ask.who.agent
    if not name:
        raise HTTPException(404, Said("this account is nobody of agents.csv"))
    if name != ask.who.agent:
        ask.require_reach("attendance", name)
        ask.looked_at(f"agent/{name}/work")
    return my_work(ask.place, name).summary()
