"""What is special about a consumer group on a real broker."""

import signal
import subprocess
import sys
import textwrap
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping

import pytest

from centre.errors import FencedError, PositionLostError, StreamError
from streams.event_log import Message, Partition, Position
from streams.memory import MemoryPositions
from tests.streams.logs import PATIENCE_S, by_partition, holds, messages, read_until, values

pytestmark = pytest.mark.kafka

Opener = Callable[..., "KafkaLog"]  # noqa: F821


@pytest.fixture
def topic() -> str:
    return f"events-{uuid.uuid4()}"


@pytest.fixture
def group() -> str:
    return f"group-{uuid.uuid4()}"


@pytest.fixture
def opened(kafka_bootstrap: str, topic: str, group: str) -> Iterator[Opener]:
    """Opens members of one group; the topic is there, with 3 partitions."""
    from streams.kafka import KafkaLog

    logs = []

    def opener(instance: str = "", stall_s: float = 30.0) -> KafkaLog:
        logs.append(KafkaLog({"bootstrap_servers": [kafka_bootstrap]}, group, instance, stall_s=stall_s))
        return logs[-1]

    opener().create([topic], 3)
    yield opener
    for log in logs:
        log.close()


def together(members: list, positions: MemoryPositions, seconds: float, until: Callable[[], bool]) -> list:
    """Let the members of a group take turns until something holds; the values they applied."""
    applied: list = []
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline
        for member in members:
            batches = member.poll(0.1)
            try:
                positions.advance(batches)
            except FencedError:
                member.rewind()
            else:
                applied += values(batches)
                member.committed({batch.partition: batch.next for batch in batches})
    return applied


def test_members_share_the_partitions_and_hand_them_over_without_loss_or_double(opened: Opener, topic: str) -> None:
    positions = MemoryPositions()
    writer, first, second = opened(), opened(), opened()
    all_of_them = {Partition(topic, n) for n in range(3)}
    first.subscribe([topic], positions.read)
    writer.append(topic, messages(100))
    applied = together([first], positions, PATIENCE_S, lambda: first.assigned() == all_of_them)
    second.subscribe([topic], positions.read)
    writer.append(topic, messages(100, start=100))
    applied += together(
        [first, second],
        positions,
        PATIENCE_S,
        lambda: bool(second.assigned()) and first.assigned() | second.assigned() == all_of_them,
    )
    assert not first.assigned() & second.assigned()
    writer.append(topic, messages(100, start=200))
    second.close()
    writer.append(topic, messages(100, start=300))
    applied += together([first], positions, PATIENCE_S, lambda: first.assigned() == all_of_them)
    applied += together(
        [first], positions, PATIENCE_S, lambda: sum(at.next for at in positions.committed.values()) == 400
    )
    assert sorted(applied) == sorted(message.value for message in messages(400))


READER = """
    import sys
    from streams.kafka import KafkaLog
    from streams.memory import MemoryPositions

    bootstrap, group, topic, instance = sys.argv[1:]
    log = KafkaLog({"bootstrap_servers": [bootstrap]}, group, instance)
    log.subscribe([topic], MemoryPositions().read)
    print("reading", flush=True)
    while True:
        for batch in log.poll(0.3):
            print(len(batch.records), flush=True)
"""


def test_a_killed_reader_with_a_name_is_back_at_its_partitions_in_seconds(
    opened: Opener, topic: str, group: str, kafka_bootstrap: str
) -> None:
    opened().append(topic, messages(10))
    waits = []
    for _ in range(2):
        program = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(READER)]
        with subprocess.Popen([*program, kafka_bootstrap, group, topic, "desk-1"], stdout=subprocess.PIPE) as reader:
            assert reader.stdout is not None
            assert reader.stdout.readline() == b"reading\n"
            begun = time.monotonic()
            assert int(reader.stdout.readline()) > 0
            waits.append(time.monotonic() - begun)
            reader.send_signal(signal.SIGKILL)
    assert waits[1] < 8, "it waited for the session of its killed self to run out (10 s)"


def test_two_members_of_one_name_do_not_both_go_on(opened: Opener, topic: str) -> None:
    positions = MemoryPositions()
    writer, first, second = opened(), opened("desk-1"), opened("desk-1")
    first.subscribe([topic], positions.read)
    read_until(first, lambda _: bool(first.assigned()))
    second.subscribe([topic], positions.read)
    read_until(second, lambda _: bool(second.assigned()))
    writer.append(topic, messages(10))
    with pytest.raises(FencedError, match=r"another consumer runs under our name.*desk-1"):
        together([first, second], positions, 120, lambda: False)
    writer.append(topic, messages(10))
    assert read_until(second, holds(10))


