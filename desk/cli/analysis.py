"""The analyst's verbs: how good the forecasts and the plans were, what the day will bring, whom to hire."""

from typing import Annotated

import typer

from desk import actions
from desk.cli.options import Chance, Json, Over, Rule, Seed, SiteFolder, staffing_rule
from desk.terminal import say, say_json


def backtest(
    site: SiteFolder,
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=104, help="The history's last weeks to test.")] = 8,
    rule: Rule = None,
    chance: Chance = None,
    over: Over = None,
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """How good the forecasts were, and what the plans made from them would have been worth on what really came.

    Accuracy a day, a week and four weeks ahead; then each week's plan, simulated on the week as it was, beside the
    plan of somebody who had known it and serves as well: the regret, in hours and money.

    Example: paiban backtest hotline --weeks 8
    """
    with actions.open_place(site) as place:
        found = actions.backtest(place, weeks, rule=staffing_rule(place, rule, chance, over), seed=seed)
    if json:
        say_json(found.summary())
        return
    for line in found.words():
        say(line)
