"""The pages in the order in which people see them, and the right that opens each."""

from dataclasses import dataclass

from desk.web.ask import Ask


@dataclass(frozen=True)
class Entry:
    """A page in the menu."""

    path: str
    name: str
    here: bool


def menu_of(ask: Ask) -> list[Entry]:
    """The pages that somebody may open."""
    _ = ask.words._
    pages = [
        ("/wall", _("Wall"), ("wall",)),
        ("/my", _("My work"), ("mywork",)),
        ("/month", ask.words.term("page", "month"), ("roster.team", "roster.all")),
        ("/day", ask.words.term("page", "day"), ("roster.team", "roster.all")),
        ("/requests", _("Requests"), ("requests.own", "requests.all")),
        ("/forecast", _("Forecast"), ("forecast",)),
        ("/what-if", _("What if"), ("whatif",)),
        ("/attendance", _("Attendance"), ("attendance.own", "attendance.team", "attendance.all")),
        ("/floor", _("Handover and rounds"), ("handover", "rounds")),
        ("/reports", _("Reports"), ("reports",)),
        ("/audit", _("Audit"), ("audit",)),
        ("/accounts", _("Accounts"), ("users",)),
    ]
    path = ask.request.url.path
    return [
        Entry(to, name, path == to or path.startswith(f"{to}/"))
        for to, name, rights in pages
        if ask.who.may(*rights) and (to != "/my" or ask.who.agent)
    ]
