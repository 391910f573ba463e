"""Change somebody's day by hand: what the checker says and what it does to service, then a new version."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from centre.errors import BusyError, InputError, Problem
from centre.grid import instant, local_day
from centre.roster import ON_DUTY, Segment
from centre.said import Said
from desk.actions.checking import violation_row
from desk.actions.publishing import Publisher, publishing
from desk.actions.requests import floor_around
from desk.actions.rostered_days import no_roster
from desk.wiring import Place
from scheduler.checks import Violation
from scheduler.judging import Floor, effect
from store.audit import Audit, Deed

Lines = Mapping[str, tuple[Segment, ...]]


@dataclass(frozen=True)
class Judged:
    """What a change by hand would do. `version` is the one it was looked at against."""

    broken: tuple[Violation, ...]
    effect: Mapping[str, Any]
    version: int

    @property
    def allowed(self) -> bool:
        """Whether it breaks no hard rule that was kept before."""
        return not self.broken

    def summary(self) -> dict[str, Any]:
        """For --json and the board."""
        return {
            "allowed": self.allowed,
            "violations": [violation_row(found) for found in self.broken],
            "effect": dict(self.effect),
            "version": self.version,
        }


def judge_edit(place: Place, day: date, wanted: Lines, floor: Floor | None = None) -> Judged:
    """Judge new segments of some people for a local day: what begins on it is replaced by them.

    Raises
    ------
    InputError : an unknown person or queue, segments that overlap or begin on another day.
    """
    known = floor or floor_of_day(place, day)
    changed = _changed(place, known, day, wanted)
    return Judged(tuple(known.newly_broken(changed)), service_effect(known, changed), known.roster.version)


def service_effect(floor: Floor, changed: Lines) -> dict[str, Any]:
    """The effect on coverage by interval, and the service level of the touched days by queue before and after."""
    found = effect(floor, changed)
    queues: dict[str, dict[str, float]] = {}
    need = floor.problem.requirement
    rows = {queue: number for number, queue in enumerate(need.queues)}
    for each in found["intervals"]:
        column = need.horizon.index(int(datetime.fromisoformat(each["start"]).timestamp()))
        volume = float(need.volume[rows[each["queue"]], column])
        sums = queues.setdefault(each["queue"], {"volume": 0.0, "before": 0.0, "after": 0.0})
        sums["volume"] += volume
        sums["before"] += volume * (each["service_level"] or 0.0)
        sums["after"] += volume * (each["service_level_after"] or 0.0)
    levels = {
        queue: {
            "before": round(sums["before"] / sums["volume"], 4) if sums["volume"] else None,
            "after": round(sums["after"] / sums["volume"], 4) if sums["volume"] else None,
        }
        for queue, sums in queues.items()
    }
    return {**found, "touched_service_level": levels}


def save_edit(
    place: Place, day: date, wanted: Lines, *, by: str, reason: str = "", seen: int | None = None
) -> tuple[Judged, int]:
    """Publish a change by hand as a new version; returns what was judged and the version.

    Parameters
    ----------
    seen : the version the change was looked at against; another one meanwhile refuses it.

    Raises
    ------
    InputError : it breaks a hard rule.
    BusyError : somebody published another version meanwhile.
    """
    with publishing(place) as publisher:
        floor = floor_of_day(place, day)
        if seen is not None and seen != floor.roster.version:
            raise BusyError(Said("version {version} was published meanwhile: look again", version=floor.roster.version))
        judged = judge_edit(place, day, wanted, floor)
        if judged.broken:
            raise InputError(Said("it would break a hard rule: {broken}", broken=judged.broken[0]))
        changed = _changed(place, floor, day, wanted)
        if all(floor.segments.get(name, ()) == line for name, line in changed.items()):
            return judged, floor.roster.version
        version = _publish(publisher, floor, changed, by, reason)
        noted = Deed(place.now, by, "edit", f"roster/{version}/{day}", True, Said.listed(changed))
        Audit(place.plans.database, place.site.settings.name).note(noted)
    return judged, version


def floor_of_day(place: Place, day: date) -> Floor:
    """The published roster around a day.

    Raises
    ------
    InputError : there is none.
    """
    zone = place.site.settings.zone
    floor = floor_around(place, instant(day, 0, zone), instant(day, 1440, zone))
    if floor.roster.version == 0:
        raise no_roster(place, day)
    return floor


def _publish(publisher: Publisher, floor: Floor, changed: Lines, by: str, reason: str) -> int:
    place, horizon = publisher.place, floor.problem.horizon
    new = {segment for line in changed.values() for segment in line}
    old = {segment for name in changed for segment in floor.segments.get(name, ())}
    since = min([int(place.now.timestamp()), *(segment.start for segment in new ^ old)])
    before = {row.version: row for row in place.plans.roster_versions()}.get(floor.roster.version)
    return publisher.roster(
        floor.with_lines(changed),
        horizon,
        changed,
        at=place.now,
        requirement_version=before.requirement_version if before else None,
        applies_from=datetime.fromtimestamp(since, UTC) if since > horizon.begin else None,
        by=by,
        note=reason or "edited by hand",
    )


def _changed(place: Place, floor: Floor, day: date, wanted: Lines) -> dict[str, tuple[Segment, ...]]:
    zone = place.site.settings.zone
    problems = [problem for name, line in wanted.items() for problem in _wrong(place, name, line, day, zone)]
    if problems:
        raise InputError(problems)
    changed = {}
    for name, line in wanted.items():
        gone = {
            segment
            for duty in floor.lines[name].duties
            if local_day(duty.start, zone) == day
            for segment in duty.segments
        }
        rest = [segment for segment in floor.segments.get(name, ()) if segment not in gone]
        changed[name] = tuple(sorted([*rest, *line]))
    return changed


def _wrong(place: Place, name: str, line: Sequence[Segment], day: date, zone: str) -> list[Problem]:
    if name not in place.site.agents:
        return [Problem("edit", "agent", name, Said("somebody of agents.csv"))]
    found = []
    ordered = sorted(line, key=lambda segment: segment.start)
    if ordered and local_day(ordered[0].start, zone) != day:
        found.append(
            Problem("edit", name, str(local_day(ordered[0].start, zone)), Said("a duty that begins on {day}", day=day))
        )
    for segment in ordered:
        if segment.start >= segment.end or segment.agent != name or segment.activity not in ON_DUTY:
            found.append(
                Problem("edit", name, f"{segment.activity}", Said("a segment of a duty that ends after it starts"))
            )
        if segment.queue and segment.queue not in place.site.queues:
            found.append(Problem("edit", name, segment.queue, Said("a queue of queues.toml")))
    for one, other in itertools.pairwise(ordered):
        if other.start < one.end:
            found.append(Problem("edit", name, Said("segments that overlap"), Said("segments one after the other")))
    return found
