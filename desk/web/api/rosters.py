"""Rosters: versions, the month, the day, changes by hand, publishing."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from centre.errors import InputError, Problem
from centre.grid import offsets
from centre.roster import Segment
from centre.said import Said
from centre.shifts import Activity
from desk.access import teams_of
from desk.actions.checking import violation_row
from desk.actions.edits import floor_of_day, judge_edit, save_edit
from desk.actions.pictures.day import STATE_NAMES, Day, day
from desk.actions.pictures.month import Month, differences, month, publish_draft, version_of
from desk.web.api.problem import ANSWERS
from desk.web.api.site import legend
from desk.web.ask import Ask, Asked
from desk.web.board import Board
from desk.web.render import dumps
from desk.wiring import Place
from desk.wording import Words
from forecasts.holidays import public_holidays
from store.records import RosterVersion

router = APIRouter(prefix="/rosters", tags=["rosters"], responses=ANSWERS)
MOST_DAYS = 63
First = Annotated[date | None, Query(description="First local day; by default that of the roster in force.")]
Days = Annotated[int | None, Query(ge=1, le=MOST_DAYS, description="How many days.")]
Version = Annotated[int | None, Query(ge=1, le=2**62, description="A version as it was kept, drafts too.")]
Number = Annotated[int, Path(ge=1, le=2**62)]


@router.get("")
def versions(ask: Asked) -> dict[str, Any]:
    """Every version, newest first."""
    ask.require("roster.all")
    return {"versions": [_version(row) for row in ask.place.plans.roster_versions()]}


def _version(row: RosterVersion) -> dict[str, Any]:
    return {
        "version": row.version,
        "first": row.horizon.first_day.isoformat(),
        "days": row.horizon.days,
        "made_at": row.made_at.isoformat(),
        "published_at": row.published_at.isoformat() if row.published_at else None,
        "applies_from": row.applies_from.isoformat() if row.applies_from else None,
        "published_by": row.published_by,
        "note": row.note,
        "requirement_version": row.requirement_version,
    }


def _drawn(ask: Ask, first: date | None, days: int | None, version: int | None) -> Month:
    if version is not None:
        ask.require("roster.all")
    return drawn_month(ask.board, ask.place, first, days, version)


def drawn_month(board: Board, place: Place, first: date | None, days: int | None, version: int | None) -> Month:
    """A month, drawn once until a version is made or published, a file changes, leave is approved, or the day ends."""
    site = place.site
    state = board.stamp, place.plans.newest_version(), len(site.leave), len(site.overtime), place.today
    return board.keep(("month", first, days, version), state, lambda: month(place, first, days, version))


@router.get("/month")
def month_picture(ask: Asked, first: First = None, days: Days = None, version: Version = None) -> Response:
    """Who works which shift on which day. Agents see their own team.

    An entry is [day, kind, shift, start, minutes]: kind 0 duty, 1 leave, 2 standby; the start by the clock on the wall.
    """
    ask.require("roster.team", "roster.all")
    drawn = _drawn(ask, first, days, version)
    body = month_body(ask.board, ask.words, drawn, teams_of(ask.who, "roster", ask.place.site.agents))
    ask.looked_at(
        f"roster/{drawn.version}",
        Said("{days} days from {first}", days=drawn.horizon.days, first=str(drawn.horizon.first_day)),
    )
    return Response(body, media_type="application/json")


def month_body(board: Board, words: Words, drawn: Month, teams: set[str] | None) -> str:
    """A month as JSON, written once for a language and some teams (None: all)."""
    whose = None if teams is None else tuple(sorted(teams))
    what = "month json", drawn.horizon, drawn.version, words.language, whose
    return board.keep(what, id(drawn), lambda: (drawn, dumps(_month_json(words, drawn, teams))))[1]


def _month_json(words: Words, drawn: Month, teams: set[str] | None) -> dict[str, Any]:
    site, horizon = drawn.place.site, drawn.horizon
    known = public_holidays(site.settings.holidays, horizon.day(0), horizon.day(horizon.days - 1))
    return {
        "version": drawn.version,
        "draft": drawn.draft,
        "first": horizon.first_day.isoformat(),
        "days": [
            {
                "date": each.isoformat(),
                "weekday": words.weekday(each),
                "short": words.day_narrow(each),
                "free": int(not known.works(each)),
                "holiday": known.names.get(each, ""),
            }
            for each in horizon
        ],
        "legend": legend(site, words),
        "rows": [row for row in drawn.rows if teams is None or row["team"] in teams],
    }


@router.get("/checks")
def checks(ask: Asked, first: First = None, days: Days = None, version: Version = None) -> dict[str, Any]:
    """What a roster breaks, and the service level it promises by queue and day."""
    ask.require("roster.all")
    drawn = _drawn(ask, first, days, version)
    what = "checks", drawn.horizon, drawn.version
    found = ask.board.keep(what, id(drawn), lambda: (drawn, drawn.violations, drawn.service()))
    return {
        "version": drawn.version,
        "violations": [
            {**violation_row(each), "rule_name": ask.words.rule(each.rule), "told": ask.words.tell(each.message)}
            for each in found[1]
        ],
        "service_level": found[2],
        "targets": {name: queue.target for name, queue in ask.place.site.queues.items()},
    }


@router.get("/{version}/differences")
def diff(ask: Asked, version: Number) -> dict[str, Any]:
    """The days of people that a version has otherwise than what is published for them."""
    ask.require("roster.all")
    after = month(ask.place, None, None, version)
    before = month(ask.place, after.horizon.first_day, after.horizon.days)
    changes = differences(ask.place, before, after)
    names = {name: agent.name for name, agent in ask.place.site.agents.items()}
    return {
        "version": version,
        "against": before.version,
        "changes": [
            {
                "agent": each.agent,
                "name": names.get(each.agent, each.agent),
                "date": each.day.isoformat(),
                "before": each.before,
                "after": each.after,
            }
            for each in changes
        ],
    }


@router.post("/{version}/publish")
def publish(ask: Asked, version: Number) -> dict[str, Any]:
    """Publish a draft: what breaks a hard rule is refused."""
    ask.require("roster.publish")
    publish_draft(ask.place, version, ask.who.name)
    return _version(version_of(ask.place, version))


@router.get("/day")
def day_picture(ask: Asked, date: Annotated[date, Query(description="The local day.")]) -> Response:
    """A day by team: segments as [activity, queue, start, minutes], states as [state, minute] from the day's begin."""
    ask.require("roster.team", "roster.all")
    picture, drawn = drawn_day(ask.board, ask.place, ask.request.app.state.hub.wall().view.change, date)
    teams = teams_of(ask.who, "roster", ask.place.site.agents)
    states = teams_of(ask.who, "attendance", ask.place.site.agents)
    rows = [
        row if states is None or row["team"] in states or row["id"] == ask.who.agent else {**row, "actual": []}
        for row in drawn
        if teams is None or row["team"] in teams
    ]
    ask.looked_at(f"day/{date}")
    horizon = picture.horizon
    content = {
        "version": picture.roster.version,
        "date": date.isoformat(),
        "begin": horizon.begin // 60,
        "minutes": (horizon.end - horizon.begin) // 60,
        "offsets": [[(at - horizon.begin) // 60, off] for at, off in offsets(horizon.begin, horizon.end, horizon.zone)],
        "step": horizon.minutes,
        "legend": legend(ask.place.site, ask.words),
        "states": [ask.words.term("state", name) if name != "unknown" else "?" for name in STATE_NAMES],
        "state_keys": list(STATE_NAMES),
        "rows": rows,
        "queues": picture.queue_rows() if ask.who.may("roster.all") else [],
    }
    return Response(dumps(content), media_type="application/json")


def drawn_day(board: Board, place: Place, heard: int, wanted: date) -> tuple[Day, list[dict[str, Any]]]:
    """A day, drawn once until the floor or a version changes. `heard` is the live picture's counter."""

    def draw() -> tuple[Day, list[dict[str, Any]]]:
        picture = day(place, wanted)
        return picture, picture.rows()

    return board.keep(("day", wanted), (board.stamp, place.plans.newest_version(), heard), draw)


class SegmentIn(BaseModel):
    """A segment of a duty; times are UTC seconds."""

    start: int = Field(ge=0, le=2**40)
    end: int = Field(ge=0, le=2**40)
    activity: Activity
    queue: str = ""


class EditIn(BaseModel):
    """New segments for the duties that begin on a day; a person with none has the day off."""

    date: date
    lines: dict[str, list[SegmentIn]] = Field(min_length=1, max_length=50)
    version: int | None = Field(None, description="The version the change was looked at against.")
    reason: str = Field("", max_length=500)


def _lines(ask: Ask, wanted: EditIn) -> dict[str, tuple[Segment, ...]]:
    for agent in wanted.lines:
        if agent not in ask.place.site.agents:
            raise InputError([Problem("edit", "agent", agent, Said("somebody of agents.csv"))])
        ask.require_reach("roster.edit", agent)
    return {
        agent: tuple(Segment(agent, row.start, row.end, row.activity, row.queue) for row in line)
        for agent, line in wanted.lines.items()
    }


@router.post("/edits/verdict")
def edit_verdict(ask: Asked, wanted: EditIn) -> dict[str, Any]:
    """What the checker says of a change by hand and what it does to service; nothing is changed."""
    ask.require("roster.edit", "roster.edit.team")
    lines = _lines(ask, wanted)
    newest = ask.place.plans.roster_versions()
    state = ask.board.stamp, newest[0].version if newest else 0, len(ask.place.site.leave)
    floor = ask.board.keep(("floor", wanted.date), state, lambda: floor_of_day(ask.place, wanted.date))
    judged = judge_edit(ask.place, wanted.date, lines, floor)
    told = [{"rule_name": ask.words.rule(each.rule), "told": ask.words.tell(each.message)} for each in judged.broken]
    found = judged.summary()
    return {**found, "violations": [{**row, **more} for row, more in zip(found["violations"], told, strict=True)]}


@router.post("/edits")
def edit(ask: Asked, wanted: EditIn) -> dict[str, Any]:
    """Save a change by hand as a new published version; what breaks a hard rule is refused."""
    ask.require("roster.edit", "roster.edit.team")
    judged, version = save_edit(
        ask.place, wanted.date, _lines(ask, wanted), by=ask.who.name, reason=wanted.reason, seen=wanted.version
    )
    return {**judged.summary(), "saved": version}
