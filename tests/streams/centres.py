"""A made-up centre for tests: some agents in overlapping shifts, three queues, a busy day."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from centre.grid import Horizon, instant
from centre.people import Agent, Contract
from centre.queues import Queue
from centre.roster import Roster, Segment
from centre.site import Settings, Site

ZONE = "Asia/Shanghai"
DAY = date(2026, 11, 23)
QUEUES = ("billing", "service", "sales")


@dataclass(frozen=True)
class Expected:
    """Expected contacts of a day."""

    horizon: Horizon
    queues: tuple[str, ...]
    volume: NDArray[np.float64]
    aht_s: NDArray[np.float64]


def centre(agents: int = 60) -> Site:
    """The site: every agent has one queue, every third two."""
    people = {}
    for number in range(agents):
        first = QUEUES[number % 3]
        skills = {first: 1.0} | ({QUEUES[(number + 1) % 3]: 0.9} if number % 3 == 0 else {})
        name = f"a{number:04}"
        people[name] = Agent(agent=name, name=name, team=f"t{number % 5}", contract="full", skills=skills)
    queues = {
        name: Queue(name=name, patience_s=150, aht_s=240, within_s=20, priority=place + 1)
        for place, name in enumerate(QUEUES)
    }
    return Site(
        settings=Settings(format=1, name="made-up", zone=ZONE),
        queues=queues,
        shifts={},
        contracts={"full": Contract(name="full")},
        agents=people,
    )


def duties(agents: int = 60) -> Roster:
    """A day of nine hours each, beginning between 08:00 and 12:00, with a break, a meal and another break."""
    segments = []
    for number in range(agents):
        start = instant(DAY, 480 + 15 * (number * 7 % 17), ZONE)
        agent, queue = f"a{number:04}", QUEUES[number % 3]
        begin = start
        shift = number * 5 % 4
        for activity, at, minutes in (
            ("break", 90 + 15 * shift, 15),
            ("meal", 210 + 15 * shift, 60),
            ("break", 420, 15),
        ):
            segments.append(Segment(agent, begin, start + at * 60, "work", queue))
            begin = start + (at + minutes) * 60
            segments.append(Segment(agent, start + at * 60, begin, activity))
        segments.append(Segment(agent, begin, start + 540 * 60, "work", queue))
    return Roster.of(segments, 1)


def expected(agents: int = 60) -> Expected:
    """Contacts that keep those agents about 80 % busy at noon."""
    horizon = Horizon(ZONE, 15, DAY, 1)
    hours = horizon.local_minutes / 60
    course = np.interp(hours, [0, 8, 9, 11, 14, 17, 19, 21, 24], [0, 0.05, 0.5, 1, 1, 0.9, 0.5, 0, 0])
    peak = agents * 0.6 * 900 / 240 / 3
    return Expected(horizon, QUEUES, np.tile(course * peak, (3, 1)), np.full((3, horizon.count), 240.0))
