"""Figures that others published, each with its source, to the digits they printed."""

import pytest

from forecasts.erlang import (
    abandonment,
    average_speed_of_answer,
    average_wait,
    erlang_b,
    erlang_c,
    load_for_blocking,
    occupancy,
    required_lines,
    required_servers,
    service_level,
)


@pytest.mark.parametrize(
    ("lines", "blocking", "load", "digits"),
    [(1, 0.001, 0.001, 4), (5, 0.001, 0.762, 3), (20, 0.001, 9.41, 2), (30, 0.01, 20.34, 2), (45, 0.02, 35.61, 2)],
)
def test_the_erlang_loss_table_of_the_teletraffic_textbooks(
    lines: int, blocking: float, load: float, digits: int
) -> None:
    assert load_for_blocking(lines, blocking) == pytest.approx(load, abs=0.51 * 10**-digits)


def test_erlang_b_of_capacity_planning_suites() -> None:
    assert erlang_b(10, 5) == pytest.approx(0.018384570336648136, rel=1e-12)
    assert erlang_b(190, 200) == pytest.approx(0.08869684386923561, rel=1e-12)
    assert erlang_b(1000, 500) == pytest.approx(1.65241512775134e-86, rel=1e-12)
    assert (required_lines(5, 0.01), required_lines(708, 0.01)) == (11, 736)


def test_the_worked_example_of_100_calls_in_half_an_hour() -> None:
    """AHT 180 s, 80/20: tests of CRAN's ErlangC, and the walk-through of callcentrehelper.com."""
    assert erlang_c(11, 10) == pytest.approx(0.6821182, abs=5e-8)
    assert service_level(11, 10, 180, 20) == pytest.approx(0.3896138, abs=5e-8)
    assert average_speed_of_answer(11, 10, 180) == pytest.approx(122.78127684408, rel=1e-12)
    assert service_level(13, 10, 180, 20) == pytest.approx(0.7955948, abs=5e-8)
    assert required_servers(10, 180, 0.8, 20, max_occupancy=0.85) == 14


def test_the_classic_walk_through_of_360_calls_in_half_an_hour() -> None:
    assert erlang_c(55, 48) == pytest.approx(0.23870, abs=5e-6)
    assert average_speed_of_answer(55, 48, 240) == pytest.approx(8.184, abs=5e-4)
    assert service_level(55, 48, 240, 15) == pytest.approx(0.846, abs=5e-4)


def test_hillier_and_liebermans_emergency_room() -> None:
    """Two patients an hour, 20 minutes each: one doctor keeps them waiting 2/3 of an hour."""
    assert average_speed_of_answer(1, 2 / 3, 1200) == pytest.approx(2400, rel=1e-12)
    assert erlang_c(2, 2 / 3) == pytest.approx(1 / 6, rel=1e-12)


def test_erlang_c_far_into_the_tail() -> None:
    assert erlang_c(135, 30.303030303) == pytest.approx(3.31703715931894e-44, rel=1e-12)


def test_garnett_mandelbaum_and_reiman_2002() -> None:
    """50 agents, 48 calls a minute of a minute each, patience 2 minutes; the wait is that of all who call."""
    assert abandonment(50, 48, 60, 120) == pytest.approx(0.031, abs=5e-4)
    assert average_wait(50, 48, 60, 120) == pytest.approx(3.7, abs=0.05)
    assert occupancy(50, 48, 60, 120) == pytest.approx(0.93, abs=5e-3)
    assert average_speed_of_answer(50, 48, 60) == pytest.approx(20.8, abs=0.05)


def test_erlang_a_of_100_calls_in_half_an_hour_with_five_minutes_patience() -> None:
    """pyworkforce 0.5, test_abandonment.py; and its guide's row of 13 positions (printed truncated)."""
    assert service_level(14, 10, 180, 20, 300, "of_offered") == pytest.approx(0.916792, abs=5e-7)
    assert 1 - service_level(14, 10, 180, 0, 300) == pytest.approx(0.14526, abs=5e-6)
    assert occupancy(13, 10, 180, 300) == pytest.approx(0.750, abs=1e-3)
    assert abandonment(13, 10, 180, 300) == pytest.approx(0.025, abs=1e-3)
    assert average_wait(13, 10, 180, 300) == pytest.approx(7.5, abs=0.1)
