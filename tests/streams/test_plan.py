"""What the roster wants of one agent, packed: nothing is lost, and a part of it is that part of the whole."""

from hypothesis import given
from hypothesis import strategies as st

from centre.roster import Segment
from streams.plan import Plan

edges = st.lists(st.integers(0, 40), max_size=12, unique=True).map(sorted)
times = st.integers(-2, 42)


@given(edges, times, times)
def test_segments_between_two_instants_are_those_that_lie_or_reach_between_them(cuts, start, end):
    line = [Segment("a1", one, two, "work", "billing") for one, two in zip(cuts[::2], cuts[1::2], strict=False)]
    plan = Plan.of(line)
    assert plan.segments("a1") == line
    assert plan.between(start, end, "a1") == [s for s in line if s.end > start and s.start < end]
