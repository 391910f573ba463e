"""Rules about single duties and segments: catalogue, leave, fixed rows, employment, overlap, skills."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from centre.roster import Roster, Segment
from scheduler.checks import check

Amounts = Callable[..., list[float]]

FLEXIBLE: dict[str, Any] = {
    "F": {"start": ["08:00", "10:00"], "minutes": [360, 480], "step_minutes": 60, "days": ["mon", "tue"]},
}


def work(*spans: tuple[int, int, int]) -> tuple[tuple[int, int, int, str], ...]:
    return tuple((*span, "work") for span in spans)


@pytest.mark.parametrize(
    ("claim", "extra", "faults"),
    [
        ("earliest start, shortest span", work((0, 480, 840)), 0),
        ("latest start, longest span", work((1, 600, 1080)), 0),
        ("start between the steps", work((0, 510, 870)), 1),
        ("start after the latest", work((0, 660, 1020)), 1),
        ("span between the steps", work((0, 480, 870)), 1),
        ("span above the longest", work((0, 480, 1020)), 1),
        ("weekday on which the shift is not worked", work((2, 480, 840)), 1),
        ("two runs on a day: only the first is a shift, and one is too many", work((0, 480, 840), (0, 900, 1000)), 2),
        ("a break that the shift does not have", (*work((0, 480, 600), (0, 615, 840)), (0, 600, 615, "break")), 1),
        ("training inside the shift", (*work((0, 480, 600), (0, 660, 840)), (0, 600, 660, "training")), 0),
        ("overtime after the shift is beside it", (*work((0, 480, 840)), (0, 840, 900, "overtime")), 0),
        ("overtime before and after", ((0, 420, 480, "overtime"), *work((0, 480, 840)), (0, 840, 900, "overtime")), 0),
        ("training alone is no shift", ((0, 540, 600, "training"),), 1),
    ],
)
def test_shift_frames(amounts: Amounts, claim: str, extra: Any, faults: int) -> None:
    found = amounts("shift", shifts=FLEXIBLE, extra=extra, horizon_days=3)
    assert len(found) == faults, claim


@pytest.mark.parametrize(("meal", "faults"), [(660, 0), (780, 0), (645, 1), (795, 1)])
def test_a_meal_lies_whole_in_its_window(amounts: Amounts, meal: int, faults: int) -> None:
    assert len(amounts("shift", line="D", meal=meal)) == faults


def test_a_missing_meal_is_no_shift_and_the_message_says_what_was_wanted(case: Any) -> None:
    (found,) = case(extra=work((0, 510, 1050)), horizon_days=1).found("shift")
    assert "meal of 60 minutes between 11:00 and 14:00" in found.message


NIGHT_PAUSES: dict[str, Any] = {
    "N": {
        "start": "22:00",
        "minutes": 480,
        "night": True,
        "pauses": [
            {"activity": "meal", "minutes": 30, "window": ["01:00", "03:00"]},
            {"activity": "break", "minutes": 15, "after_minutes": [60, 120], "paid": True},
        ],
    }
}


@pytest.mark.parametrize(
    ("claim", "meal", "pause", "faults"),
    [
        ("on the next day, in the window", 1500, 1380, 0),
        ("last moment of both", 1590, 1440, 0),
        ("meal beyond its window", 1605, 1380, 1),
        ("break too early", 1500, 1365, 1),
        ("break too late", 1500, 1455, 1),
    ],
)
def test_pauses_of_a_night(amounts: Amounts, claim: str, meal: int, pause: int, faults: int) -> None:
    extra = (
        *work((0, 1320, pause), (0, pause + 15, meal), (0, meal + 30, 1800)),
        (0, pause, pause + 15, "break"),
        (0, meal, meal + 30, "meal"),
    )
    assert len(amounts("shift", shifts=NIGHT_PAUSES, extra=extra, horizon_days=1)) == faults, claim


def test_a_night_lasts_its_eight_hours_when_the_clock_springs_forward(amounts: Amounts) -> None:
    """From 28 March 22:00 eight hours are over at 07:00 in Berlin; 06:00 would be an hour short."""
    berlin = {"zone": "Europe/Berlin", "first": date(2026, 3, 28), "horizon_days": 2}
    assert amounts("shift", extra=work((0, 1320, 1440), (1, 0, 420)), **berlin) == []
    assert amounts("shift", extra=work((0, 1320, 1440), (1, 0, 360)), **berlin) == [1]


def test_shifts_of_other_contracts_are_none_of_mine(amounts: Amounts) -> None:
    assert amounts("shift", contract={"shifts": ["D"]}, line="DE") == [1]


def test_duties_of_the_tail_are_not_judged(amounts: Amounts) -> None:
    assert amounts("shift", contract={"shifts": ["D"]}, tail="EE", line="D") == []


@pytest.mark.parametrize(
    ("claim", "line", "leave", "charged"),
    [
        ("no duty on the leave day", "D.D", ((1, 0, 2, 0),), []),
        ("a duty on the leave day", "DDD", ((1, 0, 2, 0),), [1]),
        ("leave from noon to midnight two days later: the day between is whole", "D.", ((0, 1080, 2, 0),), []),
        ("a night that runs into the leave day", "N.", ((1, 0, 2, 0),), [1]),
        ("a night before the leave day that ends before it", "L.", ((1, 0, 2, 0),), []),
        ("work during leave of two hours", "D", ((0, 510, 0, 630),), [120]),
        ("leave from before the horizon to after it", "DD", ((-5, 0, 9, 0),), [1, 1]),
    ],
)
def test_leave(amounts: Amounts, claim: str, line: str, leave: Any, charged: list[float]) -> None:
    assert amounts("leave", line=line, leave=leave) == charged, claim


def test_a_night_of_the_tail_that_runs_into_a_leave_day_is_past(amounts: Amounts) -> None:
    assert amounts("leave", tail="N", line="..", leave=((0, 0, 1, 0),)) == []


def test_a_shift_cut_by_two_hours_of_leave_is_still_that_shift_and_paid_whole(case: Any) -> None:
    """The doctor's visit from 08:30 to 10:30: the day is worked, paid 480 minutes, and breaks no rule."""
    extra = ((0, 510, 630, "leave"), *work((0, 630, 720), (0, 780, 1050)), (0, 720, 780, "meal"))
    contract = {"week_minutes": (480, 480), "days_per_week": (1, 1)}
    cut = case(contract=contract, extra=extra, horizon_days=7, leave=((0, 510, 0, 630),))
    assert {violation.rule for violation in check(cut.roster, cut.problem)} == {"leaders"}


