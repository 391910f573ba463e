"""A timeline is the sorted set of what was heard."""

from hypothesis import given
from hypothesis import strategies as st

from streams.timeline import Timeline

transitions = st.lists(
    st.tuples(st.integers(0, 5), st.integers(1, 11), st.sampled_from(("", "a", "b")), st.integers(0, 2)),
    max_size=12,
)


def built(entries: list[tuple[int, int, str, str, int]]) -> Timeline:
    timeline = Timeline()
    for entry in entries:
        timeline = timeline.insert(*entry) or timeline
    return timeline


@given(transitions, st.randoms(use_true_random=False))
def test_any_order_with_duplicates_gives_the_same_timeline(rows, random):
    entries = [(at, code, queue, f"e{i}", number) for i, (at, code, queue, number) in enumerate(rows)]
    shuffled = entries * 2
    random.shuffle(shuffled)
    assert built(shuffled) == built(entries)


@given(transitions)
def test_it_holds_what_was_heard_in_order_of_instant_sequence_and_id(rows):
    entries = [(at, code, queue, f"e{i}", number) for i, (at, code, queue, number) in enumerate(rows)]
    timeline = built(entries)
    wanted = sorted(entries, key=lambda entry: (entry[0], entry[4], entry[3]))
    assert list(timeline.ats) == [entry[0] for entry in wanted]
    assert list(timeline.codes) == [entry[1] for entry in wanted]
    assert [timeline.queue(i) for i in range(len(timeline.ats))] == [entry[2] for entry in wanted]


@given(transitions, st.integers(0, 6), st.integers(0, 6))
def test_settling_and_pruning_change_no_answer_from_their_instant_on(rows, before, when):
    entries = [(at, code, queue, f"e{i}", number) for i, (at, code, queue, number) in enumerate(rows)]
    whole = built(entries)
    instant = max(before, when)
    for shorter in (whole.settle(before), whole.prune(before), whole.settle(before).prune(before)):
        there, here = whole.in_force(instant), shorter.in_force(instant)
        assert shorter.state(here) == whole.state(there)
        assert shorter.queue(here) == whole.queue(there)
        assert shorter.id(here) == whole.id(there)


def test_a_settled_timeline_takes_late_transitions_after_what_is_settled():
    timeline = built([(1, 1, "", "a"), (5, 2, "", "b"), (9, 3, "", "c")]).settle(6)
    assert timeline.ids == ("b", "c")
    late = timeline.insert(7, 4, "", "d")
    assert late is not None
    assert list(late.ats) == [1, 5, 7, 9]
    assert late.insert(7, 4, "", "d") is None


def test_ids_are_told_apart_also_where_one_is_part_of_another_or_holds_the_mark_between_them():
    timeline = built([(1, 1, "", "abc"), (2, 2, "", "b"), (3, 3, "", "b\0c"), (4, 4, "", "c")])
    assert [timeline.id(n) for n in range(4)] == ["abc", "b", "b\ufffdc", "c"]
    assert timeline.insert(9, 1, "", "b\0c") is None
