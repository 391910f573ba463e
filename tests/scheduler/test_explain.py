"""Contradictions: found when there are some, as small as can be, and never where a legal roster exists."""

from datetime import date
from typing import Any

import pytest

from scheduler.explain import as_error, contradictions, of_agent, possible, smallest
from scheduler.statements import Case as OnePerson
from scheduler.statements import Statement

SHIFT, LATE, EARLY = (510, 1050, "work"), (840, 1320, "work"), (360, 840, "work")

CLASHES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("leave over a fixed shift", {"leave": ((2, 0, 9, 0),), "fixed": ((3, *SHIFT),)}, ["fixed", "leave"]),
    ("an hour's leave in it", {"leave": ((3, 600, 3, 660),), "fixed": ((3, *SHIFT),)}, ["fixed", "leave"]),
    (
        "late, then early",
        {"fixed": ((2, *LATE), (3, *EARLY)), "contract": {"rest_minutes": 660}},
        ["fixed", "fixed", "rest_minutes"],
    ),
    (
        "six fixed days in a week of at most 2400 minutes",
        {"fixed": tuple((day, *SHIFT) for day in range(5)), "contract": {"week_minutes": (0, 2399)}},
        ["fixed"] * 5 + ["week_minutes highest"],
    ),
    (
        "more fixed days in a row than allowed",
        {"fixed": tuple((day, *SHIFT) for day in range(2, 7)), "contract": {"max_consecutive_days": 4}},
        ["fixed"] * 5 + ["max_consecutive_days"],
    ),
    (
        "the tail's late before a fixed early",
        {"tail": "L", "fixed": ((0, *EARLY),), "contract": {"rest_minutes": 660}},
        ["fixed", "rest_minutes", "tail"],
    ),
    (
        "a fixed shift before the hire",
        {"agent": {"hired": date(2026, 3, 6)}, "fixed": ((1, *SHIFT),)},
        ["employment", "fixed"],
    ),
    (
        "two fixed activities at once",
        {"fixed": ((1, 840, 900, "meeting"), (1, 870, 930, "training"))},
        ["fixed", "fixed"],
    ),
    (
        "a training that no shift spans",
        {"fixed": ((1, 1260, 1350, "training"),), "contract": {"shifts": ["D"]}},
        ["fixed", "shifts"],
    ),
    (
        "a training over the whole window of the meal",
        {"fixed": ((1, 640, 850, "training"),), "contract": {"shifts": ["D"]}},
        ["fixed", "shifts"],
    ),
    ("fixed off over a fixed shift", {"fixed": ((1, *SHIFT), (1, 600, 660, "off"))}, ["fixed", "fixed"]),
    (
        "every second weekend off, both worked",
        {"fixed": ((5, *SHIFT), (12, *SHIFT)), "contract": {"weekends_off": 2}, "horizon_days": 14},
        ["fixed", "fixed", "weekends_off"],
    ),
    (
        "a queue without the skill",
        {"fixed": ((1, *SHIFT),), "agent": {"skills": {"sales": 1.0}}},
        ["fixed", "skills"],
    ),
    (
        "starts too far apart in a week",
        {"fixed": ((1, *EARLY), (3, *LATE)), "contract": {"start_spread_minutes": 60}},
        ["fixed", "fixed", "start_spread_minutes"],
    ),
]


@pytest.mark.parametrize(("claim", "inputs", "named"), CLASHES, ids=[claim for claim, _, _ in CLASHES])
def test_a_contradiction_names_exactly_what_clashes(
    case: Any, claim: str, inputs: dict[str, Any], named: list[str]
) -> None:
    bystanders = {
        "fixed": (*inputs["fixed"], (6, 1080, 1140, "standby")),
        "horizon_days": inputs.get("horizon_days", 7),
    }
    problem = case(**{**inputs, **bystanders}).problem
    (clash,) = contradictions(problem)
    assert clash.agent == "a"
    assert sorted(statement.what for statement in clash.statements) == named, claim


@pytest.mark.parametrize("inputs", [inputs for _, inputs, _ in CLASHES], ids=[claim for claim, _, _ in CLASHES])
def test_without_any_one_of_its_statements_the_rest_can_hold(case: Any, inputs: dict[str, Any]) -> None:
    one = OnePerson.of(case(**{"horizon_days": 7, **inputs}).problem, "a")
    conflict = smallest(one, ())
    others = tuple(statement for statement in one.statements if statement not in conflict)
    assert not possible(one, others), "the set is in conflict by itself"
    for statement in conflict:
        assert possible(one, (*others, statement)), "and smallest"


