"""CP-SAT, the search's walk and the checker agree on every line; what is made from a legal roster has one."""

from datetime import date
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scheduler.checks import check
from scheduler.explain import contradictions
from scheduler.frame import Person
from scheduler.sequences.day import FREE, OFF, word_of
from scheduler.solve import solve
from scheduler.tours.walk import runs_of, state_before, walk_of
from tests.scheduler.rules.test_from_legal_rosters import DAYS, TAIL, _rows, frame_person, held_to

LETTERS = ("E", "D", "L", "N")
lines = st.lists(st.sampled_from("...DDELNN"), min_size=TAIL + DAYS, max_size=TAIL + DAYS).map("".join)
words = st.sampled_from((*LETTERS, "off"))
turns = st.lists(st.lists(words, min_size=1, max_size=3, unique=True).map(tuple), min_size=2, max_size=3).map(tuple)
contracts = st.one_of(
    st.fixed_dictionaries(
        {"forbidden_sequences": st.lists(
            st.lists(st.sampled_from((*LETTERS, "off", "work")), min_size=2, max_size=3).map(tuple), max_size=3
        ).map(tuple)}
    ),
    st.fixed_dictionaries({"rotation": turns, "rotation_every": st.sampled_from(["day", "week"])}),
    st.fixed_dictionaries(
        {"rotation": turns, "rotation_every": st.sampled_from(["day", "week"]), "rotation_from": st.dates(
            date(2026, 2, 1), date(2026, 4, 1))}
    ),
    st.fixed_dictionaries({"min_nights_in_a_row": st.integers(2, 3), "days_off_after_nights": st.integers(0, 3)}),
    st.fixed_dictionaries({"days_off_in_a_row_per_week": st.integers(1, 4)}),
    st.fixed_dictionaries(
        {
            "max_shifts_per_week": st.dictionaries(st.sampled_from(LETTERS), st.integers(0, 3), max_size=2),
            "max_shifts_per_month": st.dictionaries(st.sampled_from(LETTERS), st.integers(0, 6), max_size=2),
        }
    ),
    st.fixed_dictionaries({"whole_weekends": st.just(True), "days_off_in_a_row_per_week": st.integers(0, 2)}),
    st.fixed_dictionaries(
        {
            "rest_minutes": st.sampled_from([600, 900, 1200]),
            "short_rests": st.integers(1, 2),
            "short_rest_minutes": st.sampled_from([0, 420, 540]),
            "short_rests_every": st.sampled_from(["week", "month"]),
        }
    ),
    st.fixed_dictionaries({"average_weeks": st.integers(1, 3), "average_week_minutes": st.sampled_from([960, 1500])}),
    st.fixed_dictionaries({"latest_end": st.sampled_from([1080, 1320]), "earliest_start": st.just(420)}),
)  # fmt: skip
firsts = st.sampled_from([date(2026, 3, 2), date(2026, 3, 5), date(2026, 3, 8), date(2026, 2, 21)])
quietly = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def walks(person: Person, letters: str) -> bool:
    """Whether the search's table lets somebody with this tail work these letters."""
    walk = walk_of(person, runs_of(person), [state_before(person, runs_of(person))])
    state = walk.starts[state_before(person, runs_of(person))]
    for day, letter in enumerate(letters):
        option = next((option for option in person.options[day] if option.kind == letter), None)
        word = word_of(option, day in person.leave or not person.known(day))
        symbol = {OFF: len(walk.classes), FREE: len(walk.classes) + 1}.get(word, walk.class_of(word))
        state = int(walk.table[state, walk.marks[day] * walk.width + symbol])
        if state < 0:
            return False
    return True


@quietly
@given(lines, contracts, firsts, st.frozensets(st.integers(0, DAYS - 1), max_size=3), st.integers(4, TAIL))
def test_rules_walk_and_checker_agree_on_any_line(
    case: Any, line: str, contract: dict[str, Any], first: date, leave: frozenset[int], tail: int
) -> None:
    line = line[TAIL - tail :]
    assume("NE" not in line)  # a night that ends when the early shift begins would be one duty with it
    spans = tuple((day, 0, day + 1, 0) for day in leave)
    ours = case(contract=contract, tail=line[:tail], line=line[tail:], first=first, leave=spans)
    charged = [violation for violation in check(ours.roster, ours.problem) if violation.hard]
    person = frame_person(ours.problem)
    assert held_to(person, line[tail:]) == (charged == []), charged
    if {violation.rule for violation in charged} <= SEQUENCES:
        assert walks(person, line[tail:]) == (charged == []), charged


SEQUENCES = {"sequences", "rotation", "night blocks", "days off together", "shift counts", "whole weekends"}


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(lines, contracts, firsts, st.frozensets(st.integers(0, DAYS - 1), max_size=4))
def test_from_a_legal_line_the_search_finds_one(
    case: Any, line: str, contract: dict[str, Any], first: date, held: frozenset[int]
) -> None:
    """Some days of a legal line are held fixed: there is a legal roster, so one has to be found."""
    assume("NE" not in line)
    rows = tuple(row for day in held for row in _rows(line[TAIL + day], day) if line[TAIL + day] != ".")
    made = case(contract=contract, tail=line[:TAIL], line=line[TAIL:], first=first, fixed=rows)
    assume(not [violation for violation in check(made.roster, made.problem) if violation.hard])
    assert contradictions(made.problem) == []
    result = solve(made.problem, seconds=60, rounds=1)
    assert [str(violation) for violation in result.hard_violations] == []
