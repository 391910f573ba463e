"""The month and the day: pages that draw what the API gives them."""

from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Response

from desk.actions.pictures.month import current_version
from desk.web.ask import Ask, Asked
from desk.web.render import page
from store.records import RosterVersion

router = APIRouter()


@router.get("/month")
def month(ask: Asked, first: date | None = None, days: int = 0, version: int = 0) -> Response:
    """The grid of a roster."""
    ask.require("roster.team", "roster.all")
    versions = ask.place.plans.roster_versions()
    shown = _shown(ask, versions, first, version)
    data = {
        "query": _query(first=first, days=days, version=version),
        "words": _month_words(ask),
        "mayAll": ask.who.may("roster.all"),
        "me": ask.who.agent,
    }
    return page(
        ask,
        "month.j2",
        data=data,
        query=f"?{data['query']}" if data["query"] else "",
        versions=versions[:40] if ask.who.may("roster.edit", "roster.publish", "roster.make") else [],
        shown=shown,
        version=version,
        before=_moved(shown, -1),
        after=_moved(shown, 1),
        may_publish=ask.who.may("roster.publish"),
    )


def _shown(ask: Ask, versions: list[RosterVersion], first: date | None, version: int) -> RosterVersion | None:
    if version:
        return next((row for row in versions if row.version == version), None)
    if not any(row.published_at for row in versions):
        return None
    newest = current_version(ask.place)
    if first is None or first == newest.horizon.first_day:
        return newest
    return next((row for row in versions if row.published_at and row.horizon.first_day == first), newest)


def _moved(shown: RosterVersion | None, way: int) -> str:
    if shown is None:
        return ""
    horizon = shown.horizon
    return (horizon.first_day + timedelta(days=way * horizon.days)).isoformat()


def _query(**values: Any) -> str:
    return "&".join(f"{name}={value}" for name, value in values.items() if value)


@router.get("/day")
def day(ask: Asked, date: date | None = None, agent: str = "") -> Response:
    """The line of a day."""
    ask.require("roster.team", "roster.all")
    wanted = date or ask.place.today
    data = {
        "date": wanted.isoformat(),
        "agent": agent,
        "mayEdit": ask.who.may("roster.edit", "roster.edit.team"),
        "words": _day_words(ask),
        "now": int(ask.place.now.timestamp()) // 60,
    }
    return page(
        ask, "day.j2", data=data, wanted=wanted, before=wanted - timedelta(days=1), after=wanted + timedelta(days=1)
    )


def _month_words(ask: Ask) -> dict[str, str]:
    _ = ask.words._
    return {
        "name": _("Name"), "hours": _("Hours"), "late": _("Late"), "night": _("Nights"), "weekend": _("Weekend"),
        "onDuty": _("On duty"), "level": _("Service level"), "hard": _("hard rules broken"),
        "soft": _("soft rules not kept"), "none": _("No rule is broken."), "people": _("{count} people"),
        "changed": _("{count} days changed against what is published"), "same": _("Nothing differs."),
        "before": _("Before"), "after": _("After"), "leave": ask.words.activity("leave"), "duty": _("Duty"),
        "standby": ask.words.activity("standby"), "more": _("{count} more"), "nobody": _("Nobody to show here."),
        "peers": _("peers' mean"), "floor": _("The floor"), "wait": _("One moment"), "away": _("not employed"),
        "day": _("Day"), "target": _("Target"),
    }  # fmt: skip


def _day_words(ask: Ask) -> dict[str, str]:
    _ = ask.words._
    return {
        "required": _("Required"), "rostered": _("Rostered"), "level": _("Service level"), "volume": _("Contacts"),
        "nobody": _("Nobody to show here."), "save": _("Save"), "cancel": _("Cancel"), "edit": _("Change {name}"),
        "from": _("From"), "to": _("To"), "activity": _("Activity"), "queue": _("Queue"), "remove": _("Remove"),
        "checking": _("Asking the checker"), "allowed": _("No rule is broken by it."), "reason": _("Why"),
        "broken": _("It would break a rule:"), "before": _("before"), "after": _("after"),
        "saved": _("Saved as version {version}."),
        "short": _("short hours"), "unchanged": _("Service does not change."), "earlier": _("earlier"),
        "later": _("later"),
        "actual": _("What really happened"), "people": _("{count} people"), "wait": _("One moment"),
        "noNeed": _("No requirement is known for this day."), "drag": _("Drag a pause, or set its time; Esc gives up."),
        "unit": _("answered in time"), "add": _("Add a segment"),
    }  # fmt: skip
