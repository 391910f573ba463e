"""The live engine loses nothing and does nothing twice, whatever dies when."""

import os
import pickle
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from centre.errors import FencedError, PoisonCeilingError, StoreError
from centre.events import AgentState
from centre.policy import Policy
from streams.clock import ManualClock
from streams.decode import States
from streams.event_log import Message, Partition, partition_of
from streams.floor_policy import floor_policy
from streams.held import SLICE
from streams.live_sqlite import SqliteLiveStore
from streams.memory import MemoryBroker, MemoryLog
from streams.metrics import ALERTS, EVENTS, LAG, ROLLBACKS
from streams.native import key, native_adapter, write
from streams.outputs import Alert
from streams.processor import Manner, Processor
from streams.rehearsal import Disturbance, Habits, disturb, rehearse
from streams.snapshot import digest
from streams.state import initial
from streams.step import fold, with_ticks
from streams.watching import publication
from tests.streams.centres import DAY, ZONE, centre, duties, expected
from tests.streams.floors import us
from tests.streams.live_stores import live_stores

SITE, ROSTER = centre(6), duties(6)
FLOOR = floor_policy(SITE, Policy())
DECISIONS = (publication(ROSTER, "made-up"),)
LONG_AFTER = us(24 * 30)
ROOT = Path(__file__).parents[2]
TRIALS = int(os.environ.get("PAIBAN_TRIALS", "8"))
ADAPTER = native_adapter(States({}))


HABITS = Habits(late=0.5, early_leave=0.3, long_break=0.5, wrong_state=0.5)


def played(disturbed: bool = False):
    day = rehearse(SITE, ROSTER, expected(6), DAY, 4, HABITS)
    states = [event for event in day if isinstance(event, AgentState) or (event.at + 1000) % (300 * 1_000_000) == 0]
    if not disturbed:
        return states
    how = Disturbance(duplicate=0.05, delay=0.05, delay_s=90, reorder_s=3)
    return [event for _, event in disturb(states, how, 1)]


EVENTS_OF_THE_DAY = played(disturbed=True)


