"""Reporting upwards on the command line, and answering."""

from typing import Annotated

import typer

from centre.house_policy import SEVERITIES
from centre.said import Said
from desk import actions, clock
from desk.cli.options import At, Json, Language, SiteFolder
from desk.terminal import say, say_json


def escalate(
    site: SiteFolder,
    kind: Annotated[
        str,
        typer.Option("--kind", help="leak, danger, gross_error, emergency, beyond_authority, obstruction, "
                     "stuck_orders, busy_idle, or another one with --severity."),
    ] = "",
    text: Annotated[str, typer.Option("--text", help="What has happened.")] = "",
    by: Annotated[str, typer.Option("--by", metavar="ID", help="Who reports.")] = "",
    proposal: Annotated[str, typer.Option("--proposal", help="What is to be done about it.")] = "",
    severity: Annotated[str, typer.Option("--severity", help="info, warning, severe, critical.")] = "",
    skip_to: Annotated[
        str, typer.Option("--skip-to", metavar="ROLE", help="Emergencies: report to this level at once.")
    ] = "",
    thread: Annotated[str, typer.Option("--thread", help="The incident it belongs to.")] = "",
    due: Annotated[bool, typer.Option("--due", help="Deliver what is due by now, for cron.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Closed ones as well.")] = False,
    at: At = None,
    language: Language = "",
    json: Json = False,
) -> None:  # fmt: skip
    """Report something up the line of authority; without --kind, show what is open and who has been told.

    A level that does not acknowledge in time: the next one is told. Critical reports go to everybody above at once.

    Example: paiban escalate hotline --kind stuck_orders --text "12 orders" --proposal "two more on cases" --by l01
    """
    chosen = next((row for row in SEVERITIES if row == severity), None)
    if severity and chosen is None:
        raise typer.BadParameter(Said("--severity: one of {names}", names=list(SEVERITIES)))
    with actions.open_place(site, at) as place:
        if kind:
            if not by:
                raise typer.BadParameter(Said("--by: who reports"))
            told = actions.report_up(place, kind, text, by=by, proposal=proposal, severity=chosen, skip_to=skip_to,
                                     thread=thread, made=clock.now())  # fmt: skip
        elif due:
            told = actions.deliver_due(place, made=clock.now())
        else:
            told = actions.incidents(place, every=every)
        spoken = place.language(language)
        _tell(told, spoken, json)


def acknowledge(
    site: SiteFolder,
    thread: Annotated[str, typer.Argument(metavar="THREAD", help="The report's thread.", show_default=False)],
    by: Annotated[str, typer.Option("--by", metavar="ID", help="Who acknowledges.")],
    answer: Annotated[str, typer.Option("--answer", help="What is to be done; it is recorded.")] = "",
    told: Annotated[bool, typer.Option("--told", help="Confirm that one was told of a skipped level.")] = False,
    close: Annotated[bool, typer.Option("--close", help="It is over.")] = False,
    at: At = None,
    language: Language = "",
    json: Json = False,
) -> None:
    """Acknowledge a report, answer it or close it: it climbs no further.

    Example: paiban acknowledge hotline stuck_orders/1f2e3d4c --by head --answer "take two from outbound"
    """
    with actions.open_place(site, at) as place:
        found = actions.acknowledge(place, thread, by=by, answer=answer, told=told, close=close, made=clock.now())
        spoken = place.language(language)
        _tell(found, spoken, json)


def _tell(told: "actions.Incidents", language: str, json: bool) -> None:
    if json:
        say_json(told.summary())
        return
    for line in told.words(language):
        say(line)
