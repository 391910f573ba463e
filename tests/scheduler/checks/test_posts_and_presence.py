"""Posts, presence, standby and split shifts: each passes, fails, and is right at the edges. Counted by hand."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from centre.activities import PlannedActivity
from centre.posts import Post, Presence
from centre.roster import Roster, Segment
from scheduler.checks import Violation, check
from scheduler.explain import contradictions
from scheduler.problem import Problem
from tests.scheduler.conftest import SHIFTS

HOUR = 3600
SENIORS = {"b": {"attributes": ("senior",)}, "c": {"attributes": ("senior",)}}
ON_CALL = {"start": "18:00", "minutes": 840, "on_call": True, "paid_share": 0.25}


def with_site(problem: Problem, **more: Any) -> Problem:
    return replace(problem, site=replace(problem.site, **more))


def found(roster: Roster, problem: Problem, rule: str) -> list[Violation]:
    return [violation for violation in check(roster, problem) if violation.rule == rule]


@pytest.mark.parametrize(
    ("claim", "post", "lines", "minutes"),
    [
        ("two seniors all day", {"least": 2, "window": (510, 1050)}, {"b": "D", "c": "D"}, []),
        ("one of two", {"least": 2, "window": (600, 660)}, {"b": "D", "c": "."}, [60]),
        ("an agent who is none", {"least": 1, "window": (600, 660)}, {}, [60]),
        ("another weekday", {"window": (600, 660), "days": ("tue",)}, {}, []),
        ("a date", {"window": (600, 660), "days": ("tue",), "dates": (date(2026, 3, 2),)}, {}, [60]),
        ("past midnight, within the horizon", {"window": (1380, 60)}, {}, [120]),
        ("a night counts till it ends", {"window": (1380, 60)}, {"b": "N"}, [60]),
        ("where nothing is required", {"window": (600, 660), "while_required": True}, {}, []),
        ("on the early shift", {"window": (600, 660), "shift": "E"}, {"b": "D", "c": "E"}, []),
        ("on another shift", {"window": (600, 660), "shift": "E"}, {"b": "D", "c": "D"}, [60]),
    ],
)
def test_posts(case: Any, claim: str, post: dict[str, Any], lines: dict[str, str], minutes: list[float]) -> None:
    ours = case(line="D", people=SENIORS, lines=lines)
    problem = with_site(ours.problem, posts=(Post(name="p", who=("attribute:senior",), **post),))
    charged = found(ours.roster, problem, "posts")
    assert [violation.amount for violation in charged] == minutes, claim
    assert not any(violation.hard for violation in charged)


@pytest.mark.parametrize(
    ("claim", "line", "day", "times", "charged"),
    [
        ("inside the day shift", "D..", 0, (540, 600), []),
        ("a day off", "D..", 1, (540, 600), [1]),
        ("past the end of the duty", "D..", 0, (1020, 1080), [1]),
        ("a night holds the small hours of the next day", "N..", 1, (60, 120), []),
    ],
)
def test_presence(case: Any, claim: str, line: str, day: int, times: tuple[int, int], charged: list[float]) -> None:
    ours = case(line=line)
    start, end = (ours.horizon.at(day, minute) for minute in times)
    problem = with_site(ours.problem, presence=(Presence(agent="a", start=start, end=end),))
    assert [violation.amount for violation in found(ours.roster, problem, "presence")] == charged, claim


def test_presence_on_a_day_of_leave_is_a_contradiction_that_names_both(case: Any) -> None:
    ours = case(line="...", leave=((1, 0, 2, 0),))
    wanted = Presence(agent="a", start=ours.horizon.at(1, 540), end=ours.horizon.at(1, 600))
    (clash,) = contradictions(with_site(ours.problem, presence=(wanted,)))
    assert {statement.what for statement in clash.statements} == {"presence", "leave"}
    assert [remedy.statement.what for remedy in clash.remedies] == ["presence", "leave"]


def test_a_rotation_that_a_fixed_shift_breaks_is_named(case: Any) -> None:
    contract = {"rotation": (("D",), ("L",)), "rotation_from": date(2026, 3, 2)}
    ours = case(contract=contract, line="." * 14, fixed=((8, 510, 720, "work"), (8, 720, 780, "meal"),
                                                         (8, 780, 1050, "work")))  # fmt: skip
    (clash,) = contradictions(ours.problem)
    assert {statement.what for statement in clash.statements} == {"rotation", "fixed"}


def test_standby_is_a_duty_of_its_shift_and_none_beside_it(case: Any) -> None:
    """18:00 to 08:00 is standby of the shift: rest counts from its end. Fixed standby stands beside duties."""
    ours = case(shifts={**SHIFTS, "C": ON_CALL}, contract={"rest_minutes": 660}, line=".D")
    at = ours.horizon.at
    standby = Segment("a", at(0, 1080), at(1, 480), "standby")
    roster = Roster.of([*ours.roster.segments, standby])
    (charged,) = found(roster, ours.problem, "rest")
    assert charged.amount == 660 - 30
    beside = replace(ours, fixed=((0, 1080, 1920, "standby"),))
    assert found(roster, beside.problem, "rest") == []


def test_a_split_shift_is_one_with_a_pause_of_hours(case: Any) -> None:
    split = {"start": "09:00", "minutes": 720,
             "pauses": [{"activity": "break", "minutes": 240, "window": ["12:00", "17:00"]}]}  # fmt: skip
    contract = {"max_shifts_per_week": {"S": 1}, "week_minutes": (0, 960)}
    ours = case(shifts={**SHIFTS, "S": split}, contract=contract, line="S.S", meal=750)
    broken = {(violation.rule, violation.amount) for violation in check(ours.roster, ours.problem) if violation.hard}
    assert broken == {("shift counts", 1)}


@pytest.mark.parametrize(
    ("claim", "planned", "line", "extra", "missed"),
    [
        ("a briefing that was held", {"often": "daily"}, "D", ((0, 900, 915, "briefing"),), 0),
        ("none was held", {"often": "daily"}, "D.D", (), 2),
        ("twice a week, once held", {"often": "weekly", "times": 2}, "DDDDDD.", ((0, 900, 915, "briefing"),), 1),
        ("a day off misses nothing", {"often": "daily"}, ".", (), 0),
        ("a night has no room for its window", {"often": "daily"}, "N", (), 0),
    ],
)
def test_activities_missed(
    case: Any, claim: str, planned: dict[str, Any], line: str, extra: tuple[tuple[int, int, int, str], ...], missed: int
) -> None:
    ours = case(line=line)
    at = ours.horizon.at
    activity = PlannedActivity(name="x", activity="briefing", minutes=15, window=(840, 1020), **planned)
    problem = with_site(ours.problem, activities=(activity,))
    held = [Segment("a", at(day, start), at(day, end), what) for day, start, end, what in extra]
    rows = [row for row in ours.roster.segments if not any(row.start < one.end and one.start < row.end for one in held)]
    whole = [row for row in ours.roster.segments if row not in rows]
    cut = [
        piece
        for row in whole
        for one in held
        if row.start < one.end and one.start < row.end
        for piece in (replace(row, end=one.start), replace(row, start=one.end))
    ]
    assert len(found(Roster.of([*rows, *cut, *held]), problem, "activities")) == missed, claim