def test_the_remedies_are_ranked_and_each_resolves_it(case: Any) -> None:
    problem = case(leave=((2, 0, 9, 0),), fixed=((3, *SHIFT),), horizon_days=7).problem
    (clash,) = contradictions(problem)
    assert [remedy.statement.what for remedy in clash.remedies] == ["fixed", "leave"]
    one = OnePerson.of(problem, "a")
    assert all(possible(one, (remedy.statement,)) for remedy in clash.remedies)


def test_the_planner_reads_names_days_and_times(case: Any) -> None:
    problem = case(leave=((1, 0, 8, 0),), fixed=((3, *SHIFT),), horizon_days=7).problem
    (clash,) = contradictions(problem)
    assert str(clash) == "agent a: leave 3 March 2026 to 9 March 2026; fixed shift on 5 March 2026 08:30-17:30"


def test_two_contradictions_of_one_person_are_both_found(case: Any) -> None:
    fixed = ((1, *SHIFT), (4, *LATE), (5, *EARLY))
    problem = case(
        leave=((1, 0, 2, 0),), fixed=fixed, contract={"rest_minutes": 660}, horizon_days=7
    ).problem  # fmt: skip
    kinds = [sorted(statement.what for statement in clash.statements) for clash in of_agent(problem, "a")]
    assert sorted(kinds) == [["fixed", "fixed", "rest_minutes"], ["fixed", "leave"]]


def test_a_contract_that_nobody_can_keep_is_named_once(case: Any) -> None:
    """At most four days of 480 minutes never make 2100."""
    contract = {"week_minutes": (2100, 2400), "days_per_week": (0, 4)}
    problem = case(contract=contract, people={"b": {}, "c": {}}, horizon_days=28).problem
    (clash,) = contradictions(problem)
    assert sorted(statement.what for statement in clash.statements) == ["days_per_week highest", "week_minutes lowest"]


@pytest.mark.parametrize(
    ("claim", "inputs"),
    [
        ("a whole month of leave", {"leave": ((0, 0, 28, 0),)}),
        ("leave that leaves one day of a week", {"leave": ((1, 0, 7, 0),)}),
        ("hired on a Sunday", {"agent": {"hired": date(2026, 3, 8)}}),
        ("left on the first day", {"agent": {"left": date(2026, 3, 2)}}),
        ("a tail of six days", {"tail": "DDDDDD"}),
        ("a tail of one night", {"tail": "D.N"}),
        ("a fixed duty out of the catalogue", {"fixed": ((3, 600, 700, "work"),)}),
        ("fixed off for two weeks", {"fixed": tuple((day, 0, 1440, "off") for day in range(14))}),
        ("a training on a free day", {"fixed": ((5, 900, 960, "training"),)}),
    ],
)
def test_lower_bounds_give_way_to_hard_input(case: Any, claim: str, inputs: dict[str, Any]) -> None:
    contract = {
        "week_minutes": (2100, 2400),
        "days_per_week": (4, 5),
        "max_consecutive_days": 6,
        "min_consecutive_days": 2,
        "min_consecutive_days_off": 2,
        "rest_minutes": 660,
        "weekends_off": 1,
        "max_nights_in_a_row": 3,
        "rest_after_nights_minutes": 2880,
        "start_spread_minutes": 120,
    }
    problem = case(contract=contract, horizon_days=28, **inputs).problem
    assert contradictions(problem) == [], claim
    assert possible(OnePerson.of(problem, "a"), ()), claim


def test_statements_without_input_are_the_contract_s_alone(case: Any) -> None:
    statements: list[Statement] = OnePerson.of(case(horizon_days=7).problem, "a").statements
    assert all(statement.text.startswith("contract c: ") for statement in statements)


def test_the_error_says_what_clashes_and_the_cheapest_ways_out(case: Any) -> None:
    problem = case(leave=((1, 0, 8, 0),), fixed=((3, *SHIFT),), horizon_days=7).problem
    error = as_error(contradictions(problem))
    assert error.conflict == ("agent a: leave 3 March 2026 to 9 March 2026; fixed shift on 5 March 2026 08:30-17:30",)
    assert error.remedies[0].startswith("agent a, without: fixed shift on 5 March 2026")


def test_only_so_many_people_are_explained(case: Any) -> None:
    contract = {"week_minutes": (2100, 2400), "days_per_week": (0, 4)}
    problem = case(contract=contract, leave=((1, 0, 8, 0),), fixed=((3, *SHIFT),), horizon_days=7).problem
    assert len({clash.agent for clash in contradictions(problem, people=1)}) == 1
