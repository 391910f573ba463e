"""The solver's rosters are legal, as cheap as the cheapest found by trying everything, and never "infeasible"."""

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from centre.activities import PlannedActivity
from centre.errors import ContradictionError, TimeRanOutError
from centre.policy import Organisation, Policy
from centre.requirement import Requirement
from centre.roster import Roster, Segment
from centre.roster_weights import RosterWeights
from scheduler.checks import check, coverage
from scheduler.problem import Problem
from scheduler.progress import Progress
from scheduler.solve import Result, solve
from scheduler.tours.coverage import STEEP
from tests.scheduler.conftest import Case

COVERAGE_ALONE = Policy(
    organisation=Organisation(leader_whenever_agents=False),
    roster=RosterWeights(paid_hour=0, wish=0, unfair=0, unstable=0),
)


def solved(problem: Problem, rounds: int = 1, seed: int = 0) -> Result:
    """A quick, repeatable solution."""
    return solve(problem, seconds=60, rounds=rounds, seed=seed)


def hard(result: Result) -> list[str]:
    return [str(violation) for violation in result.hard_violations]


def coverage_cost(roster: Roster, problem: Problem) -> float:
    """Shortage and surplus by the policy's prices, reckoned from the roster alone."""
    staffed = coverage(roster, problem)
    hours = problem.horizon.minutes / 60
    weights = problem.policy.roster
    short = np.maximum(staffed.under, 0)
    return float((weights.shortage * (short + STEEP * short**2) + weights.surplus * staffed.over).sum()) * hours


@pytest.mark.parametrize(
    "contract",
    [
        {},
        {"rest_minutes": 660},
        {"max_consecutive_days": 2},
        {"min_consecutive_days_off": 2, "max_consecutive_days": 3},
        {"days_per_week": (0, 2)},
        {"week_minutes": (960, 960)},
        {"forbidden_sequences": (("D", "D"), ("work", "work", "work"))},
        {"rotation": (("D", "off"), ("L", "off"), ("E",)), "rotation_every": "day"},
        {"max_shifts_per_week": {"D": 1, "L": 1}},
        {"rest_minutes": 900, "short_rests": 1, "short_rest_minutes": 480},
        {"average_weeks": 2, "average_week_minutes": 720},
        {"latest_end": 1320, "max_minutes_per_day": 480, "days_off_in_a_row_per_week": 3},
    ],
    ids=lambda contract: " ".join(contract) or "free",
)
def test_one_persons_roster_costs_what_the_best_of_all_possible_ones_costs(contract):
    """Oracle: every line of letters over five days, judged by the checker, priced by its coverage."""
    gross = {0: 1, 1: 1, 3: 1, 4: 1}
    case = Case(contract=contract, line=".....", gross=gross, policy=COVERAGE_ALONE, meal=660)
    problem = case.problem
    costs = []
    for letters in product(".DEL", repeat=5):
        for meal in (660, 675, 690, 705, 720, 735, 750, 765, 780):
            if meal != 660 and "D" not in letters:
                continue
            roster = replace(case, line="".join(letters), meal=meal).roster
            if not any(violation.hard for violation in check(roster, problem)):
                costs.append(coverage_cost(roster, problem))
    result = solved(problem)
    assert not hard(result)
    assert coverage_cost(result.roster, problem) == pytest.approx(min(costs))
    assert result.objective == pytest.approx(min(costs))
    assert result.bound <= result.objective + 1e-9


def test_what_is_published_is_what_was_priced():
    """The objective's coverage terms equal those reckoned from the finished roster, for a queue of one skill."""
    people = {f"p{n}": {} for n in range(4)}
    case = Case(people=people, line="." * 14, gross=dict.fromkeys(range(14), 3), contract={"max_consecutive_days": 5})
    result = solved(case.problem)
    terms = result.cost_by_term
    assert coverage_cost(result.roster, case.problem) == pytest.approx(terms["shortage"] + terms["surplus"])


