"""A rehearsed day: a roster, a demand and a seed give the events a telephone system would have sent, and the truth."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from msgspec.structs import replace as changed

from centre.events import AgentState, Event
from centre.grid import instant
from centre.policy import Policy
from centre.roster import Roster, Segment
from centre.site import Site
from streams.plan import Plan
from streams.rehearsal.contacts import Arrivals, Demand, day_factor
from streams.rehearsal.disruption import UNDISTURBED, Disruption, disturbed_contacts, stay_away
from streams.rehearsal.floor import Floor
from streams.rehearsal.habits import Habits, Intent, intend
from streams.rehearsal.people import SECOND, Duty, Person
from streams.rehearsal.queue_truth import queue_truth
from streams.rehearsal.truth import Happened, QueueDay, truth_of

USUAL = Habits()

BEAT_S = 3600
"""How often a telephone system repeats a state."""


@dataclass(frozen=True)
class Rehearsal:
    """What came out of a rehearsed day.

    Attributes
    ----------
    events : as sent, in order of time.
    truth : where people really departed from the roster, and where queues were really in trouble.
    queues : what really became of each queue's contacts.
    """

    events: tuple[Event, ...]
    truth: tuple[Happened, ...]
    queues: tuple[QueueDay, ...]

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)


def rehearse(
    site: Site,
    roster: Roster,
    demand: Demand,
    day: date,
    seed: int,
    habits: Habits = USUAL,
    factor: float | None = None,
    disruption: Disruption = UNDISTURBED,
    policy: Policy | None = None,
    required: Mapping[str, Mapping[int, int]] | None = None,
    recorded: Callable[[str, int], Arrivals] | None = None,
) -> Rehearsal:
    """Let a day happen.

    Parameters
    ----------
    site : people, their skills, queues, zone.
    roster : who should be there, whole duties; those that overlap `day` are lived: who works the night before is there
        when the day begins (events begin then), and the night that begins on the day is lived to its end.
    demand : expected contacts and handle times, for example the requirement.
    day : local day.
    seed : the same seed gives the same day, event for event.
    habits : what people do with the roster.
    factor : how much busier than expected the day is; drawn by default.
    disruption : what goes wrong besides.
    policy : by which queues are in trouble; without it the truth tells of people only.
    required : agents needed by queue and interval, named by its start in UTC seconds.
    recorded : contacts of a real day instead of drawn ones, by queue.
    """
    zone = site.settings.zone
    begin, end = instant(day, 0, zone), instant(day, 1440, zone)
    people = stay_away(people_of(site, roster, day, seed, habits), disruption, seed)
    last = max([end, *(duty.intent.end for person in people for duty in person.duties)])
    floor = Floor(
        site.settings.name,
        f"{day}-{seed}",
        site.queues,
        people,
        site.settings.grid_minutes * 60,
        begin * SECOND,
    )
    busier = day_factor(seed) if factor is None else factor
    contacts = disturbed_contacts(site.queues, demand, (begin, end), seed, busier, disruption, recorded)
    floor.live(contacts, last * SECOND)
    beats = heart_beats(people, floor.events, range(end * SECOND, last * SECOND, BEAT_S * SECOND))
    events = since(sorted([*floor.events, *beats], key=lambda event: event.at), begin * SECOND)
    truth = [*seen(truth_of(people), begin * SECOND)]
    if policy is not None:
        truth += queue_truth(floor, required or {}, policy, site.settings.grid_minutes * 60, last * SECOND)
    return Rehearsal(tuple(events), tuple(truth), tuple(_queue_days(floor)))


def heart_beats(people: Iterable[Person], events: Iterable[Event], times: range) -> Iterator[Event]:
    """The states of a night repeated: no contact of the next day comes, and silence for hours would be a fault."""
    last = {event.agent: event for event in events if isinstance(event, AgentState)}
    for at in times:
        for person in people:
            _, state, queue = max((row for row in person.heard if row[0] <= at), default=(0, "logged_out", ""))
            if state != "logged_out" and person.name in last:
                name = f"{last[person.name].id}-beat-{at // SECOND}"
                yield changed(last[person.name], id=name, at=at, state=state, queue=queue, sequence=0)


def since(events: Iterable[Event], begin: int) -> Iterator[Event]:
    """Events in order of time from an instant on, UTC microseconds; the state that somebody is in then is told then."""
    before: dict[str, AgentState] = {}
    later: list[Event] = []
    for event in events:
        if event.at >= begin:
            later.append(event)
        elif isinstance(event, AgentState):
            before[event.agent] = event
    there = {name: changed(event, at=begin) for name, event in before.items() if event.state != "logged_out"}
    yield from (event for event in later if event.at == begin and getattr(event, "agent", "") not in there)
    yield from there.values()
    yield from (event for event in later if event.at > begin)


def seen(truth: Iterable[Happened], begin: int) -> Iterator[Happened]:
    """What happened from an instant on, UTC microseconds: what was over before is not in the events."""
    for row in truth:
        if row.end > begin:
            yield replace(row, start=max(row.start, begin))


def people_of(site: Site, roster: Roster, day: date, seed: int, habits: Habits) -> list[Person]:
    """Who works on a day, with what was drawn for each: all duties that overlap it."""
    queues = tuple(sorted(site.queues))
    begin, end = instant(day, 0, site.settings.zone), instant(day, 1440, site.settings.zone)
    people = []
    for agent, segments in sorted(roster.by_agent().items()):
        rng = np.random.default_rng([seed, *agent.encode()])
        nature = float(rng.gamma(habits.spread, 1 / habits.spread))
        duties = [duty for duty in _duties(segments) if duty[0].start < end and begin < duty[-1].end]
        intents: list[Intent] = [intend(duty, queues, habits, nature, rng) for duty in duties]
        if intents:
            known = site.agents.get(agent)
            skills = dict(known.skills) if known else {s.queue: 1.0 for duty in duties for s in duty if s.queue}
            people.append(Person(agent, skills, [Duty(intent) for intent in intents]))
    return people


def _duties(segments: tuple[Segment, ...]) -> list[tuple[Segment, ...]]:
    return [tuple(s for s in segments if start <= s.start < end) for start, end in Plan.of(segments).duties()]


def _queue_days(floor: Floor) -> Iterator[QueueDay]:
    for name, line in floor.lines.items():
        day = line.day
        yield QueueDay(name, day.offered, day.answered, day.answered_within, day.abandoned, round(day.wait_s, 3))
