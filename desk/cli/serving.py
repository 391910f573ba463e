"""How the queues were served: the manager's and the shift leader's table."""

from enum import StrEnum
from typing import Annotated

import typer

from desk import actions
from desk.cli.options import AsKnownAt, Day, Json, Recorded, SiteFolder, aware_at
from desk.terminal import say, say_json


class By(StrEnum):
    """What one row is of."""

    interval = "interval"
    day = "day"
    now = "now"


def service(
    site: SiteFolder,
    day: Day,
    source: Recorded = "",
    known: AsKnownAt = None,
    by: Annotated[
        By, typer.Option("--by", help="A row each interval, one for the day, or the rolling figures at the end.")
    ] = By.interval,
    json: Json = False,
) -> None:
    """How the queues were served: contacts, service level in every definition, ASA, abandonment, waiting, occupancy.

    Example: paiban service hotline --date 2026-03-04 --source day.jsonl --by day --json
    """
    with actions.open_place(site) as place:
        moment = None if known is None else aware_at(known, place.site.settings.tz)
        found = actions.served(place, day, source=source, known=moment)
        if json:
            for row in found.rows(by.value):
                say_json(row)
        else:
            for line in found.words(by.value):
                say(line)
