"""The service curve is the service level at every number of agents; its hull is the smallest concave curve above."""

import numpy as np
import pytest

from centre.errors import InputError
from forecasts.erlang import concave_hull, is_concave, service_curve, service_level

LOADS = np.array([0.0, 0.4, 9.7, 33.0])
VOLUMES = np.array([0.0, 2.0, 45.0, 120.0])


@pytest.mark.parametrize("patience", [None, 120.0])
@pytest.mark.parametrize("definition", ["of_offered", "virtual"])
def test_the_curve_is_volume_times_service_level(patience: float | None, definition: str) -> None:
    curve = service_curve(VOLUMES, LOADS, 200, 20, patience, 60, definition)
    assert curve.shape == (4, 61)
    for n in (0, 1, 12, 40, 60):
        level = service_level(n, LOADS, 200, 20, patience, definition)
        assert curve[:, n] == pytest.approx(VOLUMES * level, rel=1e-12)
    assert (np.diff(curve) >= 0).all()


def test_absent_agents_serve_nobody() -> None:
    curve = service_curve(100, 10, 200, 20, 120, 20, "of_offered", present=0.9)
    assert curve[0, 15] == pytest.approx(100 * service_level(13.5, 10, 200, 20, 120, "of_offered"), rel=1e-12)


def smallest_concave_above(row: np.ndarray) -> np.ndarray:
    """At each n the highest chord over it: slow and obvious."""
    top = row.copy()
    for i in range(row.size):
        for j in range(i + 1, row.size):
            inside = np.arange(i, j + 1)
            chord = row[i] + (row[j] - row[i]) * (inside - i) / (j - i)
            top[i : j + 1] = np.maximum(top[i : j + 1], chord)
    return top


@pytest.mark.parametrize("patience", [None, 120.0])
def test_the_hull_is_the_smallest_concave_curve_above(patience: float | None) -> None:
    curve = service_curve(VOLUMES, LOADS, 200, 20, patience, 60, "of_offered")
    hull = concave_hull(curve)
    for row, found in zip(curve, hull, strict=True):
        assert found == pytest.approx(smallest_concave_above(row), abs=1e-9)
    assert is_concave(hull).all()
    assert is_concave(curve).tolist() == [True, True, False, False]


def test_the_hull_of_any_row() -> None:
    rows = np.random.default_rng(5).normal(size=(40, 25)).cumsum(axis=1)
    for row, found in zip(rows, concave_hull(rows), strict=True):
        assert found == pytest.approx(smallest_concave_above(row), abs=1e-9)
    assert concave_hull([3.0, 1.0, 2.0]).tolist() == [3.0, 2.5, 2.0]
    assert concave_hull([[7.0]]).tolist() == [[7.0]]


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(InputError, match=r"^present: found 0"):
        service_curve(1, 1, 200, 20, None, 5, present=0)
    with pytest.raises(InputError, match=r"^max_servers: found -1"):
        service_curve(1, 1, 200, 20, None, -1)
