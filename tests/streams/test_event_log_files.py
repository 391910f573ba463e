"""What is special about lines: of a file that grows, is cut or replaced, and of a pipe that is read once."""

import io
import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from centre.errors import PositionLostError, StreamError
from streams import lines
from streams.event_log import Batch, EventLog, Message
from streams.files import FileLog
from streams.memory import MemoryPositions
from streams.standard_input import StandardInputLog
from tests.streams.logs import holds, read_until, values

ticks = count(1_767_600_000_000_000, 1000)


def now() -> int:
    return next(ticks)


def read_all(log: EventLog) -> list[Batch]:
    batches: list[Batch] = []
    while not log.finished:
        batches += log.poll(0.1)
    log.close()
    return batches


def test_a_file_ends_and_its_last_line_counts_without_a_line_end(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"n":1}\r\n\n   \n{"n":2}\n{"n":3}')
    log = FileLog(path, now)
    log.subscribe([], MemoryPositions().read)
    batches = read_all(log)
    assert values(batches) == [b'{"n":1}', b'{"n":2}', b'{"n":3}']
    assert batches[-1].next.next == path.stat().st_size


def test_an_empty_file_is_finished_at_once(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.touch()
    log = FileLog(path, now)
    log.subscribe([], MemoryPositions().read)
    assert read_all(log) == []


def test_a_file_that_is_not_there_is_an_error_unless_it_is_followed(tmp_path: Path) -> None:
    with pytest.raises(StreamError, match="no such file"):
        FileLog(tmp_path / "events.jsonl", now).subscribe([], MemoryPositions().read)
    log = FileLog(tmp_path / "events.jsonl", now, follow=True)
    log.subscribe([], MemoryPositions().read)
    assert log.poll(0.1) == []
    log.append("", [Message(None, b"{}")])
    assert values(read_until(log, holds(1))) == [b"{}"]
    log.close()


def test_half_a_line_of_a_followed_file_waits_for_its_other_half(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"n":1}\n{"n"')
    log = FileLog(path, now, follow=True)
    log.subscribe([], MemoryPositions().read)
    assert values(read_until(log, holds(1))) == [b'{"n":1}']
    assert log.poll(0.1) == []
    with path.open("ab") as file:
        file.write(b":2}\n")
    assert values(read_until(log, holds(1))) == [b'{"n":2}']
    log.close()


def test_a_followed_file_that_is_rotated_is_read_to_its_end_and_then_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"1\n2\n")
    positions = MemoryPositions()
    log = FileLog(path, now, follow=True)
    log.subscribe([], positions.read)
    positions.advance(read_until(log, holds(2)))
    with path.open("ab") as file:
        file.write(b"3\n")
    path.rename(tmp_path / "events.1")
    path.write_bytes(b"4\n")
    rest = read_until(log, holds(2))
    assert values(rest) == [b"3", b"4"]
    for batch in rest:
        positions.advance([batch])
    log.close()


def test_a_file_cut_below_the_position_stops_the_reader(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"1\n2\n3\n")
    positions = MemoryPositions()
    log = FileLog(path, now, follow=True)
    log.subscribe([], positions.read)
    positions.advance(read_until(log, holds(3)))
    os.truncate(path, 4)
    with pytest.raises(PositionLostError, match="it was cut"):
        read_until(log, holds(1))


def test_a_line_too_long_for_an_event_is_said_and_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST_LINE", 1000)
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"1\n" + b"x" * 300_000 + b"\n2\n" + b"y" * 998 + b"\n")
    log = FileLog(path, now)
    log.subscribe([], MemoryPositions().read)
    batches = read_all(log)
    assert values(batches) == [b"1", b"2", b"y" * 998]
    (fault,) = [fault for batch in batches for fault in batch.faults]
    assert (fault.first, fault.next) == (2, 300_003)


def test_a_value_that_is_no_line_is_not_written(tmp_path: Path) -> None:
    log = FileLog(tmp_path / "events.jsonl", now)
    for value in (None, b"two\nlines"):
        with pytest.raises(StreamError, match="one event a line"):
            log.append("", [Message(None, b"{}"), Message(None, value)])
    assert not (tmp_path / "events.jsonl").exists()


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    source, target = os.pipe()
    yield source, target
    os.close(source)


