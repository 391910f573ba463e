"""Arguments and options that several verbs share, declared once."""

from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from centre.said import Said
from centre.site import StaffingRule

if TYPE_CHECKING:
    from desk.wiring import Place


def day_of(text: str) -> date:
    """A date as a user writes it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(Said("{text!r} is no date; write YYYY-MM-DD", text=text)) from None


def month_of(text: str) -> date:
    """A month as a user writes it: its first day."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise typer.BadParameter(Said("{text!r} is no month; write YYYY-MM", text=text)) from None


def moment_of(text: str) -> datetime:
    """An instant as a user writes it: ISO 8601 with offset, or local to the site and then without one."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            Said("{text!r} is no moment; write 2026-03-02T14:30+08:00, or 2026-03-02T14:30", text=text)
        ) from None


def aware_at(moment: datetime, zone: tzinfo) -> datetime:
    """The instant a user means: without an offset it is the site's local time."""
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


SiteFolder = Annotated[Path, typer.Argument(metavar="SITE", help="The site folder.", show_default=False)]
FromDay = Annotated[
    date | None,
    typer.Option("--from", parser=day_of, metavar="DATE", help="First day. Default: the next start of a week."),
]
Day = Annotated[date, typer.Option("--date", parser=day_of, metavar="DATE", help="The local day.")]
NearestDay = Annotated[
    date | None,
    typer.Option(
        "--date",
        parser=day_of,
        metavar="DATE",
        help="The local day. Default: today, or the nearest day that has a published roster.",
    ),
]
Weeks = Annotated[int, typer.Option("--weeks", min=1, max=53, help="How many weeks.")]
Seconds = Annotated[float, typer.Option("--seconds", min=1, help="Time limit of the solver.")]
Rounds = Annotated[
    int | None,
    typer.Option("--rounds", min=0, help="So many rounds of improvement instead of --seconds: the same everywhere."),
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of everything random.")]
Workers = Annotated[int, typer.Option("--workers", min=1, help="Solver threads.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")]
_LANGUAGE_HELP = "en or zh. Default: that of PAIBAN_LANGUAGE, else the site's, else the system's."
Language = Annotated[str, typer.Option("--language", "--lang", help=_LANGUAGE_HELP)]
LanguageOfEvery = Annotated[
    str, typer.Option("--language", "--lang", envvar="PAIBAN_LANGUAGE", show_envvar=False, help=_LANGUAGE_HELP)
]
"""Before the verb: the only place where the environment is asked, so that it never goes before what is typed."""
At = Annotated[
    datetime | None,
    typer.Option("--at", parser=moment_of, metavar="MOMENT", help="When it is asked or decided. Default: now."),
]
Source = Annotated[
    str, typer.Option("--source", metavar="FILE", help="Events of a file. Default: what `paiban watch` took in.")
]
Recorded = Annotated[
    str, typer.Option("--source", metavar="FILE|journal", help="A file of events. Default: what `watch` took in.")
]
AsKnownAt = Annotated[
    datetime | None,
    typer.Option("--as-known-at", parser=moment_of, metavar="MOMENT", help="As known then. Default: now."),
]
Rule = Annotated[
    Literal["mean", "expected", "chance"] | None,
    typer.Option(
        "--rule",
        help="Staff on the mean forecast, for the service level expected over its distribution, or for a chance that "
        "it is reached. Default: the site's.",
    ),
]
Chance = Annotated[
    float | None, typer.Option("--chance", min=0.5, max=0.99, help="Of --rule chance: 0.9 is nine of ten.")
]
Over = Annotated[
    Literal["interval", "day", "period"] | None,
    typer.Option(
        "--over", help="Reach the target in every interval, or over each day or the period by the cheapest staffing."
    ),
]


Load = Annotated[
    Literal["stationary", "lagged", "carried"] | None,
    typer.Option(
        "--load",
        help="Take every interval as if it had always been like that; let the load of voice and chat follow its "
        "arrivals; or also begin each interval with what the one before has left. Default: the site's.",
    ),
]


Verify = Annotated[
    bool,
    typer.Option(
        help="Simulate the roster on its forecast; where a target is missed that the formulas promise, raise the "
        "requirement and solve once more, in at most half the time again."
    ),
]


def staffing_rule(
    place: "Place", rule: str | None, chance: float | None, over: str | None, load: str | None = None
) -> StaffingRule:
    """The site's rule of staffing with what the command line says otherwise."""
    given = {"rule": rule, "chance": chance, "over": over, "load": load}
    own = place.site.settings.staffing.model_dump()
    return StaffingRule.model_validate({**own, **{key: value for key, value in given.items() if value is not None}})
