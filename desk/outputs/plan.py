"""A roster the way people look at one: teams of people, each with what stands in each day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from centre.grid import Horizon
from centre.people import ROLES, Agent
from centre.policy import Policy
from centre.requirement import Requirement
from centre.roster import Roster, Segment
from centre.site import Site
from centre.words import WEEKDAYS
from forecasts.holidays import public_holidays
from scheduler.checks import Line, view
from scheduler.problem import Problem

Kind = Literal["duty", "leave", "standby"]

_FROM_THE_TOP = {
    role: rank for rank, role in enumerate(("director", "head", "manager", "leader", "trainer", "inspector", "agent"))
}
assert set(_FROM_THE_TOP) == set(ROLES)


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in a day of a person: a duty, leave, or standby; UTC seconds [start, end).

    `shift` is the duty's name in the catalogue, "" where it is none of it; `paid` its paid minutes. `whole_day` marks
    leave of a whole local day.
    """

    kind: Kind
    start: int
    end: int
    shift: str = ""
    night: bool = False
    paid: int = 0
    whole_day: bool = False
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True)
class Row:
    """One person: the entries of each day of the horizon, and on which days the person belongs to the centre."""

    agent: Agent
    days: tuple[tuple[Entry, ...], ...]
    employed: tuple[bool, ...]

    def paid(self, days: range) -> int:
        """Paid minutes of the duties that start on these days."""
        return sum(entry.paid for day in days for entry in self.days[day])

    def entries(self) -> Iterator[tuple[int, Entry]]:
        """Every entry with the number of its day."""
        return ((day, entry) for day, entries in enumerate(self.days) for entry in entries)


@dataclass(frozen=True)
class Team:
    """A team's people: those who lead it first, then in the order of agents.csv. `name` may be ""."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Plan:
    """A roster for people to look at.

    Attributes
    ----------
    free : days on which the country does not work: weekends (less those worked in exchange) and holidays.
    holidays : name of the public holiday by day number.
    """

    site: Site
    horizon: Horizon
    teams: tuple[Team, ...]
    version: int
    free: frozenset[int]
    holidays: Mapping[int, str]

    @property
    def rows(self) -> Iterator[Row]:
        """Everybody, team by team."""
        return (row for team in self.teams for row in team.rows)

    def weeks(self) -> list[range]:
        """Day numbers of each week (by the site's first weekday), the first and the last maybe cut off."""
        first_weekday = WEEKDAYS.index(self.site.settings.week_starts)
        lead = (self.horizon.first_day.weekday() - first_weekday) % 7
        return [range(max(start, 0), min(start + 7, self.horizon.days)) for start in range(-lead, self.horizon.days, 7)]


def plan_of(site: Site, horizon: Horizon, requirement: Requirement, roster: Roster) -> Plan:
    """Read a roster for people: everybody who is employed on a day of the horizon, or has a segment in it."""
    seen = view(roster, Problem(site, horizon, requirement, Policy()))
    teams: dict[str, list[Row]] = {}
    for line in seen.lines:
        row = _row(line, horizon)
        if any(row.employed) or any(row.days):
            teams.setdefault(row.agent.team, []).append(row)
    for rows in teams.values():
        rows.sort(key=lambda row: _FROM_THE_TOP[row.agent.role])
    ordered = sorted(teams.items(), key=lambda team: team[0] == "")
    known = public_holidays(site.settings.holidays, horizon.day(0), horizon.day(horizon.days - 1))
    return Plan(
        site,
        horizon,
        tuple(Team(name, tuple(rows)) for name, rows in ordered),
        roster.version,
        frozenset(number for number, day in enumerate(horizon) if not known.works(day)),
        {number: known.names[day] for number, day in enumerate(horizon) if day in known.names},
    )


def _row(line: Line, horizon: Horizon) -> Row:
    days: list[list[Entry]] = [[] for _ in range(horizon.days)]
    for day, entry in _entries(line):
        if 0 <= day < horizon.days:
            days[day].append(entry)
    for entries in days:
        entries.sort(key=lambda entry: entry.start)
    employed = tuple(line.agent.employed(day) for day in horizon)
    return Row(line.agent, tuple(map(tuple, days)), employed)


def _entries(line: Line) -> Iterator[tuple[int, Entry]]:
    calendar = line.calendar
    for duty in line.duties:
        name = duty.shift.name if duty.shift else ""
        yield duty.day, Entry("duty", duty.start, duty.end, name, duty.night, duty.paid, segments=duty.segments)
    for day in line.leave_days:
        yield day, Entry("leave", calendar.midnight(day), calendar.midnight(day + 1), whole_day=True)
    for start, end in line.part_day_leave:
        if not any(duty.start < end and start < duty.end for duty in line.duties):
            yield calendar.day_of(start), Entry("leave", start, end)
    for segment in line.segments:
        if segment.activity == "standby":
            yield calendar.day_of(segment.start), Entry("standby", segment.start, segment.end, segments=(segment,))
