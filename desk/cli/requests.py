"""What people ask of one another: leave, swaps, and the decisions upon them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from centre.grid import instant
from centre.said import Said
from desk import actions, clock, exit_codes
from desk.cli.options import At, Json, Language, SiteFolder, day_of
from desk.terminal import say, say_json
from store.site_folder.moments import is_day, read_day, read_moment

if TYPE_CHECKING:
    from desk.wiring import Place

request = typer.Typer(
    name="request", help="Ask for leave, a swap, overtime, time off; list and withdraw requests.", no_args_is_help=True
)

Agent = Annotated[str, typer.Option("--agent", metavar="ID", help="Who it is about, as in agents.csv.")]
By = Annotated[str, typer.Option("--by", metavar="ID", help="Who decides.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept with the decision.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only the verdict: nothing is filed.")]
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The request's number.", show_default=False)]


@request.command("leave")
def leave(
    site: SiteFolder,
    agent: Agent,
    begin: Annotated[str, typer.Option("--from", metavar="WHEN", help="A day, or a local time.")],
    end: Annotated[str, typer.Option("--to", metavar="WHEN", help="The last day, or a local time.")],
    kind: Annotated[str, typer.Option(help="personal, special_personal, sick, emergency, annual, business, study.")],
    asked_by: Annotated[
        str, typer.Option("--asked-by", metavar="ID", help="Who asks, where it is not the person.")
    ] = "",
    at: At = None,
    reason: Reason = "",
    dry_run: DryRun = False,
    wait: Annotated[bool, typer.Option("--wait", help="Where a day has no room, go on its waiting list.")] = False,
    language: Language = "",
    json: Json = False,
) -> None:
    """Ask for leave: the verdict by rule, the effect on coverage, who could take the work; then it waits for the line.

    Exit code 1 when a rule forbids it (nothing is filed then).

    Example: paiban request leave hotline --agent a001 --from 2026-03-10 --to 2026-03-10 --kind personal
    """
    from centre.requests import LeaveRequest

    with actions.open_place(site, at) as place:
        start, stop = span_of(place, begin, end)
        asked = LeaveRequest(
            agent=agent,
            start=start,
            end=stop,
            kind=kind,
            at=int(place.now.timestamp()),
            asked_by=asked_by,
            reason=reason,
        )
        told = actions.ask_leave(place, asked, file=not dry_run, wait=wait, made=clock.now())
        spoken = place.language(language)
    tell(told, spoken, json)


@request.command("swap")
def swap(
    site: SiteFolder,
    agent: Agent,
    day: Annotated[
        date | None,
        typer.Option("--date", parser=day_of, metavar="DATE", help="The day of the shift to give. Default: the next."),
    ] = None,
    partner: Annotated[
        list[str] | None, typer.Option("--with", metavar="ID", help="Who takes it; more than once for a ring.")
    ] = None,
    pay_back: Annotated[
        list[str] | None, typer.Option("--for", metavar="DATE", help="The day of the partner's shift given in return.")
    ] = None,
    part: Annotated[
        list[str] | None,
        typer.Option("--part", metavar="HH:MM-HH:MM", help="Only this part of the shift; again for the pay-back's."),
    ] = None,
    at: At = None,
    reason: Reason = "",
    dry_run: DryRun = False,
    language: Language = "",
    json: Json = False,
) -> None:
    """Ask for a swap of shifts; without --with, list who could swap, best first.

    With --with and --for the shift is swapped against a pay-back; with --with alone it is given away.

    Example: paiban request swap hotline --agent a001 --date 2026-03-10 --with a002 --for 2026-03-12
    """
    from centre.requests import SwapRequest

    others, days = partner or [], [day_of(text) for text in pay_back or []]
    with actions.open_place(site, at) as place:
        now = int(place.now.timestamp())
        day = day or actions.next_shift(place, agent)
        if not others:
            offers = actions.partners(place, agent, day, now)
            rows = [[hand.model_dump() for hand in offer.hands] for offer in offers]
            if json:
                say_json(
                    {"partners": [{"with": list(o.partners), "hands": r} for o, r in zip(offers, rows, strict=True)]}
                )
            for offer in () if json else offers:
                say("  ".join(f"{h.giver} {actions.when(place, h.start)} -> {h.taker}" for h in offer.hands))
            return
        most = place.policy.swap.largest_ring - 1
        if len(days) not in (len(others), len(others) - 1) or len(others) > most:
            raise typer.BadParameter(
                Said("one --for for each --with (none for a shift given away), at most {most} of each", most=most)
            )
        if len(others) > 1 and len(days) < len(others):
            raise typer.BadParameter(Said("in a ring everybody gives a shift: one --for for each --with"))
        hands = actions.hands_of(place, [agent, *others], [day, *days], part or ())
        asked = SwapRequest(agent=agent, hands=hands, at=now, reason=reason)
        told = actions.ask_swap(place, asked, file=not dry_run, made=clock.now())
        spoken = place.language(language)
    tell(told, spoken, json)


@request.command("list")
def list_requests(site: SiteFolder, at: At = None, language: Language = "", json: Json = False) -> None:
    """Every request with its state and what was done with it; the approved swaps are the swap register.

    Example: paiban request list hotline --json
    """
    with actions.open_place(site, at) as place:
        rows = actions.all_requests(place, int(place.now.timestamp()))
        names = {name: f"{agent.name} {name}" for name, agent in place.site.agents.items()}
        spoken, zone = place.language(language), place.site.settings.zone
    if json:
        say_json({"requests": [actions.request_row(row) for row in rows]})
        return
    for row in rows:
        for line in actions.Listed(row, names, zone).words(spoken):
            say(line)


@request.command("withdraw")
def withdraw(
    site: SiteFolder, number: Number, by: By, at: At = None, language: Language = "", json: Json = False
) -> None:
    """Take back a request that is not decided yet; only the one who asked may.

    Example: paiban request withdraw hotline 3 --by a001
    """
    _decide(site, number, "withdraw", by, "", at, language, json)


def approve(
    site: SiteFolder,
    number: Number,
    by: By,
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse it instead.")] = False,
    emergency: Annotated[
        bool, typer.Option("--emergency", help="Skip the levels below; they are told afterwards (emergencies only).")
    ] = False,
    told: Annotated[bool, typer.Option("--told", help="Confirm that one was told of a skipped level.")] = False,
    at: At = None,
    reason: Reason = "",
    language: Language = "",
    json: Json = False,
) -> None:
    """Agree to a request (or refuse it) as one level of its line; the last agreement puts it into the roster.

    Example: paiban approve hotline 3 --by l01
    """
    if refuse + emergency + told > 1:
        raise typer.BadParameter(Said("one of --refuse, --emergency and --told"))
    what = "refuse" if refuse else "skip" if emergency else "tell" if told else "agree"
    _decide(site, number, what, by, reason, at, language, json)


def _decide(
    site: SiteFolder, number: int, what: str, by: str, reason: str, at: datetime | None, language: str, json: bool
) -> None:
    from centre.approvals import ACTS, Deed

    chosen = next(act for act in ACTS if act == what)
    with actions.open_place(site, at) as place:
        deed = Deed(int(place.now.timestamp()), chosen, by, reason)
        done = actions.decide(place, number, deed, clock.now())
        spoken = place.language(language)
    if json:
        say_json(done.summary())
        return
    for line in done.words(spoken):
        say(line)


def tell(told: "actions.Asked", language: str, json: bool) -> None:
    """Say a verdict; leave with 1 where it is forbidden."""
    if json:
        say_json(told.summary())
    else:
        for line in told.words(language):
            say(line)
    if not told.verdict.possible:
        raise typer.Exit(exit_codes.VIOLATIONS)


def span_of(place: "Place", begin: str, end: str) -> tuple[int, int]:
    """What a user means by --from and --to, [start, end) UTC seconds."""
    start, stop = moment_in(place, begin, last=False), moment_in(place, end, last=True)
    if start >= stop:
        raise typer.BadParameter(Said("--to {end} lies before --from {begin}", end=end, begin=begin))
    return start, stop


def moment_in(place: "Place", text: str, last: bool) -> int:
    """The UTC second a user means; the last day is meant to its end."""
    zone = place.site.settings.zone
    try:
        return instant(read_day(text), 1440 if last else 0, zone) if is_day(text) else read_moment(text, zone)
    except ValueError as wrong:
        raise typer.BadParameter(Said("{text!r}: {wrong}", text=text, wrong=wrong)) from None
