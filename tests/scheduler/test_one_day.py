"""Another duty for a single day: whatever is drawn, every rule stays kept, and the change told is that of the cost."""

from typing import Any

import numpy as np
import pytest

from benchmarks.centres import Centre, make
from scheduler.checks import check
from scheduler.tours.engine import Course, Engine
from scheduler.tours.floor import floor_of
from scheduler.tours.segments import roster_of
from tests.scheduler.conftest import Case

SHIFTS: dict[str, dict[str, Any]] = {
    "D": {
        "start": ["07:00", "11:00"],
        "minutes": [360, 600],
        "step_minutes": 60,
        "pauses": [{"activity": "meal", "minutes": 60, "window": ["11:00", "14:00"]}],
    },
    "E": {"start": ["05:00", "08:00"], "minutes": [360, 480], "step_minutes": 60},
    "L": {"start": ["13:00", "16:00"], "minutes": [360, 480], "step_minutes": 60},
    "N": {"start": ["20:00", "23:00"], "minutes": [360, 480], "step_minutes": 60, "night": True},
}
RULES: dict[str, dict[str, Any]] = {
    "free": {},
    "rest": {"rest_minutes": 840},
    "short rests": {"rest_minutes": 840, "short_rests": 2, "short_rest_minutes": 540},
    "weeks": {"week_minutes": (1440, 1920), "days_per_week": (3, 5)},
    "overtime": {"week_minutes": (1440, 1920), "max_overtime_minutes_per_week": 240, "days_per_week": (3, 5)},
    "months": {"month_minutes": (2400, 3600), "week_minutes": (0, 2400)},
    "averages": {"average_weeks": 2, "average_week_minutes": 1800, "week_minutes": (0, 2640)},
    "spread": {"start_spread_minutes": 120},
    "nights": {"max_nights_in_a_row": 2, "rest_after_nights_minutes": 2880, "rest_minutes": 660},
    "counts": {"max_shifts_per_month": {"D": 4, "N": 2}, "max_shifts_per_week": {"L": 1}},
    "sequences": {"forbidden_sequences": (("L", "E"), ("N", "off", "D"))},
    "rotation": {"rotation": (("E", "D"), ("L",), ("N",)), "days_off_after_nights": 2},
}


def shuffled(engine: Engine, slack: float) -> float:
    """Many rounds on single days of the whole horizon, everything kept that costs no more than `slack` more."""
    return engine.days(engine.whole, np.arange(engine.people), Course(3000, 2, 4, 3.0, slack))


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("tail", ["", "DDDD...LLLL.NN"])
def test_whatever_is_kept_is_legal_and_costs_what_is_told(name, tail):
    case = Case(
        contract=RULES[name],
        people={f"p{n}": {} for n in range(5)},
        tail=tail,
        line="." * 14,
        gross=dict.fromkeys(range(14), 2),
        shifts=SHIFTS,
    )
    floor = floor_of(case.problem)
    engine = Engine(floor, 1, 1)
    engine.construct(lambda: False)
    before, chosen = engine.cost(), engine.state.chosen.copy()
    change = shuffled(engine, np.inf)
    assert (engine.state.chosen != chosen).any()
    assert ((engine.state.chosen < 0) == (chosen < 0)).all()
    assert engine.cost() == pytest.approx(before + change)
    engine.write_back()
    assert [str(broken) for broken in check(roster_of(floor, []), case.problem) if broken.hard] == []


def test_days_make_a_roster_cheaper_and_the_clock_has_no_part_in_it():
    costs = []
    for _ in range(2):
        engine = Engine(floor_of(make(Centre(agents=24, weeks=1))), 1, 1)
        engine.construct(lambda: False)
        before = engine.cost()
        change = shuffled(engine, 1e-9)
        assert change < -0.05 * before
        assert engine.cost() == pytest.approx(before + change)
        costs.append(engine.cost())
    assert costs[0] == costs[1]
