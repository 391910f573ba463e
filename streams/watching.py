"""The floor watched over a run of events, in memory: alerts as they come, and adherence by agent and day at the end.

For a file, standard input, a replay under another policy, a recomputation from the journal. Time is the events' own;
after the last one it goes on to the end of the duties of that day, so that whoever left early or never came is seen.
What runs for months, over a log and a database, is `streams.processor`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from centre.events import Event, ExceptionGranted, ExceptionRevoked, Input, RosterPublished, Tick
from centre.policy import Policy
from centre.roster import Roster
from streams.days import report
from streams.floor_policy import SECOND, FloorPolicy
from streams.outputs import AdherenceDay, Output
from streams.state import State, day_window, initial
from streams.step import fold, with_ticks

Decision = RosterPublished | ExceptionGranted | ExceptionRevoked

FOR_EVER_S = 100 * 366 * 86_400
BATCH = 1000


def publication(roster: Roster, site: str, at: int = 0) -> RosterPublished:
    """A whole roster as the input that puts it into force over the time it speaks for.

    Parameters
    ----------
    roster : the published roster.
    site : the site's name.
    at : when it was published, UTC microseconds.
    """
    start = min((segment.start for segment in roster.segments), default=0)
    end = max((segment.end for segment in roster.segments), default=0)
    return RosterPublished(f"roster-{roster.version}", at, site, roster.version, start, end, roster.segments)


def in_order(events: Iterable[Event]) -> list[Event]:
    """Events of a finite log in order of their time, each once: the same list for any order they came in."""
    unique = {event.id: event for event in events}
    return sorted(unique.values(), key=lambda event: (event.at, getattr(event, "sequence", 0), event.id))


def watch(
    events: Iterable[Event], decisions: Iterable[Decision], floor: FloorPolicy, until: int | None = None
) -> Iterator[Output]:
    """Say what there is to say while events come; at their end each agent's adherence by day.

    Parameters
    ----------
    events : as they come, each answered before the next is asked for, and none too late; or a finite log as a sequence,
        which is put in order first, so that late events raise no false alarm.
    decisions : rosters and exceptions, known from the beginning.
    floor : the policy.
    until : how far time goes on after the last event, UTC microseconds; by default to the end of the last duty that
        began on that local day.

    Yields
    ------
    Alerts, escalations, ends; then the adherence of every agent and day.
    """
    finite = isinstance(events, Sequence)
    floor = floor if finite else replace(floor, policy=_never_too_late(floor))
    stream = iter(in_order(events) if finite else events)
    first = next(stream, None)
    if first is None:
        return
    days: list[Output] = []
    state, said = fold(initial(first.at, floor.zone), decisions, floor)
    yield from _now(said, days)
    inputs = with_ticks(chain([first], stream), state.now)
    while batch := list(islice(inputs, BATCH if finite else 1)):
        state, said = fold(state, batch, floor)
        yield from _now(said, days)
    state, said = fold(state, [Tick(last_moment(state, floor) if until is None else until)], floor)
    yield from _now(said, days)
    yield from days
    yield from report(state, floor)


def _now(said: Iterable[Output], days: list[Output]) -> Iterator[Output]:
    """What has to be said at once; days that were closed are put by for the end."""
    for output in said:
        if isinstance(output, AdherenceDay):
            days.append(output)
        else:
            yield output


def lived(events: Iterable[Event], decisions: Iterable[Decision], floor: FloorPolicy, until: int) -> State:
    """The floor at `until`, reckoned anew from the journal: what is known now of what was.

    Leave decisions and events out that came after some moment, and it is what was known then.
    """
    ordered = in_order(events)
    boundless = replace(floor, policy=_never_too_late(floor))
    state = initial(ordered[0].at if ordered else until, floor.zone)
    state, _ = fold(state, decisions, boundless)
    stream: Iterator[Input] = chain(with_ticks(ordered, state.now), [Tick(until)])
    while batch := list(islice(stream, BATCH)):
        state, _ = fold(state, batch, boundless)
    return state


def last_moment(state: State, floor: FloorPolicy) -> int:
    """The end of the last duty that began on the local day it is, or just after now; UTC microseconds."""
    day_end = day_window(state.now, floor)[1] // SECOND
    ends = [end for line in state.lines.values() for start, end in line.plan.duties() if start < day_end]
    return max(state.now + 1, max(ends, default=0) * SECOND)


def _never_too_late(floor: FloorPolicy) -> Policy:
    adherence = floor.policy.adherence.model_copy(update={"late_events_s": FOR_EVER_S})
    return floor.policy.model_copy(update={"adherence": adherence})
