"""A small centre with a roster laid by hand, one pattern for everybody: what the outputs are written from."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from centre.grid import Horizon
from centre.people import Agent, Contract
from centre.policy import Policy
from centre.queues import Queue
from centre.requirement import Requirement
from centre.roster import Roster, Segment
from centre.shifts import Shift
from centre.site import Leave, Settings, Site
from scheduler.checks import Coverage, coverage
from scheduler.problem import Problem

AT = datetime(2026, 2, 28, 2, 15, tzinfo=UTC)
FIRST = date(2026, 3, 2)

MEAL = {"activity": "meal", "minutes": 60, "after_minutes": [180, 240]}
SHIFTS: dict[str, dict[str, Any]] = {
    "early": {"start": "08:30", "minutes": 540, "pauses": [MEAL]},
    "late": {"start": "13:00", "minutes": 540, "pauses": [MEAL]},
    "night": {"start": "22:00", "minutes": 540, "night": True, "pauses": [MEAL]},
}
STARTS = {"early": 510, "late": 780, "night": 1320}


def horizon(days: int = 14, zone: str = "Asia/Shanghai", first: date = FIRST) -> Horizon:
    return Horizon(zone, 15, first, days)


def site(agents: int = 12, team_size: int = 6, *, zone: str = "Asia/Shanghai", **people: dict[str, Any]) -> Site:
    """`agents` people in teams with a leader each; `people` overrides what single agents are, by number ("a3")."""
    rows: dict[str, Agent] = {}
    for number in range(agents):
        key = f"a{number}"
        row = {
            "agent": f"A{number:03d}",
            "name": f"Agent {number}",
            "team": f"Team {number // team_size + 1}",
            "role": "leader" if number % team_size == team_size - 1 else "agent",
            "contract": "full_time",
            "skills": {"billing": 1.0, "sales": 0.8},
            **people.get(key, {}),
        }
        rows[row["agent"]] = Agent.model_validate(row)
    return Site(
        settings=Settings(format=1, name="Hotline Shanghai", zone=zone),
        queues={name: Queue(name=name) for name in ("billing", "sales")},
        shifts={name: Shift.model_validate({**table, "name": name}) for name, table in SHIFTS.items()},
        contracts={"full_time": Contract(name="full_time")},
        agents=rows,
        sources={"agents.csv": "ab" * 32, "site.toml": "cd" * 32},
    )


def duty(agent: str, at: Horizon, day: int, shift: str, queue: str) -> Iterator[Segment]:
    """Work, a meal after three hours, work."""
    start = at.at(day, STARTS[shift])
    yield Segment(agent, start, start + 3 * 3600, "work", queue)
    yield Segment(agent, start + 3 * 3600, start + 4 * 3600, "meal")
    yield Segment(agent, start + 4 * 3600, start + 9 * 3600, "work", queue)


def roster(of: Site, at: Horizon, version: int = 3) -> Roster:
    """Five days on, two off, staggered; each person one shift and, if no leader, one queue."""
    segments: list[Segment] = []
    for number, agent in enumerate(of.agents.values()):
        shift = list(SHIFTS)[number % 3]
        queue = "" if agent.role == "leader" else ("billing", "sales")[number % 2]
        for day in range(at.days):
            if (day + number) % 7 < 5:
                segments += duty(agent.agent, at, day, shift, queue)
    return Roster.of(segments, version)


def requirement(at: Horizon, queues: tuple[str, ...] = ("billing", "sales"), staff: int = 2) -> Requirement:
    """`staff` agents from 08:00 to 22:00; n agents answer n / (n + 1) of ten contacts in time."""
    open_now = (at.local_minutes >= 480) & (at.local_minutes < 1320)
    volume = np.tile(np.where(open_now, 10.0, 0.0), (len(queues), 1))
    need = np.tile(np.where(open_now, staff, 0), (len(queues), 1)).astype(np.int64)
    levels = np.arange(13)
    curve = (volume[..., None] * levels / (levels + 1)).astype(np.float32)
    return Requirement(at, queues, volume, np.full(volume.shape, 240.0), need, need + (need > 0), curve)


def covered(of: Site, at: Horizon, needed: Requirement, made: Roster) -> Coverage:
    return coverage(made, Problem(of, at, needed, Policy()))


def leave(of: Site, agent: str, start: int, end: int) -> Site:
    """The site with an approved leave."""
    return replace(of, leave=(*of.leave, Leave(agent=agent, start=start, end=end, kind="sick")))
