"""Contact-centre months out of a seed: people, contracts, shifts, leave, and a requirement that fits them.

The requirement is scaled to what the people have to give (contract minutes less pauses and leave, week by week), skills
are dealt so that of no set of queues more is asked than those who serve it can give, nor less than those give who serve
nothing else, and there are as many leaders as the floor needs: neither shortage nor surplus can be blamed on the
instance in the large. What is left over is the roster's, and that of whole people and whole agents required.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

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
GROUPS: dict[int, dict[tuple[str, ...], float]] = {
    1: {("billing",): 1.0},
    2: {("billing",): 0.35, ("sales",): 0.2, ("billing", "sales"): 0.45},
    3: {
        ("billing",): 0.25, ("sales",): 0.15, ("technical",): 0.1, ("billing", "sales"): 0.25,
        ("billing", "sales", "technical"): 0.25,
    },
}  # fmt: skip
"""Skill groups by number of queues, and the share of the agents of each."""

VOLUME = (0.5, 0.3, 0.2)
"""Share of each queue in the work, renormalised over the queues there are."""

CONTRACTS = ("full_time", "full_time", "steady", "part_time")
"""Dealt in turn."""

WORKING_DAYS = 5
"""Leave days of a week that are credited, at most."""

LEADERS_TO_SPARE = 1.2
"""Leaders there are, to those who could just lead everybody whenever agents are on the floor."""

PRESENT = 1.18
"""People in their duties for each who answers: pauses."""

NOBODY_LEADS = 1_000_000
WEEKDAY_VOLUME = (1.10, 1.05, 1.02, 1.0, 1.02, 0.62, 0.5)
FULL_DAY, HALF_DAY = 510, 270
"""Minutes of a shift."""

Mix = tuple[tuple[int, dict[float, float]], ...]
"""Length of a shift in minutes; people on it by the hour at which they start."""

OPEN_TWELVE_HOURS: Mix = (
    (FULL_DAY, {8: 26, 8.5: 12, 9: 10, 9.5: 8, 10: 8, 10.5: 8, 11: 10, 11.5: 18}),
    (HALF_DAY, {8: 5, 9: 3, 10: 4, 11: 3, 12: 4, 13: 3, 14: 4, 15: 4, 15.5: 4}),
)
OPEN_ROUND_THE_CLOCK: Mix = (
    (FULL_DAY, {6: 8, 7: 9, 8: 14, 9: 10, 10: 9, 11: 8, 13: 7, 14: 8, 15: 8, 15.5: 3, 22: 7, 23: 2}),
    (HALF_DAY, {8: 5, 9: 3, 10: 4, 11: 3, 12: 3, 14: 4, 16: 4, 17: 4, 19: 4}),
)
"""Whom a plausible day would have; the work of a day has the shape of what they can answer."""

QUARTER = 15
BREAKS: list[dict[str, Any]] = [
    {"activity": "break", "minutes": 15, "after_minutes": [60, 150], "paid": True},
    {"activity": "meal", "minutes": 30, "after_minutes": [180, 285]},
    {"activity": "break", "minutes": 15, "after_minutes": [345, 420], "paid": True},
]
SHORT_BREAK: list[dict[str, Any]] = [{"activity": "break", "minutes": 15, "after_minutes": [90, 165], "paid": True}]


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
    leave = tuple(_leave(agents, horizon, rng))
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
    requirement = _requirement(centre, site, horizon, rng)
    span = (12, 14) if centre.leaders else (NOBODY_LEADS, NOBODY_LEADS)
    policy = Policy(organisation=Organisation(span_of_control=span, leader_whenever_agents=centre.leaders))
    if centre.leaders:
        leaders = _leaders(requirement, span[1])
        away = (*leave, *_leave(leaders, horizon, rng))
        site = replace(site, agents={**agents, **leaders}, leave=away)
    return Problem(site, horizon, requirement, policy)


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
    agents = {}
    skills = _skills(centre, rng)
    for number in range(centre.agents):
        name = f"a{number:04d}"
        wishes: tuple[Wish, ...] = ()
        if centre.wishes and rng.random() < 0.2:
            wishes = (Wish(what=f"off-{WEEKDAYS[int(rng.integers(7))]}", weight=int(rng.integers(1, 6))),)
        agents[name] = Agent(
            agent=name,
            name=f"Agent {number}",
            team=f"team {number // 13}",
            contract=CONTRACTS[number % len(CONTRACTS)],
            skills=dict.fromkeys(skills[number], 1.0),
            wishes=wishes,
        )
    return agents


def _skills(centre: Centre, rng: np.random.Generator) -> list[tuple[str, ...]]:
    """The skills of each agent: the groups' shares within each contract, in random order."""
    groups, shares = list(GROUPS[centre.queues]), np.cumsum(list(GROUPS[centre.queues].values()))
    found: list[tuple[str, ...]] = [()] * centre.agents
    for turn in range(len(CONTRACTS)):
        same = rng.permutation(np.arange(turn, centre.agents, len(CONTRACTS)))
        places = (np.arange(same.size) + (turn + 0.5) / len(CONTRACTS)) / max(1, same.size)
        for number, place in zip(same, places, strict=True):
            found[number] = groups[min(int(np.searchsorted(shares, place)), len(groups) - 1)]
    return found


