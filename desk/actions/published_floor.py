"""The published roster as requests are judged on: with its problem, its people and its holidays."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from centre.errors import InputError, Problem
from centre.grid import Horizon, instant, local_day
from centre.requirement import Requirement
from centre.roster import Roster, Segment
from centre.said import Said
from desk.wiring import Place, with_approved
from forecasts.holidays import public_holidays
from scheduler.judging import Floor, shown
from scheduler.problem import Problem as RosterProblem

NEAR = timedelta(days=2)
TAIL = timedelta(days=35)
"""How far back the previous roster is looked at: a month's minutes, and any run of days."""


def floor_around(place: Place, begin: int, end: int) -> Floor:
    """The published roster over all versions that speak for [begin, end), UTC seconds, with its problem.

    What was approved since the place was opened is in it as well.
    """
    place = replace(place, site=with_approved(place))
    settings = place.site.settings
    parts = place.plans.published_parts(begin, end)
    first = min([local_day(part.begin, settings.zone) for part in parts] + [local_day(begin, settings.zone)])
    last = max([local_day(part.end - 1, settings.zone) for part in parts] + [local_day(end - 1, settings.zone)])
    horizon = Horizon(settings.zone, settings.grid_minutes, first, (last - first).days + 1)
    near = instant(first - NEAR, 0, settings.zone)
    published = place.plans.published_roster(near, horizon.end)
    roster = Roster(tuple(_beginning_in(published, horizon)), published.version)
    known = place.plans.requirement_for(horizon)
    need = known if known is not None else Requirement.nothing(horizon, tuple(place.site.queues))
    before = place.plans.published_roster(instant(first - TAIL, 0, settings.zone), horizon.begin)
    return Floor(RosterProblem(place.site, horizon, need, place.policy, before), roster)


def _beginning_in(roster: Roster, horizon: Horizon) -> Iterable[Segment]:
    """The segments of runs that begin within a horizon: a night that ran into it belongs to the version before."""
    for line in roster.by_agent().values():
        begin, end = 0, -1
        for segment in line:
            begin = segment.start if segment.start > end else begin
            end = max(end, segment.end)
            if horizon.begin <= begin < horizon.end:
                yield segment


def shift_of(floor: Floor, agent: str, day: date) -> int:
    """When a person's shift of a day starts.

    Raises
    ------
    InputError : no shift starts on it.
    """
    for duty in floor.lines[agent].duties:
        if local_day(duty.start, floor.zone) == day:
            return duty.start
    raise InputError(Said("{agent} has no shift on {day} in the published roster", agent=agent, day=day))


def holidays_of(place: Place, horizon: Horizon) -> frozenset[object]:
    """The public holidays of the days of a horizon and the day before, local dates."""
    last = horizon.day(horizon.days)
    return frozenset(public_holidays(place.site.settings.holidays, horizon.day(-1), last).names)


def known_people(place: Place, *people: str) -> None:
    """See that people are in agents.csv.

    Raises
    ------
    InputError : with everybody who is not.
    """
    strangers = [name for name in people if name not in place.site.agents]
    if strangers:
        found = [Problem("agents.csv", "agent", name, "somebody of agents.csv") for name in strangers]
        raise InputError(found)


def when(place: Place, second: int) -> str:
    """An instant as people of the site read it."""
    return shown(second, place.site.settings.zone)
