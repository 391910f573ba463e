"""Pauses alone are placed anew: cheaper or the same, legal, and nothing that has begun moves."""

from dataclasses import replace
from typing import Any

import pytest

from centre.policy import Policy
from scheduler.checks import check
from scheduler.checks.objective import objective
from scheduler.repair import replace_pauses
from tests.scheduler.conftest import Case

PEOPLE = ("a", "b", "c", "d")


def case(gross: int) -> Case:
    """Four people on the day shift, all at their meal at 12:00."""
    lines = dict.fromkeys(PEOPLE, "DDD")
    people: dict[str, dict[str, Any]] = {name: {} for name in PEOPLE[1:]}
    return Case(line=lines["a"], people=people, lines=dict.fromkeys(PEOPLE[1:], "DDD"),
                gross=dict.fromkeys(range(3), gross), policy=Policy())  # fmt: skip


@pytest.mark.parametrize("hour", [0.0, 11.0, 36.5])
def test_meals_at_one_time_are_spread_and_nothing_begun_moves(hour: float) -> None:
    ours = case(3)
    problem, before = ours.problem, ours.roster
    now = problem.horizon.begin + round(hour * 3600)
    after = replace_pauses(problem, before, now, seconds=10)
    assert not [violation for violation in check(after, problem) if violation.hard]
    assert objective(after, problem)["shortage"] < objective(before, problem)["shortage"]
    begun = {row for row in before.segments if row.start < now and row.activity == "meal"}
    assert begun <= set(after.segments)
    spans = [sorted((row.start, row.end) for row in roster.segments if row.activity == "work")
             for roster in (before, after)]  # fmt: skip
    assert (spans[0][0][0], spans[0][-1][1]) == (spans[1][0][0], spans[1][-1][1]), "duties stay"


def test_where_nothing_is_gained_the_roster_is_the_same() -> None:
    ours = case(0)
    assert replace_pauses(ours.problem, ours.roster, ours.problem.horizon.begin, seconds=5) == ours.roster
    empty = replace(ours, lines={}, line="...").roster
    assert replace_pauses(ours.problem, empty, ours.problem.horizon.begin) == empty
