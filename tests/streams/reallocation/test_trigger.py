"""The trigger: fires when the projection surely falls, stays on until it is back, does not flap."""

from dataclasses import replace

import numpy as np

from centre.reallocation import Reallocation
from streams.reallocation.trigger import Reading, Watch, has_fallen, look

POLICY = Reallocation(looks=2, drop=0.02, calm=0.005, certainty=0.7)


def reading(projected: float, below: float, above: float = 0.0) -> Reading:
    return Reading("", None, projected, projected - 0.05, projected + 0.05, 0.90, 0.80, below, above)


def test_one_look_is_not_enough_where_two_are_asked_for() -> None:
    once = look(Watch(), [reading(0.8, 0.95)], POLICY)
    assert not once.trouble
    assert look(once, [reading(0.8, 0.95)], POLICY).trouble


def test_a_look_between_that_is_not_sure_starts_anew() -> None:
    watch = Watch()
    for below in (0.95, 0.2, 0.95):
        watch = look(watch, [reading(0.88, below)], POLICY)
    assert not watch.trouble


def test_trouble_stays_until_the_projection_is_back_within_the_calm_margin() -> None:
    """Between the two margins nothing changes: that is the hysteresis."""
    watch = Watch(looks=2, trouble=True)
    between = look(watch, [reading(0.885, 0.3)], POLICY)
    assert between.trouble
    assert not look(between, [reading(0.899, 0.1)], POLICY).trouble


def test_people_to_spare_need_every_queue_to_be_surely_above() -> None:
    watch = Watch()
    for _ in range(2):
        watch = look(watch, [reading(0.97, 0.0, 1.0), reading(0.97, 0.0, 0.5)], POLICY)
    assert not watch.spare
    for _ in range(2):
        watch = look(watch, [reading(0.97, 0.0, 1.0), reading(0.97, 0.0, 0.95)], POLICY)
    assert watch.spare


def test_without_anything_expected_there_is_neither() -> None:
    assert look(Watch(looks=5, trouble=True), [], POLICY) == Watch()


def test_a_level_that_has_fallen_is_trouble_whatever_is_projected() -> None:
    """And is trouble until it is back, though the projection is calm."""
    rosy = reading(0.95, 0.0)
    fallen = replace(rosy, fallen=True)
    assert look(look(Watch(), [fallen], POLICY), [fallen], POLICY).trouble
    trouble = Watch(looks=2, trouble=True)
    assert look(trouble, [fallen], POLICY).trouble
    assert not look(trouble, [rosy], POLICY).trouble


def test_a_half_hour_at_the_bar_is_seldom_taken_as_fallen_and_a_deep_fall_always() -> None:
    """Independent contacts at the bar itself: chance alone must not fire it; half of them late must."""
    rng = np.random.default_rng(1)
    for contacts in (20, 80, 300):
        levels = rng.binomial(contacts, 0.8, 2000) / contacts
        assert np.mean([has_fallen(float(level), 0.8, contacts) for level in levels]) < 0.01
    assert has_fallen(0.5, 0.8, 80)
    assert not has_fallen(None, 0.8, 80)
    assert not has_fallen(0.0, 0.8, 3)
