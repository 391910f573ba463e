"""Forecast and staffing, and what if: pages that draw what the API gives them."""

from datetime import date

from fastapi import APIRouter, Response

from desk.actions.scenarios import scenarios_of
from desk.web.ask import Asked
from desk.web.render import page
from desk.wording.terms import TERMS

router = APIRouter()


@router.get("/forecast")
def forecast(ask: Asked, day: date | None = None) -> Response:
    """The forecast against what came."""
    ask.require("forecast")
    _ = ask.words._
    data = {
        "day": day.isoformat() if day else "",
        "words": {
            "expected": _("Expected"), "actual": _("Actual"), "required": _("Required"),
            "band": _("8 of 10 times within"),
            "wape": _("off by"), "floor": _("pure chance"), "excess": _("beyond chance"), "bias": _("bias"),
            "inBand": _("in the band"), "unknown": _("No actual contacts are known for these days yet."),
            "model": _("Model"), "contacts": _("Contacts"), "agents": _("Agents"), "running": _("At work"),
            "failed": _("It failed"), "done": _("Done"),
            "models": {name: ask.words.term("model", name) for name in TERMS["model"]},
        },
    }  # fmt: skip
    special = [row for row in ask.place.site.special_days if row.date >= ask.place.today.replace(day=1)]
    return page(
        ask, "forecast.j2", data=data, special=special, queues=list(ask.place.site.queues), today=ask.place.today,
        may_edit=ask.who.may("special_days"),
    )  # fmt: skip


@router.get("/what-if")
def what_if(ask: Asked) -> Response:
    """Sliders, answers, kept scenarios."""
    ask.require("whatif")
    _, site = ask.words._, ask.place.site
    data = {
        "queues": list(site.queues),
        "shifts": list(site.shifts),
        "words": {
            "queue": _("Queue"), "contacts": _("Contacts"), "hours": _("Hours to roster"), "peak": _("Peak"),
            "level": _("Service level"), "people": _("People"), "now": _("As it is"), "then": _("Scenario"),
            "sum": _("All"), "unchanged": _("as it is"), "running": _("At work"), "failed": _("It failed"),
            "waiting": _("waiting"), "short": _("Hours short"), "spare": _("Hours to spare"), "gap": _("Gap"),
            "keep": _("Keep"), "kept": _("Kept"), "draft": _("Draft {version} is ready"), "look": _("Look at it"),
            "use": _("Take up"), "seconds": _("{count} s"), "cost": _("Cost"),
            "cancel": _("Cancel"), "enough": _("Stop and take the best so far"), "stopping": _("Coming to an end"),
            "cancelled": _("Cancelled; nothing was kept."),
        },
    }  # fmt: skip
    return page(
        ask, "what_if.j2", data=data, queues=list(site.queues), shifts=list(site.shifts),
        kept=scenarios_of(ask.place).all(20), may_make=ask.who.may("roster.make"),
    )  # fmt: skip
