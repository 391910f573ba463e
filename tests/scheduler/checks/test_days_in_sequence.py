"""Rules on what may follow what: each passes, fails, and is right at both edges. Amounts are counted by hand.

The horizon's first day, 2 March 2026, is a Monday.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

Amounts = Callable[..., list[float]]

NEVER = {"forbidden_sequences": (("L", "E"), ("N", "off", "D"), ("work", "N", "N"))}
WEEKS = {"rotation": (("E", "D"), ("L",))}
DAYS = {"rotation": (("E",), ("E",), ("off",)), "rotation_every": "day"}
NIGHTS = {"min_nights_in_a_row": 2}
AFTER = {"days_off_after_nights": 2}
TOGETHER = {"days_off_in_a_row_per_week": 2}
LATE_WEEK = {"max_shifts_per_week": {"L": 2}}
LATE_MONTH = {"max_shifts_per_month": {"L": 3}}
WHOLE = {"whole_weekends": True}


@pytest.mark.parametrize(
    ("claim", "rule", "contract", "tail", "line", "charged"),
    [
        ("late, late, off, early", "sequences", NEVER, "", "LL.E", []),
        ("late, then early", "sequences", NEVER, "", "LEDLE", [1, 1]),
        ("the tail's late, then early", "sequences", NEVER, "L", "E", [1]),
        ("a sequence that ended in the tail is past", "sequences", NEVER, "LE", "D", []),
        ("night, off, day", "sequences", NEVER, "N", ".D", [1]),
        ("night, two off, day", "sequences", NEVER, "N.", ".D", []),
        ("any work, then two nights", "sequences", NEVER, "", ".NNDNN", [1]),
        ("the last day of the horizon counts", "sequences", NEVER, "", "...LE", [1]),
        ("early week, late week", "rotation", WEEKS, "", "EDEDE.. LLL.L..", []),
        ("late in the early week", "rotation", WEEKS, "", "EDEDL.. LLLLL..", [1]),
        ("two early weeks, one of them out of turn", "rotation", WEEKS, "", "EEE.... EEE....", [3]),
        ("the tail was early, so that late comes now", "rotation", WEEKS, "EEEEE..", "LLL....", []),
        ("the tail was early, and early comes again", "rotation", WEEKS, "EEEEE..", "EE.....", [2]),
        ("a tail in no turn binds to nothing but its last word", "rotation", WEEKS, "ELEEE..", "LLL....", []),
        ("two on, one off", "rotation", DAYS, "", "E.EE.EE", []),
        ("two on, one off, twice wrong", "rotation", DAYS, "", "EE.EEE.", [2]),
        ("the tail says which day it is", "rotation", DAYS, "E.E", "E.EE.", []),
        ("the tail says which day it is, and it is another", "rotation", DAYS, "E.E", ".EE.E", [4]),
        ("two nights are enough", "night blocks", NIGHTS, "", ".NN.", []),
        ("one night is too few", "night blocks", NIGHTS, "", ".N.NND.", [1]),
        ("one night at the end may become two", "night blocks", NIGHTS, "", "...N", []),
        ("one night at the start may have been two", "night blocks", NIGHTS, "", "N...", []),
        ("the tail's one night, cut short by the first day", "night blocks", NIGHTS, "D.N", "D..", [1]),
        ("the tail's night goes on", "night blocks", NIGHTS, "D.N", "N..", []),
        ("a night alone within the tail is past", "night blocks", NIGHTS, ".N.", "D..", []),
        ("two days off after nights", "night blocks", AFTER, "", "NN..D", []),
        ("one day off after nights", "night blocks", AFTER, "", "NN.DN.N", [1]),
        ("none after the tail's night", "night blocks", AFTER, "N", "D", [2]),
        ("one in the tail and one here", "night blocks", AFTER, "N.", ".D", []),
        ("saturday and sunday off", "days off together", TOGETHER, "", "DDDDD..", []),
        ("two days off, never together", "days off together", TOGETHER, "", "D.DDD.D D..DDDD", [1]),
        ("they may not straddle two weeks", "days off together", TOGETHER, "", "DDDDDD. .DDDDDD", [1, 1]),
        ("a week that goes on may still bring them", "days off together", TOGETHER, "", "DDDDD", []),
        ("a week with one day to go can not", "days off together", TOGETHER, "", "DDDDDD", [1]),
        ("a week with one day to go and one off can", "days off together", TOGETHER, "", "DDDDD.", []),
        ("two lates a week", "shift counts", LATE_WEEK, "", "LLD.... LLD....", []),
        ("three lates a week, in both weeks", "shift counts", LATE_WEEK, "", "LLL.... LLLL...", [1, 2]),
        ("the month before has its own", "shift counts", LATE_MONTH, "LLL", "LL.", []),
        ("four in March", "shift counts", LATE_MONTH, "", "LL.L...L", [1]),
        ("weekends whole or not", "whole weekends", WHOLE, "", "DDDDDDD DDDDD..", []),
        ("sunday without saturday, saturday without sunday", "whole weekends", WHOLE, "", "......D .....D.", [1, 1]),
        ("a saturday at the end may still have its sunday", "whole weekends", WHOLE, "", ".....D", []),
    ],
)  # fmt: skip
def test_what_may_follow_what(
    amounts: Amounts, claim: str, rule: str, contract: dict[str, Any], tail: str, line: str, charged: list[float]
) -> None:
    assert amounts(rule, contract=contract, tail=tail, line=line) == charged, claim


@pytest.mark.parametrize(
    ("claim", "rule", "contract", "first", "tail", "line", "charged"),
    [
        ("the tail's week counts", "shift counts", LATE_WEEK, date(2026, 3, 5), "LL.", "L..", [1]),
        ("a tail over the most is not charged", "shift counts", LATE_WEEK, date(2026, 3, 5), "LLL", "D..", []),
        ("what the horizon adds to it is", "shift counts", LATE_WEEK, date(2026, 3, 5), "LLL", "L..", [1]),
        ("saturday in the tail, sunday here", "whole weekends", WHOLE, date(2026, 3, 8), "D", ".", [1]),
        ("one day off in the tail, one here", "days off together", TOGETHER, date(2026, 3, 8), "DDDDD.", ".", []),
        ("a tail that left no room", "days off together", TOGETHER, date(2026, 3, 8), "DDDDDD", "D", []),
        ("a tail that left just enough", "days off together", TOGETHER, date(2026, 3, 7), "DDDDD", ".D", [1]),
        ("in the middle of a week of which nothing is known", "days off together", TOGETHER, date(2026, 3, 5), "",
         "DDDD", []),
    ],
)  # fmt: skip
def test_at_the_edge_of_a_week(
    amounts: Amounts, claim: str, rule: str, contract: dict[str, Any], first: date, tail: str, line: str,
    charged: list[float],
) -> None:  # fmt: skip
    assert amounts(rule, contract=contract, first=first, tail=tail, line=line) == charged, claim


def test_a_rotation_from_a_date_is_in_that_turn(amounts: Amounts) -> None:
    early = {**WEEKS, "rotation_from": date(2026, 3, 4)}
    late = {**WEEKS, "rotation_from": date(2026, 2, 25)}
    assert amounts("rotation", contract=early, line="EEE.... LL.....") == []
    assert amounts("rotation", contract=late, line="EEE.... LL.....") == [5]
    by_day = {**DAYS, "rotation_from": date(2026, 3, 1)}
    assert amounts("rotation", contract=by_day, line="E.EE.EE") == []


@pytest.mark.parametrize(
    ("rule", "contract", "line", "day", "without", "with_leave"),
    [
        ("night blocks", NIGHTS, ".N.N.", 2, [1, 1], []),
        ("whole weekends", WHOLE, "......D", 5, [1], []),
        ("rotation", DAYS, "EE.EE.E.", 7, [1], []),
        ("sequences", NEVER, "N.D", 1, [1], []),
    ],
)
def test_leave_excuses(
    amounts: Amounts, rule: str, contract: dict[str, Any], line: str, day: int, without: list[float],
    with_leave: list[float],
) -> None:  # fmt: skip
    assert amounts(rule, contract=contract, line=line) == without
    assert amounts(rule, contract=contract, line=line, leave=((day, 0, day + 1, 0),)) == with_leave


def test_a_shift_may_name_what_does_not_follow_it(case: Any) -> None:
    shifts = {**case().shifts, "L": {**case().shifts["L"], "not_followed_by": ("E",)}}
    charged = [v.amount for v in case(line="LELD", tail="", shifts=shifts).found("sequences")]
    assert charged == [1]


SHORT = {"rest_minutes": 660, "short_rests": 1, "short_rest_minutes": 480}


@pytest.mark.parametrize(
    ("claim", "contract", "tail", "line", "charged"),
    [
        ("late to early is eight hours: once a week", SHORT, "", "LE..... LE.....", []),
        ("twice in one week", SHORT, "", "LE.LE..", [180]),
        ("twice in one month", {**SHORT, "short_rests_every": "month"}, "", "LE..... LE.....", [180]),
        ("a shorter one never", {**SHORT, "short_rest_minutes": 540}, "", "LE.....", [180]),
        ("the tail's last duty, and the first one here", SHORT, "L", "E.LE...", [180]),
    ],
)
def test_short_rests(
    amounts: Amounts, claim: str, contract: dict[str, Any], tail: str, line: str, charged: list[float]
) -> None:
    assert amounts("rest", contract=contract, tail=tail, line=line) == charged, claim


AVERAGE = {"average_weeks": 2, "average_week_minutes": 2160}


@pytest.mark.parametrize(
    ("claim", "tail", "line", "charged"),
    [
        ("five and four days of 480", "", "DDDDD.. DDDD...", []),
        ("five and five", "", "DDDDD.. DDDDD..", [480]),
        ("the week before counts", "DDDDD..", "DDDDD..", [480]),
        ("a week before that was full leaves less, not less than nothing", "DDDDDDD", "DD..... ", []),
        ("what a full week before does not leave", "DDDDDDD", "DDD....", [480]),
    ],
)
def test_averaged_hours(amounts: Amounts, claim: str, tail: str, line: str, charged: list[float]) -> None:
    assert amounts("average minutes", contract=AVERAGE, tail=tail, line=line) == charged, claim


def test_hours_of_a_day(amounts: Amounts) -> None:
    """A minor: no start before seven, no end after eight in the evening, seven paid hours."""
    minor = {"earliest_start": 420, "latest_end": 1200, "max_minutes_per_day": 480}
    assert amounts("hours of the day", contract=minor, line="D.D") == []
    assert amounts("hours of the day", contract=minor, line="E.L.N") == [60, 120, 600]
    assert amounts("hours of the day", contract={"max_minutes_per_day": 420}, tail="D", line="D") == [60]
