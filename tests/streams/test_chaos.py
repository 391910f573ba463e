"""A campaign of everything that goes wrong at once: the outcome is that of the undisturbed run, byte by byte.

Each seeded trial runs two consumers over a log of three partitions. Processes die at any call of the database, before
it or after; the database fails for a while; partitions go back and forth between the consumers, also while one of them
holds a batch it has folded and not committed; messages that cannot be read stand among the others. In the end states,
alerts and other sayings, dead letters and positions are those of one consumer that nothing happened to: none lost, none
twice. `PAIBAN_TRIALS=200` runs the whole campaign.
"""

import random

import pytest

from centre.errors import FencedError, StoreError
from streams.event_log import Message
from streams.live_sqlite import SqliteLiveStore
from streams.memory import MemoryBroker, MemoryLog
from streams.native import key, write
from streams.snapshot import digest
from tests.streams.floors import us
from tests.streams.test_processor import (
    EVENTS_OF_THE_DAY,
    FLOOR,
    LONG_AFTER,
    TRIALS,
    Killed,
    _DeadlyTransaction,
    drain,
    processor,
)

EVENTS = [event for event in EVENTS_OF_THE_DAY if us(8) <= event.at < us(11)]
POISON = (b"{", b"\xff\xfe", b'{"type": "agent_state"}')


def spoilt_broker(seed: int) -> MemoryBroker:
    """Three partitions, with messages that cannot be read at places that are the same for every trial."""
    rng = random.Random(seed)
    broker = MemoryBroker(lambda: LONG_AFTER // 1000)
    broker.create(["events"], 3)
    log = MemoryLog(broker)
    for event in EVENTS:
        log.append("events", [Message(key(event), write(event))])
        if rng.random() < 0.01:
            log.append("events", [Message(key(event), rng.choice(POISON))])
    return broker


class Hazards:
    """A store in front of another one: calls fail while the database is away, and processes die at them."""

    def __init__(self, inner, rng, deadly, failing):
        self._inner, self._rng = inner, rng
        self._deadly, self._failing = deadly, failing
        self._away = 0
        self.failures = 0

    def __getattr__(self, name):
        call = getattr(self._inner, name)
        if name == "transaction":
            self._weather()
            return lambda: _DeadlyTransaction(call(), self)
        return lambda *args: self.risk(call, *args)

    def risk(self, call, *args):
        self._weather()
        if self._rng.random() < self._deadly:
            raise Killed
        result = call(*args)
        if self._rng.random() < self._deadly:
            raise Killed
        return result

    def _weather(self):
        if self._away or self._rng.random() < self._failing:
            self._away = self._away - 1 if self._away else self._rng.randint(1, 4)
            self.failures += 1
            raise StoreError("the database is away")


def final(store) -> tuple:
    """What is there at the end, as a reader that starts now finds it."""
    broker = spoilt_broker(0)
    engine = processor(broker, store)
    drain(engine)
    states = {partition: digest(held.state, FLOOR) for partition, held in engine.held.items()}
    said = sorted((row.message_key, row.topic, row.key, row.value) for _, row in store.unpublished(10**6))
    dead = sorted(store._db.execute("select key, reason from live_dead").fetchall())
    positions = {partition: held.position for partition, held in engine.held.items()}
    return states, said, dead, positions


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    """One consumer that nothing happens to."""
    store = SqliteLiveStore(tmp_path_factory.mktemp("calm") / "live.db", durable=False)
    drain(processor(spoilt_broker(0), store))
    found = final(store)
    store.close()
    return found


@pytest.mark.parametrize("seed", range(TRIALS))
def test_whatever_happens_the_outcome_is_that_of_the_undisturbed_run(seed, calm, tmp_path):
    rng = random.Random(seed)
    store = SqliteLiveStore(tmp_path / "live.db", durable=False)
    broker = spoilt_broker(0)
    hazards = Hazards(store, rng, rng.choice((0.0, 0.01, 0.03)), rng.choice((0.0, 0.01, 0.03)))
    consumers: list = [None, None]
    deaths, rounds = 0, 0
    while True:
        rounds += 1
        place = rng.randrange(2)
        try:
            if consumers[place] is None:
                consumers[place] = processor(broker, hazards, limit=rng.choice((20, 60)), save_every=200)
            engine = consumers[place]
            if rng.random() < 0.05:
                _stall(engine, consumers[1 - place])
            elif engine.turn(0.0) == 0 and not engine._in_trouble and rounds > 40 and _all_read(store, broker):
                break
            if rng.random() < 0.03:  # it leaves the group: its partitions go to the other one, or back
                consumers[place] = None
        except Killed:
            consumers[place] = None
            deaths += 1
        except (FencedError, StoreError):
            consumers[place] = None
        assert rounds < 20_000
    assert final(store) == calm
    store.close()


def _stall(engine, other) -> None:
    """A reader stalls with a batch it has folded; another one goes on; then it wakes up and wants to commit."""
    batches = engine.events.poll(0.0, 40)
    engine._ask()
    engine._follow()
    folded = [engine._fold(batch) for batch in batches]
    if other is not None:
        other.turn(0.0)
    try:
        if folded:
            engine._commit(folded)
    except (FencedError, StoreError):
        engine.held.clear()
        engine._in_trouble = True


def _all_read(store, broker) -> bool:
    topic = broker.topics["events"]
    at = store.positions([*_partitions(len(topic.partitions))])
    return all(at.get(p) and at[p].next >= len(topic.partitions[p.number]) for p in _partitions(len(topic.partitions)))


def _partitions(count: int):
    from streams.event_log import Partition

    return [Partition("events", number) for number in range(count)]
