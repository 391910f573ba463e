"""What other processes see of the floor is what is so: the picture equals a plain reckoning at every moment."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centre.events import Case, Contact, QueueSnapshot, Tick
from centre.grid import Horizon
from centre.live_rows import Partition, ShownRow
from centre.policy import AdherencePolicy, Policy
from centre.queues import Queue
from centre.requirement import Requirement
from streams.adherence import Account
from streams.clock import ManualClock
from streams.floor_policy import FloorPolicy
from streams.held import Held
from streams.live_sqlite import SqliteLiveStore
from streams.live_view import ViewReader
from streams.showcase import Showcase
from streams.state import initial
from streams.step import fold, with_ticks
from streams.watching import in_order
from tests.streams.floors import (
    DAY,
    SECOND,
    ZONE,
    at,
    heard,
    planned,
    published,
    slow_class,
    slow_figures,
    some_events,
    some_excuses,
    some_segments,
    state,
    us,
    usual_day,
)

PLACE = Partition("events", 0)
SPANS = st.lists(st.integers(-200, 2400), min_size=1, max_size=6).map(sorted)


@dataclass
class Shelf:
    """A live store that keeps what is shown, and nothing else."""

    number: int = 0
    rows: dict = field(default_factory=dict)

    @contextmanager
    def transaction(self):
        yield self

    def show(self, partition, position, rows):
        self.number += 1
        self.rows |= {(row.kind, row.name): (self.number, row) for row in rows}
        return True

    def change(self):
        return self.number

    def shown(self, after):
        return self.number, [row for number, row in self.rows.values() if number > after]


@dataclass
class Stage:
    """A floor that is folded on and shown."""

    floor: FloorPolicy
    begin: int
    rosters: tuple = ()
    store: Shelf = field(default_factory=Shelf)

    def __post_init__(self):
        self.held = Held(PLACE, initial(self.begin, self.floor.zone), None, 0, 0)
        self.case = Showcase(self.floor)
        self.reader = ViewReader(self.store)

    def take(self, *inputs):
        self.held.state, _ = fold(self.held.state, inputs, self.floor)

    def view(self):
        with self.store.transaction() as transaction:
            self.case.show(self.held, 0, 0, self.rosters, {}, transaction)
        return self.reader.read()


@settings(max_examples=60, deadline=None)
@given(some_segments(), some_events(), some_excuses(), SPANS, st.sampled_from((0, 0, 30)), st.randoms())
def test_at_any_moment_everybody_is_shown_as_second_by_second_reckoning_has_it(
    segments, events, excuses, moments, grace, random
):
    floor = FloorPolicy(ZONE, policy=Policy(adherence=AdherencePolicy(grace_s=grace)))
    stage = Stage(floor, us(9))
    stage.take(published(segments), *excuses)
    waiting = in_order(events)
    random.shuffle(waiting)
    for second in moments:
        now = at(9, 0, second)
        due = [event for event in waiting if event.at <= now * SECOND]
        late = due[: random.randint(0, len(due))]  # the rest comes late
        waiting = [event for event in waiting if event not in late]
        known = [event for event in events if event not in waiting]
        stage.take(*late, Tick(now * SECOND))
        view = stage.view()
        if "A" not in view.agents:
            continue
        agent = view.agents["A"]
        assert view.as_of == now * SECOND
        expected = slow_figures(segments, known, excuses, grace, (at(0), now))
        found = agent.figures(view.as_of, floor)
        assert {k: v for k, v in found.items() if k.endswith("_s")} == {
            k: v for k, v in expected.items() if k.endswith("_s")
        }
        assert found["adherence"] == {k: None if v is None else float(v) for k, v in expected["adherence"].items()}
        assert found["conformance"] == (None if expected["conformance"] is None else float(expected["conformance"]))
        assert agent.state == heard(known, now)
        segment = planned(segments, now)
        assert agent.activity == (segment.activity if segment else "")
        kind = slow_class(segment.activity if segment else "nothing", agent.state)
        excused = any(e.start <= now < e.end for e in excuses)
        if not grace:
            assert agent.adherence == ("exempt" if excused and kind in ("out", "unknown") else kind)
            same = [s for s in range(at(8), now) if _kind(segments, known, excuses, s) != agent.adherence]
            since = max(same) + 1 if same else None
            assert since is None or agent.adherence_since == since * SECOND


def _kind(segments, events, excuses, second):
    segment = planned(segments, second)
    kind = slow_class(segment.activity if segment else "nothing", heard(events, second))
    excused = any(e.start <= second < e.end for e in excuses)
    return "exempt" if excused and kind in ("out", "unknown") else kind


def test_an_open_incident_is_shown_with_its_facts_until_it_ends():
    stage = Stage(FloorPolicy(ZONE), us(9))
    stage.take(published(usual_day("A")), state("A", "ready", us(8, 59)), Tick(us(9, 30)))
    assert stage.view().alerts == ()
    stage.take(*with_ticks([state("A", "not_ready", us(9, 31))], us(9, 30)), Tick(us(9, 40)))
    view = stage.view()
    (alert,) = view.alerts
    assert (alert.type, alert.agent, alert.severity, alert.since) == ("away", "A", "severe", us(9, 31))
    assert alert.facts["segment"]["activity"] == "work"
    assert alert.facts["events"] == [f"A-{us(9, 31)}-0"]
    agent = view.agents["A"]
    assert (agent.adherence, agent.impact, agent.since, agent.next_activity) == ("out", "negative", us(9, 31), "break")
    assert (agent.duty, agent.planned) == ((at(9), at(17)), (at(9), at(10, 30)))
    stage.take(*with_ticks([state("A", "ready", us(9, 41))], us(9, 40)), Tick(us(9, 41, 1)))
    assert stage.view().alerts == ()


def test_what_a_departure_costs_is_read_off_the_curve():
    """Two rostered, one missing for the last 10 of 15 minutes: from 2 to 4/3 agents on a curve of slope 3 a unit."""
    horizon = Horizon(ZONE, 15, DAY, 1)
    curve = np.tile(np.array([0, 3, 6], dtype=np.float32), (1, horizon.count, 1))
    ones = np.full((1, horizon.count), 10.0)
    need = Requirement(horizon, ("billing",), ones, ones, ones.astype(int), ones.astype(int), curve)
    roster = published([*usual_day("A"), *usual_day("B")])
    stage = Stage(FloorPolicy(ZONE, demand=need), us(9), (roster,))
    stage.take(roster, state("A", "ready", us(9)), state("B", "ready", us(9)), Tick(us(9, 19)))
    stage.take(state("A", "not_ready", us(9, 20)), Tick(us(9, 22)))
    view = stage.view()
    assert view.agents["A"].points == pytest.approx(3 * (10 / 15) / 10)
    assert view.agents["B"].points is None
    stage.take(Tick(us(9, 31)))
    assert stage.view().agents["A"].points == pytest.approx(3 / 10)


def test_queues_are_shown_with_day_intervals_and_open_incidents():
    floor = FloorPolicy(
        ZONE,
        queues={
            "billing": Queue(name="billing"),
            "cases": Queue(name="cases", channel="deferred", deadline_minutes=60),
        },
        required={"billing": {at(9, 15): 4}},
    )
    stage = Stage(floor, us(9))
    for minute in range(1, 21):
        count = minute if minute <= 15 else minute - 15
        stage.take(
            QueueSnapshot(f"s{minute}", us(9, minute), "x", "billing", 3, 7.0, count, count, count // 2, 0, 0.0, 1),
            Tick(us(9, minute, 1)),
        )
    stage.take(Case("c1", us(9, 1), "x", "case-1", "arrived", "cases"), Tick(us(10, 2)))
    view = stage.view()
    assert [alert.type for alert in view.queues["cases"].alerts] == ["stuck_case"]
    stage = Stage(floor, us(9))
    for minute in range(1, 21):
        count = minute if minute <= 15 else minute - 15
        stage.take(
            QueueSnapshot(f"s{minute}", us(9, minute), "x", "billing", 3, 7.0, count, count, count // 2, 0, 0.0, 1),
            Tick(us(9, minute, 1)),
        )
    queue = stage.view().queues["billing"]
    assert (queue.waiting, queue.oldest_wait_s, queue.staffed, queue.required) == (3, 7.0, 1, 4)
    assert (queue.day.counts.offered, queue.day.counts.answered_within) == (20, 9)
    assert [span.counts.offered for span in queue.intervals[-2:]] == [15, 5]
    assert queue.rolling.figures()["service_level"]["of_offered"] == float(Fraction(9, 20))
    assert {alert.type for alert in queue.alerts} >= {"below_staffing"}


def test_without_snapshots_contacts_tell_who_waits():
    stage = Stage(FloorPolicy(ZONE), us(9))
    stage.take(Contact("1", us(9), "x", "c1", "offered", "q"), Contact("2", us(9, 1), "x", "c2", "offered", "q"))
    stage.take(Contact("3", us(9, 1, 5), "x", "c1", "answered", "q"), Tick(us(9, 2)))
    queue = stage.view().queues["q"]
    assert (queue.waiting, queue.oldest_wait_s) == (1, 60.0)
    assert queue.intervals[-1].counts.answered == 1


def test_a_reader_gets_only_news_and_waits_for_it(tmp_path):
    writer = SqliteLiveStore(tmp_path / "live.db", durable=False)
    other = SqliteLiveStore(tmp_path / "live.db", durable=False)
    reader = ViewReader(other)
    empty = reader.read()
    assert (empty.change, empty.as_of, dict(empty.agents)) == (0, 0, {})
    assert reader.wait(empty.change, 0.1) is empty
    with writer.transaction() as transaction:
        assert transaction.show(PLACE, None, [])
        assert transaction.advance(PLACE, None, (3, "x"))
    with writer.transaction() as transaction:
        assert not transaction.show(PLACE, None, [ShownRow("events[0]", "partition", "events[0]", b"")])
    assert reader.wait(empty.change, 5).change == 1
    writer.close()
    other.close()


def test_the_engine_shows_what_it_has_committed(tmp_path):
    from tests.streams.test_processor import EVENTS_OF_THE_DAY, LONG_AFTER, broker_with, processor

    store = SqliteLiveStore(tmp_path / "live.db", durable=False)
    broker = broker_with(EVENTS_OF_THE_DAY[: len(EVENTS_OF_THE_DAY) // 2])
    engine = processor(broker, store, show_s=0.5)
    engine.clock = ManualClock(LONG_AFTER)
    while engine.turn(0.0):
        engine.clock.sleep(1)
    engine.clock.sleep(1)
    engine.turn(0.0)
    view = ViewReader(store).read()
    (held,) = engine.held.values()
    assert view.as_of == held.state.now
    assert (view.partitions[0].position, view.lag) == (held.position.next, 0)
    days = {day.agent: day.account for day in engine.days()}
    for name, agent in view.agents.items():
        want = days[name]
        assert agent.today(view.as_of) == type(want)(*(getattr(want, part) for part in _UNBANDED)), name
    assert {alert.thread for alert in view.alerts if alert.agent} == {
        f"{name}:{line.told.kind}:{line.told.since}" for name, line in held.state.lines.items() if line.told
    }
    store.close()


_UNBANDED = tuple(name for name in Account.__dataclass_fields__ if name != "banded")
