"""The contract of an event log: what holds for memory, SQLite, files and Kafka alike."""

import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from centre.errors import FencedError, PositionLostError, StreamError
from streams.event_log import EventLog, Message, partition_of
from streams.memory import MemoryPositions
from tests.streams.logs import (
    PARTITIONS,
    Place,
    by_partition,
    embedded_place,
    file_place,
    holds,
    kafka_place,
    memory_place,
    messages,
    read_until,
    values,
)

KINDS = ["memory", "embedded", "file", pytest.param("kafka", marks=pytest.mark.kafka)]


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    folder = tmp_path / "log"
    folder.mkdir()
    if request.param == "memory":
        place = memory_place()
    elif request.param == "embedded":
        place = embedded_place(folder)
    elif request.param == "file":
        place = file_place(folder)
    else:
        place = kafka_place(request.getfixturevalue("kafka_bootstrap"))
    yield place
    place.close()


def test_what_is_appended_comes_back_byte_for_byte_and_in_order_by_key(place: Place) -> None:
    sent = messages(200)
    place.writer().append(place.topic, sent)
    batches = read_until(place.reader(MemoryPositions()), holds(200))
    assert sorted(values(batches)) == sorted(message.value for message in sent)
    for key in {message.key for message in sent}:
        came = [r.value for b in batches for r in b.records if r.value in {m.value for m in sent if m.key == key}]
        assert came == [message.value for message in sent if message.key == key]
    assert all(record.timestamp > 1_600_000_000_000 for batch in batches for record in batch.records)


def test_keys_tombstones_and_headers_come_back(place: Place) -> None:
    if not place.keyed:
        pytest.skip("a line of a file has neither key nor headers")
    sent = [
        Message(b"A001", b"{}", (("ce_type", b"agent_state"), ("ce_id", b"\xe7\x8f\xad"))),
        Message(b"A001", None),
        Message(None, b"without"),
    ]
    place.writer().append(place.topic, sent)
    batches = read_until(place.reader(MemoryPositions()), holds(3))
    came = {(r.key, r.value, tuple(r.headers)) for b in batches for r in b.records}
    assert came == {(m.key, m.value, tuple(m.headers)) for m in sent}


def test_a_key_stays_in_its_partition_and_the_keys_spread(place: Place) -> None:
    if not place.keyed:
        pytest.skip("a file is one partition")
    place.writer().append(place.topic, messages(200))
    log = place.reader(MemoryPositions())
    batches = read_until(log, holds(200))
    homes: dict[bytes | None, set[int]] = {}
    for batch in batches:
        for record in batch.records:
            homes.setdefault(record.key, set()).add(batch.partition.number)
    assert all(len(home) == 1 for home in homes.values())
    assert set().union(*homes.values()) == set(range(PARTITIONS))
    assert homes == {key: {log.home(place.topic, key)} for key in homes if key is not None}


def test_batches_form_a_chain_from_no_position_to_the_end(place: Place) -> None:
    place.writer().append(place.topic, messages(100))
    log = place.reader(MemoryPositions())
    batches = read_until(log, holds(100))
    for partition in by_partition(batches):
        chain = [batch for batch in batches if batch.partition == partition]
        assert chain[0].previous is None
        for before, after in pairwise(chain):
            assert after.previous == before.next
        offsets = [record.offset for batch in chain for record in batch.records]
        assert offsets == sorted(set(offsets))
        assert log.position(partition) == chain[-1].next
        assert log.ends()[partition] == chain[-1].next.next


def lag(log: EventLog) -> int:
    ends = log.ends()
    return sum(ends[held] - (at.next if (at := log.position(held)) else 0) for held in log.assigned())


def test_lag_is_there_before_the_first_record_and_gone_after_the_last(place: Place) -> None:
    empty = place.reader(MemoryPositions())
    read_until(empty, lambda _: bool(empty.assigned()))
    if place.keyed:
        assert lag(empty) == 0
    empty.close()
    place.writer().append(place.topic, messages(30))
    log = place.reader(MemoryPositions())
    came = log.poll(0.0)
    while not log.assigned():
        came += log.poll(0.0)
    assert came or lag(log) > 0
    read_until(log, lambda batches: len(values(came + batches)) >= 30)
    assert lag(log) == 0
    assert log.poll(0.3) == []
    assert lag(log) == 0


def test_a_new_reader_goes_on_where_the_last_one_committed(place: Place) -> None:
    place.writer().append(place.topic, messages(60))
    positions = MemoryPositions()
    first = place.reader(positions)
    applied = []
    while len(applied) < 30:
        batches = first.poll(1.0, limit=10)
        positions.advance(batches)
        applied += values(batches)
    first.poll(0.2, limit=10)  # delivered, but never committed: lost with the reader
    first.close()
    second = place.reader(positions)
    while len(applied) < 60:
        batches = second.poll(5.0)
        assert batches, f"nothing more after {len(applied)}"
        positions.advance(batches)
        applied += values(batches)
    assert sorted(applied) == sorted(message.value for message in messages(60))
    assert second.poll(0.2) == []


