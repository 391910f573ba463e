"""A timeline is the sorted set of what was heard."""

from hypothesis import given
from hypothesis import strategies as st

from streams.timeline import Mark, Timeline

transitions = st.lists(
    st.tuples(st.integers(0, 5), st.integers(1, 11), st.sampled_from(("", "a", "b")), st.integers(0, 2)),
    max_size=12,
)


def built(entries: list[tuple[int, int, str, Mark]]) -> Timeline:
    timeline = Timeline()
    for at, code, queue, mark in entries:
        timeline = timeline.insert(at, code, queue, mark) or timeline
    return timeline


@given(transitions, st.randoms(use_true_random=False))
def test_any_order_with_duplicates_gives_the_same_timeline(rows, random):
    entries = [(at, code, queue, Mark(number, f"e{i}")) for i, (at, code, queue, number) in enumerate(rows)]
    shuffled = entries * 2
    random.shuffle(shuffled)
    assert built(shuffled) == built(entries)


@given(transitions)
def test_it_holds_what_was_heard_in_order_of_instant_sequence_and_id(rows):
    entries = [(at, code, queue, Mark(number, f"e{i}")) for i, (at, code, queue, number) in enumerate(rows)]
    timeline = built(entries)
    wanted = sorted(entries, key=lambda entry: (entry[0], entry[3]))
    assert list(timeline.ats) == [entry[0] for entry in wanted]
    assert list(timeline.codes) == [entry[1] for entry in wanted]
    assert [timeline.queue(i) for i in range(len(timeline))] == [entry[2] for entry in wanted]


@given(transitions, st.integers(0, 6), st.integers(0, 6))
def test_settling_and_pruning_change_no_answer_from_their_instant_on(rows, before, when):
    entries = [(at, code, queue, Mark(number, f"e{i}")) for i, (at, code, queue, number) in enumerate(rows)]
    whole = built(entries)
    instant = max(before, when)
    for shorter in (whole.settle(before), whole.prune(before), whole.settle(before).prune(before)):
        there, here = whole.index(instant), shorter.index(instant)
        assert shorter.state(here) == whole.state(there)
        assert shorter.queue(here) == whole.queue(there)
        assert shorter.mark(here) == whole.mark(there)


def test_a_settled_timeline_takes_late_transitions_after_what_is_settled():
    timeline = built([(1, 1, "", Mark(0, "a")), (5, 2, "", Mark(0, "b")), (9, 3, "", Mark(0, "c"))]).settle(6)
    assert len(timeline.marks) == 2
    late = timeline.insert(7, 4, "", Mark(0, "d"))
    assert late is not None
    assert list(late.ats) == [1, 5, 7, 9]
    assert late.insert(7, 4, "", Mark(0, "d")) is None
