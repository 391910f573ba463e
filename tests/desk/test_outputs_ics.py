"""Calendars: one event a duty, at the right instant in every zone, recognised again in the next version."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import icalendar
import pytest
from dateutil import tz

from centre.grid import Horizon, aware
from centre.roster import Roster, Segment
from centre.site import Site
from desk.outputs.file_names import file_stems
from desk.outputs.ics import write_calendars
from desk.outputs.plan import plan_of
from desk.outputs.time_zone import vtimezone
from desk.wording import words
from tests.desk import sample


def written(
    folder: Path, of: Site, at: Horizon, made: Roster, language: str = "en"
) -> dict[str, list[icalendar.Event]]:
    """The events of each file, read back."""
    write_calendars(folder, plan_of(of, at, sample.requirement(at), made), words(language), sample.AT)
    return {
        path.name: [*icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT")]
        for path in sorted(folder.iterdir())
    }


def test_every_duty_is_one_event_at_its_instant_with_its_course_in_the_description(tmp_path: Path) -> None:
    of, at = sample.site(), sample.horizon()
    made = sample.roster(of, at)
    calendars = written(tmp_path, of, at, made)
    assert sorted(calendars) == [f"A{number:03d}.ics" for number in range(12)]
    starts = sorted(segment.start for segment in made.by_agent()["A002"])[::3]
    events = calendars["A002.ics"]
    assert [int(event["dtstart"].dt.timestamp()) for event in events] == starts
    assert {event["dtend"].dt - event["dtstart"].dt for event in events} == {timedelta(hours=9)}
    assert {event["dtstart"].params["TZID"] for event in events} == {"Asia/Shanghai"}
    assert events[0]["summary"] == "night 22:00–07:00"
    assert str(events[0]["description"]).splitlines() == [
        "22:00–01:00 Work (billing)",
        "01:00–02:00 Meal",
        "02:00–07:00 Work (billing)",
        "",
        "Paid: 8 h",
        "Roster version 3",
    ]


def test_words_are_chinese_when_chinese_is_asked_for(tmp_path: Path) -> None:
    of, at = sample.site(), sample.horizon(1)
    event = written(tmp_path, of, at, sample.roster(of, at), "zh")["A000.ics"][0]
    assert "11:30–12:30 就餐" in event["description"]
    assert "Roster" not in event["description"]


def test_an_event_keeps_its_uid_when_the_duty_moves_and_counts_its_version(tmp_path: Path) -> None:
    of, at = sample.site(), sample.horizon(1)
    first = written(tmp_path / "1", of, at, Roster.of(sample.duty("A000", at, 0, "early", "billing"), 1))["A000.ics"]
    later = written(tmp_path / "2", of, at, Roster.of(sample.duty("A000", at, 0, "late", "billing"), 2))["A000.ics"]
    assert [event["uid"] for event in first] == [event["uid"] for event in later]
    assert first[0]["dtstart"].dt != later[0]["dtstart"].dt
    assert (first[0]["sequence"], later[0]["sequence"]) == (1, 2)


def test_no_two_events_share_a_uid(tmp_path: Path) -> None:
    of, at = sample.site(), sample.horizon(7)
    twice = [*sample.duty("A000", at, 0, "early", "billing"), *sample.duty("A000", at, 0, "night", "billing")]
    calendars = written(tmp_path, of, at, Roster.of([*sample.roster(of, at).segments, *twice]))
    uids = [event["uid"] for events in calendars.values() for event in events]
    assert len(set(uids)) == len(uids)
    assert len(calendars["A000.ics"]) == 6


def test_the_same_roster_gives_the_same_bytes(tmp_path: Path) -> None:
    of, at = sample.site(), sample.horizon(7)
    for folder in ("1", "2"):
        written(tmp_path / folder, of, at, sample.roster(of, at))
    assert (tmp_path / "1/A000.ics").read_bytes() == (tmp_path / "2/A000.ics").read_bytes()


def test_leave_of_a_whole_day_is_an_all_day_event_that_does_not_tell_its_kind(tmp_path: Path) -> None:
    at = sample.horizon(3)
    of = sample.leave(sample.site(), "A000", at.at(1, 0), at.at(2, 0))
    events = written(tmp_path, of, at, Roster.of(sample.duty("A000", at, 0, "early", "billing")))["A000.ics"]
    assert [event["summary"] for event in events] == ["early 08:30–17:30", "Leave"]
    assert (events[1]["dtstart"].dt, events[1]["dtend"].dt) == (date(2026, 3, 3), date(2026, 3, 4))
    assert b"sick" not in (tmp_path / "A000.ics").read_bytes().lower()


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Europe/Berlin", date(2026, 3, 28)),
        ("Europe/Berlin", date(2026, 10, 24)),
        ("America/New_York", date(2026, 3, 7)),
        ("America/New_York", date(2026, 10, 31)),
        ("Australia/Lord_Howe", date(2026, 4, 4)),
        ("Asia/Shanghai", date(2026, 3, 2)),
        ("Africa/Casablanca", date(2026, 2, 14)),
    ],
)
def test_another_reader_of_the_zone_component_finds_the_same_offsets(zone: str, first: date) -> None:
    """dateutil reads RFC 5545 on its own: every hour's wall clock has to mean the instant that zoneinfo says."""
    at = Horizon(zone, 15, first, 3)
    text = vtimezone(at).to_ical().decode()
    theirs = tz.tzical(StringIO(text)).get(zone)
    for second in range(at.begin, at.end, 900):
        moment = aware(second, zone)
        if moment.fold:  # said in UTC instead: a wall clock alone means the first occurrence
            continue
        wall = moment.replace(tzinfo=theirs)
        assert wall.utcoffset() == moment.utcoffset(), moment


