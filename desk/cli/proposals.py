"""The shift leader's answer to a floor in trouble: see what is proposed, accept it, refuse it, look what it kept."""

from datetime import datetime
from typing import Annotated

import typer

from centre.said import Said
from desk import actions, clock
from desk.cli.options import At, Json, Language, SiteFolder, moment_of
from desk.terminal import say, say_json

proposals = typer.Typer(
    name="proposals", help="Proposals of the live floor: list, accept, refuse, promises kept.", no_args_is_help=True
)

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The proposal's number.", show_default=False)]
By = Annotated[str, typer.Option("--by", metavar="ID", help="Who decides.")]
Moves = Annotated[
    list[str] | None, typer.Option("--move", metavar="ID", help="Only this move; several times for several.")
]


def propose(
    site: SiteFolder,
    at: At = None,
    source: Annotated[
        str, typer.Option("--source", metavar="FILE|journal", help="Events; default: what `paiban watch` took in.")
    ] = "",
    to: Annotated[str, typer.Option("--to", metavar="kafka|embedded", help="Publish it on its topic.")] = "",
    triggered: Annotated[
        bool, typer.Option("--when-needed", help="Propose only where the projection is in trouble (or has to spare).")
    ] = False,
    language: Language = "",
    json: Json = False,
) -> None:
    """Look at the floor now: the service level projected, and the joint set of moves that wins most of it back.

    Example: paiban propose hotline --at 2026-03-04T10:30+08:00 --source day.jsonl
    """
    with actions.open_place(site, at) as place:
        told = actions.propose(place, place.now, source, always=not triggered)
        spoken, names = place.language(language), {name: agent.name for name, agent in place.site.agents.items()}
        made = told.seen.proposal
        if json:
            say_json(told.to_json())
        else:
            looked = actions.looked_words(told.to_json(), spoken)
            shown = actions.proposal_words(made.to_json(told.zone), spoken, told.number, names) if made else looked
            for line in shown:
                say(line)
        if to and made is not None:
            # Shown and kept first: a broker that is away keeps no shift leader from answering.
            actions.publish_proposal(place, to, told)


@proposals.command("list")
def list_(site: SiteFolder, at: At = None, language: Language = "", json: Json = False) -> None:
    """Every proposal with its state, newest first.

    Example: paiban proposals list hotline
    """
    with actions.open_place(site, at) as place:
        now = int(place.now.timestamp())
        rows = [actions.proposal_row(kept, now) for kept in actions.list_proposals(place)]
        spoken, names = place.language(language), {name: agent.name for name, agent in place.site.agents.items()}
    if json:
        say_json({"proposals": rows})
        return
    for row in rows:
        say(actions.status_words(row, spoken))
        for line in actions.proposal_words(row, spoken, row["number"], names):
            say(line)


@proposals.command("accept")
def accept(
    site: SiteFolder,
    number: Number,
    by: By,
    move: Moves = None,
    edit: Annotated[
        list[str] | None, typer.Option("--edit", metavar="MOVE=MOMENT", help="Accept a move with another time.")
    ] = None,
    at: At = None,
    language: Language = "",
    json: Json = False,
) -> None:
    """Accept a proposal, in whole or in part: a new roster version, through the checks, effective at once.

    What needs somebody higher is left open for him.

    Example: paiban proposals accept hotline 3 --by l01
    """
    edits = dict(_edit(text) for text in edit or ())
    with actions.open_place(site, at) as place:
        done = actions.accept_proposal(
            place, number, by=by, at=place.now, made=clock.now(), moves=[*(move or ()), *edits], edits=edits
        )
        spoken = place.language(language)
    say_json(done.to_json()) if json else say(actions.answered_words(done, spoken))


@proposals.command("refuse")
def refuse(
    site: SiteFolder,
    number: Number,
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="Why: the next choice respects it.")],
    move: Moves = None,
    at: At = None,
    language: Language = "",
    json: Json = False,
) -> None:
    """Refuse a proposal, or some of its moves.

    Example: paiban proposals refuse hotline 3 --by l01 --reason "the team meeting stays"
    """
    with actions.open_place(site, at) as place:
        done = actions.refuse_proposal(
            place, number, by=by, reason=reason, at=place.now, made=clock.now(), moves=move or ()
        )
        spoken = place.language(language)
    say_json(done.to_json()) if json else say(actions.answered_words(done, spoken))


@proposals.command("promises")
def promises(
    site: SiteFolder,
    at: At = None,
    source: Annotated[
        str, typer.Option("--source", metavar="FILE|journal", help="Events; default: what `paiban watch` took in.")
    ] = "",
    language: Language = "",
    json: Json = False,
) -> None:
    """Promises kept: what accepted proposals came to, against what they promised, by move type and by queue.

    Example: paiban proposals promises hotline --json
    """
    with actions.open_place(site, at) as place:
        record = actions.promises_kept(place, int(place.now.timestamp()), source)
        spoken = place.language(language)
    if json:
        say_json(record)
        return
    for line in actions.promise_words(record, spoken):
        say(line)


def _edit(text: str) -> tuple[str, datetime]:
    name, equals, moment = text.rpartition("=")
    if not equals:
        raise typer.BadParameter(Said("--edit {text}: write MOVE=2026-03-04T11:15+08:00", text=text))
    return name, moment_of(moment)
