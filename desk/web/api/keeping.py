"""Attendance, handover log, rounds and reports upwards, as they stand."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from centre.errors import InputError
from centre.said import Said
from desk.access import teams_of
from desk.actions.duty import rounds_of
from desk.actions.escalating import incidents
from desk.actions.handing_over import handover_log
from desk.actions.signing import read_statement
from desk.web.api.problem import ANSWERS
from desk.web.ask import Asked

router = APIRouter(tags=["floor"], responses=ANSWERS)


@router.get("/attendance")
def attendance(
    ask: Asked, month: Annotated[str, Query(pattern=r"^\d{4}-\d{2}$", description="The local month, YYYY-MM.")]
) -> dict[str, Any]:
    """A month's statement: one's own entries, one's team's, or everybody's."""
    ask.require("attendance.own", "attendance.team", "attendance.all")
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise InputError(Said("{month} is no month; write YYYY-MM", month=month)) from None
    if not 1971 <= first.year <= 9000:
        raise InputError(Said("no roster known for {month}", month=month))
    found = read_statement(ask.place, first).summary()
    agents, teams = ask.place.site.agents, teams_of(ask.who, "attendance", ask.place.site.agents)
    seen = [
        row
        for row in found["agents"]
        if teams is None
        or row["agent"] == ask.who.agent
        or (row["agent"] in agents and agents[row["agent"]].team in teams)
    ]
    ask.looked_at(f"attendance/{month}", Said("{count} people", count=len(seen)))
    return {"month": found["month"], "signed": found.get("signed"), "agents": seen}


@router.get("/handover")
def handover(ask: Asked) -> dict[str, Any]:
    """The handover log: what is open, handovers made, reliefs within the hour."""
    ask.require("handover")
    return handover_log(ask.place).summary()


@router.get("/rounds")
def rounds(ask: Asked, day: date | None = None) -> dict[str, Any]:
    """The rounds of a day, and those that are missing."""
    ask.require("rounds")
    if day is not None and not 1971 <= day.year <= 9000:
        raise InputError(Said("{day} lies too far away", day=day))
    return rounds_of(ask.place, day or ask.place.today).summary()


@router.get("/incidents")
def reported(ask: Asked) -> dict[str, Any]:
    """What was reported upwards, and what became of it."""
    ask.require("handover", "rounds")
    return incidents(ask.place, every=True).summary()
