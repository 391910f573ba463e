"""Outbound in the pauses of inbound: the chain of the threshold policy, solved as it stands."""

import numpy as np
import pandas as pd
import pytest

from centre.queues import Queue
from forecasts.channels.blend import outbound_load
from forecasts.erlang import DEFINITIONS, erlang_c, service_level
from forecasts.staffing import required_staff

VIRTUAL = DEFINITIONS.index("virtual")


def chain(n: int, threshold: int, load: float, within: float) -> tuple[float, float]:
    """Service level without patience and mean busy agents: states threshold.., birth load, death min(x, n)."""
    states = np.arange(threshold, 3000)
    steps = np.log(load) - np.log(np.minimum(states[1:], n))
    weight = np.exp(np.concatenate([[0.0], np.cumsum(steps)]) - np.cumsum(steps).max(initial=0.0))
    share = weight / weight.sum()
    waits = share[states >= n].sum()
    return float(1 - waits * np.exp(-(n - load) * within)), float(np.minimum(states, n) @ share)


@pytest.mark.parametrize(("n", "load", "target"), [(26, 20.0, 0.8), (8, 4.0, 0.8), (60, 50.0, 0.9), (12, 10.0, 0.5)])
def test_the_threshold_is_the_highest_that_keeps_the_service_level(n: int, load: float, target: float) -> None:
    done, threshold = outbound_load(n, load, 0.0, 0.1, target, VIRTUAL, 0.0)
    level, busy = chain(n, threshold, load, 0.1)
    assert level >= target - 1e-9
    assert done == pytest.approx(busy - load, rel=1e-8)
    if threshold < n:
        assert chain(n, threshold + 1, load, 0.1)[0] < target
    assert chain(n, 0, load, 0.1)[0] == pytest.approx(service_level(n, load, 1.0, 0.1), rel=1e-9)


def test_with_no_slack_nothing_is_called_out_and_with_no_inbound_everybody_calls() -> None:
    level = 1 - erlang_c(24, 20.0) * np.exp(-4 * 0.1)
    assert outbound_load(24, 20.0, 0.0, 0.1, level + 1e-6, VIRTUAL, 0.0)[0] == 0
    assert outbound_load(20, 20.0, 0.0, 0.1, 0.8, VIRTUAL, 0.0)[0] == 0
    assert outbound_load(5, 0.0, 0.0, 0.1, 0.8, VIRTUAL, 0.0)[0] == 5


def test_shared_outbound_needs_fewer_than_apart_and_never_more() -> None:
    start = pd.date_range("2026-03-02 08:00", periods=40, freq="15min", tz="Europe/Berlin")
    volume = np.linspace(2, 60, 40)
    rows = [
        pd.DataFrame({"queue": name, "start": start, "mean": mean, "aht_s": 240.0})
        for name, mean in (("billing", volume), ("calls", np.full(40, 10.0)))
    ]
    queues = [Queue(name="billing", unplanned_shrinkage=0.0), Queue(name="calls", channel="outbound")]
    table = pd.concat(rows, ignore_index=True)

    def needed(**options: object) -> tuple[np.ndarray, np.ndarray]:
        found = required_staff(table, queues, interval_minutes=15, **options)  # type: ignore[arg-type]
        by_queue = found.table.groupby("queue")["required"]
        return by_queue.get_group("billing").to_numpy(), by_queue.get_group("calls").to_numpy()

    (inbound, apart), (same, blended) = needed(), needed(shared={"calls": ("billing",)})
    assert np.array_equal(inbound, same)
    assert np.all(blended <= apart)
    assert blended.sum() < 0.9 * apart.sum()
    load = volume * 240 / 900
    for n, a, more in zip(inbound, load, blended, strict=True):
        if more < apart[0]:
            unit = 20 / 240
            assert outbound_load(int(n + more), float(a), 0.0, unit, 0.8, 2, 0.0)[0] >= 10 * 240 / 900 - 1e-9
