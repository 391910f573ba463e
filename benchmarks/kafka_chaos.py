"""A campaign against the live engine on a real Kafka: its consumers are killed and stalled, its broker is killed.

    python -m benchmarks.kafka_chaos                      # 50 kills, 20 stalls, 2 deaths of the broker: some minutes
    python -m benchmarks.kafka_chaos --kills 6 --stalls 2 --broker-deaths 1 --events 8000

Three consumers of one group share a topic of six partitions and one database (SQLite, synchronous=FULL). SIGKILL and
SIGSTOP meet them at random moments; who is stopped stays so until his session is over and others have gone on, then he
wakes up. One message in a hundred cannot be read. In the end states, statements, sayings, dead letters and positions
have to be those of one consumer to whom nothing happened, byte by byte, and each saying has to stand in its output
topic once. Exit code 1 where anything differs. The broker is the campaign's own (deploy/kafka-local).
"""

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from kafka import KafkaConsumer, TopicPartition
from kafka.partitioner import murmur2

from benchmarks.floor_scale import FIRST, ZONE, duty
from centre.events import AgentState, RosterPublished
from centre.grid import instant
from centre.policy import Policy
from streams.clock import ManualClock
from streams.days import report
from streams.decode import States
from streams.event_log import Message, Partition
from streams.floor_policy import SECOND, FloorPolicy
from streams.held import load
from streams.kafka import KafkaLog
from streams.live_sqlite import SqliteLiveStore
from streams.native import key, native_adapter, write
from streams.processor import Manner, Processor
from streams.snapshot import canonical

BROKER = Path(__file__).parents[1] / "deploy" / "kafka-local" / "broker"
PEOPLE, PARTITIONS, CONSUMERS = 200, 6, 3
FLOOR = FloorPolicy(ZONE, policy=Policy())
LONG_AFTER = instant(FIRST, 40 * 1440, ZONE) * SECOND
STALL_S = 13.0
"""Longer than a session of ten seconds."""


def roster() -> RosterPublished:
    """Everybody's duty of the day."""
    start = instant(FIRST, 540, ZONE)
    segments = tuple(part for n in range(PEOPLE) for part in duty(f"a{n:05}", start + n % 8 * 900))
    return RosterPublished("roster-1", 0, "chaos", 1, start - 32400, start + 54000, segments)


def messages(count: int) -> Iterator[Message]:
    """The day's events: some late, some twice; one message in a hundred cannot be read."""
    rng, begin = random.Random(7), instant(FIRST, 530, ZONE) * SECOND
    states = ("ready", "talking", "wrap_up", "ready", "talking", "not_ready", "break", "logged_out", "meal")
    weights = (30, 30, 20, 5, 5, 4, 3, 1, 2)
    step = 36_000 * SECOND // count
    for n in range(count):
        at = begin + n * step - (rng.randrange(90 * SECOND) if rng.random() < 0.05 else 0)
        (state,) = rng.choices(states, weights)
        event = AgentState(f"e{n}", at, "chaos", f"a{rng.randrange(PEOPLE):05}", state, queue="billing")
        yield Message(key(event), write(event))
        if rng.random() < 0.02:
            yield Message(key(event), write(event))
        if rng.random() < 0.01:
            yield Message(key(event), rng.choice((b"{", b"\xff\xfe", b'{"type": "agent_state"}')) + b" %d" % n)


def consume(bootstrap: str, topic: str, name: str, database: Path, pause: float, group: str) -> None:
    """One consumer, until it is ended: by SIGTERM in order."""
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: ended.append(number))
    log = KafkaLog({"bootstrap_servers": [bootstrap]}, group, name, stall_s=10)
    known = (roster(),)
    engine = Processor(
        log, [topic], SqliteLiveStore(database), native_adapter(States()), FLOOR, ManualClock(LONG_AFTER), outlet=log,
        decisions=lambda: known,
        manner=Manner(live=False, limit=40 if pause else 2000, save_every=400, show_s=0,
                      alerts=f"{group}-alerts", adherence=f"{group}-adherence", dead_letters=f"{group}-dead"),
    )  # fmt: skip
    engine.start()
    while not ended:
        engine.turn(0.2)
        time.sleep(pause)
    engine.stop()


