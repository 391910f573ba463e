"""The objective the solver tells is the one reckoned from the roster alone, term by term; the bound is below it."""

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import numpy as np
import pytest

from centre.activities import PlannedActivity
from centre.policy import Organisation, Policy
from centre.posts import Post
from centre.requirement import Requirement
from centre.roster import Roster
from centre.roster_weights import RosterWeights
from scheduler.checks import check
from scheduler.checks.objective import objective
from scheduler.problem import Problem
from scheduler.solve import Result, solve
from tests.scheduler.conftest import SHIFTS, Case

ON_CALL = {"start": "18:00", "minutes": 840, "on_call": True, "paid_share": 0.25}
FLAT = {
    "E": {"start": "06:00", "minutes": 480},
    "L": {"start": "14:00", "minutes": 480},
    "N": {"start": "22:00", "minutes": 480, "night": True},
}


def solved(problem: Problem, rounds: int = 2) -> Result:
    return solve(problem, seconds=60, rounds=rounds)


def agree(problem: Problem, rounds: int = 2) -> Result:
    """Solve, and hold the solver's terms against those of the checker."""
    result = solved(problem, rounds)
    assert [str(violation) for violation in result.hard_violations] == []
    theirs = objective(result.roster, problem)
    for name, cost in result.cost_by_term.items():
        assert theirs[name] == pytest.approx(cost, abs=1e-6), name
    assert sum(theirs.values()) == pytest.approx(result.objective)
    assert result.bound <= result.objective + 1e-9
    return result


def curves(horizon: Any, gross: np.ndarray, volume: np.ndarray) -> Requirement:
    """A requirement whose service curves rise like an S, as Erlang's do."""
    staff = np.arange(9)
    shape = staff[None, None, :] ** 2 / (staff[None, None, :] ** 2 + 1 + gross[:, :, None])
    curve = (volume[:, :, None] * shape).astype(np.float32)
    queues = ("billing", "sales")[: len(gross)]
    return Requirement(horizon, queues, volume, np.full(volume.shape, 240.0), gross, gross, curve)


def everything(weights: dict[str, Any], queues: int = 1) -> Problem:
    """Nine days, two teams, on call, posts, a briefing, a weekly training, a ledger, a published roster."""
    people = {
        "b": {"team": "red", "wishes": [{"what": "E", "weight": 3}], "skills": {"billing": 1.0, "sales": 0.8}},
        "c": {"team": "blue", "wishes": [{"what": "off-sun", "weight": 5}], "attributes": ("senior",)},
        "d": {"team": "blue", "attributes": ("senior",), "skills": {"sales": 1.2}},
        "boss": {"role": "leader", "skills": {}},
    }
    case = Case(
        contract={"days_per_week": (0, 5), "week_minutes": (0, 2000), "max_overtime_minutes_per_week": 480},
        shifts={**SHIFTS, "C": ON_CALL},
        agent={"team": "red", "attributes": ("senior",)},
        people=people,
        tail="D.D",
        line="." * 9,
        first=date(2026, 4, 3),
        gross={0: 2, 2: 3, 3: 1, 5: 2, 8: 2},
        fixed=((4, 840, 1320, "work"),),
        leave=((6, 0, 7, 0),),
        policy=Policy(
            organisation=Organisation(span_of_control=(1, 2)),
            roster=RosterWeights(**{"apart": 0.3, "unfair": 0.2, "wish": 0.3, **weights}),
        ),
    )
    problem = case.problem
    horizon, rng = problem.horizon, np.random.default_rng(7)
    gross = np.vstack([problem.requirement.gross, np.roll(problem.requirement.gross, 9)])[:queues]
    volume = gross * rng.uniform(2, 4, gross.shape)
    site = replace(
        problem.site,
        posts=(
            Post(name="seniors", who=("attribute:senior",), least=2, window=(600, 960)),
            Post(name="on call", shift="C", days=("sat", "sun"), window=(1080, 480), price=5.0),
            Post(name="monday", who=("role:leader",), dates=(date(2026, 4, 6),), window=(480, 720)),
        ),
        activities=(
            PlannedActivity(name="briefing", activity="briefing", minutes=15, window=(840, 960), who=("team:red",)),
            PlannedActivity(
                name="lesson", activity="training", minutes=60, window=(600, 1200), often="weekly", times=2,
                who=("attribute:senior",),
            ),
            PlannedActivity(name="team", activity="meeting", minutes=30, window=(480, 1020), often="weekly",
                            together="team"),
        ),
    )  # fmt: skip
    published = replace(case, line="DD..E....", lines={"b": "EE.LL....", "c": "N.......D"}).roster
    return replace(
        problem,
        site=site,
        requirement=curves(horizon, gross, volume),
        published=published,
        holidays=frozenset({date(2026, 4, 5)}),
        ledger={
            "a": {"late": 3.0, "night": 1.0, "granted": 2.0, "refused": 8.0},
            "b": {"weekend": 2.0, "holiday": 1.0, "granted": 9.0, "refused": 1.0},
        },
    )


