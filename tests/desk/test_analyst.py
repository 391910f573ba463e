"""Answers for an analyst's notebook."""

import numpy as np
import pytest

from desk.analyst import pooled_and_apart
from forecasts.simulate import SharedNeed


def test_pooling_takes_no_more_agents_than_keeping_apart_and_every_way_keeps_the_goals() -> None:
    need = SharedNeed(
        volume=np.array([60.0, 24.0]),
        aht_s=np.array([180.0, 180.0]),
        patience_s=np.zeros(2),
        target=np.array([0.8, 0.8]),
        within_s=np.array([20.0, 20.0]),
    )
    ways = pooled_and_apart(need, ["a", "b"], hours=20, days=6).set_index("way")
    assert ways.loc["all pooled", "agents"] <= ways.loc["some flexible", "agents"] <= ways.loc["apart", "agents"]
    assert ways.loc["apart", "flexible"] == 0
    assert ways.loc["all pooled", "flexible"] == ways.loc["all pooled", "agents"]
    assert ways[["a", "b"]].to_numpy() == pytest.approx(ways[["a", "b"]].to_numpy().clip(min=0.8))