def test_an_onset_is_given_in_the_local_time_just_before_it() -> None:
    """RFC 5545, 3.6.5: in its examples summer time begins at 02:00 standard, standard time at 02:00 summer time."""
    parts = vtimezone(Horizon("America/New_York", 15, date(2026, 3, 1), 28)).subcomponents
    assert [(part.name, part["dtstart"].to_ical()) for part in parts][1:] == [("DAYLIGHT", b"20260308T020000")]
    parts = vtimezone(Horizon("America/New_York", 15, date(2026, 10, 26), 14)).subcomponents
    assert [(part.name, part["dtstart"].to_ical()) for part in parts][1:] == [("STANDARD", b"20261101T020000")]


def test_a_duty_in_the_hour_that_occurs_twice_is_at_its_instant(tmp_path: Path) -> None:
    at = Horizon("Europe/Berlin", 15, date(2026, 10, 25), 1)
    second = int(datetime(2026, 10, 25, 1, 30, tzinfo=UTC).timestamp())  # 02:30 for the second time
    of = sample.site(zone="Europe/Berlin")
    made = Roster.of([Segment("A000", second, second + 3600, "work", "billing")])
    event = written(tmp_path, of, at, made)["A000.ics"][0]
    assert event["dtstart"].to_ical() == b"20261025T013000Z"


def test_file_names_are_safe_distinct_and_plain_where_they_can_be() -> None:
    evil = [
        "A1",
        "a1",
        "张三",
        "CON",
        "con.1",
        "..",
        ".",
        "x" * 300,
        "a b",
        "a*b",
        "a?b",
        "é",
        "e\u0301",
        "-x",
        "a.",
        "<s>",
    ]
    stems = file_stems(evil)
    assert stems["张三"] == "张三"
    assert file_stems(["A1"]) == {"A1": "A1"}
    folded = [stem.casefold() for stem in stems.values()]
    assert len(set(folded)) == len(evil)
    for stem in stems.values():
        assert not set(stem) & set('<>:"/\\|?*\0 ')
        assert not stem.startswith(".")
        assert not stem.endswith(".")
        assert stem.split(".")[0].casefold() not in {"con", "prn", "aux", "nul"}
        assert len(stem.encode()) < 200
