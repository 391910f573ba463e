"""Repair from the command line: proposed, then published from now on, and kept by everything that comes after."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from centre.grid import Horizon, instant
from desk import exit_codes
from desk.actions import open_place
from desk.actions.repairing import More, needed

Run = Callable[..., Any]
NOW = "2026-03-10T08:50+08:00"


def agents_of(site: Path, day: date, hour: int) -> list[str]:
    """Who answers at an hour of a day."""
    with open_place(site) as place:
        at = instant(day, hour * 60, place.site.settings.zone)
        roster = place.plans.published_roster(at, at + 1)
    return sorted({row.agent for row in roster.segments if row.activity == "work" and row.queue})


def told(paiban: Run, *words: object) -> dict[str, Any]:
    said = paiban("repair", *words, "--json")
    assert said.code == exit_codes.DONE, said.err
    return dict(json.loads(said.out))


def test_a_repair_is_proposed_and_changes_nothing_until_it_is_published(hotline: Path, paiban: Run) -> None:
    who = agents_of(hotline, date(2026, 3, 10), 10)[0]
    words = (hotline, "--absent", who, "--from", "09:30", "--to", "2026-03-10", "--at", NOW)
    before = paiban("check", hotline, "--json").out
    made = told(paiban, *words)
    assert made["version"] is None
    assert made["steps"][0]["kind"] == "away"
    assert made["cost"]["repaired"] <= made["cost"]["nothing_done"]
    assert made["repaired"]["short_hours"] <= made["nothing_done"]["short_hours"]
    assert paiban("check", hotline, "--json").out == before


def test_a_published_repair_passes_the_checks_and_leaves_the_past(hotline: Path, paiban: Run) -> None:
    day = date(2026, 3, 10)
    who = agents_of(hotline, day, 10)[0]
    with open_place(hotline) as place:
        now = int(datetime(2026, 3, 10, 0, 50, tzinfo=UTC).timestamp())
        begin = instant(day, 0, place.site.settings.zone)
        past = place.plans.published_roster(begin - 86_400, now)
    made = told(
        paiban, hotline, "--absent", who, "--from", "09:30", "--to", "2026-03-11", "--at", NOW, "--publish",
        "--approved-by", "head",
    )  # fmt: skip
    assert made["version"] is not None
    assert json.loads(paiban("check", hotline, "--json").out)["hard"] == 0
    with open_place(hotline) as place:
        again = place.plans.published_roster(begin - 86_400, now)
        roster = place.plans.published_roster(begin, begin + 2 * 86_400)
        kept = [row for row in place.site.leave if row.agent == who and row.kind == "sick"]
    over = {row for row in past.segments if row.end <= now}
    assert over <= set(again.segments)
    away = [row for row in roster.segments if row.agent == who and row.start >= now + 2400]
    assert not any(row.activity in ("work", "overtime") for row in away)
    assert kept
    written = pd.read_csv(hotline / "out" / "roster.csv")
    mine = written[(written["agent"] == who) & written["activity"].isin(["work", "overtime"])]
    starts = pd.to_datetime(mine["start"], utc=True)
    first, last = (pd.Timestamp(at, unit="s", tz="UTC") for at in (now + 2400, begin + 2 * 86_400))
    assert not ((first <= starts) & (starts < last)).any()
    document = json.loads((hotline / "out" / "result.json").read_text())
    assert document["versions"]["roster"] == made["version"]
    for name, digest in document["files"].items():
        assert hashlib.sha256((hotline / "out" / name).read_bytes()).hexdigest() == digest
    # Told twice, it changes nothing more of that person.
    twice = told(paiban, hotline, "--absent", who, "--from", "09:30", "--to", "2026-03-11", "--at", NOW, "--publish")
    assert [step for step in twice["steps"] if step["kind"] == "away"] == []


def test_without_somebody_who_approved_it_no_overtime_is_published(hotline: Path, paiban: Run) -> None:
    who = agents_of(hotline, date(2026, 3, 10), 10)[:3]
    words = [word for name in who for word in ("--absent", name)]
    made = told(paiban, hotline, *words, "--from", "09:30", "--at", NOW, "--publish")
    assert not any(step["kind"] == "overtime" for step in made["steps"])


def test_a_surge_is_staffed_by_the_queues_own_formulas(hotline: Path) -> None:
    with open_place(hotline) as place:
        horizon = Horizon(place.site.settings.zone, place.site.settings.grid_minutes, date(2026, 3, 9), 14)
        need = place.plans.requirement_for(horizon)
        assert need is not None
        start, end = horizon.at(1, 600), horizon.at(1, 720)
        more = needed(place, need, [More("billing", start, end, factor=1.5)])
        row, where = need.queues.index("billing"), slice(horizon.index(start), horizon.index(end))
    assert more.volume[row, where] == pytest.approx(1.5 * need.volume[row, where])
    assert (more.gross[row, where] > need.gross[row, where]).all()
    rest = need.gross.copy()
    rest[row, where] = more.gross[row, where]
    assert (rest == more.gross).all()


def test_words_in_both_languages_and_errors_that_say_what_to_write(hotline: Path, paiban: Run) -> None:
    said = paiban("repair", hotline, "--need", "billing:+4:14:00:16:00", "--at", NOW, "--lang", "zh")
    assert said.code == exit_codes.DONE
    assert "服务水平" in said.out
    wrong = paiban("repair", hotline, "--surge", "billing:lots", "--at", NOW)
    assert wrong.code == exit_codes.WRONG_INPUT
    assert "billing:1.3:2026-03-05T14:00:2026-03-05T18:00" in wrong.err
    assert paiban("repair", hotline, "--absent", "nobody", "--at", NOW).code == exit_codes.WRONG_INPUT
    assert paiban("repair", hotline, "--at", NOW).code == exit_codes.WRONG_INPUT


def test_pauses_alone_are_placed_anew_and_published(hotline: Path, paiban: Run) -> None:
    days = [date(2026, 3, 10 + number) for number in range(1, 4)]
    with open_place(hotline) as place:
        before = place.plans.published_roster(0, 2**40)
        spans = [instant(day, 0, place.site.settings.zone) for day in days]
    made = told(
        paiban, hotline, "--pauses", "--from", days[0], "--to", days[1],
        "--need", "billing:+6:2026-03-11T11:30:2026-03-11T13:00",
        "--at", NOW, "--publish",
    )  # fmt: skip
    assert {step["kind"] for step in made["steps"]} <= {"pause", "activity", "queue"}
    assert "pause" in {step["kind"] for step in made["steps"]}
    assert made["cost"]["repaired"] < made["cost"]["nothing_done"]
    assert json.loads(paiban("check", hotline, "--json").out)["hard"] == 0
    with open_place(hotline) as place:
        after = place.plans.published_roster(0, 2**40)
    changed = set(before.segments) ^ set(after.segments)
    assert changed
    assert all(row.end > spans[0] and row.start < spans[2] for row in changed)


def test_nothing_to_mend_says_how(hotline: Path, paiban: Run) -> None:
    said = paiban("repair", hotline, "--at", NOW)
    assert said.code == exit_codes.WRONG_INPUT
    assert "--pauses" in said.err
