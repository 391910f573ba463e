"""Bands follow what came: they widen where a queue begins to drift, and narrow again."""

from dataclasses import replace

import numpy as np
import pytest

from forecasts.bands import fit_bands
from forecasts.bands_ahead import bands_ahead, day_by_day, widened
from forecasts.choice import Choice
from forecasts.trials import Trials

WEEK = Choice(1, 7, "model", "", {})
MONTH = Choice(8, 28, "model", "", {})


def trials(errors, days=28):
    """Weekly origins of a daily series of 100 a day, the day's error of the size given for its week."""
    rng = np.random.default_rng(7)
    weeks = len(errors)
    size = np.repeat(np.append(errors, errors[-1:]), 7)[:, None] if np.ndim(errors) == 1 else errors
    daily = 100 * np.exp(size[: 7 * weeks, 0] * rng.standard_normal(7 * weeks))
    origins = np.arange(weeks) * 7
    rows = origins[:, None] + np.arange(days)
    actual = np.where(rows < 7 * weeks, daily[np.minimum(rows, 7 * weeks - 1)], np.nan)[:, :, None]
    said = np.full((1, weeks, days, 1), 100.0)
    return Trials(("model",), origins, rows % 7, said, actual)


def width(bands):
    mean = np.full(1, 100.0)
    return float((bands.at(0).quantile(mean, 0.9) - bands.at(0).quantile(mean, 0.1))[0])


def test_a_queue_that_has_grown_wilder_widens_its_bands_and_a_tamer_one_narrows_them():
    steady = trials(np.full(26, 0.1))
    wilder = trials(np.repeat([0.1, 0.3], [18, 8]))
    tamer = trials(np.repeat([0.3, 0.1], [18, 8]))
    promised = 2 * 1.2816 * 0.3 * 100
    found = {name: width(bands_ahead(of, WEEK)[0].bands) for name, of in (("wilder", wilder), ("tamer", tamer))}
    plain = width(fit_bands(wilder.actual[:, :7], wilder.forecasts[0][:, :7], wilder.kind[:, :7]))
    assert abs(found["wilder"] - promised) < abs(plain - promised)
    assert found["tamer"] < width(fit_bands(tamer.actual[:, :7], tamer.forecasts[0][:, :7], tamer.kind[:, :7]))
    assert width(bands_ahead(steady, WEEK)[0].bands) == pytest.approx(2 * 1.2816 * 0.1 * 100, rel=0.25)


def test_the_bands_of_a_past_origin_know_nothing_of_what_came_after():
    of = trials(np.full(26, 0.1))
    later = replace(of, actual=np.where(np.arange(26)[:, None, None] >= 20, of.actual * 3, of.actual))
    rows = of.origins[:, None] + np.arange(28)
    later = replace(later, actual=np.where((rows < of.origins[20])[:, :, None], of.actual, later.actual))
    for stretch, other in zip(bands_ahead(of, MONTH), bands_ahead(later, MONTH), strict=True):
        for k, (one, two) in enumerate(zip(stretch.before[:21], other.before[:21], strict=True)):
            assert (one is None) == (two is None), k
            if one is not None:
                assert np.array_equal(one.marks, two.marks)
        assert not np.array_equal(stretch.bands.marks, other.bands.marks)


def test_each_stretch_of_the_horizon_has_bands_of_its_own_and_each_day_gets_those_of_its_stretch():
    found = bands_ahead(trials(np.full(26, 0.1)), MONTH)
    assert [(stretch.first, stretch.last) for stretch in found] == [(8, 14), (15, 28)]
    days = day_by_day(found, np.arange(21) % 7)
    assert len(days) == 21
    assert days[6].marks is found[0].bands.marks
    assert days[7].marks is found[1].bands.marks


def test_too_few_origins_that_reach_so_far_lean_on_the_nearer_ones_widened():
    young = trials(np.full(7, 0.2))
    near, far = bands_ahead(young, WEEK)[0].bands, bands_ahead(young, MONTH)[1].bands
    assert far.factor == pytest.approx(1.5 * fit_bands(young.actual, young.forecasts[0], young.kind).factor)
    assert near.factor < far.factor


@pytest.mark.parametrize(("inner", "outer"), [(1.6, 0.7), (0.7, 1.6), (1.2, 1.2)])
def test_widening_moves_the_promised_quantiles_and_keeps_all_in_order(inner, outer):
    of = trials(np.full(26, 0.1))
    bands = fit_bands(of.actual, of.forecasts[0], of.kind)
    wide = widened(bands, inner, outer)
    assert (np.diff(wide.marks) >= 0).all()
    at = {level: int(np.flatnonzero(np.isclose(bands.levels, level))[0]) for level in (0.1, 0.5, 0.9)}
    assert wide.marks[at[0.5]] == bands.marks[at[0.5]]
    assert wide.marks[at[0.9]] == pytest.approx(inner * bands.marks[at[0.9]])
    assert wide.marks[at[0.1]] == pytest.approx(inner * bands.marks[at[0.1]])
