"""How fast events are read: our loops beside the bare client's, in the same run.

    deploy/kafka-local/broker start
    python -m benchmarks.streams 127.0.0.1:19092 --events 200000

Every loop reads the same topic from its beginning in a process of its own, in turns, and the best of the rounds
counts. Ratios compare machines and days; rates do not. "durable" stores each event in an SQLite file and moves the
position in the same transaction (synchronous=FULL), as the engine does; state and alerts come on top of it.
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streams.live_store import LiveStore

BATCH = 1000
SERVER = "PAIBAN_TEST_POSTGRESQL"


def raw(bootstrap: str, topic: str, events: int, folder: Path) -> int:
    """The bare client: poll, and nothing else."""
    from kafka import KafkaConsumer, TopicPartition

    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    consumer.assign([TopicPartition(topic, n) for n in sorted(consumer.partitions_for_topic(topic))])
    seen = sum(len(records) for records in consumer.poll(1000, max_records=1).values())
    begun, first = time.perf_counter(), time.process_time()
    while seen < events:
        for records in consumer.poll(500, max_records=BATCH).values():
            seen += len(records)
    _say(events, begun, first)
    consumer.close()
    return seen


def raw_and_json(bootstrap: str, topic: str, events: int, folder: Path) -> int:
    """The bare client, and the standard way to make something of the bytes."""
    import orjson
    from kafka import KafkaConsumer, TopicPartition

    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    consumer.assign([TopicPartition(topic, n) for n in sorted(consumer.partitions_for_topic(topic))])
    seen = sum(len(records) for records in consumer.poll(1000, max_records=1).values())
    begun, first = time.perf_counter(), time.process_time()
    while seen < events:
        for records in consumer.poll(500, max_records=BATCH).values():
            seen += sum(1 for record in records if orjson.loads(record.value)["id"])
    _say(events, begun, first)
    consumer.close()
    return seen


def polled(bootstrap: str, topic: str, events: int, folder: Path) -> int:
    """Our log over Kafka: poll."""
    return _through_log(bootstrap, topic, events, lambda batches: None)


def decoded(bootstrap: str, topic: str, events: int, folder: Path) -> int:
    """Our log, and events from the bytes."""
    from streams.decode import States, decode_batch
    from streams.native import native_adapter

    adapter = native_adapter(States())
    return _through_log(bootstrap, topic, events, lambda batches: [decode_batch(b, adapter) for b in batches])


def durable(bootstrap: str, topic: str, events: int, folder: Path) -> int:
    """Our log, events, and both events and positions stored in one transaction a poll."""
    from streams.decode import States, decode_batch
    from streams.native import native_adapter

    adapter, db = native_adapter(States()), _database(folder / "durable.db")

    def apply(batches: list) -> None:
        db.execute("begin immediate")
        for batch in batches:
            found = decode_batch(batch, adapter)
            rows = [(event.id, event.at, event.agent, event.state) for event in found.events]
            db.executemany("insert into event values (?, ?, ?, ?)", rows)
            if batch.previous is None:
                db.execute("insert into position values (?, ?)", (str(batch.partition), batch.next.next))
            else:
                moved = db.execute(
                    "update position set next = ? where partition = ? and next = ?",
                    (batch.next.next, str(batch.partition), batch.previous.next),
                )
                assert moved.rowcount == 1
        db.execute("commit")

    return _through_log(bootstrap, topic, events, apply)


def embedded(bootstrap: str, topic: str, events: int, folder: Path) -> int:
    """The embedded log instead of Kafka: poll and events."""
    from streams.decode import States, decode_batch
    from streams.embedded import EmbeddedLog
    from streams.memory import MemoryPositions
    from streams.native import native_adapter

    path = folder.parent / "embedded.db"
    log = EmbeddedLog(path, lambda: time.time_ns() // 1000)
    log.create([topic], 3)
    log.subscribe([topic], MemoryPositions().read)
    if not log.poll(0, 1):
        for start in range(0, events, 10_000):
            log.append(topic, _messages(start, min(start + 10_000, events)))
    log.rewind()
    adapter, seen, begun = native_adapter(States()), 0, time.perf_counter()
    first = time.process_time()
    while seen < events:
        for batch in log.poll(1.0, BATCH):
            seen += len(decode_batch(batch, adapter).events)
    _say(events, begun, first)
    log.close()
    return seen


def engine_sqlite(bootstrap: str, topic: str, events: int, folder: Path) -> int:
    """The whole engine: state, alerts, journal, positions, picture; SQLite, synchronous=FULL."""
    from streams.live_sqlite import SqliteLiveStore

    return _engine(bootstrap, topic, events, SqliteLiveStore(folder / "live.db"))


def engine_postgresql(bootstrap: str, topic: str, events: int, folder: Path) -> int:
    """The same in PostgreSQL (PAIBAN_TEST_POSTGRESQL)."""
    from store.database import open_database
    from store.live import LiveDatabase

    return _engine(bootstrap, topic, events, LiveDatabase(open_database(os.environ[SERVER], folder), folder.name))


def _engine(bootstrap: str, topic: str, events: int, store: "LiveStore") -> int:
    from centre.policy import Policy
    from streams.clock import SystemClock
    from streams.decode import States
    from streams.floor_policy import FloorPolicy
    from streams.kafka import KafkaLog
    from streams.native import native_adapter
    from streams.processor import Manner, Processor
    from streams.tidying import collected_between_turns

    log = KafkaLog({"bootstrap_servers": [bootstrap]}, f"bench-{uuid.uuid4()}")
    floor = FloorPolicy("Asia/Shanghai", policy=Policy())
    engine = Processor(
        log, [topic], store, native_adapter(States()), floor, SystemClock(), manner=Manner(live=False)
    )  # fmt: skip
    engine.start()
    with collected_between_turns() as between:
        seen = 0
        while not seen:
            seen += engine.turn(1.0)
        begun, first = time.perf_counter(), time.process_time()
        already = seen
        while seen < events:
            seen += engine.turn(0.3)
            between()
        _say(events - already, begun, first)
    log.close()
    return seen


LOOPS: dict[str, Callable[[str, str, int, Path], int]] = {
    loop.__name__: loop
    for loop in (raw, raw_and_json, polled, decoded, durable, engine_sqlite, engine_postgresql, embedded)
}


def _through_log(bootstrap: str, topic: str, events: int, apply: Callable[[list], object]) -> int:
    from streams.kafka import KafkaLog
    from streams.memory import MemoryPositions

    log = KafkaLog({"bootstrap_servers": [bootstrap]}, f"bench-{uuid.uuid4()}")
    log.subscribe([topic], MemoryPositions().read)
    seen = 0
    while not seen:
        batches = log.poll(1.0, 1)
        seen += sum(len(batch.records) for batch in batches)
        apply(batches)
    begun, first = time.perf_counter(), time.process_time()
    while seen < events:
        batches = log.poll(0.3, BATCH)
        apply(batches)
        seen += sum(len(batch.records) for batch in batches)
    _say(events, begun, first)
    log.close()
    return seen


def _database(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript(
        "pragma journal_mode = wal; pragma synchronous = full;"
        "create table event (id text, at integer, agent text, state text);"
        "create table position (partition text primary key, next integer)"
    )
    return db


def _messages(start: int, stop: int) -> list:
    from centre.events import STATES, AgentState
    from streams.event_log import Message
    from streams.native import key, write

    found = []
    for n in range(start, stop):
        event = AgentState(
            str(uuid.UUID(int=n)), 1_767_600_000_000_000 + n * 12_000, "Hotline Shanghai", f"A{n % 5000:05}",
            STATES[n % len(STATES)], "scheduled", "billing", sequence=n,
        )  # fmt: skip
        found.append(Message(key(event), write(event)))
    return found


def _say(events: int, begun: float, first: float) -> None:
    """Events a second by the clock, and by this process's own time, which a busy machine does not stretch as much."""
    print(json.dumps([events / (time.perf_counter() - begun), events / (time.process_time() - first)]))