RULES = {
    "rest": {"rest_minutes": 720},
    "runs": {"max_consecutive_days": 4, "min_consecutive_days": 2, "min_consecutive_days_off": 2},
    "weeks": {"week_minutes": (1440, 1920), "days_per_week": (3, 4)},
    "weekends": {"weekends_off": 2},
    "nights": {"max_nights_in_a_row": 2, "rest_after_nights_minutes": 2880, "rest_minutes": 660},
    "spread": {"start_spread_minutes": 180},
    "sequences": {"forbidden_sequences": (("L", "E"), ("N", "off", "D")), "min_nights_in_a_row": 2},
    "rotation": {"rotation": (("E", "D"), ("L",), ("N",)), "days_off_after_nights": 2},
    "weekly": {"days_off_in_a_row_per_week": 2, "max_shifts_per_week": {"D": 2}, "whole_weekends": True},
    "monthly": {"max_shifts_per_month": {"D": 5, "N": 3}},
    "short rests": {"rest_minutes": 660, "short_rests": 1, "short_rest_minutes": 480, "short_rests_every": "month"},
    "averages": {"average_weeks": 3, "average_week_minutes": 2080},
    "months": {"month_minutes": (4800, 9600), "week_minutes": (960, 2400)},
}


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("tail", ["", "DDDDD..LLLL.NN"])
def test_every_rule_is_kept_over_four_weeks_with_and_without_a_tail(name, tail):
    people = {f"p{n}": {} for n in range(3)}
    case = Case(
        contract=RULES[name],
        people=people,
        tail=tail,
        line="." * 28,
        gross=dict.fromkeys(range(28), 2),
        first=date(2026, 3, 2),
    )
    assert hard(solved(case.problem)) == []


@pytest.mark.parametrize(
    ("contract", "legal"),
    [
        ({"week_minutes": (2400, 3360), "average_weeks": 2, "average_week_minutes": 2400}, "E...... EEEEE.."),
        (
            {"days_per_week": (5, 7), "week_minutes": (0, 3360), "average_weeks": 2, "average_week_minutes": 2400},
            "E...... EEEEE..",
        ),
        ({"week_minutes": (2300, 3360), "average_weeks": 2, "average_week_minutes": 2450}, "E...... EEEEE.."),
    ],
    ids=["minutes", "days", "minutes between whole shifts"],
)
def test_an_average_leaves_a_week_without_leave_the_minutes_it_needs(contract, legal):
    """Four days of leave bring their credit to both bounds: of the rest, the whole week needs more than its half."""
    case = Case(contract=contract, line=legal, leave=((1, 0, 5, 0),), gross=dict.fromkeys([0, 5, 6], 3))
    rules = {"week minutes", "week days", "average minutes"}
    assert not [violation for violation in check(case.roster, case.problem) if violation.rule in rules]
    assert not [violation for violation in solved(case.problem).violations if violation.rule in rules]


@pytest.mark.parametrize(
    ("zone", "first"), [("Europe/Berlin", date(2026, 3, 23)), ("America/New_York", date(2026, 10, 26))]
)
def test_a_roster_over_a_clock_change_is_legal(zone, first):
    case = Case(
        zone=zone, first=first, line="." * 14, people={"p": {}}, gross=dict.fromkeys(range(14), 1),
        contract={"rest_minutes": 660, "max_nights_in_a_row": 3, "rest_after_nights_minutes": 1440},
    )  # fmt: skip
    assert hard(solved(case.problem)) == []


def test_leave_fixed_rows_and_training_stand_in_the_roster():
    fixed = ((3, 540, 600, "training"), (5, 600, 900, "work"), (6, 0, 1440, "off"))
    case = Case(
        line="." * 14, leave=((8, 0, 10, 0), (11, 540, 11, 660)), fixed=fixed, gross=dict.fromkeys(range(14), 1),
        contract={"max_consecutive_days": 6, "rest_minutes": 600},
    )  # fmt: skip
    problem = case.problem
    result = solved(problem)
    assert hard(result) == []
    assert set(problem.site.fixed) <= set(result.roster.segments)
    assert any(s.activity == "leave" for s in result.roster.segments)


