"""Balances of leave, certificates and the waiting list on the command line."""

from datetime import date
from typing import Annotated

import typer

from centre.said import Said
from desk import actions, clock
from desk.cli.options import At, Json, Language, SiteFolder
from desk.cli.requests import By, Number, Reason, moment_in, request
from desk.cli.statement import month_of
from desk.terminal import say, say_json


@request.command("balances")
def balances(
    site: SiteFolder,
    agent: Annotated[str, typer.Option("--agent", metavar="ID", help="One person. Default: everybody.")] = "",
    year: Annotated[int, typer.Option("--year", help="Calendar year. Default: the one of --at.")] = 0,
    at: At = None,
    language: Language = "",
    json: Json = False,
) -> None:
    """Days of leave that each person has left in a year, by kind.

    Example: paiban request balances hotline --agent a001 --json
    """
    with actions.open_place(site, at) as place:
        found = actions.balances(place, agent, year or None)
        spoken = place.language(language)
    if json:
        say_json(found.summary())
        return
    for line in found.words(spoken):
        say(line)


@request.command("adjust")
def adjust(
    site: SiteFolder,
    agent: Annotated[str, typer.Option("--agent", metavar="ID", help="Whose balance.")],
    days: Annotated[float, typer.Option("--days", help="So many days more (or fewer, with a minus).")],
    by: By,
    reason: Reason,
    kind: Annotated[str, typer.Option(help="The kind of leave.")] = "annual",
    year: Annotated[int, typer.Option("--year", help="Calendar year. Default: the one of --at.")] = 0,
    at: At = None,
    json: Json = False,
) -> None:
    """Grant days of a balance or take them back; days taken over from the year before are granted so.

    Example: paiban request adjust hotline --agent a001 --days 2 --by head --reason "taken over from 2025"
    """
    with actions.open_place(site, at) as place:
        when = year or place.today.year
        found = actions.adjust_balance(place, agent, kind, when, days, by=by, reason=reason, made=clock.now())
    if json:
        say_json(found.to_json())
    else:
        say(Said("{agent}: {left:g} days of {kind} left in {year}", agent=found.agent, left=found.left,
                 kind=Said.term("leave", found.kind), year=found.year))  # fmt: skip


@request.command("certificate")
def certificate(
    site: SiteFolder,
    number: Number,
    begin: Annotated[str, typer.Option("--from", metavar="WHEN", help="A day, or a local time.")],
    end: Annotated[str, typer.Option("--to", metavar="WHEN", help="The last day, or a local time.")],
    by: By,
    at: At = None,
    language: Language = "",
    json: Json = False,
) -> None:
    """Hand in a medical certificate for a leave: what it covers, and whether a gap is left (LEV-4).

    Example: paiban request certificate hotline 3 --from 2026-03-10 --to 2026-03-11 --by a001
    """
    with actions.open_place(site, at) as place:
        span = moment_in(place, begin, last=False), moment_in(place, end, last=True)
        found = actions.hand_in_certificate(place, number, *span, by=by, made=clock.now())
        spoken = place.language(language)
    if json:
        say_json(found.summary())
        return
    for line in found.words(spoken):
        say(line)


@request.command("certificates")
def certificates(site: SiteFolder, at: At = None, language: Language = "", json: Json = False) -> None:
    """Every leave that owes a certificate: until when, what was handed in, what is missing or late.

    Example: paiban request certificates hotline --json
    """
    with actions.open_place(site, at) as place:
        rows = actions.certificates(place)
        spoken = place.language(language)
    if json:
        say_json({"certificates": [row.summary() for row in rows]})
        return
    if not rows:
        say(Said("No leave owes a certificate."))
    for row in rows:
        for line in row.words(spoken):
            say(line)


@request.command("waiting")
def waiting(
    site: SiteFolder,
    recheck: Annotated[bool, typer.Option("--recheck", help="Judge everybody who waits again now.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Those who wait no more as well.")] = False,
    stop: Annotated[int, typer.Option("--stop", metavar="NUMBER", help="Take this one off the list.")] = 0,
    by: Annotated[str, typer.Option("--by", metavar="ID", help="Who takes it off.")] = "",
    at: At = None,
    language: Language = "",
    json: Json = False,
) -> None:
    """The waiting list by date; it is judged again by itself whenever somebody's plan changes.

    Example: paiban request waiting hotline --recheck
    """
    with actions.open_place(site, at) as place:
        if stop:
            actions.stop_waiting(place, stop, by, clock.now())
        if recheck:
            actions.recheck_waiting(place, clock.now())
        found = actions.waiting_list(place, ended=every)
        spoken = place.language(language)
    if json:
        say_json(found.summary())
        return
    for line in found.words(spoken):
        say(line)


@request.command("register")
def register(
    site: SiteFolder,
    month: Annotated[
        date | None, typer.Option("--month", parser=month_of, metavar="YYYY-MM", help="Default: all of them.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="As a table.")] = False,
    at: At = None,
    language: Language = "",
    json: Json = False,
) -> None:
    """The swap register: who gave which shift to whom, who agreed and when (SWP-1).

    Example: paiban request register hotline --month 2026-03 --csv
    """
    with actions.open_place(site, at) as place:
        found = actions.swap_register(place, month)
        spoken = place.language(language)
    if json:
        say_json(found.summary())
    elif csv:
        say(found.to_csv().rstrip("\n"))
    else:
        for line in found.words(spoken):
            say(line)