def test_leave_that_nobody_approved_is_charged(amounts: Amounts) -> None:
    extra = ((0, 510, 630, "leave"), *work((0, 630, 720), (0, 780, 1050)), (0, 720, 780, "meal"))
    assert amounts("leave", extra=extra, horizon_days=1) == [1]


OUTSIDE = work((0, 600, 840))


@pytest.mark.parametrize(
    ("claim", "case", "faults"),
    [
        ("the row stands", {"extra": OUTSIDE}, 0),
        ("the row stands in two pieces", {"extra": work((0, 600, 700), (0, 700, 840))}, 0),
        ("the row is missing", {}, 1),
        ("the row was shortened", {"extra": work((0, 600, 780))}, 1),
        ("the duty was made longer than the row", {"extra": work((0, 600, 840), (0, 840, 900))}, 1),
    ],
)
def test_fixed_work(amounts: Amounts, claim: str, case: dict[str, Any], faults: int) -> None:
    assert len(amounts("fixed", fixed=OUTSIDE, horizon_days=1, **case)) == faults, claim
    if not faults:
        assert amounts("shift", fixed=OUTSIDE, horizon_days=1, **case) == [], "a fixed duty need be no shift"


def test_fixed_rows_with_a_gap_are_one_duty_and_the_gap_is_unpaid(amounts: Amounts) -> None:
    rows = work((0, 510, 720), (0, 780, 1050))
    split = {"fixed": rows, "extra": rows, "horizon_days": 7}
    assert amounts("shift", **split) == []
    assert amounts("rest", contract={"rest_minutes": 660}, **split) == []
    assert amounts("week minutes", contract={"week_minutes": (480, 480)}, **split) == []


def test_a_fixed_training_stands_inside_the_duty(amounts: Amounts) -> None:
    training = ((0, 840, 900, "training"),)
    inside = (*work((0, 510, 720), (0, 780, 840), (0, 900, 1050)), (0, 720, 780, "meal"), *training)
    assert amounts("fixed", fixed=training, extra=inside, horizon_days=1) == []
    assert amounts("shift", fixed=training, extra=inside, horizon_days=1) == []
    assert amounts("fixed", fixed=training, line="D") == [1]


@pytest.mark.parametrize("activity", ["off", "standby"])
def test_fixed_off_and_standby_hold_no_duty(amounts: Amounts, activity: str) -> None:
    row = ((0, 960, 1200, activity),)
    stands = row if activity == "standby" else ()
    assert amounts("fixed", fixed=row, extra=stands, line="D") == [1]
    assert amounts("fixed", fixed=row, extra=stands, line="E") == []


def test_employment(amounts: Amounts) -> None:
    agent = {"hired": date(2026, 3, 3), "left": date(2026, 3, 4)}
    assert amounts("employment", line=".DD.", agent=agent) == []
    assert amounts("employment", line="DDDD", agent=agent) == [1, 1]


def test_somebody_who_is_not_in_the_list_of_agents(case: Any) -> None:
    ours = case(line="D")
    stranger = Segment("zed", ours.horizon.begin, ours.horizon.begin + 900, "work", "billing")
    found = [v for v in check(Roster.of([*ours.roster.segments, stranger]), ours.problem) if v.rule == "employment"]
    assert [violation.agent for violation in found] == ["zed"]


def test_overlap(amounts: Amounts) -> None:
    assert amounts("overlap", line="D", extra=((0, 1050, 1110, "training"),)) == []
    assert amounts("overlap", line="D", extra=((0, 1020, 1110, "training"),)) == [30]


def test_overlap_with_the_tail_s_night(amounts: Amounts) -> None:
    assert amounts("overlap", tail="N", extra=((0, 300, 420, "training"),), horizon_days=1) == [60]


def test_skills(amounts: Amounts) -> None:
    assert amounts("skills", line="D") == []
    assert amounts("skills", line="E", agent={"skills": {"sales": 1.0}}) == [1]


def test_leave_of_another_year_is_no_concern_of_this_horizon(case: Any) -> None:
    far = ((-400, 0, -390, 600), (300, 540, 310, 0))
    assert case(line="D.D", leave=far).found("leave") == []
