"""The analyst's verbs: how good the forecasts and the plans were, what the day will bring, whom to hire."""

from typing import Annotated, Literal

import typer

from desk import actions
from desk.cli.options import Json, Seed, SiteFolder
from desk.terminal import say, say_json

Rule = Annotated[
    Literal["mean", "expected", "chance"],
    typer.Option(
        "--rule",
        help="Staff on the mean forecast, for the service level expected over its distribution, or for a chance that "
        "it is reached.",
    ),
]
Chance = Annotated[float, typer.Option("--chance", min=0.5, max=0.99, help="Of --rule chance: 0.9 is nine of ten.")]
Over = Annotated[
    Literal["interval", "day"],
    typer.Option("--over", help="Reach the target in every interval, or over each day by the cheapest staffing."),
]


def backtest(
    site: SiteFolder,
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=104, help="The history's last weeks to test.")] = 8,
    rule: Rule = "mean",
    chance: Chance = 0.9,
    over: Over = "interval",
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """How good the forecasts were, and what the plans made from them would have been worth on what really came.

    Accuracy a day, a week and four weeks ahead; then each week's plan, simulated on the week as it was, beside the
    plan of somebody who had known it and serves as well: the regret, in hours and money.

    Example: paiban backtest hotline --weeks 8
    """
    with actions.open_place(site) as place:
        found = actions.backtest(place, weeks, rule=rule, chance=chance, target_over=over, seed=seed)
    if json:
        say_json(found.summary())
        return
    for line in found.words():
        say(line)
