"""What contradicts, and the ways out."""

from typing import Annotated

import typer

from desk import actions, exit_codes
from desk.cli.options import FromDay, Json, Language, SiteFolder, Weeks
from desk.terminal import say, say_json


def relax(
    site: SiteFolder,
    from_day: FromDay = None,
    weeks: Weeks = 4,
    apply: Annotated[
        list[int] | None,
        typer.Option("--apply", metavar="NUMBER", help="Write this way out into the files; several times for several."),
    ] = None,
    language: Language = "",
    json: Json = False,
) -> None:
    """What contradicts in the hard input, in smallest sets, and the ways out ranked, ready to apply.

    Leave, fixed rows and contracts that cannot all hold are named, with the mildest change of each that resolves it.
    --apply changes the planner's files: rows are taken away, or the person gets an eased contract of their own; a
    contract that contradicts itself is eased for all. Exit code 3 when something contradicts still.

    Example: paiban relax hotline --from 2026-03-02 --apply 1
    """
    with actions.open_place(site) as place:
        told = actions.relax(place, actions.horizon(place, from_day, weeks), apply or [])
        spoken = place.language(language)
    if json:
        say_json(told.summary())
    else:
        for line in told.words(spoken):
            say(line)
    if told.clashes:
        raise typer.Exit(exit_codes.CONTRADICTION)
