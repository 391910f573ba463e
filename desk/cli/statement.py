"""The department head's month: attendance with its deductions."""

from datetime import date
from typing import Annotated

import typer

from desk import actions
from desk.cli.options import At, Json, Language, SiteFolder
from desk.terminal import say, say_json


def month_of(text: str) -> date:
    """A month as a user writes it."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no month; write YYYY-MM") from None


def statement(
    site: SiteFolder,
    month: Annotated[date, typer.Option("--month", parser=month_of, metavar="YYYY-MM", help="The local month.")],
    source: Annotated[str, typer.Option("--source", metavar="FILE", help="The events, as JSON lines.")],
    at: At = None,
    language: Language = "",
    json: Json = False,
) -> None:
    """Attendance of a month, agent by agent: lateness, early leaving, absence, breaches, with rule, reason, deduction.

    Example: paiban statement hotline --month 2026-03 --source day.jsonl
    """
    with actions.open_place(site, at) as place:
        made = actions.statement(place, month, source)
        spoken = place.language(language)
    if json:
        say_json(made.summary())
        return
    for line in made.words(spoken):
        say(line)
