"""Who works at the example centre: sixty agents in five teams with their leaders, wishes, leave, a training."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from centre.people import Agent, Role, Wish

TEAMS = {
    "en": ("Team 1", "Team 2", "Team 3", "Team 4", "Team 5"),
    "zh": ("一组", "二组", "三组", "四组", "五组"),
}
AGENTS_IN_TEAM = 12
"""ORG-2: one shift leader for 12 to 14 agents."""

FULL_TIME, PART_TIME = 44, 16

LEADERS_IN_TEAM = (1, 2, 1, 2, 1)
"""Each team has its leader; two more 值班长 are needed for a leader at every hour of seven days (ORG-3)."""

SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹"
GIVEN = (
    "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "霞", "平",
    "晓燕", "志强", "海燕", "建华", "文婷", "雅琴", "俊杰", "思远", "雨桐", "佳怡", "子涵", "欣怡", "梦洁", "嘉豪",
    "慧敏", "立新", "春梅", "国庆", "婷婷", "晨曦", "家辉", "诗雨", "浩然", "秀英", "晓东",
)  # fmt: skip

SKILL_SETS = (
    (("billing",), 0.17),
    (("service",), 0.14),
    (("sales",), 0.09),
    (("billing", "service"), 0.20),
    (("service", "sales"), 0.12),
    (("billing", "sales"), 0.10),
    (("billing", "service", "sales"), 0.18),
)
"""Who can serve what, with the share of people: two thirds are flexible."""


@dataclass(frozen=True)
class Absence:
    """A row of leave.csv as it is written: whole days, the last one included, or local times."""

    agent: str
    start: str
    end: str
    kind: str


def example_agents(seed: int, first_day: date, language: str) -> list[Agent]:
    """The people, leaders first in each team; one of them begins two weeks after `first_day`."""
    rng = np.random.default_rng([seed, 11])
    names = _names(rng)
    part_timers = set(rng.permutation(FULL_TIME + PART_TIME)[:PART_TIME].tolist())
    skills = list(_skill_sets(rng))
    people: list[Agent] = []
    leaders = 0
    for place, team in enumerate(TEAMS[language]):
        for _ in range(LEADERS_IN_TEAM[place]):
            leaders += 1
            people.append(_person(rng, f"l{leaders:02d}", next(names), team, "leader", "full_time", {}, first_day))
        for number in range(place * AGENTS_IN_TEAM, (place + 1) * AGENTS_IN_TEAM):
            contract = "part_time" if number in part_timers else "full_time"
            speeds = _speeds(rng, skills[number])
            agent = f"a{number + 1:03d}"
            people.append(_person(rng, agent, next(names), team, "agent", contract, speeds, first_day))
    newest = people[-1]
    return [*people[:-1], newest.model_copy(update={"hired": first_day + timedelta(days=14), "wishes": ()})]


def _names(rng: np.random.Generator) -> Iterator[str]:
    """Personal names, none twice."""
    known = set()
    while True:
        name = str(rng.choice(list(SURNAMES))) + str(rng.choice(GIVEN))
        if name not in known:
            known.add(name)
            yield name


def _skill_sets(rng: np.random.Generator) -> Iterator[tuple[str, ...]]:
    """A set of skills for each agent, in the shares given, in random order."""
    count = FULL_TIME + PART_TIME
    shares = np.cumsum([share for _, share in SKILL_SETS]) / sum(share for _, share in SKILL_SETS)
    places = np.searchsorted(shares, (rng.permutation(count) + 0.5) / count)
    return (SKILL_SETS[int(place)][0] for place in places)


def _speeds(rng: np.random.Generator, queues: tuple[str, ...]) -> dict[str, float]:
    """The first skill at about the standard speed, each further one a little slower."""
    own = float(rng.choice([0.9, 1.0, 1.0, 1.0, 1.1]))
    order = rng.permutation(len(queues)).tolist()
    return {queues[place]: round(own - 0.05 * min(rank, 1), 2) for rank, place in enumerate(order)}


def _person(
    rng: np.random.Generator,
    agent: str,
    name: str,
    team: str,
    role: Role,
    contract: str,
    skills: dict[str, float],
    first_day: date,
) -> Agent:
    return Agent(
        agent=agent,
        name=name,
        team=team,
        role=role,
        contract=contract,
        skills=skills,
        email=f"{agent}@example.com",
        hired=first_day - timedelta(days=int(rng.integers(120, 2500))),
        wishes=_wishes(rng, contract),
    )


def _wishes(rng: np.random.Generator, contract: str) -> tuple[Wish, ...]:
    wishes = []
    if contract == "full_time" and rng.random() < 0.3:
        wishes.append(Wish(what=str(rng.choice(["early", "mid", "late"])), weight=int(rng.integers(1, 5))))
    if rng.random() < 0.25:
        wishes.append(Wish(what=f"off-{rng.choice(['sat', 'sun', 'sun', 'wed'])}", weight=int(rng.integers(2, 8))))
    return tuple(wishes)


def example_leave(seed: int, agents: list[Agent], first_day: date, days: int) -> list[Absence]:
    """Approved leave in the days to come: two weeks off, some long weekends, some half days."""
    rng = np.random.default_rng([seed, 12])
    chosen = rng.permutation(len(agents) - 1)[:18]
    absences = []
    for rank, place in enumerate(chosen):
        agent = agents[int(place)].agent
        begin = first_day + timedelta(days=int(rng.integers(0, days - 7)))
        if rank == 17:
            absences.append(Absence(agent, f"{begin} 13:00", f"{begin} 17:30", "personal"))
            continue
        length = 7 if rank < 2 else int(rng.integers(1, 4))
        kind = "annual" if rank < 2 else str(rng.choice(["annual", "annual", "personal"]))
        absences.append(Absence(agent, str(begin), str(begin + timedelta(days=length - 1)), kind))
    return sorted(absences, key=lambda absence: (absence.start, absence.agent))
