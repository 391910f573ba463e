"""A rehearsed day, watched from the command line."""

import json
from pathlib import Path

import pytest

from desk import exit_codes

DAY = "2026-03-10"


@pytest.fixture
def events(paiban, hotline) -> Path:
    """A file of a day's events."""
    file = hotline / "day.jsonl"
    assert paiban("rehearse", hotline, "--date", DAY, "--seed", 3, "--to", file).code == exit_codes.DONE
    return file


def watched(paiban, *words) -> list[dict]:
    said = paiban("watch", *words, "--json")
    assert said.code == exit_codes.DONE, said.err
    return [json.loads(line) for line in said.out.splitlines()]


def test_the_same_seed_rehearses_the_same_day(paiban, hotline, events):
    again = hotline / "again.jsonl"
    paiban("rehearse", hotline, "--date", DAY, "--seed", 3, "--to", again)
    assert again.read_bytes() == events.read_bytes()


def test_watching_a_file_tells_alerts_and_then_everybodys_adherence(paiban, hotline, events):
    rows = watched(paiban, hotline, "--source", events)
    days = [row for row in rows if row["type"] == "adherence"]
    alerts = [row for row in rows if row["type"] not in ("adherence", "ended", "escalated")]
    assert alerts
    assert days
    assert all({"type", "at", "severity", "facts"} <= row.keys() for row in alerts)
    assert all("agent" in row or "queue" in row for row in alerts)
    for day in days:
        assert day["scheduled_s"] == day["in_s"] + day["out_s"] + day["neutral_s"] + day["unknown_s"]
        assert set(day["adherence"]) == {"genesys", "amazon", "calabrio", "verint"}


def test_a_roster_file_stands_in_for_the_published_one(paiban, hotline, events):
    published = watched(paiban, hotline, "--source", events)
    assert watched(paiban, hotline, "--source", events, "--roster", hotline / "out" / "roster.csv") == published


def test_the_embedded_log_tells_the_same_adherence_as_the_file(paiban, hotline, events):
    def told(rows: list[dict]) -> dict[tuple[str, str], dict]:
        return {(row["agent"], row["date"]): row for row in rows if row["type"] == "adherence"}

    assert paiban("rehearse", hotline, "--date", DAY, "--seed", 3, "--to", "embedded").code == exit_codes.DONE
    from_log = watched(paiban, hotline, "--source", "embedded", "--idle", 1)
    assert told(from_log) == told(watched(paiban, hotline, "--source", events))


def test_an_unreadable_line_is_named_and_passed_over(paiban, hotline, events):
    lines = events.read_bytes().splitlines(keepends=True)
    events.write_bytes(b"".join([*lines[:10], b"{not json\n", *lines[10:]]))
    said = paiban("watch", hotline, "--source", events, "--json")
    assert said.code == exit_codes.DONE
    assert "unreadable" in said.err


def test_a_day_without_a_roster_says_what_to_do(paiban, hotline):
    said = paiban("rehearse", hotline, "--date", "2027-01-01", "--to", hotline / "x.jsonl")
    assert said.code == exit_codes.WRONG_INPUT
    assert "nightly" in said.err
    assert not (hotline / "x.jsonl").exists()
