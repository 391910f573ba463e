"""The department head's month: attendance with its deductions."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

import typer

from centre.said import Said
from desk import actions, clock
from desk.cli.options import At, Json, Language, SiteFolder, Source, moment_of
from desk.terminal import say, say_json


def month_of(text: str) -> date:
    """A month as a user writes it."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise typer.BadParameter(Said("{text!r} is no month; write YYYY-MM", text=text)) from None


Month = Annotated[date, typer.Option("--month", parser=month_of, metavar="YYYY-MM", help="The local month.")]


def statement(
    site: SiteFolder,
    month: Month,
    source: Source = "",
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", parser=moment_of, metavar="MOMENT", help="As of then: what had been written down."),
    ] = None,
    sign: Annotated[bool, typer.Option("--sign", help="Close the month: it is locked (the department head).")] = False,
    supplement: Annotated[
        bool, typer.Option("--supplement", help="Sign what changed in a closed month since.")
    ] = False,
    by: Annotated[str, typer.Option("--by", metavar="ID", help="Who signs.")] = "",
    at: At = None,
    language: Language = "",
    json: Json = False,
) -> None:
    """Attendance of a month, agent by agent: lateness, early leaving, absence, breaches, with rule, reason, deduction.

    Example: paiban statement hotline --month 2026-03 --source day.jsonl
    """
    if sign and supplement:
        raise typer.BadParameter(Said("one of --sign and --supplement"))
    if (sign or supplement) and not by:
        raise typer.BadParameter(Said("--by: who signs"))
    made: actions.Statement | actions.SignedStatement
    with actions.open_place(site, at) as place:
        if sign:
            made = actions.sign_statement(place, month, by=by, source=source, made=clock.now())
        elif supplement:
            made = actions.supplement(place, month, by=by, source=source, made=clock.now())
        else:
            made = actions.read_statement(place, month, source, as_of)
        spoken = place.language(language)
    if json:
        say_json(made.summary())
        return
    for line in made.words(spoken):
        say(line)


def correct(
    site: SiteFolder,
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="Its name in the statement.", show_default=False)],
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    by: Annotated[str, typer.Option("--by", metavar="ID", help="Who corrects.")],
    approver: Annotated[str, typer.Option("--approver", metavar="ID", help="Who approved it.")],
    excuse: Annotated[bool, typer.Option("--excuse", help="The entry does not count.")] = False,
    count: Annotated[bool, typer.Option("--count", help="It counts after all.")] = False,
    fault: Annotated[str, typer.Option("--fault", help="An unclear swap, by fault: own, shared, other.")] = "",
    other: Annotated[str, typer.Option("--other", metavar="ID", help="The other person of that swap.")] = "",
    at: At = None,
    json: Json = False,
) -> None:
    """Set an entry of the statement right; the original stays beside the correction (ATT-6).

    Example: paiban correct hotline a001/late/1773016200 --excuse --reason "bus strike" --by l01 --approver head
    """
    if excuse and count:
        raise typer.BadParameter(Said("one of --excuse and --count"))
    with actions.open_place(site, at) as place:
        made = actions.correct(
            place, entry, counts=False if excuse else True if count else None, fault=fault, other=other,
            reason=reason, by=by, approver=approver, made=clock.now(),
        )  # fmt: skip
    if json:
        say_json(made)
    else:
        number, before, after = made["correction"], _standing(made["before"]), _standing(made["after"])
        say(Said("Correction {number} of {entry}: {before}, now {after}",
                 number=number, entry=made["entry"], before=before, after=after))  # fmt: skip


def _standing(row: Mapping[str, Any]) -> Said:
    """Whether an entry counts, or by whose fault a swap was unclear."""
    if "fault" in row:
        fault = Said.term("fault", row["fault"])
        return Said("an unclear swap with {other}, fault: {fault}", other=row["other"], fault=fault)
    return Said("counts") if row["counts"] else Said("does not count")