def test_who_is_fenced_hears_of_it_though_the_other_one_of_its_name_read_all_there_was(
    opened: Opener, topic: str
) -> None:
    positions = MemoryPositions()
    writer, first, second = opened(), opened("desk-1"), opened("desk-1")
    first.subscribe([topic], positions.read)
    read_until(first, lambda _: bool(first.assigned()))
    second.subscribe([topic], positions.read)
    writer.append(topic, messages(10))
    positions.advance(read_until(second, holds(10)))
    with pytest.raises(FencedError, match=r"another consumer runs under our name.*desk-1"):
        together([first], positions, 120, lambda: False)


def test_an_aborted_transaction_is_never_seen_and_a_committed_one_is(
    opened: Opener, topic: str, kafka_bootstrap: str
) -> None:
    from kafka import KafkaProducer

    producer = KafkaProducer(bootstrap_servers=kafka_bootstrap, transactional_id=topic)
    producer.init_transactions()
    for n, keep in enumerate([True, False, True, False, False, True]):
        producer.begin_transaction()
        producer.send(topic, key=b"A", value=b"%d" % n)
        producer.commit_transaction() if keep else producer.abort_transaction()
    producer.close()
    positions = MemoryPositions()
    log = opened()
    log.subscribe([topic], positions.read)
    batches = read_until(log, holds(3))
    assert values(batches) == [b"0", b"2", b"5"]
    for batch in batches:
        positions.advance([batch])
    ends = log.ends()
    deadline = time.monotonic() + PATIENCE_S
    while any(ends[held] > (at.next if (at := log.position(held)) else 0) for held in log.assigned()):
        assert time.monotonic() < deadline, "the markers at the end count as lag"
        log.poll(0.1)
        ends = log.ends()
    log.rewind()
    assert log.poll(0.5) == []


def test_a_topic_made_anew_behind_a_busy_reader_stops_it(opened: Opener, topic: str, kafka_bootstrap: str) -> None:
    from kafka.admin import KafkaAdminClient

    writer, log, positions = opened(), opened(), MemoryPositions()
    writer.append(topic, messages(30))
    log.subscribe([topic], positions.read)
    positions.advance(read_until(log, holds(30)))
    admin = KafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    admin.delete_topics([topic])
    admin.close()
    opened().create([topic], 3)
    opened().append(topic, messages(200))
    time.sleep(1)
    with pytest.raises(PositionLostError, match="made anew"):
        read_until(log, holds(1))


def test_a_topic_deleted_while_it_is_polled_and_made_anew_stops_the_reader(
    opened: Opener, topic: str, kafka_bootstrap: str
) -> None:
    from kafka.admin import KafkaAdminClient

    log, positions = opened(), MemoryPositions()
    opened().append(topic, messages(30))
    log.subscribe([topic], positions.read)
    positions.advance(read_until(log, holds(30)))
    admin = KafkaAdminClient(bootstrap_servers=kafka_bootstrap)

    def remake() -> None:
        admin.delete_topics([topic])
        opened().create([topic], 3)
        opened().append(topic, messages(200))

    remaking = threading.Thread(target=remake)
    remaking.start()
    with pytest.raises(PositionLostError):
        read_until(log, holds(1))
    remaking.join()
    admin.close()


def test_a_group_that_joins_anew_over_many_short_polls_gets_the_new_partitions(
    opened: Opener, topic: str, kafka_bootstrap: str
) -> None:
    from kafka.admin import KafkaAdminClient

    log = opened()
    log.subscribe([topic], MemoryPositions().read)
    read_until(log, lambda _: len(log.assigned()) == 3)
    admin = KafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    admin.create_partitions({topic: 6})
    admin.close()
    log._consumer._cluster.request_update()
    deadline = time.monotonic() + PATIENCE_S
    while len(log.assigned()) < 6:
        assert time.monotonic() < deadline, f"it stays with {sorted(log.assigned())}"
        log.poll(0.0)
        time.sleep(0.001)


def test_a_partition_the_client_forgot_is_read_again_by_a_new_client(opened: Opener, topic: str) -> None:
    positions = MemoryPositions()
    writer, log = opened(), opened(stall_s=0.5)
    log.subscribe([topic], positions.read)
    read_until(log, lambda _: len(log.assigned()) == 3)
    before = log._consumer
    before.pause(*before.assignment())  # behind its back: it fetches no more
    writer.append(topic, messages(50))
    assert sorted(values(read_until(log, holds(50)))) == sorted(message.value for message in messages(50))
    assert log._consumer is not before


