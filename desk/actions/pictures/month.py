"""The month people know: who works which shift on which day, what it breaks, how fair it is, what changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from centre.errors import NotPublishedError
from centre.grid import Horizon, wall_minute
from centre.requirement import Requirement
from centre.roster import Roster
from centre.said import Said
from desk.actions.published_floor import duties_beginning
from desk.actions.publishing import publishing
from desk.actions.roster_problem import problem_of
from desk.outputs.plan import Entry, Plan, plan_of
from desk.outputs.service import by_day
from desk.wiring import Place
from scheduler.checks import Violation, check, coverage
from scheduler.checks.burdens import LATE_FROM
from scheduler.problem import Problem
from store.records import RosterVersion

KINDS = {"duty": 0, "leave": 1, "standby": 2}


@dataclass(frozen=True)
class Month:
    """A roster over some days with its problem. `version` is the newest that speaks for them, 0 for none."""

    place: Place
    horizon: Horizon
    roster: Roster
    draft: bool

    @property
    def version(self) -> int:
        """The version shown."""
        return self.roster.version

    @cached_property
    def problem(self) -> Problem:
        """What the roster was to solve."""
        known = self.place.plans.requirement_for(self.horizon)
        need = known if known is not None else Requirement.nothing(self.horizon, tuple(self.place.site.queues))
        return problem_of(self.place, self.horizon, need)

    @cached_property
    def plan(self) -> Plan:
        """The roster by team and person."""
        return plan_of(self.place.site, self.horizon, self.problem.requirement, self.roster)

    @cached_property
    def violations(self) -> list[Violation]:
        """What the checker finds, hard ones first."""
        return check(self.roster, self.problem)

    def service(self) -> dict[str, list[float | None]]:
        """Service level predicted by queue and day."""
        found: dict[str, list[float | None]] = {}
        for row in by_day(coverage(self.roster, self.problem)):
            share = row.service_level
            found.setdefault(row.queue, []).append(None if share != share else round(share, 4))
        return found

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Everybody: entries as [day, kind, shift, start, minutes]; starts in minutes of the clock on the wall."""
        shifts = {name: number for number, name in enumerate(self.place.site.shifts)}
        found = []
        for team in self.plan.teams:
            for row in team.rows:
                agent = row.agent
                found.append(
                    {
                        "id": agent.agent,
                        "name": agent.name,
                        "team": agent.team,
                        "role": agent.role,
                        "skills": sorted(agent.skills),
                        "minutes": row.paid(range(self.horizon.days)),
                        "away": [day for day, here in enumerate(row.employed) if not here],
                        "entries": [self._code(day, entry, shifts) for day, entry in row.entries()],
                        "burdens": _burdens((entry for _, entry in row.entries()), self.horizon),
                    }
                )
        return found

    def _code(self, day: int, entry: Entry, shifts: dict[str, int]) -> list[int]:
        start = wall_minute(entry.start, self.horizon.day(day), self.horizon.zone)
        return [day, KINDS[entry.kind], shifts.get(entry.shift, -1), start, (entry.end - entry.start) // 60]


def _burdens(entries: Iterable[Entry], horizon: Horizon) -> list[int]:
    """Late, night and weekend duties of a person: the burdens that the objective shares out (docs/rules.md)."""
    late = night = weekend = 0
    for entry in entries:
        if entry.kind != "duty":
            continue
        day = int(np.searchsorted(horizon.starts[horizon.day_offsets[:-1]], entry.start, side="right")) - 1
        wall = wall_minute(entry.start, horizon.day(day), horizon.zone)
        night += entry.night
        late += not entry.night and wall + (entry.end - entry.start) // 60 > LATE_FROM
        weekend += horizon.day(day).weekday() >= 5
    return [late, night, weekend]


def month(place: Place, first: date | None, days: int | None, version: int | None = None) -> Month:
    """The published roster over some days (by default those of the version for today), or a version as it was kept.

    Raises
    ------
    NotPublishedError : there is no roster yet, or no such version.
    """
    settings = place.site.settings
    if version is not None:
        kept = version_of(place, version)
        return Month(place, kept.horizon, place.plans.roster(version), kept.published_at is None)
    if first is None:
        speaking = current_version(place)
        first, days = speaking.horizon.first_day, days or speaking.horizon.days
    horizon = Horizon(settings.zone, settings.grid_minutes, first, days or 28)
    return Month(place, horizon, duties_beginning(place, horizon.begin, horizon.end), False)


def version_of(place: Place, version: int) -> RosterVersion:
    """What is known of a version.

    Raises
    ------
    NotPublishedError : there is none.
    """
    for known in place.plans.roster_versions():
        if known.version == version:
            return known
    raise NotPublishedError(Said("there is no roster version {version}", version=version))


def current_version(place: Place) -> RosterVersion:
    """The newest published version that speaks for today, else the newest published one.

    Raises
    ------
    NotPublishedError : nothing is published yet.
    """
    published = [known for known in place.plans.roster_versions() if known.published_at is not None]
    if not published:
        raise NotPublishedError(
            Said("no roster is published yet: run `paiban nightly`, or make one on the page What if")
        )
    now = int(place.now.timestamp())
    return next((known for known in published if known.horizon.begin <= now < known.horizon.end), published[0])


@dataclass(frozen=True, slots=True)
class CellChange:
    """A day of a person that differs between two rosters; texts are "early 08:30-17:30", "" for a day off."""

    agent: str
    day: date
    before: str
    after: str


def differences(place: Place, before: Month, after: Month) -> list[CellChange]:
    """The days of people that differ between two pictures of the same days."""
    old, new = _cells(before), _cells(after)
    shared = range(after.horizon.days)
    zone = after.horizon.zone
    found = []
    for agent, day in sorted(old.keys() | new.keys(), key=lambda key: (key[1], key[0])):
        was, now = old.get((agent, day), []), new.get((agent, day), [])
        number = (day - after.horizon.first_day).days
        if number in shared and [_content(entry) for entry in was] != [_content(entry) for entry in now]:
            found.append(CellChange(agent, day, _said(was, zone), _said(now, zone)))
    return found


def _cells(month: Month) -> dict[tuple[str, date], list[Entry]]:
    cells: dict[tuple[str, date], list[Entry]] = {}
    for row in month.plan.rows:
        for day, entry in row.entries():
            cells.setdefault((row.agent.agent, month.horizon.day(day)), []).append(entry)
    return cells


def _content(entry: Entry) -> tuple[object, ...]:
    return (entry.kind, entry.start, entry.end, entry.segments)


def _said(entries: list[Entry], zone: str) -> str:
    from desk.outputs.moments import Moments

    moments = Moments(zone)
    return ", ".join(
        f"{entry.shift or entry.kind} {moments.span(entry.start, entry.end)}" if not entry.whole_day else entry.kind
        for entry in entries
    )


def publish_draft(place: Place, version: int, by: str) -> None:
    """Publish a draft from now on (or from its first day, where that lies ahead).

    Raises
    ------
    InputError : it breaks hard rules, is published already, or a newer version speaks for its days.
    NotPublishedError : there is no such draft.
    """
    from centre.errors import InputError
    from store.audit import Audit, Deed

    with publishing(place) as publisher:
        drawn = month(place, None, None, version)
        hard = [found for found in drawn.violations if found.hard]
        if hard:
            raise InputError(
                Said(
                    "version {version} breaks {count} hard rules and is not published: {hard}",
                    version=version,
                    count=len(hard),
                    hard=hard[0],
                )
            )
        began = place.now if int(place.now.timestamp()) > drawn.horizon.begin else None
        publisher.draft(version, at=place.now, applies_from=began, by=by)
        noted = Deed(place.now, by, "publish", f"roster/{version}", True)
        Audit(place.plans.database, place.site.settings.name).note(noted)
