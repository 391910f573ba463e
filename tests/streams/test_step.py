"""The core is a pure fold: any order, any duplicates, any ticks give the same floor."""

import gc
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from centre.events import AgentState, ExceptionRevoked, Tick
from centre.grid import local_day
from centre.policy import AdherencePolicy, Policy
from centre.roster import Segment
from streams.days import day_account, report
from streams.floor_policy import SECOND, FloorPolicy
from streams.outputs import AdherenceDay, Correction
from streams.plan import Plan
from streams.snapshot import canonical, head_to_bytes, line_from_bytes, line_to_bytes, state_of
from streams.state import initial
from streams.step import Draft, fold, fold_timed, step, with_ticks
from tests.streams.floors import (
    DAY,
    ZONE,
    at,
    published,
    some_events,
    some_excuses,
    some_segments,
    state,
    us,
    usual_day,
)

FLOOR = FloorPolicy(ZONE, skills={"A": frozenset({"billing"})})
START = initial(us(0), ZONE)


@st.composite
def some_inputs(draw):
    """Rosters in two overlapping versions, exceptions granted and revoked, events of two agents."""
    first = [*draw(some_segments("A")), *draw(some_segments("B"))]
    cut = at(9, draw(st.integers(0, 30)))
    second = [s for s in draw(some_segments("A")) if s.end > cut]
    excuses = draw(some_excuses("A"))
    revoked = [ExceptionRevoked(f"r{e.id}", us(9), "x", "A", e.id) for e in excuses if draw(st.booleans())]
    events = [*draw(some_events("A")), *draw(some_events("B"))]
    return [published(first), published(second, 2, cut), *excuses, *revoked, *events]


@settings(max_examples=120, deadline=None)
@given(some_inputs(), st.randoms(use_true_random=False), st.data())
def test_any_order_with_duplicates_gives_the_same_bytes_once_time_has_come(inputs, random, data):
    stop = us(9, data.draw(st.integers(0, 40)))
    in_order = sorted(inputs, key=lambda event: event.at)
    disturbed = inputs + random.choices(inputs, k=5)
    random.shuffle(disturbed)
    ticks = [Tick(us(9, minute)) for minute in range(0, 41, 7) if us(9, minute) < stop]
    for tick in ticks:
        disturbed.insert(random.randrange(len(disturbed) + 1), tick)
    one, _ = fold(START, [*in_order, Tick(stop)], FLOOR)
    other, _ = fold(START, [*disturbed, Tick(stop)], FLOOR)
    assert canonical(one, FLOOR) == canonical(other, FLOOR)


@settings(max_examples=60, deadline=None)
@given(some_inputs(), st.lists(st.integers(0, 3600 * SECOND), max_size=20))
def test_one_long_tick_says_what_many_short_ones_say(inputs, cuts):
    known, _ = fold(START, inputs, FLOOR)
    short, said = fold(known, [Tick(us(9) + cut) for cut in sorted(cuts)] + [Tick(us(10))], FLOOR)
    whole, said_at_once = step(known, Tick(us(10)), FLOOR)
    assert said == said_at_once
    assert canonical(short, FLOOR) == canonical(whole, FLOOR)


@settings(max_examples=60, deadline=None)
@given(some_inputs(), st.integers(1, 7))
def test_batches_of_any_size_say_the_same(inputs, size):
    stream = [*with_ticks(sorted(inputs, key=lambda e: e.at), START.now), Tick(us(10))]
    whole, said = fold(START, stream, FLOOR)
    parts, said_in_parts = START, []
    for first in range(0, len(stream), size):
        parts, more = fold(parts, stream[first : first + size], FLOOR)
        said_in_parts += more
    assert said == said_in_parts
    assert canonical(whole, FLOOR) == canonical(parts, FLOOR)


@settings(max_examples=60, deadline=None)
@given(some_inputs())
def test_step_leaves_the_old_state_whole(inputs):
    states, seen = [START], [canonical(START, FLOOR)]
    for event in [*with_ticks(sorted(inputs, key=lambda e: e.at), START.now), Tick(us(10))]:
        states.append(step(states[-1], event, FLOOR)[0])
        seen.append(canonical(states[-1], FLOOR))
    assert [canonical(state, FLOOR) for state in states] == seen


@settings(max_examples=60, deadline=None)
@given(some_inputs(), st.integers(0, 30))
def test_a_state_read_back_from_its_rows_goes_on_as_if_nothing_had_been(inputs, minute):
    stream = [*with_ticks(sorted(inputs, key=lambda e: e.at), START.now), Tick(us(10))]
    cut = len(stream) * minute // 30
    before, _ = fold(START, stream[:cut], FLOOR)
    rows = {agent: line_to_bytes(line) for agent, line in before.lines.items()}
    back = state_of(head_to_bytes(before), {agent: line_from_bytes(row) for agent, row in rows.items()})
    one, said = fold(before, stream[cut:], FLOOR)
    other, said_after = fold(back, stream[cut:], FLOOR)
    assert said == said_after
    assert canonical(one, FLOOR) == canonical(other, FLOOR)


