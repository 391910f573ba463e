"""Why: alternatives cost what the objective says, what is called forbidden is, and the gap's parts are the gap."""

from functools import cache

import pytest

from centre.roster import Roster, Segment
from scheduler.checks import check
from scheduler.checks.objective import objective
from scheduler.judging import Floor
from scheduler.solve import solve
from scheduler.tours.engine import Engine
from scheduler.tours.published import floor_with
from scheduler.why.alternatives import OFF, Asked
from scheduler.why.closing import Stretch, ways
from scheduler.why.gap import gap_of
from scheduler.why.hole import holes, look_into
from scheduler.why.wish import with_it, without_it
from tests.scheduler.conftest import Case

CONTRACT = {"rest_minutes": 660, "max_consecutive_days": 5, "days_per_week": (0, 5), "week_minutes": (0, 2400)}
"""No lower bounds: a day off is always legal."""


@cache
def published() -> Floor:
    """Six people and two weeks, one of whom speaks for sales too."""
    people = {f"p{number}": {} for number in range(5)}
    gross = {day: 4 if day % 7 < 5 else 2 for day in range(14)}
    problem = Case(people=people, line="." * 14, gross=gross, contract=CONTRACT).problem
    return Floor(problem, solve(problem, seconds=60, rounds=2).roster)


def total(floor: Floor) -> float:
    return sum(objective(floor.roster, floor.problem).values())


def test_a_published_roster_taken_back_costs_what_it_costs() -> None:
    floor = published()
    engine = Engine(floor_with(floor.problem, floor.roster), 0, 1)
    engine.share_burdens()
    assert engine.cost() == pytest.approx(total(floor))


def test_a_duty_that_is_no_option_stands_as_it_is() -> None:
    floor = published()
    line = next(line for line in floor.seen.lines if line.duties)
    duty = line.duties[0]
    longer = [row for row in floor.roster.segments if row not in duty.segments]
    last = duty.segments[-1]
    grown = Segment(last.agent, last.end, last.end + 3600, "overtime", "billing")
    roster = Roster.of([*longer, *duty.segments, grown])
    tours = floor_with(floor.problem, roster)
    p = next(p for p, m in enumerate(tours.members) if m.lines.line.agent.agent == line.agent.agent)
    o = int(tours.chosen[p][duty.day])
    assert tours.clock.second(int(tours.members[p].lines.end[o])) == last.end + 3600


@pytest.mark.parametrize("day", [0, 5, 9])
def test_each_alternative_costs_what_the_checkers_objective_says_and_is_as_legal_as_it_says(day: int) -> None:
    floor = published()
    asked = Asked(floor, workers=1)
    for agent in ("a", "p1"):
        standing = asked.standing(agent, day)
        found = asked.alternatives(agent, day)
        assert {row.what for row in found} >= {"D", "E", "L", "N"} - {standing.what}
        for row in found:
            if row.what == OFF and row.cost is not None:
                duty = asked.duty(agent, day)
                assert duty is not None
                gone = set(duty.segments)
                without = tuple(segment for segment in floor.segments[agent] if segment not in gone)
                now = Floor(floor.problem, floor.with_lines({agent: without}))
                assert total(now) - total(floor) == pytest.approx(row.cost)
                assert not [v for v in check(now.roster, now.problem) if v.hard and v.agent == agent]
            if row.cost is not None:
                assert row.by_term is not None
                assert sum(row.by_term.values()) == pytest.approx(row.cost)
            else:
                assert row.forbidden or row.why


def test_a_wish_that_is_fixed_is_kept_and_costs_no_less_than_the_best_without_it() -> None:
    floor = published()
    asked = Asked(floor, workers=1)
    stands = asked.standing("a", 1)
    made = without_it(floor, "a", 1, stands.what, workers=1)
    assert made.impossible is None
    assert made.what != stands.what or stands.what == OFF
    assert made.as_it_is <= 1e-9
    off = with_it(floor, "a", 1, OFF, workers=1)
    assert (off.what, off.start) == (OFF, None)
    late = with_it(floor, "a", 1, "L", workers=1)
    assert late.what == "L"
    assert sum((late.by_term or {}).values()) == pytest.approx(late.cost)