def test_more_wanted_than_anybody_can_give_is_a_shortage_not_an_error():
    case = Case(line="." * 7, gross=dict.fromkeys(range(7), 50), contract={"days_per_week": (0, 5)})
    result = solved(case.problem)
    assert hard(result) == []
    assert result.coverage.under.sum() > 0


def test_a_leave_that_contradicts_a_fixed_shift_is_named():
    case = Case(line="." * 7, leave=((1, 0, 3, 0),), fixed=((2, 510, 1050, "work"),), gross={0: 1})
    with pytest.raises(ContradictionError) as caught:
        solved(case.problem)
    text = str(caught.value)
    assert "leave" in text
    assert "fixed" in text
    assert caught.value.remedies


def test_a_lower_bound_that_leave_makes_impossible_does_not_stop_the_roster():
    case = Case(contract={"week_minutes": (2400, 2400), "days_per_week": (5, 5)}, line="." * 7, leave=((0, 0, 6, 0),))
    assert hard(solved(case.problem)) == []


def test_the_same_seed_and_rounds_give_the_same_roster():
    case = Case(people={f"p{n}": {} for n in range(5)}, line="." * 14, gross=dict.fromkeys(range(14), 3))
    assert solved(case.problem, 2, 5).roster == solved(case.problem, 2, 5).roster


def test_stopping_keeps_the_best_and_stopping_at_once_says_so():
    case = Case(people={f"p{n}": {} for n in range(5)}, line="." * 14, gross=dict.fromkeys(range(14), 3))
    seen: list[Progress] = []
    result = solve(case.problem, seconds=600, on_progress=seen.append, stop=lambda: bool(seen))
    assert hard(result) == []
    assert result.seconds < 60
    with pytest.raises(TimeRanOutError):
        solve(case.problem, seconds=600, stop=lambda: True)


def test_the_objective_told_never_rises():
    case = Case(people={f"p{n}": {} for n in range(5)}, line="." * 14, gross=dict.fromkeys(range(14), 3))
    told = [progress.objective for progress in solved(case.problem, 4).log if progress.objective is not None]
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(told))


def test_a_flexible_agent_is_counted_once():
    """Two queues want one each; one of two people can serve both: nobody is short, nobody is counted twice."""
    case = Case(
        line="...", agent={"skills": {"billing": 1.0}}, people={"b": {"skills": {"billing": 1.0, "sales": 1.0}}}
    )
    problem = case.problem
    horizon = problem.horizon
    gross = np.zeros((2, horizon.count), dtype=np.int64)
    for day in range(3):
        gross[:, horizon.index(horizon.at(day, 870)) : horizon.index(horizon.at(day, 1200))] = 1
    zero = np.zeros(gross.shape)
    need = Requirement(horizon, ("billing", "sales"), zero, zero, gross, gross, np.zeros((*gross.shape, 1), np.float32))
    result = solved(replace(problem, requirement=need))
    assert hard(result) == []
    assert result.coverage.under.sum() == 0
    alone = replace(problem, requirement=need, site=replace(problem.site, agents={"b": problem.site.agents["b"]}))
    assert solved(alone).coverage.under.sum() == gross[0].sum()


def test_leaders_are_there_while_agents_are():
    people = {**{f"p{n}": {} for n in range(4)}, **{f"l{n}": {"role": "leader", "skills": {}} for n in range(4)}}
    case = Case(people=people, line="." * 7, gross=dict.fromkeys(range(7), 3), contract={"days_per_week": (0, 5)})
    result = solved(case.problem, 3)
    assert [v for v in result.violations if v.rule == "leaders"] == []


