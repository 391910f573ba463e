"""A day of a large floor replayed through Kafka and the whole engine; and how soon it goes on after it was killed.

    deploy/kafka-local/broker start
    python -m benchmarks.floor_day 127.0.0.1:19092 --agents 5000

Everybody has a duty of nine hours with a meal and two breaks, in three waves of the day, and changes state once a
minute while on it; a roster is published, so every departure is judged. Durable: SQLite, synchronous=FULL, alerts and
days published to the same broker. Goals: a day of 5,000 agents in 300 s on one core; two seconds from the start of a
process that was killed to the first batch it commits.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from benchmarks.floor_scale import CYCLE, FIRST, PAUSES, ZONE, duty, resident_mb
from centre.events import AgentState, RosterPublished
from centre.grid import instant
from centre.policy import Policy
from streams.clock import ManualClock
from streams.decode import States
from streams.event_log import Message
from streams.floor_policy import SECOND, FloorPolicy
from streams.kafka import KafkaLog
from streams.live_sqlite import SqliteLiveStore
from streams.native import key, native_adapter, write
from streams.processor import Manner, Processor
from streams.tidying import collected_between_turns

WAVES_S = (0, 18_000, 36_000)
"""Duties begin at 00:00, 05:00 and 10:00 of the day, so that it has all of everybody."""

DUTY_S, EVERY_S = 32_400, 60
LONG_AFTER = instant(FIRST, 40 * 1440, ZONE) * SECOND
PARTITIONS = 3


def wave(agent: int) -> int:
    """When an agent's duty begins, seconds of the day."""
    return WAVES_S[agent % len(WAVES_S)] + agent % 8 * 900 % (86_400 - DUTY_S - WAVES_S[-1])


def roster(agents: int) -> RosterPublished:
    """Everybody's duty."""
    day = instant(FIRST, 0, ZONE)
    segments = tuple(part for n in range(agents) for part in duty(f"a{n:05}", day + wave(n)))
    return RosterPublished("roster-1", 0, "day", 1, day, day + 86_400, segments)


def events(agents: int) -> Iterator[AgentState]:
    """A state a minute of everybody on duty, in order of time; one in fifty is a departure."""
    day = instant(FIRST, 0, ZONE)
    for minute in range(86_400 // EVERY_S):
        for n in range(agents):
            since = minute * EVERY_S - wave(n)
            if not 0 <= since < DUTY_S:
                continue
            pause = next((kind for begin, kind, length in PAUSES if begin <= since < begin + length), "")
            state = pause or CYCLE[(minute + n) % 3]
            if (minute * 7 + n) % 50 == 0:
                state = "not_ready"
            if since + EVERY_S >= DUTY_S:
                state = "logged_out"
            at = (day + minute * EVERY_S) * SECOND + n * 11_000
            yield AgentState(f"{minute}-{n}", at, "day", f"a{n:05}", state, queue="billing")


def fill(bootstrap: str, topic: str, agents: int) -> int:
    """Put the day into the topic; how many events."""
    log, total, waiting = KafkaLog({"bootstrap_servers": [bootstrap]}, "fill"), 0, list[Message]()
    log.create([topic], PARTITIONS)
    log.create([f"{topic}-alerts", f"{topic}-adherence"], 1)
    for event in events(agents):
        waiting.append(Message(key(event), write(event)))
        if len(waiting) == 20_000:
            log.append(topic, waiting)
            total += len(waiting)
            waiting = []
    log.append(topic, waiting)
    log.close()
    return total + len(waiting)


def consume(bootstrap: str, topic: str, database: Path, agents: int, count: int) -> None:
    """The engine, until it has taken in so many events; says when the first batch was committed."""
    log = KafkaLog({"bootstrap_servers": [bootstrap]}, topic, "only")
    known = (roster(agents),)
    engine = Processor(
        log, [topic], SqliteLiveStore(database), native_adapter(States()), FloorPolicy(ZONE, policy=Policy()),
        ManualClock(LONG_AFTER), outlet=log, decisions=lambda: known,
        manner=Manner(live=False, alerts=f"{topic}-alerts", adherence=f"{topic}-adherence"),
    )  # fmt: skip
    engine.start()
    seen = 0
    with collected_between_turns() as between:
        while seen < count:
            taken = engine.turn(0.3)
            if taken and not seen:
                print("first", time.time(), time.process_time(), flush=True)
            seen += taken
            between()
    engine.stop()
    print("done", time.time(), time.process_time(), resident_mb(), flush=True)


def begun(call: list[str]) -> "subprocess.Popen[str]":
    """A consumer."""
    return subprocess.Popen(call, stdout=subprocess.PIPE, text=True)


def said(process: "subprocess.Popen[str]", what: str) -> list[float]:
    """The numbers of its next line."""
    assert process.stdout is not None
    word, *numbers = process.stdout.readline().split()
    assert word == what, word
    return [float(number) for number in numbers]


def main() -> None:
    if sys.argv[1:2] == ["--consume"]:
        bootstrap, topic, database, agents, count = sys.argv[2:]
        consume(bootstrap, topic, Path(database), int(agents), int(count))
        return
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("bootstrap", help="host:port of a Kafka broker")
    options.add_argument("--agents", type=int, default=5000)
    options.add_argument("--kills", type=int, default=5)
    wanted = options.parse_args()
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).parents[1]))
    topic = f"day-{uuid.uuid4()}"
    total = fill(wanted.bootstrap, topic, wanted.agents)
    print(f"{wanted.agents:,} agents, {total:,} events in {PARTITIONS} partitions", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        call = [sys.executable, "-W", "ignore", "-m", "benchmarks.floor_day", "--consume", wanted.bootstrap, topic]
        whole = [*call, str(Path(folder) / "whole.db"), str(wanted.agents), str(total)]
        started = time.time()
        process = begun(whole)
        said(process, "first")
        ended, busy, memory = said(process, "done")
        process.wait()
        size = sum(path.stat().st_size for path in Path(folder).iterdir()) / 2**20
        print(f"the day: {ended - started:.0f} s by the clock, {busy:.0f} CPU s, {total / busy:,.0f} events a CPU s; "
              f"{memory:.0f} MB, database {size:.0f} MB", flush=True)  # fmt: skip
        killed = [*call, str(Path(folder) / "killed.db"), str(wanted.agents), str(10**12)]
        process = begun(killed)
        said(process, "first")
        waits, rest = list[tuple[float, float]](), (ended - started) / (2 * wanted.kills + 2)
        for _ in range(wanted.kills):
            time.sleep(rest)
            process.send_signal(signal.SIGKILL)
            process.wait()
            started = time.time()
            process = begun(killed)
            committed, busy = said(process, "first")
            waits.append((committed - started, busy))
        process.kill()
        process.wait()
        found = ", ".join(f"{wait:.2f} s ({busy:.2f} CPU s)" for wait, busy in waits)
        print(f"killed, started anew, first batch committed after: {found}")


if __name__ == "__main__":
    main()