def test_a_duplicate_does_nothing():
    event = state("A", "ready", us(9))
    once, _ = step(START, event, FLOOR)
    twice, said = step(once, event, FLOOR)
    assert said == []
    assert canonical(once, FLOOR) == canonical(twice, FLOOR)


def test_an_event_later_than_the_horizon_is_a_correction_and_changes_nothing():
    now, _ = fold(START, [published(usual_day("A")), state("A", "ready", us(9)), Tick(us(11))], FLOOR)
    late, said = step(now, state("A", "break", us(9, 59, 59)), FLOOR)
    assert said == [Correction(f"A-{us(9, 59, 59)}-0", "A", us(9, 59, 59), us(11))]
    assert canonical(late, FLOOR) == canonical(now, FLOOR)
    in_time, said = step(now, state("A", "break", us(10)), FLOOR)
    assert said == []
    assert canonical(in_time, FLOOR) != canonical(now, FLOOR)


def test_a_roster_version_applies_from_its_time_and_the_past_stays_as_it_was_planned():
    first = [Segment("A", at(9), at(12), "work")]
    second = [Segment("A", at(9), at(10), "training"), Segment("A", at(10), at(12), "training")]
    inputs = [published(first), published(second, 2, at(10)), state("A", "ready", us(9)), Tick(us(12))]
    line = fold(START, inputs, FLOOR)[0].lines["A"]
    account = day_account(line, FLOOR, DAY, us(12))
    assert (account.kept, account.out) == (3600 * SECOND, 2 * 3600 * SECOND)


def test_a_roster_that_corrects_the_past_changes_what_is_known_now():
    inputs = [published([Segment("A", at(9), at(10), "work")]), state("A", "training", us(9)), Tick(us(10))]
    then, _ = fold(START, inputs, FLOOR)
    now, _ = step(then, published([Segment("A", at(9), at(10), "training")], 2), FLOOR)
    assert [row.account.out for row in report(then, FLOOR)] == [3600 * SECOND]
    assert [row.account.kept for row in report(now, FLOOR)] == [3600 * SECOND]


def test_a_new_policy_judges_everybody_anew():
    inputs = [published(usual_day("A")), state("A", "logged_out", us(8)), Tick(us(9, 10))]
    late, _ = fold(START, inputs, FLOOR)
    patient = replace(FLOOR, policy=Policy(adherence=AdherencePolicy(grace_s=1800)))
    calm, said = step(late, Tick(us(9, 10, 1)), patient)
    assert late.lines["A"].told is not None
    assert calm.lines["A"].told is None
    assert [output.why for output in said] == ["withdrawn"]


def test_a_closed_day_is_handed_out_once_and_forgotten_later():
    inputs = [published(usual_day("A")), state("A", "ready", us(9)), state("A", "logged_out", us(17))]
    state_now, said = fold(START, [*inputs, Tick(us(24 * 3))], FLOOR)
    days = [output for output in said if isinstance(output, AdherenceDay)]
    assert [(day.agent, day.date) for day in days] == [("A", DAY)]
    assert list(report(state_now, FLOOR)) == []
    assert len(state_now.lines["A"].timeline.ats) == 1
    assert state_now.lines["A"].plan == Plan()
    assert local_day(state_now.open_from // SECOND, ZONE).day == DAY.day + 2


@settings(max_examples=60, deadline=None)
@given(some_inputs(), st.integers(0, 40), st.randoms(use_true_random=False))
def test_events_taken_in_with_their_time_say_what_they_say_between_ticks(inputs, minute, random):
    events = [event for event in inputs if isinstance(event, AgentState)]
    events.sort(key=lambda event: event.at + random.randrange(120) * SECOND)  # some come late
    before = [entry for entry in inputs if not isinstance(entry, AgentState)]
    limit = us(9, minute)
    slow, said = fold(START, [*before, *with_ticks(events, START.now, limit), Tick(us(10))], FLOOR)
    fast, first = fold_timed(START, before, events, limit, FLOOR)
    fast, rest = fold(fast, [Tick(us(10))], FLOOR)
    assert said == [*first, *rest]
    assert canonical(slow, FLOOR) == canonical(fast, FLOOR)


def test_what_a_fold_worked_with_is_gone_with_it_and_waits_for_no_collector() -> None:
    """A batch's draft holds the lines of before: of a day of 5,000 agents a gigabyte, were it left to the collector."""
    gc.collect()
    gc.disable()
    before = {id(draft) for draft in drafts()}
    try:
        state, _ = fold(initial(us(0), ZONE), [Tick(us(1))], FloorPolicy(ZONE))
        left = [draft for draft in drafts() if id(draft) not in before]
    finally:
        gc.enable()
    assert state.now == us(1)
    assert not left


def drafts() -> list[Draft]:
    """All that are alive; a failure that somebody keeps may hold one of long ago."""
    return [thing for thing in gc.get_objects() if type(thing) is Draft]
