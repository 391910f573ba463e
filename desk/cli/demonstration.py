"""`paiban demo`: the whole loop on a temporary site."""

from pathlib import Path
from typing import Annotated

import typer

from desk import actions, clock
from desk.cli.options import Json, Language
from desk.cli.planning import show_progress
from desk.terminal import say, say_json


def demo(
    folder: Annotated[
        Path | None, typer.Option("--keep", metavar="FOLDER", help="Make the site here and keep it.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=5, help="Time limit of the solver.")] = 30,
    language: Language = "",
    json: Json = False,
) -> None:
    """See the whole loop in minutes: a centre, its next four weeks, and a day lived through.

    Example: paiban demo
    """
    for line in actions.demonstrate(
        folder, seconds=seconds, language=language, now=clock.now(), on_progress=show_progress()
    ):
        if json:
            say_json({"said": line})
        else:
            say(line)
