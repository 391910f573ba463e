"""The analyst's verbs: how good the forecasts and the plans were, what the day will bring, whom to hire."""

from datetime import date
from typing import Annotated

import typer

from desk import actions, clock
from desk.cli.options import At, Chance, Json, Load, Over, Rule, Seed, SiteFolder, month_of, staffing_rule
from desk.terminal import say, say_json


def backtest(
    site: SiteFolder,
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=104, help="The history's last weeks to test.")] = 8,
    rule: Rule = None,
    chance: Chance = None,
    over: Over = None,
    load: Load = None,
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """How good the forecasts were, and what the plans made from them would have been worth on what really came.

    Accuracy a day, a week and four weeks ahead; then each week's plan, simulated on the week as it was, beside the
    plan of somebody who had known it and serves as well: the regret, in hours and money.

    Example: paiban backtest hotline --weeks 8
    """
    with actions.open_place(site) as place:
        found = actions.backtest(place, weeks, rule=staffing_rule(place, rule, chance, over, load), seed=seed)
    if json:
        say_json(found.summary())
        return
    for line in found.words():
        say(line)


def calibrate(site: SiteFolder, json: Json = False) -> None:
    """The staffing's own figures as the history and the floor tell them, beside those in use.

    Patience, unplanned shrinkage, handle time and what an agent is worth against the formulas, each with its 95 %
    confidence; for those that cannot be told, what would have to be known.

    Example: paiban calibrate hotline
    """
    with actions.open_place(site) as place:
        found = actions.calibrate(place)
    if json:
        say_json(found.summary())
        return
    for line in found.words():
        say(line)


def headcount(
    site: SiteFolder,
    from_month: Annotated[
        date | None,
        typer.Option("--from", parser=month_of, metavar="YYYY-MM", help="First month. Default: the next one."),
    ] = None,
    months: Annotated[
        int | None, typer.Option("--months", min=1, max=60, help="How many. Default: headcount.toml's, else 12.")
    ] = None,
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """Whom to hire, when: hires by month, their cost, and the risk of missing hours with and without them.

    Scenarios of volume, turnover, classes with ramp-up, overtime and part-time contracts come from headcount.toml;
    every figure of it has a default.

    Example: paiban headcount hotline --months 12
    """
    with actions.open_place(site) as place:
        made = actions.headcount(place, from_month=from_month, months=months, seed=seed)
    if json:
        say_json(made.summary())
        return
    for line in made.words():
        say(line)


def reforecast(
    site: SiteFolder,
    at: At = None,
    source: Annotated[
        str,
        typer.Option(
            "--source",
            metavar="FILE|journal|history",
            help="Where today's contacts come from: events of a file, a .csv or .parquet of history rows, what `paiban "
            "watch` took in (journal), or the day's rows in history/. Default: the journal, else history/.",
        ),
    ] = "",
    json: Json = False,
) -> None:
    """Forecast the rest of a day from what has come so far, and whom it needs now; write out/reforecast.csv.

    How far the rest moves is learned from how informative past mornings were, hour by hour; bands narrow accordingly.

    Example: paiban reforecast hotline --at 2026-03-04T12:00+08:00 --source day.jsonl
    """
    with actions.open_place(site) as place:
        made = actions.reforecast(place, at or clock.now(), source)
    if json:
        say_json(made.summary())
        return
    for line in made.words():
        say(line)
