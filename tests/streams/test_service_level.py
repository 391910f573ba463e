"""Service level is what the handbook's sentences say of the counts, from snapshots and from contacts alike."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centre.events import Case, Contact, QueueSnapshot, Tick
from centre.policy import AlertPolicy, Policy
from centre.queues import Queue
from streams.days import agent_pieces, interval_bounds
from streams.floor_policy import FloorPolicy, floor_policy
from streams.outputs import Alert, Ended
from streams.queue_line import interval_start
from streams.rehearsal import FAULTLESS, rehearse
from streams.service import occupancy, queue_now, queue_over
from streams.service_level import (
    DEFINITIONS,
    NOT_KNOWN,
    Counts,
    abandonment,
    average_handle_time,
    average_speed_of_answer,
    patience,
    virtual_from_waits,
)
from streams.snapshot import canonical, head_to_bytes, queue_from_bytes, queue_to_bytes, state_of
from streams.state import initial
from streams.step import fold, with_ticks
from streams.watching import lived
from tests.streams.centres import DAY, centre, duties, expected
from tests.streams.floors import ZONE, at, published, state, us, usual_day

QUEUE = Queue(name="billing", target=0.8, within_s=20, minimum_staff=3)
FLOOR = FloorPolicy(ZONE, queues={"billing": QUEUE})
START = initial(us(0), ZONE)


def snapshot(minute, second=59, **counts):
    """At nine o'clock and some minutes."""
    when = us(9, minute, second)
    return QueueSnapshot(f"s{when}", when, "x", "billing", **counts)


def contact(name, milestone, when):
    return Contact(f"{name}-{milestone}", when, "x", name, milestone, "billing")


def over_intervals(state_now, floor, name):
    """The queue's figures of each interval of the day, as far as time has come."""
    bounds = [bound // 1_000_000 for bound in interval_bounds(us(9), floor).tolist()]
    return [
        queue_over(state_now, floor, name, start, end)
        for start, end in pairwise(bounds)
        if start * 1_000_000 < state_now.now
    ]


def intervals(state_now, floor=FLOOR):
    return {row["start"][11:16]: row for row in over_intervals(state_now, floor, "billing")}


def test_icmi_example_in_six_definitions():
    counts = Counts(offered=1060, answered=1000, answered_within=860, abandoned=60, abandoned_within=20,
                    short_abandons=10)  # fmt: skip
    found = [round(float(define(counts)) * 100, 1) for name, define in DEFINITIONS.items() if name != "virtual"]
    assert found == [83.0, 86.0, 81.1, 82.7, 82.1, 81.9]


def test_nothing_counted_is_null_everywhere():
    assert all(define(Counts()) is None for define in DEFINITIONS.values())
    assert (average_speed_of_answer(Counts()), abandonment(Counts()), average_handle_time(Counts())) == (None,) * 3
    assert patience(Counts(answered=3, wait=9)) is None


def test_what_is_not_sent_makes_only_its_own_definitions_null():
    counts = Counts(10, 8, 6, 2, NOT_KNOWN, NOT_KNOWN)
    undefined = {name for name, define in DEFINITIONS.items() if define(counts) is None}
    assert undefined == {
        "answered_within_or_abandoned_within", "excluding_abandoned_within", "short_abandons_as_met",
        "excluding_short_abandons", "virtual",
    }  # fmt: skip


def test_waits_of_the_patient_come_from_the_impatient_by_kaplan_and_meier():
    assert virtual_from_waits([], [], 20) is None
    assert virtual_from_waits([1, 2, 30, 40], [], 20) == 0.5
    assert virtual_from_waits([10, 30], [5], 20) == 0.5  # of the two still there at 10 s, one is answered
    assert virtual_from_waits([1], [30], 20) == 0.5


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 59), st.integers(0, 59), st.integers(0, 3)), max_size=25),
    st.randoms(use_true_random=False),
)
def test_snapshots_in_any_order_with_duplicates_give_the_same_intervals(rows, random):
    rows = sorted({(minute, second): grow for minute, second, grow in rows}.items())
    events, counted, interval = [], 0, None
    for (minute, second), grow in rows:
        counted = counted + grow if interval == minute // 15 else grow
        interval = minute // 15
        events.append(snapshot(minute, second, offered=counted, answered=counted, answered_within=counted // 2))
    messy = events * 2
    random.shuffle(messy)
    one, _ = fold(START, [*events, Tick(us(10))], FLOOR)
    other, _ = fold(START, [*messy, Tick(us(10))], FLOOR)
    assert canonical(one, FLOOR) == canonical(other, FLOOR)
    found = intervals(one)
    for quarter in range(4):
        # A snapshot of the very first second of an interval still counts for the one before it.
        mine = [e.answered for e in events if us(9, 15 * quarter) < e.at <= us(9, 15 * quarter + 15)]
        assert found[f"09:{15 * quarter:02d}"]["answered"] >= max(mine[-1:], default=0)


def test_counters_that_start_again_each_interval_add_up_over_the_rolling_window():
    events = [
        snapshot(5, answered=10, answered_within=9),
        snapshot(14, answered=30, answered_within=20),
        snapshot(20, answered=6, answered_within=6),
        snapshot(29, answered=20, answered_within=10),
        snapshot(35, answered=8, answered_within=2),
    ]
    now, _ = fold(START, [*with_ticks(events, START.now), Tick(us(9, 36))], FLOOR)
    row = next(queue_now(now, FLOOR))
    assert (row["answered"], row["answered_within"]) == (20 + 20 + 8, 11 + 10 + 2)  # from 09:06 to 09:36
    assert row["service_level"]["of_answered"] == pytest.approx(23 / 48)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 60), st.booleans(), st.integers(1, 300)), max_size=12),
    st.randoms(use_true_random=False),
)
def test_contacts_in_any_order_count_as_somebody_with_a_list_would(rows, random):
    events = []
    for number, (start, wait, answered, talk) in enumerate(rows):
        begin = us(9, 0, start) + 500_000
        events.append(contact(f"c{number}", "offered", begin))
        events.append(contact(f"c{number}", "answered" if answered else "abandoned", begin + wait * 1_000_000))
        if answered:
            events.append(contact(f"c{number}", "ended", begin + (wait + talk) * 1_000_000))
    messy = events + random.choices(events, k=4) if events else []
    random.shuffle(messy)
    now, _ = fold(START, [*messy, Tick(us(10, 30))], FLOOR)
    one, _ = fold(START, [*events, Tick(us(10, 30))], FLOOR)
    assert canonical(now, FLOOR) == canonical(one, FLOOR)
    found = intervals(now)
    for quarter in range(5):
        row = found[f"{9 + quarter // 4:02d}:{quarter % 4 * 15:02d}"]
        inside = range(quarter * 900, quarter * 900 + 900)
        answered = [r for r in rows if r[2] and r[0] + r[1] in inside]
        gone = [r for r in rows if not r[2] and r[0] + r[1] in inside]
        assert row["offered"] == sum(r[0] in inside for r in rows)
        assert (row["answered"], row["abandoned"]) == (len(answered), len(gone))
        assert row["answered_within"] == sum(r[1] <= 20 for r in answered)
        assert row["aht_s"] is None
        assert row["asa_s"] == (pytest.approx(sum(r[1] for r in answered) / len(answered)) if answered else None)


