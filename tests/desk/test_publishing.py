"""out/ follows every version that is published, whoever publishes it."""

import ast
import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from centre.grid import instant, local_day
from centre.roster import Roster, Segment
from desk.actions import open_place, written_anew
from desk.actions.edits import save_edit
from desk.actions.pictures.month import publish_draft
from desk.actions.published_floor import floor_around
from desk.actions.written_anew import is_stale, published_over, standing, write_published
from desk.outputs import read_roster_csv
from desk.renewing import Renewal
from desk.wiring import Place
from tests.desk.web.conftest import MOMENT

DAY = date(2026, 3, 11)
NEEDED = ("requirement.csv", "coverage.csv")
Lines = dict[str, tuple[Segment, ...]]


def other_queue(place: Place, skip: int = 0) -> Lines:
    """A day of somebody with one stretch of work on another queue he is skilled for: legal, and a change."""
    zone = place.site.settings.zone
    floor = floor_around(place, instant(DAY, 0, zone), instant(DAY, 1440, zone))
    for name, line in list(floor.segments.items())[skip:]:
        mine = [segment for segment in line if local_day(segment.start, zone) == DAY]
        for number, segment in enumerate(mine):
            others = sorted(place.site.agents[name].skills.keys() - {segment.queue})
            if segment.activity == "work" and segment.queue and others:
                mine[number] = replace(segment, queue=others[0])
                changed = {name: tuple(mine)}
                rest = [each for each in line if local_day(each.start, zone) != DAY]
                if not floor.newly_broken({name: tuple(sorted([*rest, *mine]))}):
                    return changed
    raise AssertionError("nobody of several skills")


def document(folder: Path) -> dict[str, Any]:
    """out/result.json."""
    return dict(json.loads((folder / "out/result.json").read_text()))


def roster_there(place: Place) -> Roster:
    """out/roster.csv."""
    return read_roster_csv(place.out / "roster.csv", place.site.settings.zone)


def published(place: Place) -> Roster:
    """What the store says for the days of out/."""
    known = standing(place)
    assert known is not None
    return published_over(place, known.days)


def test_without_anybody_in_the_background_all_is_written_at_once(hotline: Path) -> None:
    with open_place(hotline, MOMENT) as place:
        before = document(hotline)
        _, version = save_edit(place, DAY, other_queue(place), by="head")
        assert roster_there(place).segments == published(place).segments
        after = document(hotline)
    assert after["versions"]["roster"] == version
    assert after["made_at"] != before["made_at"]


def test_a_roster_that_was_simulated_is_simulated_again(hotline: Path) -> None:
    with open_place(hotline, MOMENT) as place:
        save_edit(place, DAY, other_queue(place), by="head")
    assert document(hotline)["verification"]["queues"]
    with (hotline / "out/coverage.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["predicted_service_level"]]
    assert all(row["simulated_service_level"] for row in rows)


def test_what_was_not_changed_is_simulated_to_the_same_figures(hotline: Path) -> None:
    before = document(hotline)["verification"]
    with open_place(hotline, MOMENT) as place:
        write_published(place)
    assert document(hotline)["verification"]["queues"] == before["queues"]


def test_every_file_speaks_of_the_newest_requirement(hotline: Path) -> None:
    with open_place(hotline, MOMENT) as place:
        known = standing(place)
        assert known is not None
        raised = replace(known.requirement, gross=known.requirement.gross + 1)
        version = place.plans.save_requirement(raised, at=place.now)
        write_published(place)
    assert document(hotline)["versions"]["requirement"] == version
    required, covered = (list(csv.DictReader((hotline / "out" / name).read_text().splitlines())) for name in NEEDED)
    gross = {(row["queue"], row["start"]): row["gross"] for row in required}
    assert {(row["queue"], row["start"]): row["required"] for row in covered}.items() <= gross.items()


def test_with_somebody_in_the_background_the_roster_and_whom_it_concerns_come_first(hotline: Path) -> None:
    asked: list[int] = []
    calendars = {path.name: path.read_bytes() for path in (hotline / "out/ics").iterdir()}
    with open_place(hotline, MOMENT) as place:
        place = replace(place, later=lambda: asked.append(1))
        changed = other_queue(place)
        _, version = save_edit(place, DAY, changed, by="head")
        assert asked == [1]
        assert roster_there(place).segments == published(place).segments
        anew = {path.name for path in (hotline / "out/ics").iterdir() if path.read_bytes() != calendars[path.name]}
        assert anew == {f"{name}.ics" for name in changed}
        assert f"SEQUENCE:{version}" in (hotline / "out/ics" / anew.pop()).read_text()
        assert is_stale(place)
        write_published(place)
        assert not is_stale(place)
        assert document(hotline)["versions"]["roster"] == version


def test_what_is_published_while_out_is_written_is_written_too(hotline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual: Callable[..., object] = written_anew._simulated_again
    done: list[int] = []
    with open_place(hotline, MOMENT) as place:
        quick = replace(place, later=lambda: None)

        def meanwhile(*words: object) -> object:
            if not done:
                done.append(save_edit(quick, DAY, other_queue(quick), by="head")[1])
            return usual(*words)

        monkeypatch.setattr(written_anew, "_simulated_again", meanwhile)
        write_published(place)
        assert roster_there(place).segments == published(place).segments
    assert document(hotline)["versions"]["roster"] == done[0]


def test_a_draft_of_other_days_brings_its_files(hotline: Path) -> None:
    with open_place(hotline, MOMENT) as place:
        known = standing(place)
        assert known is not None
        later = replace(known.days, days=7)
        newest = next(row for row in place.plans.roster_versions() if row.published_at)
        roster = Roster.of(row for row in published(place).segments if later.begin <= row.start < later.end)
        draft = place.plans.save_roster(roster, later, at=place.now, requirement_version=newest.requirement_version)
        publish_draft(replace(place, later=lambda: None), draft, "head")
        there = standing(place)
    assert there is not None
    assert there.days == later


def test_the_background_writes_in_a_process_of_its_own(hotline: Path) -> None:
    renewal = Renewal(hotline, settle_s=0.0)
    with open_place(hotline, MOMENT) as place:
        place = replace(place, later=renewal.ask)
        _, version = save_edit(place, DAY, other_queue(place), by="head")
        renewal.finish(120.0)
    assert document(hotline)["versions"]["roster"] == version


def test_nothing_publishes_past_it() -> None:
    """Only `publishing`, and the night that writes everything itself, tell the store to publish."""
    root = Path(written_anew.__file__).parents[1]
    found = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("publish", "publish_roster", "save_roster")
        if isinstance(node.value, ast.Attribute) and node.value.attr == "plans"
    }
    assert found == {"actions/publishing.py", "actions/rostering.py"}
