"""The shift leader's verbs: rehearse a day, watch a day."""

from contextlib import ExitStack
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from centre.errors import InputError, Problem
from centre.library_words import said_by
from centre.said import Said
from desk import actions, clock
from desk.cli.logs import LogStyle, logged
from desk.cli.options import AsKnownAt, Day, Json, Language, NearestDay, Recorded, Seed, SiteFolder, aware_at, moment_of
from desk.terminal import err, note, say, say_json
from streams.endpoint import Engine, endpoint


class Group(StrEnum):
    """Whose adherence one row is."""

    agent = "agent"
    team = "team"
    site = "site"
    shift = "shift"
    interval = "interval"


RosterFile = Annotated[
    Path | None, typer.Option("--roster", metavar="FILE", help="A roster.csv instead of the published roster.")
]


def rehearse(
    site: SiteFolder,
    day: NearestDay = None,
    to: Annotated[str, typer.Option("--to", metavar="FILE|embedded|kafka", help="Where the events go.")] = "",
    seed: Seed = 1,
    roster: RosterFile = None,
    disruption: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|NAME",
            help="What goes wrong: a TOML file, or absent, surge, absent-and-surge, outage, \
long-calls, quiet.",
        ),
    ] = None,
    proposals: Annotated[
        str | None,
        typer.Option(
            "--with-proposals", metavar="accept|ignore|half", help="Close the loop: what is done with proposals."
        ),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, max=1000, help="How many days, from --seed on.")] = 20,
    workers: Annotated[int, typer.Option(min=1, max=256, help="How many of these days are lived at a time.")] = 1,
    overtime: Annotated[
        bool, typer.Option("--overtime/--no-overtime", help="Whether overtime may be proposed.")
    ] = True,
    calls: Annotated[
        str, typer.Option(metavar="model|history", help="Contacts drawn, or as recorded that day.")
    ] = "model",
    pace: Annotated[
        float,
        typer.Option(min=0, help="0: all at once; 1: each event when its time comes; 60: an hour in a minute."),
    ] = 0.0,
    language: Language = "",
    json: Json = False,
) -> None:
    """Let a day of the roster happen: a plausible day of events, as a telephone system would send them.

    People come late, stretch breaks, are absent; calls arrive as forecast, with noise. The same seed is the same day.
    With --with-proposals the loop is closed: the same disturbed days are lived with every proposal ignored, accepted,
    and chosen by one who knows the future, and the share of the lost service that comes back is told.

    Example: paiban rehearse hotline --date 2026-03-04 --seed 1 --to day.jsonl

    Example: paiban rehearse hotline --date 2026-03-04 --disruption absent --with-proposals accept --seeds 20 --json
    """
    if proposals is not None:
        _rehearse_closed(
            site, day, disruption, proposals, seeds, seed, workers, roster, overtime, calls, language, json
        )
        return
    if calls not in ("model", "history"):
        raise typer.BadParameter(Said("--calls {calls}: model or history", calls=calls))
    if not to:
        raise typer.BadParameter(Said("--to says where the events go; or close the loop with --with-proposals"))
    with actions.open_place(site) as place, actions.interruptible() as stopped:
        wrong = actions.named_disruption(place, disruption)
        lived = actions.rehearse(
            place,
            day or actions.day_meant(place),
            seed=seed,
            to=to,
            roster_file=roster,
            disruption=wrong,
            pace=pace,
            stop=stopped,
            recorded=calls == "history",
        )
    if json:
        say_json(lived.summary())
        return
    for line in lived.words():
        say(line)


def _rehearse_closed(
    site: Path,
    day: date | None,
    disruption: str | None,
    proposals: str,
    seeds: int,
    seed: int,
    workers: int,
    roster: Path | None,
    overtime: bool,
    calls: str,
    language: str,
    json: bool,
) -> None:
    if proposals not in ("accept", "ignore", "half"):
        raise typer.BadParameter(Said("--with-proposals {proposals}: accept, ignore or half", proposals=proposals))
    if calls not in ("model", "history"):
        raise typer.BadParameter(Said("--calls {calls}: model or history", calls=calls))
    with actions.open_place(site) as place:
        told = actions.rehearse_closed(
            place,
            day or actions.day_meant(place),
            disruption=disruption,
            accept=cast(Any, proposals),
            seeds=seeds,
            first_seed=seed,
            roster_file=roster,
            overtime=overtime,
            recorded=calls == "history",
            workers=workers,
            on_progress=note if err.is_terminal else lambda line: None,
        )
        spoken = place.language(language)
    if json:
        say_json(told.to_json())
        return
    for line in told.words(spoken):
        say(line)


