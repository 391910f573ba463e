"""Requests: ask for leave or a swap, see the verdict with its rules, decide, look at what was done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException, Response

from centre.approvals import ACTS, Deed, Open
from centre.errors import InputError, PaibanError
from centre.grid import instant
from centre.requests import AnyRequest, Handing, LeaveRequest, OvertimeRequest
from centre.said import Said
from desk.actions.leave import Waiting, stop_waiting, waiting_list
from desk.actions.overtime import ask_overtime, offers
from desk.actions.requests import (
    Asked as Judged,
)
from desk.actions.requests import all_requests, ask_leave, ask_swap, decide, partners, rule_words, swap_request, when
from desk.actions.verdicts import asked_words
from desk.web.api.requests import waits_as
from desk.web.ask import Ask, Asked
from desk.web.forms import checked_form
from desk.web.render import page
from desk.wording.terms import LEAVE_KINDS
from store.requests import Filed

router = APIRouter()
SHOWN = 200


@dataclass(frozen=True)
class Row:
    """A request as the page shows it."""

    filed: Filed
    mine: bool
    may_decide: tuple[str, ...]
    may_withdraw: bool
    text: str

    @property
    def open(self) -> bool:
        """Whether it still waits."""
        return isinstance(self.filed.state, Open)


@dataclass(frozen=True)
class Line:
    """Somebody on the waiting list as the page shows it."""

    waiting: Waiting
    text: str


@router.get("/requests")
def requests(ask: Asked, show: str = "open", agent: str = "", date: str = "") -> Response:
    """The forms and the list."""
    ask.require("requests.own", "requests.all")
    return _page(ask, show=show, agent=agent, swap_day=date)


@router.post("/requests/waiting/{number}")
def wait_no_more(ask: Asked, number: int, csrf: Annotated[str, Form()]) -> Response:
    """Take somebody off the waiting list."""
    checked_form(ask, csrf)
    ask.require("requests.own", "requests.all")
    try:
        stop_waiting(ask.place, number, waits_as(ask, number), ask.place.now)
    except PaibanError as error:
        return _page(ask, status=422, failure=ask.told(error))
    ask.changed("wait no more", f"waiting/{number}")
    return _page(ask, done=ask.words._("It waits no more."))


def _page(ask: Ask, show: str = "open", status: int = 200, **values: Any) -> Response:
    rows = _rows(ask)
    waiting = [row for row in rows if row.may_decide]
    shown = {
        "open": [row for row in rows if row.open and not row.may_decide],
        "mine": [row for row in rows if row.mine],
        "all": rows,
    }
    agents = _askable(ask)
    told: dict[str, Any] = {
        "judged": None, "failure": "", "offers": [], "done": "", "agent": "", "swap_day": "", "form": {},
    } | values  # fmt: skip
    told["agent"] = told["agent"] or ask.who.agent
    return page(
        ask, "requests.j2", status, waiting=waiting, rows=shown.get(show, rows)[:SHOWN], show=show, agents=agents,
        waits=[Line(row, _text(ask, row.asked)) for row in waiting_list(ask.place).rows if _reaches(ask, row.asked)],
        hands=lambda offer: _hands(ask, offer.hands),
        open_offers=offers(ask.place).rows,
        queues=list(ask.place.site.queues),
        kinds=LEAVE_KINDS, today=ask.place.today, when=lambda second: when(ask.place, second),
        why=lambda rule: rule_words(rule, ask.words),
        kept_why=lambda rule: rule.get("why_zh" if ask.words.language == "zh" else "why", rule["why"]),
        names={name: each.name for name, each in ask.place.site.agents.items()}, **told,
    )  # fmt: skip


def _reaches(ask: Ask, asked: AnyRequest) -> bool:
    agents = ask.place.site.agents
    return asked.agent == ask.who.agent or ask.who.reaches("requests", asked.agent, agents)


def _askable(ask: Ask) -> dict[str, str]:
    """For whom somebody may ask, with names."""
    known = ask.place.site.agents
    return {
        name: agent.name
        for name, agent in known.items()
        if name == ask.who.agent or ask.who.reaches("requests", name, known)
    }


def _rows(ask: Ask) -> list[Row]:
    known, person = ask.place.site.agents, ask.who
    found = []
    for filed in reversed(all_requests(ask.place, int(ask.place.now.timestamp()))):
        deciders = filed.state.deciders() if isinstance(filed.state, Open) else ()
        mine = bool(person.agent) and person.agent in filed.asked.parties
        may = deciders if person.local else tuple(name for name in deciders if name == person.acts_as)
        if not (mine or may or any(person.reaches("requests", name, known) for name in filed.asked.parties)):
            continue
        may_withdraw = isinstance(filed.state, Open) and (person.local or filed.asked.agent == person.agent)
        found.append(Row(filed, mine, may, may_withdraw, _text(ask, filed.asked)))
    return found


def _text(ask: Ask, asked: AnyRequest) -> str:
    names = {name: agent.name for name, agent in ask.place.site.agents.items()}
    return asked_words(asked, names, ask.place.site.settings.zone, ask.words)


def _hands(ask: Ask, handed: Iterable[Handing]) -> str:
    words, place = ask.words, ask.place
    names = {name: agent.name for name, agent in place.site.agents.items()}
    told = [
        words._(
            "{giver} gives {time} to {taker}",
            giver=names.get(h.giver, h.giver), taker=names.get(h.taker, h.taker), time=when(place, h.start),
        )
        for h in handed
    ]  # fmt: skip
    return words.listing(told)


@router.post("/requests/leave")
def leave(
    ask: Asked,
    csrf: Annotated[str, Form()],
    agent: Annotated[str, Form()],
    kind: Annotated[str, Form()],
    first: Annotated[date, Form()],
    last: Annotated[date, Form()],
    do: Annotated[str, Form()],
    begin: Annotated[str, Form()] = "",
    end: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Judge a leave request, and file it when that is asked for."""
    checked_form(ask, csrf)
    _may_ask(ask, agent)
    form = {
        "what": "leave", "kind": kind, "first": first.isoformat(), "last": last.isoformat(), "begin": begin, "end": end,
        "reason": reason,
    }  # fmt: skip
    try:
        start, stop = _moment(ask, first, begin, 0), _moment(ask, last, end, 1440)
        if start >= stop:
            raise InputError(ask.words._("It ends before it begins."))
        asked = LeaveRequest(
            agent=agent, start=start, end=stop, kind=kind, at=int(ask.place.now.timestamp()), reason=reason,
            asked_by=ask.who.agent if ask.who.agent and ask.who.agent != agent else "",
        )  # fmt: skip
        judged = ask_leave(ask.place, asked, file=do != "judge", wait=do == "wait", made=ask.place.now)
    except PaibanError as error:
        return _page(ask, status=422, failure=ask.told(error), agent=agent, form=form)
    return _answered(ask, judged, agent, form)