def test_a_briefing_reaches_everybody_on_duty_one_at_a_time():
    case = Case(people={f"p{n}": {} for n in range(3)}, line="." * 5, gross=dict.fromkeys(range(5), 4))
    briefing = PlannedActivity(name="briefing", activity="briefing", minutes=15, window=("14:30", "16:00"))
    problem = replace(case.problem, site=replace(case.site, activities=(briefing,)))
    roster = solved(problem).roster
    told = {
        (s.agent, (s.start - problem.horizon.begin) // 86400): s for s in roster.segments if s.activity == "briefing"
    }
    first, last = briefing.window
    there = {
        (s.agent, day)
        for day in range(5)
        for s in roster.segments
        if s.activity == "work" and s.start <= problem.horizon.at(day, first) and s.end >= problem.horizon.at(day, last)
    }
    assert len({(s.start, s.end) for s in told.values()}) == len(told)
    assert told
    assert there == set()


def test_room_is_made_for_a_meeting_that_takes_a_team_from_the_phones():
    """Two hold the day; a third is needed for the one hour in which a team meets, and for no other."""
    shifts = {"D": {"start": "08:00", "minutes": 600}, "S": {"start": "09:30", "minutes": 120}}
    red, blue = {"team": "red"}, {"team": "blue"}
    alone = Policy(organisation=Organisation(leader_whenever_agents=False))
    case = Case(agent=red, people={"b": red, "c": blue}, line="." * 7, gross={0: 2}, shifts=shifts, policy=alone)
    meeting = PlannedActivity(
        name="team", activity="meeting", who=("team:red",), minutes=60, window=("10:00", "11:00"), often="weekly",
        days=("mon",), together="team",
    )  # fmt: skip
    problem = replace(case.problem, site=replace(case.site, activities=(meeting,)))
    result = solved(problem, 8)
    assert hard(result) == []
    assert sum(s.activity == "meeting" for s in result.roster.segments) == 2
    minutes = Counter[str]()
    for row in result.roster.segments:
        minutes[row.agent] += (row.end - row.start) // 60
    assert sorted(minutes.values()) == [120, 600, 600]
    assert result.coverage.hours(result.coverage.under) == pytest.approx(1.0)


def test_wishes_are_granted_where_they_cost_nothing():
    alone = Policy(organisation=Organisation(leader_whenever_agents=False))
    wishes = [{"what": "off-sun", "weight": 5}]
    case = Case(line="." * 7, agent={"wishes": wishes}, contract={"days_per_week": (5, 5)}, policy=alone)
    result = solved(case.problem)
    sunday = case.horizon.at(6, 0)
    assert not any(s.start >= sunday for s in result.roster.segments if s.activity == "work")
    assert result.cost_by_term["wishes"] == pytest.approx(0)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.lists(st.sampled_from(".DEL"), min_size=14, max_size=14), min_size=2, max_size=4), st.integers(0, 99)
)
def test_a_requirement_that_a_legal_roster_covers_is_solved_legally(lines, seed):
    """Instances are made from a roster, so that its cost is in reach: the solver may not do much worse."""
    names = [f"p{n}" for n in range(1, len(lines))]
    case = Case(people={name: {} for name in names}, line="".join(lines[0]), policy=COVERAGE_ALONE,
                lines={name: "".join(line) for name, line in zip(names, lines[1:], strict=True)})  # fmt: skip
    empty = case.problem
    cover = coverage(case.roster, replace(empty, requirement=empty.requirement))
    gross = cover.heads.astype(np.int64)
    problem = replace(empty, requirement=replace(empty.requirement, gross=gross, required=gross))
    result = solved(problem, 1, seed)
    assert hard(result) == []
    wanted = gross.sum() * 0.25
    assert coverage_cost(result.roster, problem) <= 0.12 * wanted + 2.0


def test_segments_are_cut_at_whole_pieces_and_cover_each_duty_without_a_gap():
    case = Case(people={"p": {}}, line="." * 7, gross=dict.fromkeys(range(7), 2))
    by_agent = solved(case.problem).roster.by_agent()
    for segments in by_agent.values():
        for before, after in pairwise(segments):
            assert before.end <= after.start
    assert all(isinstance(s, Segment) for line in by_agent.values() for s in line)