def broker_with(events, partitions=1) -> MemoryBroker:
    broker = MemoryBroker(lambda: LONG_AFTER // 1000)
    broker.create(["events"], partitions)
    log = MemoryLog(broker)
    log.append("events", [Message(key(event), write(event)) for event in events])
    return broker


def processor(broker, store, **how) -> Processor:
    settings = {"live": False, "limit": 97, "save_every": 500, "save_ratio": 1e9} | how
    made = Processor(
        MemoryLog(broker), ["events"], store, ADAPTER, FLOOR, ManualClock(LONG_AFTER),
        decisions=lambda: DECISIONS, manner=Manner(**settings),
    )  # fmt: skip
    made.start()
    return made


def drain(engine) -> None:
    while engine.turn(0.0):
        pass


@dataclass
class Outcome:
    """What is there at the end: the state's digest by partition, and the outbox."""

    digests: dict
    outbox: list


def outcome(broker, store) -> Outcome:
    """As a reader that starts now finds it."""
    engine = processor(broker, store)
    engine.turn(0.0)
    states = {partition: digest(held.state, FLOOR) for partition, held in engine.held.items()}
    return Outcome(states, [row for _, row in store.unpublished(10**6)])


@pytest.fixture(scope="module")
def calm(tmp_path_factory) -> Outcome:
    """The run in which nothing happened to anybody."""
    store = SqliteLiveStore(tmp_path_factory.mktemp("calm") / "live.db", durable=False)
    broker = broker_with(EVENTS_OF_THE_DAY)
    drain(processor(broker, store))
    found = outcome(broker, store)
    store.close()
    return found


@pytest.fixture
def store(tmp_path):
    made = SqliteLiveStore(tmp_path / "live.db", durable=False)
    yield made
    made.close()


def test_what_is_committed_is_what_folding_the_events_gives(calm):
    start, _ = fold(initial(EVENTS_OF_THE_DAY[0].at, ZONE), [], FLOOR)
    whole, said = fold(start, [*DECISIONS, *with_ticks(EVENTS_OF_THE_DAY, start.now)], FLOOR)
    assert list(calm.digests.values()) == [digest(whole, FLOOR)]
    assert [row.key.rpartition("@")[0] for row in calm.outbox] == [output.key for output in said]
    assert len(calm.outbox) > 30


class Killed(BaseException):
    """The process is gone."""


class Deadly:
    """A store in front of another one, at whose calls the process dies now and then: before it, or just after."""

    def __init__(self, inner, rng, chance):
        self._inner, self._rng, self._chance = inner, rng, chance

    def __getattr__(self, name):
        call = getattr(self._inner, name)
        if name == "transaction":
            return lambda: _DeadlyTransaction(call(), self)
        return lambda *args: self.risk(call, *args)

    def risk(self, call, *args):
        if self._rng.random() < self._chance:
            raise Killed
        result = call(*args)
        if self._rng.random() < self._chance:
            raise Killed
        return result


class _DeadlyTransaction:
    def __init__(self, inner, deadly):
        self._inner, self._deadly = inner, deadly

    def __enter__(self):
        opened = self._inner.__enter__()
        deadly = self._deadly

        class Steps:
            def __getattr__(self, name):
                call = getattr(opened, name)
                return lambda *args: deadly.risk(call, *args)

        return Steps()

    def __exit__(self, *error):
        result = self._inner.__exit__(*error)
        if error[0] is None:
            self._deadly.risk(lambda: None)
        return result


@pytest.mark.parametrize("seed", range(TRIALS))
def test_a_process_that_dies_anywhere_leaves_what_the_undisturbed_one_leaves(seed, calm, store):
    rng = random.Random(seed)
    broker = broker_with(EVENTS_OF_THE_DAY)
    deaths = 0
    while True:
        try:
            drain(processor(broker, Deadly(store, rng, 0.04), limit=rng.choice([20, 97])))
            break
        except Killed:
            deaths += 1
    assert deaths > 1
    assert outcome(broker, store) == calm


@pytest.mark.postgresql
@pytest.mark.parametrize("seed", range(2))
def test_a_server_that_cuts_connections_off_ends_in_the_same_bytes_as_a_file(seed, calm, tmp_path, postgresql_url):
    rng, server = random.Random(seed), create_engine(postgresql_url)
    with live_stores("postgresql", tmp_path, postgresql_url) as open_store:
        broker, store, cuts = broker_with(EVENTS_OF_THE_DAY), open_store(), 0
        engine = processor(broker, store, limit=30)
        while engine.turn(0.0) or engine._in_trouble:
            if rng.random() < 0.3:
                cuts += _cut_off(server, store)
        assert cuts > 3
        assert outcome(broker, store) == calm
    server.dispose()


def _cut_off(server, store) -> int:
    """End the server's side of the store's connections, as a restart does."""
    with store._database.read() as connection:
        mine = connection.execute(text("select pg_backend_pid()")).scalar_one()
    with server.begin() as connection:
        return int(connection.execute(text("select pg_terminate_backend(:pid)"), {"pid": mine}).scalar_one())


def test_a_stalled_reader_that_wakes_up_behind_its_successor_changes_nothing(calm, store):
    broker = broker_with(EVENTS_OF_THE_DAY)
    stalled, successor = processor(broker, store), processor(broker, store)
    for _ in range(4):
        stalled.turn(0.0)
    batch = stalled.events.poll(0.0, 50)
    folded = [stalled._fold(one) for one in batch]  # and here it stalls
    for _ in range(6):
        successor.turn(0.0)
    with pytest.raises(FencedError):
        stalled._commit(folded)
    stalled.events.rewind()
    for _ in range(20):
        stalled.turn(0.0)
        successor.turn(0.0)
    drain(stalled)
    drain(successor)
    drain(stalled)
    assert stalled.metrics.of(ROLLBACKS).get("fenced", 0) + successor.metrics.of(ROLLBACKS).get("fenced", 0) > 0
    assert outcome(broker, store) == calm


def test_a_database_that_fails_and_comes_back_costs_nothing_but_time(calm, store):
    broker = broker_with(EVENTS_OF_THE_DAY)
    rng = random.Random(4)

    class Failing:
        def __getattr__(self, name):
            if rng.random() < 0.25:
                raise StoreError("the disk is full")
            return getattr(store, name)

    engine = processor(broker, store)
    engine.store = Failing()
    for _ in range(400):
        engine.turn(0.0)
    assert engine.metrics.of(ROLLBACKS)["database"] > 3
    assert outcome(broker, store) == calm


def test_absence_is_noticed_though_nothing_comes_and_a_restart_does_not_tell_it_twice(store):
    broker = broker_with([AgentState("e1", us(8), "x", "a0000", "logged_out")])
    heard = []
    clock = ManualClock(us(8, 30))
    for _ in range(3):
        engine = processor(broker, store, live=True)
        engine.clock, engine.hear = clock, heard.append
        for _ in range(60):
            clock.sleep(30)
            engine.turn(0.0)
    alerts = [output for output in heard if isinstance(output, Alert) and output.agent == "a0000"]
    assert [alert.type for alert in alerts] == ["away", "late", "absent"]
    assert len(store.unpublished(1000)) == len(heard)


def test_while_there_is_a_backlog_nobody_is_late_because_we_are(store):
    day = played()
    broker = broker_with(day)
    engine = processor(broker, store, live=True, limit=50)
    engine.clock = ManualClock(us(15))
    engine.turn(0.0)
    (held,) = engine.held.values()
    assert held.state.now < us(9)


def test_a_sender_whose_clock_is_ahead_does_not_age_the_others(store):
    events = [AgentState("e1", us(8), "x", "A", "ready"), AgentState("e2", us(20), "x", "B", "ready")]
    engine = processor(broker_with(events), store, live=True)
    engine.clock = ManualClock(us(8, 1))
    engine.turn(0.0)
    (held,) = engine.held.values()
    assert held.state.now <= us(8, 1)
    engine = processor(broker_with(events), store, live=True)
    engine.clock = ManualClock(us(8, 1))
    engine.turn(0.0)
    assert held.state.now <= us(8, 1)


def test_several_partitions_know_their_own_people_alone(store):
    broker = broker_with(EVENTS_OF_THE_DAY, partitions=3)
    engine = processor(broker, store)
    drain(engine)
    homes = {}
    for partition, held in engine.held.items():
        for agent, line in held.state.lines.items():
            assert partition_of(agent.encode(), 3) == partition.number
            homes[agent] = line
    assert set(homes) == set(SITE.agents)
    assert all(len(line.plan) for line in homes.values())


def test_at_the_end_of_a_replay_whoever_left_is_seen(store):
    events = [event for event in EVENTS_OF_THE_DAY if event.at < us(14)]
    engine, heard = processor(broker_with(events), store), []
    drain(engine)
    engine.hear = heard.append
    engine.play_out()
    assert {day.account.scheduled for day in engine.days()} == {9 * 3_600_000_000}
    assert len(store.unpublished(1000)) >= len(heard) > 0


def test_rosters_concern_the_topic_of_people_alone(store):
    broker = broker_with([e for e in EVENTS_OF_THE_DAY if isinstance(e, AgentState)])
    broker.create(["queues"], 1)
    snapshots = [e for e in EVENTS_OF_THE_DAY if not isinstance(e, AgentState)]
    MemoryLog(broker).append("queues", [Message(key(event), write(event)) for event in snapshots])
    engine = processor(broker, store, people="events")
    engine.topics = ["events", "queues"]
    engine.start()
    drain(engine)
    people, queues = (engine.held[Partition(topic, 0)].state for topic in ("events", "queues"))
    assert set(people.lines) == set(SITE.agents)
    assert set(people.queues) == set()
    assert set(queues.lines) == set()
    assert set(queues.queues) == set(SITE.queues)
    assert sorted({day.agent for day in engine.days()}) == sorted(SITE.agents)


def test_what_cannot_be_read_is_buried_with_its_place_and_too_much_of_it_stops(store, tmp_path):
    events = [write(event) for event in played()[:60]]
    broker = MemoryBroker(lambda: LONG_AFTER // 1000)
    broker.create(["events"], 1)
    MemoryLog(broker).append("events", [Message(b"k", value) for value in [*events[:30], b"{", *events[30:]]])
    drain(processor(broker, store))
    assert store._db.execute("select key from live_dead").fetchall() == [("events/0/30",)]
    MemoryLog(broker).append("events", [Message(b"k", b"?")] * 200)
    engine = processor(broker, store)
    with pytest.raises(PoisonCeilingError):
        drain(engine)
    assert store.positions([Partition("events", 0)])[Partition("events", 0)].next < 261


def test_sayings_are_published_in_order_and_once_acknowledged_not_again(store):
    broker = broker_with(EVENTS_OF_THE_DAY)
    broker.create(["alerts", "adherence"], 1)
    engine = processor(broker, store)
    engine.outlet = MemoryLog(broker)
    waiting = []
    while engine.events is not None and engine.turn(0.0):
        pass
    published = broker.topics["alerts"].partitions[0]
    waiting = store.unpublished(10)
    assert waiting == []
    assert len({dict(entry.headers)["id"] for entry in published}) == len(published) > 20
    assert engine.turn(0.0) == 0
    assert len(broker.topics["alerts"].partitions[0]) == len(published)


def test_stopping_writes_the_state_down_so_that_nothing_is_folded_again(store, calm):
    broker = broker_with(EVENTS_OF_THE_DAY)
    engine = processor(broker, store, save_every=10**9)
    drain(engine)
    engine.stop()
    generation, _, parts = store.state(Partition("events", 0))
    assert generation > 0
    assert list(store.journal(Partition("events", 0), generation)) == []
    kinds = Counter(kind for kind, _, _ in parts)
    assert kinds == {"agent": len(SITE.agents), "queue": len(SITE.queues), "rules": 1}
    assert outcome(broker, store) == calm


def test_where_little_comes_the_state_is_written_down_after_a_while(store):
    broker = broker_with(EVENTS_OF_THE_DAY[:40])
    engine = processor(broker, store, limit=10, save_every=10**9, save_s=60)
    place = Partition("events", 0)
    engine.turn(0.0)
    written = store.state(place)[0]
    assert written == 1, "what the first batch came to, with its rules"
    engine.turn(0.0)
    engine.clock.at += 59 * 1_000_000
    engine.turn(0.0)
    assert store.state(place)[0] == written
    engine.clock.at += 1_000_000
    engine.turn(0.0)
    assert store.state(place)[0] > written
    assert list(store.journal(place, store.state(place)[0])) == []


def test_a_small_state_is_written_down_after_fewer_inputs(store):
    place, inputs = Partition("events", 0), len(EVENTS_OF_THE_DAY)
    engine = processor(broker_with(EVENTS_OF_THE_DAY), store, limit=20, save_every=10**9, save_ratio=0.2)
    drain(engine)
    left = sum(row.entries for row in store.journal(place, store.state(place)[0]))
    assert left < 0.2 * (SLICE + len(SITE.agents) + len(SITE.queues)) + 20 < inputs / 4


def test_metrics_say_what_happened(store):
    broker = broker_with(EVENTS_OF_THE_DAY)
    engine = processor(broker, store)
    drain(engine)
    engine.clock.sleep(1)
    engine.turn(0.0)
    assert engine.metrics.of(EVENTS) == {"events[0]": len(EVENTS_OF_THE_DAY)}
    assert engine.metrics.of(LAG) == {"events[0]": 0}
    assert sum(engine.metrics.of(ALERTS).values()) > 10
    text = engine.metrics.exposition()
    assert f'paiban_events_total{{partition="events[0]"}} {len(EVENTS_OF_THE_DAY)}' in text
    assert 'quantile="0.99"' in text


RUNNER = """
import pickle
import sys
from pathlib import Path
from streams.clock import ManualClock
from streams.decode import States
from streams.embedded import EmbeddedLog
from streams.live_sqlite import SqliteLiveStore
from streams.native import native_adapter
from streams.processor import Manner, Processor
folder = Path(sys.argv[1])
floor, decisions, now = pickle.loads((folder / "floor.pickle").read_bytes())
engine = Processor(EmbeddedLog(folder / "events.db", lambda: now), ["events"], SqliteLiveStore(folder / "live.db"),
                   native_adapter(States({})), floor, ManualClock(now), decisions=lambda: decisions,
                   manner=Manner(live=False, limit=40, save_every=300))
engine.start()
print("ready", flush=True)
while engine.turn(0.0):
    pass
print("done", flush=True)
"""


@pytest.mark.slow
def test_kill_9_of_a_real_process_loses_nothing_and_doubles_nothing(calm, tmp_path):
    from streams.embedded import EmbeddedLog

    log = EmbeddedLog(tmp_path / "events.db", lambda: LONG_AFTER)
    log.create(["events"], 1)
    log.append("events", [Message(key(event), write(event)) for event in EVENTS_OF_THE_DAY])
    (tmp_path / "floor.pickle").write_bytes(pickle.dumps((FLOOR, DECISIONS, LONG_AFTER)))
    rng, kills = random.Random(9), 0
    while True:
        with subprocess.Popen(
            [sys.executable, "-c", RUNNER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        ) as run:
            assert run.stdout.readline() == "ready\n"
            if kills < 5:
                time.sleep(rng.uniform(0.02, 0.3))
                run.send_signal(signal.SIGKILL)
                kills += 1
            if run.stdout.read() == "done\n":
                break
    store = SqliteLiveStore(tmp_path / "live.db")
    engine = Processor(
        log, ["events"], store, ADAPTER, FLOOR, ManualClock(LONG_AFTER), decisions=lambda: DECISIONS,
        manner=Manner(live=False),
    )  # fmt: skip
    engine.start()
    engine.turn(0.0)
    assert list(calm.digests.values()) == [digest(held.state, FLOOR) for held in engine.held.values()]
    assert [row for _, row in store.unpublished(10**6)] == calm.outbox
    engine.stop()
    store.close()


def test_what_is_folded_again_after_a_kill_does_not_grow_from_kill_to_kill(store):
    """It counts as not written down, so that the state is written down in time however short each life is."""
    broker, partition, again = broker_with(EVENTS_OF_THE_DAY), Partition("events", 0), []
    for _ in range(12):
        engine = processor(broker, store, limit=60, save_every=150)
        assert engine.turn(0.0) == 60  # and is killed
        number, *_ = store.state(partition)
        again.append(sum(row.entries for row in store.journal(partition, number)))
    assert 0 < max(again) < 150 + 60


def test_a_new_policy_is_applied_from_the_next_start(store):
    broker = broker_with(EVENTS_OF_THE_DAY)
    engine = processor(broker, store)
    drain(engine)
    engine.stop()
    stern = replace(FLOOR, policy=Policy(name="stern"))
    again = processor(broker, store)
    again.floor = stern
    again.turn(0.0)
    (held,) = again.held.values()
    assert held.state.lines.keys() == engine.held[Partition("events", 0)].state.lines.keys()


@pytest.mark.parametrize("crash_after", [None, 3, 4, 8])
def test_other_rules_hold_from_the_moment_they_are_there_and_after_a_crash_as_well(tmp_path, crash_after):
    strict = replace(FLOOR, policy=Policy.model_validate({"adherence": {"alarm_delay_s": 600}}))

    def lived(name: str, crash: int | None) -> tuple:
        store = SqliteLiveStore(tmp_path / f"{name}.db", durable=False)
        broker, asked = broker_with(EVENTS_OF_THE_DAY), []
        engine = processor(broker, store, limit=150)
        engine.rules = lambda: (strict, ADAPTER) if asked.append(1) or len(asked) == 3 else None
        turns = 0
        while engine.turn(0.0):
            engine.clock.at += 1_000_000
            turns += 1
            if turns == crash:
                engine = processor(broker, store, limit=150)
                engine.floor = strict
        assert engine.floor == strict
        (held,) = engine.held.values()
        rows = [(row.key, row.value) for _, row in store.unpublished(10**6)]
        store.close()
        return digest(held.state, strict), rows

    assert lived("crashed", crash_after) == lived("calm", None)


@pytest.mark.parametrize("turns", [1, 3, 5])
@pytest.mark.parametrize("again", [None, 2])
def test_rules_that_changed_while_the_engine_lay_dead_judge_only_what_came_after(tmp_path, turns, again):
    strict = replace(FLOOR, policy=Policy.model_validate({"adherence": {"alarm_delay_s": 600}}))

    def lived(name: str, dies: bool) -> tuple:
        store = SqliteLiveStore(tmp_path / f"{name}.db", durable=False)
        broker = broker_with(EVENTS_OF_THE_DAY)
        engine = processor(broker, store, limit=150)
        for _ in range(turns):
            engine.turn(0.0)
        if dies:
            engine = processor(broker, store, limit=150)
            engine.floor = strict
        else:
            engine.rules = lambda: (strict, ADAPTER)
            engine.clock.at += 1_000_000
        done = 0
        while engine.turn(0.0):
            done += 1
            if dies and done == again:
                engine = processor(broker, store, limit=150)
                engine.floor = strict
        (held,) = engine.held.values()
        rows = [(row.key, row.value) for _, row in store.unpublished(10**6)]
        store.close()
        return digest(held.state, strict), rows

    assert lived("dead", True) == lived("calm", False)


def test_rules_of_a_release_that_cannot_be_read_are_replaced_by_todays(store, calm, caplog):
    broker = broker_with(EVENTS_OF_THE_DAY)
    drain(processor(broker, store))
    with store.transaction() as transaction:
        number, head, _ = store.state(Partition("events", 0))
        transaction.write_state(Partition("events", 0), number, [("rules", "", b"of another release")])
        transaction.complete_state(Partition("events", 0), number, head)
    assert outcome(broker, store) == calm
    assert "rules of before cannot be read" in caplog.text