@router.post("/requests/swap")
def swap(
    ask: Asked,
    csrf: Annotated[str, Form()],
    agent: Annotated[str, Form()],
    day: Annotated[date, Form()],
    do: Annotated[str, Form()],
    partner: Annotated[list[str] | None, Form()] = None,
    back: Annotated[list[str] | None, Form()] = None,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Look for partners, judge a swap, and file it when that is asked for.

    Each partner takes the shift of the one before and gives his own of the day beside him to the next, the last one to
    whoever asks; without a day he gives none.
    """
    checked_form(ask, csrf)
    _may_ask(ask, agent)
    form = {"what": "swap", "partner": partner or [], "back": back or [], "reason": reason}
    try:
        if do == "partners":
            offers = partners(ask.place, agent, day, int(ask.place.now.timestamp()))
            return _page(ask, offers=offers, agent=agent, swap_day=day.isoformat(), form=form)
        people = [agent, *filter(None, partner or [])]
        days = [day, *(date.fromisoformat(each) for each in back or [] if each)]
        asked = swap_request(ask.place, people, days, reason)
        judged = ask_swap(ask.place, asked, file=do == "file", made=ask.place.now)
    except (PaibanError, ValueError) as error:
        return _page(ask, status=422, failure=ask.told(error), agent=agent, swap_day=day.isoformat(), form=form)
    return _answered(ask, judged, agent, form, day.isoformat())


def _answered(ask: Ask, judged: Judged, agent: str, form: dict[str, Any], swap_day: str = "") -> Response:
    done = ""
    if judged.request is not None:
        ask.changed("file request", f"request/{judged.request}", agent)
        done = ask.words._("Filed as request {number}.", number=judged.request)
    if judged.waiting is not None:
        ask.changed("wait", f"waiting/{judged.waiting}", agent)
        done = ask.words._("There is no room: it is number {number} of the waiting list.", number=judged.waiting)
    return _page(ask, judged=judged, agent=agent, form=form, swap_day=swap_day, done=done)


@router.post("/requests/overtime")
def overtime(
    ask: Asked,
    csrf: Annotated[str, Form()],
    agent: Annotated[str, Form()],
    kind: Annotated[Literal["overtime", "vto"], Form()],
    day: Annotated[date, Form()],
    begin: Annotated[str, Form()],
    end: Annotated[str, Form()],
    do: Annotated[str, Form()],
    queue: Annotated[str, Form()] = "",
    offer: Annotated[int, Form()] = 0,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Judge overtime or time off, and file it when that is asked for."""
    checked_form(ask, csrf)
    _may_ask(ask, agent)
    form = {"what": "overtime", "over": kind, "day": day.isoformat(), "from": begin, "to": end, "queue": queue}
    try:
        start, stop = _moment(ask, day, begin, 0), _moment(ask, day, end, 1440)
        asked = OvertimeRequest(
            agent=agent, start=start, end=stop if stop > start else stop + 86_400, kind=kind, queue=queue, offer=offer,
            at=int(ask.place.now.timestamp()), reason=reason,
            asked_by=ask.who.agent if ask.who.agent and ask.who.agent != agent else "",
        )  # fmt: skip
        judged = ask_overtime(ask.place, asked, file=do == "file", made=ask.place.now)
    except PaibanError as error:
        return _page(ask, status=422, failure=ask.told(error), agent=agent, form=form)
    return _answered(ask, judged, agent, form)


@router.post("/requests/{number}")
def decision(
    ask: Asked,
    number: int,
    csrf: Annotated[str, Form()],
    do: Annotated[str, Form()],
    by: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Agree, refuse, withdraw, tell."""
    checked_form(ask, csrf)
    chosen = next((act for act in ACTS if act == do), None)
    if chosen is None or chosen in ("escalate", "expire"):
        raise HTTPException(422, Said("{do} is nothing that people do with a request", do=do))
    name = by if ask.who.local and by else ask.who.acts_as
    try:
        done = decide(ask.place, number, Deed(int(ask.place.now.timestamp()), chosen, name, reason), ask.place.now)
    except PaibanError as error:
        return _page(ask, status=422, failure=ask.told(error))
    return _page(ask, done=" ".join(done.words(ask.words.language)))


def _may_ask(ask: Ask, agent: str) -> None:
    ask.require("requests.own", "requests.all", "requests.team")
    if agent not in _askable(ask):
        raise HTTPException(403, Said("{name} may not ask for {agent}", name=ask.who.name, agent=agent))


def _moment(ask: Ask, day: date, clock: str, otherwise: int) -> int:
    zone = ask.place.site.settings.zone
    if not clock:
        return instant(day, otherwise, zone)
    try:
        wall = datetime.strptime(clock, "%H:%M")  # noqa: DTZ007 - a wall clock, made an instant below
    except ValueError:
        raise InputError(Said("{clock} is no time; write HH:MM", clock=clock)) from None
    return instant(day, wall.hour * 60 + wall.minute, zone)
