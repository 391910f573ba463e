"""Repair the published roster."""

from typing import Annotated

import typer

from desk import actions, exit_codes
from desk.cli.options import At, Json, Language, Seed, SiteFolder, Workers
from desk.terminal import say, say_json


def repair(
    site: SiteFolder,
    absent: Annotated[
        list[str] | None, typer.Option("--absent", metavar="ID", help="Who is away; several times for several.")
    ] = None,
    begin: Annotated[
        str, typer.Option("--from", metavar="WHEN", help="A day, a moment, or a time of today. Default: now.")
    ] = "",
    end: Annotated[str, typer.Option("--to", metavar="WHEN", help="Default: the end of that day.")] = "",
    kind: Annotated[str, typer.Option(help="sick, emergency, personal, ... as leave is called.")] = "sick",
    surge: Annotated[
        list[str] | None,
        typer.Option("--surge", metavar="QUEUE:FACTOR:FROM:TO", help="So many times the contacts expected."),
    ] = None,
    need: Annotated[
        list[str] | None,
        typer.Option("--need", metavar="QUEUE:+AGENTS:FROM:TO", help="So many agents more than required."),
    ] = None,
    pauses: Annotated[
        bool,
        typer.Option("--pauses", help="Place meals, breaks and activities anew from --from to --to; duties stay."),
    ] = False,
    at: At = None,
    publish: Annotated[bool, typer.Option("--publish", help="Publish it; else it is only proposed.")] = False,
    approved_by: Annotated[
        str, typer.Option("--approved-by", metavar="ID", help="Who approved its overtime; without, none is published.")
    ] = "",
    overtime: Annotated[bool, typer.Option(help="Whether overtime may be proposed.")] = True,
    seconds: Annotated[
        float | None, typer.Option("--seconds", min=0.1, help="Time limit of the search. Default: 1.5 today, else 20.")
    ] = None,
    seed: Seed = 0,
    workers: Workers = 2,
    language: Language = "",
    json: Json = False,
) -> None:
    """The smallest change of the published roster that restores the most service.

    Somebody is absent, leave was granted, more is expected: pauses and activities move, overtime is proposed, people
    change queues, and after the notice whole duties move. What has begun stays; notice, freezes and the price of each
    changed person are the policy's ([repair]). Exit code 1 when what happened breaks a rule all the same.

    Example: paiban repair hotline --absent a017 --from 09:00 --to 2026-03-05 --at 2026-03-05T08:50

    Example: paiban repair hotline --pauses --from 2026-03-06 --to 2026-03-06 --publish
    """
    with actions.open_place(site, at) as place:
        away = actions.away_of(place, absent or [], begin, end, kind)
        more = [actions.more_of(place, text, "surge") for text in surge or []]
        more += [actions.more_of(place, text, "need") for text in need or []]
        made = actions.mend(
            place, away, more, publish=publish, approved_by=approved_by, overtime=overtime,
            pauses=actions.span_of(place, begin, end) if pauses else None,
            seconds=seconds, seed=seed, workers=workers,
        )  # fmt: skip
        spoken = place.language(language)
    if json:
        say_json(made.summary())
    else:
        for line in made.words(spoken):
            say(line)
    if made.repaired.violations:
        raise typer.Exit(exit_codes.VIOLATIONS)
