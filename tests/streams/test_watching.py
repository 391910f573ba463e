"""Watching a finite log gives the same lines whatever order its events stand in."""

from hypothesis import given, settings
from hypothesis import strategies as st

from centre.roster import Roster
from streams.days import day_account
from streams.floor_policy import FloorPolicy
from streams.outputs import AdherenceDay, Alert, Ended
from streams.watching import in_order, lived, publication, watch
from tests.streams.floors import DAY, ZONE, some_events, some_segments, state, us, usual_day

FLOOR = FloorPolicy(ZONE)


def lines(events, segments):
    return [o.to_json(FLOOR) for o in watch(in_order(events), [publication(Roster.of(segments, 3), "x")], FLOOR)]


@settings(max_examples=60, deadline=None)
@given(some_segments(), some_events(), st.randoms(use_true_random=False))
def test_order_and_duplicates_change_no_line(segments, events, random):
    disturbed = events * 2
    random.shuffle(disturbed)
    assert lines(disturbed, segments) == lines(events, segments)


def test_time_goes_on_after_the_last_event_to_the_end_of_the_duties():
    segments = [*usual_day("A"), *usual_day("B")]
    events = [state("A", "ready", us(9)), state("A", "logged_out", us(16, 30))]
    outputs = list(watch(events, [publication(Roster.of(segments), "x")], FLOOR))
    alerts = [(o.type, o.agent) for o in outputs if isinstance(o, Alert)]
    assert ("early_leave", "A") in alerts
    assert ("absent", "B") in alerts
    days = {o.agent: o for o in outputs if isinstance(o, AdherenceDay)}
    assert {agent: day.account.scheduled for agent, day in days.items()} == dict.fromkeys("AB", 8 * 3_600_000_000)
    assert all(isinstance(o, AdherenceDay) for o in outputs[-2:])


def test_every_incident_that_was_told_ends_once():
    segments = [*usual_day("A"), *usual_day("B")]
    events = [state("A", "ready", us(9, 10)), state("A", "not_ready", us(14)), state("A", "ready", us(15))]
    outputs = list(watch(events, [publication(Roster.of(segments), "x")], FLOOR))
    told = {o.thread for o in outputs if isinstance(o, Alert)}
    ended = [o.thread for o in outputs if isinstance(o, Ended)]
    assert sorted(told) == sorted(ended)


def test_nothing_to_watch_says_nothing():
    assert list(watch([], [publication(Roster.of(usual_day("A")), "x")], FLOOR)) == []


def test_recomputed_from_the_journal_a_day_is_what_it_was():
    events = [state("A", "ready", us(9)), state("A", "break", us(10, 30)), state("A", "logged_out", us(17))]
    decisions = [publication(Roster.of(usual_day("A")), "x")]
    seen = [o for o in watch(events, decisions, FLOOR) if isinstance(o, AdherenceDay)]
    line = lived(reversed(events), decisions, FLOOR, us(17)).lines["A"]
    assert seen[0].date == DAY
    assert seen[0].account == day_account(line, FLOOR, DAY, us(17))