def _leaders(requirement: Requirement, span: int) -> dict[str, Agent]:
    """Shift leaders, full time, enough for the floor that the requirement asks for."""
    present = np.ceil(requirement.gross.sum(axis=0) * PRESENT / span)
    hours = float(present.sum()) * requirement.horizon.minutes / 60
    needed = math.ceil(LEADERS_TO_SPARE * hours / (40 * requirement.horizon.days / 7))
    names = [f"l{number:03d}" for number in range(needed)]
    return {name: Agent(agent=name, name=f"Leader {name}", role="leader", contract="full_time") for name in names}


def _leave(agents: Iterable[str], horizon: Horizon, rng: np.random.Generator) -> list[Leave]:
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


def _requirement(centre: Centre, site: Site, horizon: Horizon, rng: np.random.Generator) -> Requirement:
    shape = _shape(centre, horizon, rng)
    week = horizon.day_of // 7
    asked = np.bincount(week, shape.sum(axis=0))
    shape *= (centre.fill * _agent_intervals(site, horizon) / asked)[week]
    gross = np.floor(shape + 0.5).astype(np.int64)
    aht = np.full(shape.shape, 240.0)
    volume = shape * horizon.minutes * 60 * 0.85 / aht
    curve = np.zeros((*shape.shape, 1), dtype=np.float32)
    return Requirement(horizon, tuple(site.queues), volume, aht, gross, gross, curve)


def _shape(centre: Centre, horizon: Horizon, rng: np.random.Generator) -> NDArray[np.float64]:
    """Work by queue and interval, in any unit."""
    mix = OPEN_ROUND_THE_CLOCK if centre.around_the_clock else OPEN_TWELVE_HOURS
    daily = _answering(mix)[horizon.local_minutes // QUARTER]
    weekday = np.array(WEEKDAY_VOLUME)[(horizon.day_of + horizon.first_day.weekday()) % 7]
    day_noise = rng.normal(1.0, 0.04, (centre.queues, horizon.days))[:, horizon.day_of]
    share = np.array(VOLUME[: centre.queues])
    return np.asarray(daily * weekday * day_noise * (share / share.sum())[:, None])


def _answering(mix: Mix) -> NDArray[np.float64]:
    """How many of a mix answer in each quarter of an hour of a day, pauses spread evenly over where they may lie."""
    found = np.zeros(24 * 60 // QUARTER)
    for minutes, starts in mix:
        busy = np.ones(minutes // QUARTER)
        for pause in BREAKS if minutes == FULL_DAY else SHORT_BREAK:
            length = pause["minutes"] // QUARTER
            low, high = (after // QUARTER for after in pause["after_minutes"])
            for place in range(low, high + 1):
                busy[place : place + length] -= 1 / (high + 1 - low)
        for start, people in starts.items():
            places = np.arange(busy.size) + int(start * 60) // QUARTER
            np.add.at(found, places % found.size, people * busy)
    return found


def _agent_intervals(site: Site, horizon: Horizon) -> NDArray[np.float64]:
    """Intervals of each week that agents can answer in, at the upper end of their contracts, less leave and pauses."""
    absent: dict[tuple[str, int], int] = {}
    for row in site.leave:
        for day in range((row.start - horizon.begin) // 86400, (row.end - horizon.begin + 43200) // 86400):
            absent[row.agent, day // 7] = absent.get((row.agent, day // 7), 0) + 1
    minutes = np.zeros(horizon.days // 7)
    for name, agent in site.agents.items():
        contract = site.contracts[agent.contract]
        answering = 1 - 15 / 270 if contract.name == "part_time" else 1 - 30 / 480
        for week in range(minutes.size):
            gone = min(absent.get((name, week), 0), WORKING_DAYS) / WORKING_DAYS
            minutes[week] += contract.week_minutes[1] * answering * (1 - gone)
    return minutes / horizon.minutes