def test_snapshots_and_contacts_of_a_rehearsed_day_say_the_same():
    site = centre(30)
    floor = floor_policy(site, Policy())
    played = rehearse(site, duties(30), expected(30), DAY, 2, FAULTLESS)
    by_snapshots = lived([e for e in played if isinstance(e, QueueSnapshot)], [], floor, us(24))
    by_contacts = lived([e for e in played if isinstance(e, Contact)], [], floor, us(24))
    for name in site.queues:
        for one, other in zip(
            over_intervals(by_snapshots, floor, name),
            over_intervals(by_contacts, floor, name),
            strict=True,
        ):
            for part in ("offered", "answered", "answered_within", "abandoned"):
                assert one[part] == other[part]
            assert one["asa_s"] == (other["asa_s"] and pytest.approx(other["asa_s"], rel=1e-3))


# Alerts about queues.


def test_service_below_target_is_told_after_the_delay_with_its_figures_and_ends_by_itself():
    events = []
    for minute in range(60):
        part = minute % 15 + 1
        good = minute >= 45
        events.append(snapshot(minute, answered=part * 4, answered_within=part * (4 if good else 2), staffed=5))
    _, said = fold(START, [*with_ticks(events, START.now), Tick(us(10, 20))], FLOOR)
    mine = [o for o in said if isinstance(o, Alert | Ended)]
    assert [(type(o), getattr(o, "type", getattr(o, "of", ""))) for o in mine] == [
        (Alert, "below_service"),
        (Ended, "below_service"),
    ]
    alert = mine[0]
    assert alert.facts["service_level"] == 0.5
    assert alert.at - alert.since == 120_000_000
    assert {"type", "queue", "at", "severity", "facts"} <= alert.to_json(FLOOR).keys()
    assert "billing" in alert.to_json(FLOOR)["text"]["zh"]


