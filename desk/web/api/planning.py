"""Forecast, special days, what if, and long work with its progress."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field

from centre.said import Said
from desk.actions.pictures.forecast import forecast_picture
from desk.actions.planning import history_files
from desk.actions.scenarios import Wanted, queues_in_use, run_in_force, scenarios_of, staffing_of
from desk.actions.special_days import set_special_day
from desk.web.api.problem import ANSWERS
from desk.web.ask import Ask, Asked
from desk.web.jobs import Job, Jobs

router = APIRouter(tags=["planning"], responses=ANSWERS)


@router.get("/forecast")
def forecast(
    ask: Asked,
    day: Annotated[date | None, Query(description="The day whose intervals are wanted; by default today.")] = None,
) -> dict[str, Any]:
    """The newest forecast: by day and by interval with its band, what came, accuracy and the noise floor."""
    ask.require("forecast")
    counted = {
        (name, span.start): float(span.counts.offered)
        for name, queue in ask.request.app.state.hub.wall().view.queues.items()
        for span in queue.intervals
        if span.end <= int(ask.place.now.timestamp())
    }
    picture = forecast_picture(ask.place, counted, day)
    return picture.to_json(day or ask.place.today)


class SpecialDayIn(BaseModel):
    """A day of other volume; no factor takes it away."""

    date: date
    queue: str = Field("", max_length=200)
    factor: float | None = Field(None, ge=0, le=100)
    note: str = Field("", max_length=200)


@router.put("/special-days")
def special_day(ask: Asked, wanted: SpecialDayIn) -> dict[str, Any]:
    """Set or take away a special day in special_days.csv; the next forecast heeds it."""
    ask.require("special_days")
    set_special_day(ask.place, wanted.date, wanted.queue, wanted.factor, wanted.note, by=ask.who.name)
    site = ask.board.place().site
    return {"special_days": [day.model_dump(mode="json") for day in site.special_days]}


@router.post("/what-if/staffing")
def staffing(ask: Asked, wanted: Wanted) -> dict[str, Any]:
    """Required hours, peaks, service level and people of a scenario, beside the site as it is; within two seconds."""
    ask.require("whatif")
    return staffing_of(ask.place, wanted, *_base(ask))


def _base(ask: Ask) -> tuple[Any, Any]:
    """The forecast and the queues' figures, worked out once for each state of the folder, history and plans."""
    stamp = tuple((file.name, file.stat().st_mtime_ns) for file in history_files(ask.place.folder))
    run = run_in_force(ask.place)
    queues = ask.board.keep("figures", (ask.board.stamp, stamp, run.run), lambda: queues_in_use(ask.place))
    return run, queues


class KeptIn(BaseModel):
    """A scenario to keep."""

    scenario: Wanted
    roster: dict[str, Any] | None = None


@router.get("/what-if/scenarios")
def scenarios(ask: Asked) -> dict[str, Any]:
    """Kept scenarios, newest first."""
    ask.require("whatif")
    kept = scenarios_of(ask.place).all()
    return {
        "scenarios": [
            {"number": row.number, "name": row.name, "by": row.by, "at": row.at.isoformat(), **row.content}
            for row in kept
        ]
    }


@router.post("/what-if/scenarios")
def keep(ask: Asked, wanted: KeptIn) -> dict[str, Any]:
    """Keep a scenario with its figures."""
    ask.require("whatif")
    figures = staffing_of(ask.place, wanted.scenario, *_base(ask))
    content = {"staffing": figures, "roster": wanted.roster}
    number = scenarios_of(ask.place).keep(wanted.scenario.name, ask.who.name, ask.place.now, content)
    ask.changed("keep scenario", f"scenario/{number}", wanted.scenario.name)
    return {"number": number, **content}


class JobIn(BaseModel):
    """Work that takes a while: a draft roster, the roster of a scenario, or forecast and staff anew."""

    kind: Literal["draft", "scenario", "forecast"]
    seconds: float = Field(30, ge=2, le=1800)
    weeks: int = Field(4, ge=1, le=13)
    first: date | None = None
    scenario: Wanted | None = None


@router.post("/jobs", status_code=202)
def start(ask: Asked, wanted: JobIn) -> dict[str, Any]:
    """Start it in a process of its own; look at /jobs/NUMBER for how it goes."""
    ask.require(_right(wanted.kind))
    jobs: Jobs = ask.request.app.state.jobs
    if sum(job.state in ("waiting", "running") for job in jobs.all.values()) >= 5:
        raise HTTPException(409, Said("five jobs wait already"))
    settings: dict[str, Any] = {"seconds": wanted.seconds, "weeks": wanted.weeks, "from": wanted.first}
    if wanted.kind == "scenario":
        settings = {"seconds": wanted.seconds, "scenario": (wanted.scenario or Wanted.model_validate({})).model_dump()}
    job = jobs.start(Job(wanted.kind, ask.who.name, ask.place.now, settings))
    ask.changed(f"start {wanted.kind}", f"job/{job.number}")
    return _told(ask, job)


@router.get("/jobs/{number}")
def job(ask: Asked, number: str) -> dict[str, Any]:
    """How a job goes, and what it came to."""
    ask.require("roster.make", "whatif", "special_days")
    found = ask.request.app.state.jobs.all.get(number)
    if found is None:
        raise HTTPException(404, Said("there is no such job any more"))
    return _told(ask, found)


@router.delete("/jobs/{number}")
def cancel(ask: Asked, number: str) -> dict[str, Any]:
    """End a job: a search for a roster with the best it has so far, if it has one; asked again, or before, at once."""
    found = ask.request.app.state.jobs.all.get(number)
    ask.require(*([_right(found.kind)] if found else ["roster.make", "whatif", "special_days"]))
    if found is None:
        raise HTTPException(404, Said("there is no such job any more"))
    ask.request.app.state.jobs.cancel(found)
    ask.changed(f"cancel {found.kind}", f"job/{number}")
    return _told(ask, found)


def _right(kind: str) -> str:
    """What it takes to start or to end work of a kind."""
    return {"draft": "roster.make", "scenario": "whatif", "forecast": "special_days"}[kind]


def _told(ask: Ask, job: Job) -> dict[str, Any]:
    said = job.to_json()
    first = said["settings"].get("from")
    said["settings"] = {**said["settings"], "from": first.isoformat() if first else None}
    said["error"] = ask.words.tell(job.error)
    return said
