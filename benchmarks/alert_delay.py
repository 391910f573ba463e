"""How long from an event to its alert in the output topic, at a steady rate of events.

    deploy/kafka-local/broker start
    python -m benchmarks.alert_delay 127.0.0.1:19092 --rates 500 5000 --seconds 30

Three processes, as in life: a telephone system that sends at its rate, the engine (SQLite, synchronous=FULL), and a
reader of the alerts. People are rostered all day and the alarm delay is 0 s, so every departure is an alert at once;
the delay is the broker's time of the alert less the time of the event, and holds the engine's slack of 0.2 s.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

ZONE = "Asia/Shanghai"
AGENTS = 2000
EVERY = 50
"""One event in so many is a departure."""


def send(bootstrap: str, topic: str, rate: int, seconds: int) -> None:
    """Send at a steady rate: people take calls, and now and then somebody leaves."""
    from centre.events import AgentState
    from streams.event_log import Message
    from streams.kafka import KafkaLog
    from streams.native import key, write

    log, run = KafkaLog({"bootstrap_servers": [bootstrap]}, "bench"), uuid.uuid4().hex[:8]
    away: set[int] = set()
    begun, sent = time.time(), 0
    while time.time() < begun + seconds:
        due, messages = int((time.time() - begun) * rate), []
        for number in range(sent, due):
            agent = number % AGENTS
            leaves = number % EVERY == 0 and agent not in away
            away = away | {agent} if leaves else away - {agent}
            state = "not_ready" if leaves else ("talking", "ready")[number // AGENTS % 2]
            event = AgentState(f"{run}-{number}", time.time_ns() // 1000, "bench", f"a{agent:05}", state)
            messages.append(Message(key(event), write(event)))
        if messages:
            log.append(topic, messages)
        sent = due
        time.sleep(0.01)
    log.close()
    print(json.dumps({"sent": sent, "rate": sent / (time.time() - begun)}))


def engine(bootstrap: str, topic: str, alerts: str, seconds: int) -> None:
    """The whole engine, for so many seconds."""
    from centre.events import RosterPublished
    from centre.policy import AdherencePolicy, Policy
    from centre.roster import Segment
    from streams.clock import SystemClock
    from streams.decode import States
    from streams.floor_policy import FloorPolicy
    from streams.kafka import KafkaLog
    from streams.live_sqlite import SqliteLiveStore
    from streams.native import native_adapter
    from streams.processor import Manner, Processor

    now = datetime.now(UTC)
    start, end = (int((now + timedelta(hours=hours)).timestamp()) for hours in (-20, 20))
    segments = tuple(Segment(f"a{agent:05}", start, end, "work") for agent in range(AGENTS))
    roster = RosterPublished("roster-1", 0, "bench", 1, start, end, segments)
    log = KafkaLog({"bootstrap_servers": [bootstrap]}, f"bench-{uuid.uuid4()}")
    floor = FloorPolicy(ZONE, policy=Policy(adherence=AdherencePolicy(alarm_delay_s=0)))
    with tempfile.TemporaryDirectory() as folder:
        running = Processor(
            log, [topic], SqliteLiveStore(Path(folder) / "live.db"), native_adapter(States()), floor, SystemClock(),
            outlet=log, decisions=lambda: (roster,), manner=Manner(alerts=alerts, adherence=alerts),
        )  # fmt: skip
        until = time.time() + seconds
        running.start()
        print("ready", flush=True)
        while time.time() < until:
            running.turn(0.1)
        running.stop()
    print(json.dumps({"cpu_s": time.process_time()}))


def delays(bootstrap: str, alerts: str) -> np.ndarray:
    """Seconds from each departure to its alert in the topic."""
    from kafka import KafkaConsumer, TopicPartition

    reader = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    reader.assign([TopicPartition(alerts, 0)])
    found = []
    while records := reader.poll(2000, max_records=5000):
        for record in next(iter(records.values())):
            told = json.loads(record.value)
            if told["type"] == "away" and told["facts"]["state"] == "not_ready":
                since = datetime.fromisoformat(told["facts"]["since"]).timestamp()
                found.append(record.timestamp / 1000 - since)
    reader.close()
    return np.array(found)


def measure(bootstrap: str, rate: int, seconds: int) -> None:
    """One rate: start the engine, then the sender, and read what was told."""
    from streams.kafka import KafkaLog

    topic, alerts = f"bench-{uuid.uuid4()}", f"bench-alerts-{uuid.uuid4()}"
    log = KafkaLog({"bootstrap_servers": [bootstrap]}, "bench")
    log.create([topic], 3)
    log.create([alerts], 1)
    log.close()
    call = [sys.executable, "-W", "ignore", "-m", "benchmarks.alert_delay", bootstrap, "--topic", topic]
    with subprocess.Popen(
        [*call, "--role", "engine", "--alerts", alerts, "--seconds", str(seconds + 15)],
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()
        time.sleep(5)
        sender = subprocess.run(
            [*call, "--role", "send", "--rates", str(rate), "--seconds", str(seconds)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        busy = json.loads(running.stdout.read())["cpu_s"]
    sent, found = json.loads(sender.stdout), delays(bootstrap, alerts)
    p50, p99 = np.quantile(found, [0.5, 0.99])
    print(
        f"{rate:>6} events/s wanted, {sent['rate']:>6.0f} sent, {len(found):>5} alerts: "
        f"p50 {p50:.3f} s, p99 {p99:.3f} s, longest {found.max():.3f} s; the engine used {busy:.1f} CPU s"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("bootstrap", help="host:port of a Kafka broker")
    options.add_argument("--rates", type=int, nargs="+", default=[500, 5000])
    options.add_argument("--seconds", type=int, default=30)
    for hidden in ("--role", "--topic", "--alerts"):
        options.add_argument(hidden, help=argparse.SUPPRESS)
    wanted = options.parse_args()
    if wanted.role == "send":
        send(wanted.bootstrap, wanted.topic, wanted.rates[0], wanted.seconds)
    elif wanted.role == "engine":
        engine(wanted.bootstrap, wanted.topic, wanted.alerts, wanted.seconds)
    else:
        for rate in wanted.rates:
            measure(wanted.bootstrap, rate, wanted.seconds)


if __name__ == "__main__":
    main()
