"""Projection: the simulated floor from where it stands, and the curves read off it."""

from dataclasses import replace

import numpy as np
import pytest

from forecasts.erlang import service_level
from streams.reallocation.curves import hulls, read_curves
from streams.reallocation.projection import draw, project, staff_of
from streams.reallocation.sight import Present
from tests.streams.reallocation.floors import at, sight, usual


def test_counts_exactly_who_answers_in_each_step() -> None:
    """A segment that is over leaves no trace, a meal takes its hour out, a later start comes in."""
    floor = sight(3, hour=13)
    late = Present("late", "agent", "full", {"billing": 1.0}, usual("late", meal=14), from_s=at(13, 30))
    floor = replace(floor, people=(*floor.people, late))
    staff = staff_of(floor, floor.rows, np.ones((1, len(floor.people)), dtype=bool))[0, 0]
    assert staff[0] == 3  # two back from the meal at 13:00, the third one not there yet
    assert staff[5] == 3
    assert staff[6] == 4
    assert staff[12] == 3  # the fourth one's meal at 14:00


def test_a_steady_floor_is_projected_as_erlang_a_says() -> None:
    """Twelve agents, nine erlangs, exponential patience: the formula is the oracle; handle times are no exponential,
    which moves the service level by a few points only."""
    floor = sight(12, hour=9, erlangs=9.0, meal=17, hours=3)
    levels = project(floor, draw(floor, 1, 60)).level()
    theory = service_level(12, 9.0, aht_s=240, within_s=20, patience_s=150)
    assert float(levels.mean()) == pytest.approx(float(theory), abs=0.05)


def test_who_waits_now_is_served_first_and_makes_the_next_ones_wait() -> None:
    busy, calm = sight(8, erlangs=7.0, waiting=30, meal=17), sight(8, erlangs=7.0, waiting=0, meal=17)
    first = [project(floor, draw(floor, 1, 40)).in_time[:, 0, 0].mean() for floor in (busy, calm)]
    assert first[0] < 0.6 * first[1]


def test_one_more_is_worth_less_than_the_one_before_and_never_harms() -> None:
    floor = sight(10, erlangs=9.0)
    curves = read_curves(floor, draw(floor, 1))
    slopes = np.diff(curves.in_time, axis=1) / np.diff(curves.added)
    assert (slopes >= -1e-9).all()
    assert (np.diff(slopes, axis=1) <= 1e-9).all()


def test_the_hull_is_the_smallest_concave_curve_above() -> None:
    x = np.array([0.0, 1.0, 2.0, 4.0])
    found = hulls(x, np.array([[0.0, 0.0, 4.0, 5.0]]))
    assert found[0] == pytest.approx([0.0, 2.0, 4.0, 5.0])


def test_the_last_quarter_hour_of_a_day_has_curves_like_any_other() -> None:
    """Fewer blocks than an hour has: every group's worth still belongs to a block that is there."""
    late = sight(hour=17, erlangs=10.0, hours=1)
    short = replace(late, volume=late.volume[:, :3], aht_s=late.aht_s[:, :3])
    curves = read_curves(short, draw(short, 1))
    assert curves.worth.shape == (len(short.groups), curves.in_time.shape[0])
