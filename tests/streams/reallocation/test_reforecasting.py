"""The reforecast as the live floor asks for it, look after look."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from centre.grid import Horizon
from streams.reallocation.reforecasting import DayPlans
from streams.reallocation.sight import Floats
from tests.streams.reallocation.floors import DAY, ZONE, at


@dataclass
class Rising:
    """A plan whose day is by a tenth busier for each interval seen; it counts how often it is asked."""

    mean: Floats
    asked: list[int] = field(default_factory=list)

    def now(self, seen: Floats, levels: object) -> SimpleNamespace:
        self.asked.append(int((~np.isnan(seen)).sum()))
        return SimpleNamespace(mean=self.mean * (1 + 0.1 * self.asked[-1]))


def test_a_plan_is_asked_again_when_another_interval_has_ended_or_counts_have_changed() -> None:
    plan = Rising(np.full(96, 10.0))
    plans = DayPlans(Horizon(ZONE, 15, DAY, 1), cast(Any, {"billing": plan}))
    came = dict.fromkeys(range(96), 7.0)

    def factor(hour: int, minute: int) -> float:
        found = plans.factors(at(hour, minute), lambda queue, start, end: came[(start - at(0)) // 900])
        assert found is not None
        return float(found["billing"][1][-1])

    assert factor(1, 0) == factor(1, 5) == factor(1, 10) == 1.4
    assert plan.asked == [4]
    assert factor(1, 15) == 1.5
    came[2] = 8.0  # a late event
    assert factor(1, 20) == 1.5
    assert plan.asked == [4, 5, 5]
