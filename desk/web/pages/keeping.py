"""What is kept: attendance, handover and rounds, reports upwards, files to take along, the audit."""

from datetime import date, timedelta
from typing import Annotated, get_args

from fastapi import APIRouter, Form, HTTPException, Response
from fastapi.responses import FileResponse, RedirectResponse

from centre.errors import PaibanError
from centre.said import Said
from desk.access import teams_of
from desk.actions.duty import rounds_of, walk_round
from desk.actions.escalating import acknowledge, incidents, report_up
from desk.actions.handing_over import KINDS, add_item, close_item, hand_over, handover_log
from desk.actions.reporting import FOLDER as REPORTS
from desk.actions.reporting import make_report
from desk.actions.signing import SignedStatement, correct, read_statement, sign_statement
from desk.reports.content import Kind
from desk.web.ask import Ask, Asked
from desk.web.forms import checked_form
from desk.web.render import page
from store.audit import Audit

router = APIRouter()
FILES = ("roster.html", "roster.xlsx", "roster.csv", "coverage.csv", "forecast.csv", "requirement.csv", "result.json")
KINDS_OF_REPORT: tuple[Kind, ...] = get_args(Kind)
SHOWN = 500


@router.get("/attendance")
def attendance(ask: Asked, month: str = "") -> Response:
    """A month's statement: one's own entries, one's team's, or everybody's."""
    ask.require("attendance.own", "attendance.team", "attendance.all")
    return _attendance(ask, month)


def _attendance(ask: Ask, month: str, status: int = 200, failure: str = "") -> Response:
    first = _month(ask, month)
    known, agents = ask.place.site.agents, []
    signed = None
    try:
        made = read_statement(ask.place, first)
        content = made.summary()
        signed = content.get("signed") if isinstance(made, SignedStatement) else None
        teams = teams_of(ask.who, "attendance", known)
        agents = [
            row
            for row in content["agents"]
            if row["agent"] in known
            and (teams is None or known[row["agent"]].team in teams or row["agent"] == ask.who.agent)
        ]
    except PaibanError as error:
        failure = failure or ask.told(error)
    ask.looked_at(f"attendance/{first:%Y-%m}", Said("{count} people", count=len(agents)))
    months = [(first.replace(day=1) - timedelta(days=1)).replace(day=1), (first + timedelta(days=32)).replace(day=1)]
    over = ask.place.today >= months[1]
    return page(
        ask, "attendance.j2", status, month=first, before=months[0], after=months[1], failure=failure, signed=signed,
        agents=[row for row in agents if row["entries"] or row["agent"] == ask.who.agent], names=_names(ask),
        count=len(agents),
        may_correct=ask.who.may("attendance.close"), may_close=ask.who.may("attendance.close") and over,
        deciders=_deciders(ask),
    )  # fmt: skip


