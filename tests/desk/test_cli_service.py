"""`paiban service`: what it says of a rehearsed day is what became of the day's contacts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk import exit_codes

Run = Callable[..., Any]
DAY = ("--date", "2026-03-09")


@pytest.fixture
def rehearsed(hotline: Path, paiban: Run) -> tuple[dict[str, Any], Path]:
    """What really became of each queue's contacts, counted by the rehearsal itself; and the day's events."""
    file = hotline / "day.jsonl"
    told = paiban("rehearse", hotline, *DAY, "--seed", 4, "--to", file, "--json")
    assert told.code == exit_codes.DONE, told.err
    return dict(json.loads(told.out)["queues"]), file


def rows(paiban: Run, hotline: Path, file: Path, by: str) -> list[dict[str, Any]]:
    told = paiban("service", hotline, *DAY, "--source", file, "--by", by, "--json")
    assert told.code == exit_codes.DONE, told.err
    return [json.loads(line) for line in told.out.splitlines()]


def test_day_and_intervals_add_up_to_what_really_happened(hotline: Path, paiban: Run, rehearsed: Any) -> None:
    happened, file = rehearsed
    day = {row["queue"]: row for row in rows(paiban, hotline, file, "day") if row["type"] == "service"}
    parts = [row for row in rows(paiban, hotline, file, "interval") if row["type"] == "service"]
    assert set(day) == set(happened)
    for name, told in day.items():
        for key in ("offered", "answered", "answered_within", "abandoned"):
            assert told[key] == happened[name][key] == sum(row[key] for row in parts if row["queue"] == name)
        assert told["service_level"]["of_answered"] == told["answered_within"] / told["answered"]
        assert told["most_waiting"] == max(row["most_waiting"] or 0 for row in parts if row["queue"] == name)
    [busy] = [row["occupancy"] for row in rows(paiban, hotline, file, "day") if row["type"] == "occupancy"]
    assert 0.3 < busy < 1


def test_it_is_told_in_words_of_both_languages(
    hotline: Path, paiban: Run, rehearsed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, file = rehearsed
    said = paiban("service", hotline, *DAY, "--source", file)
    assert "service level" in said.out
    monkeypatch.setenv("PAIBAN_LANGUAGE", "zh")
    assert "占用率" in paiban("service", hotline, *DAY, "--source", file, "--by", "day").out
    now = rows(paiban, hotline, file, "now")
    assert {row["queue"] for row in now} == {"billing", "sales", "service"}
