"""The planner's verbs: a site folder in, a checked roster out."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from centre.said import Said
from desk import actions, clock, exit_codes
from desk.cli.many import several
from desk.cli.options import (
    Chance,
    FromDay,
    Json,
    Language,
    Load,
    Over,
    Rounds,
    Rule,
    Seconds,
    Seed,
    SiteFolder,
    Verify,
    Weeks,
    Workers,
    day_of,
    staffing_rule,
)
from desk.terminal import err, live_line, note, say, say_json, told

if TYPE_CHECKING:
    from scheduler.progress import Progress


def init(
    site: SiteFolder,
    seed: Seed = 7,
    today: Annotated[
        date | None,
        typer.Option(parser=day_of, metavar="DATE", help="The history ends the day before. Default: today."),
    ] = None,
    language: Language = "en",
    json: Json = False,
) -> None:
    """Make a new site folder: a working example centre to change into yours.

    About 60 agents in 5 teams with their leaders, 3 voice queues, a year of history.

    Example: paiban init hotline
    """
    made = actions.make_example(site, seed=seed, today=today or clock.today("Asia/Shanghai"), language=language)
    if json:
        say_json({"site": str(site), "files": [str(path.relative_to(site)) for path in made]})
        return
    say(Said("{site}: {files} files. Next: paiban validate {site}; paiban nightly {site}", site=site, files=len(made)))


def validate(site: SiteFolder, json: Json = False) -> None:
    """Report every error of every file at once; change nothing. Exit code 2 if there is one.

    Example: paiban validate hotline
    """
    problems = actions.validate(site)
    if json:
        say_json({"valid": not problems, "problems": [actions.problem_row(problem) for problem in problems]})
    elif not problems:
        say(Said("{site}: valid", site=site))
    else:
        for problem in problems:
            err.print(told(str(problem)), markup=False)
    if problems:
        raise typer.Exit(exit_codes.WRONG_INPUT)


def forecast(site: SiteFolder, from_day: FromDay = None, weeks: Weeks = 4, json: Json = False) -> None:
    """Forecast contacts and handle times; write out/forecast.csv and keep the run.

    Example: paiban forecast hotline --from 2026-03-02 --weeks 4
    """
    with actions.open_place(site) as place:
        made = actions.forecast(place, actions.horizon(place, from_day, weeks))
    if json:
        say_json(made.summary())
        return
    for line in made.words():
        say(line)


def staff(
    site: SiteFolder,
    from_day: FromDay = None,
    weeks: Weeks = 4,
    rule: Rule = None,
    chance: Chance = None,
    over: Over = None,
    load: Load = None,
    json: Json = False,
) -> None:
    """Required staff from the forecast; write out/requirement.csv and the service curves, and keep the version.

    Says which patience, shrinkage and handle time it used, and where each comes from.

    Example: paiban staff hotline --from 2026-03-02 --weeks 4 --rule expected --load carried
    """
    with actions.open_place(site) as place:
        days = actions.horizon(place, from_day, weeks)
        made = actions.staff(place, days, rule=staffing_rule(place, rule, chance, over, load))
    if json:
        say_json(made.summary())
        return
    for line in made.words():
        say(line)


def roster(
    sites: Annotated[list[Path], typer.Argument(metavar="SITE...", help="The site folders.", show_default=False)],
    from_day: FromDay = None,
    weeks: Weeks = 4,
    seconds: Seconds = 300,
    rounds: Rounds = None,
    seed: Seed = 0,
    workers: Workers = 2,
    publish: Annotated[bool, typer.Option(help="Publish it as the next version, or keep it as a draft.")] = True,
    dask: Annotated[
        str, typer.Option("--dask", metavar="ADDRESS", help="Several sites on this Dask cluster: tcp://host:8786.")
    ] = "",
    verify: Verify = True,
    language: Language = "",
    json: Json = False,
) -> None:
    """Make, check and publish the roster; write all of out/. Ctrl-C keeps the best found so far.

    With --rounds the result depends on the seed alone, not on the clock. Several sites are made side by side.

    Example: paiban roster hotline --from 2026-03-02 --weeks 4 --seconds 300
    """
    if len(sites) > 1 or dask:
        several(sites, from_day, weeks, seconds, rounds, seed, publish, dask, verify, language, json)
        return
    with actions.open_place(sites[0]) as place, actions.interruptible() as stopped:
        made = actions.make_roster(
            place,
            actions.horizon(place, from_day, weeks),
            seconds=seconds,
            seed=seed,
            workers=workers,
            publish=publish,
            verified=verify,
            language=language,
            on_progress=None if json else show_progress(),
            stop=stopped,
            rounds=rounds,
        )
    if json:
        say_json(made.summary())
    else:
        for line in made.words():
            say(line)
    if made.hard_violations:
        raise typer.Exit(exit_codes.VIOLATIONS)


def check(
    site: SiteFolder,
    file: Annotated[Path | None, typer.Argument(metavar="[ROSTER.CSV]", help="Default: the published roster.")] = None,
    from_day: FromDay = None,
    weeks: Annotated[int | None, typer.Option(min=1, help="How many weeks. Default: what the roster covers.")] = None,
    json: Json = False,
) -> None:
    """List what a roster breaks, by rule, agent and day. Exit code 1 if a hard rule is broken.

    Example: paiban check hotline hotline/out/roster.csv
    """
    with actions.open_place(site) as place:
        found = actions.check(place, file, from_day, weeks)
    if json:
        say_json(found.summary())
    else:
        for line in found.words():
            say(line)
    if found.hard:
        raise typer.Exit(exit_codes.VIOLATIONS)


def nightly(
    site: SiteFolder,
    from_day: FromDay = None,
    weeks: Weeks = 4,
    seconds: Seconds = 300,
    seed: Seed = 0,
    workers: Workers = 2,
    verify: Verify = True,
    again: Annotated[bool, typer.Option("--again", help="Also when nothing that goes in has changed.")] = False,
    language: Language = "",
    json: Json = False,
) -> None:
    """Validate, forecast, staff, roster, check, publish: in one go, safe to run from cron.

    A second run waits for nobody: it leaves with exit code 5. When nothing has changed nothing is done. When a step
    fails yesterday's roster stands.

    Example: paiban nightly hotline
    """
    with actions.interruptible() as stopped:
        night = actions.nightly(
            site,
            from_day=from_day,
            weeks=weeks,
            seconds=seconds,
            seed=seed,
            workers=workers,
            again=again,
            verified=verify,
            language=language,
            now=clock.now(),
            log=note,
            on_progress=None if json else show_progress(),
            stop=stopped,
        )
    if json:
        say_json(night.summary())
    else:
        for line in night.words():
            say(line)
    if night.hard_violations:
        raise typer.Exit(exit_codes.VIOLATIONS)


def show_progress() -> "Callable[[Progress], None]":
    """Best objective, bound, gap and elapsed time on one living line."""
    write = live_line()

    def show(progress: "Progress") -> None:
        write(told(str(progress)))

    return show
