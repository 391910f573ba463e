"""Which duties a file of events can judge: those of the local days that it is about."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from centre.events import AgentState, Event, RosterPublished
from centre.grid import instant, local_day
from centre.roster import Roster, Segment
from streams.floor_policy import SECOND
from streams.plan import Plan

NEXT_S = 3600
"""So long before a duty people log on, and after it they log off."""


def overlapping(roster: Roster, begin: int, end: int) -> Roster:
    """The whole duties of a roster that overlap [begin, end), UTC seconds."""
    return Roster.of(_duties_of(roster.by_agent().values(), begin, end), roster.version)


def events_days(events: Sequence[Event], rosters: Sequence[RosterPublished], zone: str) -> tuple[int, int]:
    """The local days that events are about, [begin, end) UTC seconds.

    From the day of the first agent event to that of the last. A day at either end is not counted where all that there
    is of it belongs to duties of the day beside it: people who log on just before midnight, or whose night ends.
    """
    states = [event for event in events if isinstance(event, AgentState)]
    times = sorted(event.at // SECOND for event in states or events)
    first, last = times[0], times[-1]
    plans = _plans(rosters)
    midnight = instant(local_day(first, zone), 1440, zone)
    if midnight - NEXT_S <= first < midnight <= last and not any(
        _on_duty(plans, event.agent, event.at // SECOND, midnight) for event in states if event.at < midnight * SECOND
    ):
        first = midnight
    midnight = instant(local_day(last, zone), 0, zone)
    if first < midnight and all(
        _ends(plans, event.agent, event.at // SECOND, midnight) for event in states if event.at >= midnight * SECOND
    ):
        last = midnight - 1
    return instant(local_day(first, zone), 0, zone), instant(local_day(last, zone), 1440, zone)


def _plans(rosters: Sequence[RosterPublished]) -> dict[str, list[tuple[int, int]]]:
    """The duties of everybody over all rosters, UTC seconds."""
    found: dict[str, list[tuple[int, int]]] = {}
    for row in rosters:
        for agent, line in Roster.of(row.segments).by_agent().items():
            found.setdefault(agent, []).extend(Plan.of(line).duties())
    return found


def _on_duty(plans: Mapping[str, Sequence[tuple[int, int]]], agent: str, at: int, before: int) -> bool:
    """Whether a duty of a person that begins before some instant is on, or to come, at another."""
    return any(start < before and at < end for start, end in plans.get(agent, ()))


def _ends(plans: Mapping[str, Sequence[tuple[int, int]]], agent: str, at: int, midnight: int) -> bool:
    """Whether a person's event lies in a duty that began before midnight, or within an hour of its end."""
    return any(
        start < midnight and at < end + NEXT_S and midnight < end + NEXT_S for start, end in plans.get(agent, ())
    )


def judged_over(rosters: Sequence[RosterPublished], days: tuple[int, int]) -> list[RosterPublished]:
    """The rosters with the duties that begin within some days, and of a night before them what lies within.

    Without this, whoever worked the days before and after would be missed by events that are not about those days.
    """
    begin, end = days
    return [
        replace(
            row,
            start=max(row.start, begin),
            segments=tuple(
                sorted(
                    replace(segment, start=max(segment.start, begin))
                    for segment in _duties_of(Roster.of(row.segments).by_agent().values(), begin, end)
                    if segment.end > begin
                )
            ),
        )
        for row in rosters
        if row.end > begin
    ]


def _duties_of(lines: Iterable[Sequence[Segment]], begin: int, end: int) -> Iterator[Segment]:
    for line in lines:
        for start, stop in Plan.of(tuple(line)).duties():
            if start < end and begin < stop:
                yield from (segment for segment in line if start <= segment.start < stop)
