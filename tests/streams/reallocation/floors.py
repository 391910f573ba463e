"""Small floors for tests of reallocation, written by hand: one queue or two, a few people, a load that is known."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from centre.grid import instant
from centre.people import Agent, Contract
from centre.queues import Queue
from centre.roster import Segment
from centre.shifts import Pause, Shift
from centre.site import Settings, Site
from streams.reallocation.paint import Line
from streams.reallocation.sight import STEP_S, Present, Sight

ZONE = "Asia/Shanghai"
DAY = date(2026, 11, 23)
BILLING = Queue(name="billing", aht_s=240, within_s=20, patience_s=150)


def at(hour: int, minute: int = 0) -> int:
    """UTC second of a wall-clock time."""
    return instant(DAY, hour * 60 + minute, ZONE)


def usual(agent: str, meal: int = 12, queue: str = "billing") -> Line:
    """09:00 to 18:00, a meal of an hour, a break at 15:00."""
    return (
        Segment(agent, at(9), at(meal), "work", queue),
        Segment(agent, at(meal), at(meal + 1), "meal"),
        Segment(agent, at(meal + 1), at(15), "work", queue),
        Segment(agent, at(15), at(15, 15), "break"),
        Segment(agent, at(15, 15), at(18), "work", queue),
    )


def site(agents: Sequence[Agent] = ()) -> Site:
    """A site of one shift: 09:00 to 18:00, the meal within 11:00 and 15:00, the break within 14:00 and 17:30."""
    pauses = (
        Pause(activity="meal", minutes=60, window=(660, 900)),
        Pause(activity="break", minutes=15, window=(840, 1050)),
    )
    shift = Shift(name="day", start=(540, 540), minutes=(540, 540), pauses=pauses)
    return Site(
        settings=Settings(format=1, name="made-up", zone=ZONE),
        queues={"billing": BILLING},
        shifts={"day": shift},
        contracts={"full": Contract(name="full", shifts=("day",))},
        agents={agent.agent: agent for agent in agents},
    )


def people(count: int, meal: int = 12) -> list[Agent]:
    """Agents of one skill."""
    return [
        Agent(agent=f"a{n:02}", name=f"a{n:02}", team="t", contract="full", skills={"billing": 1.0})
        for n in range(count)
    ]


def sight(
    count: int = 12,
    hour: int = 11,
    erlangs: float | Sequence[float] = 8.0,
    meal: int = 12,
    waiting: int = 0,
    hours: int = 4,
) -> Sight:
    """So many people at an hour, the same load throughout or one an hour."""
    steps = hours * 3600 // STEP_S
    loads = np.repeat(np.broadcast_to(np.asarray(erlangs, dtype=float), (hours,)), 3600 // STEP_S)
    return Sight(
        now=at(hour),
        begin=at(hour),
        queues=(BILLING,),
        people=tuple(
            Present(f"a{n:02}", "agent", "full", {"billing": 1.0}, usual(f"a{n:02}", meal)) for n in range(count)
        ),
        volume=loads[None, :] * STEP_S / BILLING.aht_s,
        aht_s=np.full((1, steps), BILLING.aht_s),
        volume_sd=np.array([0.05]),
        waiting=np.array([waiting]),
        busy=np.array([0]),
    )
