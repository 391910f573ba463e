"""Days and instants as people and spreadsheets write them."""

from datetime import UTC, date, datetime

import pytest

from store.site_folder.moments import read_bounds, read_day, read_moment

BERLIN = "Europe/Berlin"


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).astimezone(UTC).timestamp())


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("2026-03-02T08:30+08:00", at("2026-03-02T00:30+00:00")),
        ("2026-03-02T00:30:15Z", at("2026-03-02T00:30:15+00:00")),
        ("2026-03-02 08:30", at("2026-03-02T08:30+01:00")),
        ("2026-07-02T08:30:07", at("2026-07-02T08:30:07+02:00")),
        ("2026/7/2 8:30", at("2026-07-02T08:30+02:00")),
        ("2026/12/31 23:59:59", at("2026-12-31T23:59:59+01:00")),
        ("2026-10-25 02:30", at("2026-10-25T02:30+02:00")),  # the clocks go back: the first of two
        ("2026-10-25 02:30+01:00", at("2026-10-25T02:30+01:00")),
    ],
)
def test_instants_are_iso_with_offset_or_local_to_the_site(text: str, second: int) -> None:
    assert read_moment(text, BERLIN) == second


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-03-29 02:30", "the clocks of Europe/Berlin skip this one"),
        ("2026-03-02", "a time such as"),
        ("02.03.2026 08:30", "a time such as"),
        ("2026-03-02 25:00", "a time such as"),
        ("2026-03-02 08:30:00.5", "no fractions"),
        ("0026-03-02 08:30", "a time such as"),
        ("", "a time such as"),
    ],
)
def test_what_is_no_instant_is_said(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_moment(text, BERLIN)


def test_days_are_iso_or_year_first_with_slashes() -> None:
    assert read_day("2026-03-02") == read_day("2026/3/2") == read_day("2026/03/02") == date(2026, 3, 2)
    for text in ("3/2/2026", "02.03.2026", "20260302", "2026-3-2", "2026-02-30", "2026/13/1", "0001-01-01"):
        with pytest.raises(ValueError, match="a day such as"):
            read_day(text)


def test_whole_days_of_absence_run_from_midnight_to_midnight_through_the_clock_change() -> None:
    begin, end = read_bounds("2026-03-29", "2026/3/29", BERLIN)
    assert (begin, end) == (at("2026-03-29T00:00+01:00"), at("2026-03-30T00:00+02:00"))
    begin, end = read_bounds("2026-03-29", "2026-03-29 12:00", BERLIN)
    assert end == at("2026-03-29T12:00+02:00")
    begin, end = read_bounds("soon", "2026-03-29", BERLIN)
    assert isinstance(begin, ValueError)
    assert end == at("2026-03-30T00:00+02:00")
