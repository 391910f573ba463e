"""The shift leader's verbs: rehearse a day, watch a day."""

from pathlib import Path
from typing import Annotated

import typer

from centre.said import Said
from desk import actions
from desk.cli.options import Day, Json, Language, Seed, SiteFolder
from desk.terminal import note, say, say_json

RosterFile = Annotated[
    Path | None, typer.Option("--roster", metavar="FILE", help="A roster.csv instead of the published roster.")
]


def rehearse(
    site: SiteFolder,
    day: Day,
    to: Annotated[str, typer.Option("--to", metavar="FILE|embedded|kafka", help="Where the events go.")],
    seed: Seed = 1,
    roster: RosterFile = None,
    json: Json = False,
) -> None:
    """Let a day of the roster happen: a plausible day of events, as a telephone system would send them.

    People come late, stretch breaks, are absent; calls arrive as forecast, with noise. The same seed is the same day.

    Example: paiban rehearse hotline --date 2026-03-04 --seed 1 --to day.jsonl
    """
    with actions.open_place(site) as place:
        lived = actions.rehearse(place, day, seed=seed, to=to, roster_file=roster)
    if json:
        say_json(lived.summary())
        return
    for line in lived.words():
        say(line)


def watch(
    site: SiteFolder,
    source: Annotated[
        str, typer.Option("--source", metavar="FILE|-|embedded|kafka", help="Where the events come from.")
    ] = "embedded",
    roster: RosterFile = None,
    idle: Annotated[
        float | None,
        typer.Option(min=0.1, help="End when nothing has come for so many seconds (embedded and kafka run on else)."),
    ] = None,
    language: Language = "",
    json: Json = False,
) -> None:
    """Compare agent-state events with the roster: alerts as they come, at the end adherence by agent and day.

    A file is read to its end. The embedded log and Kafka are followed until Ctrl-C; where the watch stands is kept,
    so that the next one goes on from there and nothing is lost or told twice.

    Example: paiban watch hotline --source day.jsonl
    """
    watched = actions.Watched()
    with actions.open_place(site) as place, actions.interruptible() as stopped:
        spoken = place.language(language)
        for output, floor in actions.watch(
            place, source, roster_file=roster, stop=stopped, watched=watched, idle_s=idle
        ):
            if json:
                say_json(output.to_json(floor))
            else:
                for line in actions.output_words(output, floor, spoken):
                    say(line)
    for letter in watched.dead[:10]:
        note(
            Said(
                "unreadable: {where} at {offset}: {reason}",
                where=letter.partition,
                offset=letter.offset,
                reason=letter.reason,
            )
        )
    if watched.dead:
        note(Said("{count} messages could not be read", count=len(watched.dead)))
