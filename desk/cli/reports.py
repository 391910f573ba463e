"""Reports, targets and quality inspection on the command line."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from centre.said import Said
from desk import actions, clock
from desk.cli.options import At, Json, Language, SiteFolder, Source, day_of
from desk.cli.statement import Month, month_of
from desk.terminal import note, say, say_json

if TYPE_CHECKING:
    from desk.reports.content import Kind

report = typer.Typer(
    name="report",
    help="Daily, weekly, monthly, half-yearly, yearly reports in HTML and XLSX.",
    no_args_is_help=True,
)

AnyDay = Annotated[
    date | None, typer.Option("--date", parser=day_of, metavar="DATE", help="A day of it. Default: see below.")
]


@report.command("daily")
def daily(
    site: SiteFolder, day: AnyDay = None, source: Source = "", at: At = None, language: Language = "",
    json: Json = False,
) -> None:  # fmt: skip
    """The daily log (due at 18:00): key figures of site, teams and agents, rounds, handovers; today by default.

    Example: paiban report daily hotline --date 2026-03-09 --source day.jsonl
    """
    _make(site, "daily", day, 0, source, at, language, json)


@report.command("weekly")
def weekly(
    site: SiteFolder, day: AnyDay = None, source: Source = "", at: At = None, language: Language = "",
    json: Json = False,
) -> None:  # fmt: skip
    """The weekly report (due on Friday at 09:00): the week before by default.

    Example: paiban report weekly hotline --date 2026-03-09
    """
    _make(site, "weekly", day, 7, source, at, language, json)


@report.command("monthly")
def monthly(
    site: SiteFolder,
    month: Annotated[
        date | None, typer.Option("--month", parser=month_of, metavar="YYYY-MM", help="Default: the month before.")
    ] = None,
    source: Source = "",
    at: At = None,
    language: Language = "",
    json: Json = False,
) -> None:
    """The monthly service report (due by the 22nd): the month before by default.

    Example: paiban report monthly hotline --month 2026-02
    """
    _make(site, "monthly", month, -1, source, at, language, json)


@report.command("half-year")
def half_year(
    site: SiteFolder, day: AnyDay = None, source: Source = "", at: At = None, language: Language = "",
    json: Json = False,
) -> None:  # fmt: skip
    """The half-year's summary: the half-year before by default.

    Example: paiban report half-year hotline --date 2026-01-01
    """
    _make(site, "half-year", day, 181, source, at, language, json)


@report.command("year")
def year(
    site: SiteFolder, day: AnyDay = None, source: Source = "", at: At = None, language: Language = "",
    json: Json = False,
) -> None:  # fmt: skip
    """The year's summary: the year before by default.

    Example: paiban report year hotline --date 2025-01-01
    """
    _make(site, "year", day, 365, source, at, language, json)


@report.command("due")
def due(site: SiteFolder, source: Source = "", at: At = None, json: Json = False) -> None:
    """Make every report that is due by now and not made yet; `paiban nightly` does so too.

    Example: paiban report due hotline --json
    """
    with actions.open_place(site, at) as place:
        made, passed = actions.make_due_reports(place, source=source, made=clock.now())
    for line in passed:
        note(line)
    if json:
        say_json({"made": [row.report.name for row in made], "passed_over": passed})
    else:
        for row in made:
            say(row.report.name)


def targets(
    site: SiteFolder,
    month: Month,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="service_level=0.85, output:billing=20000; repeatable."),
    ] = None,
    by: Annotated[str, typer.Option("--by", metavar="ID", help="Who sets them.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
    at: At = None,
    language: Language = "",
    json: Json = False,
) -> None:
    """Targets of a month, set for the site and split down to each agent by the time rostered and the skill (KPI-2).

    Example: paiban targets hotline --month 2026-03 --set service_level=0.85 --by head
    """
    with actions.open_place(site, at) as place:
        if values:
            if not by:
                raise typer.BadParameter(Said("--by: who sets them"))
            told = actions.set_targets(place, month, _pairs(values), by=by, reason=reason, made=clock.now())
        else:
            told = actions.targets_of(place, month)
        spoken = place.language(language)
    if json:
        say_json(told.summary())
        return
    for line in told.words(spoken):
        say(line)


def inspection(
    site: SiteFolder,
    agent: Annotated[str, typer.Option("--agent", metavar="ID", help="Who was listened to.")],
    by: Annotated[str, typer.Option("--by", metavar="ID", help="The quality inspector.")],
    score: Annotated[float | None, typer.Option("--score", help="What it was rated.")] = None,
    text: Annotated[str, typer.Option("--note", help="What coaching is to follow.")] = "",
    at: At = None,
    json: Json = False,
) -> None:
    """Write down that quality inspection listened to somebody: 1 to 5 times a month each (KPI-4).

    Example: paiban inspection hotline --agent a001 --by qi1 --score 92 --note "greeting"
    """
    with actions.open_place(site, at) as place:
        told = actions.inspect(place, agent, by=by, score=score, note=text, made=clock.now())
    if json:
        say_json(told)
    else:
        least, most = told["wanted"]
        say(Said("{agent}: listened to {count} times this month, wanted {least} to {most}", agent=agent,
                 count=told["this_month"], least=least, most=most))  # fmt: skip


def _pairs(values: list[str]) -> dict[str, float]:
    found = {}
    for text in values:
        name, _, value = text.partition("=")
        try:
            found[name] = float(value)
        except ValueError:
            raise typer.BadParameter(
                Said("--set {text}: write NAME=VALUE, such as service_level=0.85", text=text)
            ) from None
    return found


def _make(
    site: SiteFolder, kind: "Kind", day: date | None, back: int, source: str, at: At, language: str, json: bool
) -> None:
    with actions.open_place(site, at) as place:
        before = place.today.replace(day=1) - timedelta(days=1)
        chosen = day or (before if back < 0 else place.today - timedelta(days=back))
        made = actions.make_report(place, kind, chosen, source, made=clock.now())
        spoken = place.language(language)
    if json:
        say_json(made.summary())
        return
    for line in made.words(spoken):
        say(line)


def training(
    site: SiteFolder,
    agent: Annotated[str, typer.Option("--agent", metavar="ID", help="Who needs training.")] = "",
    topic: Annotated[str, typer.Option("--topic", help="In what.")] = "",
    by: Annotated[str, typer.Option("--by", metavar="ID", help="Who names it.")] = "",
    month: Annotated[
        date | None, typer.Option("--month", parser=month_of, metavar="YYYY-MM", help="Default: this month.")
    ] = None,
    at: At = None,
    language: Language = "",
    json: Json = False,
) -> None:
    """Collect training needs month by month, and see what training is rostered for whom (PLN-2).

    Example: paiban training hotline --agent a001 --topic "new tariff" --by l01
    """
    with actions.open_place(site, at) as place:
        if agent:
            told = actions.name_need(place, agent, topic, by=by, made=clock.now())
        else:
            told = actions.training_needs(place, month or place.today.replace(day=1))
        spoken = place.language(language)
    if json:
        say_json(told.summary())
        return
    for line in told.words(spoken):
        say(line)
