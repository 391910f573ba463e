"""Contact-centre months out of a seed: people, contracts, shifts, leave, and a requirement that fits them.

The requirement is scaled to what the people have to give (contract minutes less pauses and leave), so that neither
shortage nor surplus can be blamed on the instance: what is left over is the roster's.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from centre.grid import Horizon, instant
from centre.people import Agent, Contract, Wish
from centre.policy import Organisation, Policy
from centre.queues import Queue
from centre.requirement import Requirement
from centre.shifts import Shift
from centre.site import Leave, Settings, Site
from centre.words import WEEKDAYS
from scheduler.problem import Problem

FIRST_DAY = date(2026, 3, 2)
QUEUES = ("billing", "sales", "technical")
GROUPS: dict[int, tuple[tuple[str, ...], ...]] = {
    1: (("billing",),),
    2: (("billing",), ("sales",), ("billing", "sales")),
    3: (("billing",), ("sales",), ("technical",), ("billing", "sales"), ("billing", "sales", "technical")),
}
"""Skill groups by number of queues."""

VOLUME = (0.5, 0.3, 0.2)
"""Share of each queue in the work, renormalised over the queues there are."""

NOBODY_LEADS = 1_000_000
WEEKDAY_VOLUME = (1.10, 1.05, 1.02, 1.0, 1.02, 0.62, 0.5)
DAY_HOURS = (8.0, 8.25, 9.5, 11.0, 12.5, 14.0, 15.5, 17.5, 19.5, 20.0)
DAY_VOLUME = (0.55, 0.65, 0.85, 1.0, 0.95, 0.95, 1.0, 0.8, 0.6, 0.5)
ROUND_HOURS = (0.0, 3.0, 6.0, 8.0, 10.5, 13.0, 15.0, 18.0, 21.0, 24.0)
ROUND_VOLUME = (0.22, 0.12, 0.16, 0.6, 1.0, 0.85, 0.95, 0.75, 0.45, 0.22)

BREAKS = [
    {"activity": "break", "minutes": 15, "after_minutes": [60, 150], "paid": True},
    {"activity": "meal", "minutes": 30, "after_minutes": [180, 285]},
    {"activity": "break", "minutes": 15, "after_minutes": [345, 420], "paid": True},
]
SHORT_BREAK = [{"activity": "break", "minutes": 15, "after_minutes": [90, 165], "paid": True}]


@dataclass(frozen=True)
class Centre:
    """What to make: how many agents, whether it serves round the clock, how many queues, and how tight.

    `fill` is the share of the agents' contract time that the requirement asks for.
    """

    agents: int = 50
    around_the_clock: bool = False
    queues: int = 3
    weeks: int = 4
    grid_minutes: int = 15
    leaders: bool = True
    wishes: bool = True
    fill: float = 0.97
    seed: int = 1


def make(centre: Centre) -> Problem:
    """The roster problem of a centre."""
    rng = np.random.default_rng([centre.seed, centre.agents])
    horizon = Horizon("Europe/Berlin", centre.grid_minutes, FIRST_DAY, 7 * centre.weeks)
    queues = QUEUES[: centre.queues]
    agents = _agents(centre, rng)
    leave = tuple(_leave(centre, agents, horizon, rng))
    opening = "00:00-24:00" if centre.around_the_clock else "08:00-20:00"
    settings = Settings.model_validate(
        {
            "format": 1,
            "name": f"benchmark {centre.agents}",
            "zone": horizon.zone,
            "grid_minutes": centre.grid_minutes,
            "opening": {day: [opening] for day in WEEKDAYS},
        }
    )
    site = Site(
        settings=settings,
        queues={name: Queue(name=name) for name in queues},
        shifts=_shifts(centre),
        contracts=_contracts(centre),
        agents=agents,
        leave=leave,
    )
    span = (12, 14) if centre.leaders else (NOBODY_LEADS, NOBODY_LEADS)
    policy = Policy(organisation=Organisation(span_of_control=span, leader_whenever_agents=centre.leaders))
    return Problem(site, horizon, _requirement(centre, site, horizon, leave, rng), policy)


def _shifts(centre: Centre) -> dict[str, Shift]:
    tables: dict[str, dict[str, object]] = {
        "day": {"start": ["08:00", "11:30"], "minutes": [510, 510], "pauses": BREAKS},
        "early": {"start": ["07:00", "09:00"], "minutes": [450, 510], "pauses": BREAKS},
        "short": {"start": ["08:00", "16:00"], "minutes": [240, 300], "pauses": SHORT_BREAK},
    }
    if centre.around_the_clock:
        tables["early"]["start"] = ["06:00", "08:00"]
        tables["late"] = {"start": ["13:00", "15:30"], "minutes": 510, "pauses": BREAKS}
        tables["night"] = {"start": ["21:00", "23:00"], "minutes": 510, "pauses": BREAKS, "night": True}
        tables["short"]["start"] = ["07:00", "19:00"]
    return {name: Shift.model_validate({"name": name, "step_minutes": 30, **table}) for name, table in tables.items()}


def _contracts(centre: Centre) -> dict[str, Contract]:
    full = ("day", "early", *(("late", "night") if centre.around_the_clock else ()))
    tables: dict[str, dict[str, object]] = {
        "full_time": {
            "week_minutes": (1920, 2400), "days_per_week": (4, 5), "max_consecutive_days": 6, "weekends_off": 1,
            "start_spread_minutes": 0 if centre.around_the_clock else 120, "shifts": full,
        },
        "steady": {
            "week_minutes": (1920, 2400), "month_minutes": (0, 10080), "days_per_week": (4, 5),
            "max_consecutive_days": 5, "min_consecutive_days_off": 2, "weekends_off": 2,
            "start_spread_minutes": 60, "shifts": ("day", "early"), "max_overtime_minutes_per_week": 120,
        },
        "part_time": {
            "week_minutes": (900, 1260), "days_per_week": (3, 5), "max_consecutive_days": 5, "weekends_off": 1,
            "start_spread_minutes": 180, "shifts": ("short",),
        },
    }  # fmt: skip
    return {name: Contract.model_validate({"name": name, **table}) for name, table in tables.items()}


def _agents(centre: Centre, rng: np.random.Generator) -> dict[str, Agent]:
    groups = GROUPS[centre.queues]
    agents = {}
    for number in range(centre.agents):
        name = f"a{number:04d}"
        wishes: tuple[Wish, ...] = ()
        if centre.wishes and rng.random() < 0.2:
            wishes = (Wish(what=f"off-{WEEKDAYS[int(rng.integers(7))]}", weight=int(rng.integers(1, 6))),)
        agents[name] = Agent(
            agent=name,
            name=f"Agent {number}",
            team=f"team {number // 13}",
            contract=("full_time", "full_time", "steady", "part_time")[number % 4],
            skills=dict.fromkeys(groups[int(rng.integers(len(groups)))], 1.0),
            wishes=wishes,
        )
    if centre.leaders:
        # A leader is there five of seven days, and a day of opening is longer than a shift.
        needed = max(4 if not centre.around_the_clock else 8, -(-centre.agents // 11))
        for number in range(needed):
            name = f"l{number:03d}"
            agents[name] = Agent(agent=name, name=f"Leader {number}", role="leader", contract="full_time")
    return agents


def _leave(centre: Centre, agents: dict[str, Agent], horizon: Horizon, rng: np.random.Generator) -> list[Leave]:
    """A week's leave for one in six, a day or two for one in ten."""
    found = []
    for name in agents:
        draw = rng.random()
        days = 7 if draw < 1 / 6 else int(rng.integers(1, 3)) if draw < 1 / 6 + 0.1 else 0
        if days:
            first = FIRST_DAY + timedelta(days=int(rng.integers(max(1, horizon.days - days + 1))))
            zone = horizon.zone
            last = first + timedelta(days=days)
            found.append(Leave(agent=name, start=instant(first, 0, zone), end=instant(last, 0, zone)))
    return found


