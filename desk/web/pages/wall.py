"""The wall: for a screen across the room."""

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse

from centre.events import STATES
from centre.said import Said
from centre.shifts import ACTIVITIES
from desk.actions.promises import promise_record
from desk.actions.proposals_said import promise_words
from desk.web.ask import SCREEN, Asked, screen_of
from desk.web.render import page
from streams.alert_words import TEMPLATES

router = APIRouter()


@router.get("/wall")
def wall(ask: Asked) -> Response:
    """The page; its figures come as events."""
    ask.require("wall")
    _, words = ask.words._, ask.words
    data = {
        "zone": ask.place.site.settings.zone,
        "people": ask.who.may("wall.people"),
        "mayDecide": ask.who.may("proposals"),
        "states": {name: words.term("state", name) for name in STATES},
        "activities": {name: words.activity(name) for name in ACTIVITIES},
        "types": {name: words.term("alert", name) for name in TEMPLATES},
        "words": {
            "waiting": _("waiting"), "oldest": _("oldest"), "today": _("today"), "target": _("target"),
            "projected": _("projected"), "now": _("now"), "needed": _("needed"), "rostered": _("rostered"),
            "there": _("there"), "nobodyOut": _("Everybody is where the roster says."), "quiet": _("No alerts."),
            "stale": _("No news since {time}: does `paiban watch` run?"),
            "never": _("Nothing has been heard yet: start `paiban watch`."),
            "lost": _("The connection is lost; trying again."), "accept": _("Accept"), "refuse": _("Refuse"),
            "offered": _("{count} offered"), "abandoned": _("{count} abandoned"), "short": _("{count} short"),
            "enough": _("enough"),
            "out": _("{count} away from the roster"), "seconds": _("{count} s"), "minutes": _("{count} min"),
            "instead": _("{state} instead of {activity}"),
            "points": _("costs {points} points"), "why": _("Why"), "wins": _("{count} in time"),
            "reasons": _("Reasons and effect"),
            "looking": _("One moment"),
            "noMoves": _("No move would win anything now."), "noProposals": _("Nothing is proposed."),
        },
    }  # fmt: skip
    decides = ask.who.may("proposals")
    kept = promise_record(ask.place, int(ask.place.now.timestamp())) if decides else None
    told = list(promise_words(kept, words.language)) if kept and kept["all"]["promises"] else []
    return page(ask, "wall.j2", data=data, may_decide=decides, promises=told)


@router.get("/screen/{secret}")
def screen(ask: Asked, secret: str) -> Response:
    """Where a screen across the room begins: the token of its address lets it see the wall and nothing else."""
    known = screen_of(ask.place, secret)
    if known is None:
        raise HTTPException(403, Said("this address is unknown, revoked or expired"))
    ask.board.note(ask.place, known.name, "sign-in", "screen", changed=True)
    on = RedirectResponse("/wall", 303)
    on.set_cookie(
        SCREEN, secret, httponly=True, samesite="lax", secure=ask.request.url.scheme == "https", path="/",
        max_age=3660 * 86_400,
    )  # fmt: skip
    return on
