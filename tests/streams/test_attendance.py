"""ATT-1 to ATT-6: what counts as late, early, away, absent; what a month of it costs; corrections stand beside."""

from datetime import date

import pytest

from centre.grid import instant
from centre.policy import AttendancePolicy
from centre.roster import Segment
from streams.attendance import Entry, LeftCase, attendance
from streams.floor_policy import SECOND
from streams.statement import Excused, entry_name, monthly_statement, statement_json
from streams.timeline import STATE_CODES, Timeline

ZONE = "Asia/Shanghai"
DAY = date(2026, 3, 10)
POLICY = AttendancePolicy()


def at(minutes: float) -> int:
    return instant(DAY, 0, ZONE) + round(minutes * 60)


SHIFT = [
    Segment("a", at(510), at(720), "work", "billing"),
    Segment("a", at(720), at(780), "meal"),
    Segment("a", at(780), at(1050), "work", "billing"),
]
"""08:30-12:00, meal, 13:00-17:30."""


def line(*states: tuple[float, str]) -> Timeline:
    timeline = Timeline()
    for number, (minutes, state) in enumerate(states):
        made = timeline.insert(at(minutes) * SECOND, STATE_CODES[state], "", f"e{number}")
        assert made is not None
        timeline = made
    return timeline


def found(*states: tuple[float, str], policy: AttendancePolicy = POLICY, **more) -> list[tuple[str, float]]:
    entries = attendance("a", line(*states), SHIFT, policy, known_until=at(1440), **more)
    return [(entry.kind, entry.minutes) for entry in entries]


GOOD = ((720, "meal"), (780, "ready"), (1050, "logged_out"))


@pytest.mark.parametrize(
    ("minute", "expected"),
    [
        (500, []),
        (510, []),
        (515, []),
        (515 + 1 / 60, [("late", 5 + 1 / 60)]),
        (529, [("late", 19)]),
        (530, [("late", 20), ("breach", 20)]),
    ],
)
def test_att1_five_minutes_are_given_and_past_them_the_whole_time_counts(minute, expected) -> None:
    assert found((minute, "ready"), *GOOD) == [(kind, pytest.approx(minutes)) for kind, minutes in expected]


def test_att1_signing_on_not_ready_is_no_work_action() -> None:
    assert found((500, "not_ready"), (520, "ready"), *GOOD) == [("late", 10)]


def test_att1_the_grace_is_the_policys() -> None:
    own = AttendancePolicy(late_grace_minutes=3)
    assert found((513, "ready"), *GOOD, policy=own) == []
    assert found((514, "ready"), *GOOD, policy=own) == [("late", 4)]


def test_att1_leave_at_the_start_moves_the_start() -> None:
    assert found((600, "ready"), *GOOD, authorised=[(at(510), at(600))]) == []
    assert found((606, "ready"), *GOOD, authorised=[(at(510), at(600))]) == [("late", 6)]


def test_att2_early_leaving_runs_from_the_oldest_case_left() -> None:
    cases = [LeftCase("c2", at(1000)), LeftCase("c1", at(960))]
    assert found((510, "ready"), *GOOD, left_cases=cases) == [("early_leaving", 90)]
    assert found((510, "ready"), *GOOD, left_cases=[LeftCase("later", at(1050))]) == []


@pytest.mark.parametrize(("back", "expected"), [(619, [("unconsented", 19)]), (620, [("away", 20), ("breach", 20)])])
def test_att3_twenty_minutes_away_from_the_post_are_a_breach(back, expected) -> None:
    assert found((510, "ready"), (600, "not_ready"), (610, "logged_out"), (back, "ready"), *GOOD) == expected


def test_att3_pauses_of_the_roster_and_exceptions_are_not_away() -> None:
    assert found((510, "ready"), *GOOD) == []
    states = ((510, "ready"), (600, "not_ready"), (640, "ready"), *GOOD)
    assert found(*states) == [("away", 40), ("breach", 40)]
    assert found(*states, authorised=[(at(600), at(640))]) == []


def test_an_absence_without_leave_is_absenteeism_and_with_leave_is_nothing() -> None:
    assert found() == [("absent", 540)]
    assert found(authorised=[(at(0), at(1440))]) == []


def test_a_shift_that_is_not_over_is_not_judged() -> None:
    assert attendance("a", line(), SHIFT, POLICY, known_until=at(1049)) == []


def test_every_entry_names_its_rule_and_events() -> None:
    entries = attendance("a", line((525, "ready"), *GOOD), SHIFT, POLICY, known_until=at(1440))
    assert [(entry.rule, entry.events) for entry in entries] == [("ATT-1", ("e0",))]


def test_att5_the_month_adds_up_by_the_policys_deductions() -> None:
    rows = [
        Entry("a", "late", at(510), at(540), "ATT-1", "x"),
        Entry("a", "breach", at(510), at(540), "ATT-3", "x"),
        Entry("a", "late", at(510) + 40 * 86_400, at(520) + 40 * 86_400, "ATT-1", "next month"),
        Entry("b", "absent", at(510), at(1050), "LEV-1", "x"),
    ]
    of_a, of_b, of_c = monthly_statement(DAY, ("a", "b", "c"), rows, POLICY, ZONE)
    assert (of_a.points, of_b.points, of_c.points) == (4.0, 6.0, 0.0)
    assert of_a.minutes() == {"late": 30, "breach": 30}
    free = AttendancePolicy(deductions={})
    assert [of.points for of in monthly_statement(DAY, ("a", "b"), rows, free, ZONE)] == [0, 0]


def test_att6_a_correction_stands_beside_the_entry_and_never_erases_it() -> None:
    late = Entry("a", "late", at(510), at(540), "ATT-1", "x", ("e1",))
    [of_a] = monthly_statement(DAY, ("a",), [late], POLICY, ZONE, [Excused(entry_name(late), "bus strike", "head")])
    assert of_a.points == 0
    [row] = statement_json(DAY, [of_a], ZONE)["agents"][0]["entries"]
    assert (row["kind"], row["minutes"], row["events"]) == ("late", 30, ["e1"])
    assert row["excused"] == {"reason": "bus strike", "approver": "head"}
    for reason, approver in (("", "head"), ("why", " ")):
        with pytest.raises(ValueError, match="reason and an approver"):
            Excused("x", reason, approver)


def test_a_month_begins_at_the_sites_midnight() -> None:
    begin = instant(date(2026, 3, 1), 0, ZONE)
    rows = [Entry("a", "late", begin - 1, begin, "ATT-1", "x"), Entry("a", "late", begin, begin + 1, "ATT-1", "x")]
    assert [len(of.lines) for of in monthly_statement(date(2026, 3, 1), ("a",), rows, POLICY, ZONE)] == [1]
