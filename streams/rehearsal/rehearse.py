"""A rehearsed day: a roster, a demand and a seed give the events a telephone system would have sent, and the truth."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from centre.events import Event
from centre.grid import instant, local_day
from centre.roster import Roster, Segment
from centre.site import Site
from streams.plan import Plan
from streams.rehearsal.contacts import Demand, day_factor
from streams.rehearsal.disruption import UNDISTURBED, Disruption, disturbed_contacts, stay_away
from streams.rehearsal.floor import Floor
from streams.rehearsal.habits import Habits, Intent, intend
from streams.rehearsal.people import SECOND, Duty, Person
from streams.rehearsal.truth import Happened, QueueDay, truth_of

USUAL = Habits()


@dataclass(frozen=True)
class Rehearsal:
    """What came out of a rehearsed day.

    Attributes
    ----------
    events : as sent, in order of time.
    truth : where people really departed from the roster.
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
) -> Rehearsal:
    """Let a day happen.

    Parameters
    ----------
    site : people, their skills, queues, zone.
    roster : who should be there; the duties that begin on `day` are lived.
    demand : expected contacts and handle times, for example the requirement.
    day : local day.
    seed : the same seed gives the same day, event for event.
    habits : what people do with the roster.
    factor : how much busier than expected the day is; drawn by default.
    disruption : what goes wrong besides.
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
    contacts = disturbed_contacts(site.queues, demand, (begin, end), seed, busier, disruption)
    floor.live(contacts, last * SECOND)
    return Rehearsal(tuple(floor.events), tuple(truth_of(people)), tuple(_queue_days(floor)))


def people_of(site: Site, roster: Roster, day: date, seed: int, habits: Habits) -> list[Person]:
    """Who works on a day, with what was drawn for each."""
    queues = tuple(sorted(site.queues))
    people = []
    for agent, segments in sorted(roster.by_agent().items()):
        rng = np.random.default_rng([seed, *agent.encode()])
        nature = float(rng.gamma(habits.spread, 1 / habits.spread))
        duties = [duty for duty in _duties(segments) if local_day(duty[0].start, site.settings.zone) == day]
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
