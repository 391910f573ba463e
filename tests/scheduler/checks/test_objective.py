"""The objective reckoned from segments alone: each term counted by hand."""

from typing import Any

import numpy as np
import pytest

from centre.policy import Organisation, Policy
from centre.requirement import Requirement
from centre.roster_weights import RosterWeights
from scheduler.checks.objective import objective

PRICES = RosterWeights(
    shortage=1.0, surplus=0.25, leader_shortage=3.0, wish=0.1, paid_hour=0.02, overtime_hour=0.5, unfair=0.2
)
NO_LEADERS = Policy(organisation=Organisation(leader_whenever_agents=False), roster=PRICES)


def terms(case: Any, **given: Any) -> dict[str, float]:
    """The terms of a case that cost something."""
    ours = case(**{"policy": NO_LEADERS, **given})
    return {name: cost for name, cost in objective(ours.roster, ours.problem).items() if cost}


def test_an_empty_roster_costs_the_shortage_and_its_square(case: Any) -> None:
    """Two wanted from 08:00 to 18:00: ten hours at 2 + 0.05 x 4."""
    assert terms(case, line=".", gross={0: 2}) == pytest.approx({"shortage": 22.0})


def test_a_day_shift_is_short_at_its_edges_and_at_lunch(case: Any) -> None:
    """One wanted from 08:00 to 18:00, one there from 08:30 to 17:30 less an hour: two hours at 1.05."""
    assert terms(case, line="D", gross={0: 1}) == pytest.approx({"shortage": 2.1, "paid hours": 8 * 0.02})


def test_surplus_is_what_nobody_wants(case: Any) -> None:
    """The early shift from 06:00 to 14:00: two hours before anybody is wanted."""
    given = {"line": "E", "gross": {0: 1}}
    assert terms(case, **given) == pytest.approx({"shortage": 4 * 1.05, "surplus": 2 * 0.25, "paid hours": 0.16})


def test_speed_counts(case: Any) -> None:
    given = {"line": "E", "gross": {}, "agent": {"skills": {"billing": 0.5}}}
    assert terms(case, **given)["surplus"] == pytest.approx(8 * 0.5 * 0.25)


def test_a_flexible_agent_counts_once(case: Any) -> None:
    """One wanted in each of two queues, one person with both skills: one is missing while they are there."""
    ours = case(line="E", agent={"skills": {"billing": 1.0, "sales": 1.0}}, policy=NO_LEADERS)
    problem = ours.problem
    horizon = problem.horizon
    gross = np.zeros((2, horizon.count), dtype=np.int64)
    gross[:, horizon.index(horizon.at(0, 360)) : horizon.index(horizon.at(0, 840))] = 1
    zeros = np.zeros(gross.shape)
    curve = np.zeros((*gross.shape, 1), dtype=np.float32)
    requirement = Requirement(horizon, ("billing", "sales"), zeros, zeros, gross, gross, curve)
    both = type(problem)(problem.site, horizon, requirement, problem.policy, problem.previous)
    assert objective(ours.roster, both)["shortage"] == pytest.approx(8 * 1.05)
    assert objective(ours.roster, both)["surplus"] == 0


def test_leaders_missing_and_to_spare(case: Any) -> None:
    """An agent from 08:30 to 17:30, a leader from 14:00 to 22:00: 5.5 hours missing, 4.5 to spare."""
    people = {"boss": {"role": "leader", "skills": {}}}
    given = {"line": "D", "people": people, "lines": {"boss": "L"}, "policy": Policy(roster=PRICES)}
    assert terms(case, **given)["leaders"] == pytest.approx(5.5 * 1.05 * 3.0 + 4.5 * 0.02)


def test_overtime_is_what_passes_the_highest(case: Any) -> None:
    """Six shifts of 480 in a week of at most 2400: eight hours at 0.5 x 1.5."""
    contract = {"week_minutes": (0, 2400), "max_overtime_minutes_per_week": 600}
    assert terms(case, contract=contract, line="EEEEEE.")["overtime"] == pytest.approx(8 * 0.75)
    assert "overtime" not in terms(case, contract=contract, line="EEEEE..")


def test_leave_lowers_what_overtime_is_counted_from(case: Any) -> None:
    contract = {"week_minutes": (0, 2400), "days_per_week": (0, 5), "max_overtime_minutes_per_week": 600}
    given = {"contract": contract, "line": ".EEEEE.", "leave": ((0, 0, 1, 0),)}
    assert terms(case, **given)["overtime"] == pytest.approx(8 * 0.75)


def test_wishes_not_granted(case: Any) -> None:
    """Early wished with weight 2, Sundays off with weight 5: one late shift and one Sunday are refused."""
    agent = {"wishes": ({"what": "E", "weight": 2}, {"what": "off-sun", "weight": 5})}
    assert terms(case, line="EL....E", agent=agent)["wishes"] == pytest.approx((2 + 5) * 0.1)


def test_burdens_above_the_mean_are_unfair(case: Any) -> None:
    """Three late shifts against one: one above the mean of two. A night is no late shift: 2 against 0 is one above."""
    given = {"line": "LLLNN..", "people": {"b": {}}, "lines": {"b": "L......"}}
    assert terms(case, **given)["unfairness"] == pytest.approx((1 + 1) * 0.2)


def test_lower_bounds_missed(case: Any) -> None:
    contract = {"week_minutes": (2100, 2400), "days_per_week": (4, 5)}
    assert terms(case, contract=contract, line="EEE....")["below lower bounds"] == pytest.approx(400 + 2100 - 1440)


def test_weights_of_nought_cost_nothing(case: Any) -> None:
    weights = RosterWeights(shortage=0, surplus=0, leader_shortage=0, wish=0, paid_hour=0, overtime_hour=0, unfair=0)
    free = Policy(organisation=Organisation(leader_whenever_agents=False), roster=weights)
    assert terms(case, line="LLLNN..", gross={0: 3}, policy=free) == {}
