"""Rules that count over weeks, months and weekends: pass, fail, both edges, leave and days not employed."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

Amounts = Callable[..., list[float]]

WEDNESDAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("claim", "tail", "line", "charged"),
    [
        ("four and five days", "", "DDDD... DDDDD..", []),
        ("three and six days", "", "DDD.... DDDDDD.", [1, 1]),
        ("a week that is half over: the tail counts", "DD", "DDD..", []),
        ("a week that is half over, and too full", "DD", "DDDDD", [2]),
        ("a week that is half over, unknown before: as if worked", "", "DD...", []),
        ("a week that is half over, unknown before, too few all the same", "", "D....", [1]),
        ("a week that goes on after the horizon: as if worked", "DD", "D", []),
        ("a full tail is not charged, only what is added", "DDDDDD", "D", [1]),
    ],
)
def test_week_days(amounts: Amounts, claim: str, tail: str, line: str, charged: list[float]) -> None:
    partial = tail or len(line) < 7
    first = date(2026, 3, 8) if len(tail) == 6 else WEDNESDAY if partial else date(2026, 3, 2)
    contract = {"days_per_week": (4, 5)}
    assert amounts("week days", contract=contract, tail=tail, line=line, first=first) == charged, claim


def test_leave_days_count_as_worked_up_to_the_highest(amounts: Amounts) -> None:
    contract = {"days_per_week": (4, 5)}
    whole_week, two_days = ((0, 0, 7, 0),), ((0, 0, 2, 0),)
    assert amounts("week days", contract=contract, line=".......", leave=whole_week) == []
    assert amounts("week days", contract=contract, line="..DDD..", leave=two_days) == []
    assert amounts("week days", contract=contract, line="..DDDD.", leave=two_days) == [1]
    assert amounts("week days", contract=contract, line="..D....", leave=two_days) == [1]


def test_a_shortfall_is_soft_where_hard_input_touches_the_week(case: Any) -> None:
    contract = {"days_per_week": (4, 5)}
    line = "D...... DDDDD.. DDDDD.. D......"
    found = case(contract=contract, line=line, leave=((1, 0, 2, 0),)).found("week days")
    assert [(violation.amount, violation.hard) for violation in found] == [(3, True), (2, False)]


MINUTES = {"week_minutes": (2100, 2400)}


@pytest.mark.parametrize(
    ("claim", "more", "tail", "line", "charged"),
    [
        ("five shifts of 480", {}, "", "DDDDD..", []),
        ("six shifts of 480", {}, "", "DDDDDD.", [480]),
        ("six shifts with overtime", {"max_overtime_minutes_per_week": 480}, "", "DDDDDD.", []),
        ("four shifts of 480", {}, "", "DDDD...", [180]),
        ("the tail counts", {}, "DD", "DDD..", []),
        ("the tail counts, too full", {}, "DD", "DDDDD", [960]),
        ("unknown days hold the longest shift", {}, "", "DDD..", []),
        ("unknown days hold the longest shift, too few", {}, "", "DD...", [180]),
        ("days after the horizon hold the longest shift", {}, "DD", "D", []),
    ],
)
def test_week_minutes(
    amounts: Amounts, claim: str, more: dict[str, int], tail: str, line: str, charged: list[float]
) -> None:
    first = WEDNESDAY if tail or len(line) < 7 else date(2026, 3, 2)
    assert amounts("week minutes", contract={**MINUTES, **more}, tail=tail, line=line, first=first) == charged, claim


def test_leave_days_credit_week_minutes(amounts: Amounts) -> None:
    """One leave day credits 2400 / 5 = 480 minutes: the week's bounds fall to 1620 and 1920."""
    contract = {**MINUTES, "days_per_week": (0, 5)}
    assert amounts("week minutes", contract=contract, line=".DDDD..", leave=((0, 0, 1, 0),)) == []
    assert amounts("week minutes", contract=contract, line=".DDDDD.", leave=((0, 0, 1, 0),)) == [480]
    assert amounts("week minutes", contract=contract, line=".DDD...", leave=((0, 0, 1, 0),)) == [180]


def test_a_meal_is_unpaid_and_an_eight_hour_shift_is_paid_whole(amounts: Amounts) -> None:
    contract = {"week_minutes": (480, 480)}
    assert amounts("week minutes", contract=contract, line="D......") == []
    assert amounts("week minutes", contract=contract, line="E......") == []


def test_days_not_employed_are_unknown_for_the_week(amounts: Amounts) -> None:
    agent = {"hired": date(2026, 3, 6)}
    contract = {**MINUTES, "days_per_week": (4, 5)}
    assert amounts("week minutes", contract=contract, line="....D..", agent=agent) == []
    assert amounts("week days", contract=contract, line="....D..", agent=agent) == []


MONTH = {"month_minutes": (4800, 5280), "week_minutes": (0, 2100)}