def _requirement(
    centre: Centre, site: Site, horizon: Horizon, leave: tuple[Leave, ...], rng: np.random.Generator
) -> Requirement:
    shape = _shape(centre, horizon, rng)
    shape *= centre.fill * _agent_intervals(site, horizon, leave) / shape.sum()
    gross = np.floor(shape + 0.5).astype(np.int64)
    aht = np.full(shape.shape, 240.0)
    volume = shape * horizon.minutes * 60 * 0.85 / aht
    curve = np.zeros((*shape.shape, 1), dtype=np.float32)
    return Requirement(horizon, tuple(site.queues), volume, aht, gross, gross, curve)


def _shape(centre: Centre, horizon: Horizon, rng: np.random.Generator) -> NDArray[np.float64]:
    """Work by queue and interval, in any unit."""
    hours = horizon.local_minutes / 60
    if centre.around_the_clock:
        daily = np.interp(hours, ROUND_HOURS, ROUND_VOLUME)
    else:
        daily = np.where((hours >= 8) & (hours < 20), np.interp(hours, DAY_HOURS, DAY_VOLUME), 0.0)
    weekday = np.array(WEEKDAY_VOLUME)[(horizon.day_of + horizon.first_day.weekday()) % 7]
    day_noise = rng.normal(1.0, 0.04, (centre.queues, horizon.days))[:, horizon.day_of]
    share = np.array(VOLUME[: centre.queues])
    return np.asarray(daily * weekday * day_noise * (share / share.sum())[:, None])


def _agent_intervals(site: Site, horizon: Horizon, leave: tuple[Leave, ...]) -> float:
    """Intervals that the agents can answer in, at the upper end of their contracts, less leave and pauses."""
    absent: dict[str, int] = {}
    for row in leave:
        absent[row.agent] = absent.get(row.agent, 0) + (row.end - row.start) // 86400
    minutes = 0.0
    for name, agent in site.agents.items():
        if agent.role == "agent":
            contract = site.contracts[agent.contract]
            week = contract.week_minutes[1]
            paid = min(week * horizon.days / 7, contract.month_minutes[1] * horizon.days / 31 or 1e9)
            days = max(0.0, horizon.days - absent.get(name, 0) * 7 / contract.days_per_week[1])
            answering = 1 - 15 / 270 if contract.name == "part_time" else 1 - 30 / 480
            minutes += paid * days / horizon.days * answering
    return minutes / horizon.minutes
