"""Duties over midnight are whole wherever they are looked at: month, day, my work, calendar, statement, requests."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from centre.grid import Horizon, instant
from centre.roster import Roster, Segment
from desk.actions.my_work import calendar_of, my_work
from desk.actions.pictures.day import day
from desk.actions.pictures.month import month
from desk.actions.published_floor import duties_beginning, floor_around
from desk.wiring import Place, open_place

ZONE = "Europe/Berlin"
FIRST = date(2026, 10, 19)
FILES = {
    "site.toml": 'format = 1\nname = "Night"\nzone = "Europe/Berlin"\n[opening]\n'
    + "".join(f'{name} = ["00:00-24:00"]\n' for name in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")),
    "queues.toml": "[billing]\n",
    "shifts.toml": '[night]\nstart = "22:00"\nminutes = 480\nnight = true\n',
    "contracts.toml": "[c]\nweek_minutes = [0, 0]\ndays_per_week = [0, 7]\nweekends_off = 0\n",
    "agents.csv": "agent,name,team,role,contract,skills\na1,A,T1,agent,c,billing:1.0\n",
}


@pytest.fixture
def place(tmp_path: Path):
    """A night in the middle, one on the day of 25 hours, and one from the last day into the next."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    horizon = Horizon(ZONE, 15, FIRST, 7)
    segments = []
    for number in (1, 5, 6):
        start = instant(horizon.day(number), 1320, ZONE)
        segments += [
            Segment("a1", start, start + 3 * 3600, "work", "billing"),
            Segment("a1", start + 3 * 3600, start + 4 * 3600, "meal"),
            Segment("a1", start + 4 * 3600, start + 8 * 3600, "work", "billing"),
        ]
    now = datetime(2026, 10, 20, 8, tzinfo=UTC)
    with open_place(tmp_path, now) as opened:
        opened.plans.publish_roster(Roster.of(segments), horizon, at=now)
    with open_place(tmp_path, now) as opened:
        yield opened


def test_the_month_has_whole_nights_at_the_clock_on_the_wall(place: Place) -> None:
    seen = month(place, FIRST, 7)
    [row] = seen.rows
    assert [(number, start, minutes) for number, _, _, start, minutes in row["entries"]] == [
        (1, 1320, 480), (5, 1320, 480), (6, 1320, 480),
    ]  # fmt: skip


def test_a_day_shows_the_night_before_from_midnight_and_its_own_to_the_end(place: Place) -> None:
    begin = instant(date(2026, 10, 25), 0, ZONE)
    [row] = day(place, date(2026, 10, 25)).rows()
    assert [(start, minutes) for _, _, start, minutes in row["segments"]] == [
        (-120, 180), (60, 60), (120, 240), (1380, 180), (1560, 60), (1620, 240),
    ]  # fmt: skip
    assert instant(date(2026, 10, 25), 1320, ZONE) == begin + 1380 * 60


def test_the_last_night_is_whole_for_requests_my_work_and_calendar(place: Place) -> None:
    last = instant(date(2026, 10, 25), 1320, ZONE)
    floor = floor_around(place, last, last + 3600)
    assert floor.lines["a1"].duties[-1].end == last + 8 * 3600
    assert my_work(place, "a1").shifts[-1].end == last + 8 * 3600
    assert b"DTEND" in calendar_of(place, "a1", "en")
    assert b"20261026T060000" in calendar_of(place, "a1", "en").replace(b"Z", b"")


def test_a_night_belongs_to_the_month_it_begins_in(place: Place) -> None:
    begin, end = instant(date(2026, 10, 21), 0, ZONE), instant(date(2026, 10, 25), 0, ZONE)
    found = duties_beginning(place, begin, end)
    assert (found.segments[0].start, found.segments[-1].end) == (
        instant(date(2026, 10, 24), 1320, ZONE), instant(date(2026, 10, 24), 1320, ZONE) + 8 * 3600,
    )  # fmt: skip


def test_a_day_of_leave_adds_no_hours_to_those_of_the_week_and_the_month(place: Place) -> None:
    before = my_work(place, "a1")
    assert before.week_minutes == before.month_minutes == 3 * 480
    horizon = Horizon(ZONE, 15, FIRST, 7)
    segments = duties_beginning(place, horizon.begin, horizon.end).segments
    thursday = instant(date(2026, 10, 22), 0, ZONE)
    leave = Segment("a1", thursday, thursday + 86_400, "leave")
    place.plans.publish_roster(Roster.of([*segments, leave]), horizon, at=place.now)
    after = my_work(place, "a1")
    assert (after.week_minutes, after.month_minutes) == (before.week_minutes, before.month_minutes)