def test_after_a_rollback_rewind_delivers_the_same_again(place: Place) -> None:
    place.writer().append(place.topic, messages(50))
    positions = MemoryPositions()
    log = place.reader(positions)
    once = read_until(log, holds(50))
    log.rewind()
    again = read_until(log, holds(50))
    assert by_partition(again) == by_partition(once)
    positions.advance(again)
    log.rewind()
    assert log.poll(0.3) == []


def test_the_batch_of_a_reader_that_was_overtaken_is_refused(place: Place) -> None:
    place.writer().append(place.topic, messages(40))
    positions = MemoryPositions()
    stalled, successor = place.reader(positions), place.reader(positions)
    late = read_until(stalled, holds(40))
    positions.advance(read_until(successor, holds(40)))
    with pytest.raises(FencedError):
        positions.advance(late)
    stalled.rewind()
    place.writer().append(place.topic, messages(5, start=40))
    fresh = read_until(stalled, holds(5))
    positions.advance(fresh)
    assert sorted(values(fresh)) == sorted(message.value for message in messages(5, start=40))


def test_poll_keeps_its_limit_and_starves_no_partition(place: Place) -> None:
    place.writer().append(place.topic, messages(90))
    log = place.reader(MemoryPositions())
    seen, batches = set(), []
    while len(values(batches)) < 90:
        polled = log.poll(5.0, limit=7)
        assert 0 < len(values(polled)) <= 7
        assert len({batch.partition for batch in polled}) == len(polled)
        batches += polled
        seen |= {batch.partition for batch in polled}
    assert seen == log.assigned()


def test_a_paused_reader_gets_nothing_until_it_resumes(place: Place) -> None:
    writer = place.writer()
    writer.append(place.topic, messages(10))
    log = place.reader(MemoryPositions())
    read_until(log, holds(10))
    log.pause()
    writer.append(place.topic, messages(10, start=10))
    assert log.poll(0.5) == []
    log.resume()
    assert len(values(read_until(log, holds(10)))) == 10


def test_seek_reads_again_from_any_position_and_from_the_oldest(place: Place) -> None:
    place.writer().append(place.topic, messages(30))
    log = place.reader(MemoryPositions())
    all_of_it: list = []
    while len(values(all_of_it)) < 30:
        all_of_it += log.poll(5.0, limit=5)
    middle = all_of_it[len(all_of_it) // 2]
    rest = [b for b in all_of_it[len(all_of_it) // 2 :] if b.partition == middle.partition]
    log.seek(middle.partition, middle.previous)
    again = read_until(log, holds(len(values(rest))))
    assert values(again) == values(rest)
    for partition in log.assigned():
        log.seek(partition, None)
    assert by_partition(read_until(log, holds(30))) == by_partition(all_of_it)


def test_poll_wakes_up_when_something_comes(place: Place) -> None:
    log, writer = place.reader(MemoryPositions()), place.writer()
    writer.append(place.topic, messages(1))
    read_until(log, holds(1))
    sender = threading.Timer(0.3, writer.append, (place.topic, messages(1, start=1)))
    sender.start()
    begun = time.monotonic()
    batches = log.poll(20.0)
    sender.join()
    assert values(batches) == [messages(1, start=1)[0].value]
    assert time.monotonic() - begun < 10


def test_a_log_made_anew_under_the_same_name_is_not_taken_for_the_old_one(place: Place) -> None:
    place.writer().append(place.topic, messages(20))
    positions = MemoryPositions()
    reader = place.reader(positions)
    positions.advance(read_until(reader, holds(20)))
    place.close()
    place.opened.clear()
    place.remake()
    place.writer().append(place.topic, messages(40, start=100))
    if not place.keyed:  # a file that was replaced is read from its beginning
        fresh = read_until(place.reader(positions), holds(40))
        positions.advance(fresh)
        assert values(fresh) == [message.value for message in messages(40, start=100)]
        return
    with pytest.raises(PositionLostError, match="made anew"):
        read_until(place.reader(positions), holds(1))


def test_events_deleted_before_they_were_read_stop_the_reader(place: Place) -> None:
    writer = place.writer()
    writer.append(place.topic, messages(60))
    positions = MemoryPositions()
    reader = place.reader(positions)
    while True:
        batches = reader.poll(5.0, limit=3 if place.keyed else 55)
        positions.advance(batches)
        if place.keyed or len(values(batches)) > 10:
            break
    reader.close()
    place.prune()
    with pytest.raises(PositionLostError, match="remove the stored position"):
        read_until(place.reader(positions), holds(61))


def test_a_topic_that_is_not_there_is_an_error_not_a_silence(place: Place) -> None:
    if not place.keyed:
        pytest.skip("a followed file may come later")
    with pytest.raises(StreamError, match="there is no topic"):
        place.writer().subscribe(["no-such-topic"], MemoryPositions().read)
    with pytest.raises(StreamError):
        place.writer().append("no-such-topic", messages(1))


def test_the_partition_of_a_key_is_the_same_for_ever() -> None:
    # crc32 by its definition: of the check string "123456789" it is 0xCBF43926.
    assert partition_of(b"123456789", 1 << 32) == 0xCBF43926
    assert partition_of(None, 8) == partition_of(b"", 8)