def piped(pipe: tuple[int, int], data: bytes, positions: MemoryPositions) -> StandardInputLog:
    log = StandardInputLog(now, source=pipe[0])
    log.subscribe([], positions.read)
    os.write(pipe[1], data)
    return log


def test_standard_input_is_read_to_its_end(pipe: tuple[int, int]) -> None:
    log = piped(pipe, b"1\n2\n3", MemoryPositions())
    assert values(read_until(log, holds(2))) == [b"1", b"2"]
    assert not log.finished
    os.close(pipe[1])
    assert values(read_all(log)) == [b"3"]


def test_what_was_piped_in_is_delivered_again_after_a_rollback(pipe: tuple[int, int]) -> None:
    positions = MemoryPositions()
    log = piped(pipe, b"1\n2\n", positions)
    first = read_until(log, holds(2))
    log.rewind()
    os.close(pipe[1])
    assert not log.finished
    again = read_until(log, holds(2))
    assert again == first
    positions.advance(again)
    assert read_all(log) == []


def test_a_second_stream_goes_on_where_the_first_ended(pipe: tuple[int, int]) -> None:
    positions = MemoryPositions()
    positions.advance(read_until(piped(pipe, b"1\n2\n", positions), holds(2)))
    os.close(pipe[1])
    source, target = os.pipe()
    second = piped((source, target), b"3\n", positions)
    batches = read_until(second, holds(1))
    os.close(target)
    assert values(batches) == [b"3"]
    positions.advance(batches)
    assert read_all(second) == []
    os.close(source)


def test_two_streams_at_once_lose_and_double_nothing(pipe: tuple[int, int]) -> None:
    positions = MemoryPositions()
    mine = piped(pipe, b"1\n2\n", positions)
    late = read_until(mine, holds(2))
    source, target = os.pipe()
    other = piped((source, target), b"other\n", positions)
    positions.advance(read_until(other, holds(1)))
    assert late[0].previous != positions.read(mine.assigned()).get(late[0].partition)
    mine.rewind()
    again = read_until(mine, holds(2))
    assert values(again) == [b"1", b"2"]
    positions.advance(again)
    for fd in (pipe[1], source, target):
        os.close(fd)


def test_a_pipe_is_not_read_from_elsewhere(pipe: tuple[int, int]) -> None:
    positions = MemoryPositions()
    log = piped(pipe, b"1\n2\n", positions)
    (batch,) = read_until(log, holds(2))
    log.seek(batch.partition, batch.previous)
    assert read_until(log, holds(2)) == [batch]
    with pytest.raises(StreamError, match="cannot be read again"):
        log.seek(batch.partition, batch.next._replace(next=1))
    os.close(pipe[1])


def test_a_slow_reader_holds_the_sender_back(pipe: tuple[int, int]) -> None:
    log = StandardInputLog(now, source=pipe[0])
    log.subscribe([], MemoryPositions().read)
    line = b"x" * 999 + b"\n"
    sent = []

    def send() -> None:
        for _ in range(20_000):
            os.write(pipe[1], line)
            sent.append(1)
        os.close(pipe[1])

    sender = threading.Thread(target=send)
    sender.start()
    sender.join(0.5)
    assert sender.is_alive()
    assert len(sent) * len(line) < 65 * (1 << 16) + (1 << 20)
    assert sum(len(batch.records) for batch in read_all(log)) == 20_000
    sender.join()


def test_appending_to_standard_input_writes_lines_to_the_output() -> None:
    target = io.BytesIO()
    StandardInputLog(now, target=target).append("any", [Message(b"k", b"{}"), Message(None, b"[]")])
    assert target.getvalue() == b"{}\n[]\n"


def test_a_reader_of_standard_input_can_leave_while_the_pipe_is_open() -> None:
    program = """
        from streams.memory import MemoryPositions
        from streams.standard_input import StandardInputLog

        log = StandardInputLog(lambda: 0)
        log.subscribe([], MemoryPositions().read)
        print([record.value for batch in log.poll(10) for record in batch.records], flush=True)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as reader:
        assert reader.stdin is not None
        reader.stdin.write(b"1\n")
        reader.stdin.flush()
        assert reader.wait(30) == 0  # though nobody closed its input
        assert reader.stdout is not None
        assert reader.stdout.read() == b"[b'1']\n"
