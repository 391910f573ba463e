"""A file of events is judged over the days it is about: a night that ends or begins at its edge makes no day."""

from dataclasses import replace
from datetime import date

from centre.events import AgentState
from centre.grid import Horizon, instant
from centre.roster import Roster, Segment
from streams.floor_policy import SECOND
from streams.heard_days import events_days, judged_over, overlapping
from streams.watching import publication

ZONE = "Europe/Berlin"
HOURS = Horizon(ZONE, 15, date(2026, 10, 24), 4)


def duty(agent: str, day: int, start: int, hours: float) -> Segment:
    begin = HOURS.at(day, start * 60)
    return Segment(agent, begin, begin + round(hours * 3600), "work", "q")


NIGHT = [duty("n", 0, 22, 8.5), duty("n", 1, 22, 8.5)]
DAYS = [duty("d", day, 8, 8) for day in range(4)]
ROSTER = Roster.of([*NIGHT, *DAYS], 1)
PUBLISHED = [publication(ROSTER, "s")]


def heard(agent: str, day: int, minute: int, state: str = "ready") -> AgentState:
    return AgentState(f"{agent}{day}{minute}", HOURS.at(day, minute) * SECOND, "s", agent, state)


def days_of(*events: AgentState) -> tuple[date, date]:
    begin, end = events_days(events, PUBLISHED, ZONE)
    first = next(day for day in (HOURS.day(n) for n in range(5)) if instant(day, 0, ZONE) == begin)
    last = next(day for day in (HOURS.day(n) for n in range(5)) if instant(day, 1440, ZONE) == end)
    return first, last


def test_a_day_and_the_night_that_begins_on_it_is_one_day() -> None:
    came, left = heard("n", 1, 22 * 60), heard("n", 2, 6 * 60 + 40, "logged_out")
    assert days_of(heard("d", 1, 480), came, left) == (HOURS.day(1), HOURS.day(1))


def test_who_logs_on_before_midnight_for_the_next_day_makes_no_day_of_the_one_that_ends() -> None:
    early = heard("d", 0, 1439)
    assert days_of(early, heard("d", 1, 481)) == (HOURS.day(1), HOURS.day(1))
    assert days_of(heard("n", 0, 23 * 60 + 30), heard("d", 1, 481)) == (HOURS.day(0), HOURS.day(1))


def test_an_event_of_the_next_days_own_duty_counts_that_day() -> None:
    assert days_of(heard("d", 1, 480), heard("d", 2, 479)) == (HOURS.day(1), HOURS.day(2))


def test_only_what_begins_on_the_days_is_judged_and_a_night_before_from_midnight_on() -> None:
    begin, end = instant(HOURS.day(1), 0, ZONE), instant(HOURS.day(1), 1440, ZONE)
    [kept] = judged_over(PUBLISHED, (begin, end))
    assert [(s.agent, s.start, s.end) for s in sorted(kept.segments, key=lambda s: s.start)] == [
        ("n", begin, NIGHT[0].end), ("d", DAYS[1].start, DAYS[1].end), ("n", NIGHT[1].start, NIGHT[1].end),
    ]  # fmt: skip


def test_whole_duties_that_overlap_a_day_are_found_though_cut_by_midnight() -> None:
    cut = [
        replace(NIGHT[0], end=instant(HOURS.day(1), 0, ZONE)), replace(NIGHT[0], start=instant(HOURS.day(1), 0, ZONE)),
    ]  # fmt: skip
    found = overlapping(Roster.of([*cut, *DAYS], 1), instant(HOURS.day(1), 0, ZONE), instant(HOURS.day(1), 1440, ZONE))
    assert set(found.segments) == {*cut, DAYS[1]}
