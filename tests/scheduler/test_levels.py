"""Levels: what a term of a higher level costs goes before everything below it, whichever their prices are."""

from typing import Any

import pytest
from pydantic import ValidationError

from centre.policy import Policy
from centre.roster_weights import LEVEL, RosterWeights
from scheduler.checks.objective import objective
from scheduler.solve import Result, solve
from tests.scheduler.conftest import Case


def solved(**weights: Any) -> tuple[Result, RosterWeights]:
    """Two people who both want Monday off, and one of them is needed."""
    wish = [{"what": "off-mon", "weight": 5}]
    typed = RosterWeights(**weights)
    policy = Policy(roster=typed.leveled())
    case = Case(
        line="D......", agent={"wishes": wish}, people={"b": {"wishes": wish}}, lines={"b": "D......"},
        gross={0: 1}, policy=policy, contract={"days_per_week": (0, 5)},
    )  # fmt: skip
    problem = case.problem
    result = solve(problem, seconds=60, rounds=4, workers=1)
    assert sum(objective(result.roster, problem).values()) == pytest.approx(result.objective)
    assert result.bound <= result.objective + 1e-9
    return result, policy.roster


def worked(result: Result) -> int:
    return len({row.agent for row in result.roster.segments})


def test_a_wish_goes_before_coverage_where_its_level_does_though_it_is_worth_little() -> None:
    assert worked(solved(wish=0.1)[0]) == 1
    result, weights = solved(wish=0.1, levels=[["wishes"], ["shortage", "surplus", "paid hours"]])
    assert worked(result) == 0
    (first, second) = weights.by_level(result.cost_by_term)
    assert first["wishes"] == pytest.approx(0.0)
    assert second["shortage"] == pytest.approx(10 * 1.05)


def test_coverage_goes_before_a_wish_that_is_worth_more() -> None:
    assert worked(solved(wish=100.0)[0]) == 0
    result, weights = solved(wish=100.0, levels=[["shortage", "leaders"], ["wishes"]])
    assert worked(result) == 2
    assert weights.by_level(result.cost_by_term)[1]["wishes"] == pytest.approx(1000.0)


def test_terms_that_are_not_named_belong_to_the_last_level_and_lower_bounds_to_the_first() -> None:
    weights = RosterWeights(levels=(("shortage",), ("wishes",)))
    assert [weights.level_of(term) for term in ("shortage", "wishes", "unfairness", "below lower bounds", "posts")] == [
        0, 1, 1, 0, 0,
    ]  # fmt: skip
    assert weights.level_of("activities") == 0, "an activity is placed whatever it costs"
    assert RosterWeights(levels=(("shortage",), ("activities",))).level_of("activities") == 1
    assert weights.own("wishes", 1.0) == LEVEL
    leveled = weights.leveled()
    assert leveled.shortage == weights.shortage
    assert leveled.wish == pytest.approx(weights.wish / LEVEL)
    assert leveled.leader_surplus == pytest.approx(weights.leader_surplus / LEVEL)
    assert weights.by_level({"shortage": 2.0, "wishes": 1 / LEVEL}) == [
        {"shortage": 2.0}, {"wishes": pytest.approx(1.0)},
    ]  # fmt: skip


def test_without_levels_the_prices_stay() -> None:
    assert RosterWeights().leveled() == RosterWeights()
    assert RosterWeights().by_level({"shortage": 1.0}) == []


@pytest.mark.parametrize("levels", [[["shortages"]], [["wishes"], ["wishes"]], [["wishes"]] * 4])
def test_a_level_names_known_terms_once(levels: Any) -> None:
    with pytest.raises(ValidationError):
        RosterWeights(levels=levels)
