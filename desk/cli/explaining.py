"""Why is the roster as it is?"""

from datetime import date
from typing import Annotated

import typer

from centre.said import Said
from desk import actions
from desk.cli.options import Json, Language, Seed, SiteFolder, Workers, day_of
from desk.terminal import say, say_json


def explain(
    site: SiteFolder,
    agent: Annotated[str, typer.Option("--agent", metavar="ID", help="Whose day.")] = "",
    day: Annotated[date | None, typer.Option("--day", parser=day_of, metavar="DATE", help="Which day.")] = None,
    why_not: Annotated[
        str, typer.Option("--why-not", metavar="SHIFT|off", help="What this instead would cost, or what forbids it.")
    ] = "",
    gap: Annotated[bool, typer.Option("--gap", help="Where the bound leaves room: by day, person and term.")] = False,
    hole: Annotated[
        str,
        typer.Option("--hole", metavar="DATE[THH:MM]", help="What holds a coverage hole open, and what closes it."),
    ] = "",
    queue: Annotated[str, typer.Option("--queue", help="Only the holes of this queue.")] = "",
    seconds: Annotated[float, typer.Option("--seconds", min=1, help="Time for the bound of --gap.")] = 20.0,
    seed: Seed = 0,
    workers: Workers = 2,
    language: Language = "",
    json: Json = False,
) -> None:
    """Why the published roster is as it is, and what something else would cost.

    With --agent and --day: what each other duty of that day would cost or which rule forbids it, and what the best
    roster without it costs, searched again with that fixed. Costs are in hours of one agent short.

    Example: paiban explain hotline --agent a017 --day 2026-03-05 --why-not early
    """
    if sum([bool(agent), gap, bool(hole)]) != 1:
        raise typer.BadParameter(Said("one of --agent with --day, --gap and --hole"))
    if agent and day is None:
        raise typer.BadParameter(Said("--day says which day of --agent"))
    told: actions.ExplainedDay | actions.ExplainedGap | actions.ExplainedHoles
    with actions.open_place(site) as place:
        if gap:
            told = actions.explain_gap(place, day, seconds, workers)
        elif hole:
            on, _, at = hole.replace(" ", "T").partition("T")
            told = actions.explain_hole(
                place, day_of(on), minute_of(at) if at else None, queue, seed=seed, workers=workers
            )
        else:
            assert day is not None
            told = actions.explain_day(place, agent, day, why_not, seed=seed, workers=workers)
        spoken = place.language(language)
    if json:
        say_json(told.summary())
        return
    for line in told.words(spoken):
        say(line)


def minute_of(text: str) -> int:
    """Local minutes after midnight of "14:30"."""
    hours, _, minutes = text.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60):
        raise typer.BadParameter(Said("{text!r} is no time; write 2026-03-05T14:30", text=text))
    return int(hours) * 60 + int(minutes)
