"""The published roster as requests are judged on: with its problem, its people and its holidays."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from centre.errors import InputError, Problem
from centre.grid import Horizon, instant, local_day
from centre.requirement import Requirement
from centre.roster import Roster, Segment
from centre.said import Said
from desk.wiring import Place, with_approved
from forecasts.holidays import public_holidays
from scheduler.judging import Floor, shown
from scheduler.problem import Problem as RosterProblem
from streams.attendance import duties

NIGHT_S = 86_400
"""No duty is longer than that."""
TAIL = timedelta(days=35)
"""How far back the previous roster is looked at: a month's minutes, and any run of days."""
AHEAD_S = 63 * 86_400
"""How far ahead the next shift is looked for."""


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
    roster = duties_beginning(place, horizon.begin, horizon.end)
    known = place.plans.requirement_for(horizon)
    need = known if known is not None else Requirement.nothing(horizon, tuple(place.site.queues))
    before = place.plans.published_roster(instant(first - TAIL, 0, settings.zone), horizon.begin)
    return Floor(RosterProblem(place.site, horizon, need, place.policy, before), roster)


def duties_beginning(place: Place, begin: int, end: int, known: datetime | None = None) -> Roster:
    """The published duties that begin in [begin, end), UTC seconds, whole: a night belongs to the day it begins on.

    Leave belongs to it where it overlaps. `known` asks for what was known at that moment.
    """
    published = place.plans.published_roster(begin - NIGHT_S, end + NIGHT_S, known)
    return Roster(tuple(_beginning_in(published, begin, end)), published.version)


def _beginning_in(roster: Roster, begin: int, end: int) -> Iterable[Segment]:
    """The segments of runs that begin within [begin, end); leave that overlaps it, which begins anew every day."""
    for line in roster.by_agent().values():
        first, last = 0, -1
        for segment in line:
            if segment.activity == "leave":
                if segment.start < end and begin < segment.end:
                    yield segment
                continue
            first = segment.start if segment.start > last else first
            last = max(last, segment.end)
            if begin <= first < end:
                yield segment


def shift_of(floor: Floor, agent: str, day: date) -> int:
    """When a person's shift of a day starts.

    Raises
    ------
    InputError : no shift starts on it; it names the nearest days on which one does.
    """
    starts = {local_day(duty.start, floor.zone): duty.start for duty in floor.lines[agent].duties}
    if day in starts:
        return starts[day]
    near = sorted(sorted(starts, key=lambda other: abs(other - day))[:3])
    if not near:
        raise InputError(Said("{agent} has no shift in the published roster around {day}", agent=agent, day=day))
    raise InputError(
        Said(
            "{agent} has no shift on {day} in the published roster; the nearest are on {near}",
            agent=agent,
            day=day,
            near=[str(other) for other in near],
        )
    )


def next_shift(place: Place, agent: str) -> date:
    """The day of a person's next shift to begin.

    Raises
    ------
    InputError : nobody of that name, or no shift to come.
    """
    known_people(place, agent)
    now = int(place.now.timestamp())
    line = place.plans.published_roster(now, now + AHEAD_S).by_agent().get(agent, ())
    start = next((run[0].start for run in duties(line) if run[0].start > now), None)
    if start is None:
        raise InputError(Said("{agent} has no shift to come in the published roster", agent=agent))
    return local_day(start, place.site.settings.zone)


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
        found = [Problem("agents.csv", "agent", name, Said("somebody of agents.csv")) for name in strangers]
        raise InputError(found)


def when(place: Place, second: int) -> str:
    """An instant as people of the site read it."""
    return shown(second, place.site.settings.zone)