@pytest.mark.parametrize("queues", [1, 2])
@pytest.mark.parametrize("kind", ["staff", "service", "daily_goal"])
def test_what_is_told_is_what_the_roster_costs(kind: str, queues: int) -> None:
    result = agree(everything({"objective": kind}, queues))
    spent = {name for name, cost in result.cost_by_term.items() if cost}
    assert {"posts", "changes", "leaders", "paid hours"} <= spent
    assert ("service" in spent) == (kind != "staff")


@pytest.mark.parametrize("kind", ["staff", "service", "daily_goal"])
@pytest.mark.parametrize("contract", [{}, {"rest_minutes": 660}, {"max_consecutive_days": 2}])
def test_bound_and_roster_meet_at_the_optimum_of_all_lines(kind: str, contract: dict[str, Any]) -> None:
    """Oracle: every line of letters over five days, judged by the checker, priced by the checker's objective."""
    case = Case(
        contract=contract, shifts=FLAT, line=".....", gross={0: 1, 1: 2, 3: 1, 4: 1},
        agent={"wishes": [{"what": "L", "weight": 2}], "attributes": ("senior",)},
        policy=Policy(
            organisation=Organisation(leader_whenever_agents=False),
            roster=RosterWeights(objective=kind, unfair=0, unstable=0.7),
        ),
    )  # fmt: skip
    base = case.problem
    gross = base.requirement.gross
    problem = replace(
        base,
        site=replace(base.site, posts=(Post(name="p", who=("attribute:senior",), window=(900, 960), price=1.0),)),
        requirement=curves(base.horizon, gross, gross * 3.0),
        published=replace(case, line="EEL..").roster,
    )
    costs = {}
    for letters in product(".ELN", repeat=5):
        line = "".join(letters)
        roster: Roster = replace(case, line=line).roster
        if not any(violation.hard for violation in check(roster, problem)):
            costs[line] = sum(objective(roster, problem).values())
    result = agree(problem, 4)
    assert result.objective == pytest.approx(min(costs.values()))
    assert result.bound <= min(costs.values()) + 1e-9


def test_a_team_comes_together_when_that_has_a_price() -> None:
    """Four people, early or late as good as one another: with a price they are on the same shift of each day."""
    people = {name: {"team": "red"} for name in "bcd"}
    weights = RosterWeights(apart=1.0, unfair=0, paid_hour=0)
    policy = Policy(organisation=Organisation(leader_whenever_agents=False), roster=weights)
    contract = {"days_per_week": (5, 5), "shifts": ("E", "L")}
    case = Case(contract=contract, people=people, agent={"team": "red"}, line="." * 7, gross={}, policy=policy)
    assert agree(case.problem).cost_by_term["teams"] == 0


def test_two_seniors_are_on_duty_when_a_post_asks_for_them() -> None:
    people = {name: {"attributes": ("senior",) if name in "bc" else ()} for name in "bcdef"}
    contract = {"days_per_week": (0, 5), "shifts": ("E", "L")}
    case = Case(contract=contract, people=people, line="." * 7, gross=dict.fromkeys(range(5), 2))
    post = Post(name="seniors", who=("attribute:senior",), least=2, window=(840, 900), days=("mon", "tue", "wed"))
    problem = replace(case.problem, site=replace(case.problem.site, posts=(post,)))
    assert agree(problem).cost_by_term["posts"] == 0


def test_the_ledger_gives_the_lates_to_whoever_had_none() -> None:
    """Five late duties are to be worked by two people; the one had five of them last month."""
    policy = Policy(organisation=Organisation(leader_whenever_agents=False), roster=RosterWeights(unfair=0.3))
    contract = {"days_per_week": (0, 5), "shifts": ("L",)}
    case = Case(contract=contract, people={"b": {}}, line="." * 5, policy=policy)
    problem = case.problem
    gross = np.zeros_like(problem.requirement.gross)
    for day in range(5):
        gross[0, problem.horizon.index(problem.horizon.at(day, 840)) :][:32] = 1
    problem = replace(problem, requirement=replace(problem.requirement, gross=gross), ledger={"a": {"late": 5.0}})
    result = agree(problem, 4)
    lates = [segment.agent for segment in result.roster.segments if segment.activity == "work"]
    assert lates.count("b") > lates.count("a")


def test_a_published_roster_is_kept_when_changing_it_costs_more_than_it_gains() -> None:
    people = {name: {} for name in "bcd"}
    case = Case(people=people, line="DD.DD..", lines={"b": ".DDDDD.", "c": "EE.LL..", "d": "...DD.."},
                gross=dict.fromkeys(range(7), 3), contract={"days_per_week": (0, 5)})  # fmt: skip
    steady = Policy(roster=RosterWeights(unstable=100.0))
    problem = replace(case.problem, published=case.roster, policy=steady)
    result = agree(problem)
    assert result.cost_by_term["changes"] == 0


def test_on_call_is_standby_and_answers_nothing() -> None:
    case = Case(shifts={**SHIFTS, "C": ON_CALL}, line="." * 7, contract={"days_per_week": (0, 5)})
    post = Post(name="on call", shift="C", window=(1080, 480), price=3.0)
    problem = replace(case.problem, site=replace(case.problem.site, posts=(post,)))
    result = agree(problem)
    standby = [segment for segment in result.roster.segments if segment.activity == "standby"]
    assert len(standby) == 5
    assert result.cost_by_term["paid hours"] == pytest.approx(5 * 3.5 * 0.02)
