"""A remedy ready to apply is the mildest: one step less, and the contradiction stands."""

from dataclasses import replace
from typing import Any

import pytest

from scheduler.explain import contradictions
from scheduler.remedies import Change, change, eased

SHIFT, LATE, EARLY = (510, 1050, "work"), (840, 1320, "work"), (360, 840, "work")


def ways(problem: Any) -> dict[str, Change | None]:
    """The change for each remedy of the only contradiction, by what it takes back."""
    (clash,) = contradictions(problem)
    return {remedy.statement.what: change(problem, clash, remedy) for remedy in clash.remedies}


@pytest.mark.parametrize(
    ("inputs", "what", "words"),
    [
        (
            {"fixed": ((2, *LATE), (3, *EARLY)), "contract": {"rest_minutes": 660}},
            "rest_minutes",
            "rest_minutes 660 -> 480",
        ),
        (
            {"fixed": tuple((day, *SHIFT) for day in range(5)), "contract": {"week_minutes": (0, 2400)}},
            "week_minutes highest",
            "max_overtime_minutes_per_week 0 -> 300",
        ),
        (
            {"fixed": tuple((day, *EARLY) for day in range(2, 7)), "contract": {"max_consecutive_days": 4}},
            "max_consecutive_days",
            "max_consecutive_days 4 -> 5",
        ),
        (
            {"fixed": ((1, *EARLY), (3, *LATE)), "contract": {"start_spread_minutes": 60}},
            "start_spread_minutes",
            "start_spread_minutes 60 -> 480",
        ),
    ],
)
def test_numbers_are_eased_as_little_as_needed(case: Any, inputs: dict[str, Any], what: str, words: str) -> None:
    """22:00 to 06:00 is 480 minutes; five times 540 fixed minutes without a meal are 2700; five days in a row."""
    problem = case(horizon_days=7, **inputs).problem
    found = ways(problem)[what]
    assert found is not None
    assert found.text == f"agent a, contract c: {words}"
    assert contradictions(replace(problem, site=found.site)) == []


def test_rows_are_taken_away(case: Any) -> None:
    problem = case(leave=((2, 0, 9, 0),), fixed=((3, *SHIFT),), horizon_days=7).problem
    found = ways(problem)
    for way in ("leave", "fixed"):
        applied = found[way]
        assert applied is not None
        assert contradictions(replace(problem, site=applied.site)) == []
        assert len(applied.site.leave) + len(applied.site.fixed) == 1


def test_a_contract_is_eased_for_one_person_only(case: Any) -> None:
    inputs = {"fixed": ((2, *LATE), (3, *EARLY)), "contract": {"rest_minutes": 660}, "people": {"b": {}}}
    found = ways(case(horizon_days=7, **inputs).problem)["rest_minutes"]
    assert found is not None
    assert found.site.contracts["c"].rest_minutes == 660
    assert found.site.agents["b"].contract == "c"


def test_what_no_number_can_ease_has_no_change(case: Any) -> None:
    problem = case(horizon_days=7, tail="L", fixed=((0, *EARLY),), contract={"rest_minutes": 660}).problem
    assert ways(problem)["tail"] is None


def test_eased_values_only_get_milder(case: Any) -> None:
    contract = case(contract={"week_minutes": (2100, 2400), "days_per_week": (4, 5)}).site.contracts["c"]
    lows = [update["week_minutes"][0] for update in eased(contract, "week_minutes lowest")]
    assert lows == sorted(lows, reverse=True)
    assert lows[-1] == 0
    assert [update["days_per_week"] for update in eased(contract, "days_per_week highest")] == [(4, 6), (4, 7)]


def test_a_contract_that_contradicts_itself_is_eased_for_all_who_have_it(case: Any) -> None:
    """Two days of at most 480 paid minutes never make 1200; whoever has the contract besides keeps it."""
    contract = {"week_minutes": (1200, 2400), "days_per_week": (0, 2)}
    problem = case(contract=contract, people={"b": {}}, horizon_days=28, leave=((3, 0, 5, 0),)).problem
    found = ways(problem)["days_per_week highest"]
    assert found is not None
    assert found.text == "contract c: days_per_week (0, 2) -> (0, 3)"
    assert {agent.contract for agent in found.site.agents.values()} == {"c"}
    assert contradictions(replace(problem, site=found.site)) == []
