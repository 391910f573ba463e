"""Rules between duties: each passes, fails, and is right at both edges of the horizon. Amounts are counted by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

Amounts = Callable[..., list[float]]

LONGEST = {"max_consecutive_days": 5}
SHORTEST = {"min_consecutive_days": 3}
OFF = {"min_consecutive_days_off": 2}
NIGHTS = {"max_nights_in_a_row": 3}
AFTER_NIGHTS = {"rest_after_nights_minutes": 2880}


@pytest.mark.parametrize(
    ("claim", "contract", "tail", "line", "charged"),
    [
        ("five in a row are five", LONGEST, "", "DDDDD.DDDDD", []),
        ("six in a row are one too many", LONGEST, "", "DDDDDD.DDDDDDDD", [1, 3]),
        ("the tail's days belong to the row", LONGEST, "DDD", "DD.", []),
        ("the tail's days belong to the row, and one is too many", LONGEST, "DDD", "DDD.", [1]),
        ("a tail that was too long is not charged", LONGEST, "DDDDDDD", "..", []),
        ("a tail that was too long charges what the horizon adds", LONGEST, "DDDDDDD", "DD.", [2]),
        ("the last day of the horizon counts", LONGEST, "", ".DDDDDD", [1]),
        ("three in a row are enough", SHORTEST, "", ".DDD.", []),
        ("two and one are too few", SHORTEST, "", ".DD.D.", [1, 2]),
        ("a run that may go on after the horizon", SHORTEST, "", "....D", []),
        ("a run that may have begun before what is known", SHORTEST, "", "D...", []),
        ("a tail run is long enough with the horizon's days", SHORTEST, "D.D", "DD..", []),
        ("a tail run is cut short by the first day off", SHORTEST, "D.D", "...", [2]),
        ("a run that lies in the tail with both its ends is past", SHORTEST, "D.D.", "...", []),
        ("two days off are enough", OFF, "", "D..D", []),
        ("one day off is too few", OFF, "", "D.D..D.D", [1, 1]),
        ("one day off at the end may become two", OFF, "", "DDD.", []),
        ("one day off at the start may have been two", OFF, "", ".DDD", []),
        ("one day off in the tail, closed by the first day", OFF, "D.", "DD", [1]),
        ("one day off closed within the tail is past", OFF, "D.D", "DD", []),
        ("two days off across the edge", OFF, "D.", ".D", []),
    ],
)
def test_runs_of_days(
    amounts: Amounts, claim: str, contract: dict[str, Any], tail: str, line: str, charged: list[float]
) -> None:
    assert amounts("consecutive days", contract=contract, tail=tail, line=line) == charged, claim


def test_a_leave_day_excuses_a_short_run_beside_it(amounts: Amounts) -> None:
    line = ".D.." * 2
    leave = ((2, 0, 3, 0),)
    assert amounts("consecutive days", contract=SHORTEST, line=line) == [2, 2]
    assert amounts("consecutive days", contract=SHORTEST, line=line, leave=leave) == [2]


def test_a_leave_day_excuses_short_rest_that_contains_it(amounts: Amounts) -> None:
    assert amounts("consecutive days", contract=OFF, line="D.D.D", leave=((1, 0, 2, 0),)) == [1]


def test_a_day_not_employed_is_unknown_for_runs(amounts: Amounts) -> None:
    hired = {"hired": date(2026, 3, 4)}
    assert amounts("consecutive days", contract=SHORTEST, line="..D..", agent=hired) == []
    assert amounts("consecutive days", contract=SHORTEST, line="...D..", agent=hired) == [2]


REST = {"rest_minutes": 660}


@pytest.mark.parametrize(
    ("claim", "tail", "line", "charged"),
    [
        ("early after day leaves 12.5 hours", "", "DE", []),
        ("early after late leaves 8 hours", "", "LE", [180]),
        ("night after late leaves 24 hours", "", "LN", []),
        ("the tail's night ends at 06:00 in the horizon", "N", "L", [180]),
        ("the tail's late before an early start", "L", "E", [180]),
        ("too little rest within the tail is past", "LE", "D", []),
        ("a day off is rest", "", "L.E", []),
        ("the last two days of the horizon", "", "..LE", [180]),
    ],
)
def test_rest(amounts: Amounts, claim: str, tail: str, line: str, charged: list[float]) -> None:
    assert amounts("rest", contract=REST, tail=tail, line=line) == charged, claim


def test_rest_is_elapsed_time_in_the_night_the_clock_springs_forward(amounts: Amounts) -> None:
    """Berlin, 29 March 2026: late ends 22:00, early starts 06:00, and 02:00 to 03:00 is not there."""
    berlin = {"zone": "Europe/Berlin", "first": date(2026, 3, 28)}
    assert amounts("rest", contract={"rest_minutes": 480}, line="LE", **berlin) == [60]
    assert amounts("rest", contract={"rest_minutes": 420}, line="LE", **berlin) == []


@pytest.mark.parametrize(
    ("claim", "contract", "tail", "line", "charged"),
    [
        ("three nights in a row", NIGHTS, "", "NNN.NNN", []),
        ("four nights in a row", NIGHTS, "", "NNNN.", [1]),
        ("four nights over the edge", NIGHTS, "NN", "NN.", [1]),
        ("four nights that end with the tail", NIGHTS, "NNNN", "..", []),
        ("another duty breaks the row", NIGHTS, "", "NNDNN", []),
        ("the last night of the horizon", NIGHTS, "", ".NNNN", [1]),
        ("none at all", {"max_nights_in_a_row": 0}, "", ".N.N.", [1, 1]),
        ("day after night, two days between", AFTER_NIGHTS, "", "N..D", []),
        ("day after night, one day between: 26.5 hours", AFTER_NIGHTS, "", "N.D", [1290]),
        ("the next night needs no long rest", AFTER_NIGHTS, "", "NN.N", []),
        ("night in the tail, day in the horizon", AFTER_NIGHTS, "N", ".D", [1290]),
        ("night and day in the tail", AFTER_NIGHTS, "N.D", "D", []),
        ("the last day of the horizon starts too soon", AFTER_NIGHTS, "", "..N.D", [1290]),
    ],
)
def test_nights(
    amounts: Amounts, claim: str, contract: dict[str, Any], tail: str, line: str, charged: list[float]
) -> None:
    assert amounts("nights", contract=contract, tail=tail, line=line) == charged, claim


SPREAD = {"start_spread_minutes": 120}


@pytest.mark.parametrize(
    ("claim", "tail", "line", "charged"),
    [
        ("starts 150 minutes apart", "", "D.E....", [30]),
        ("the same in two weeks", "", "D......E......", []),
        ("the tail's start is of the same week", "E", "D.....", [30]),
        ("a spread within the tail is past", "ED", "D", []),
        ("the last day of the horizon", "", "D.E", [30]),
    ],
)
def test_start_spread(amounts: Amounts, claim: str, tail: str, line: str, charged: list[float]) -> None:
    first = date(2026, 3, 2 + len(tail))
    assert amounts("start spread", contract=SPREAD, tail=tail, line=line, first=first) == charged, claim


def test_start_spread_is_on_the_wall_clock_when_the_clocks_change(amounts: Amounts) -> None:
    """Saturday and Sunday 29 March 2026 start at 08:30 both, 23 hours apart."""
    berlin = {"zone": "Europe/Berlin", "first": date(2026, 3, 28)}
    assert amounts("start spread", contract={"start_spread_minutes": 30}, line="DD", **berlin) == []
