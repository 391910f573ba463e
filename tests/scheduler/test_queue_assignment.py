"""Assignment of queues leaves no more short than the sets of queues make unavoidable, and does not flutter."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.queue_assignment import Server, assign_queues

QUEUES = 3
ALL_SKILLS = [some for size in (1, 2, 3) for some in combinations(range(QUEUES), size)]


def unavoidable(skills: list[tuple[int, ...]], wanted: np.ndarray) -> float:
    """Max-flow min-cut: the largest, over sets of queues, of what is wanted less who can serve any of them."""
    sets = [some for size in range(QUEUES + 1) for some in combinations(range(QUEUES), size)]
    return max(sum(wanted[q] for q in some) - sum(bool(set(mine) & set(some)) for mine in skills) for some in sets)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(ALL_SKILLS), min_size=0, max_size=9),
    st.lists(st.lists(st.integers(0, 4), min_size=QUEUES, max_size=QUEUES), min_size=1, max_size=5),
)
def test_the_shortage_is_what_max_flow_min_cut_says(skills, wanted_by_interval):
    wanted = np.array(wanted_by_interval, dtype=float).T
    servers = [Server(dict.fromkeys(mine, 1.0), np.ones(wanted.shape[1])) for mine in skills]
    found = assign_queues(servers, wanted)
    for interval in range(wanted.shape[1]):
        at = found[:, interval]
        assert all(queue in mine for queue, mine in zip(at, skills, strict=True))
        staffed = np.bincount(at, minlength=QUEUES) if at.size else np.zeros(QUEUES)
        assert np.maximum(wanted[:, interval] - staffed, 0).sum() == unavoidable(skills, wanted[:, interval])


def test_nobody_is_moved_while_nobody_is_short():
    servers = [Server({0: 1.0, 1: 1.0}, np.ones(8)) for _ in range(4)]
    found = assign_queues(servers, np.array([[2.0] * 8, [2.0] * 8]))
    assert all(len(set(row)) == 1 for row in found)


def test_who_does_not_answer_has_no_queue():
    present = np.array([1.0, 0.0, 0.5])
    found = assign_queues([Server({0: 1.0}, present)], np.ones((1, 3)))
    assert found.tolist() == [[0, -1, 0]]


def test_a_slower_agent_fills_less_of_the_need():
    servers = [Server({0: 0.5}, np.ones(1)), Server({0: 1.0, 1: 1.0}, np.ones(1))]
    found = assign_queues(servers, np.array([[1.0], [0.0]]))
    assert found[:, 0].tolist() == [0, 0]