def test_a_wish_that_cannot_be_says_what_stands_against_it() -> None:
    """Five days in a row at most and a fixed shift beside: the set that contradicts is named."""
    case = Case(line="DDDDD..", contract={"days_per_week": (0, 1)}, fixed=((0, 510, 1050, "work"),), gross={0: 1})
    floor = Floor(case.problem, Roster.of(case.problem.site.fixed))
    made = with_it(floor, "a", 1, "E", workers=1)
    assert made.impossible
    said = {statement.text for clash in made.impossible for statement in clash.statements}
    assert any("at most 1 days a week" in text for text in said)


def test_the_parts_of_the_gap_are_the_gap_and_none_is_below_nothing() -> None:
    floor = published()
    gap = gap_of(floor, workers=1, rounds=40)
    parts = sum(gap.coverage_by_day) + sum(part for _, part in gap.people) + sum(gap.left_out.values()) + gap.open
    assert parts == pytest.approx(gap.objective - gap.bound)
    assert gap.objective == pytest.approx(total(floor))
    assert gap.bound <= gap.objective + 1e-9
    assert min(gap.coverage_by_day) >= -1e-9
    assert min(part for _, part in gap.people) >= -1e-6
    assert abs(gap.open) <= 1e-6


def test_a_hole_names_who_is_kept_away_by_which_rule_and_what_one_more_person_closes() -> None:
    case = Case(
        line="DDDDD..", people={"b": {}, "c": {}}, lines={"b": "DDDDD..", "c": "LLLL..."},
        gross=dict.fromkeys(range(7), 2), contract={"days_per_week": (0, 5), "rest_minutes": 720},
    )  # fmt: skip
    floor = Floor(case.problem, case.roster)
    found = holes(floor, 5)
    queue, start, end = found[0]
    hole = look_into(floor, queue, start, end)
    assert hole.short == 2
    assert hole.kept_away["week days"] == ("a", "b")
    assert {name for name, *_ in hole.could} == {"c"}
    assert hole.closing[0].in_hole > 0
    assert hole.closing[0].example[1] <= hole.worst < hole.closing[0].example[2]
    for way in hole.ways:
        assert way.start <= hole.worst < way.end
        assert way.in_hole > 0
        assert sum(way.by_term.values()) == pytest.approx(way.cost)
    on_top = [way for way in hole.ways if way.breaks]
    assert {way.agent for way in on_top} == {"a", "b"}
    assert {found.rule for way in on_top for found in way.breaks} == {"week days"}
    anew = [way for way in hole.ways if not way.breaks]
    assert all(way.moved for way in anew if way.agent != "c"), "five days at most: another of theirs is given up"
    at_meal = look_into(floor, *holes(floor, 0, 720)[0])
    assert at_meal.there == {"pause": 2}
    assert holes(floor, 0, 300) == []


def test_a_way_to_close_a_hole_costs_what_the_checkers_objective_says_and_leaves_the_search_as_it_was() -> None:
    floor = published()
    asked = Asked(floor, workers=1)
    queue, start, end = holes(floor, 5)[0] if holes(floor, 5) else holes(floor, 2)[0]
    hole = look_into(floor, queue, start, end, asked)
    away = [name for names in hole.kept_away.values() for name in names]
    found = ways(asked, Stretch(start, end, hole.worst), hole.kept_away, [name for name, *_ in hole.could])
    asked.engine.share_burdens()
    assert asked.engine.cost() == pytest.approx(total(floor))
    assert found
    for way in found:
        assert way.agent in [*away, *(name for name, *_ in hole.could)]
        day = floor.seen.calendar.day_of(way.start)
        if not way.moved and not way.breaks:
            (same,) = (row for row in asked.alternatives(way.agent, day) if row.what == way.shift)
            assert same.cost is not None
            assert same.cost <= way.cost + 1e-6
