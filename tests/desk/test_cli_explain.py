"""Explain from the command line: a day, a wish, the gap and a hole, in words and as JSON."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk import exit_codes

Run = Callable[..., Any]


def told(paiban: Run, *words: object) -> dict[str, Any]:
    said = paiban("explain", *words, "--json")
    assert said.code == exit_codes.DONE, said.err
    return dict(json.loads(said.out))


def test_a_day_is_explained_by_its_alternatives_and_by_searching_again(hotline: Path, paiban: Run) -> None:
    made = told(paiban, hotline, "--agent", "a010", "--day", "2026-03-11")
    assert made["stands"]["what"]
    for row in made["alternatives"]:
        assert row["legal"] == (row["cost"] is not None)
        assert row["legal"] or row["forbidden"] or row["not_offered"]
    resolved = made["resolved"]
    assert resolved is None or resolved["what"] != made["stands"]["what"] or made["stands"]["what"] == "off"
    why_not = told(paiban, hotline, "--agent", "a010", "--day", "2026-03-11", "--why-not", "late")
    assert [row["what"] for row in why_not["alternatives"]] in ([], ["late"])


def test_the_gap_and_a_hole_are_explained_in_both_languages(hotline: Path, paiban: Run) -> None:
    gap = told(paiban, hotline, "--gap", "--seconds", 2)
    assert gap["bound"] <= gap["objective"]
    kept = json.loads((hotline / "out" / "result.json").read_text("utf-8"))
    assert gap["objective"] == pytest.approx(kept["objective"], abs=1e-3)
    assert gap["cost_by_term"] == pytest.approx(kept["cost_by_term"], abs=1e-3)
    assert len(gap["coverage_by_day"]) == 14
    said = paiban("explain", hotline, "--hole", "2026-03-11", "--lang", "zh")
    assert said.code == exit_codes.DONE
    assert "缺" in said.out
    holes = told(paiban, hotline, "--hole", "2026-03-11")["holes"]
    for hole in holes:
        assert hole["short"] > 0
        assert set(hole) >= {"there", "kept_away", "could", "one_more", "pooled_hours"}
        for way in hole["ways"]:
            assert way["start"] <= hole["worst"] < way["end"]
            assert way["closes_hours"] > 0
            assert set(way["by_term"]) >= {"shortage", "surplus"}


def test_wrong_words_are_answered_with_what_may_stand_there(hotline: Path, paiban: Run) -> None:
    assert paiban("explain", hotline, "--agent", "nobody", "--day", "2026-03-11").code == exit_codes.WRONG_INPUT
    shift = paiban("explain", hotline, "--agent", "a010", "--day", "2026-03-11", "--why-not", "noon")
    assert shift.code == exit_codes.WRONG_INPUT
    assert "early" in shift.err
    assert paiban("explain", hotline, "--hole", "2026-03-11T25:00").code == exit_codes.WRONG_INPUT
    assert paiban("explain", hotline, "--agent", "a010", "--day", "2027-03-11").code == exit_codes.WRONG_INPUT
    assert paiban("explain", hotline).code == exit_codes.WRONG_INPUT


def test_the_shift_that_stands_is_no_alternative_to_itself(hotline: Path, paiban: Run) -> None:
    for day in ("2026-03-10", "2026-03-11", "2026-03-12"):
        made = told(paiban, hotline, "--agent", "a010", "--day", day)
        own = [row for row in made["alternatives"] if row["what"] == made["stands"]["what"]]
        assert all(row["not_offered"] is None or row["not_offered"] == "" for row in own)


def test_who_asks_for_a_day_without_a_roster_is_told_which_days_have_one(hotline: Path, paiban: Run) -> None:
    said = paiban("explain", hotline, "--agent", "a010", "--day", "2027-01-01", "--lang", "en")
    assert said.code == exit_codes.WRONG_INPUT
    assert "published are days from 2026-03-09 to 2026-03-22" in said.err
