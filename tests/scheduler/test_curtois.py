"""The published benchmark's format and definition, on a tiny instance written by hand and counted by hand."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from centre.errors import InputError
from scheduler.checks.curtois import faults, penalty
from scheduler.curtois import frame_of, read

TINY = """\
# Comments start with #
SECTION_HORIZON
7

SECTION_SHIFTS
# ShiftID, Length in mins, Shifts which cannot follow this shift | separated
E,480,
L,480,E

SECTION_STAFF
# ID, MaxShifts, MaxTotalMinutes, MinTotalMinutes, MaxRun, MinRun, MinOff, MaxWeekends
ann,E=7|L=2,1920,960,3,2,2,0
bob,E=7|L=0,2400,480,5,1,1,1

SECTION_DAYS_OFF
ann,0

SECTION_SHIFT_ON_REQUESTS
ann,1,L,3

SECTION_SHIFT_OFF_REQUESTS
bob,2,E,2

SECTION_COVER
1,E,1,100,1
1,L,1,100,1
2,E,1,100,1
"""


def test_every_section_is_read() -> None:
    tiny = read(TINY)
    assert (tiny.days, tiny.minutes, tiny.not_after) == (7, {"E": 480, "L": 480}, {("L", "E")})
    ann, bob = tiny.staff
    assert (ann.most, ann.max_minutes, ann.min_minutes, ann.max_run) == ({"E": 7, "L": 2}, 1920, 960, 3)
    assert (ann.min_run, ann.min_off, ann.max_weekends, ann.days_off) == (2, 2, 0, {0})
    assert bob.days_off == frozenset()
    assert tiny.covers[1] == (1, "L", 1, 100, 1)
    assert (tiny.wanted[0].weight, tiny.unwanted[0].employee) == (3, "bob")


def test_something_else_is_refused_with_a_remedy() -> None:
    with pytest.raises(InputError, match="published format"):
        read("SECTION_HORIZON\nseven\n")


def test_the_penalty_is_counted_by_hand() -> None:
    """Granted: Ann's L on day 1. Refused: Bob's E on day 2. Day 1 lacks one E, day 2 is met."""
    tiny = read(TINY)
    assert penalty(tiny, [("ann", 1, "L"), ("ann", 2, "L"), ("bob", 2, "E")]) == 100 + 2
    assert penalty(tiny, []) == 3 + 300
    assert penalty(tiny, [("ann", 1, "E"), ("bob", 1, "E")]) == 3 + 1 + 100 + 100


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ({0: "E", 1: "E"}, "works on day off 0"),
        ({1: "L", 2: "E"}, "E on day 2 after L"),
        ({1: "L", 2: "L", 3: "L"}, "3 shifts L, at most 2"),
        ({1: "E"}, "480 minutes"),
        ({1: "E", 2: "E", 5: "E", 6: "E", 4: "E"}, "2400 minutes"),
        ({1: "E", 2: "E", 3: "E", 4: "E"}, "4 shifts in a row"),
        ({2: "E", 5: "E", 6: "E"}, "1 shifts in a row from day 2"),
        ({1: "E", 2: "E", 4: "E"}, "1 days off in a row from day 3"),
        ({1: "E", 2: "E", 5: "E"}, "1 weekends, at most 0"),
    ],
)
def test_each_hard_rule_is_seen(line: dict[int, str], fault: str) -> None:
    rows = [("ann", day, shift) for day, shift in line.items()]
    assert any(fault in found for found in faults(read(TINY), [*rows, ("bob", 0, "E")]))


def test_runs_at_the_edges_may_be_short() -> None:
    rows = [("ann", 3, "E"), ("ann", 4, "E"), ("bob", 0, "E")]
    assert faults(read(TINY), rows) == []
    assert faults(read(TINY), [("ann", 1, "E"), ("ann", 2, "E"), ("bob", 6, "E")]) == []


def test_a_frame_offers_what_the_instance_allows() -> None:
    ann, bob = frame_of(read(TINY)).people
    assert ann.options[0] == ()
    assert {option.kind for option in ann.options[1]} == {"E", "L"}
    assert {option.kind for option in bob.options[1]} == {"E"}
    assert ann.free_weekends == 1


def test_the_benchmark_writes_a_solution_that_the_definition_accepts(tmp_path: Path) -> None:
    source, target = tmp_path / "Tiny.txt", tmp_path / "solution.json"
    source.write_text(TINY)
    command = [
        sys.executable,
        "-m",
        "benchmarks.curtois",
        str(source),
        "--seconds",
        "20",
        "--out",
        str(target),
        "--quiet",
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    rows = [(name, day, shift) for name, day, shift in json.loads(target.read_text())["assignments"]]
    assert faults(read(TINY), rows) == []
    assert f"objective {penalty(read(TINY), rows)}, bound" in run.stdout
