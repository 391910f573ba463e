"""A departure costs what the service curve says of one agent less, for as long as it lasts."""

import numpy as np
import pytest

from centre.grid import Horizon
from centre.requirement import Requirement
from centre.roster import Segment
from forecasts.erlang import service_level
from streams.floor_policy import FloorPolicy
from streams.impact import impacts
from streams.watching import lived
from tests.streams.floors import DAY, ZONE, at, published, state, us

FLOOR = FloorPolicy(ZONE)
GRID = Horizon(ZONE, 15, DAY, 1)
VOLUME, AHT = 30.0, 240.0


def curve_of(agents: int) -> float:
    """Contacts of the interval answered within 20 s by so many agents, by Erlang C."""
    return VOLUME * float(service_level(agents, VOLUME * AHT / 900, AHT, 20)) if agents else 0.0


REQUIREMENT = Requirement(
    GRID,
    ("billing",),
    np.full((1, 96), VOLUME),
    np.full((1, 96), AHT),
    np.full((1, 96), 10),
    np.full((1, 96), 11),
    np.tile(np.array([curve_of(n) for n in range(13)], dtype=np.float32), (1, 96, 1)),
)
TEN = [Segment(f"a{n}", at(9), at(11), "work", "billing") for n in range(10)]
THERE = [state(f"a{n}", "ready", us(9)) for n in range(1, 10)]


def found(*events):
    now = lived([*THERE, *events], [published(TEN)], FLOOR, us(11))
    return {(row.agent, row.start): row for row in impacts(now, REQUIREMENT, FLOOR, DAY)}


def test_somebody_missing_for_an_interval_costs_what_the_tenth_agent_brings():
    rows = found(state("a0", "ready", us(9, 15)))
    assert set(rows) == {("a0", at(9))}
    assert rows["a0", at(9)].missed_s == 900
    assert rows["a0", at(9)].points == pytest.approx((curve_of(10) - curve_of(9)) / VOLUME, rel=1e-5)


def test_a_third_of_the_time_costs_a_third():
    rows = found(state("a0", "ready", us(9, 5)))
    whole = (curve_of(10) - curve_of(9)) / VOLUME
    assert rows["a0", at(9)].points == pytest.approx(whole / 3, rel=1e-5)


def test_who_keeps_the_roster_costs_nothing():
    assert found(state("a0", "ready", us(9))) == {}


def test_a_day_outside_the_requirement_is_refused():
    now = lived(THERE, [published(TEN)], FLOOR, us(11))
    with pytest.raises(ValueError, match="outside the requirement"):
        list(impacts(now, REQUIREMENT, FLOOR, DAY.replace(day=25)))
