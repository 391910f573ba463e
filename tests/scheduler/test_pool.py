"""The joint choice among people's pools of lines: it betters a roster by exactly what it says, or leaves it alone."""

import numpy as np
import pytest

from benchmarks.centres import Centre, make
from scheduler.objective import cost_by_term
from scheduler.pool import choose
from scheduler.tours.engine import Engine
from scheduler.tours.floor import floor_of


def test_it_betters_a_first_roster_by_what_it_says_and_what_stands_is_priced_the_same_by_the_plain_reckoning() -> None:
    floor = floor_of(make(Centre(agents=12, weeks=1)))
    engine = Engine(floor, 0, 1)
    engine.construct(lambda: False)
    before = engine.cost()
    change = choose(engine, range(engine.people), engine.weeks[0], 5.0, 1)
    assert change < -1.0
    assert engine.cost() == pytest.approx(before + change)
    engine.share_burdens()
    engine.write_back()
    assert sum(cost_by_term(floor).values()) == pytest.approx(engine.cost())


def test_without_time_everything_stays() -> None:
    engine = Engine(floor_of(make(Centre(agents=12, weeks=1))), 0, 1)
    engine.construct(lambda: False)
    chosen = engine.state.chosen.copy()
    assert choose(engine, range(engine.people), engine.weeks[0], 0.0, 1) == 0.0
    assert np.array_equal(engine.state.chosen, chosen)
