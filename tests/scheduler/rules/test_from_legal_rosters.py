"""Instances made from a legal roster: a legal line exists, so "infeasible" is a failure, whatever is held fixed.

The contract is read off a random line: each bound is set to exactly what the line keeps.
"""

from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from centre.roster import Roster
from scheduler.checks import check, view
from scheduler.explain import contradictions
from scheduler.frame import Frame, Person
from scheduler.framing import person_of
from scheduler.model import RosterModel
from scheduler.rules import RULES
from scheduler.statements import Case as OnePerson

TAIL, DAYS = 7, 14
START = {"E": 360, "D": 510, "L": 840, "N": 1320}
SPAN = {"E": 480, "D": 540, "L": 480, "N": 480}
lines = st.lists(st.sampled_from("..DDELNN"), min_size=TAIL + DAYS, max_size=TAIL + DAYS).map("".join)
apart = lines.filter(lambda line: "NE" not in line)
"""A night that ends when the early shift begins would be one duty with it."""


def contract_of(line: str) -> dict[str, Any]:
    """The tightest contract that a line keeps."""
    worked = [(day, letter) for day, letter in enumerate(line) if letter != "."]
    gaps = [
        (one, two, (after * 1440 + START[two]) - (before * 1440 + START[one] + SPAN[one]))
        for (before, one), (after, two) in pairwise(worked)
    ]
    runs = [(working, len(list(group))) for working, group in groupby(line, lambda letter: letter != ".")]
    nights = [len(list(group)) for night, group in groupby(line, lambda letter: letter == "N") if night]
    weeks = [[letter for letter in line[week : week + 7] if letter != "."] for week in range(0, len(line), 7)]
    spans = [[START[letter] for letter in week] for week in weeks]
    free = sum(line[week + 5 : week + 7] == ".." for week in range(TAIL, len(line), 7))
    return {
        "rest_minutes": max(0, min((gap for _, _, gap in gaps), default=0)),
        "rest_after_nights_minutes": max(
            0, min((gap for one, two, gap in gaps if one == "N" and two != "N"), default=0)
        ),
        "max_consecutive_days": max((length for working, length in runs if working), default=1),
        "min_consecutive_days": min((length for working, length in runs[1:-1] if working), default=1),
        "min_consecutive_days_off": min((length for working, length in runs[1:-1] if not working), default=1),
        "max_nights_in_a_row": max(nights, default=0),
        "days_per_week": (min(map(len, weeks[1:])), max(map(len, weeks))),
        "week_minutes": (480 * min(map(len, weeks[1:])), max(1, 480 * max(map(len, weeks)))),
        "weekends_off": 2 * free,
        "start_spread_minutes": max(1, *(max(starts, default=0) - min(starts, default=0) for starts in spans)),
    }  # fmt: skip


def case_of(case: Any, line: str, held: frozenset[int] = frozenset()) -> Any:
    """The case of a line, the first week its tail, some days of the rest held fixed."""
    rows = tuple(
        row for day in held for row in _rows(line[TAIL + day], day) if line[TAIL + day] != "."
    )  # fmt: skip
    return case(contract=contract_of(line), tail=line[:TAIL], line=line[TAIL:], fixed=rows)


def _rows(letter: str, day: int) -> list[tuple[int, int, int, str]]:
    if letter == "D":
        return [(day, 510, 720, "work"), (day, 720, 780, "meal"), (day, 780, 1050, "work")]
    return [(day, START.get(letter, 0), START.get(letter, 0) + 480, "work")]


def solved(problem: Any) -> str:
    """The letters of a roster found by the rules as CP-SAT."""
    model = RosterModel(Frame((frame_person(problem),))).apply(RULES)
    outcome = model.solve(10)
    assert outcome.status == "optimal"
    letters = ["."] * DAYS
    for (_, day), option in outcome.choice.items():
        letters[day] = next(letter for letter, start in START.items() if start == option.wall)
    return "".join(letters)


def frame_person(problem: Any) -> Person:
    rows = Roster.of(row for row in problem.site.fixed if row.activity not in ("leave", "off"))
    seen = view(rows, problem)
    return person_of(seen, seen.lines[0])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(apart, st.frozensets(st.integers(0, DAYS - 1), max_size=6))
def test_what_is_made_from_a_legal_roster_has_one(case: Any, line: str, held: frozenset[int]) -> None:
    ours = case_of(case, line, held)
    legal = [violation for violation in check(ours.roster, ours.problem) if violation.hard]
    assert legal == [], "the line it was made from is legal"
    assert contradictions(ours.problem) == []
    found = solved(ours.problem)
    theirs = case(contract=ours.contract, tail=line[:TAIL], line=found, fixed=ours.fixed)
    assert [violation for violation in check(theirs.roster, theirs.problem) if violation.hard] == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines,
    lines,
    st.frozensets(st.integers(0, DAYS - 1), max_size=4),
    st.one_of(st.none(), st.integers(1, DAYS)),
    st.sampled_from([(0, 0), (0, 3360), (0, 4800)]),
)
def test_rules_and_checker_agree_on_any_line(
    case: Any, line: str, other: str, leave: frozenset[int], left: int | None, month: tuple[int, int]
) -> None:
    """Hold the model to a random line under another line's contract: it has a solution exactly if nothing is charged.

    Lower bounds are left out: they are elastic beside a tail.
    """
    contract = {**contract_of(other), "month_minutes": month}
    contract["week_minutes"] = (0, contract["week_minutes"][1])
    contract["days_per_week"] = (0, contract["days_per_week"][1])
    ours = case(
        contract=contract,
        tail=line[:TAIL],
        line=line[TAIL:],
        leave=tuple((day, 0, day + 1, 0) for day in leave),
        agent={"left": date(2026, 3, 1) + timedelta(days=left)} if left else {},
    )
    charged = [violation for violation in check(ours.roster, ours.problem) if violation.hard]
    assert held_to(frame_person(ours.problem), line[TAIL:]) == (charged == []), charged


def held_to(person: Person, letters: str) -> bool:
    """Whether the rules allow exactly this line."""
    choice = {}
    for day, letter in enumerate(letters):
        if letter != ".":
            option = next((option for option in person.options[day] if option.wall == START[letter]), None)
            if option is None:
                return False
            choice[person.name, day] = option
    model = RosterModel(Frame((person,))).apply(RULES)
    model.keep(choice, [person.name], range(DAYS))
    return model.solve(10).status == "optimal"


def test_a_tail_nobody_could_keep_is_a_contradiction_of_the_tail(case: Any) -> None:
    """One day worked, then five needed in a row, and the week is full after three: no day to come can mend it."""
    contract = {"min_consecutive_days": 5, "days_per_week": (0, 3)}
    problem = case(contract=contract, tail="D.D", line=".......", first=date(2026, 3, 5)).problem
    (clash,) = contradictions(problem)
    assert {statement.what for statement in clash.statements} == {
        "min_consecutive_days",
        "days_per_week highest",
        "tail",
    }
    assert OnePerson.of(problem, "a").agent == clash.agent
