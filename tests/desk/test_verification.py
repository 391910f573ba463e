"""A roster that is right by the formulas and wrong by simulation is found, corrected, and then better."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from centre.grid import Horizon
from centre.people import Agent, Contract
from centre.policy import Organisation, Policy
from centre.queues import Queue
from centre.requirement import Requirement
from centre.roster import Roster, Segment
from centre.shifts import Shift
from centre.site import Settings, Site
from desk.verification import corrected, failing, missing, raised, verify, verify_and_correct
from forecasts.staffing import required_staff
from scheduler.checks import Coverage, coverage
from scheduler.problem import Problem
from scheduler.solve import Result, solve

AT = Horizon("Asia/Shanghai", 15, date(2026, 3, 2), 7)
QUEUE = Queue(name="billing", unplanned_shrinkage=0.0, max_occupancy=1.0)
HOUR = AT.local_minutes / 60
OPEN = (HOUR >= 8) & (HOUR < 20)
FLAT, SURGE = np.where(OPEN, 30.0, 0.0), np.where(OPEN, 20 + 50 * (HOUR < 10) * (HOUR >= 8.5), 0.0)


def need(volume: np.ndarray, aht_s: float) -> Requirement:
    start = pd.to_datetime(AT.starts, unit="s", utc=True).tz_convert(AT.zone)
    table = pd.DataFrame({"queue": "billing", "start": start, "mean": volume, "aht_s": aht_s})
    return required_staff(table, [QUEUE], interval_minutes=15).requirement(AT)


def exactly(requirement: Requirement) -> tuple[Roster, Coverage, dict[str, Agent]]:
    """Agent k works whenever more than k are required."""
    gross = requirement.gross[0]
    agents, segments = {}, []
    for number in range(int(gross.max())):
        name = f"a{number}"
        agents[name] = Agent(agent=name, name=name, team="t", contract="c", skills={"billing": 1.0})
        busy = np.flatnonzero(np.diff((gross > number).astype(int), prepend=0, append=0))
        segments += [
            Segment(name, AT.begin + int(a) * AT.step, AT.begin + int(b) * AT.step, "work", "billing")
            for a, b in zip(busy[::2], busy[1::2], strict=True)
        ]
    roster = Roster.of(segments)
    settings = Settings(format=1, name="x", zone=AT.zone)
    site = Site(
        settings=settings, queues={"billing": QUEUE}, shifts={}, contracts={"c": Contract(name="c")}, agents=agents
    )
    return roster, coverage(roster, Problem(site, AT, requirement, Policy())), agents


def test_where_the_formula_is_right_nothing_is_corrected() -> None:
    requirement = need(FLAT, 240.0)
    roster, staffed, agents = exactly(requirement)
    found = verify(roster, agents, {"billing": QUEUE}, requirement, seed=1)
    assert found.pooled is None
    assert not failing(found, staffed, {"billing": QUEUE}).any()
    row = found.rows(staffed)["queues"]["billing"]
    assert row["difference"] == pytest.approx(row["simulated_service_level"] - row["predicted_service_level"])
    assert 0 < row["half_width"] < 0.02


def test_what_a_surge_leaves_behind_is_found_raised_and_mended() -> None:
    """Calls of 15 minutes: when the surge is over the stationary formula sends people home into its backlog."""
    requirement = need(SURGE, 900.0)
    roster, staffed, agents = exactly(requirement)
    found = verify(roster, agents, {"billing": QUEUE}, requirement, seed=1)
    where = failing(found, staffed, {"billing": QUEUE})
    assert where.any()
    assert not where[0][~OPEN].any()
    harder = raised(requirement, found, staffed, where)
    more = harder.gross - requirement.gross
    assert np.array_equal(more > 0, where)
    assert more.max() <= 3
    assert np.all(harder.curve <= requirement.curve + 1e-6)
    roster, better, agents = exactly(harder)
    other = verify(roster, agents, {"billing": QUEUE}, harder, seed=1)
    missed = missing(found, staffed, {"billing": QUEUE}), missing(other, better, {"billing": QUEUE})
    assert missed[1] < missed[0]
    assert other.rostered.level[where].mean() > found.rostered.level[where].mean() + 0.05
    told = corrected(requirement, harder, missed, True)
    assert told.intervals == {"billing": int(where.sum())}
    assert told.agent_hours == {"billing": pytest.approx(more.sum() / 4)}


def test_a_solved_roster_is_solved_once_more_and_the_better_one_counts() -> None:
    """The whole way with the real solver: a surge of long calls, two-hour shifts that leave when it is over."""
    monday = AT.day_of == 0
    requirement = need(np.where(monday, SURGE / 3, 0.0), 900.0)
    settings = Settings.model_validate({"format": 1, "name": "x", "zone": AT.zone, "grid_minutes": 15})
    shift = Shift.model_validate(
        {"name": "S", "start": ["08:00", "18:00"], "step_minutes": 15, "minutes": [120, 240], "pauses": []}
    )
    agents = {
        f"a{n}": Agent(agent=f"a{n}", name=f"a{n}", team="t", contract="c", skills={"billing": 1.0}) for n in range(45)
    }
    contract = Contract(name="c", shifts=("S",), week_minutes=(0, 2400), days_per_week=(0, 5))
    site = Site(
        settings=settings, queues={"billing": QUEUE}, shifts={"S": shift}, contracts={"c": contract}, agents=agents
    )
    problem = Problem(site, AT, requirement, Policy(organisation=Organisation(leader_whenever_agents=False)))
    asked: list[Problem] = []

    def again(harder: Problem) -> Result:
        asked.append(harder)
        return solve(harder, seconds=60, rounds=3)

    first = solve(problem, seconds=60, rounds=3)
    used, result, found = verify_and_correct(problem, first, {"billing": QUEUE}, 1, again)
    assert len(asked) == 1
    assert found.corrected is not None
    assert found.corrected.kept
    assert found.corrected.missing_after < found.corrected.missing_before
    assert used is asked[0]
    assert used.requirement.gross.sum() > requirement.gross.sum()
    assert not result.hard_violations
    more = used.requirement.gross > requirement.gross
    assert result.coverage.rostered[more].sum() > first.coverage.rostered[more].sum()
