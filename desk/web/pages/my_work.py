"""My work: what somebody looks at on a phone. The calendar address needs no sign-in but a secret."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Response

from centre.said import Said
from desk.actions.accounts import accounts_of, make_calendar
from desk.actions.leave import waiting_list
from desk.actions.my_work import calendar_of, my_work
from desk.outputs.colours import ACTIVITY, queue_colours, shift_colours
from desk.outputs.moments import Moments
from desk.web.ask import Ask, Asked
from desk.web.forms import checked_form
from desk.web.render import page

router = APIRouter()


@router.get("/my")
def my(ask: Asked, agent: str = "") -> Response:
    """The own work, or that of somebody whom one leads."""
    ask.require("mywork")
    return _page(ask, _whose(ask, agent))


def _whose(ask: Ask, agent: str) -> str:
    if not agent or agent == ask.who.agent:
        if not ask.who.agent:
            raise HTTPException(404, Said("this account is nobody of agents.csv"))
        return ask.who.agent
    ask.require_reach("attendance", agent)
    ask.looked_at(f"agent/{agent}/work")
    return agent


def _page(ask: Ask, agent: str, address: str = "") -> Response:
    settings = ask.place.site.settings
    moments = Moments(settings.zone)
    work = my_work(ask.place, agent)
    live = ask.request.app.state.hub.wall().view.agents.get(agent)
    figures: dict[str, Any] | None = None
    if live is not None:
        account = live.today(int(ask.place.now.timestamp() * 1_000_000))
        share = account.kept / account.scheduled if account.scheduled else None
        figures = {"share": share, "out": account.out / 60e6, "scheduled": account.scheduled / 60e6}
    known = [token for token in accounts_of(ask.place).tokens(agent=agent) if token.name == "calendar"]
    return page(
        ask, "my.j2", work=work, moments=moments, now=int(ask.place.now.timestamp()), figures=figures, address=address,
        has_calendar=bool(known), today=ask.place.today, own=agent == ask.who.agent,
        waits=[row for row in waiting_list(ask.place).rows if row.asked.agent == agent], activity_colours=ACTIVITY,
        queue_colours=queue_colours(ask.place.site.queues), shift_colours=shift_colours(ask.place.site.shifts.values()),
        data={"now": int(ask.place.now.timestamp()), "words": {"minutes": ask.words._("{count} min")}},
    )  # fmt: skip


@router.post("/my/calendar")
def calendar_address(ask: Asked, csrf: Annotated[str, Form()]) -> Response:
    """A new secret address of the own calendar; the old one ends."""
    checked_form(ask, csrf)
    ask.require("mywork")
    agent = _whose(ask, "")
    secret = make_calendar(ask.place, agent, by=ask.who.name)
    return _page(ask, agent, f"{ask.request.base_url}calendar/{secret}.ics")


@router.get("/calendar/{secret}.ics")
def calendar(ask: Asked, secret: str) -> Response:
    """The calendar of whoever the secret was made for."""
    found = accounts_of(ask.place).token(secret, ask.place.now)
    if found is None or "calendar" not in found[0].scopes or found[0].agent not in ask.place.site.agents:
        raise HTTPException(404, Said("no such calendar"))
    content = calendar_of(ask.place, found[0].agent, ask.words.language)
    headers = {"Content-Disposition": 'inline; filename="paiban.ics"'}
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)