def watch(
    site: SiteFolder,
    source: Annotated[
        str, typer.Option("--source", metavar="FILE|-|embedded|kafka", help="Where the events come from.")
    ] = "embedded",
    roster: RosterFile = None,
    idle: Annotated[
        float | None,
        typer.Option(min=0.1, help="End when nothing has come for so many seconds (embedded and kafka run on else)."),
    ] = None,
    adapter: Annotated[
        str,
        typer.Option(metavar="NAME", help="The telephone system of the events. Default: as [broker] says."),
    ] = "",
    instance: Annotated[
        str,
        typer.Option(envvar="PAIBAN_INSTANCE", help="This consumer's own name, the same over restarts (Kafka)."),
    ] = "",
    metrics_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Answer /metrics, /health and /ready on this port; 0 takes a free one."),
    ] = None,
    metrics_host: Annotated[str, typer.Option(help="The address to answer on.")] = "127.0.0.1",
    log: Annotated[LogStyle | None, typer.Option(help="Write the engine's log to standard error.")] = None,
    escalate: Annotated[bool, typer.Option("--escalate", help="Let grave alerts climb the line of authority.")] = False,
    propose: Annotated[
        bool, typer.Option(help="Propose moves where service drops, and do those that nobody has to approve.")
    ] = True,
    language: Language = "",
    json: Json = False,
) -> None:
    """Compare agent-state events with the roster: alerts as they come, at the end adherence by agent and day.

    A file is read to its end. The embedded log and Kafka are followed until Ctrl-C; where the watch stands is kept,
    so that the next one goes on from there and nothing is lost or told twice.

    Example: paiban watch hotline --source day.jsonl
    """
    watched = actions.Watched()
    run = actions.Run(instance=instance, adapter=adapter, propose=propose)
    with ExitStack() as open_:
        open_.enter_context(logged(log))
        place = open_.enter_context(actions.open_place(site))
        stopped = open_.enter_context(actions.interruptible())
        spoken = place.language(language)
        if metrics_port is not None:
            watched.started = lambda engine: _answer(open_, engine, metrics_port, metrics_host)
        for output, floor in actions.watch(
            place, source, roster_file=roster, stop=stopped, watched=watched, idle_s=idle, run=run
        ):
            if json:
                say_json(output.to_json(floor))
            else:
                for line in actions.output_words(output, floor, spoken):
                    say(line)
            if escalate:
                actions.raise_alarm(place, output, made=clock.now())
    for letter in watched.dead[:10]:
        note(
            Said(
                "unreadable: {where} at {offset}: {reason}",
                where=letter.partition,
                offset=letter.offset,
                reason=letter.reason,
            )
        )
    if watched.dead:
        note(Said("{count} messages could not be read", count=len(watched.dead)))


def _answer(stack: ExitStack, engine: Engine, port: int, host: str) -> None:
    try:
        taken = stack.enter_context(endpoint(engine, port, host))
    except OSError as error:
        raise InputError(
            [Problem("--metrics-port", f"{host}:{port}", said_by(error), Said("a port that is free"))]
        ) from error
    note(Said("metrics on http://{host}:{port}/metrics", host=host, port=taken))


def adherence(
    site: SiteFolder,
    day: Day,
    source: Recorded = "",
    known: AsKnownAt = None,
    by: Annotated[Group, typer.Option("--by", help="One row each.")] = Group.agent,
    json: Json = False,
) -> None:
    """Reckon a day's adherence from what was recorded: late events, corrections and exceptions included.

    With --as-known-at it is what was known at that moment: events taken in, rosters published and exceptions granted
    by then. Roster versions count from when they apply.

    Example: paiban adherence hotline --date 2026-03-04 --as-known-at 2026-03-04T18:00 --json
    """
    with actions.open_place(site) as place:
        moment = None if known is None else aware_at(known, place.site.settings.tz)
        found = actions.reckon(place, day, source=source, known=moment)
        if json:
            for row in found.rows(by.value):
                say_json(row)
        else:
            for line in found.words(by.value):
                say(line)


def excuse(
    site: SiteFolder,
    by: Annotated[str, typer.Option("--by", metavar="WHO", help="Who grants it.")],
    agent: Annotated[str, typer.Option("--agent", help="Whose departure is explained.")] = "",
    begin: Annotated[
        datetime | None, typer.Option("--from", parser=moment_of, metavar="MOMENT", help="From when.")
    ] = None,
    end: Annotated[
        datetime | None, typer.Option("--to", parser=moment_of, metavar="MOMENT", help="Until when.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    take_back: Annotated[str, typer.Option("--revoke", metavar="ID", help="Take an exception back instead.")] = "",
    json: Json = False,
) -> None:
    """Explain an agent's departure from the roster: an exception, which the live floor takes in at once.

    Example: paiban excuse hotline --agent a007 --from 2026-03-04T10:00 --to 2026-03-04T10:40 --reason meeting --by l01
    """
    with actions.open_place(site) as place:
        tz = place.site.settings.tz
        if take_back:
            done = actions.revoke(place, take_back, by=by)
        else:
            if begin is None or end is None:
                raise InputError(
                    [
                        Problem(
                            "--from",
                            Said("moments"),
                            Said("nothing"),
                            Said("from when and until when it holds"),
                        )
                    ]
                )
            start, stop = (int(aware_at(moment, tz).timestamp()) for moment in (begin, end))
            done = actions.excuse(place, agent, start, stop, reason=reason, by=by)
    if json:
        say_json(done.summary())
    else:
        say(done.words())


def score(
    site: SiteFolder,
    source: Annotated[str, typer.Option("--source", metavar="FILE", help="A rehearsed day's events.")],
    truth: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What really happened. Default: FILE.truth.jsonl.")
    ] = None,
    roster: RosterFile = None,
    json: Json = False,
) -> None:
    """Score what is told of a rehearsed day against what really happened: precision, recall, delay by type of alert.

    Example: paiban score hotline --source day.jsonl
    """
    with actions.open_place(site) as place:
        found = actions.detection(place, source, truth=truth, roster_file=roster)
    if json:
        for row in found.rows():
            say_json(row)
    else:
        for line in found.words():
            say(line)
