"""Nothing offered, nobody there, more load than agents: values where there are any. Wrong numbers: errors."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centre.errors import InputError
from forecasts.erlang import (
    DEFINITIONS,
    abandonment,
    average_speed_of_answer,
    erlang_b,
    erlang_c,
    finite_lines,
    occupancy,
    probability_of_wait,
    required_servers,
    service_level,
)


@pytest.mark.parametrize("servers", [0, 1, 9, 10])
def test_with_endless_patience_a_load_not_below_the_servers_has_no_steady_state(servers: int) -> None:
    assert erlang_c(servers, 10) == 1
    assert service_level(servers, 10, 180, 20) == 0
    assert average_speed_of_answer(servers, 10, 180) == math.inf
    assert occupancy(servers, 10, 180) == 1
    assert abandonment(servers, 10, 180, None) == 0


@pytest.mark.parametrize("patience", [None, 60.0])
def test_the_rare_caller_is_served_at_once_by_whoever_is_there(patience: float | None) -> None:
    assert (erlang_b(3, 0), erlang_c(3, 0)) == (0, 0)
    assert [service_level(3, 0, 180, 20, patience, name, 5) for name in DEFINITIONS] == [1] * 7
    assert average_speed_of_answer(3, 0, 180, patience) == 0
    assert abandonment(3, 0, 180, patience) == 0
    assert occupancy(3, 0, 180, patience) == 0


def test_nobody_there_serves_nobody() -> None:
    assert (erlang_b(0, 0), erlang_b(0, 7), erlang_c(0, 0)) == (1, 1, 1)
    for load in (0, 7):
        assert service_level(0, load, 180, 20) == 0
        assert service_level(0, load, 180, 20, 60, "of_offered") == 0
        assert average_speed_of_answer(0, load, 180, 60) == math.inf
        assert abandonment(0, load, 180, 60) == 1
        # All who call give up; those who do so in time count under these two definitions.
        gone = service_level(0, load, 180, 20, 60, "answered_within_or_abandoned_within")
        assert gone == pytest.approx(1 - math.exp(-20 / 60), rel=1e-14)
        gone = service_level(0, load, 180, 20, 60, "short_abandons_as_met", 5)
        assert gone == pytest.approx(1 - math.exp(-5 / 60), rel=1e-14)
    assert (occupancy(0, 7, 180, 60), occupancy(0, 0, 180, 60)) == (1, 0)


def test_with_endless_patience_all_definitions_are_one_figure() -> None:
    levels = {name: service_level(14, 10, 180, 20, None, name, 5) for name in DEFINITIONS}
    assert set(levels.values()) == {service_level(14, 10, 180, 20)}


@pytest.mark.parametrize("patience", [None, 0, math.inf])
def test_none_zero_and_infinity_say_endless_patience(patience: float | None) -> None:
    assert service_level(14, 10, 180, 20, patience) == service_level(14, 10, 180, 20)


def test_plain_numbers_give_plain_numbers_and_arrays_broadcast() -> None:
    assert type(service_level(14, 10, 180, 20)) is float
    assert type(required_servers(10, 180, 0.8, 20)) is int
    levels = service_level(np.arange(12, 16)[:, None], [9.0, 10.0], 180, 20)
    assert levels.shape == (4, 2)
    assert levels[2, 1] == service_level(14, 10, 180, 20)
    staff = required_servers([[10.0], [20.0]], 180, [0.8, 0.9, 0.95], 20)
    assert (staff.shape, staff.dtype) == ((2, 3), np.int64)
    assert service_level([], 10, 180, 20).shape == (0,)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("servers", -1),
        ("servers", math.nan),
        ("load", [1.0, -0.5]),
        ("load", math.inf),
        ("aht_s", 0),
        ("within_s", -1),
        ("patience_s", math.nan),
        ("patience_s", -3),
        ("load", "ten"),
    ],
)
def test_a_wrong_number_is_named(name: str, wrong: object) -> None:
    arguments: dict[str, object] = {"servers": 14, "load": 10, "aht_s": 180, "within_s": 20, "patience_s": 60}
    with pytest.raises(InputError, match=f"^{name}: found"):
        service_level(**{**arguments, name: wrong})  # type: ignore[arg-type]


def test_the_place_of_a_wrong_number_is_named() -> None:
    with pytest.raises(InputError, match=r"load: found -0.5 at index \(1, 0\)"):
        erlang_b(3, [[1.0, 2.0], [-0.5, 2.0]])


def test_definitions_that_cannot_be_told_are_refused() -> None:
    with pytest.raises(InputError, match="definition: found 'best'; allowed: answered_within_or"):
        service_level(14, 10, 180, 20, definition="best")
    for name in ("short_abandons_as_met", "excluding_short_abandons"):
        with pytest.raises(InputError, match="short_abandon_s: found None"):
            service_level(14, 10, 180, 20, 60, name)


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="do not broadcast"):
        erlang_b([1, 2], [1, 2, 3])


def test_lines_below_servers_are_refused() -> None:
    with pytest.raises(InputError, match="lines: found 4 with 5 servers"):
        finite_lines(5, 3, 180, 4)
    with pytest.raises(InputError, match=r"servers: found 4\.5"):
        finite_lines(4.5, 3, 180, 6)


points = st.tuples(
    st.floats(0.05, 400), st.floats(0.3, 2.5), st.floats(10, 2000), st.floats(0, 600), st.floats(1, 20000)
)


@settings(max_examples=150, deadline=None)
@given(points)
def test_what_holds_everywhere(point: tuple[float, float, float, float, float]) -> None:
    """Shares are shares, flows balance, and the definitions stand in their order."""
    load, ratio, aht, within, patience = point
    servers = max(1, round(load * ratio))
    levels = {name: service_level(servers, load, aht, within, patience, name, 5) for name in DEFINITIONS}
    gone = abandonment(servers, load, aht, patience)
    assert all(0 <= value <= 1 + 1e-12 for value in [*levels.values(), gone])
    assert occupancy(servers, load, aht, patience) * servers == pytest.approx(load * (1 - gone), rel=1e-9)
    assert levels["of_answered"] * (1 - gone) == pytest.approx(levels["of_offered"], rel=1e-9)
    slack = 1e-12
    assert levels["of_offered"] <= levels["excluding_abandoned_within"] + slack
    assert levels["excluding_abandoned_within"] <= levels["of_answered"] + slack
    assert levels["of_offered"] <= levels["virtual"] + slack
    assert levels["of_offered"] <= levels["short_abandons_as_met"] + slack
    assert levels["virtual"] <= levels["answered_within_or_abandoned_within"] + slack
    late = probability_of_wait(servers, load, aht, within, patience)
    assert late + levels["virtual"] == pytest.approx(1, abs=1e-12)
    more = service_level(servers + 1, load, aht, within, patience, "of_answered")
    assert more >= levels["of_answered"] - slack


def test_the_farthest_corners_give_shares_too() -> None:
    """Patience of milliseconds, waits of days, loads of a billionth or a hundred thousand: numbers, and in time."""
    rng = np.random.default_rng(9)
    size = 3000
    load = 10 ** rng.uniform(-9, 5, size)
    servers = np.minimum(np.floor(load * 10 ** rng.uniform(-2, 1.5, size)), 3e5)
    aht, within = 10 ** rng.uniform(-1, 5, size), np.where(rng.random(size) < 0.2, 0, 10 ** rng.uniform(-3, 6, size))
    patience = 10 ** rng.uniform(-4, 9, size)
    patience = np.where(patience / aht * load > 1e8, 0, patience)
    figures = [service_level(servers, load, aht, within, patience, name, 5) for name in DEFINITIONS]
    figures += [abandonment(servers, load, aht, patience), occupancy(servers, load, aht, patience)]
    figures += [probability_of_wait(servers, load, aht, within, patience), erlang_b(servers, load)]
    assert all(((figure >= 0) & (figure <= 1 + 1e-9)).all() for figure in figures)
    waits = average_speed_of_answer(servers, load, aht, patience)
    assert (waits >= 0).all()
