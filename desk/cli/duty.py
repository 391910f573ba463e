"""What the leader on duty keeps: rounds, roll call, handover, consent to leave the desk."""

from datetime import date
from typing import Annotated

import typer

from centre.said import Said
from desk import actions, clock
from desk.cli.options import At, Json, Language, SiteFolder, Source, day_of
from desk.terminal import say, say_json

By = Annotated[str, typer.Option("--by", metavar="ID", help="Who does it.")]
Note = Annotated[str, typer.Option("--note", help="What there is to say.")]


def round_(
    site: SiteFolder,
    by: By = "",
    note: Note = "",
    day: Annotated[
        date | None, typer.Option("--date", parser=day_of, metavar="DATE", help="Only show the rounds of this day.")
    ] = None,
    source: Source = "",
    at: At = None,
    language: Language = "",
    json: Json = False,
) -> None:
    """Record a round of the floor with who is out, queues and stuck work orders; without --by, show the day's rounds.

    Every 20 minutes, at least 10 a day (FLR-2); rounds that are missing are shown.

    Example: paiban round hotline --by l01 --note "two lines noisy" --json
    """
    with actions.open_place(site, at) as place:
        if by and day is None:
            told = actions.walk_round(place, by=by, note=note, source=source, made=clock.now())
        else:
            told = actions.rounds_of(place, day or place.today)
        spoken = place.language(language)
    _tell(told, spoken, json)


def rollcall(
    site: SiteFolder,
    by: By,
    here: Annotated[list[str] | None, typer.Option("--here", metavar="ID", help="Seen to be here; repeatable.")] = None,
    absent: Annotated[
        list[str] | None, typer.Option("--absent", metavar="ID", help="Seen not to be here; repeatable.")
    ] = None,
    ahead: Annotated[int, typer.Option("--ahead", min=1, help="Shifts that start within so many minutes.")] = 60,
    source: Source = "",
    at: At = None,
    language: Language = "",
    json: Json = False,
) -> None:
    """Call the roll before a shift: who is there by the events, or by hand, and who is not (SHF-4).

    Example: paiban rollcall hotline --by l01 --absent a007
    """
    with actions.open_place(site, at) as place:
        told = actions.call_roll(
            place, by=by, here=here or (), absent=absent or (), source=source, ahead_minutes=ahead, made=clock.now()
        )
        spoken = place.language(language)
    _tell(told, spoken, json)


def handover(
    site: SiteFolder,
    by: By = "",
    to: Annotated[str, typer.Option("--to", metavar="ID", help="Hand over to this leader.")] = "",
    add: Annotated[str, typer.Option("--add", metavar="TEXT", help="Write down something that is open.")] = "",
    kind: Annotated[str, typer.Option("--kind", help="equipment, case, shift, person, other.")] = "other",
    close: Annotated[int, typer.Option("--close", metavar="NUMBER", help="Close an open item.")] = 0,
    note: Note = "",
    source: Source = "",
    at: At = None,
    language: Language = "",
    json: Json = False,
) -> None:
    """The handover log: what is open until somebody closes it, and whether each relief is at the desk (SHF-5).

    Example: paiban handover hotline --by l01 --to l02 --note "quiet evening"
    """
    if (add or close or to) and not by:
        raise typer.BadParameter(Said("--by: who does it"))
    if bool(add) + bool(close) + bool(to) > 1:
        raise typer.BadParameter(Said("one of --add, --close and --to"))
    with actions.open_place(site, at) as place:
        made = clock.now()
        if add:
            told = actions.add_item(place, add, kind=kind, by=by, made=made)
        elif close:
            told = actions.close_item(place, close, by=by, note=note, made=made)
        elif to:
            told = actions.hand_over(place, by=by, to=to, note=note, source=source, made=made)
        else:
            told = actions.handover_log(place, source)
        spoken = place.language(language)
    _tell(told, spoken, json)


def consent(
    site: SiteFolder,
    agent: Annotated[str, typer.Option("--agent", metavar="ID", help="Who may leave the desk.")],
    by: By,
    minutes: Annotated[int, typer.Option("--minutes", min=1, help="For how long. Default: the policy's.")] = 0,
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
    at: At = None,
    json: Json = False,
) -> None:
    """Let somebody leave the desk for some minutes from now on (ATT-4); the statement counts it as authorised.

    Example: paiban consent hotline --agent a001 --by l01 --minutes 10
    """
    with actions.open_place(site, at) as place:
        given = actions.give_consent(place, agent, minutes=minutes or None, by=by, reason=reason, made=clock.now())
    if json:
        say_json(given)
    else:
        say(
            Said(
                "{agent} may be away from {begin} to {end}",
                agent=agent,
                begin=given["from"][11:16],
                end=given["until"][11:16],
            )
        )


def _tell(told: "actions.Rounds | actions.RollCall | actions.HandoverLog", language: str, json: bool) -> None:
    if json:
        say_json(told.summary())
        return
    for line in told.words(language):
        say(line)
