"""Repair the published roster when somebody is away or more is expected: propose it, or publish it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from centre.errors import InputError, Problem
from centre.grid import aware, instant, local_day
from centre.queues import Queue
from centre.requirement import Requirement
from centre.said import Said
from centre.site import Leave
from desk.actions.publishing import publishing
from desk.actions.requests import floor_around
from desk.actions.rostered_days import no_roster
from desk.wiring import Place, absences_of
from desk.wording import words as words_of
from desk.wording.words import Words
from forecasts.staffing import required_staff
from scheduler.judging import Floor
from scheduler.repair import Away, Happened, Repaired, Step, Surge, changed_people, repair
from store.audit import Audit, Deed
from store.site_folder.moments import is_day, read_day, read_moment

DAY_SECONDS, WEEK_SECONDS = 1.5, 20.0
"""Time limits of the search: where only the day itself is concerned, and where later days are."""

_WHEN = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?)?|\d{1,2}:\d{2}"
SURGE = re.compile(rf"^(?P<queue>.+?):(?P<factor>[+]?\d+(?:\.\d+)?):(?P<start>{_WHEN}):(?P<end>{_WHEN})$")


@dataclass(frozen=True)
class More:
    """A queue with `factor` times the contacts expected, or `agents` more than required, over [start, end)."""

    queue: str
    start: int
    end: int
    factor: float = 1.0
    agents: int = 0


@dataclass(frozen=True)
class Mended:
    """A repair, and the version it was published as (None: it is a proposal)."""

    repaired: Repaired
    version: int | None
    zone: str

    def summary(self) -> dict[str, Any]:
        """For --json."""
        made = self.repaired
        return {
            "version": self.version,
            "from": aware(made.begin, self.zone).isoformat(),
            "to": aware(made.end, self.zone).isoformat(),
            "changed_people": changed_people(made.steps),
            "steps": [step.to_json(self.zone) for step in made.steps],
            "published": made.before.to_json(),
            "nothing_done": made.unrepaired.to_json(),
            "repaired": made.after.to_json(),
            "cost": {"nothing_done": round(made.cost[0], 4), "repaired": round(made.cost[1], 4)},
            "violations": [
                {"rule": row.rule, "agent": row.agent, "day": row.day.isoformat(), "message": row.message}
                for row in made.violations
            ],
            "seconds": round(made.seconds, 3),
        }

    def words(self, language: str) -> Iterable[str]:
        """For people: every change on a line, then what it does for service."""
        said, made = words_of(language), self.repaired
        for step in made.steps:
            yield step_words(step, said, self.zone)
        people = changed_people(made.steps)
        if not people:
            yield said._("Nothing that the rules allow is worth its price: the roster stays as it is.")
        else:
            yield said.ngettext("{count} person changes.", "{count} people change.", len(people))
        yield said._(
            "Agent-hours short: {before} as published, {idle} if nothing is done, {after} repaired.",
            before=said.number(made.before.short_hours, 1),
            idle=said.number(made.unrepaired.short_hours, 1),
            after=said.number(made.after.short_hours, 1),
        )
        for queue, level in made.after.service_level.items():
            yield said._(
                "Service level {queue}: {before} as published, {idle} if nothing is done, {after} repaired.",
                queue=queue,
                before=said.percent(made.before.service_level[queue]),
                idle=said.percent(made.unrepaired.service_level[queue]),
                after=said.percent(level),
            )
        for row in made.violations:
            yield said._("What happened breaks a rule: {violation}", violation=row)
        if any(step.kind == "overtime" for step in made.steps) and self.version is None:
            yield said._("Overtime is reviewed and approved before it holds: publish with --approved-by.")
        if self.version is not None:
            yield said._("Published as version {version}.", version=self.version)


def step_words(step: Step, said: Words, zone: str) -> str:
    """One change in words."""
    span = span_words(step.start, step.end, said, zone)
    before = span_words(*step.before, said, zone) if step.before else ""
    if step.kind == "away":
        kind = said.term("leave", step.what)
        return said._("{agent}: away {span} ({kind})", agent=step.agent, span=span, kind=kind)
    if step.kind == "called_in":
        return said._("{agent}: called in, {shift} {span}", agent=step.agent, shift=step.what, span=span)
    if step.kind in ("moved_duty", "changed_duty"):
        return said._(
            "{agent}: {shift} {span} instead of {was} {before}",
            agent=step.agent, shift=step.what, span=span, was=step.was, before=before,
        )  # fmt: skip
    if step.kind == "overtime":
        return said._("{agent}: overtime {span}, to be approved", agent=step.agent, span=span)
    if step.kind == "queue":
        return said._(
            "{agent}: {queue} instead of {was} {span}", agent=step.agent, queue=step.what, was=step.was, span=span
        )
    return said._(
        "{agent}: {activity} {span} instead of {before}",
        agent=step.agent, activity=said.activity(step.what), span=span, before=before,
    )  # fmt: skip


def span_words(start: int, end: int, said: Words, zone: str) -> str:
    """A span as people read it: the day once."""
    first, last = aware(start, zone), aware(end, zone)
    if local_day(end - 1, zone) == first.date():
        return f"{said.day_short(first.date())} {first:%H:%M}-{last:%H:%M}"
    return f"{said.day_short(first.date())} {first:%H:%M} - {said.day_short(last.date())} {last:%H:%M}"


def mend(
    place: Place,
    away: Sequence[Away] = (),
    more: Sequence[More] = (),
    *,
    publish: bool = False,
    approved_by: str = "",
    pauses: tuple[int, int] | None = None,
    overtime: bool = True,
    seconds: float | None = None,
    seed: int = 0,
    workers: int = 2,
) -> Mended:
    """Repair the published roster as of `place.now`; with `publish` it holds from then on, in out/ too.

    Published overtime needs somebody who approved it (SHF-10); without one none is proposed then. With a span of
    `pauses` (UTC seconds) only pauses and activities move, within it and within what suffers (SHF-7).

    Raises
    ------
    InputError : nothing happened, an unknown agent or queue, or no roster is published for that time.
    """
    spans = [(row.start, row.end) for row in away] + [(row.start, row.end) for row in more]
    spans += [pauses] if pauses else []
    _valid(place, away, more, spans)
    now = int(place.now.timestamp())
    parts = place.plans.published_parts(min([now, *(start for start, _ in spans)]), max(end for _, end in spans))
    if not parts:
        raise no_roster(place, local_day(min(start for start, _ in spans), place.site.settings.zone))
    until = min(max(end for _, end in spans), max(part.end for part in parts))
    floor = floor_around(place, min(now, until - 1), until)
    happened = Happened(
        tuple(away),
        tuple(Surge(row.queue, row.start, row.end) for row in more),
        needed(place, floor.problem.requirement, more) if more else None,
    )
    zone = place.site.settings.zone
    if seconds is None:
        seconds = DAY_SECONDS if local_day(until - 1, zone) == local_day(now, zone) else WEEK_SECONDS
    made = repair(
        floor, happened, now, seconds=seconds, seed=seed, workers=workers,
        overtime=overtime and (not publish or bool(approved_by)), pauses=pauses,
    )  # fmt: skip
    version = _publish(place, floor, happened, made, approved_by) if publish else None
    return Mended(made, version, zone)


def _valid(place: Place, away: Sequence[Away], more: Sequence[More], spans: Sequence[tuple[int, int]]) -> None:
    if not spans:
        raise InputError(
            Said(
                "nothing happened: say who is absent (--absent), what is expected (--surge, --need), "
                "or that pauses are to be placed anew (--pauses)"
            )
        )
    found = [
        Problem("agents.csv", "agent", row.agent, Said("somebody of agents.csv"))
        for row in away
        if row.agent not in place.site.agents
    ]
    found += [
        Problem("queues.toml", "queue", row.queue, Said("one of {names}", names=list(place.site.queues)))
        for row in more
        if row.queue not in place.site.queues
    ]
    if found:
        raise InputError(found)


def needed(place: Place, requirement: Requirement, more: Sequence[More]) -> Requirement:
    """The requirement with more contacts (staffed anew by the queue's own formulas) or more agents for some time."""
    horizon = requirement.horizon
    now = requirement
    for row in more:
        number = now.queues.index(row.queue)
        first = max(0, horizon.index(row.start))
        stop = min(horizon.count, horizon.index(row.end - 1) + 1)
        inside = np.zeros(horizon.count, dtype=bool)
        inside[first:stop] = True
        if row.factor != 1.0:
            now = _restaffed(now, number, place.site.queues[row.queue], inside, row.factor)
        gross = now.gross.copy()
        gross[number, inside] += row.agents
        now = replace(now, gross=gross)
    return now


def _restaffed(now: Requirement, number: int, queue: Queue, inside: np.ndarray[Any, Any], factor: float) -> Requirement:
    volume = now.volume.copy()
    volume[number, inside] *= factor
    where = np.flatnonzero(inside)
    horizon = now.horizon
    starts = pd.to_datetime(horizon.starts[where], unit="s", utc=True).tz_convert(horizon.zone)
    mean = volume[number, where]
    table = pd.DataFrame({
        "queue": queue.name, "start": starts, "mean": mean, "q10": mean, "q50": mean, "q90": mean,
        "aht_s": np.where(now.aht_s[number, where] > 0, now.aht_s[number, where], queue.aht_s),
    })  # fmt: skip
    staffing = required_staff(table, [queue], interval_minutes=horizon.minutes)
    size = max(now.curve.shape[2], staffing.curve.shape[1])
    curve = np.pad(now.curve, ((0, 0), (0, 0), (0, size - now.curve.shape[2])), mode="edge")
    new = np.pad(staffing.curve, ((0, 0), (0, size - staffing.curve.shape[1])), mode="edge")
    curve[number, where] = new
    required, gross = now.required.copy(), now.gross.copy()
    required[number, where] = staffing.table["required"].to_numpy()
    gross[number, where] = staffing.table["gross"].to_numpy()
    return replace(now, volume=volume, required=required, gross=gross, curve=curve)


def _publish(place: Place, floor: Floor, happened: Happened, made: Repaired, by: str) -> int | None:
    """Publish the repaired roster from now on, and keep who is away and what is required."""
    told = [row for row in made.problem.site.leave if row not in place.site.leave]
    end = floor.problem.horizon.end
    told += [
        Leave(agent=row.agent, start=max(row.start, end), end=row.end, kind=row.kind)
        for row in happened.away
        if row.end > end
    ]
    now = int(place.now.timestamp())
    starts = [row.start for row in set(made.roster.segments) ^ set(floor.roster.segments)]
    since = min([now, *starts])
    with publishing(place) as publisher:
        need = None
        if happened.requirement is not None:
            need = place.plans.save_requirement(happened.requirement, at=place.now)
        else:
            known = {row.version: row.requirement_version for row in place.plans.roster_versions()}
            need = known.get(floor.roster.version)
        version = None
        if starts:
            version = publisher.roster(
                made.roster,
                floor.problem.horizon,
                changed_people(made.steps),
                at=place.now,
                requirement_version=need,
                applies_from=datetime.fromtimestamp(since, UTC) if since > floor.problem.horizon.begin else None,
                by=by,
                note="repair",
            )
        absences_of(place).tell(told, at=place.now, by=by)
        detail = Said("{count} people", count=len(changed_people(made.steps)))
        what = f"roster/{version}" if version else "roster"
        Audit(place.plans.database, place.site.settings.name).note(
            Deed(place.now, by or "paiban", "repair", what, bool(version), detail)
        )
    return version


def when_of(place: Place, text: str, last: bool = False) -> int:
    """The UTC second a user means: a moment, a time of today, or a day (its end where it is the last).

    Raises
    ------
    InputError : what is none of these.
    """
    zone = place.site.settings.zone
    try:
        if re.fullmatch(r"\d{1,2}:\d{2}", text):
            hours, minutes = text.split(":")
            return instant(place.today, int(hours) * 60 + int(minutes), zone)
        return instant(read_day(text), 1440 if last else 0, zone) if is_day(text) else read_moment(text, zone)
    except ValueError as wrong:
        raise InputError(Said("{text!r}: {wrong}, or a time of today such as 14:30", text=text, wrong=wrong)) from None


def span_of(place: Place, begin: str, end: str) -> tuple[int, int]:
    """The time that is meant, UTC seconds [start, end); by default from now to the end of the day.

    Raises
    ------
    InputError : times that cannot be read, or an end before its start.
    """
    start = when_of(place, begin) if begin else int(place.now.timestamp())
    zone = place.site.settings.zone
    stop = when_of(place, end, last=True) if end else instant(local_day(start, zone), 1440, zone)
    if start >= stop:
        raise InputError(Said("it ends after it starts: --to {end} lies before --from {begin}", end=end, begin=begin))
    return start, stop


def away_of(place: Place, agents: Iterable[str], begin: str, end: str, kind: str) -> list[Away]:
    """Who is away from when to when; by default from now to the end of the day.

    Raises
    ------
    InputError : times that cannot be read, or an end before its start.
    """
    return [Away(agent, *span_of(place, begin, end), kind) for agent in agents]


def more_of(place: Place, text: str, what: str) -> More:
    """The surge of "billing:1.3:14:00:18:00", or the need of "billing:+3:14:00:18:00".

    Raises
    ------
    InputError : text that is none.
    """
    match = SURGE.match(text)
    example = "billing:1.3:2026-03-05T14:00:2026-03-05T18:00" if what == "surge" else "billing:+3:14:00:18:00"
    if match is None:
        raise InputError(
            [
                Problem(
                    f"--{what}",
                    Said("value"),
                    repr(text),
                    Said("QUEUE:NUMBER:FROM:TO, such as {example}", example=example),
                )
            ]
        )
    parts: Mapping[str, str] = match.groupdict()
    start, end = when_of(place, parts["start"]), when_of(place, parts["end"], last=True)
    if start >= end:
        raise InputError([Problem(f"--{what}", Said("value"), repr(text), Said("an end after the start"))])
    number = float(parts["factor"])
    if what == "surge":
        return More(parts["queue"], start, end, factor=number)
    return More(parts["queue"], start, end, agents=round(number))
