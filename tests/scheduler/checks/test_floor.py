"""Rules about the floor as a whole: leaders, weekend posts, coverage."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from scheduler.checks import coverage

Amounts = Callable[..., list[float]]

LEADER = {"boss": {"role": "leader", "skills": {}}}
CROWD = {f"x{number:02}": {} for number in range(14)}


@pytest.mark.parametrize(
    ("claim", "people", "lines", "charged"),
    [
        ("an agent with a leader", LEADER, {"boss": "D"}, []),
        ("an agent without a leader: nine hours", {}, {}, [540]),
        ("the leader comes at 14:00, the agent at 08:30", LEADER, {"boss": "L"}, [330]),
        ("fifteen agents need two leaders", LEADER | CROWD, {"boss": "D", **dict.fromkeys(CROWD, "D")}, [540]),
        ("a leader alone is no fault", LEADER, {"boss": "DD"}, []),
    ],
)
def test_leaders(amounts: Amounts, claim: str, people: Any, lines: dict[str, str], charged: list[float]) -> None:
    assert amounts("leaders", line="D", people=people, lines=lines) == charged, claim


def test_missing_leaders_are_soft(case: Any) -> None:
    assert not any(violation.hard for violation in case(line="D").found("leaders"))


def test_weekend_posts(amounts: Amounts) -> None:
    """Required from 08:00 to 18:00; the day shift answers 08:30-17:30 less its meal: 120 minutes are empty."""
    gross = dict.fromkeys(range(7), 1)
    assert amounts("weekend posts", line="DDDDD.D", gross=gross) == [600, 120]
    assert amounts("weekend posts", line="DDDDD..", gross={}) == []


def test_coverage_counts_people_by_the_speed_of_their_skill(case: Any) -> None:
    day = case(line="D", agent={"skills": {"billing": 0.5}}, people={"b": {}}, lines={"b": "E"}, gross={0: 2})
    seen = coverage(day.roster, day.problem)
    at = day.horizon.index(day.horizon.at(0, 600))
    assert seen.heads[0, at] == 2
    assert seen.rostered[0, at] == pytest.approx(1.5)
    assert seen.under[0, at] == pytest.approx(0.5)
    noon = day.horizon.index(day.horizon.at(0, 720))
    assert seen.heads[0, noon] == 1, "one of them is at lunch"
    assert seen.rostered.sum() * 0.25 == pytest.approx(8 * 0.5 + 8)


def test_only_people_of_role_agent_cover(case: Any) -> None:
    day = case(line="D", agent={"role": "leader"}, gross={0: 1})
    assert np.count_nonzero(coverage(day.roster, day.problem).heads) == 0


def test_coverage_has_an_hour_less_on_the_day_the_clock_springs_forward(case: Any) -> None:
    day = case(line="D", zone="Europe/Berlin", first=date(2026, 3, 29), gross={0: 1})
    assert day.horizon.count == 92
    assert coverage(day.roster, day.problem).rostered.sum() == 32
