"""A silent queue is an outage, not a calm day: its callers come back, and nobody is sent home because of it."""

import numpy as np
import pytest

from centre.grid import Horizon
from centre.requirement import Requirement
from streams.floor_policy import SECOND
from streams.persistent import PersistentMap
from streams.queue_line import QueueLine
from streams.reallocation.expecting import Expected, expect
from streams.reallocation.outage import Outage, as_usual, find_outages, returning
from streams.reallocation.pace import BLOCK_S
from streams.service_level import Counts
from streams.state import State
from tests.streams.reallocation.floors import BILLING, DAY, ZONE, at, site

A_BLOCK = 20.0
FIRST = 9


def told_of(seen: list[list[float]], said: float = A_BLOCK, lately: tuple[float, float] = (0, 0)) -> list[Outage]:
    came = np.array(seen, dtype=float)
    return find_outages(came, np.full(came.shape, said), 0, came.shape[1] * BLOCK_S + 300, [lately] * len(came))


def test_one_block_without_anybody_is_an_outage_of_a_large_queue_and_nothing_of_a_small_one() -> None:
    assert told_of([[19, 22, 0, 20]]) == [Outage(0, 2 * BLOCK_S, 3 * BLOCK_S, False, 20.0)]
    assert told_of([[4, 5, 0, 3]], said=4.0) == []
    assert told_of([[4, 0, 0, 0, 0, 5]], said=4.0) == [Outage(0, BLOCK_S, 5 * BLOCK_S, False, 16.0)]


def test_a_calm_day_is_none() -> None:
    assert told_of([[10, 8, 9, 11, 7]]) == []


def test_it_lasts_until_somebody_gets_through() -> None:
    (lasting,) = told_of([[19, 0, 1]], lately=(0, 7))
    assert (lasting.end, lasting.lasts, lasting.missed) == (3 * BLOCK_S + 300, True, 46.0)
    (over,) = told_of([[19, 0, 1]], lately=(6, 7))
    assert (over.end, over.lasts, over.missed) == (3 * BLOCK_S, False, 39.0)


def test_who_was_kept_away_hours_ago_is_not_expected_any_more() -> None:
    (over,) = told_of([[*[0] * 12, 20, 20]])
    assert (over.start, over.end, over.missed) == (0, 12 * BLOCK_S, 4 * A_BLOCK)
    assert told_of([[0] * 12]) == [], "a queue that stays silent for hours is closed today"


def test_those_who_come_back_are_half_of_the_missed_and_are_taken_out_of_what_came() -> None:
    seen = np.array([[20.0, 0.0, 0.0, 30.0, 30.0, 20.0]])
    said = np.full(seen.shape, A_BLOCK)
    outages = find_outages(seen, said, 0, 6 * BLOCK_S, [(0.0, 0.0)])
    again = returning(outages, 1, np.arange(6) * float(BLOCK_S), BLOCK_S, 0.5, 2 * BLOCK_S)
    assert again.tolist() == [[0, 0, 0, 10, 10, 0]]
    assert as_usual(outages, seen, said, 0, 0.5, 2 * BLOCK_S).tolist() == said.tolist()


@pytest.fixture
def forecast() -> Requirement:
    days = Horizon(ZONE, 15, DAY, 1)
    volume = np.where((days.starts >= at(FIRST)) & (days.starts < at(18)), A_BLOCK, 0.0)[None, :]
    none = np.zeros(volume.shape, dtype=np.int64)
    curve = np.zeros((*volume.shape, 1), dtype=np.float32)
    return Requirement(days, ("billing",), volume, np.full(volume.shape, 240.0), none, none, curve)


def expected_at(now: int, forecast: Requirement, silent: tuple[int, int], after: float = 1.0) -> Expected:
    """What is expected at an instant of a day that brings its forecast, but nobody within a silence."""
    calls = {}
    for minute in range(at(FIRST) + 60, now + 1, 60):
        factor = 0.0 if silent[0] < minute <= silent[1] else after if silent[1] < minute <= silent[1] + 1800 else 1.0
        block = (minute - at(FIRST)) // 60
        calls[minute] = Counts(offered=int(factor * A_BLOCK * block / 15) - int(factor * A_BLOCK * (block - 1) / 15))
    state = State(now * SECOND, 0, 0, queues=PersistentMap({"billing": QueueLine(calls=calls)}))
    window = (at(0), now, 36)
    return expect(state, site(), (BILLING,), forecast, window, np.ones(1), None, (0.5, 1800))


def test_an_outage_does_not_make_the_day_calm_and_those_who_call_again_are_expected(forecast: Requirement) -> None:
    calm = expected_at(at(11), forecast, (0, 0))
    out = expected_at(at(11), forecast, (at(10), at(11)))
    more = (out.volume - calm.volume)[0]
    assert more[:6].sum() == pytest.approx(0.5 * 4 * A_BLOCK, rel=0.05)
    assert np.abs(more[6:]).max() < 0.05 * A_BLOCK / 3
    assert out.sd[0] > calm.sd[0]
    assert [said.template for said in out.degraded] == [
        "nobody has got through to {queue} since {start}: it is taken to end, and many to call again"
    ]
    assert out.degraded[0].values["start"] == "10:00"


def test_while_they_come_the_rest_is_expected_and_their_number_is_not_taken_for_a_busy_day(
    forecast: Requirement,
) -> None:
    out = expected_at(at(11, 15), forecast, (at(10), at(11)), after=2.0)
    more = (out.volume - expected_at(at(11, 15), forecast, (0, 0)).volume)[0]
    assert more[:3].sum() == pytest.approx(20, rel=0.1)
    assert np.abs(more[3:]).max() < 0.1 * A_BLOCK / 3
    late = expected_at(at(13), forecast, (at(10), at(11)), after=2.0)
    assert late.degraded == ()