@dataclass
class Campaign:
    """What is to be done, and the processes it is done to."""

    bootstrap: str
    topic: str
    folder: Path
    rng: random.Random
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    waking: dict[str, float] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)

    def start(self, name: str, group: str, pause: float) -> None:
        """A consumer."""
        call = [sys.executable, "-W", "ignore", "-m", "benchmarks.kafka_chaos", "--consume", self.bootstrap, self.topic]
        call += [name, str(self.folder / f"{group}.db"), str(pause), group]
        with (self.folder / f"{group}-{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(call, stderr=log, stdout=log)

    def stop(self) -> None:
        """End all in order."""
        for process in self.running.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self.running.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()
            process.wait()
        self.running.clear()
        self.waking.clear()

    def tend(self, group: str, pause: float) -> None:
        """Wake who has slept long enough, and start anew who is gone."""
        now = time.monotonic()
        for name in [name for name, when in self.waking.items() if when < now]:
            del self.waking[name]
            self.running[name].send_signal(signal.SIGCONT)
        for name, process in list(self.running.items()):
            if process.poll() is not None:
                if process.returncode != -signal.SIGKILL:
                    self.done["ended by itself"] += 1
                self.start(name, group, pause)

    def hurt(self, what: str) -> bool:
        """Kill or stop one that is awake; whether there was one."""
        awake = [name for name, process in self.running.items() if name not in self.waking and process.poll() is None]
        if len(awake) < (2 if what == "stall" else 1):
            return False
        name = self.rng.choice(awake)
        if what == "kill":
            self.running[name].kill()
        else:
            self.running[name].send_signal(signal.SIGSTOP)
            self.waking[name] = time.monotonic() + STALL_S
        self.done[what] += 1
        return True


def read_to_end(campaign: Campaign, group: str, ends: dict[int, int], pause: float, limit_s: float) -> None:
    """Wait until all is taken in and published."""
    deadline = time.monotonic() + limit_s
    while left(campaign, group, ends) or waiting(campaign, group):
        campaign.tend(group, pause)
        if time.monotonic() > deadline:
            sys.exit(f"{group}: {left(campaign, group, ends)} messages are left after {limit_s:.0f} s")
        time.sleep(0.5)


def left(campaign: Campaign, group: str, ends: dict[int, int]) -> int:
    """Messages not taken in yet."""
    rows = dict(ask(campaign, group, "select partition, next from live_position"))
    return sum(end - rows.get(str(Partition(campaign.topic, number)), 0) for number, end in ends.items())


def waiting(campaign: Campaign, group: str) -> int:
    """Sayings not published yet."""
    return int(ask(campaign, group, "select count(*) from live_outbox where not published")[0][0])


def ask(campaign: Campaign, group: str, query: str) -> list[Any]:
    """Rows of a run's database; none while it is not there."""
    file = campaign.folder / f"{group}.db"
    if not file.exists():
        return [(0,)] if "count" in query else []
    db = sqlite3.connect(file, timeout=30)
    try:
        return db.execute(query).fetchall()
    except sqlite3.OperationalError:
        return [(0,)] if "count" in query else []
    finally:
        db.close()


def outcome(campaign: Campaign, group: str) -> dict[str, Any]:
    """All that a run left behind."""
    store, known = SqliteLiveStore(campaign.folder / f"{group}.db"), roster()
    found: dict[str, Any] = {"states": [], "statements": []}
    for number in range(PARTITIONS):
        place = Partition(campaign.topic, number)
        held = load(store, place, FLOOR, LONG_AFTER, lambda name: known)
        found["states"].append(canonical(held.state, FLOOR))
        found["statements"].append(b"\n".join(orjson.dumps(day.to_json(FLOOR)) for day in report(held.state, FLOOR)))
        found.setdefault("positions", []).append(held.position and held.position.next)
    store.close()
    query = "select key, replace(topic, ?, ''), message_key, value from live_outbox order by key"
    found["sayings"] = ask(campaign, group, query.replace("?", f"'{group}'"))
    found["dead letters"] = ask(campaign, group, "select key, reason, raw from live_dead order by key")
    return found


def in_topics(campaign: Campaign, group: str) -> Counter[tuple[str, bytes]]:
    """How often each saying stands in the output topics."""
    reader = KafkaConsumer(bootstrap_servers=campaign.bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    places = [TopicPartition(f"{group}-{name}", 0) for name in ("alerts", "adherence", "dead")]
    reader.assign(places)
    ends, seen = reader.end_offsets(places), Counter[tuple[str, bytes]]()
    while any(reader.position(place) < ends[place] for place in places):
        for records in reader.poll(500).values():
            seen.update((dict(record.headers)["id"].decode(), record.value) for record in records)
    reader.close()
    return seen


def disturb(campaign: Campaign, wanted: argparse.Namespace, broker: list[str], ends: dict[int, int]) -> int:
    """Kill and stall until there was enough of it; how many messages were left at the last blow."""
    blows = ["kill"] * wanted.kills + ["stall"] * wanted.stalls + ["broker"] * wanted.broker_deaths
    campaign.rng.shuffle(blows)
    still = 0
    while blows:
        campaign.tend("hurt", wanted.pause)
        if blows[-1] == "broker":
            subprocess.run([*broker[:1], "kill", *broker[1:]], check=True, capture_output=True)
            time.sleep(campaign.rng.uniform(0.5, 5.0))
            subprocess.run([*broker[:1], "start", *broker[1:]], check=True, capture_output=True)
            campaign.done[blows.pop()] += 1
        elif campaign.hurt(blows[-1]):
            blows.pop()
            still = left(campaign, "hurt", ends)
        time.sleep(campaign.rng.expovariate(1 / wanted.every))
    return still


def run(wanted: argparse.Namespace, folder: Path) -> bool:
    """The whole campaign; whether both runs left the same."""
    broker = [str(BROKER), str(wanted.port), str(folder / "kafka")]
    subprocess.run([broker[0], "start", *broker[1:]], check=True, capture_output=True)
    try:
        return compare(wanted, folder, broker)
    finally:
        subprocess.run([broker[0], "stop", *broker[1:]], check=False, capture_output=True)


def compare(wanted: argparse.Namespace, folder: Path, broker: list[str]) -> bool:
    """Both runs, and what they left."""
    campaign = Campaign(f"127.0.0.1:{wanted.port}", "events", folder, random.Random(wanted.seed))
    log = KafkaLog({"bootstrap_servers": [campaign.bootstrap]}, "fill")
    log.create(["events"], PARTITIONS)
    log.create([f"{group}-{name}" for group in ("calm", "hurt") for name in ("alerts", "adherence", "dead")], 1)
    told = list(messages(wanted.events))
    for start in range(0, len(told), 5000):
        log.append("events", told[start : start + 5000])
    ends = Counter((murmur2(message.key) & 0x7FFFFFFF) % PARTITIONS for message in told)
    log.close()
    begun = time.monotonic()
    campaign.start("only", "calm", 0.0)
    read_to_end(campaign, "calm", ends, 0.0, 300)
    campaign.stop()
    calm_s, begun = time.monotonic() - begun, time.monotonic()
    for number in range(CONSUMERS):
        campaign.start(f"c{number}", "hurt", wanted.pause)
    still = disturb(campaign, wanted, broker, ends)
    campaign.stop()
    for number in range(CONSUMERS):
        campaign.start(f"c{number}", "hurt", 0.0)
    read_to_end(campaign, "hurt", ends, 0.0, 400)
    campaign.stop()
    calm, hurt = outcome(campaign, "calm"), outcome(campaign, "hurt")
    print(f"{len(told)} messages; undisturbed {calm_s:.0f} s; disturbed {time.monotonic() - begun:.0f} s: "
          f"{dict(campaign.done)}; {still} messages were left at the last blow")  # fmt: skip
    same = True
    for part, wanted_rows in calm.items():
        equal = wanted_rows == hurt[part]
        same &= equal
        print(f"{part:<14}{'equal' if equal else 'DIFFERENT':<12}{len(wanted_rows)} and {len(hurt[part])}")
    for group, found in (("calm", calm), ("hurt", hurt)):
        seen = in_topics(campaign, group)
        rows = {(name, value) for name, _, _, value in found["sayings"]}
        twice, lost, strange = sum(n - 1 for n in seen.values()), len(rows - seen.keys()), len(seen.keys() - rows)
        same &= not (twice or lost or strange)
        print(
            f"topics, {group}: {sum(seen.values())} messages; {lost} lost, {twice} twice, {strange} not of the outbox"
        )
    return same


def main() -> None:
    if sys.argv[1:2] == ["--consume"]:
        bootstrap, topic, name, database, pause, group = sys.argv[2:]
        consume(bootstrap, topic, name, Path(database), float(pause), group)
        return
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--stalls", type=int, default=20)
    options.add_argument("--broker-deaths", type=int, default=2)
    options.add_argument("--events", type=int, default=60_000)
    options.add_argument("--every", type=float, default=2.5, help="mean seconds between two blows")
    options.add_argument("--pause", type=float, default=0.25, help="seconds a consumer rests after each batch of 40")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--port", type=int, default=19392)
    wanted = options.parse_args()
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).parents[1]))
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(0 if run(wanted, Path(folder)) else 1)


if __name__ == "__main__":
    main()