def test_month_minutes_of_a_whole_month(amounts: Amounts) -> None:
    """February 2026 has 28 days and begins on a Sunday."""
    february = {"contract": MONTH, "first": date(2026, 2, 1)}
    assert amounts("month minutes", line="D.." * 9 + "D", **february) == []
    assert amounts("month minutes", line="D.." * 9 + ".", **february) == [480]
    assert amounts("month minutes", line="DD." * 6 + "." * 10, **february) == [480]


def test_month_minutes_leave_room_for_the_days_to_come(amounts: Amounts) -> None:
    """Of March, 24 days follow the horizon: at most 2100 / 7 = 300 minutes each."""
    march = {"contract": {"month_minutes": (9000, 9600), "week_minutes": (0, 2100)}, "first": date(2026, 3, 1)}
    assert amounts("month minutes", line="DDDD...", **march) == []
    assert amounts("month minutes", line="DDD....", **march) == [360]


def test_month_minutes_reserve_what_the_weeks_to_come_must_hold(amounts: Amounts) -> None:
    """With at least 2100 a week, 24 days to come hold at least 7200."""
    march = {"contract": {"month_minutes": (0, 9000), "week_minutes": (2100, 2400)}, "first": date(2026, 3, 1)}
    assert amounts("month minutes", line="DDD....", **march) == []
    assert amounts("month minutes", line="DDDD...", **march) == [120]


def test_month_minutes_count_the_tail(amounts: Amounts) -> None:
    contract = {"month_minutes": (960, 1440), "week_minutes": (0, 0)}
    case = {"contract": contract, "first": date(2026, 3, 3), "tail": "DD"}
    assert amounts("month minutes", line="." * 29, **case) == []
    assert amounts("month minutes", line="DD" + "." * 27, **case) == [480]


def test_leave_days_credit_month_minutes(amounts: Amounts) -> None:
    contract = {"month_minutes": (4800, 4800), "week_minutes": (0, 2400), "days_per_week": (0, 5)}
    february = {"contract": contract, "first": date(2026, 2, 1), "leave": ((1, 0, 8, 0),)}
    assert amounts("month minutes", line="." * 8 + "DDDDD" + "." * 15, **february) == []
    assert amounts("month minutes", line="." * 8 + "DDDDDD" + "." * 14, **february) == [480]


@pytest.mark.parametrize(
    ("claim", "weekends_off", "line", "charged"),
    [
        ("one of four off", 1, "DDDDDDD" * 3 + "DDDDD..", []),
        ("none of four off", 1, "DDDDDDD" * 4, [1]),
        ("a free Saturday is no free weekend", 1, "DDDDD.D" * 4, [1]),
        ("two of four wanted, one off", 2, "DDDDDDD" * 3 + "DDDDD..", [1]),
        ("in two weeks a quarter of two is none", 1, "DDDDDDD" * 2, []),
        ("in two weeks half of two is one", 2, "DDDDDDD" * 2, [1]),
        ("a Saturday at the right edge is no weekend of the horizon", 4, "DDDDD..DDDDDD", []),
    ],
)
def test_weekends(amounts: Amounts, claim: str, weekends_off: int, line: str, charged: list[float]) -> None:
    assert amounts("weekends", contract={"weekends_off": weekends_off}, line=line) == charged, claim


def test_a_sunday_at_the_left_edge_is_no_weekend_of_the_horizon(amounts: Amounts) -> None:
    sunday = {"first": date(2026, 3, 8), "contract": {"weekends_off": 4}}
    assert amounts("weekends", line="DDDDDD..", **sunday) == []
    assert amounts("weekends", line="DDDDDDD.", **sunday) == [1]
    assert amounts("weekends", line="......DD", tail="D", **sunday) == [1]


def test_leave_instead_of_a_short_duty_does_not_make_the_long_ones_illegal(amounts: Amounts) -> None:
    """Four duties of ten hours and one of four, 240 minutes of overtime; the short one becomes a day of leave.

    The leave is worth eight hours. The four long duties stay legal; a fifth duty beside the leave is one too many.
    """
    shifts = {"X": {"start": "08:00", "minutes": 600}, "S": {"start": "08:00", "minutes": 240}}
    contract = {"week_minutes": (0, 2400), "days_per_week": (0, 5), "max_overtime_minutes_per_week": 240}
    given = {"shifts": shifts, "contract": contract}
    assert amounts("week minutes", line="XXXXS..", **given) == []
    assert amounts("week minutes", line="XXXX...", leave=((4, 0, 5, 0),), **given) == []
    assert amounts("week minutes", line="XXXX.S.", leave=((4, 0, 5, 0),), **given) == []
    assert amounts("week minutes", line="XXXX.X.", leave=((4, 0, 5, 0),), **given) == [360]
    assert amounts("week days", line="XXXX.S.", leave=((4, 0, 5, 0),), **given) == [1]
