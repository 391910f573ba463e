"""Adherence is what a person with a stopwatch and the roster would have written down."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centre.errors import InputError
from centre.events import AgentState, ExceptionGranted, Tick
from centre.policy import AdherencePolicy, Policy
from centre.roster import Segment
from streams.adherence import (
    DEFINITIONS,
    Account,
    amazon,
    banded_conformance,
    calabrio,
    conformance,
    figures,
    genesys,
    verint,
)
from streams.days import day_account, group_accounts, report, shift_accounts
from streams.floor_policy import SECOND, FloorPolicy
from streams.matrix import build_matrix
from streams.state import State, initial
from streams.step import fold, with_ticks
from tests.streams.floors import (
    CLOSE,
    DAY,
    ZONE,
    at,
    published,
    slow_figures,
    some_events,
    some_excuses,
    some_segments,
    state,
    us,
    usual_day,
)

HOUR = 3600 * SECOND
MINUTE = 60 * SECOND


def floor(**adherence: object) -> FloorPolicy:
    return FloorPolicy(ZONE, policy=Policy(adherence=AdherencePolicy.model_validate(adherence)))


def lived(segments, events, policy, excuses=()) -> State:
    start, _ = fold(initial(us(0), ZONE), [published(segments), *excuses], policy)
    ordered = sorted(events, key=lambda event: (event.at, event.id))
    return fold(start, [*with_ticks(ordered, start.now), Tick(us(24))], policy)[0]


def close(found: dict, wanted: dict) -> bool:
    """Equal, with shares compared as floating-point numbers."""
    flat = lambda row: {**{k: v for k, v in row.items() if k != "adherence"}, **row["adherence"]}  # noqa: E731
    one, other = flat(found), flat(wanted)
    return one.keys() == other.keys() and all(
        (one[k] is None and other[k] is None) or (one[k] is not None and float(one[k]) == float(other[k])) for k in one
    )


# The handbook's worked examples.


def test_three_hours_in_one_out_two_neutral_is_75_percent_in_calabrio():
    account = Account(scheduled=6 * HOUR, kept=3 * HOUR, out=HOUR, neutral=2 * HOUR, flagged=6 * HOUR)
    assert calabrio(account, floor()) == Fraction(3, 4)


def test_ten_minutes_late_and_ten_over_on_sixty_is_one_less_20_of_70_in_genesys():
    account = Account(scheduled=60 * MINUTE, kept=50 * MINUTE, out=10 * MINUTE, extra=10 * MINUTE)
    assert genesys(account, floor(count_out_of_shift=True)) == 1 - Fraction(20, 70)
    assert genesys(account, floor()) == Fraction(5, 6)


def test_that_example_comes_out_of_events_and_roster_too():
    segments = [Segment("A", at(9), at(10), "work")]
    events = [state("A", "logged_out", us(8)), state("A", "ready", us(9, 10)), state("A", "logged_out", us(10, 10))]
    policy = floor(count_out_of_shift=True)
    account = day_account(lived(segments, events, policy).lines["A"], policy, DAY, us(24))
    assert genesys(account, policy) == 1 - Fraction(20, 70)
    assert conformance(account) == 1
    assert banded_conformance(account) == Fraction(50, 60)


def test_genesys_never_falls_below_nothing():
    account = Account(scheduled=HOUR, out=HOUR, extra=3 * HOUR)
    assert genesys(account, floor(count_out_of_shift=True)) == 0


def test_nothing_scheduled_has_no_adherence():
    assert all(define(Account(extra=HOUR, worked=HOUR), floor()) is None for define in DEFINITIONS.values())
    assert conformance(Account(worked=HOUR)) is None
    assert banded_conformance(Account(worked=HOUR)) is None


def test_a_definition_without_flagged_or_judged_time_is_undefined_alone():
    account = Account(scheduled=HOUR, neutral=HOUR)
    assert (calabrio(account, floor()), amazon(account, floor()), verint(account, floor())) == (None, None, None)
    assert genesys(account, floor()) == 1


# Against the stopwatch.


@settings(max_examples=150, deadline=None)
@given(some_segments(), some_events(), some_excuses(), st.sampled_from((0, 0, 45, 300, 1200)))
def test_a_day_is_what_second_by_second_reckoning_gives(segments, events, excuses, grace):
    policy = floor(grace_s=grace)
    line = lived(segments, events, policy, excuses).lines.get("A")
    wanted = slow_figures(segments, events, excuses, grace)
    assert line is None or close(figures(day_account(line, policy, DAY, CLOSE * SECOND), policy), wanted)
    assert line is not None or (wanted["scheduled_s"] == 0 and not events)


@settings(max_examples=60, deadline=None)
@given(some_segments(), some_events(), st.sampled_from((0, 300)))
def test_shifts_are_cut_out_of_the_same_time(segments, events, grace):
    policy = floor(grace_s=grace)
    line = lived(segments, events, policy).lines.get("A")
    for window, account in shift_accounts(line, policy, us(24)) if line else ():
        assert close(figures(account, policy), slow_figures(segments, events, (), grace, window))


@settings(max_examples=60, deadline=None)
@given(some_segments("A"), some_events("A"), some_segments("B"), some_events("B"))
def test_intervals_of_a_team_add_up_to_the_days_of_its_people(roster_a, events_a, roster_b, events_b):
    policy = floor()
    whole = lived([*roster_a, *roster_b], [*events_a, *events_b], policy)
    intervals = group_accounts(whole, policy, DAY, ["A", "B"])
    days = [day_account(line, policy, DAY, us(24)) for line in whole.lines.values()]
    assert len(intervals) in (0, 96)
    for part in ("scheduled", "kept", "out", "neutral", "unknown", "extra", "wanted", "worked", "banded"):
        assert sum(getattr(row, part) for row in intervals) == sum(getattr(row, part) for row in days)


def test_a_day_with_a_clock_change_has_its_true_length():
    zone, policy = "Europe/Berlin", FloorPolicy("Europe/Berlin")
    autumn = DAY.replace(month=10, day=25)
    segments = [Segment("A", at(0, day=autumn, zone=zone), at(24, day=autumn, zone=zone), "work")]
    start = initial(us(0, day=autumn, zone=zone), zone)
    inputs = [
        replace(published(segments), start=segments[0].start, end=segments[0].end),
        state("A", "ready", us(1, day=autumn, zone=zone)),
        Tick(us(24, day=autumn, zone=zone)),
    ]
    row = next(report(fold(start, inputs, policy)[0], policy)).to_json(policy)
    assert (row["scheduled_s"], row["unknown_s"]) == (25 * 3600, 3600)


def test_microseconds_are_not_lost():
    events = [state("A", "ready", us(9) + 1), state("A", "logged_out", us(10) - 2)]
    account = day_account(
        lived([Segment("A", at(9), at(10), "work")], events, floor()).lines["A"], floor(), DAY, us(24)
    )
    assert (account.kept, account.unknown, account.out) == (HOUR - 3, 1, 2)


# The matrix, exceptions and flags.


def test_an_exception_counts_in_verint_alone():
    segments = [Segment("A", at(9), at(10), "work")]
    events = [state("A", "ready", us(9)), state("A", "not_ready", us(9, 30))]
    granted = ExceptionGranted("x1", us(9, 50), "x", "A", at(9, 30), at(9, 45), "coaching", "lead")
    account = day_account(lived(segments, events, floor(), [granted]).lines["A"], floor(), DAY, us(24))
    assert {name: define(account, floor()) for name, define in DEFINITIONS.items()} == {
        "genesys": Fraction(1, 2),
        "amazon": Fraction(1, 2),
        "calabrio": Fraction(1, 2),
        "verint": Fraction(3, 4),
    }


def test_an_activity_without_adherence_is_left_out_by_amazon_and_verint():
    segments = [Segment("A", at(9), at(10), "work"), Segment("A", at(10), at(11), "training")]
    events = [state("A", "ready", us(9))]
    policy = floor(without_adherence=("training",))
    account = day_account(lived(segments, events, policy).lines["A"], policy, DAY, us(24))
    assert (amazon(account, policy), verint(account, policy)) == (1, 1)
    assert (genesys(account, policy), calabrio(account, policy)) == (Fraction(1, 2), Fraction(1, 2))


def test_a_site_changes_single_cells_of_the_matrix():
    policy = floor(matrix={"meal": {"logged_out": "in", "not_ready": "neutral"}, "standby": {"*": "neutral"}})
    segments = [Segment("A", at(9), at(10), "meal"), Segment("A", at(10), at(11), "standby")]
    events = [state("A", "logged_out", us(9)), state("A", "not_ready", us(9, 30)), state("A", "meal", us(9, 45))]
    account = day_account(lived(segments, events, policy).lines["A"], policy, DAY, us(24))
    assert (account.kept, account.neutral, account.scheduled) == (45 * MINUTE, 75 * MINUTE, 120 * MINUTE)


def test_a_matrix_with_wrong_names_says_all_of_them():
    with pytest.raises(InputError) as caught:
        build_matrix({"lunch": {"ready": "in"}, "work": {"reddy": "in", "ready": "yes"}})
    assert len(caught.value.problems) == 3


def test_work_is_kept_by_five_states_and_not_ready_keeps_nothing():
    policy = floor()
    names = ("ready", "talking", "wrap_up", "outbound", "case_work", "not_ready", "break", "logged_out")
    events = [state("A", name, us(9, number)) for number, name in enumerate(names)]
    segments = [Segment("A", at(9), at(9, 8), "work")]
    assert day_account(lived(segments, events, policy).lines["A"], policy, DAY, us(24)).kept == 5 * MINUTE
    for activity in ("break", "meal", "briefing", "training", "meeting"):
        idle = [AgentState("n", us(9), "x", "A", "not_ready")]
        line = lived([Segment("A", at(9), at(9, 8), activity)], idle, policy).lines["A"]
        assert day_account(line, policy, DAY, us(24)).out == 8 * MINUTE


def test_the_printed_line_has_exactly_the_keys_that_were_promised():
    segments = usual_day("A")
    row = next(report(lived(segments, [state("A", "ready", us(9))], floor()), floor())).to_json(floor())
    assert list(row) == [
        "type", "agent", "date", "scheduled_s", "in_s", "out_s", "neutral_s", "unknown_s", "adherence", "conformance",
    ]  # fmt: skip
    assert list(row["adherence"]) == ["genesys", "amazon", "calabrio", "verint"]
    assert (row["scheduled_s"], row["date"]) == (28800, "2026-11-23")
