"""Readers and writers that die at any moment: every event is applied once, in order, and none is lost."""

import random
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centre.errors import FencedError, StreamError
from streams.embedded import EmbeddedLog
from streams.event_log import Partition
from streams.memory import MemoryPositions
from tests.streams.logs import (
    PATIENCE_S,
    Place,
    by_partition,
    embedded_place,
    holds,
    kafka_place,
    memory_place,
    messages,
    read_until,
)

WRITER = """
    import sys
    from pathlib import Path
    from streams.embedded import EmbeddedLog
    from streams.event_log import Message

    path, name, appends, size = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    log = EmbeddedLog(path, lambda: 0)
    log.create(["events"], 3)
    for n in range(appends):
        log.append("events", [Message(name.encode(), f"{name} {n} {m}".encode()) for m in range(size)])
        print(n, flush=True)
"""


def writer(path: Path, name: str, appends: int, size: int) -> subprocess.Popen[bytes]:
    program = [sys.executable, "-c", textwrap.dedent(WRITER), str(path), name, str(appends), str(size)]
    return subprocess.Popen(program, stdout=subprocess.PIPE)


def run_readers(place: Place, total: int, rng: random.Random, wait_s: float) -> dict[Partition, list[bytes | None]]:
    """Readers of which each does a few random things and then dies; what they applied together.

    A commit stores position and values in one step, as a transaction would.
    """
    positions = MemoryPositions()
    applied: dict[Partition, list[bytes | None]] = {}
    deadline = time.monotonic() + PATIENCE_S
    zombies = []
    while sum(map(len, applied.values())) < total:
        assert time.monotonic() < deadline
        log = place.reader(positions)
        for _ in range(rng.randrange(1, 6)):
            batches = log.poll(wait_s, limit=rng.choice([1, 3, 20, 200]))
            what = rng.random()
            if what < 0.15:
                log.rewind()
            elif what < 0.3:
                zombies.append(batches)
            elif what < 0.85:
                try:
                    positions.advance(batches)
                except FencedError:
                    log.rewind()
                else:
                    for partition, came in by_partition(batches).items():
                        applied.setdefault(partition, []).extend(came)
            for stale in zombies:
                if stale and any(positions.committed.get(batch.partition) != batch.previous for batch in stale):
                    with pytest.raises(FencedError):
                        positions.advance(stale)
        log.close()
        place.opened.remove(log)
    return applied


def check_each_once(place: Place, total: int, rng: random.Random, wait_s: float = 0.2) -> None:
    sent = messages(total)
    log = place.writer()
    for start in range(0, total, 50):
        log.append(place.topic, sent[start : start + 50])
    undisturbed = by_partition(read_until(place.reader(MemoryPositions()), holds(total)))
    assert run_readers(place, total, rng, wait_s) == undisturbed


@given(seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_readers_of_memory_that_die_anywhere_apply_each_event_once(seed: int) -> None:
    check_each_once(memory_place(), 150, random.Random(seed), wait_s=0.0)


@pytest.mark.parametrize("seed", range(5))
def test_readers_of_the_embedded_log_that_die_anywhere_apply_each_event_once(seed: int, tmp_path: Path) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    place = embedded_place(folder)
    check_each_once(place, 300, random.Random(seed), wait_s=0.02)
    place.close()


@pytest.mark.kafka
@pytest.mark.parametrize("seed", range(2))
def test_readers_of_kafka_that_die_anywhere_apply_each_event_once(seed: int, kafka_bootstrap: str) -> None:
    place = kafka_place(kafka_bootstrap)
    check_each_once(place, 300, random.Random(seed))
    place.close()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[EmbeddedLog]:
    log = EmbeddedLog(tmp_path / "events.db", lambda: 0)
    log.create(["events"], 3)
    yield log
    log.close()


def test_several_processes_append_at_once_and_each_keeps_its_order(embedded: EmbeddedLog, tmp_path: Path) -> None:
    writers = [writer(tmp_path / "events.db", f"W{n}", 20, 10) for n in range(4)]
    embedded.subscribe(["events"], MemoryPositions().read)
    came = [record for batch in read_until(embedded, holds(800)) for record in batch.records]
    for process in writers:
        process.communicate()
        assert process.returncode == 0
    for n in range(4):
        mine = [record.value for record in came if record.key == f"W{n}".encode()]
        assert mine == [f"W{n} {append} {m}".encode() for append in range(20) for m in range(10)]


def test_what_a_killed_writer_had_been_told_is_kept_is_there_and_no_append_is_half_there(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    for trial in range(4):
        process = writer(path, f"K{trial}", 100_000, 7)
        assert process.stdout is not None
        for _ in range(5 + trial):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        told, _ = process.communicate()
        acknowledged = 5 + trial + told.count(b"\n")
        log = EmbeddedLog(path, lambda: 0)
        log.subscribe(["events"], MemoryPositions().read)
        batches = log.poll(1.0, limit=1_000_000)
        mine = [r.value for batch in batches for r in batch.records if r.key == f"K{trial}".encode()]
        log.close()
        assert len(mine) % 7 == 0
        assert acknowledged <= len(mine) // 7 <= acknowledged + 1
        assert mine == [f"K{trial} {n} {m}".encode() for n in range(len(mine) // 7) for m in range(7)]


def test_processes_that_make_the_log_at_the_same_time_make_one(tmp_path: Path) -> None:
    writers = [writer(tmp_path / "events.db", f"W{n}", 1, 1) for n in range(6)]
    assert [process.communicate()[0] for process in writers] == [b"0\n"] * 6
    log = EmbeddedLog(tmp_path / "events.db", lambda: 0)
    log.subscribe(["events"], MemoryPositions().read)
    assert len(read_until(log, holds(6))) <= 6
    log.close()


def test_pruning_keeps_what_came_later_and_unread_readers_hear_of_it(tmp_path: Path) -> None:
    clock = iter(range(0, 10_000_000_000, 1_000_000))
    log = EmbeddedLog(tmp_path / "events.db", lambda: next(clock))
    log.create(["events"], 3)
    for n in range(10):
        log.append("events", messages(10, start=10 * n))
    assert log.prune("events", before=4_000_000) == 40
    assert log.prune("events", before=4_000_000) == 0
    log.subscribe(["events"], MemoryPositions().read)
    came = [record.value for batch in read_until(log, holds(60)) for record in batch.records]
    assert sorted(map(str, came)) == sorted(str(message.value) for message in messages(60, start=40))
    assert log.prune("events", before=10**15) == 60
    log.append("events", messages(1))
    assert len(read_until(log, holds(1))) == 1
    log.close()


def test_a_place_where_no_log_can_be_is_explained(tmp_path: Path) -> None:
    with pytest.raises(StreamError, match="embedded log"):
        EmbeddedLog(tmp_path / "no such folder" / "events.db", lambda: 0)
    (tmp_path / "events.db").write_bytes(b"this is no database, but a text of some length" * 50)
    with pytest.raises(StreamError, match="not a database"):
        EmbeddedLog(tmp_path / "events.db", lambda: 0)
