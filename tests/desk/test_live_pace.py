"""A rehearsed day goes out at the pace that was asked for."""

from centre.events import AgentState
from desk.actions.live import _in_time
from streams.clock import ManualClock

SECOND = 1_000_000
EVENTS = [AgentState(f"e{n}", n * 60 * SECOND, "x", "A", "ready") for n in range(10)]


def sent(pace: float, clock: ManualClock, stop=lambda: False) -> list[tuple[int, list[str]]]:
    return [(clock.now(), [event.id for event in batch]) for batch in _in_time(EVENTS, pace, stop, clock)]


def test_without_a_pace_all_go_at_once():
    assert [ids for _, ids in sent(0, ManualClock(5))] == [[event.id for event in EVENTS]]


def test_in_real_time_what_is_past_goes_at_once_and_the_rest_when_its_time_comes():
    found = sent(1, ManualClock(150 * SECOND))
    assert found[0] == (150 * SECOND, ["e0", "e1", "e2"])
    assert [ids for _, ids in found[1:]] == [[f"e{n}"] for n in range(3, 10)]
    assert all(0 <= at - int(ids[0][1:]) * 60 * SECOND <= SECOND // 5 for at, ids in found[1:])


def test_sixty_times_as_fast_a_minute_is_a_second():
    found = sent(60, ManualClock(1_000 * SECOND))
    assert [at // SECOND - 1_000 for at, ids in found for _ in ids] == list(range(10))


def test_it_ends_when_it_is_told_to():
    clock = ManualClock(0)
    assert len(sent(1, clock, stop=lambda: clock.now() > 200 * SECOND)) == 4