def fill(bootstrap: str, topic: str, events: int) -> int:
    """Put the events into the topic; the bytes of one."""
    from streams.kafka import KafkaLog

    log = KafkaLog({"bootstrap_servers": [bootstrap]}, "bench")
    log.create([topic], 3)
    for start in range(0, events, 10_000):
        log.append(topic, _messages(start, min(start + 10_000, events)))
    log.close()
    return len(_messages(0, 1)[0].value)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("bootstrap", help="host:port of a Kafka broker")
    options.add_argument("--events", type=int, default=200_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--loop", help=argparse.SUPPRESS)
    options.add_argument("--topic", help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    wanted = options.parse_args()
    if wanted.loop:
        assert LOOPS[wanted.loop](wanted.bootstrap, wanted.topic, wanted.events, wanted.folder) >= wanted.events
        return
    topic = f"bench-{uuid.uuid4()}"
    size = fill(wanted.bootstrap, topic, wanted.events)
    print(f"{wanted.events} events of {size} bytes, {BATCH} a poll, best of {wanted.rounds} rounds in turns")
    loops = [name for name in LOOPS if name != "engine_postgresql" or SERVER in os.environ]
    best = dict.fromkeys(loops, (0.0, 0.0))
    with tempfile.TemporaryDirectory() as folder:
        for round_ in range(wanted.rounds):
            for name in loops:
                own = Path(folder) / f"{name}-{round_}"
                own.mkdir()
                call = [sys.executable, "-W", "ignore", "-m", "benchmarks.streams", wanted.bootstrap, "--loop", name]
                call += ["--topic", topic, "--events", str(wanted.events), "--folder", str(own)]
                answer = subprocess.run(call, check=True, capture_output=True, text=True)
                rates = json.loads(answer.stdout)
                best[name] = max(best[name][0], rates[0]), max(best[name][1], rates[1])
    print(f"{'loop':<18}{'events/s':>10}{'of raw':>8}{'a CPU s':>10}{'of raw':>8}  what it does")
    for name, (rate, busy) in best.items():
        shares = f"{rate:>10,.0f}{rate / best['raw'][0]:>8.2f}{busy:>10,.0f}{busy / best['raw'][1]:>8.2f}"
        print(f"{name:<18}{shares}  {(LOOPS[name].__doc__ or '').strip()}")


if __name__ == "__main__":
    main()