def _month(ask: Ask, text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01") if text else ask.place.today.replace(day=1)
    except ValueError:
        raise HTTPException(422, Said("{text} is no month; write YYYY-MM", text=text)) from None


def _names(ask: Ask) -> dict[str, str]:
    return {name: agent.name for name, agent in ask.place.site.agents.items()}


def _deciders(ask: Ask) -> list[str]:
    """Under which names somebody signs: the own one; on the open local board any of the line of authority."""
    if not ask.who.local:
        return [ask.who.acts_as]
    held = [name for people in ask.place.policy.approvals.people.values() for name in people]
    return [
        *held,
        *(name for name, agent in ask.place.site.agents.items() if agent.role in ("leader", "head", "director")),
    ]


def _by(ask: Ask, chosen: str) -> str:
    return chosen if ask.who.local and chosen in _deciders(ask) else ask.who.acts_as


@router.post("/attendance/sign")
def sign(
    ask: Asked, csrf: Annotated[str, Form()], month: Annotated[str, Form()], by: Annotated[str, Form()] = ""
) -> Response:
    """The department head closes a month."""
    checked_form(ask, csrf)
    ask.require("attendance.close")
    try:
        sign_statement(ask.place, _month(ask, month), by=_by(ask, by), made=ask.place.now)
    except PaibanError as error:
        return _attendance(ask, month, 422, ask.told(error))
    ask.changed("sign attendance", f"attendance/{month}")
    return RedirectResponse(f"/attendance?month={month}", 303)


@router.post("/attendance/correct")
def correction(
    ask: Asked,
    csrf: Annotated[str, Form()],
    month: Annotated[str, Form()],
    name: Annotated[str, Form()],
    reason: Annotated[str, Form()],
    by: Annotated[str, Form()] = "",
) -> Response:
    """Set an entry right: it stays, and counts no more."""
    checked_form(ask, csrf)
    ask.require("attendance.close")
    chosen = _by(ask, by)
    try:
        correct(ask.place, name, counts=False, reason=reason, by=chosen, approver=chosen, made=ask.place.now)
    except PaibanError as error:
        return _attendance(ask, month, 422, ask.told(error))
    return RedirectResponse(f"/attendance?month={month}", 303)


@router.get("/floor")
def floor(ask: Asked, day: date | None = None) -> Response:
    """Handover log, rounds, reports upwards."""
    ask.require("handover", "rounds")
    return _floor(ask, day)


def _floor(ask: Ask, day: date | None = None, status: int = 200, failure: str = "") -> Response:
    log, rounds = handover_log(ask.place), rounds_of(ask.place, day or ask.place.today)
    told = incidents(ask.place, every=True).summary()["incidents"]
    leaders = [name for name, agent in ask.place.site.agents.items() if agent.role == "leader"]
    ask.looked_at(f"floor/{rounds.day}")
    return page(
        ask, "floor.j2", status, log=log.summary(), rounds=rounds.summary(), failure=failure, names=_names(ask),
        kinds=KINDS, leaders=leaders, deciders=_deciders(ask), reports=told,
        report_kinds=list(ask.place.policy.escalation.kinds), missing_now=bool(rounds.missing), day=rounds.day,
    )  # fmt: skip


@router.post("/floor")
def keep(
    ask: Asked,
    csrf: Annotated[str, Form()],
    do: Annotated[str, Form()],
    text: Annotated[str, Form()] = "",
    kind: Annotated[str, Form()] = "other",
    number: Annotated[int, Form()] = 0,
    to: Annotated[str, Form()] = "",
    thread: Annotated[str, Form()] = "",
    proposal: Annotated[str, Form()] = "",
    by: Annotated[str, Form()] = "",
) -> Response:
    """Write into the log, close an item, hand over, walk a round, report upwards, acknowledge."""
    checked_form(ask, csrf)
    ask.require("handover", "rounds")
    name, place, made = _by(ask, by), ask.place, ask.place.now
    try:
        match do:
            case "add":
                add_item(place, text, kind=kind, by=name, made=made)
            case "close":
                close_item(place, number, by=name, note=text, made=made)
            case "hand over":
                hand_over(place, by=name, to=to, note=text, made=made)
            case "round":
                walk_round(place, by=name, note=text, made=made)
            case "report":
                report_up(place, kind, text, by=name, proposal=proposal, made=made)
            case "acknowledge" | "end":
                acknowledge(place, thread, by=name, answer=text, close=do == "end", made=made)
            case _:
                raise HTTPException(422, Said("{do} is nothing that is done here", do=do))
    except PaibanError as error:
        return _floor(ask, status=422, failure=ask.told(error))
    ask.changed(do, "floor", text[:200])
    return RedirectResponse("/floor", 303)


@router.get("/reports")
def reports(ask: Asked) -> Response:
    """The queues today, reports that were made, files to take along."""
    ask.require("reports")
    return _reports(ask)


def _reports(ask: Ask, status: int = 200, failure: str = "", done: str = "") -> Response:
    wall = ask.request.app.state.hub.wall()
    files = [ask.place.out / name for name in FILES if (ask.place.out / name).exists()]
    made = sorted((ask.place.folder / REPORTS).glob("*.*"), reverse=True)[:SHOWN]
    mine = [path for path in made if f".{ask.words.language}." in path.name]
    return page(
        ask, "reports.j2", status, failure=failure, done=done,
        figures=wall.to_json(ask.words.language, False)["queues"],
        files=[{"name": path.name, "bytes": path.stat().st_size} for path in files],
        made=[path.name for path in mine],
        kinds=KINDS_OF_REPORT, today=ask.place.today,
    )  # fmt: skip


@router.post("/reports")
def report(
    ask: Asked, csrf: Annotated[str, Form()], kind: Annotated[str, Form()], day: Annotated[date, Form()]
) -> Response:
    """Make a report of the time in which a day lies."""
    checked_form(ask, csrf)
    ask.require("reports")
    chosen = next((each for each in KINDS_OF_REPORT if each == kind), None)
    if chosen is None:
        raise HTTPException(422, Said("{kind} is no kind of report", kind=kind))
    try:
        told = make_report(ask.place, chosen, day, made=ask.place.now)
    except PaibanError as error:
        return _reports(ask, 422, ask.told(error))
    ask.changed("make report", f"report/{told.report.name}")
    return _reports(ask, done=ask.words._("The report is made."))


@router.get("/reports/{name}")
def file(ask: Asked, name: str) -> Response:
    """A file of out/, or a report that was made."""
    ask.require("reports")
    known = {path.name: path for path in (ask.place.folder / REPORTS).glob("*.*")}
    known |= {each: ask.place.out / each for each in FILES}
    if name not in known or not known[name].is_file():
        raise HTTPException(404, Said("there is no such file"))
    ask.looked_at(f"file/{name}")
    if name.endswith(".html"):  # its own policy allows its own script and style; ours must not forbid them
        headers = {"Content-Security-Policy": "sandbox allow-scripts"}
        return FileResponse(known[name], headers=headers)
    return FileResponse(known[name], filename=name)


@router.get("/audit")
def audit(ask: Asked, what: str = "", who: str = "", changes: bool = False) -> Response:
    """Who looked at or changed what; looking here is written down too."""
    ask.require("audit")
    deeds = Audit(ask.place.plans.database, ask.place.site.settings.name).deeds(what=what or None, newest=5000)
    shown = [deed for deed in deeds if (not who or deed.who == who) and (not changes or deed.changed)]
    people = sorted({deed.who for deed in deeds})
    ask.looked_at("audit", " ".join(filter(None, [what, who])))
    return page(
        ask, "audit.j2", deeds=shown[:SHOWN], count=len(shown), what=what, who=who, changes=changes, people=people,
        zone=ask.place.site.settings.tz,
    )  # fmt: skip