def test_too_few_people_and_too_many_waiting_are_told():
    events = [snapshot(m, answered=m, answered_within=m, staffed=2, waiting=9, oldest_wait_s=30.0) for m in range(10)]
    now, said = fold(START, [*with_ticks(events, START.now), Tick(us(9, 10))], FLOOR)
    assert {o.type for o in said if isinstance(o, Alert)} == {"below_staffing", "queue_overload"}
    assert {told.type for told in now.queues["billing"].told} == {"below_staffing", "queue_overload"}


def test_the_requirement_of_the_interval_says_how_many_are_needed():
    floor = replace(FLOOR, required={"billing": {at(9): 2, at(9, 15): 6}})
    events = [snapshot(m, staffed=5) for m in range(30)]
    _, said = fold(START, [*with_ticks(events, START.now), Tick(us(9, 30))], floor)
    alerts = [o for o in said if isinstance(o, Alert)]
    assert [(o.type, o.facts["required"], o.since) for o in alerts] == [("below_staffing", 6, us(9, 16))]


def test_a_queue_that_is_not_heard_of_any_more_is_not_judged():
    events = [snapshot(m, staffed=1) for m in range(5)]
    _, said = fold(START, [*with_ticks(events, START.now), Tick(us(12))], FLOOR)
    assert [type(o) for o in said if isinstance(o, Alert | Ended)] == [Alert, Ended]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6), st.integers(0, 9)), max_size=20), st.randoms())
def test_incidents_of_queues_are_the_same_for_any_order_and_after_a_restart(rows, random):
    events = [snapshot(m, i % 60, staffed=staffed, waiting=waiting) for i, (m, staffed, waiting) in enumerate(rows)]
    messy = events * 2
    random.shuffle(messy)
    end = Tick(us(9, 41))
    calm, _ = fold(START, [*events, end], FLOOR)
    disturbed = START
    for number, event in enumerate(messy):
        disturbed, _ = fold(disturbed, [event, Tick(us(9, number % 40))], FLOOR)
        rows_of = {name: queue_from_bytes(queue_to_bytes(line)) for name, line in disturbed.queues.items()}
        disturbed = state_of(head_to_bytes(disturbed), {}, rows_of)
    disturbed, _ = fold(disturbed, [end], FLOOR)
    assert canonical(calm, FLOOR) == canonical(disturbed, FLOOR)


def test_a_case_past_its_deadline_is_stuck_until_it_is_closed():
    floor = FloorPolicy(ZONE, queues={"mail": Queue(name="mail", channel="deferred", deadline_minutes=60)})

    def case(name, milestone, when, agent=""):
        return Case(f"{name}-{milestone}", when, "x", name, milestone, "mail", agent)

    events = [
        case("k1", "arrived", us(9)),
        case("k2", "arrived", us(9)),
        case("k2", "closed", us(9, 59), "A"),
        case("k1", "taken", us(9, 30), "A"),
        case("k1", "closed", us(10, 30), "A"),
    ]
    now, said = fold(START, [*with_ticks(sorted(events, key=lambda e: e.at), START.now), Tick(us(12))], floor)
    assert [(type(o), o.thread, o.at) for o in said] == [
        (Alert, "case:k1", us(10)),
        (Ended, "case:k1", us(10, 30)),
    ]
    assert said[0].facts["agent"] == "A"
    assert dict(now.cases) == {}


def test_occupancy_is_handling_over_handling_and_waiting():
    events = [state("A", "ready", us(9)), state("A", "talking", us(9, 10)), state("A", "wrap_up", us(9, 25)),
              state("A", "break", us(9, 30))]  # fmt: skip
    line = lived(events, [published(usual_day("A"))], FLOOR, us(10)).lines["A"]
    bounds = interval_bounds(us(9), FLOOR)
    parts = agent_pieces(line, FLOOR, (us(9), us(10)), us(10), bounds)
    assert occupancy([parts]) == pytest.approx(20 / 30)
    assert occupancy([parts.within(us(9, 30), us(10))]) is None
    assert occupancy([parts, parts]) == occupancy([parts])


def test_the_interval_of_an_instant_follows_the_sites_clock():
    assert interval_start(at(9, 14), ZONE, 900) == at(9)
    nepal = interval_start(at(9, zone="Asia/Kathmandu") + 3599, "Asia/Kathmandu", 3600)
    assert nepal == at(9, zone="Asia/Kathmandu")


def test_rules_of_queues_can_be_switched_off_by_their_numbers():
    quiet = replace(FLOOR, policy=Policy(alerts=AlertPolicy(min_contacts=10**6, overload_oldest_wait_s=0,
                    overload_waiting_per_agent=0)), queues={"billing": Queue(name="billing")})  # fmt: skip
    events = [snapshot(m, answered=9, staffed=1, waiting=99, oldest_wait_s=999.0) for m in range(30)]
    _, said = fold(START, [*with_ticks(events, START.now), Tick(us(9, 30))], quiet)
    assert said == []
