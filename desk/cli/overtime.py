"""Overtime and voluntary time off on the command line: asking for it, and offering it."""

from typing import Annotated, Literal

import typer

from centre.said import Said
from desk import actions, clock
from desk.cli.options import At, Json, Language, SiteFolder
from desk.cli.requests import Agent, By, DryRun, Reason, moment_in, request, span_of, tell
from desk.terminal import say, say_json

offer = typer.Typer(name="offer", help="Offer overtime or time off; list and close offers.", no_args_is_help=True)

Begin = Annotated[str, typer.Option("--from", metavar="WHEN", help="Local time, such as 2026-03-10T18:00.")]
End = Annotated[str, typer.Option("--to", metavar="WHEN", help="Local time.")]
Queue = Annotated[str, typer.Option("--queue", help="What is worked on. Default: the shortest of staff.")]
Taken = Annotated[int, typer.Option("--offer", metavar="NUMBER", help="The offer it takes up.")]


@request.command("overtime")
def overtime(
    site: SiteFolder,
    agent: Agent,
    begin: Begin = "",
    end: End = "",
    queue: Queue = "",
    taken: Taken = 0,
    asked_by: Annotated[str, typer.Option("--asked-by", metavar="ID", help="Who proposes it.")] = "",
    at: At = None,
    reason: Reason = "",
    dry_run: DryRun = False,
    language: Language = "",
    json: Json = False,
) -> None:
    """Propose overtime beside a shift, or a shift on a day off; the department head approves it.

    With --offer alone the whole time of the offer is meant.

    Example: paiban request overtime hotline --agent a001 --from 2026-03-10T17:30 --to 2026-03-10T19:30
    """
    _ask(site, "overtime", agent, begin, end, queue, taken, asked_by, at, reason, dry_run, language, json)


@request.command("vto")
def vto(
    site: SiteFolder,
    agent: Agent,
    begin: Begin = "",
    end: End = "",
    taken: Taken = 0,
    at: At = None,
    reason: Reason = "",
    dry_run: DryRun = False,
    language: Language = "",
    json: Json = False,
) -> None:
    """Ask for voluntary time off: unpaid, where the roster can do without.

    Example: paiban request vto hotline --agent a001 --from 2026-03-10T15:30 --to 2026-03-10T17:30
    """
    _ask(site, "vto", agent, begin, end, "", taken, "", at, reason, dry_run, language, json)


def _ask(
    site: SiteFolder, kind: Literal["overtime", "vto"], agent: str, begin: str, end: str, queue: str, taken: int,
    asked_by: str, at: At, reason: str, dry_run: bool, language: str, json: bool,
) -> None:  # fmt: skip
    from centre.requests import OvertimeRequest

    with actions.open_place(site, at) as place:
        if begin and end:
            start, stop = span_of(place, begin, end)
        elif taken:
            found = [row for row in actions.offers(place, every=True).rows if row.number == taken]
            if not found:
                raise typer.BadParameter(
                    Said("there is no offer {taken}: list them with `paiban offer list`", taken=taken)
                )
            start, stop = found[0].start, found[0].end
        else:
            raise typer.BadParameter(Said("--from and --to, or --offer"))
        asked = OvertimeRequest(
            agent=agent, start=start, end=stop, kind=kind, queue=queue, offer=taken, at=int(place.now.timestamp()),
            asked_by=asked_by, reason=reason,
        )  # fmt: skip
        told = actions.ask_overtime(place, asked, file=not dry_run, made=clock.now())
        spoken = place.language(language)
    tell(told, spoken, json)


@offer.command("make")
def make(
    site: SiteFolder,
    begin: Annotated[str, typer.Option("--from", metavar="WHEN", help="Local time.")],
    end: Annotated[str, typer.Option("--to", metavar="WHEN", help="Local time.")],
    capacity: Annotated[int, typer.Option("--capacity", min=1, help="For how many people.")],
    by: By,
    kind: Annotated[str, typer.Option("--kind", help="overtime or vto.")] = "overtime",
    deadline: Annotated[
        str, typer.Option("--deadline", metavar="WHEN", help="Until when it is taken. Default: its begin.")
    ] = "",
    queue: Annotated[str, typer.Option("--queue", help="What is worked on.")] = "",
    share: Annotated[
        str, typer.Option("--share", help="first (come) or fair (least overtime first). Default: the policy's.")
    ] = "",
    at: At = None,
    language: Language = "",
    json: Json = False,
) -> None:
    """Offer overtime or voluntary time off to so many people, until a deadline.

    Example: paiban offer make hotline --from 2026-03-10T18:00 --to 2026-03-10T20:00 --capacity 3 --by planner
    """
    kinds: dict[str, Literal["overtime", "vto"]] = {"overtime": "overtime", "vto": "vto"}
    shares: dict[str, Literal["first", "fair"]] = {"first": "first", "fair": "fair"}
    if kind not in kinds or (share and share not in shares):
        raise typer.BadParameter(Said("--kind is overtime or vto, --share is first or fair"))
    with actions.open_place(site, at) as place:
        start, stop = span_of(place, begin, end)
        last = moment_in(place, deadline, last=False) if deadline else None
        made = actions.make_offer(
            place, kinds[kind], start, stop, capacity=capacity, deadline=last, queue=queue,
            share=shares.get(share), by=by, made=clock.now(),
        )  # fmt: skip
        spoken = place.language(language)
    _say(made, spoken, json)


@offer.command("list")
def list_offers(
    site: SiteFolder,
    every: Annotated[bool, typer.Option("--all", help="Those that are over as well.")] = False,
    at: At = None,
    language: Language = "",
    json: Json = False,
) -> None:
    """Offers that can be taken now, and for each who could take it, those with the least overtime first.

    Example: paiban offer list hotline --json
    """
    with actions.open_place(site, at) as place:
        found = actions.offers(place, every=every)
        spoken = place.language(language)
    _say(found, spoken, json)


@offer.command("close")
def close(
    site: SiteFolder,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The offer's number.", show_default=False)],
    by: By,
    at: At = None,
    language: Language = "",
    json: Json = False,
) -> None:
    """Take an offer back; what was asked for on it stands.

    Example: paiban offer close hotline 4 --by planner
    """
    with actions.open_place(site, at) as place:
        closed = actions.close_offer(place, number, by, clock.now())
        spoken = place.language(language)
    _say(closed, spoken, json)


def _say(found: "actions.Offers", language: str, json: bool) -> None:
    if json:
        say_json(found.summary())
        return
    for line in found.words(language):
        say(line)