def test_a_database_that_fails_during_an_assignment_is_asked_again(opened: Opener, topic: str) -> None:
    answers = iter([OSError("the database is away"), OSError("still away")])
    positions = MemoryPositions()

    def read(partitions: Collection[Partition]) -> Mapping[Partition, Position]:
        for error in answers:
            raise error
        return positions.read(partitions)

    opened().append(topic, messages(10))
    log = opened()
    log.subscribe([topic], read)
    failures = 0
    came: list = []
    deadline = time.monotonic() + PATIENCE_S
    while len(values(came)) < 10:
        assert time.monotonic() < deadline
        try:
            came += log.poll(0.5)
        except OSError:
            failures += 1
    assert failures == 2
    assert sorted(values(came)) == sorted(message.value for message in messages(10))


def test_a_database_that_is_away_is_not_asked_while_paused(opened: Opener, topic: str) -> None:
    away = True

    def read(partitions: Collection[Partition]) -> Mapping[Partition, Position]:
        if away:
            raise OSError("the database is away")
        return {}

    opened().append(topic, messages(10))
    log = opened()
    log.subscribe([topic], read)
    log.pause()
    for _ in range(30):
        assert log.poll(0.1) == []
    away = False
    log.resume()
    assert len(values(read_until(log, holds(10)))) == 10


def test_pausing_keeps_the_place_in_the_group_and_new_partitions_still(opened: Opener, topic: str) -> None:
    positions = MemoryPositions()
    first, second = opened(), opened()
    first.subscribe([topic], positions.read)
    second.subscribe([topic], positions.read)
    together([first, second], positions, PATIENCE_S, lambda: bool(first.assigned()) and bool(second.assigned()))
    first.pause()
    opened().append(topic, messages(60))
    held = first.assigned()
    second.close()
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and first.assigned() == held:
        assert first.poll(0.2) == []
    assert first.poll(1.0) == []
    first.resume()
    assert len(values(read_until(first, holds(60)))) == 60
    assert held < first.assigned()


def test_progress_is_told_to_the_broker_for_tools_that_show_lag(
    opened: Opener, topic: str, group: str, kafka_bootstrap: str
) -> None:
    from kafka.admin import KafkaAdminClient

    opened().append(topic, messages(30))
    log, positions = opened(), MemoryPositions()
    log.subscribe([topic], positions.read)
    positions.advance(read_until(log, holds(30)))
    log.committed(positions.committed)
    admin = KafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    deadline = time.monotonic() + PATIENCE_S
    told: dict = {}
    while told != {partition: at.next for partition, at in positions.committed.items()}:
        assert time.monotonic() < deadline
        log.poll(0.1)
        offsets = admin.list_group_offsets(group)
        told = {Partition(*partition): at.offset for partition, at in offsets[group].items()}
    admin.close()


def test_events_too_large_for_the_broker_are_refused_aloud_and_the_next_are_taken(opened: Opener, topic: str) -> None:
    writer, log = opened(), opened()
    with pytest.raises(StreamError, match="appending"):
        writer.append(topic, [Message(b"A", b"x" * (2 << 20))])
    writer.append(topic, messages(3))
    log.subscribe([topic], MemoryPositions().read)
    assert sum(map(len, by_partition(read_until(log, holds(3))).values())) == 3


def test_an_independent_client_reads_what_we_append_and_we_read_what_it_writes(
    opened: Opener, topic: str, kafka_bootstrap: str, kcat: str
) -> None:
    log = opened()
    log.append(topic, [Message(b"A001", "早班".encode(), (("ce_id", b"e1"),)), Message(b"A001", None)])
    read = [kcat, "-q", "-b", kafka_bootstrap, "-t", topic, "-C", "-e", "-Z", "-f", "%k|%s|%S|%h\n"]
    said = subprocess.run(read, check=True, capture_output=True, timeout=PATIENCE_S).stdout.decode()
    assert said == "A001|早班|6|ce_id=e1\nA001|NULL|-1|\n"
    write = [kcat, "-q", "-b", kafka_bootstrap, "-t", topic, "-P", "-K", "|", "-H", "ce_id=e2"]
    subprocess.run(write, input=b"A002|theirs\n", check=True, timeout=PATIENCE_S)
    log.subscribe([topic], MemoryPositions().read)
    came = [record for batch in read_until(log, holds(3)) for record in batch.records]
    assert (b"A002", b"theirs", [("ce_id", b"e2")]) in [(r.key, r.value, list(r.headers)) for r in came]
