"""Alerts: who is not where the roster says, told once, after the delay, with the facts, until it ends."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from centre.events import ExceptionGranted, Tick
from centre.policy import AdherencePolicy, AlertPolicy, AttendancePolicy, Policy
from centre.roster import Segment
from streams.alerts import AGENT_ALERTS
from streams.floor_policy import FloorPolicy
from streams.outputs import Alert, Ended, Escalated
from streams.state import initial
from streams.step import fold, step, with_ticks
from tests.streams.floors import (
    ZONE,
    at,
    heard,
    planned,
    published,
    some_events,
    some_segments,
    state,
    us,
    usual_day,
)

FLOOR = FloorPolicy(ZONE, skills={"A": frozenset({"billing", "service"})})
EVENING = us(18)
WORKING = ("ready", "talking", "wrap_up", "outbound", "case_work")
GONE = ("unknown", "logged_out")


def told(*events, segments=None, policy=FLOOR, until=EVENING, first=()):
    """What is said of agent A over the day, in order."""
    start, _ = fold(initial(us(0), ZONE), [published(segments or usual_day("A")), *first], policy)
    return fold(start, [*with_ticks(events, start.now), Tick(until)], policy)[1]


def short(outputs) -> list[tuple[str, str]]:
    """Alerts as (type, HH:MM:SS), ends as ("-type", when)."""
    found = []
    for output in outputs:
        row = output.to_json(FLOOR)
        if isinstance(output, Alert):
            found.append((output.type, row["at"][11:19]))
        if isinstance(output, Ended):
            found.append(("-" + output.of, row["at"][11:19]))
    return found


def test_who_has_not_come_is_away_then_late_then_absent_in_one_thread():
    outputs = told(state("A", "logged_out", us(8)), state("A", "ready", us(9, 25)), until=us(10))
    assert short(outputs) == [
        ("away", "09:01:00"), ("late", "09:05:00"), ("absent", "09:20:00"), ("-absent", "09:25:00"),
    ]  # fmt: skip
    assert len({output.thread for output in outputs if not isinstance(output, Escalated)}) == 1


def test_who_comes_at_the_last_moment_of_the_grace_is_not_late():
    assert short(told(state("A", "logged_out", us(8)), state("A", "ready", us(9, 5)), until=us(10))) == [
        ("away", "09:01:00"), ("-away", "09:05:00"),
    ]  # fmt: skip


def test_silence_of_somebody_never_heard_of_is_noticed():
    assert short(told(until=us(9, 30))) == [("missing_state", "09:01:00"), ("late", "09:05:00"), ("absent", "09:20:00")]


def test_absence_goes_on_through_the_pauses_and_ends_with_the_shift():
    outputs = told(state("A", "logged_out", us(8)))
    assert short(outputs)[-2:] == [("absent", "09:20:00"), ("-absent", "17:00:00")]


def test_a_pause_beyond_its_planned_length_is_a_long_break():
    events = [state("A", "ready", us(9)), state("A", "break", us(10, 30)), state("A", "ready", us(10, 50))]
    assert short(told(*events, until=us(11))) == [("long_break", "10:46:00"), ("-long_break", "10:50:00")]


def test_a_pause_taken_late_is_away_and_long_only_past_its_own_length():
    events = [state("A", "ready", us(9)), state("A", "break", us(10, 40)), state("A", "ready", us(11))]
    assert short(told(*events, until=us(11, 30))) == [
        ("away", "10:46:00"), ("long_break", "10:56:00"), ("-long_break", "11:00:00"),
    ]  # fmt: skip


def test_a_pause_at_a_time_without_one_is_away():
    events = [state("A", "ready", us(9)), state("A", "break", us(14)), state("A", "ready", us(14, 10))]
    assert short(told(*events, until=us(14, 30)))[-2:] == [("away", "14:01:00"), ("-away", "14:10:00")]


def test_who_logs_out_before_the_end_left_early():
    events = [state("A", "ready", us(9)), state("A", "ready", us(13, 30)), state("A", "logged_out", us(16, 40))]
    outputs = told(*events)
    assert short(outputs)[-2:] == [("early_leave", "16:41:00"), ("-early_leave", "17:00:00")]
    alert = next(output for output in outputs if isinstance(output, Alert) and output.type == "early_leave")
    assert alert.facts["events"] == [f"A-{us(16, 40)}-0"]
    assert alert.facts["duty_end"] == at(17)


def test_logging_out_for_the_meal_is_nothing_and_staying_out_is():
    events = [state("A", "ready", us(9)), state("A", "logged_out", us(12)), state("A", "ready", us(13, 0, 30))]
    assert short(told(*events, until=us(14))) == []
    assert short(told(*events[:2], until=us(14))) == [("early_leave", "13:01:00")]


def test_nothing_heard_for_long_of_somebody_at_work_is_missing():
    policy = replace(FLOOR, policy=Policy(alerts=AlertPolicy(missing_state_minutes=60)))
    events = [state("A", "ready", us(9)), state("A", "talking", us(10, 5))]
    assert short(told(*events, policy=policy, until=us(10, 20))) == [
        ("missing_state", "10:00:00"), ("-missing_state", "10:05:00"),
    ]  # fmt: skip


def test_who_serves_no_queue_may_be_in_one_state_for_hours():
    events = [state("A", "case_work", us(9)), state("A", "logged_out", us(17))]
    assert short(told(*events, segments=[Segment("A", at(9), at(17), "work")])) == []


@pytest.mark.parametrize(
    ("name", "queue", "strict", "wrong"),
    [
        ("talking", "sales", "skills", True),
        ("talking", "service", "skills", False),
        ("talking", "service", "roster", True),
        ("talking", "billing", "roster", False),
        ("ready", "service", "skills", True),
        ("ready", "", "roster", False),
    ],
)
def test_a_queue_is_wrong_without_the_skill_or_logged_in_to_instead_of_the_rostered(name, queue, strict, wrong):
    policy = replace(FLOOR, policy=Policy(alerts=AlertPolicy(wrong_queue=strict)))
    events = [state("A", "ready", us(9)), state("A", name, us(9, 10), queue), state("A", "not_ready", us(9, 20))]
    said = [entry for entry in short(told(*events, policy=policy, until=us(9, 20))) if entry[0] == "wrong_queue"]
    assert said == ([("wrong_queue", "09:11:00")] if wrong else [])


def test_calls_of_a_wrong_queue_one_after_the_other_are_one_incident():
    events = [state("A", "ready", us(9))]
    for minute in range(10, 30, 4):
        events += [state("A", "talking", us(9, minute), "sales"), state("A", "ready", us(9, minute + 3))]
    events.append(state("A", "talking", us(9, 30), "billing"))
    assert short(told(*events, until=us(9, 40))) == [("wrong_queue", "09:11:00"), ("-wrong_queue", "09:30:00")]


def test_nothing_is_told_below_the_alarm_delay_and_severity_follows_its_own_threshold():
    policy = replace(FLOOR, policy=Policy(adherence=AdherencePolicy(alarm_delay_s=120, severe_s=600)))
    events = [state("A", "ready", us(9)), state("A", "not_ready", us(9, 30)), state("A", "ready", us(9, 31, 59))]
    assert told(*events, policy=policy, until=us(9, 50)) == []
    outputs = told(*events[:2], policy=policy, until=us(9, 50))
    assert [(type(output), output.to_json(FLOOR)["at"][11:19]) for output in outputs] == [
        (Alert, "09:32:00"),
        (Escalated, "09:40:00"),
    ]


def test_what_is_explained_is_not_told_and_ends_what_was():
    granted = ExceptionGranted("x1", us(8), "x", "A", at(9), at(9, 30), "system down")
    events = [state("A", "logged_out", us(8)), state("A", "ready", us(9, 30))]
    assert told(*events, first=[granted], until=us(10)) == []
    before, _ = fold(initial(us(0), ZONE), [published(usual_day("A")), events[0], Tick(us(9, 10))], FLOOR)
    _, said = fold(before, [granted, Tick(us(9, 11))], FLOOR)
    assert [(output.of, output.why) for output in said] == [("late", "withdrawn")]


def test_a_late_event_that_shows_there_was_nothing_withdraws_the_alert():
    known, said = fold(initial(us(0), ZONE), [published(usual_day("A")), Tick(us(9, 6))], FLOOR)
    assert [output.type for output in said] == ["missing_state", "late"]
    _, said = fold(known, [state("A", "ready", us(8, 58)), Tick(us(9, 6, 1))], FLOOR)
    assert [(output.of, output.why) for output in said] == [("late", "withdrawn")]


def test_an_alert_says_when_it_became_one_though_its_facts_came_late():
    known, _ = fold(
        initial(us(0), ZONE), [published(usual_day("A")), state("A", "ready", us(9)), Tick(us(9, 40))], FLOOR
    )
    _, said = fold(known, [state("A", "not_ready", us(9, 36)), Tick(us(9, 40, 1))], FLOOR)
    assert [(o.type, o.at, o.noticed) for o in said] == [("away", us(9, 37), us(9, 40) + 1)]


def test_nobody_is_missed_outside_duty_or_while_working_through_a_pause():
    events = [state("A", "ready", us(9))]
    policy = replace(FLOOR, policy=Policy(alerts=AlertPolicy(missing_state_minutes=0)))
    assert told(*events, policy=policy) == []
    off = [Segment("A", at(9), at(17), "leave"), Segment("A", at(18), at(20), "standby")]
    assert told(state("A", "logged_out", us(8)), segments=off) == []


def test_every_line_of_an_alert_has_what_was_promised_and_words_in_both_languages():
    for output in told(state("A", "logged_out", us(8)), state("A", "ready", us(9, 25)), until=us(10)):
        row = output.to_json(FLOOR)
        assert {"type", "agent", "at", "severity", "facts"} <= row.keys()
        assert row["at"].endswith("+08:00")
        if isinstance(output, Alert):
            assert set(row["text"]) == {"en", "zh"}
            assert row["facts"]["segment"]["start"] == "2026-11-23T09:00:00+08:00"
            assert row["facts"]["roster_version"] == 1


def test_lateness_follows_the_attendance_policy():
    policy = replace(FLOOR, policy=Policy(attendance=AttendancePolicy(late_grace_minutes=10, breach_minutes=30)))
    outputs = told(state("A", "logged_out", us(8)), policy=policy, until=us(10))
    assert short(outputs) == [("away", "09:01:00"), ("late", "09:10:00"), ("absent", "09:30:00")]


# Against the stopwatch: every second asked whether somebody is missed.


@settings(max_examples=150, deadline=None)
@given(some_segments(), some_events())
def test_an_incident_is_open_exactly_while_somebody_has_been_missed_for_the_delay(segments, events):
    policy = replace(FLOOR, policy=Policy(alerts=AlertPolicy(missing_state_minutes=0)))
    ordered = sorted(events, key=lambda event: (event.at, event.id))
    now, _ = fold(initial(us(0), ZONE), [published(segments), *ordered], policy)
    missed = missed_for(segments, events, range(at(8, 50), at(9, 40)))
    for second in range(at(8, 50), at(9, 40), 7):
        now, _ = step(now, Tick(second * 1_000_000), policy)
        incident = now.lines["A"].told if "A" in now.lines else None
        if incident is None or incident.kind != "queue":
            assert (incident is not None) == (missed[second] is not None and missed[second] >= 60), second


def missed_for(segments, events, seconds):
    """For each second, for how long somebody has been missed in the same way; None where nobody is."""
    found, run, way = {}, None, None
    for second in seconds:
        segment, name = planned(segments, second), heard(events, second)
        kind = "gone" if name in GONE else "pause" if name in ("break", "meal") else "occupied"
        if segment is None or segment.activity in ("leave", "standby", "off"):
            run = None
        elif segment.activity in ("break", "meal"):
            if kind != "gone" or way != "gone":
                run = None
        elif name in WORKING or name == {"briefing": "meeting"}.get(segment.activity, segment.activity):
            run = None
        elif run is None or kind != way:
            run = second
        way = kind if run is not None else None
        found[second] = None if run is None else second - run
    return found


def test_every_rule_was_seen_at_work_here():
    assert set(AGENT_ALERTS) == {"away", "missing_state", "late", "absent", "early_leave", "long_break", "wrong_queue"}
